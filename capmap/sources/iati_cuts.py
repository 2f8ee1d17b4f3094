"""Cut out of the bytes of an IATI activity what the map does not need.

Most bytes of a real file are transactions. To find the end of an element is far cheaper
than to parse it, so they are cut out and only the remainder is parsed.

Why this is safe: in well-formed XML ``<`` begins markup everywhere but inside comments,
CDATA sections and processing instructions. Comments are taken out first; an activity
that holds one of the other two is left whole. Wherever else the cut is not certain, the
element stays, and whoever reads the activity ignores it.
"""

import re
from collections.abc import Callable
from functools import cache

#: Elements worth cutting. Smaller or rarer ones cost less to parse than to look for.
CUTTABLE = (b"transaction", b"planned-disbursement", b"period", b"location")

#: What a text in one of these elements stands in.
_TEXTS = {b"period": b"<comment", b"location": b"<activity-description"}

_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_AFTER_NAME = frozenset(b" \t\r\n/>")
_USUAL_TYPE = b'<transaction-type code="'


def mark(content: bytes, at: int = 0, end: int | None = None) -> int:
    """Return where ``<!`` or ``<?`` begins, or -1.

    Both signs are rare in prose, and one byte is found many times faster than two.
    """
    end = len(content) if end is None else end
    found = -1
    for sign in (b"!", b"?"):
        hit = content.find(sign, at + 1, end)
        while hit >= 0 and content[hit - 1 : hit] != b"<":
            hit = content.find(sign, hit + 1, end)
        if hit >= 0:
            found = end = hit - 1
    return found


def without_comments(content: bytes) -> bytes:
    return _COMMENT.sub(b"", content)


def without_ignored(activity: bytes, names: tuple[bytes, ...] = CUTTABLE) -> bytes:
    """Return an activity without those of its elements ``names`` that are not needed.

    >>> without_ignored(b"<a><budget/><transaction>1</transaction><title/></a>")
    b'<a><budget/><title/></a>'
    """
    if mark(activity) >= 0:
        activity = without_comments(activity)
        if mark(activity) >= 0:
            return activity
    for name in names:
        if name == b"transaction":
            activity = _without(activity, name, _needed_transactions(activity))
        elif name == b"planned-disbursement":
            if _has(activity, b"budget"):
                activity = _without(activity, name)
        elif _TEXTS[name] not in activity:
            # All or none: places are numbered, "location 2".
            activity = _without(activity, name)
    return activity


def _needed_transactions(activity: bytes) -> Callable[[bytes], bool] | None:
    """Commitments stand in for a budget where there is nothing better."""
    if _has(activity, b"budget") or _has(activity, b"planned-disbursement"):
        return None
    return _is_commitment


def _is_commitment(transaction: bytes) -> bool:
    """Whether a transaction may be a commitment: true also where it is not certain."""
    at = transaction.find(_USUAL_TYPE)
    if at < 0 or transaction.count(b"<transaction-type") != 1:
        return True
    at += len(_USUAL_TYPE)
    code = transaction[at : transaction.find(b'"', at)]
    return code in (b"2", b"C") or b"&" in code


def _has(activity: bytes, name: bytes) -> bool:
    """Whether an element ``name`` begins somewhere in an activity."""
    opening = b"<" + name
    at = activity.find(opening)
    while at >= 0:
        if activity[at + len(opening)] in _AFTER_NAME:
            return True
        at = activity.find(opening, at + 1)
    return False


@cache
def _start_tag(name: bytes) -> re.Pattern[bytes]:
    attribute = rb"""\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*')"""
    return re.compile(b"<" + name + b"(?:" + attribute + rb")*\s*>")


def _without(
    activity: bytes, name: bytes, needed: Callable[[bytes], bool] | None = None
) -> bytes:
    """Cut out each element ``name``, but those of which ``needed`` is true.

    Where the bytes are split at end tags, a part must hold exactly one start tag of the
    name: that of the element itself. Any other part (nested, self-closed, oddly spaced)
    is left whole.
    """
    closing = b"</" + name + b">"
    if needed is None and (run := _run(activity, name, closing)):
        return activity[: run[0]] + activity[run[1] :]
    parts = activity.split(closing)
    last = parts.pop()
    kept: list[bytes] = []
    for part in parts:
        at = _only_start(part, name)
        if at < 0 or (needed is not None and needed(part[at:])):
            kept += part, closing
        else:
            kept.append(part[:at])
    kept.append(last)
    return b"".join(kept)


def _run(activity: bytes, name: bytes, closing: bytes) -> tuple[int, int] | None:
    """Return the bounds of all elements ``name``, if nothing else stands among them.

    Every end tag but the last must be followed by the same white space and a start tag
    of the same form, and there must be no other start tag. Then, in well-formed XML,
    the run holds whole elements and nothing else.
    """
    first_end = activity.find(closing)
    if first_end < 0:
        return None
    opening = b"<" + name
    start = activity.find(opening)
    end = activity.rfind(closing) + len(closing)
    form = activity[start : start + len(opening) + 1]
    following = activity.find(b"<", first_end + len(closing))
    between = activity[first_end + len(closing) : following]
    if form[-1:] not in (b">", b" ") or not (between.isspace() or not between):
        return None
    run = activity[start:end]
    ends = run.count(closing)
    starts = run.count(opening) - run.count(opening + b"-")
    if starts != ends or run.count(closing + between + form) != ends - 1:
        return None
    return start, end


def _only_start(part: bytes, name: bytes) -> int:
    """Return where ``name`` begins if one start tag of it stands in ``part``, or -1."""
    opening = b"<" + name
    after = len(opening)
    # Most often the part is one element, with white space before it and no other of a
    # name that begins alike but <transaction-type> and the like.
    if part.count(opening) - part.count(opening + b"-") == 1:
        at = part.find(opening)
        if part.startswith(b">", at + after):
            return at
        if part.startswith(b" ", at + after) and _start_tag(name).match(part, at):
            return at
    found = -1
    at = part.find(opening)
    while at >= 0:
        # <transaction-type> is no transaction; <transaction/> is one more.
        if part[at + after] in _AFTER_NAME:
            if found >= 0:
                return -1
            found = at
        at = part.find(opening, at + after)
    is_bare = part.startswith(b">", found + after)
    return found if is_bare or _start_tag(name).match(part, found) else -1
