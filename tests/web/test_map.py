"""The map: who sees it, what it says, what opens behind a cell, what can be taken away."""

import io
import re
import zipfile
from html import unescape
from urllib.parse import parse_qsl

import pytest
from django.urls import reverse
from django.utils import timezone

from capmap.records.models import Coding, Intervention, Membership, Passage

pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def count_in(html, cell):
    """Return what stands in a cell of the matrix."""
    return re.search(rf'data-cell="{re.escape(cell)}"[^>]*>([^<]*)<', html)[1]


@pytest.mark.parametrize("who", ["olga", "ana", "rita", "paul", "vera"])
@pytest.mark.parametrize("name", ["map", "map_multiples"])
def test_everyone_who_sees_the_portfolio_sees_the_map(
    page, portfolio, request, who, name
):
    assert page(request.getfixturevalue(who), name, portfolio.slug).status_code == 200


@pytest.mark.parametrize("name", ["map", "map_multiples"])
def test_nobody_else_does(page, portfolio, rosa, stefan, name):
    assert page(rosa, name, portfolio.slug).status_code == 403
    assert page(stefan, name, portfolio.slug).status_code == 404
    assert page(None, name, portfolio.slug).status_code == 302
    assert page(rosa, "map_file", portfolio.slug, "map.csv").status_code == 403
    assert page(stefan, "map_file", portfolio.slug, "map.csv").status_code == 404


def test_the_heading_tells_the_finding_with_numerator_and_share(page, portfolio, vera):
    html = text(page(vera, "map", portfolio.slug))

    assert re.search(r"<h1>[^<]+(leads|are found nowhere)[^<]*</h1>", html)
    assert re.search(r"Of the \d interventions[^.]*\d</a>[^.]*per\scent\)", html)
    assert "no interval: nobody has read a random sample of interventions yet" in html
    assert "cells below are empty" in html


def test_the_finding_speaks_the_reader_s_language(page, portfolio, vera):
    vera.language = "fr"
    vera.save()
    html = text(page(vera, "map", portfolio.slug))

    assert "sans intervalle : personne n’a encore lu d’échantillon" in html
    assert "Lignes" in html


def test_a_programme_officer_maps_only_their_countries(page, portfolio, vera, paul):
    whole = text(page(vera, "map", portfolio.slug))
    peru = text(page(paul, "map", portfolio.slug))

    assert int(count_in(whole, "*~*")) > int(count_in(peru, "*~*")) == 1


def test_any_facet_stands_on_either_axis(page, portfolio, vera):
    html = text(
        page(vera, "map", portfolio.slug, query={"rows": "country", "columns": "kind"})
    )

    assert count_in(html, "PY~country_programme") == "1"
    assert "Paraguay" in html


def test_the_measure_of_money_stands_in_one_currency(page, portfolio, vera):
    asked = {"rows": "country", "columns": "level", "measure": "budget:EUR"}
    html = text(page(vera, "map", portfolio.slug, query=asked))

    assert 'value="budget:USD"' in html
    assert re.search(r'data-cell="PY~\*"[^>]*aria-label="Paraguay: EUR\s150,000"', html)
    assert "no budget stated in this currency" in html


@pytest.mark.parametrize(
    "query",
    [
        {"rows": "nonsense", "columns": "<script>"},
        {"rows": "level", "columns": "level"},
        {"confidence": "a", "page": "-1", "measure": "budget:<b>"},
        {"country": "'; drop table", "language": "\0"},
        {"cell": "~", "page": "99999999999999"},
        {"cell": "x" * 900},
        {"cell": "%2A~%2D"},
        {"cell": "spf-01~training", "page": "7"},
        {"outcome": "spf-01", "organisation": "Norway", "codings": "accepted"},
    ],
)
def test_an_address_that_makes_no_sense_still_gives_a_map(page, portfolio, vera, query):
    response = page(vera, "map", portfolio.slug, query=query)

    assert response.status_code == 200
    assert "<script>" not in text(response).split("</head>")[1]


def test_a_cell_opens_the_quotations_with_the_words_marked(page, portfolio, vera):
    html = text(
        page(vera, "map", portfolio.slug, query={"cell": "*~training-of-trainers"})
    )

    assert 'id="evidence"' in html
    assert re.search(r'<mark class="mod"[^>]*>Training of trainers</mark>', html)
    assert "Labour inspection for Peru" in html
    assert 'class="name mod">Training of trainers' in html


