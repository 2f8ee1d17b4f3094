"""index.html as people use it: from a figure to its words, by mouse, keys and thumb."""

import csv
import io
import re
from dataclasses import replace

import polars as pl
import pytest

from capmap.analysis.coverage import coverage
from capmap.analysis.shares import rounded_per_cent, share
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.publishing.explorer import explorer_page
from capmap.tables import ALL

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.enable_socket]

#: A cell of the map, as its address names it.
TRAINERS = "spf-11~training-of-trainers"


def cell(page, name):
    return page.locator(f'[data-cell="{name}"]').first


def test_a_cell_opens_to_the_quotation_with_its_words_marked(visit):
    page = visit()

    cell(page, TRAINERS).click()

    quote = page.locator(".evidence blockquote")
    assert quote.inner_text().startswith("Training of trainers for labour inspectors")
    assert quote.get_attribute("lang") == "en"
    marks = quote.locator("mark.mod").all_inner_texts()
    assert marks == ["Training of trainers"]
    assert "Turin Centre" in quote.locator("mark.par").all_inner_texts()
    row = page.locator(".evidence .codes tr.chosen", has_text="Training of trainers")
    assert "words of the text: training of trainers" in row.inner_text()
    assert "0.85" in row.inner_text()
    assert "lexicon 2026.11" in page.locator(".evidence .place").inner_text()
    assert "cell=spf-11%7Etraining-of-trainers" in page.url


def test_it_is_said_who_speaks_for_a_code(visit, tables, tmp_path):
    by_model = pl.col("code").is_in(["network", "training-of-trainers"])
    words = pl.col("code") == "network"
    codings = tables.codings.with_columns(
        coder=pl.lit("model 4f00 with lexicon 2026.11"),
        basis=pl.when(words).then(pl.lit("model")).otherwise("basis"),
    )
    learned = codings.filter(by_model).select("facet", "code").unique().rows()
    path = tmp_path / "coded.html"
    text = explorer_page(
        replace(tables, codings=codings), framework=load_framework(),
        codebook=load_codebook(), language="en", about={}, downloads=[], learned=learned,
    )  # fmt: skip
    path.write_text(text, encoding="utf-8")
    page = visit()

    for name, said in (
        (TRAINERS, "lexicon and model · words of the text"),
        ("spf-12~training", "lexicon · words of the text"),
        ("*~network", "model · words learned to speak for it"),
    ):
        page.goto("about:blank")
        page.goto(f"{path.as_uri()}#/map?cell={name}")
        row = page.locator(".evidence .codes tr.chosen", has_text=" · ")
        assert said in row.first.inner_text() + row.last.inner_text()


def test_the_back_button_closes_what_was_opened(visit):
    page = visit()
    cell(page, TRAINERS).click()
    page.wait_for_selector(".evidence")

    page.go_back()

    page.wait_for_selector(".evidence", state="detached")
    page.go_forward()
    assert page.locator(".evidence h2").inner_text().startswith("Labour administration")


def test_marks_stand_on_their_words_after_a_character_beyond_the_basic_plane(visit):
    page = visit("#/map?cell=spf-12~training")

    marks = page.locator(".evidence mark.who").all_inner_texts()

    assert marks == ["empleadores", "trabajadores"]


def test_a_gap_opens_to_what_was_read_and_what_its_silence_proves(visit):
    page = visit("#/map?columns=level&cell=spf-10~enabling-environment")

    text = page.locator(".evidence").inner_text().replace("\xa0", " ")

    assert "Gap" in text
    assert "0 of 1 passage" in text
    assert "The one passage on capacity development" in text
    assert "up to 95 per cent" in text
    assert "Ateliers de formation" in text


def test_found_nowhere_differs_from_nothing_found_here(visit):
    page = visit()

    nowhere = cell(page, "spf-11~campaign")
    here = cell(page, "spf-10~training-of-trainers")
    row = cell(page, "spf-01~training-of-trainers")

    assert "found nowhere" in nowhere.get_attribute("aria-label")
    assert "found nowhere" in row.get_attribute("aria-label")
    assert "read, nothing found" in here.get_attribute("aria-label")
    assert page.locator("tfoot .sum a", has_text="0").count() > 10


def test_a_cell_with_nothing_but_doubt_is_dashed(visit):
    page = visit("#/map?columns=level")

    assert "every code doubtful" in cell(page, "spf-11~institutional").get_attribute(
        "aria-label"
    )


