"""How far a person is on the first-hour tour of a portfolio."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from capmap.records.models import Coding, Import, Intervention, Reading
from capmap.records.permissions import Access

#: Passages to read before the step of review is done.
READINGS = 10

#: The steps in order, each with who may take it.
STEPS: dict[str, Callable[[Access], bool]] = {
    "map": lambda access: access.can_see,
    "cell": lambda access: access.can_see,
    "intervention": lambda access: access.can_see,
    "review": lambda access: access.can_review,
    "import": lambda access: access.can_analyse,
    "file": lambda access: access.can_export,
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the tour; ``count`` says how far a step is that takes several."""

    name: str
    is_done: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Tour:
    """The steps that a person's role allows."""

    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_finished(self) -> bool:
        return self.done == len(self.steps)

    @property
    def next(self) -> str:
        """Return the name of the first step that is not done; "" after the last."""
        return next((step.name for step in self.steps if not step.is_done), "")


def tour_of(access: Access, followed: Collection[str]) -> Tour:
    """Return the tour of a person who has followed the links of some steps.

    Review and import are done when the records say so; their links alone do not count.
    """
    return Tour(
        tuple(
            _step(access, name, followed)
            for name, allows in STEPS.items()
            if allows(access)
        )
    )


def _step(access: Access, name: str, followed: Collection[str]) -> Step:
    if name == "review":
        read = _passages_read(access)
        return Step(name, read >= READINGS, read)
    if name == "import":
        return Step(name, _has_imported(access))
    return Step(name, name in followed)


def _passages_read(access: Access) -> int:
    readings = Reading.objects.filter(
        reader=access.user,
        passage__intervention__portfolio=access.portfolio,
        is_adjudication=False,
    )
    return int(readings.order_by()[:READINGS].count())


def _has_imported(access: Access) -> bool:
    return Import.objects.filter(
        portfolio=access.portfolio, started_by=access.user, loaded_at__isnull=False
    ).exists()


def intervention_to_open(access: Access) -> Intervention | None:
    """Return one that develops capacity, as far as is known, among those they see."""
    seen = access.interventions().order_by("pk")
    coded = Coding.objects.counted().filter(
        passage__intervention__in=seen,
        passage__is_current=True,
        facet="capacity",
        code="cd",
    )
    first = coded.order_by("pk").values_list("passage__intervention", flat=True).first()
    found: Intervention | None = seen.first() if first is None else seen.get(pk=first)
    return found
