"""The pages of help, and where each step of the tour leads."""

from typing import cast

from django.http import QueryDict
from django.urls import reverse

from capmap.records.models import Role
from capmap.records.permissions import Access
from capmap.records.queries.to_do import to_do_of
from capmap.records.queries.tour import intervention_to_open
from capmap.web.map_page import MapPage
from capmap.wording import LANGUAGES, topic

#: The pages of help in order; each has a title, a lead and parts in ``site_guide.yaml``.
PAGES = (
    "counting", "map", "review", "import", "lists", "codebook", "roles", "words",
)  # fmt: skip

#: What a role may do, as ``Access`` answers it, in its order.
QUESTIONS = tuple(
    name
    for name, value in vars(Access).items()
    if isinstance(value, property) and name.startswith("can_")
)


def parts_of(page: str, language: str) -> dict[str, str]:
    """Return the parts of a page: heading and text."""
    return _parts(f"parts_{page}", language) if page != "words" else {}


def _parts(key: str, language: str) -> dict[str, str]:
    return cast("dict[str, str]", topic("site_guide")[key][language])


def terms() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return each word of the field: its anchor, then language, word and meaning."""
    keys = [key for key in topic("site_guide") if key.startswith("term_")]
    return [
        (
            key.removeprefix("term_"),
            [
                (language, word, meaning)
                for language in LANGUAGES
                for word, meaning in _parts(key, language).items()
            ],
        )
        for key in keys
    ]


def roles() -> list[tuple[str, list[tuple[str, bool]]]]:
    """Return each role with what it may do, asked of the permissions themselves."""
    return [
        (
            role.value,
            [
                (question, bool(vars(Access)[question].fget(_with(role))))
                for question in QUESTIONS
            ],
        )
        for role in Role
    ]


def _with(role: Role) -> Access:
    # What a role may do depends neither on the person nor on the portfolio.
    return Access(None, None, role.value)  # type: ignore[arg-type]


def address_of_step(step: str, access: Access, language: str) -> str:
    """Return where a step of the tour is taken."""
    slug = access.portfolio.slug
    if step == "cell":
        return f"{reverse('map', args=[slug])}{_fullest_cell(access, language)}"
    if step == "intervention" and (found := intervention_to_open(access)):
        return reverse("intervention", args=[slug, found.pk])
    if step == "review":
        waiting = to_do_of(access).rounds
        if waiting:
            return reverse("review", args=[slug, waiting[0].round.pk])
        return reverse("rounds", args=[slug])
    if step == "file":
        return f"{reverse('interventions', args=[slug])}#list-files"
    names = {"map": "map", "import": "imports", "intervention": "interventions"}
    return reverse(names[step], args=[slug])


def _fullest_cell(access: Access, language: str) -> str:
    """Return the query that opens the cell with most in it; "" where there is none."""
    page = MapPage(access, QueryDict(), language)
    if page.is_empty:
        return ""
    cells = [
        cell
        for line in page.model.lines
        if line.is_code
        for cell in line.cells
        if cell.head.is_code and cell.passages
    ]
    if not cells:
        return ""
    fullest = max(cells, key=lambda cell: cell.value)
    return f"?cell={fullest.address}#evidence"