@pytest.mark.parametrize(
    "down", ["outcome", "programme", "constituent", "country", "year", "capacity"]
)
@pytest.mark.parametrize("across", ["modality", "level", "partner", "kind", "source"])
def test_any_facet_stands_against_any_facet(visit, down, across):
    page = visit(f"#/map?rows={down}&columns={across}")

    assert page.locator(".matrix tbody tr").count() > 0
    assert page.locator("select[name=rows]").input_value() == down


def test_facets_and_measures_are_switched_and_stand_in_the_address(visit):
    page = visit()

    page.select_option("select[name=columns]", "constituent")
    page.select_option("select[name=measure]", "passages")

    assert "columns=constituent" in page.url
    assert "measure=passages" in page.url
    assert cell(page, "spf-11~government").inner_text() == "1"
    page.focus("select[name=measure]")
    page.select_option("select[name=measure]", "budget:USD")
    assert "2.4" in cell(page, "spf-11~government").inner_text()
    assert page.evaluate("document.activeElement.name") == "measure"


def test_cells_and_margins_are_those_of_the_analysis(visit, tables):
    page = visit("#/map?measure=passages")

    table = coverage(tables.interventions, tables.codings, "outcome", "modality")
    for row in table.filter(table["passages"] > 0).iter_rows(named=True):
        names = [
            {ALL: "*", "": "-"}.get(row[side], row[side]) for side in ("row", "column")
        ]
        assert cell(page, "~".join(names)).inner_text() == str(row["passages"]), row


def test_shares_are_those_of_the_analysis(visit, tables):
    page = visit("#/shares")
    table = coverage(tables.interventions, tables.codings, "modality", "level")
    of = table.filter((table["row"] == ALL) & (table["column"] == ALL))
    modalities = table.filter((table["column"] == ALL) & (table["row"] == "training"))
    expected = share(modalities["interventions"][0], of["interventions"][0])

    text = page.locator("#shares-modality ~ table tr", has_text="Training course")

    assert text.first.inner_text().split() == [
        *page.locator("#shares-modality ~ table tbody th").first.inner_text().split(),
        str(expected.numerator),
        f"{rounded_per_cent(expected.value)}%",
        f"({rounded_per_cent(expected.low)}–{rounded_per_cent(expected.high)})",
    ]
    assert "4 of 5 interventions (80 per cent; 95% interval 38 to 96)" in (
        page.locator(".lead").inner_text().replace("\xa0", " ")
    )


