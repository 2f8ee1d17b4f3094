"""Plain text and Markdown in the encodings and habits people have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capmap.sources.activity import SetAside
from capmap.sources.documents import read_document
from capmap.sources.plain_text import decode, read_plain_text, without_emphasis
from capmap.wording import LANGUAGES, topic


@pytest.fixture
def text(tmp_path):
    def read(content):
        path = tmp_path / "plan.txt"
        path.write_text(content, encoding="utf-8")
        return [(b.kind, b.text) for b in read_plain_text(path).blocks]

    return read


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "iso-8859-1"],
)
def test_the_encoding_is_found(tmp_path, encoding):
    content = (
        "Le renforcement des capacités des inspecteurs du travail a été évalué à "
        "Cotonou, où les employés et les ministères se réunissent après l'été. " * 5
    )
    path = tmp_path / "plan.txt"
    path.write_bytes(content.encode(encoding))

    (block,) = read_plain_text(path).blocks

    assert block.text == content.strip()


def test_a_declared_encoding_counts_where_utf_8_does_not_fit():
    assert decode("été".encode("cp1252"), "cp1252") == "été"
    assert decode("été".encode(), "cp1252") == "été"


def test_lines_wrapped_by_hand_are_joined(text):
    assert text(
        "The inspectors of all the districts are trained on the new law in a pro-\n"
        "gramme of the ministry, and the council of the districts meets to discuss\n"
        "the results.\n"
        "- A first item of the list that is long enough to be wrapped by hand over\n"
        "  two lines.\n"
        "- A second item.\n\n"
        "Another paragraph stands here, on a line that is about as long as the page."
    ) == [
        (
            "paragraph",
            "The inspectors of all the districts are trained on the new law in a "
            "programme of the ministry, and the council of the districts meets to "
            "discuss the results.",
        ),
        (
            "list-item",
            "A first item of the list that is long enough to be wrapped by hand over "
            "two lines.",
        ),
        ("list-item", "A second item."),
        (
            "paragraph",
            "Another paragraph stands here, on a line that is about as long as the page.",
        ),
    ]


def test_markdown_is_read_as_meant(text):
    assert text(
        "# Plan of *Benin*\n\nPriorities\n==========\n\nA **council** meets.\n\n---\n\n"
        "| Output | Target |\n|---|:---:|\n| Course | 40 |\n\n* One\n+ Two\n(a) Three\n"
    ) == [
        ("heading", "Plan of Benin"),
        ("heading", "Priorities"),
        ("paragraph", "A council meets."),
        ("table-row", "Output | Target"),
        ("table-row", "Course | 40"),
        ("list-item", "One"),
        ("list-item", "Two"),
        ("list-item", "(a) Three"),
    ]


def test_tabs_part_cells_and_tags_the_paragraphs_in_them(tmp_path):
    path = tmp_path / "table.txt"
    path.write_text(
        "Outcome\tExamples\nOutcome 1\t<p>A course.</p> <p><i>A</i> guide</p>\n"
        "\tGoes on.\n\n\tAn indented paragraph.\n",
        encoding="utf-8",
    )

    blocks = read_plain_text(path).blocks

    assert [block.cells for block in blocks[:3]] == [
        ("Outcome", "Examples"),
        ("Outcome 1", "A course.\nA guide"),
        ("", "Goes on."),
    ]


def test_a_short_line_over_a_paragraph_heads_it_and_a_list_of_them_is_kept(text):
    assert text("Priorities\n\nA council meets.") == [
        ("heading", "Priorities"), ("paragraph", "A council meets."),
    ]  # fmt: skip
    assert text("Training of inspectors\nAdvice on law\nStudy tours") == [
        ("paragraph", "Training of inspectors"),
        ("paragraph", "Advice on law"),
        ("paragraph", "Study tours"),
    ]


def test_stars_that_are_no_emphasis_stay():
    assert without_emphasis("2 * 3 * 4 and *this* one*") == "2 * 3 * 4 and this one*"


@given(st.binary(min_size=1, max_size=400))
def test_any_bytes_give_a_document_or_a_reason(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "any.txt"
    path.write_bytes(content)

    found = list(read_document(path, "any.txt"))

    assert found
    for each in found:
        if isinstance(each, SetAside):
            words = topic("set_aside")[each.problem]
            for part in ("reason", "remedy"):
                for language in LANGUAGES:
                    assert words[part][language].format(**each.values)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "document_empty"),
        (b" \n\t ", "document_empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\1" * 99, "document_other_kind"),
        (b"{\\rtf1 text}", "document_old_format"),
        (b"<?xml version='1.0'?><data/>", "document_other_kind"),
    ],
)
def test_what_is_no_text_is_set_aside(tmp_path, content, problem):
    path = tmp_path / "wrong.txt"
    path.write_bytes(content)

    (found,) = read_document(path, "wrong.txt")

    assert (found.source, found.problem, found.scope) == ("wrong.txt", problem, "file")


def told(tmp_path, content, name="plan.txt"):
    path = tmp_path / "file"
    path.write_text(content, encoding="utf-8")
    (activity,) = read_document(path, name)
    return activity


@pytest.mark.parametrize(
    ("title", "kind", "countries", "starts"),
    [
        (
            "Decent Work Country Programme: Papua New Guinea and Fiji 2012–2015",
            "country_programme", ["PG", "FJ"], "2012-01-01",
        ),
        (
            "Programme par pays de promotion du travail décent de la Côte d’Ivoire (2013-16)",
            "country_programme", ["CI"], "2013-01-01",
        ),
        ("Evaluation of the Decent Work Country Programme of Nepal", "document", ["NP"], "None"),
        ("Project document: Skills in Niger, not Nigeria", "project", ["NE", "NG"], "None"),
        ("Réunion tripartite sur les salaires", "document", [], "None"),
    ],
)  # fmt: skip
def test_the_title_tells_kind_country_and_period(
    tmp_path, title, kind, countries, starts
):
    activity = told(tmp_path, f"{title}\n\nThe council meets.\n")

    assert activity.title == title
    assert activity.kind == kind
    assert [part.code for part in activity.countries] == countries
    assert str(activity.starts_on) == starts


def test_a_cover_may_say_country_and_years_on_lines_of_their_own(tmp_path):
    activity = told(
        tmp_path,
        "Decent Work Country Programme\n\nKenya\n\n2013 – 2016\n\n"
        + "Long text. " * 40,
    )

    assert activity.kind == "country_programme"
    assert [part.code for part in activity.countries] == ["KE"]


def test_the_identifier_is_stable_and_tells_documents_apart(tmp_path):
    one = told(tmp_path, "One text here.", "a.zip/Plan  Bénin.txt").identifier
    moved = told(tmp_path, "One text here.", "other/Plan  Bénin.txt").identifier
    other = told(tmp_path, "Another text here.", "a.zip/Plan  Bénin.txt").identifier

    assert one == moved != other
    assert one.startswith("plan-benin-")
