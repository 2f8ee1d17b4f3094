"""DOCX as Word and python-docx write it, and packages made to do harm."""

import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from capmap.sources import office_package
from capmap.sources.activity import SetAside
from capmap.sources.documents import read_document
from capmap.sources.docx import read_docx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture
def written(tmp_path):
    """Write a document with python-docx and give its path."""

    def write(document, name="plan.docx"):
        path = tmp_path / name
        document.save(path)
        return path

    return write


def package(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def body(content):
    return (
        f'<w:document xmlns:w="{W}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{content}</w:body></w:document>"
    )


def paragraph(text, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def told(path):
    return [(b.kind, b.text, b.place) for b in read_docx(path).blocks]


def test_paragraphs_and_tables_stand_in_the_order_of_the_document(written):
    document = docx.Document()
    document.core_properties.title = "Country programme of Benin"
    document.add_heading("Priorities", 1)
    document.add_paragraph("Inspectors will be trained.")
    table = document.add_table(2, 2)
    for cell, text in zip(
        table._cells, ["Output", "Indicator", "Course", "40 trained"], strict=True
    ):
        cell.text = text
    document.add_paragraph("A council meets.", style="List Bullet")

    path = written(document)

    assert told(path) == [
        ("heading", "Priorities", "paragraph 1"),
        ("paragraph", "Inspectors will be trained.", "paragraph 2"),
        ("table-row", "Output | Indicator", "table 1, row 1"),
        ("table-row", "Course | 40 trained", "table 1, row 2"),
        ("list-item", "A council meets.", "paragraph 3"),
    ]
    assert read_docx(path).title == "Country programme of Benin"


def test_merged_cells_keep_their_first_place_and_paragraphs_their_lines(written):
    document = docx.Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "Outcome 1"
    table.cell(0, 1).text = "Course"
    table.cell(0, 1).add_paragraph("and guide")
    table.cell(1, 2).text = "b"
    table.cell(2, 0).merge(table.cell(2, 2)).text = "Group"

    rows = [block.cells for block in read_docx(written(document)).blocks]

    assert rows == [
        ("Outcome 1", "Course\nand guide", ""),
        ("", "", "b"),
        ("Group", "", ""),
    ]


def test_numbers_that_word_computes_are_marks(tmp_path):
    numbering = f"""<w:numbering xmlns:w="{W}">
      <w:abstractNum w:abstractNumId="7">
        <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
        <w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl>
        <w:lvl w:ilvl="2"><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="%1.%2.%3"/></w:lvl>
      </w:abstractNum>
      <w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>"""
    levels = [0, 1, 1, 2, 0, 1]
    content = "".join(
        paragraph(
            f"Text {n}",
            f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="3"/></w:numPr>',
        )
        for n, level in enumerate(levels)
    )
    path = package(
        tmp_path / "n.docx",
        {"word/document.xml": body(content), "word/numbering.xml": numbering},
    )

    assert [(b.kind, b.mark) for b in read_docx(path).blocks] == [
        ("paragraph", "1."),
        ("list-item", "(a)"),
        ("list-item", "(b)"),
        ("list-item", "1.b.i"),
        ("paragraph", "2."),
        ("list-item", "(a)"),
    ]


def test_footnotes_and_text_boxes_follow_their_paragraph(tmp_path):
    box = f"<w:txbxContent>{paragraph('Box text.')}</w:txbxContent>"
    content = (
        '<w:p><w:r><w:t>Trained</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
        "<w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>'
        "</mc:AlternateContent></w:r><w:r><w:t> in Turin.</w:t></w:r></w:p>"
    )
    notes = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{paragraph("Since 1965.")}</w:footnote></w:footnotes>'
    )
    path = package(
        tmp_path / "f.docx",
        {"word/document.xml": body(content), "word/footnotes.xml": notes},
    )

    assert told(path) == [
        ("paragraph", "Trained¹ in Turin.", "paragraph 1"),
        ("paragraph", "Box text.", "paragraph 2"),
        ("footnote", "Since 1965.", "footnote 1"),
    ]


def test_deletions_and_contents_are_left_out_insertions_are_read(written):
    document = docx.Document()
    changed = document.add_paragraph("The council ")
    changed._p.append(
        parse_xml(
            f"<w:del {nsdecls('w')}><w:r><w:delText>never </w:delText></w:r></w:del>"
        )
    )
    changed._p.append(
        parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>meets.</w:t></w:r></w:ins>")
    )
    style = document.styles.add_style("toc 1", 1)
    document.add_paragraph("Priorities\t3", style=style)

    assert told(written(document)) == [
        ("paragraph", "The council meets.", "paragraph 1")
    ]


def test_a_style_in_a_circle_is_no_reason_to_hang(tmp_path):
    styles = (
        f'<w:styles xmlns:w="{W}">'
        '<w:style w:styleId="a"><w:name w:val="A"/><w:basedOn w:val="b"/></w:style>'
        '<w:style w:styleId="b"><w:name w:val="B"/><w:basedOn w:val="a"/></w:style>'
        "</w:styles>"
    )
    content = paragraph("The council meets.", '<w:pStyle w:val="a"/>')
    path = package(
        tmp_path / "c.docx",
        {"word/document.xml": body(content), "word/styles.xml": styles},
    )

    assert told(path) == [("paragraph", "The council meets.", "paragraph 1")]


def test_macros_are_ignored_and_the_text_is_read(tmp_path):
    path = package(
        tmp_path / "m.docm",
        {
            "word/document.xml": body(paragraph("The council meets.")),
            "word/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro",
        },
    )

    (activity,) = read_document(path, "m.docm")

    assert [p.text for p in activity.passages] == ["The council meets."]


def problem(path):
    (found,) = read_document(path, path.name)
    assert isinstance(found, SetAside)
    assert found.scope == "file"
    return found.problem


def test_a_package_that_unpacks_to_no_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(office_package, "MAX_XML_MEGABYTES", 1)
    path = package(tmp_path / "bomb.docx", {"word/document.xml": body(" " * (2 << 20))})

    assert path.stat().st_size < 10_000
    assert problem(path) == "document_bomb"


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY e "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://example.org/x.dtd">',
    ],
)
def test_entities_are_refused_and_nothing_is_fetched(tmp_path, declaration):
    path = package(
        tmp_path / "e.docx",
        {
            "word/document.xml": declaration
            + body(
                paragraph("Read &e; this").replace(
                    "&e;", "&e;" if "ENTITY" in declaration else ""
                )
            )
        },
    )

    assert problem(path) == "document_entities"


