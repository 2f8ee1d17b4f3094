"""Remarks made while a file is read, so that nothing is dropped in silence."""

from collections import Counter

from capmap.sources.activity import SetAside

#: The first so many remarks of one problem are given one by one; the rest are counted,
#: so that a file of a million wrong dates does not make a million lines.
SHOWN = 50


class Remarks:
    """Collects the remarks of one file; ``take`` hands them on while reading goes on."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._pending: list[SetAside] = []
        self._seen: Counter[str] = Counter()
        self._last: dict[str, SetAside] = {}
        self._counted: Counter[str] = Counter()

    def add(
        self, problem: str, place: str = "", scope: str = "value", **values: str
    ) -> None:
        """Note one place where ``problem`` stands."""
        remark = SetAside(self.source, problem, place, scope, values)
        self._seen[problem] += 1
        if self._seen[problem] <= SHOWN:
            self._pending.append(remark)
        else:
            self._last[problem] = remark

    def count(self, problem: str) -> None:
        """Note a problem that is told once for the whole file, with its ``count``."""
        self._counted[problem] += 1

    def take(self) -> list[SetAside]:
        """Return the remarks since the last call."""
        taken, self._pending = self._pending, []
        return taken

    def close(self) -> list[SetAside]:
        """Return what is left at the end of the file: the counts."""
        rest = self.take()
        for problem, last in self._last.items():
            place = f"and {self._seen[problem] - SHOWN} more, the last: {last.place}"
            rest.append(
                SetAside(self.source, problem, place, last.scope, dict(last.values))
            )
        for problem, number in self._counted.items():
            values = {"count": str(number)}
            rest.append(SetAside(self.source, problem, "", "value", values))
        return rest
