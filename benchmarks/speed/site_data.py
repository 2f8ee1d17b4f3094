"""A site full of generated data: by default 100,000 interventions, 1,000,000 passages,
3,000,000 codings. Written row by row with the database's own bulk way, since it is the
site that is measured, not the filling.

    CAPMAP_HOME=benchmarks/speed/generated/site .venv/bin/python benchmarks/speed/site_data.py [INTERVENTIONS]

``DATABASE_URL`` fills PostgreSQL instead of SQLite.
"""

import json
import os
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

GENERATED = Path(__file__).parent / "generated"
PASSAGES_EACH = 10

COUNTRIES = [
    "PE",
    "PY",
    "BR",
    "AR",
    "CO",
    "CL",
    "BO",
    "EC",
    "SN",
    "ML",
    "CI",
    "BF",
    "CM",
    "KE",
    "TZ",
    "UG",
    "ET",
    "MZ",
    "ZM",
    "MW",
    "ZA",
    "NG",
    "GH",
    "EG",
    "TN",
    "MA",
    "JO",
    "LB",
    "IN",
    "BD",
    "NP",
    "LK",
    "PK",
    "VN",
    "KH",
    "LA",
    "PH",
    "ID",
    "TH",
    "MM",
    "CN",
    "MN",
    "UZ",
    "KG",
    "TJ",
    "KZ",
    "UA",
    "MD",
    "RS",
    "AL",
    "MK",
    "BA",
    "GE",
    "AM",
    "FJ",
    "WS",
]
SECTORS = ("16020", "11330", "16070", "15110", "32130", "31120", "12110", "24030")
WORDS = {
    "en": "training course labour inspectors ministry employers organization union workers "
    "social dialogue policy law reform assessment plan network exchange statistics survey "
    "youth employment enterprise finance safety health migration child forced wage skills "
    "strengthen capacity develop support officials tools guidelines institutions regional",
    "fr": "formation atelier inspecteurs travail ministère employeurs organisation syndicat "
    "travailleurs dialogue social politique loi réforme évaluation plan réseau échange "
    "statistiques enquête jeunes emploi entreprise finance sécurité santé migration enfants "
    "renforcer capacités appuyer agents outils lignes directrices institutions régionales",
    "es": "formación taller inspectores trabajo ministerio empleadores organización sindicato "
    "trabajadores diálogo social política ley reforma evaluación plan red intercambio "
    "estadísticas encuesta jóvenes empleo empresa finanzas seguridad salud migración niños "
    "fortalecer capacidades apoyar funcionarios herramientas directrices instituciones",
}