def test_other_bad_packages(tmp_path):
    whole = package(
        tmp_path / "whole.docx", {"word/document.xml": body(paragraph("Text " * 500))}
    ).read_bytes()
    cut = tmp_path / "cut.docx"
    cut.write_bytes(whole[: len(whole) // 2])
    wrong = tmp_path / "wrong.docx"
    wrong.write_bytes(whole.replace(whole[60:70], b"0123456789", 1))
    empty = package(tmp_path / "empty.docx", {"word/document.xml": body("")})
    broken = package(tmp_path / "broken.docx", {"word/document.xml": "<w:document"})
    sheet = package(tmp_path / "sheet.docx", {"xl/workbook.xml": "<x/>"})
    nothing = tmp_path / "nothing.docx"
    nothing.write_bytes(b"")

    assert problem(cut) == "document_damaged"
    assert problem(wrong) == "document_damaged"
    assert problem(empty) == "document_no_text"
    assert problem(broken) == "document_damaged"
    assert problem(sheet) == "document_other_kind"
    assert problem(nothing) == "document_empty"


def test_a_locked_document_and_an_old_one_say_so(tmp_path):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
    locked = tmp_path / "locked.docx"
    locked.write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    old = tmp_path / "old.doc"
    old.write_bytes(ole)

    assert problem(locked) == "document_password"
    assert problem(old) == "document_old_format"


def test_a_wrong_ending_is_remarked_on_and_the_text_read(written):
    document = docx.Document()
    document.add_paragraph("The council meets.")
    path = written(document, "plan.pdf")

    remark, activity = read_document(path, "in/plan.pdf")

    assert (remark.problem, remark.scope, remark.values) == (
        "document_other_ending", "value", {"ending": ".pdf", "kind": "DOCX"},
    )  # fmt: skip
    assert activity.passages[0].text == "The council meets."
