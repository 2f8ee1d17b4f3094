"""Papers of the same form with other words, other rows and in another language."""

import docx
import pytest
import typst

from capmap.sources.documents import read_blocks, read_document
from capmap.sources.governing_body import (
    is_governing_body_paper,
    read_governing_body,
    to_activities,
)
from capmap.sources.governing_body_cover import SYMBOL

ENGLISH = """\
Governing Body

315th Session, Geneva, June 2012

GB.315/TC/2(Rev.)

Committee on Skills

TC

SECOND ITEM ON THE AGENDA

Learning at work: A first look

Overview

Summary

A small paper for the purpose of trying.

Legal implications: None.

Decision required

Paragraph 3.

1. The Office looked at learning in 2010.¹ 2. It found two forms: - (a) courses; and - (b) visits to firms.

¹ GB.310/TC/9.

What comes next

3. *The Governing Body may wish to ask for more.*

Geneva, 3 May 2012

Point for decision: Paragraph 3

Annex

Forms of learning

Outcome\tProgramme\tExamples
People\t\t
Outcome 4: Workers learn\tCourses\tA course on law (No. 81). The Centre gives: – a guide; – a film. It helps.
\t\tIt goes on. In two rows.
\tVisits\tStudents see firms
Firms\t\t
Outcome 7: Firms teach\tMasters\tMasters are paid, etc. They teach well.
"""

FRENCH = """\
Conseil d’administration

316e session, Genève, novembre 2012

GB.316/POL/3

Section de l’élaboration des politiques
Segment de la coopération technique

POL

TROISIÈME QUESTION À L’ORDRE DU JOUR

Apprendre au travail

Aperçu

Résumé

Un petit document pour essayer.

Incidences financières

Aucune.

Unité auteur

Département d’essai.

1. Le Bureau a examiné l’apprentissage.

2. Il en a trouvé deux formes.

Genève, le 3 mai 2012

Point appelant une décision : paragraphe 2

Annexe

Résultat\tProgramme\tExemples
Résultat 2 : Les travailleurs apprennent\tCours\tUn cours de droit. Le Centre offre : – un guide ; – un film.
"""


def blocks_of(tmp_path, content, name="paper.txt"):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return read_blocks(path).blocks


@pytest.fixture
def paper(tmp_path):
    return read_governing_body(blocks_of(tmp_path, ENGLISH))


def told(paper):
    return [
        (group.title, outcome.number, programme.title, programme.sentences)
        for group in paper.appendix.groups
        for outcome in group.outcomes
        for programme in outcome.programmes
    ]


ROWS = [
    (
        "People", 4, "Courses",
        [
            "A course on law (No. 81).",
            "The Centre gives: a guide.",
            "The Centre gives: a film.",
            "It helps.",
            "It goes on.",
            "In two rows.",
        ],
    ),
    ("People", 4, "Visits", ["Students see firms"]),
    ("Firms", 7, "Masters", ["Masters are paid, etc.", "They teach well."]),
]  # fmt: skip


def test_another_paper_of_the_form_is_read(paper):
    assert told(paper) == ROWS
    assert paper.appendix.title == "Forms of learning"
    assert paper.cover.section == ("Committee on Skills",)
    assert paper.cover.item == "SECOND ITEM ON THE AGENDA"
    assert [(f.field, f.text) for f in paper.cover.overview] == [
        ("summary", "A small paper for the purpose of trying."),
        ("legal_implications", "None."),
        ("decision_required", "Paragraph 3."),
    ]
    assert [(p.number, p.text, p.heading) for p in paper.text.paragraphs] == [
        (1, "The Office looked at learning in 2010.¹", ""),
        (2, "It found two forms:", ""),
        (3, "The Governing Body may wish to ask for more.", "What comes next"),
    ]
    assert paper.text.paragraphs[1].items == (
        ("a", "courses; and"), ("b", "visits to firms."),
    )  # fmt: skip
    assert paper.text.notes == {"1": "GB.310/TC/9."}
    assert paper.decision is paper.text.paragraphs[2]


def test_a_french_paper_is_read_and_told_in_french(tmp_path):
    paper = read_governing_body(blocks_of(tmp_path, FRENCH))

    assert paper.cover.language == "fr"
    assert paper.cover.symbol == "GB.316/POL/3"
    assert paper.cover.section == (
        "Section de l’élaboration des politiques",
        "Segment de la coopération technique",
    )
    assert paper.cover.title == "Apprendre au travail"
    assert [f.field for f in paper.cover.overview] == [
        "summary", "financial_implications", "author_unit",
    ]  # fmt: skip
    assert paper.text.place_and_date == "Genève, le 3 mai 2012"
    assert paper.text.decision == 2
    programme, document = to_activities(paper, "paper.txt")
    assert programme.identifier == "GB.316/POL/3#2.1"
    assert [p.text for p in programme.passages] == [
        "Un cours de droit.",
        "Le Centre offre : un guide.",
        "Le Centre offre : un film.",
    ]
    assert programme.passages[0].context == (
        "Résultat 2\u00a0: Les travailleurs apprennent\u00a0; programme\u00a0: Cours"
    )
    assert {p.language for p in document.passages} == {"fr"}


