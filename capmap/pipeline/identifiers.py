"""One identifier, one intervention: what happens when two sources use the same."""


class Identifiers:
    """The identifiers given out so far, each with what it stands for.

    The same identifier with the same content is the same intervention, told twice: it
    counts once. With other content both are kept, the later one as ``identifier~2``.
    """

    def __init__(self) -> None:
        self._digests: dict[str, list[str]] = {}

    def settle(self, identifier: str, digest: str) -> str | None:
        """Return the identifier to use, or ``None`` for an exact repetition."""
        known = self._digests.get(identifier)
        if known is None:
            self._digests[identifier] = [digest]
            return identifier
        if digest in known:
            return None
        number = len(known) + 1
        while f"{identifier}~{number}" in self._digests:
            number += 1
        known.append(digest)
        renamed = f"{identifier}~{number}"
        self._digests[renamed] = [digest]
        return renamed
