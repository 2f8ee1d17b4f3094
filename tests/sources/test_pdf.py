"""PDF: pages set for the purpose, small ones made by hand, and bad ones."""

import pypdfium2
import pytest
import typst

from capmap.sources import pdf
from capmap.sources.activity import SetAside
from capmap.sources.blocks import UnreadableError
from capmap.sources.documents import read_document
from capmap.sources.pdf import read_pdf


@pytest.fixture
def typeset(tmp_path):
    """Set a page description and read the PDF."""

    def read(source):
        path = tmp_path / "set.pdf"
        path.write_bytes(typst.compile(source.encode()))
        return read_pdf(path)

    return read


def handmade(*pages, extra="", trailer=""):
    """A PDF of the plainest kind; each page is a content stream."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, content in enumerate(pages):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    if extra:
        objects.append(extra)
    text = "%PDF-1.4\n"
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{each}\nendobj\n"
    start = len(text)
    text += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    text += "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    text += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\n"
    return (text + f"startxref\n{start}\n%%EOF\n").encode("latin-1")


def line(text, x=72, y=700, size=11):
    return f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n"


def paragraphs(document):
    return [b.text for b in document.blocks if b.kind == "paragraph"]


def test_columns_are_read_one_after_the_other(typeset):
    left = "In the left column inspectors are trained and it goes on for a while. " * 12
    right = "In the right column unions open an office and that goes on as well. " * 12
    below = "Under the two columns a sentence stands that is as wide as the page itself, and wider."
    document = typeset(
        f"= Plan\n#columns(2)[{left}\n#colbreak()\n{right}]\n#v(12pt)\n{below}"
    )

    assert [b.text for b in document.blocks] == [
        "Plan", left.strip(), right.strip(), below,
    ]  # fmt: skip


def test_running_heads_page_numbers_and_contents_are_left_out(typeset):
    document = typeset(
        """
        #set page(height: 10cm, header: [Country programme #h(1fr) Draft of 3 May],
          footer: context [#h(1fr) Page #counter(page).display() of 4])
        #outline(title: [Contents])
        #pagebreak()
        = Priorities
        Inspectors will be trained.
        = Outcomes
        The council meets.
        #pagebreak()
        = Finance
        Norway pays.
        #pagebreak()
        = Risks
        There are some.
        """
    )

    assert [(b.kind, b.text, b.place) for b in document.blocks] == [
        ("heading", "Priorities", "page 2, paragraph 1"),
        ("paragraph", "Inspectors will be trained.", "page 2, paragraph 2"),
        ("heading", "Outcomes", "page 2, paragraph 3"),
        ("paragraph", "The council meets.", "page 2, paragraph 4"),
        ("heading", "Finance", "page 3, paragraph 1"),
        ("paragraph", "Norway pays.", "page 3, paragraph 2"),
        ("heading", "Risks", "page 4, paragraph 1"),
        ("paragraph", "There are some.", "page 4, paragraph 2"),
    ]


def test_a_paragraph_runs_on_over_the_page_and_its_hyphens_go(typeset):
    text = "The organization strengthens capacity-building programmes in Benin. " * 30
    document = typeset(
        "#set page(width: 8cm, height: 12cm)\n#set par(justify: true)\n"
        f'#set text(lang: "en", hyphenate: true)\n{text}'
    )

    assert " ".join(paragraphs(document)) == text.strip()
    assert document.blocks[-1].page > 1 or len(document.blocks) == 1


def test_cells_are_kept_apart_merged_ones_whole(typeset):
    document = typeset(
        """
        #table(columns: (3cm, 4cm, 4cm),
          [Outcome], [Output], [Indicator],
          table.cell(rowspan: 2)[Inspectors apply the law in all the districts],
          [Training of inspectors], [Share of visits],
          [Register], [Enterprises in it],
          table.cell(colspan: 3)[A group whose name goes over all three columns],
          [Dialogue], [Secretariat \\ with staff], [Meetings])
        """
    )

    assert [block.cells for block in document.blocks] == [
        ("Outcome", "Output", "Indicator"),
        (
            "Inspectors apply the law in all the districts",
            "Training of inspectors",
            "Share of visits",
        ),
        ("", "Register", "Enterprises in it"),
        ("A group whose name goes over all three columns", "", ""),
        ("Dialogue", "Secretariat with staff", "Meetings"),
    ]
    assert document.blocks[2].text == "Register | Enterprises in it"
    assert document.blocks[2].place == "page 1, table 1, row 3"


def test_a_table_with_level_rules_only_has_columns_too(typeset):
    document = typeset(
        """
        Before.
        #table(columns: 3, stroke: none, table.hline(), [Year], [Budget], [Source],
          table.hline(), [2013], [100 000], [Norway], table.hline(), [2014], [200 000],
          [Brazil and others], table.hline())
        After.
        """
    )

    assert [block.cells or block.text for block in document.blocks] == [
        "Before.",
        ("Year", "Budget", "Source"),
        ("2013", "100 000", "Norway"),
        ("2014", "200 000", "Brazil and others"),
        "After.",
    ]


def test_a_row_that_a_page_cuts_is_one_row_and_the_head_stands_once(typeset):
    rows = "".join(
        f"[Outcome {n}], [{f'Course number {n} is held for inspectors in the capital. ' * 4}],"
        for n in range(1, 9)
    )
    document = typeset(
        "#set page(height: 9cm)\n"
        f"#table(columns: (3cm, 1fr), table.header([Outcome], [Activity]), {rows})"
    )

    tables = [b for b in document.blocks if b.kind == "table-row"]
    assert [b.cells[0] for b in tables] == [
        "Outcome", *(f"Outcome {n}" for n in range(1, 9)),
    ]  # fmt: skip
    assert all(b.cells[1].count("capital") == 4 for b in tables[1:])
    assert {b.table for b in tables} == {1}
    assert tables[-1].page > 1


def test_footnotes_are_told_from_the_text_and_their_marks_raised(typeset):
    document = typeset(
        "Trained by the Centre.#footnote[In Turin, since 1965.] It works."
    )

    assert [(b.kind, b.text, b.mark) for b in document.blocks] == [
        ("paragraph", "Trained by the Centre.¹ It works.", ""),
        ("footnote", "In Turin, since 1965.", "1"),
    ]


def test_lists_and_ligatures(typeset):
    document = typeset("- An efficient office.\n- A file.\n\nThe final text.")

    assert [(b.kind, b.text) for b in document.blocks] == [
        ("list-item", "An efficient office."),
        ("list-item", "A file."),
        ("paragraph", "The final text."),
    ]


def test_a_page_set_sideways_reads_as_any_other(tmp_path):
    path = tmp_path / "sideways.pdf"
    turned = "".join(
        f"BT /F1 11 Tf 0 1 -1 0 {100 + 14 * n} 72 Tm ({text}) Tj ET\n"
        for n, text in enumerate(["The council meets in", "each of the districts."])
    )
    path.write_bytes(handmade(turned))

    assert paragraphs(read_pdf(path)) == ["The council meets in each of the districts."]


def test_hyphens_are_judged_by_the_words_where_the_file_says_nothing(tmp_path):
    path = tmp_path / "plain.pdf"
    lines = [
        "A training programme for workers by a policy-",
        "making body and a policy-making council in the pro-",
        "gramme of the South-",
        "South exchange.",
    ]
    path.write_bytes(
        handmade("".join(line(text, y=700 - 14 * n) for n, text in enumerate(lines)))
    )

    assert paragraphs(read_pdf(path)) == [
        "A training programme for workers by a policy-making body and a policy-making "
        "council in the programme of the South-South exchange."
    ]


def test_a_scanned_pdf_says_so(tmp_path):
    path = tmp_path / "scan.pdf"
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    document.save(path)

    assert list(read_document(path, "in/scan.pdf")) == [
        SetAside("in/scan.pdf", "document_scanned")
    ]


def test_scanned_pages_among_others_are_remarked_on(tmp_path):
    path = tmp_path / "part.pdf"
    picture = "q 400 0 0 400 90 200 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"
    path.write_bytes(handmade(line("The council meets."), picture, picture))

    remark, activity = read_document(path, "part.pdf")

    assert (remark.problem, remark.place, remark.scope) == (
        "document_pages_scanned", "pages 2, 3", "value",
    )  # fmt: skip
    assert [p.text for p in activity.passages] == ["The council meets."]


def test_a_password_is_asked_for_in_vain(tmp_path):
    path = tmp_path / "locked.pdf"
    zeros = "00" * 32
    path.write_bytes(
        handmade(
            line("Secret"),
            extra=f"<< /Filter /Standard /V 1 /R 2 /O <{zeros}> /U <{zeros}> /P -4 >>",
            trailer=f"/Encrypt 6 0 R /ID [<{zeros[:32]}> <{zeros[:32]}>]",
        )
    )

    assert list(read_document(path, "locked.pdf")) == [
        SetAside("locked.pdf", "document_password")
    ]


@pytest.mark.parametrize("content", [b"%PDF-1.7\nrubbish", b"%PDF-1.4" + b"\0" * 999])
def test_a_damaged_pdf_is_set_aside(tmp_path, content):
    path = tmp_path / "damaged.pdf"
    path.write_bytes(content)

    assert list(read_document(path, "damaged.pdf")) == [
        SetAside("damaged.pdf", "document_damaged")
    ]


def test_a_pdf_cut_short_is_read_as_far_as_it_goes_or_set_aside(tmp_path):
    whole = handmade(*(line(f"Page {n} tells of a council.") for n in range(9)))
    path = tmp_path / "cut.pdf"
    for length in range(100, len(whole), 97):
        path.write_bytes(whole[:length])
        assert list(read_document(path, "cut.pdf"))


def test_more_pages_than_any_report_has_are_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "MAX_PAGES", 3)
    path = tmp_path / "long.pdf"
    path.write_bytes(handmade(*(line(f"Council {n} meets today.") for n in range(5))))

    remark, activity = read_document(path, "long.pdf")

    assert (remark.problem, remark.values) == (
        "document_pages", {"limit": "3", "pages": "5"},
    )  # fmt: skip
    assert [p.text for p in activity.passages] == [
        f"Council {n} meets today." for n in range(3)
    ]


def test_a_page_count_that_lies_costs_nothing(tmp_path):
    path = tmp_path / "liar.pdf"
    path.write_bytes(
        handmade(line("The council meets.")).replace(b"/Count 1 ", b"/Count 9")
    )

    found = list(read_document(path, "liar.pdf"))

    assert found[-1].passages[0].text == "The council meets."


def test_a_refused_pdf_says_why_in_the_error(tmp_path):
    path = tmp_path / "damaged.pdf"
    path.write_bytes(b"%PDF-")

    with pytest.raises(UnreadableError, match="document_damaged"):
        read_pdf(path)
