"""Sentences, lists and pieces; blocks to passages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capmap.sources.blocks import (
    Block,
    continues,
    mended,
    number_places,
    one_line,
    table_row,
    without_contents,
)
from capmap.sources.hyphenation import running_text, words_within_lines
from capmap.sources.passages import (
    PIECE_CHARACTERS,
    in_pieces,
    passages,
    sentences,
    statements,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            "Roads, transport, etc. Training courses follow.",
            ["Roads, transport, etc.", "Training courses follow."],
        ),
        (
            "Convention, 1989 (No. 169) is ratified.",
            ["Convention, 1989 (No. 169) is ratified."],
        ),
        ("We said no. Then we left.", ["We said no.", "Then we left."]),
        ("See Mr. Diallo and Dr. Sow.", ["See Mr. Diallo and Dr. Sow."]),
        (
            "He said “it works.” She agreed.",
            ["He said “it works.”", "She agreed."],
        ),
        (
            "Le BIT (cf. art. 3) aide. « Oui. » Les syndicats aussi.",
            ["Le BIT (cf. art. 3) aide.", "« Oui. »", "Les syndicats aussi."],
        ),
        (
            "¿Quién capacita? El Centro (núm. 5).",
            ["¿Quién capacita?", "El Centro (núm. 5)."],
        ),
        ("The file My.COOP is one.", ["The file My.COOP is one."]),
        ("cooperation.¹ In March it ended.", ["cooperation.¹", "In March it ended."]),
        ("Titles\nStand alone", ["Titles", "Stand alone"]),
        ("", []),
    ],
)
def test_sentences_end_where_readers_end_them(text, expected):
    assert sentences(text) == expected


@given(st.text(alphabet="ab A.?!:;\n–-(1)’ é", max_size=200))
def test_sentences_lose_nothing_but_white_space(text):
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@given(st.text(max_size=300))
def test_any_text_can_be_cut(text):
    for sentence in statements(text):
        assert sentence == one_line(sentence) != ""


def test_a_list_in_a_sentence_becomes_statements_that_can_be_read_alone():
    text = (
        "Avec le Centre, le BIT propose : – un cours pour les négociateurs ; et "
        "– un guide (formation – appui) sur le dialogue. Un réseau suit."
    )

    assert statements(text) == [
        "Avec le Centre, le BIT propose : un cours pour les négociateurs.",
        "Avec le Centre, le BIT propose : un guide (formation – appui) sur le dialogue.",
        "Un réseau suit.",
    ]


def test_letters_part_a_list_as_dashes_do():
    assert statements("The union will: (a) train officials; (b) open an office.") == [
        "The union will: train officials.",
        "The union will: open an office.",
    ]


def test_items_may_stand_on_lines_of_their_own():
    assert statements(
        "The union will:\n• train officials; and\n• open an office.\nEnd."
    ) == [
        "The union will: train officials.",
        "The union will: open an office.",
        "End.",
    ]


def test_a_dash_in_a_sentence_makes_no_list():
    text = "The aim: training – of all kinds – for inspectors."

    assert statements(text) == [text]


def test_headings_become_the_context_of_what_follows_and_are_no_passages():
    blocks = [
        Block("heading", "Plan", level=1),
        Block("heading", "Priority 1", level=2),
        Block("paragraph", "Inspectors will be trained.", place="paragraph 3"),
        Block("heading", "Priority 2", level=2),
        Block("list-item", "A council meets.", place="paragraph 5"),
        Block("heading", "Annex", level=1),
        Block("footnote", "See the law.", place="footnote 1"),
    ]

    found = passages(blocks, "en")

    assert [(p.kind, p.text, p.context, p.place) for p in found] == [
        (
            "paragraph",
            "Inspectors will be trained.",
            "Plan › Priority 1",
            "paragraph 3",
        ),
        ("list-item", "A council meets.", "Plan › Priority 2", "paragraph 5"),
        ("paragraph", "See the law.", "Annex", "footnote 1"),
    ]
    assert {p.language for p in found} == {"en"}


def test_column_headings_are_context_of_the_rows():
    rows = [
        table_row(["Output", "Indicator"], 1, 1),
        table_row(["Inspectors trained.", "40"], 1, 2),
        table_row(["Inspectors trained.", "Of them, 20 women."], 2, 1),
    ]
    number_places(rows)

    found = passages(rows)

    assert [(p.text, p.context, p.place) for p in found] == [
        ("Inspectors trained. | 40", "Output | Indicator", "table 1, row 2"),
        ("Inspectors trained. | Of them, 20 women.", "", "table 2, row 1"),
    ]


def test_a_table_of_one_row_is_a_passage():
    (found,) = passages([table_row(["Course", "40 trained"], 1, 1)])

    assert found.text == "Course | 40 trained"


def test_long_runs_of_anything_take_no_time():
    for run in (".", "a. ", "A. ", "x: - a; ", "(", " »", "\n", "*a "):
        statements(run * 50_000)


def test_a_long_paragraph_comes_in_pieces_at_ends_of_sentences():
    text = " ".join(f"Sentence {n} tells of a course." for n in range(200))

    pieces = passages([Block("paragraph", text, place="paragraph 1")])

    assert " ".join(piece.text for piece in pieces) == text
    assert all(piece.text.endswith(".") for piece in pieces)
    assert all(len(piece.text) <= PIECE_CHARACTERS for piece in pieces)
    assert [piece.place for piece in pieces[:2]] == [
        "paragraph 1, part 1",
        "paragraph 1, part 2",
    ]


@given(st.text(alphabet="abc .", min_size=1, max_size=9000).map(one_line))
def test_pieces_lose_nothing_and_are_never_without_end(text):
    pieces = in_pieces(text)

    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(0 < len(piece) <= PIECE_CHARACTERS * 3 // 2 for piece in pieces)


def test_a_paragraph_that_a_footnote_cut_is_joined_again():
    blocks = mended(
        [
            Block("paragraph", "Other initiatives,"),
            Block("paragraph", "¹ GB.309/TC/1."),
            Block("paragraph", "for example with youth groups, help."),
            Block("paragraph", "a new line in small letters"),
        ]
    )

    assert [(b.kind, b.text, b.place) for b in blocks] == [
        (
            "paragraph",
            "Other initiatives, for example with youth groups, help.",
            "paragraph 1",
        ),
        ("footnote", "GB.309/TC/1.", "footnote 1"),
        ("paragraph", "a new line in small letters", "paragraph 3"),
    ]


def test_a_paragraph_that_a_page_cut_keeps_the_place_of_its_first_half():
    (block,) = mended(
        [
            Block("paragraph", "a petition was sent to", page=2),
            Block("paragraph", "the parliament.", page=3),
        ]
    )

    assert (block.text, block.place) == (
        "a petition was sent to the parliament.",
        "page 2, paragraph 1",
    )


def test_only_an_open_sentence_goes_on():
    assert continues("was sent to", "the parliament")
    assert not continues("It ended.", "the parliament")
    assert not continues("was sent to", "The parliament")


def test_a_contents_page_is_left_out_and_numbers_elsewhere_are_not():
    entries = [
        Block("paragraph", f"{n}. Priority {n} ..... {n + 2}") for n in (1, 2, 3)
    ]
    loose = [Block("paragraph", f"Chapter {n} {n * 7}") for n in (1, 2, 3)]
    text = [Block("paragraph", "In 2012 they trained 40")]

    assert without_contents([*entries, *text]) == text
    after = [Block("paragraph", "In 2012 they trained 40.")]
    assert without_contents([Block("heading", "Índice"), *loose, *after]) == after
    assert without_contents([*loose, *text]) == [*loose, *text]


def test_hyphens_of_the_page_go_and_those_of_the_text_stay():
    lines = [
        "A small pro-",
        "gramme for policy-",
        "makers and policy-makers in an eight-",
        "module form, by COVID-",
        "era rules with South-",
        "South exchange; the programme of public-",
        "sector unions in the public sector by HIV/",
        "AIDS units / others.",
    ]

    assert running_text(lines, words_within_lines(lines)) == (
        "A small programme for policy-makers and policy-makers in an eightmodule form, "
        "by COVID-era rules with South-South exchange; the programme of public-sector "
        "unions in the public sector by HIV/AIDS units / others."
    )


def test_what_the_file_says_of_its_hyphens_is_believed():
    assert running_text(["an eight\u2011", "module pro\u00ad", "gramme"]) == (
        "an eight-module programme"
    )


def test_ligatures_are_parted_and_no_break_spaces_kept():
    assert one_line(" eﬀective oﬃce\tof\u00ad 58\u00a0per\n cent ") == (
        "effective office of 58\u00a0per cent"
    )
