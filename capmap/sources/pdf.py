"""PDF -> blocks. pdfium gives letters with their places; the text is put together here."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from ctypes import byref, c_double, c_float, c_ulong, c_ushort, create_string_buffer
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from capmap.sources.blocks import Document, Remark, UnreadableError, one_line
from capmap.sources.hyphenation import CERTAIN_HARD
from capmap.sources.page_layout import Rule, Word
from capmap.sources.page_text import (
    MARKED_SOFT,
    UNKNOWN_HYPHEN,
    Page,
    page_blocks,
)

MAX_PAGES = 2000
"""No report is longer; what is, is a catalogue or made to keep a reader busy."""
_MAX_LETTERS = 100_000  # on one page; a dense page has about 6,000
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MAX_PATHS = 4000  # on one page; maps have more, tables never


def read_pdf(path: Path) -> Document:
    """Read a PDF. One without text is refused; pages without text are remarked on."""
    try:
        pdf = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pdfium.FPDF_ERR_PASSWORD
        raise UnreadableError(
            "document_password" if locked else "document_damaged"
        ) from error
    with pdf:
        count = len(pdf)
        pages = [
            page
            for number in range(1, min(count, MAX_PAGES) + 1)
            if (page := _page(pdf, number)) is not None
        ]
        title = one_line(pdf.get_metadata_value("Title") or "")
    if not any(page.words for page in pages):
        raise UnreadableError("document_scanned" if pages else "document_damaged")
    document = Document(page_blocks(pages), title)
    if count > MAX_PAGES:
        values = {"limit": str(MAX_PAGES), "pages": str(count)}
        document.remarks.append(Remark("document_pages", values=values))
    document.remarks.extend(_remarks(pages, min(count, MAX_PAGES)))
    return document


def _remarks(pages: list[Page], count: int) -> Iterator[Remark]:
    read = {page.number for page in pages}
    if broken := [number for number in range(1, count + 1) if number not in read]:
        yield Remark("document_pages_damaged", _pages(broken))
    if scanned := [
        page.number for page in pages if page.has_picture and not page.words
    ]:
        yield Remark("document_pages_scanned", _pages(scanned))


def _pages(numbers: list[int]) -> str:
    """Name pages briefly: "pages 3, 4, 5 ... (12)".

    >>> _pages([2]), _pages([2, 3])
    ('page 2', 'pages 2, 3')
    """
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    more = f" … ({len(numbers)})" if len(numbers) > 8 else ""
    return "pages " + ", ".join(map(str, numbers[:8])) + more


def _page(pdf: Any, number: int) -> Page | None:
    """Read the words and rules of a page; None if the page is damaged."""
    try:
        page = pdf[number - 1]
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return None
    left, bottom, right, top = page.get_mediabox()
    letters = list(_letters(text))
    turns = Counter(letter.turn for letter in letters if letter.text.strip())
    turn = turns.most_common(1)[0][0] if turns else 0
    found = Page(number, width=top - bottom if turn % 2 else right - left)
    found.bottom, found.top = _extent((left, bottom, right, top), turn)
    for word, its_turn in _words(letters):
        if its_turn == turn:
            found.words.append(word)
        else:
            found.slanted.append(word.text)
    for x0, y0, x1, y1 in _segments(page):
        left, bottom, right, top = _turned_box(x0, y0, x1, y1, turn)
        if top - bottom < 1.5 and right - left > 15:
            found.level.append(Rule((top + bottom) / 2, left, right))
        elif right - left < 1.5 and top - bottom > 6:
            found.upright.append(Rule((left + right) / 2, bottom, top))
    found.has_picture = any(page.get_objects((pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3))
    text.close()
    page.close()
    return found


def _turned_box(
    x0: float, y0: float, x1: float, y1: float, turn: int
) -> tuple[float, float, float, float]:
    """Return a box as (left, bottom, right, top) for who reads the page turned.

    ``turn`` counts quarter turns of the text against the clock; the origin moves with
    the page, so coordinates may be negative.
    """
    for _ in range(turn):
        x0, y0, x1, y1 = y0, -x0, y1, -x1
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _extent(box: tuple[float, float, float, float], turn: int) -> tuple[float, float]:
    _, bottom, _, top = _turned_box(*box, turn)
    return bottom, top


@dataclass(slots=True)
class _Letter:
    text: str
    turn: int = 0
    left: float = 0.0
    right: float = 0.0
    baseline: float = 0.0
    size: float = 0.0
    bold: bool = False


def _letters(page: Any) -> Iterator[_Letter]:
    """Yield the letters of a page in the order of the file, with white space between."""
    box, matrix, x, y = pdfium.FS_RECTF(), pdfium.FS_MATRIX(), c_double(), c_double()
    starts = True
    bold = False
    for index in range(min(pdfium.FPDFText_CountChars(page), _MAX_LETTERS)):
        code = pdfium.FPDFText_GetUnicode(page, index)
        text = _hyphen(page, index) if code == 2 else chr(min(code, 0x10FFFF))
        if text.isspace() or not code:
            starts = True
            yield _Letter(" ")
            continue
        pdfium.FPDFText_GetLooseCharBox(page, index, byref(box))
        pdfium.FPDFText_GetMatrix(page, index, byref(matrix))
        pdfium.FPDFText_GetCharOrigin(page, index, byref(x), byref(y))
        turn = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
        left, bottom, right, top = _turned_box(
            box.left, box.bottom, box.right, box.top, turn
        )
        baseline = _turned_box(x.value, y.value, x.value, y.value, turn)[1]
        if text.isdecimal() and _is_raised(page, index, turn, baseline, top - bottom):
            text = text.translate(_SUPERSCRIPTS)
        if starts:
            bold, starts = _is_bold(page, index), False
        yield _Letter(text, turn, left, right, baseline, max(top - bottom, 1.0), bold)


def _is_raised(page: Any, index: int, turn: int, baseline: float, size: float) -> bool:
    """Tell a digit drawn above the line, as fonts with figures for notes have them."""
    sides = [c_double() for _ in range(4)]
    left, right, bottom, top = sides
    pdfium.FPDFText_GetCharBox(page, index, *map(byref, sides))
    box = _turned_box(left.value, bottom.value, right.value, top.value, turn)
    return box[1] > baseline + 0.2 * size


def _hyphen(page: Any, index: int) -> str:
    """Return the hyphen at the end of a line: soft, hard or unknown.

    Careful programs mark it with the text it stands for (ActualText): a hyphen of the
    text, or a soft one that they put there.
    """
    letters = pdfium.FPDFText_GetTextObject(page, index)
    for position in range(pdfium.FPDFPageObj_CountMarks(letters) if letters else 0):
        mark = pdfium.FPDFPageObj_GetMark(letters, position)
        size = c_ulong()
        buffer = (c_ushort * 8)()
        if pdfium.FPDFPageObjMark_GetParamStringValue(
            mark, b"ActualText", buffer, 16, byref(size)
        ):
            stands_for = set(buffer[: size.value // 2]) - {0}
            return MARKED_SOFT if stands_for <= {0xAD} else CERTAIN_HARD
    return UNKNOWN_HYPHEN


def _is_bold(page: Any, index: int) -> bool:
    buffer = create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(page, index, buffer, 128, None)
    return any(sign in buffer.value.lower() for sign in (b"bold", b"black", b"heavy"))


def _words(letters: Iterable[_Letter]) -> Iterator[tuple[Word, int]]:
    """Yield words, each with its turn.

    A change of size or baseline ends a word too, so that a raised number is told from
    the word that it follows.
    """
    word: Word | None = None
    turn = 0
    start = 0.0  # of the letter before: parts of a ligature share one place
    spaced = True
    for letter in letters:
        if letter.text == " ":
            spaced = True
            continue
        if word is not None:
            size = max(word.size, letter.size)
            gap = letter.left - word.right
            nearby = gap < 0.3 * size and letter.left >= start - 0.3 * size
            level = abs(letter.baseline - word.baseline)
            glued = turn == letter.turn and nearby and not spaced and level < size
            # Signs come in other fonts, or with the size of their ink alone.
            signs = not (letter.text.isalnum() and any(map(str.isalnum, word.text)))
            same_size = signs or 0.85 < letter.size / word.size < 1.18
            start = letter.left
            if glued and same_size and level < 0.12 * size:
                word.text += letter.text
                word.size = size if signs else word.size
                word.right = max(word.right, letter.right)
                continue
            yield word, turn
        else:
            glued = False
        turn, start, spaced = letter.turn, letter.left, False
        word = Word(
            *(letter.text, letter.left, letter.right, letter.baseline, letter.size),
            bold=letter.bold,
            glued=glued,
        )
    if word is not None:
        yield word, turn


def _segments(page: Any) -> Iterator[tuple[float, float, float, float]]:
    """Yield the straight lines drawn on a page, edges of rectangles among them."""
    paths = page.get_objects((pdfium.FPDF_PAGEOBJ_PATH,), max_depth=3)
    x, y = c_float(), c_float()
    for path in islice(paths, _MAX_PATHS):
        matrix = path.get_matrix()
        start = last = None
        for position in range(min(pdfium.FPDFPath_CountSegments(path), 400)):
            segment = pdfium.FPDFPath_GetPathSegment(path, position)
            pdfium.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
            point = matrix.on_point(x.value, y.value)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_LINETO and last is not None:
                yield (*last, *point)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = point
            last = point
            if pdfium.FPDFPathSegment_GetClose(segment) and start is not None:
                yield (*last, *start)