def test_word_numbers_paragraphs_and_boxes_the_cover(tmp_path):
    document = docx.Document()
    for line in (
        "Governing Body",
        "GB.315/TC/2",
        "SECOND ITEM ON THE AGENDA",
        "Learning",
    ):
        document.add_paragraph(line)
    box = document.add_table(2, 2)
    for cell, text in zip(
        box._cells,
        ["Summary", "A small paper.", "Legal implications", "None."],
        strict=True,
    ):
        cell.text = text
    for line in ("The Office looked.", "It found two forms."):
        document.add_paragraph(line, style="List Number")
    document.add_paragraph("Appendix")
    table = document.add_table(3, 3)
    table.cell(1, 0).merge(table.cell(2, 0)).text = "Outcome 4: Workers learn"
    for row, texts in enumerate(
        [["P", "E"], ["Courses", "A course."], ["Visits", "One. Two."]]
    ):
        table.cell(row, 1).text, table.cell(row, 2).text = texts
    table.cell(0, 0).text = "O"
    path = tmp_path / "paper.docx"
    document.save(path)

    paper = read_governing_body(read_blocks(path).blocks)

    assert [f.text for f in paper.cover.overview] == ["A small paper.", "None."]
    assert [p.text for p in paper.text.paragraphs] == [
        "The Office looked.", "It found two forms.",
    ]  # fmt: skip
    assert told(paper) == [
        ("", 4, "Courses", ["A course."]),
        ("", 4, "Visits", ["One.", "Two."]),
    ]


def test_a_pdf_whose_outcomes_span_rows_gives_the_same(tmp_path):
    head, _, _ = ENGLISH.partition("Outcome\tProgramme")
    lines = "\n\n".join(
        f"#[{line.replace('*', '')}]"
        if line[:1] == "1"
        else f"#[{line.replace('*', chr(92) + '*')}]"
        for line in head.splitlines()
        if line
    )
    table = """
    #table(columns: (4cm, 3cm, 1fr), table.header([Outcome], [Programme], [Examples]),
      table.cell(colspan: 3)[People],
      table.cell(rowspan: 2)[Outcome 4: Workers learn],
      [Courses], [A course on law (No. 81). The Centre gives: – a guide; – a film. It helps.
        It goes on. In two rows.],
      [Visits], [Students see firms],
      table.cell(colspan: 3)[Firms],
      [Outcome 7: Firms teach], [Masters], [Masters are paid, etc. They teach well.])
    """
    path = tmp_path / "paper.pdf"
    path.write_bytes(typst.compile((lines + table).encode()))

    paper = read_governing_body(read_blocks(path).blocks)

    assert told(paper) == ROWS
    assert [p.number for p in paper.text.paragraphs] == [1, 2, 3]


def test_a_report_that_cites_papers_is_none(tmp_path):
    blocks = blocks_of(
        tmp_path,
        "A report\n\nThe Governing Body adopted GB.310/TC/1.\n\n1. The Office looked.\n",
    )

    assert not is_governing_body_paper(blocks)
    with pytest.raises(ValueError, match="No symbol"):
        read_governing_body(blocks)


def test_a_table_of_another_form_is_kept_as_rows(tmp_path):
    content = ENGLISH.partition("Outcome\tProgramme")[0] + (
        "Year\tCourses\n2010\tA course on law.\n2011\tTwo courses.\n"
    )
    path = tmp_path / "paper.txt"
    path.write_text(content, encoding="utf-8")

    (activity,) = read_document(path, "paper.txt")

    assert activity.kind == "document"
    assert any("Two courses." in p.text for p in activity.passages)


@pytest.mark.parametrize(
    "symbol",
    ["GB.304/SG/DECL/1(Rev.)", "GB.309/16", "GB.335/INS/9", "GB.331/INS/18/2",
     "GB.325/INS/2(Add.1)", "GB.329/PFA/1/D1", "GB.312/POL/9"],
)  # fmt: skip
def test_symbols_of_papers_are_known(symbol):
    assert SYMBOL.fullmatch(symbol)