def test_asked_for_the_evidence_alone_the_page_gives_just_that(page, portfolio, vera):
    query = {"cell": "*~training-of-trainers"}
    part = page(vera, "map", portfolio.slug, query=query, HX_Target="evidence-place")
    back = page(
        vera, "map", portfolio.slug, query=query,
        HX_Target="evidence-place", HX_History_Restore_Request="true",
    )  # fmt: skip

    assert "<html" not in text(part)
    assert 'id="evidence"' in text(part)
    assert "<html" in text(back)


def test_a_gap_says_what_was_read_and_how_little_that_proves(page, portfolio, vera):
    asked = {
        "rows": "modality",
        "columns": "level",
        "cell": "training~enabling-environment",
    }
    html = text(page(vera, "map", portfolio.slug, query=asked))

    assert "Read, nothing found." in html
    assert re.search(r"up to \d+\sper\scent of such passages could still do so", html)
    assert "would be expected here" in html
    assert "What was read" in html


def test_evidence_outside_one_s_countries_is_never_shown(page, portfolio, paul):
    html = text(page(paul, "map", portfolio.slug, query={"cell": "*~*"}))

    assert "Labour inspection for Peru" in html
    assert "Diálogo social" not in html
    assert "Dakar" not in html


def test_text_of_a_source_stays_text(page, portfolio, vera):
    Passage.objects.filter(intervention__identifier="XX-5").update(
        context="<script>alert(3)</script>"
    )
    html = text(page(vera, "map", portfolio.slug, query={"cell": "*~*"}))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;img src=x onerror=alert(2)&gt;" in html
    for tag in ("<script>alert", "<img src=x"):
        assert tag not in html


def test_an_organisation_named_like_an_address_is_opened_all_the_same(
    page, portfolio, vera
):
    intervention = Intervention.objects.get(identifier="XX-1")
    intervention.organisations = [
        {"role": "funding", "name": "A~B & <i>%7E", "ref": ""}
    ]
    intervention.save()
    portfolio.touch()
    asked = {"rows": "organisation", "columns": "level"}
    html = text(page(vera, "map", portfolio.slug, query=asked))
    link = re.search(r'href="\?([^"#]+cell=A%[^"#]+~\*)#', html)[1]

    opened = page(vera, "map", portfolio.slug, query=dict(parse_qsl(unescape(link))))

    title = text(opened).split('id="evidence-title"')[1][:200]
    assert "A~B &amp; &lt;i&gt;%7E" in title


def test_who_accepted_a_code_stands_beside_it(page, portfolio, rita, vera):
    Coding.objects.filter(facet="modality", code="training-of-trainers").update(
        status="accepted", decided_by=rita, decided_at=timezone.now()
    )
    html = text(
        page(vera, "map", portfolio.slug, query={"cell": "*~training-of-trainers"})
    )

    assert "accepted by Rita" in html


def test_more_quotations_come_by_twenty(page, portfolio, vera):
    intervention = Intervention.objects.get(identifier="XX-1")
    coder = Coding.objects.first().coder
    for n in range(30):
        passage = Passage.objects.create(
            intervention=intervention, position=n + 10, kind="result", text=f"Course {n}.",
            digest=f"more-{n}",
        )  # fmt: skip
        for facet, code in (("capacity", "cd"), ("modality", "campaign")):
            Coding.objects.create(passage=passage, coder=coder, facet=facet, code=code)
    portfolio.touch()
    asked = {"rows": "level", "columns": "modality", "cell": "*~campaign"}

    first = text(page(vera, "map", portfolio.slug, query=asked))
    second = page(
        vera,
        "map",
        portfolio.slug,
        query={**asked, "page": "2"},
        HX_Target="more-passages",
    )

    assert first.count('<article class="passage"') == 20
    assert "Show 10 more of 10" in first
    assert text(second).count('<article class="passage"') == 10
    assert "<html" not in text(second)


