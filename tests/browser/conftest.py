"""Chromium, and a small portfolio as a page in three languages."""

import os
import re
import shutil
from datetime import date

import polars as pl
import pytest

from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.publishing.explorer import explorer_page
from capmap.tables import CODINGS, INTERVENTIONS, PASSAGES, SET_ASIDE, Portfolio

HOSTILE = "<img src=x onerror='document.title=1'><script>document.title=2</script>"

#: identifier, title, language, country, budget, [(text, codes with their words)]
SAMPLE = [
    (
        "XX-1",
        "Labour inspection for Peru",
        "en",
        "PE",
        (2400000.0, "USD"),
        [
            (
                "Training of trainers for labour inspectors, with the Turin Centre.",
                "modality:training-of-trainers=Training of trainers "
                "level:individual=inspectors constituent:government=labour_inspectors "
                "target:labour-inspectors=labour_inspectors partner:turin-centre=Turin_Centre "
                "outcome:spf-11=labour_inspectors",
            ),
            (
                "The inspectorate adopts a plan of action and a register of cases.",
                "modality:action-plan=plan_of_action level:institutional=inspectorate? "
                "outcome:spf-11=inspectorate",
            ),
        ],
    ),
    (
        "XX-2",
        "Réseau des syndicats d’Afrique",
        "fr",
        "SN",
        (None, None),
        [
            (
                "Ateliers de formation pour les organisations de travailleurs à Dakar.",
                "modality:training=Ateliers_de_formation level:individual "
                "constituent:workers=organisations_de_travailleurs outcome:spf-10",
            ),
        ],
    ),
    (
        "XX-3",
        "Diálogo social en Paraguay",
        "es",
        "PY",
        (150000.0, "EUR"),
        [
            (
                "Talleres de formación para empleadores 😀 y trabajadores.",
                "modality:training=Talleres_de_formación level:individual "
                "constituent:employers=empleadores constituent:workers=trabajadores outcome:spf-12",
            ),
            (
                "Una red de práctica para los consejos.",
                "modality:network=red_de_práctica",
            ),
        ],
    ),
    ("XX-4", "Roads", "en", "PE", (9.0e6, "USD"), [("Gravel for rural roads.", "")]),
    ("XX-5", HOSTILE, "en", "", (None, None), [(HOSTILE, "modality:training=script")]),
]


def _tables():
    interventions, passages, codings = [], [], []
    for identifier, title, language, country, (amount, currency), texts in SAMPLE:
        interventions.append(
            dict.fromkeys(INTERVENTIONS)
            | {
                "intervention_id": identifier,
                "counted_as": identifier,
                "title": title,
                "kind": "project",
                "source": "sample.xml",
                "place": f"activity {identifier[-1]}",
                "language": language,
                "starts_on": date(2010, 1, 1),
                "countries": [{"code": country, "percentage": None}] if country else [],
                "organisations": [{"role": "funding", "name": "Norway", "ref": ""}],
                "budget_amount": amount,
                "budget_currency": currency,
            }
        )
        for position, (text, codes) in enumerate(texts, start=1):
            passage = f"{identifier}#{position}"
            passages.append(
                {
                    "passage_id": passage,
                    "intervention_id": identifier,
                    "position": position,
                    "kind": "description",
                    "place": f"description {position}",
                    "language": language,
                    "context": "",
                    "text": text,
                }
            )
            capacity = "capacity:cd" if codes else "capacity:not-cd"
            for token in [capacity, *re.split(r" (?=\w+:)", codes)]:
                if token:
                    codings.append(_coding(passage, text, token))
    set_aside = [
        {
            "source": "scan.pdf",
            "place": "page 1",
            "scope": "file",
            "problem": "no_text",
            "reason": "No text found: scanned?",
            "remedy": "Recognise the text and add the file again.",
        }
    ]
    return Portfolio(
        pl.DataFrame(interventions, schema=INTERVENTIONS),
        pl.DataFrame(passages, schema=PASSAGES),
        pl.DataFrame(codings, schema=CODINGS),
        pl.DataFrame(set_aside, schema=SET_ASIDE),
    )


def _coding(passage, text, token):
    """``facet:code=words_of_the_text?``; a question mark makes the code doubtful."""
    named, _, words = token.partition("=")
    facet, code = named.split(":")
    doubtful = words.endswith("?")
    quote = words.rstrip("?").replace("_", " ")
    start = text.index(quote) if quote else 0
    return {
        "passage_id": passage,
        "intervention_id": passage.split("#")[0],
        "facet": facet,
        "code": code,
        "confidence": 0.45 if doubtful else 0.85,
        "doubtful": doubtful,
        "coder": "lexicon 2026.11",
        "basis": "words" if quote else "rule",
        "because": quote.lower() or "who learns",
        "quote": quote,
        "spans": [{"start": start, "end": start + len(quote)}] if quote else [],
    }


@pytest.fixture(scope="session")
def tables():
    return _tables()


@pytest.fixture(scope="session")
def pages(tmp_path_factory, tables):
    """The page in each language: {language: address}."""
    folder = tmp_path_factory.mktemp("map")
    framework, codebook = load_framework(), load_codebook()
    addresses = {}
    for language in ("en", "fr", "es"):
        text = explorer_page(
            tables,
            framework=framework,
            codebook=codebook,
            language=language,
            about={"title": "Sample portfolio", "when": "24 November 2026"},
            downloads=[("mapping", "mapping.xlsx")],
        )
        path = folder / f"{language}.html"
        path.write_text(text, encoding="utf-8")
        addresses[language] = path.as_uri()
    return addresses


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("No Chromium on this machine (Debian: apt install chromium).")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, where Django then expects no queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, pages):
    """Open a view, and fail the test on any error in the console or any request out."""
    contexts, complaints = [], []

    def open_view(view="#/map", *, language="en", width=1280, dark=False):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda m: (
                complaints.append(m.text) if m.type in ("error", "warning") else 0
            ),
        )
        page.on(
            "request",
            lambda r: (
                complaints.append(r.url)
                if not r.url.startswith(("file:", "data:", "blob:"))
                else 0
            ),
        )
        page.goto(pages[language] + view)
        page.wait_for_selector("h1")
        return page

    yield open_view
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def browse(chromium, live_server):
    """Open a page of the site as a person; fail the test on any complaint of the browser.

    People may be there at once, each with a session; ``refused`` names the answers of 400
    and more that the person is to meet, of which the browser would complain.
    """
    from django.test import Client

    contexts, complaints = [], []

    def open_page(user, path, *, language="en", width=1280, dark=False, refused=()):
        context = chromium.new_context(
            viewport={"width": width, "height": 900 if width > 600 else 844},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )
        contexts.append(context)
        cookies = {"django_language": language}
        if user is not None:
            client = Client()
            client.force_login(user)
            cookies["sessionid"] = client.cookies["sessionid"].value
        context.add_cookies(
            [
                {"name": name, "value": value, "url": live_server.url}
                for name, value in cookies.items()
            ]
        )
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        expected = tuple(f"with a status of {status}" for status in refused)
        page.on(
            "console",
            lambda m: (
                complaints.append(m.text)
                if m.type in ("error", "warning")
                and not any(words in m.text for words in expected)
                else 0
            ),
        )
        page.on(
            "request",
            lambda r: (
                complaints.append(f"from elsewhere: {r.url}")
                if not r.url.startswith((live_server.url, "data:", "blob:"))
                else 0
            ),
        )
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints
