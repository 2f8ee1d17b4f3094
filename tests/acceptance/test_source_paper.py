"""GB.312/POL/9 in each of its three forms: every part of the paper is recovered."""

import json
import re
from dataclasses import asdict

import pytest

from capmap.sources.activity import Activity
from capmap.sources.documents import read_blocks, read_document
from capmap.sources.governing_body import read_governing_body

FORMS = ("txt", "docx", "pdf")


def folded(text):
    """White space and the shape of quotation marks differ from form to form."""
    straight = text.translate(str.maketrans("’‘“”", "''\"\""))
    return " ".join(straight.split())


@pytest.fixture(params=FORMS)
def path(request, data):
    return data / "papers" / f"GB.312-POL-9.{request.param}"


@pytest.fixture
def paper(path):
    return read_governing_body(read_blocks(path).blocks)


@pytest.fixture
def reference(data):
    lines = (data / "evaluation" / "appendix.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in lines.splitlines()]


def test_five_groups_nineteen_outcomes_thirty_two_programmes(paper):
    groups = paper.appendix.groups

    assert [group.title for group in groups] == [
        "Employment",
        "Social protection",
        "Social dialogue",
        "Fundamental principles and rights at work",
        "Policy coherence",
    ]
    assert [len(group.outcomes) for group in groups] == [3, 5, 5, 5, 1]
    assert [outcome.number for outcome in paper.outcomes] == list(range(1, 20))
    assert sum(len(outcome.programmes) for outcome in paper.outcomes) == 32
    assert paper.appendix.others == []


def test_every_activity_sentence_stands_under_its_programme(paper, reference):
    found = {
        f"A{outcome.number:02}.{row}.{position}": (
            f"Outcome {outcome.number}; programme: {folded(programme.title)}",
            folded(sentence),
        )
        for outcome in paper.outcomes
        for row, programme in enumerate(outcome.programmes, 1)
        for position, sentence in enumerate(programme.sentences, 1)
    }
    expected = {
        row["id"]: (folded(row["context"]), folded(row["text"])) for row in reference
    }
    # The two items of the one list are both given the words that open it; the hand
    # coding prints them in the first only and begins the second with a capital.
    opening, _, _ = expected["A12.1.1"][1].partition(": ")
    context, text = expected["A12.1.2"]
    expected["A12.1.2"] = (context, f"{opening}: {text[0].lower()}{text[1:]}")

    assert len(found) == 84
    assert found == expected


def test_the_cover_tells_all_it_has(paper):
    cover = paper.cover

    assert cover.language == "en"
    assert cover.symbol == "GB.312/POL/9"
    assert cover.body == "Governing Body"
    assert cover.session == "312th Session, Geneva, November 2011"
    assert cover.section == (
        "Policy Development Section",
        "Technical Cooperation Segment",
    )
    assert cover.section_mark == "POL"
    assert cover.item == "NINTH ITEM ON THE AGENDA"
    assert cover.title == (
        "Capacity development for constituents in Decent Work Country Programmes "
        "and technical cooperation: Follow-up"
    )
    overview = {each.field: each.text for each in cover.overview}
    assert list(overview) == [
        "summary",
        "policy_implications",
        "legal_implications",
        "financial_implications",
        "decision_required",
        "follow_up_action_required",
        "author_unit",
        "references",
    ]
    assert overview["legal_implications"] == "None."
    assert overview["decision_required"] == "Paragraph 14."
    assert overview["references"].startswith("GB.309/TC/1, GB.310/TC/1")


def test_paragraphs_notes_and_decision(paper):
    text = paper.text

    assert [each.number for each in text.paragraphs] == list(range(1, 15))
    assert [letter for letter, _ in text.paragraphs[11].items] == list("abcd")
    assert text.paragraphs[11].items[0][1].startswith("produced two guidance documents")
    assert {each.heading for each in text.paragraphs[2:11]} == {
        "Capacity development in ILO technical cooperation"
    }
    assert list(text.notes) == ["1", "2", "3"]
    assert text.notes["1"] == "GB.309/TC/1, GB.310/TC/1."
    assert text.place_and_date == "Geneva, 21 September 2011"
    assert text.decision == 14
    assert paper.decision is not None
    assert paper.decision.text.startswith("The Governing Body may wish to request")
    assert paper.decision.text.endswith(
        "technical cooperation and capacity development."
    )


def test_what_notes_and_pages_cut_is_whole_again(paper):
    by_number = {each.number: each.text for each in paper.text.paragraphs}

    assert "Other capacity-building initiatives, for example" in by_number[5]
    assert "was sent to the state-level parliament" in by_number[9]
    assert "as a result, constituents in such countries" in by_number[3]


def test_the_three_forms_say_the_same(data):
    papers = [
        asdict(
            read_governing_body(
                read_blocks(data / "papers" / f"GB.312-POL-9.{form}").blocks
            )
        )
        for form in FORMS
    ]
    for paper in papers:
        # The PDF was set without the title above the table.
        del paper["appendix"]["title"]
    txt, docx, pdf = (flat(paper) for paper in papers)

    assert txt == docx == pdf
    assert len(txt) > 200


def flat(content):
    """The texts of a paper in order, folded."""
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, (list, tuple)):
        return [text for each in content for text in flat(each)]
    return [folded(str(content))]


def test_programmes_become_activities_and_the_text_a_document(path, data):
    name = f"papers/{path.name}"
    found = list(read_document(path, name))

    assert all(isinstance(each, Activity) for each in found)
    programmes = [each for each in found if each.kind == "programme"]
    (document,) = (each for each in found if each.kind == "document")
    assert len(programmes) == 32
    assert programmes[0].identifier == "GB.312/POL/9#1.1"
    assert programmes[1].identifier == "GB.312/POL/9#1.2"
    assert len({each.identifier for each in found}) == 33
    second = programmes[0].passages[1]
    assert second.kind == "table-row"
    assert second.place == "appendix, outcome 1, Youth employment, sentence 2"
    assert second.context == (
        "Outcome 1: More women and men have access to productive employment, decent "
        "work and income opportunities; programme: Youth employment"
    )
    assert document.identifier == "GB.312/POL/9"
    places = [passage.place for passage in document.passages]
    assert [place for place in places if re.fullmatch(r"paragraph \d+", place)] == [
        f"paragraph {number}" for number in range(1, 15)
    ]
    assert "paragraph 12(d)" in places
    assert [place for place in places if place.startswith("footnote")] == [
        "footnote 1",
        "footnote 2",
        "footnote 3",
    ]
    assert {each.source for each in found} == {name}


def test_the_pdf_knows_the_page_of_every_row(data):
    blocks = read_blocks(data / "papers" / "GB.312-POL-9.pdf").blocks

    rows = [block for block in blocks if block.kind == "table-row"]
    assert rows[0].place == "page 3, table 1, row 1"
    assert rows[-1].place == "page 8, table 1, row 40"
    # No page number, and no word cut by a hyphen of the page, is left.
    assert not [block for block in blocks if block.text.isdigit()]
    assert not re.search(r"\w[-\u00ad\u2011] \w", " ".join(b.text for b in blocks))
