"""Shares on pages and in files: the interval and what it rests on, or that there is none."""

import io
import re
from urllib.parse import parse_qs, urlparse

import openpyxl
import pytest

from capmap.records import review_queue
from capmap.records.actions import review, review_rounds
from capmap.records.models import Coder, Coding, Intervention, Passage, ReviewRound
from capmap.records.permissions import access
from capmap.records.queries.review import version_of

pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def grown(portfolio):
    """The small portfolio with twenty interventions more, half of them trainings in Peru."""
    coder, _ = Coder.objects.get_or_create(kind="lexicon", name="lexicon")
    for number in range(20):
        one = Intervention.objects.create(
            portfolio=portfolio, identifier=f"N-{number}", counted_as=f"N-{number}"
        )
        one.countries.create(code="PE")
        passage = Passage.objects.create(
            intervention=one, position=1, kind="description", digest=str(number),
            text="Training.",
        )  # fmt: skip
        codes = [("capacity", "cd"), ("level", "individual")]
        codes += [("modality", "training")] if number % 2 else []
        Coding.objects.bulk_create(
            Coding(passage=passage, coder=coder, facet=facet, code=code)
            for facet, code in codes
        )
    portfolio.touch()
    return portfolio


@pytest.fixture
def read(grown, ana):
    """A random draw of interventions, of which people found all that the coder suggests."""

    def reading(size, unit="interventions"):
        made = review_rounds.make_round(
            portfolio=grown, by=ana, title="Draw", unit=unit, size=size, seed=2
        )
        while item := review_queue.next_item(made, access(ana, grown)):
            found = item.passage.codings.values_list("facet", "code").distinct()
            review.finish(
                by=ana, passage=item.passage, item=item,
                codes=[(*code, False, []) for code in found],
                version=version_of(item.passage),
            )  # fmt: skip
        return made

    return reading


PAGES = [
    ("portfolio", (), {}),
    ("map", (), {"columns": "level", "cell": "*~individual"}),
    ("country", ("PE",), {}),
    ("integration", (), {}),
    ("gaps", (), {}),
    ("codebook_code", ("modality", "training"), {}),
]

SAID = {
    "en": ("nobody has read a random sample of interventions yet", "drawn at random and read by people"),
    "fr": ("personne n’a encore lu d’échantillon aléatoire d’interventions", "tirées au hasard et lues par des personnes"),
    "es": ("nadie ha leído todavía una muestra aleatoria de intervenciones", "sacadas al azar y leídas por personas"),
}  # fmt: skip


@pytest.mark.parametrize("language", SAID)
def test_every_page_says_that_nobody_has_read_or_on_what_its_intervals_rest(
    page, grown, read, ana, language
):
    ana.language = language
    ana.save()
    none, rests = SAID[language]
    pages = PAGES if language == "en" else PAGES[:2]

    for name, args, query in pages:
        html = text(page(ana, name, grown.slug, *args, query=query))
        assert none in html, name
        assert rests not in html, name
    read(16)
    for name, args, query in pages:
        html = text(page(ana, name, grown.slug, *args, query=query))
        assert rests in html, name
        assert none not in html, name
        if name != "gaps":
            assert 'class="estimate"' in html, name


def test_a_share_tells_on_one_click_its_method_readings_and_what_would_halve_it(
    page, grown, read, vera, ana
):
    read(16)
    html = text(page(vera, "codebook_code", grown.slug, "modality", "training"))
    for_ana = text(page(ana, "codebook_code", grown.slug, "modality", "training"))

    told = re.search(r'<details class="estimate">(.*?)</details>', html)[1]
    assert re.search(r"<b>\d+%</b> <span class=\"interval\">\(\d+–\d+\)", told)
    assert re.search(
        r"Estimate: about \d+ of 25 interventions \(\d+\sper\scent; 95%", told
    )
    assert "corrected by what people found in 16 of 25 interventions" in told
    assert re.search(
        r"To halve this interval, review about \d more interventions?\.", told
    )
    assert "round/new" not in told
    assert "only=undrawn" in for_ana


def test_the_button_makes_the_round_that_gives_the_interval(page, grown, ana):
    html = text(page(ana, "portfolio", grown.slug))
    address = re.search(r'<a class="make" href="([^"]+)"', html)[1].replace(
        "&amp;", "&"
    )
    asked = parse_qs(urlparse(address).query)

    form = page(ana, "round_new", grown.slug, query=asked)
    kept = form.context["form"]
    answer = page(
        ana, "round_new", grown.slug,
        post={name: kept[name].value() for name in ("title", "size", "order", "unit", "only")},
    )  # fmt: skip

    made = ReviewRound.objects.get()
    assert answer.status_code == 302
    assert (made.unit, made.order, made.drawn_from) == ("interventions", "random", 25)
    assert made.drawn_up_to == Passage.objects.latest("pk").pk
    assert f"{made.title}" in text(page(ana, "portfolio", grown.slug))


def test_a_country_with_few_readings_says_so(page, grown, read, ana):
    read(12)

    html = text(page(ana, "country", grown.slug, "SN"))

    assert re.search(r"too few readings here: [01]|nobody has read", html)


def test_files_carry_estimate_interval_method_and_readings(page, grown, read, ana):
    asked = {"columns": "modality", "rows": "level"}

    def rows(name):
        csv = page(ana, "map_file", grown.slug, name, query=asked).content.decode()
        lines = csv.lstrip("\ufeff").splitlines()
        return [
            dict(zip(lines[0].split(","), line.split(","), strict=False))
            for line in lines[1:]
        ]

    assert rows("finding.csv")[0]["method"] == "none_read"
    read(16)
    finding = next(row for row in rows("finding.csv") if row["code"] == "training")
    margin = next(
        row
        for row in rows("map.csv")
        if (row["row"], row["column"]) == ("*", "training")
    )

    assert float(finding["low"]) <= float(finding["estimate"]) <= float(finding["high"])
    assert (margin["method"], margin["readings"]) == ("assisted", "16")
    assert float(margin["low"]) <= float(margin["estimate"]) <= float(margin["high"])


def test_passages_rest_on_draws_of_passages(page, grown, read, ana):
    read(20, unit="passages")
    asked = {"columns": "level", "measure": "passages"}
    first = Intervention.objects.get(identifier="XX-1")

    html = text(page(ana, "map", grown.slug, query=asked))
    profile = text(page(ana, "intervention", grown.slug, first.pk))

    assert "Intervals rest on 20 of 27 passages" in html
    assert "Intervals rest on 20 of 27 passages" in profile


def test_the_workbook_of_a_map_has_its_shares_on_a_sheet(page, grown, read, ana):
    read(16)
    asked = {"columns": "modality", "rows": "level"}
    content = page(ana, "map_file", grown.slug, "map.xlsx", query=asked).content

    book = openpyxl.load_workbook(io.BytesIO(content))
    heads, *rows = book["Shares"].iter_rows(values_only=True)
    training = dict(
        zip(heads, next(r for r in rows if r[0] == "training"), strict=True)
    )

    assert training["Interval from"] <= training["Share by reading"]
    assert training["Readings behind it"] >= 10
    assert "people found in" in training["Method"]
    notes = [cell.value for cell in book["Map"]["A"] if cell.value]
    assert any(
        "Intervals rest on 16 of 25 interventions" in str(note) for note in notes
    )