def main() -> None:
    interventions = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    os.environ.setdefault("CAPMAP_HOME", str(GENERATED / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "capmap.web.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    began = time.monotonic()
    portfolio = fill(interventions)
    seconds = time.monotonic() - began
    print(f"{portfolio.slug}: {interventions:,} interventions in {seconds:.0f} s")


def fill(interventions: int):
    """Make a portfolio of generated interventions and people to look at it."""
    from capmap.frameworks.codebook import load_codebook
    from capmap.records.actions import portfolios
    from capmap.records.models import (
        Coder,
        Coding,
        Intervention,
        InterventionCountry,
        Membership,
        Passage,
        ReviewItem,
        ReviewRound,
        User,
    )

    dice = random.Random(1)
    portfolio = portfolios.create(by=None, title=f"Generated {interventions}")
    coder, _ = Coder.objects.get_or_create(kind="lexicon", name="lexicon generated")
    reader, _ = User.objects.get_or_create(
        email="reader@example.org", defaults={"name": "Reader"}
    )
    Membership.objects.get_or_create(user=reader, portfolio=None, role="administrator")
    first = (
        Intervention.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    ) + 1
    first_passage = (
        Passage.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    ) + 1
    numbers = range(first, first + interventions)
    codebook = load_codebook()
    codes = {
        facet: list(codebook.facets[facet].codes)
        for facet in (
            "outcome",
            "programme",
            "modality",
            "level",
            "constituent",
            "target",
            "partner",
        )
    }

    def rows_of_interventions() -> Iterator[Sequence[object]]:
        for pk in numbers:
            language = dice.choices(("en", "fr", "es"), (6, 2, 2))[0]
            started = date(2004, 1, 1) + timedelta(days=dice.randrange(7000))
            money = dice.random() < 0.8
            yield row(
                Intervention, id=pk, portfolio_id=portfolio.pk, identifier=f"XX-{pk}",
                counted_as=f"XX-{pk}", title=sentence(dice, language, 6), kind="project",
                language=language, source="generated.xml", place=f"activity {pk}", status="2",
                starts_on=started, ends_on=started + timedelta(days=900),
                sectors=[{"code": dice.choice(SECTORS), "percentage": None}],
                organisations=[{"role": "funding", "name": f"Donor {dice.randrange(40)}", "ref": ""}],
                budget_amount=float(dice.randrange(10_000, 9_000_000)) if money else None,
                budget_currency=dice.choice(("USD", "EUR", "GBP")) if money else "",
            )  # fmt: skip

    def rows_of_countries() -> Iterator[Sequence[object]]:
        for pk in numbers:
            for code in {
                dice.choice(COUNTRIES) for _ in range(dice.choice((1, 1, 1, 2)))
            }:
                yield row(InterventionCountry, intervention_id=pk, code=code)

    def rows_of_passages() -> Iterator[Sequence[object]]:
        pk = first_passage
        for intervention in numbers:
            language = dice.choices(("en", "fr", "es"), (6, 2, 2))[0]
            for position in range(1, PASSAGES_EACH + 1):
                yield row(
                    Passage, id=pk, intervention_id=intervention, position=position,
                    kind="description", place=f"description {position}", language=language,
                    text=sentence(dice, language, dice.randrange(12, 50)), digest=f"{pk:x}",
                )  # fmt: skip
                pk += 1

    def rows_of_codings() -> Iterator[Sequence[object]]:
        for pk in range(first_passage, first_passage + interventions * PASSAGES_EACH):
            capacity = dice.random() < 0.55
            found = [("capacity", "cd" if capacity else "not-cd")]
            if capacity:
                for facet in dice.sample(list(codes), dice.choice((3, 4, 4))):
                    found.append((facet, skewed(dice, codes[facet])))
            elif dice.random() < 0.6:
                found.append(("outcome", skewed(dice, codes["outcome"])))
            for facet, code in found:
                yield row(
                    Coding, passage_id=pk, facet=facet, code=code, coder_id=coder.pk,
                    confidence=round(dice.uniform(0.4, 1), 2), doubtful=dice.random() < 0.1,
                    basis="words", because="generated", spans=[[0, 8]], status="suggested",
                )  # fmt: skip

    insert(Intervention, rows_of_interventions())
    insert(InterventionCountry, rows_of_countries())
    insert(Passage, rows_of_passages())
    insert(Coding, rows_of_codings())
    found = ReviewRound.objects.create(
        portfolio=portfolio,
        title="Everything",
        drawn_from=interventions * PASSAGES_EACH,
    )
    insert(
        ReviewItem,
        (
            row(ReviewItem, round_id=found.pk, passage_id=first_passage + n, position=n + 1, state="open")
            for n in range(interventions * PASSAGES_EACH)
        ),
    )  # fmt: skip
    index(numbers)
    return portfolio


def sentence(dice: random.Random, language: str, words: int) -> str:
    return " ".join(dice.choices(WORDS[language].split(), k=words)).capitalize() + "."


def skewed(dice: random.Random, codes: Sequence[str]) -> str:
    """Choose a code; the first are far more frequent, as in real portfolios."""
    return codes[min(int(dice.expovariate(4 / len(codes))), len(codes) - 1)]


_columns: dict[type, tuple[list[str], dict[str, object]]] = {}


def columns(model: type) -> tuple[list[str], dict[str, object]]:
    """Return the columns of a model in order, and the defaults of what is not given."""
    if model not in _columns:
        made = model()
        fields = list(model._meta.concrete_fields)  # type: ignore[attr-defined]
        _columns[model] = (
            [f.column for f in fields],
            {f.column: getattr(made, f.attname) for f in fields},
        )
    return _columns[model]


def row(model: type, **values: object) -> list[object]:
    names, defaults = columns(model)
    return [plain(values.get(name, defaults[name])) for name in names]


def plain(value: object) -> object:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def insert(model: type, rows: Iterable[Sequence[object]]) -> None:
    """Write rows in bulk: COPY on PostgreSQL, executemany on SQLite."""
    from django.db import connection

    names, _ = columns(model)
    table = model._meta.db_table  # type: ignore[attr-defined]
    pk = model._meta.pk.column  # type: ignore[attr-defined]
    rows = iter(rows)
    began, count = time.monotonic(), 0
    peek = next(rows)
    if peek[names.index(pk)] is None:  # numbered by the database
        position = names.index(pk)
        names = [n for n in names if n != pk]
        rows = ([*r[:position], *r[position + 1 :]] for r in rows)
        peek = [*peek[:position], *peek[position + 1 :]]
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
                for one in chain(peek, rows):
                    copy.write_row(one)
                    count += 1
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{pk}'), (SELECT max({pk}) FROM {table}))"
            )
        else:
            marks = ", ".join("?" * len(names))
            connection.ensure_connection()
            raw = connection.connection
            raw.execute("BEGIN")
            raw.executemany(
                f"INSERT INTO {table} ({quoted}) VALUES ({marks})",
                (tuple(shown(v) for v in one) for one in chain(peek, rows)),
            )
            raw.execute("COMMIT")
    print(f"  {table}: {time.monotonic() - began:.0f} s", flush=True)


def chain(
    first: Sequence[object], rest: Iterable[Sequence[object]]
) -> Iterator[Sequence[object]]:
    yield first
    yield from rest


def shown(value: object) -> object:
    """Write dates as SQLite stores them."""
    return value.isoformat() if isinstance(value, date) else value


def index(numbers: range) -> None:
    from capmap.records import search

    began = time.monotonic()
    for start in range(0, len(numbers), 10_000):
        search.index(numbers[start : start + 10_000])
    print(f"  search: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