def test_the_matrix_is_walked_with_arrows_and_one_tab_stop(visit):
    page = visit()
    assert page.locator('.matrix a[tabindex="0"]').count() == 1
    page.locator('.matrix a[tabindex="0"]').focus()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    name = page.evaluate("document.activeElement.dataset.cell")

    assert name == "spf-02~training-of-trainers"
    assert page.locator('.matrix a[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    page.wait_for_selector(".evidence")
    assert page.evaluate("document.activeElement.id") == "evidence-title"
    page.keyboard.press("Escape")
    page.wait_for_selector(".evidence", state="detached")
    assert page.evaluate("document.activeElement.dataset.cell") == name


def test_search_finds_all_words_in_any_language_without_accents(visit):
    page = visit()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"

    page.keyboard.type("reseau dakar")
    page.locator("h1", has_text=re.compile("^1 of")).wait_for()

    assert page.locator(".list tbody tr").count() == 1
    assert page.locator(".list mark").all_inner_texts() == ["Dakar"]
    assert page.evaluate("document.activeElement.name") == "q"
    page.fill("input[name=q]", "reseau gravel")
    page.wait_for_selector(".list", state="detached")


def test_the_list_is_filtered_and_saved_as_shown(visit):
    page = visit("#/interventions?capacity=no")
    assert page.locator(".list tbody tr").all_inner_texts()[0].startswith("Roads")

    page.select_option("select[name=capacity]", "yes")
    page.select_option("select[name=country]", "PE")

    assert page.locator(".list tbody tr").count() == 1
    with page.expect_download() as download:
        page.get_by_role("button", name="These 1 as CSV").click()
    lines = list(csv.DictReader(io.StringIO(saved(download.value))))
    assert [line["intervention_id"] for line in lines] == ["XX-1"]
    assert lines[0]["modality"] == "training-of-trainers; action-plan"


def saved(download):
    return download.path().read_text(encoding="utf-8-sig")


def test_exports_of_the_map_hold_what_it_shows(visit):
    page = visit("#/map?measure=passages")
    figure = page.locator(".map-figure .exports")

    with page.expect_download() as table:
        figure.get_by_role("button", name="Table as CSV").click()
    with page.expect_download() as drawing:
        figure.get_by_role("button", name="Picture as SVG").click()
    with page.expect_download() as picture:
        figure.get_by_role("button", name="Picture as PNG").click()

    lines = list(csv.reader(io.StringIO(saved(table.value))))
    training = lines[1].index("training")
    assert next(line for line in lines if line[0] == "spf-10")[training] == "1"
    assert saved(drawing.value).count("<rect") > 20
    assert picture.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_an_intervention_shows_facts_profile_codes_and_passages(visit):
    page = visit("#/intervention/XX-1")

    text = page.locator("main").inner_text()

    assert "Norway" in page.locator(".facts").inner_text()
    assert "USD" in page.locator(".facts").inner_text()
    assert "0 of 2 passages join two levels" in text
    page.locator(".facet summary", has_text="Turin").click()
    assert page.locator(".facet .opened mark.par").inner_text() == "Turin Centre"
    assert page.locator(".passages.all .passage").count() == 2


def test_what_was_set_aside_is_shown_with_reason_and_remedy(visit):
    page = visit("#/set-aside")

    text = page.locator(".list").inner_text()

    assert "scan.pdf" in text
    assert "scanned?" in text
    assert "Recognise the text" in text


def test_hostile_text_is_read_and_never_run(visit):
    page = visit("#/intervention/XX-5")

    assert page.locator("h1").inner_text().startswith("<img src=x onerror=")
    assert page.locator("main img, main script").count() == 0
    assert page.title().startswith("<img")
    assert page.locator(".passages.all mark.mod").inner_text() == "script"


@pytest.mark.parametrize(
    "view",
    [
        "#/map",
        "#/map?cell=spf-11~training",
        "#/shares",
        "#/interventions",
        "#/intervention/XX-1",
        "#/set-aside",
        "#/about",
    ],
)
def test_a_phone_never_scrolls_sideways_and_has_room_for_a_thumb(visit, view):
    page = visit(view, width=390)

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".matrix").count() == 0
    small = page.evaluate(
        """[...document.querySelectorAll(
            'main select, main input, main button, nav a, .matrix-list a, main summary')]
          .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
          .map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_a_phone_lists_each_outcome_and_counts_what_is_missing(visit):
    page = visit("#/map", width=390)
    section = page.locator('.matrix-list section[data-line="spf-11"]')

    assert "21 of 23 modalities not found" in section.inner_text()
    assert section.locator(".dots").inner_text() == "·" * 21
    section.locator("li a", has_text="Training of trainers").click()

    assert (
        page.locator(".evidence mark.mod").first.inner_text() == "Training of trainers"
    )


@pytest.mark.parametrize(
    ("language", "title", "number"),
    [
        ("fr", "Formation", r"4 interventions sur 5 \(80\s%?"),
        ("es", "Curso", "4 de 5 intervenciones"),
    ],
)
def test_the_interface_speaks_the_language_of_the_page(visit, language, title, number):
    page = visit(language=language)

    text = page.locator("main").inner_text().replace("\xa0", " ")

    assert page.locator("html").get_attribute("lang") == language
    assert re.search(number, text)
    assert not re.search(r"\{\w+\}|undefined|NaN|\b[a-z]+_[a-z]+\b", text)
    cell(page, "spf-11~training-of-trainers").click()
    assert page.locator(".evidence blockquote").get_attribute("lang") == "en"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "view",
    [
        f"#/map?cell={TRAINERS}",
        "#/map?columns=level&cell=spf-10~institutional",
        "#/shares",
        "#/interventions?q=labour",
        "#/intervention/XX-1",
        "#/set-aside",
        "#/about",
    ],
)
def test_axe_finds_no_barrier(visit, view, width, dark):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(view, width=width, dark=dark)

    found = Axe().run(page).response["violations"]

    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []


def test_paper_holds_the_whole_map_and_the_shares_from_any_screen(visit):
    for width in (1280, 390):
        page = visit("#/map", width=width)
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")

        assert page.locator(".matrix").is_visible()
        assert page.locator(".print-shares .intervals").count() > 5
        assert not page.locator(".controls").is_visible()

        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        assert page.locator(".print-shares .intervals").count() == 0