def test_an_empty_portfolio_says_what_to_do_first(page, portfolio, ana, vera):
    Intervention.objects.update(is_current=False)
    portfolio.touch()

    assert "Import interventions" in text(page(ana, "map", portfolio.slug))
    assert "Import interventions" not in text(page(vera, "map", portfolio.slug))


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("map.csv", b"\xef\xbb\xbfrow_facet"),
        ("map.xlsx", b"PK"),
        ("map.svg", b"<svg"),
        ("map.png", b"\x89PNG"),
        ("finding.csv", b"\xef\xbb\xbfcode"),
        ("finding.svg", b"<svg"),
        ("finding.png", b"\x89PNG"),
        ("multiples.csv", b"\xef\xbb\xbfby"),
    ],
)
def test_a_map_can_be_taken_away(page, portfolio, vera, name, begins):
    asked = {"rows": "modality", "columns": "level"}
    response = page(vera, "map_file", portfolio.slug, name, query=asked)

    assert response.content.startswith(begins)
    assert "attachment" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_not_is_not_found(page, portfolio, vera):
    assert page(vera, "map_file", portfolio.slug, "map.exe").status_code == 404
    assert page(vera, "map_file", portfolio.slug, "evidence.csv").status_code == 404


def test_money_and_shares_can_be_taken_away_too(page, portfolio, vera):
    for measure in ("share", "budget:USD"):
        asked = {"rows": "country", "columns": "level", "measure": measure}
        for name in ("map.csv", "map.xlsx", "map.svg"):
            assert (
                page(vera, "map_file", portfolio.slug, name, query=asked).status_code
                == 200
            )
    asked = {"rows": "country", "columns": "level", "measure": "budget:USD"}
    table = page(
        vera, "map_file", portfolio.slug, "map.csv", query=asked
    ).content.decode()
    assert "amount" in table.splitlines()[0]
    assert "2400000.0" in table


def test_the_evidence_can_be_taken_away_and_no_text_acts_as_a_formula(
    page, portfolio, paul
):
    Passage.objects.filter(intervention__identifier="XX-1").update(text="=1+1 training")
    portfolio.touch()
    asked = {"cell": "*~*"}
    table = page(
        paul, "map_file", portfolio.slug, "evidence.csv", query=asked
    ).content.decode()

    assert "'=1+1 training" in table
    assert "XX-3" not in table


def test_the_workbook_holds_the_counts_of_the_page(page, portfolio, vera):
    asked = {"rows": "country", "columns": "level"}
    book = page(vera, "map_file", portfolio.slug, "map.xlsx", query=asked).content
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()

    assert "Paraguay" in sheet
    assert "<f>" not in sheet


def test_small_multiples_repeat_the_map_and_lead_to_it(page, portfolio, vera):
    html = text(page(vera, "map_multiples", portfolio.slug, query={"by": "country"}))

    assert html.count("<svg viewBox=") >= 3
    assert re.search(
        r'href="[^"]*country=PE[^"]*"[^>]*aria-label="Peru: 1 intervention', html
    )


def test_filters_stay_in_the_form_and_can_be_cleared(page, portfolio, vera):
    asked = {
        "rows": "level",
        "columns": "modality",
        "country": "PE",
        "codings": "accepted",
    }
    html = text(page(vera, "map", portfolio.slug, query=asked))

    assert '<option value="PE" selected>' in html
    assert '<option value="accepted" selected>' in html
    assert 'href="?rows=level&amp;columns=modality"' in html


def test_figures_that_are_behind_say_so(page, portfolio, vera, monkeypatch):
    from capmap.records.queries import snapshot

    page(vera, "map", portfolio.slug)
    portfolio.touch()
    monkeypatch.setattr(snapshot, "ON_THE_SPOT", 1)

    assert "newer ones are being worked out" in text(page(vera, "map", portfolio.slug))


def test_a_map_seen_before_asks_the_database_little(
    page, portfolio, vera, django_assert_max_num_queries
):
    asked = {"cell": "*~*"}
    page(vera, "map", portfolio.slug, query=asked)

    with django_assert_max_num_queries(22):
        page(vera, "map", portfolio.slug, query=asked)


def test_ids_on_the_page_are_unique(page, portfolio, vera):
    html = text(page(vera, "map", portfolio.slug, query={"cell": "*~*"}))
    ids = re.findall(r'\sid="([^"]+)"', html)

    assert len(ids) == len(set(ids))


def test_a_person_bound_to_other_countries_maps_nothing(page, portfolio, vera):
    Membership.objects.filter(user=vera).update(countries=["ZZ"])

    assert "Nothing to map yet" in text(page(vera, "map", portfolio.slug))


@pytest.mark.parametrize("name", ["map", "portfolio", "countries"])
def test_the_map_the_overview_and_the_countries_lead_to_integration_and_gaps(
    page, portfolio, vera, name
):
    html = page(vera, name, portfolio.slug).content.decode()

    for finding in ("integration", "gaps"):
        assert reverse(finding, args=[portfolio.slug]) in html
