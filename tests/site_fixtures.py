"""People with names and a small portfolio, for the tests of records, pages and browser.

Olga administers, Ana analyses, Rita and Ravi review, Paul is programme officer for Peru,
Rosa responds, Vera views, and Stefan has no part in anything.
"""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

PASSWORD = "correct horse battery staple"

#: identifier, title, kind, country, budget, language, texts
INTERVENTIONS = [
    (
        "XX-1", "Labour inspection for Peru", "project", "PE", (2_400_000.0, "USD"), "en",
        [
            "Training of trainers for labour inspectors, with the Turin Centre.",
            "The inspectorate adopts a plan of action and a register of cases.",
        ],
    ),
    (
        "XX-2", "Réseau des syndicats d’Afrique", "project", "SN", (None, ""), "fr",
        ["Ateliers de formation pour les organisations de travailleurs à Dakar."],
    ),
    (
        "XX-3", "Diálogo social en Paraguay", "country_programme", "PY", (150_000.0, "EUR"), "es",
        [
            "Talleres de formación para empleadores 😀 y trabajadores.",
            "Una red de práctica para los consejos económicos y sociales.",
        ],
    ),
    ("XX-4", "Roads", "project", "PE", (9.0e6, "USD"), "en", ["Gravel for rural roads."]),
    (
        "XX-5", "<script>alert(1)</script>", "project", "", (None, ""), "en",
        ["<img src=x onerror=alert(2)> Training for employers’ organizations."],
    ),
]  # fmt: skip


def make_person(email, name, role=None, portfolio=None, countries=()):
    from capmap.records.models import Membership, User

    user = User.objects.create_user(email, PASSWORD, name=name)
    if role:
        Membership.objects.create(
            user=user, role=role, portfolio=portfolio, countries=list(countries)
        )
    return user


@cache
def shipped_lexicon():
    """The coder that ships, built once: that takes most of a second."""
    from capmap.coding.lexicon import LexiconCoder
    from capmap.frameworks.codebook import load_codebook
    from capmap.frameworks.framework import load_framework

    return LexiconCoder(load_codebook(), load_framework())


def make_portfolio(title="Technical cooperation"):
    """A portfolio of five interventions, coded by the lexicon that ships."""
    from capmap.records import search
    from capmap.records.actions import portfolios
    from capmap.records.models import Coder, Coding, Intervention, Passage

    lexicon = shipped_lexicon()
    portfolio = portfolios.create(by=None, title=title)
    coder, _ = Coder.objects.get_or_create(kind="lexicon", name=lexicon.version)
    for identifier, name, kind, country, (
        amount,
        currency,
    ), language, texts in INTERVENTIONS:
        intervention = Intervention.objects.create(
            portfolio=portfolio, identifier=identifier, counted_as=identifier, title=name,
            kind=kind, source="sample.xml", place=f"activity {identifier[-1]}",
            language=language, starts_on=date(2010, 1, 1), budget_amount=amount,
            budget_currency=currency,
            organisations=[{"role": "funding", "name": "Norway", "ref": ""}],
        )  # fmt: skip
        if country:
            intervention.countries.create(code=country)
        for position, text in enumerate(texts, start=1):
            passage = Passage.objects.create(
                intervention=intervention, position=position, kind="description",
                place=f"description {position}", language=language, text=text,
                digest=f"{identifier}-{position}",
            )  # fmt: skip
            Coding.objects.bulk_create(
                Coding(
                    passage=passage, coder=coder, facet=s.facet, code=s.code,
                    confidence=s.confidence, doubtful=s.doubtful, basis=s.basis,
                    because=s.because, spans=[list(span) for span in s.spans],
                )
                for s in lexicon.suggest(text, language=language)
            )  # fmt: skip
    search.index(portfolio.interventions.values_list("pk", flat=True))
    return portfolio


@pytest.fixture(autouse=True)
def home(request):
    """Give each test that uses the records a folder of its own for files and tables."""
    marked = request.node.get_closest_marker("django_db") is not None
    if not marked and "db" not in request.fixturenames:
        return None
    from django.core.cache import cache

    # Numbers of records repeat from test to test: nothing kept may outlive one.
    cache.clear()
    folder = request.getfixturevalue("tmp_path") / "home"
    folder.mkdir()
    request.getfixturevalue("settings").HOME = folder
    return folder


@pytest.fixture(autouse=True)
def framework_folder(request, monkeypatch):
    """Let the framework that ships have a folder with few worked examples and no model.

    Learning beside all that ship takes half a minute; a test that wants a coder that
    starts trained puts ``model.capmap`` into this folder.
    """
    marked = request.node.get_closest_marker("django_db") is not None
    if not marked and "db" not in request.fixturenames:
        yield None
        return
    import capmap.coding.learned.starting as starting
    import capmap.frameworks.examples as examples
    from capmap.frameworks.codebook import shipped
    from capmap.records.queries import codebook, learning
    from capmap.records.queries import examples as queries

    folder = request.getfixturevalue("tmp_path") / "framework"
    folder.mkdir()
    (folder / "examples").symlink_to(Path(__file__).parent / "worked_examples")

    def pointed(*parts):
        return folder if parts == ("ilo_2010_15",) else shipped(*parts)

    def forget():
        queries.of_framework.cache_clear()
        learning._of_framework.cache_clear()
        for kept in (codebook.model_at_start, codebook._starting_coder):
            kept.cache_clear()
        codebook._combined.cache_clear()

    monkeypatch.setattr(examples, "shipped", pointed)
    monkeypatch.setattr(starting, "shipped", pointed)
    forget()
    yield folder
    forget()


@pytest.fixture
def portfolio(db):
    return make_portfolio()


@pytest.fixture
def olga(db):
    return make_person("olga@example.org", "Olga", "administrator")


@pytest.fixture
def ana(portfolio):
    return make_person("ana@example.org", "Ana", "analyst", portfolio)


@pytest.fixture
def rita(portfolio):
    return make_person("rita@example.org", "Rita", "reviewer", portfolio)


@pytest.fixture
def ravi(portfolio):
    return make_person("ravi@example.org", "Ravi", "reviewer", portfolio)


@pytest.fixture
def paul(portfolio):
    return make_person(
        "paul@example.org", "Paul", "programme-officer", portfolio, ["PE"]
    )


@pytest.fixture
def rosa(portfolio):
    return make_person("rosa@example.org", "Rosa", "respondent", portfolio)


@pytest.fixture
def vera(portfolio):
    return make_person("vera@example.org", "Vera", "viewer", portfolio)


@pytest.fixture
def stefan(db):
    return make_person("stefan@example.org", "Stefan")


@pytest.fixture
def page(client):
    """Open a page as a person: ``page(ana, "map", slug)`` gives the response."""
    from django.urls import reverse

    def open_as(user, name, *args, post=None, query=None, **headers):
        if user is None:
            client.logout()
        else:
            client.force_login(user)
        address = reverse(name, args=args)
        if post is not None:
            return client.post(address, post, headers=headers or None)
        return client.get(address, query or {}, headers=headers or None)

    return open_as


@pytest.fixture
def do_jobs(django_capture_on_commit_callbacks):
    """Run what waits in the queue, as the worker would."""
    from capmap.records import tasks
    from capmap.records.models import Job

    def run():
        while job := Job.objects.filter(state="waiting").order_by("pk").first():
            tasks.run(job)

    return run
