"""The paper: one report, two writers that say the same, in three languages."""

import re
from datetime import date
from pathlib import Path

import docx
import pypdfium2
import pytest

from capmap.analysis.findings import find
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.pipeline.merge import merge, read_portfolio
from capmap.pipeline.run import read_and_code
from capmap.publishing.docx import write_docx
from capmap.publishing.paper import About, write_paper
from capmap.publishing.paper_cover import CoverFault, CoverSettings, read_cover
from capmap.publishing.paper_figures import figures
from capmap.publishing.pdf import write_pdf
from capmap.publishing.report import (
    Cover,
    Heading,
    Paragraph,
    Report,
    Table,
    literal,
    runs,
)
from capmap.tables import SET_ASIDE, empty

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    (folder / "parts").mkdir()
    read_and_code(
        [sample],
        folder / "parts",
        jobs=1,
        framework=None,
        codebook=None,
        progress=lambda *told: None,
    )
    merge(folder / "parts", folder)
    portfolio = read_portfolio(folder, empty(SET_ASIDE))
    return portfolio, find(portfolio, load_framework(), load_codebook())


def paper(found, language: str, settings: CoverSettings | None = None) -> Report:
    portfolio, findings = found
    framework, codebook = load_framework(), load_codebook()
    return write_paper(
        portfolio,
        findings,
        figures(findings, framework, codebook, language),
        framework=framework,
        codebook=codebook,
        language=language,
        about=About(
            "Sample [1] *portfolio*", date(2026, 11, 24), "0.1.0", "lexicon", 3
        ),
        settings=settings or CoverSettings(),
    )


def folded(text: str) -> str:
    """Letters and figures alone, so that line breaks and hyphens do not count."""
    return re.sub(r"[\W_]+", "", text.casefold())


def text_of_pdf(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    return folded("".join(page.get_textpage().get_text_range() for page in document))


def text_of_docx(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    return folded("".join([*(p.text for p in document.paragraphs), *cells]))


def cut(text: str, length: int = 60) -> list[str]:
    return [text[i : i + length] for i in range(0, len(text), length)]


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_both_writers_say_every_paragraph(found, tmp_path, language):
    report = paper(found, language)
    write_docx(report, tmp_path / "p.docx")
    write_pdf(report, tmp_path / "p.pdf")

    in_pdf, in_docx = text_of_pdf(tmp_path / "p.pdf"), text_of_docx(tmp_path / "p.docx")
    paragraphs = [b for b in report.blocks if isinstance(b, Paragraph)]
    assert len(paragraphs) >= 12
    for block in paragraphs:
        for text in (block.text, *block.items):
            # A footnote's number may stand inside a paragraph: its pieces must be there.
            for run in runs(text):
                assert folded(run.text) in in_docx, run.text
                # A page of the PDF may end inside a piece, once.
                pieces = [p for p in cut(folded(run.text)) if p not in in_pdf]
                assert len(pieces) <= 1, pieces


def test_paragraphs_are_numbered_in_order_and_the_decision_is_referred_to(found):
    report = paper(found, "en")

    numbered = [b for b in report.blocks if isinstance(b, Paragraph) and b.number]
    assert [b.number for b in numbered] == list(range(1, len(numbered) + 1))
    decision = next(b for b in numbered if b.decision)
    assert (
        report.point_for_decision
        == f"Point for decision: Paragraph\xa0{decision.number}"
    )
    required = next(f for f in report.cover.overview if f.label == "Decision required")
    assert required.paragraphs == (f"Paragraph\xa0{decision.number}.",)


def test_every_footnote_that_is_used_is_there(found):
    report = paper(found, "fr")

    used = {
        run.note
        for block in report.blocks
        if isinstance(block, Paragraph)
        for text in (block.text, *block.items)
        for run in runs(text)
        if run.note
    }
    assert used == set(report.notes)


def test_the_appendix_has_every_outcome_and_programme(found):
    report = paper(found, "en")

    table = next(b for b in report.appendix if isinstance(b, Table))
    assert sum(bool(row[1]) for row in table.rows) == 32
    assert sum(row[0].startswith("Outcome ") for row in table.rows) == 19
    assert len(table.group_rows) == 5


def test_what_only_the_author_knows_is_left_to_complete(found):
    assert paper(found, "en").cover.symbol == "GB.[session]/[section]/[number]"
    settings = CoverSettings(symbol="GB.346/POL/3", section=("One", "Two"))
    assert paper(found, "en", settings).cover.symbol == "GB.346/POL/3"


def test_a_cover_file_is_read_and_a_wrong_entry_refused(tmp_path):
    path = tmp_path / "cover.yaml"
    path.write_text("symbol: GB.346/POL/3\nsection: [One, Two]\n")
    assert read_cover(path).section == ("One", "Two")

    path.write_text("symbl: x\n")
    with pytest.raises(CoverFault, match=r"symbl.*Known are"):
        read_cover(path)


def test_text_of_a_source_is_never_markup(tmp_path):
    nasty = '#set page(width: 1cm) *a* **b** [^x] \\ $x$ <script> @ref "q" `c`'
    report = Report(
        language="en",
        office="Office",
        cover=Cover("Body", "S", "GB.1", ("A",), "A", "ITEM", nasty, "Overview", ()),
        blocks=(
            Heading(literal(nasty)),
            Paragraph(literal(nasty), 1, items=(literal(nasty),)),
            Table(literal(nasty), ("A",), ((literal(nasty),),)),
        ),
    )

    write_pdf(report, tmp_path / "p.pdf")
    write_docx(report, tmp_path / "p.docx")

    assert text_of_pdf(tmp_path / "p.pdf").count(folded(nasty)) == 6
    assert text_of_docx(tmp_path / "p.docx").count(folded(nasty)) == 6
    page = pypdfium2.PdfDocument(tmp_path / "p.pdf")[0]
    assert page.get_width() == pytest.approx(595.3, abs=1)
