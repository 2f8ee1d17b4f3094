"""Bytes to text where the declared encoding is wrong.

Exports often declare UTF-8 and hold a few fields pasted from Windows: valid UTF-8 is
kept, and each byte that is none is read as windows-1252.
"""

import codecs
import re

#: Encodings with one byte a character, ASCII among them: any bytes are valid in them,
#: so that a wrong declaration goes unnoticed unless the bytes happen to be UTF-8.
_ONE_BYTE = re.compile(r"ascii|iso8859-\d+|cp125\d|koi8-[ru]|mac-\w+")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", errors="replace"), error.end


codecs.register_error("windows-1252", _as_windows_1252)


def codec(declared: str) -> str | None:
    """Return Python's name of a text encoding, or None if there is none of that name.

    >>> codec("ISO-8859-1"), codec("UTF8"), codec("ANSI_X"), codec("base64")
    ('iso8859-1', 'utf-8', None, None)
    """
    try:
        "<".encode(declared)
        return codecs.lookup(declared).name
    except (LookupError, ValueError):
        return None


def is_ascii_compatible(encoding: str) -> bool:
    """Whether markup can be found in the bytes before they are decoded."""
    return encoding == "utf-8" or _ONE_BYTE.fullmatch(encoding) is not None


def decode(raw: bytes, encoding: str) -> tuple[str, bool]:
    """Decode ``raw``; the second value is true where the declaration was wrong.

    >>> decode(b"capacit\\xe9 et r\\xc3\\xa9sultats", "utf-8")
    ('capacité et résultats', True)
    """
    if encoding == "utf-8":
        try:
            return raw.decode("utf-8"), False
        except UnicodeDecodeError:
            return raw.decode("utf-8", errors="windows-1252"), True
    if _ONE_BYTE.fullmatch(encoding) is None:
        text = raw.decode(encoding, errors="replace")
        return text, "\ufffd" in text
    try:
        # Accented text that is valid UTF-8 is UTF-8, whatever the file declares.
        return raw.decode("utf-8"), not raw.isascii()
    except UnicodeDecodeError:
        # The web's habit: what declares Latin-1 or ASCII is windows-1252.
        is_windows = encoding in ("ascii", "iso8859-1")
        known = "cp1252" if is_windows else encoding
        return raw.decode(known, errors="replace"), encoding == "ascii"
