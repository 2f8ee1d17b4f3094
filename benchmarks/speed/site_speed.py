"""The site under ten users at once, beside Datasette on the same SQLite file.

    .venv/bin/python benchmarks/speed/site_speed.py [SECONDS]     # default 30 for each

Needs the data of ``site_data.py`` in ``CAPMAP_HOME`` (default: generated/site), or in
the PostgreSQL that ``DATABASE_URL`` names, then without Datasette, which reads SQLite
only. Each user asks one page after another, of four kinds in equal parts: the list with
its facets, the map, an intervention, a step of review (accept a passage, get the next).

*server* is the time that the server says in ``Server-Timing``, *user* the time until the
answer is there, waiting in the server's queue included. Datasette is asked the same
questions as SQL, which is its way to answer them; since it does not tell its server time,
times of users are compared. It cannot write: its step of review only reads the next one.
"""

import os
import random
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from site_users import Times, User, datasette, run_users, server

GENERATED = Path(__file__).parent / "generated"
USERS = 10
PORT, PEER_PORT = 8765, 8766

#: What users filter the list by, and which maps they ask for.
FILTERS = ("", "outcome=spf-01", "outcome=spf-03&country=PE", "modality=training", "country=KE",
           "level=institutional", "q=training", "q=dialogue+social", "constituent=workers&sort=budget",
           "modality=network&outcome=spf-11")  # fmt: skip
MAPS = ("rows=outcome&columns=modality", "rows=outcome&columns=level", "rows=outcome&columns=constituent",
        "rows=programme&columns=modality", "rows=country&columns=level",
        "rows=outcome&columns=modality&measure=share", "rows=outcome&columns=modality&country=PE")  # fmt: skip


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30
    os.environ.setdefault("CAPMAP_HOME", str(GENERATED / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "capmap.web.settings")
    os.environ["CAPMAP_URL"] = f"http://127.0.0.1:{PORT}"
    import django

    django.setup()
    from django.db import connection

    site = Site()
    print(f"{connection.vendor}: {site.counts()}; {USERS} users at once", flush=True)
    with server(PORT):
        for name, ask in site.pages().items():
            run_users(USERS, PORT, {name: ask}, 5, site.cookies)
            print(f"  {name} is warm", flush=True)
        ours = run_users(USERS, PORT, site.pages(), seconds, site.cookies)
        show(f"capmap on {connection.vendor}, back to back", ours)
        looking = run_users(USERS, PORT, site.pages(), seconds, site.cookies, pause=1)
        show("the same, looking at each page for a second", looking)
    if connection.vendor == "sqlite":
        database = Path(os.environ["CAPMAP_HOME"]) / "capmap.sqlite3"
        with datasette(PEER_PORT, database):
            theirs = run_users(USERS, PEER_PORT, peer_pages(site), seconds, {})
        show("Datasette on the same file", theirs)
        print("\nTime of the user at the 95th percentile, Datasette / capmap (aim 3):")
        for name in ours:
            ratio = p95(theirs[name].user) / p95(ours[name].user)
            print(f"  {name:14}{ratio:8.1f}")


def show(title: str, times: dict[str, Times]) -> None:
    print(
        f"\n{title}\n{'':14}{'asked':>8}{'server p50':>12}{'p95':>8}{'user p50':>12}{'p95':>8}  ms"
    )
    for name, told in times.items():
        server_times = told.server or [float("nan")] * 2
        print(
            f"{name:14}{len(told.user):8}{statistics.median(server_times):12.0f}{p95(server_times):8.0f}"
            f"{statistics.median(told.user):12.0f}{p95(told.user):8.0f}"
        )


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


class Site:
    """The generated portfolio and how to ask for its pages."""

    def __init__(self) -> None:
        from django.test import Client

        from capmap.records.models import Intervention, Passage, Portfolio, ReviewRound
        from capmap.records.models import User as Person

        self.portfolio = Portfolio.objects.get(slug__startswith="generated")
        self.round = ReviewRound.objects.get(portfolio=self.portfolio)
        client = Client()
        client.force_login(Person.objects.get(email="reader@example.org"))
        self.cookies = {"sessionid": client.cookies["sessionid"].value}
        found = Intervention.objects.filter(portfolio=self.portfolio)
        self.size = found.count()
        self.first = found.order_by("pk").values_list("pk", flat=True)[0]
        self.first_passage = Passage.objects.order_by("pk").values_list(
            "pk", flat=True
        )[0]

    def counts(self) -> str:
        from capmap.records.models import Coding, Passage

        return (
            f"{self.size:,} interventions, {Passage.objects.count():,} passages, "
            f"{Coding.objects.count():,} codings"
        )

    def an_intervention(self, dice: random.Random) -> int:
        return self.first + dice.randrange(self.size)

    def pages(self) -> dict[str, Callable[[User], tuple[float, float]]]:
        home = f"/portfolios/{self.portfolio.slug}"
        return {
            "list": lambda u: u.get(f"{home}/interventions/?{u.dice.choice(FILTERS)}"),
            "map": lambda u: u.get(f"{home}/map/?{u.dice.choice(MAPS)}"),
            "intervention": lambda u: u.get(
                f"{home}/interventions/{self.an_intervention(u.dice)}/"
            ),
            "review": lambda u: u.review(f"{home}/review/{self.round.pk}/"),
        }


def peer_pages(site: Site) -> dict[str, Callable[[User], tuple[float, float]]]:
    """The same questions as SQL: rows and counts that the page of capmap shows."""

    def sql(user: User, *queries: str) -> tuple[float, float]:
        return user.sql("capmap", queries)

    def the_list(user: User) -> tuple[float, float]:
        where = _where(user.dice.choice(FILTERS))
        rows = (
            "SELECT i.id, i.title, i.starts_on, i.budget_amount FROM records_intervention i "
            f"WHERE {where} ORDER BY i.title LIMIT 50"
        )
        facets = [
            f"SELECT c.code, count(DISTINCT p.intervention_id) FROM records_coding c "
            f"JOIN records_passage p ON p.id = c.passage_id "
            f"JOIN records_intervention i ON i.id = p.intervention_id "
            f"WHERE c.facet = '{facet}' AND {where} GROUP BY c.code"
            for facet in ("outcome", "modality", "level", "constituent")
        ]
        country = (
            "SELECT k.code, count(*) FROM records_interventioncountry k "
            f"JOIN records_intervention i ON i.id = k.intervention_id WHERE {where} GROUP BY k.code"
        )
        return sql(user, rows, country, *facets)

    def the_map(user: User) -> tuple[float, float]:
        asked = dict(part.split("=") for part in user.dice.choice(MAPS).split("&"))
        rows, columns = asked["rows"], asked["columns"]
        if rows == "country":
            down = "records_interventioncountry a JOIN records_passage p ON p.intervention_id = a.intervention_id"
        else:
            down = f"records_coding a JOIN records_passage p ON p.id = a.passage_id AND a.facet = '{rows}'"
        where = "1" if "country" not in asked else (
            "p.intervention_id IN (SELECT intervention_id FROM records_interventioncountry "
            f"WHERE code = '{asked['country']}')"
        )  # fmt: skip
        return sql(
            user,
            f"SELECT a.code, b.code, count(DISTINCT p.intervention_id) FROM {down} "
            f"JOIN records_coding b ON b.passage_id = p.id AND b.facet = '{columns}' "
            f"JOIN records_coding c ON c.passage_id = p.id AND c.facet = 'capacity' AND c.code = 'cd' "
            f"WHERE {where} GROUP BY a.code, b.code",
        )

    def an_intervention(user: User) -> tuple[float, float]:
        number = site.an_intervention(user.dice)
        return sql(
            user,
            f"SELECT * FROM records_intervention WHERE id = {number}",
            f"SELECT * FROM records_passage WHERE intervention_id = {number} AND is_current ORDER BY position",
            "SELECT c.* FROM records_coding c JOIN records_passage p ON p.id = c.passage_id "
            f"WHERE p.intervention_id = {number}",
            f"SELECT * FROM records_interventioncountry WHERE intervention_id = {number}",
        )

    def a_step(user: User) -> tuple[float, float]:
        return sql(
            user,
            f"SELECT * FROM records_reviewitem WHERE round_id = {site.round.pk} AND state = 'open' "
            "ORDER BY position LIMIT 1",
            f"SELECT * FROM records_passage WHERE id = {site.first_passage + user.dice.randrange(site.size)}",
            f"SELECT * FROM records_coding WHERE passage_id = {site.first_passage + user.dice.randrange(site.size)}",
        )

    return {
        "list": the_list,
        "map": the_map,
        "intervention": an_intervention,
        "review": a_step,
    }


def _where(query: str) -> str:
    """Write a filter of the list as SQL; words are found by the same FTS5 table."""
    parts = ["i.is_current"]
    for part in filter(None, query.split("&")):
        name, value = part.split("=")
        if name == "q":
            words = " ".join(f'"{word}"' for word in value.split("+"))
            parts.append(
                f"i.id IN (SELECT rowid FROM records_search WHERE records_search MATCH '{words}')"
            )
        elif name == "country":
            parts.append(
                f"i.id IN (SELECT intervention_id FROM records_interventioncountry WHERE code = '{value}')"
            )
        elif name != "sort":
            parts.append(
                "i.id IN (SELECT p2.intervention_id FROM records_coding c2 JOIN records_passage p2 "
                f"ON p2.id = c2.passage_id WHERE c2.facet = '{name}' AND c2.code = '{value}')"
            )
    return " AND ".join(parts)


if __name__ == "__main__":
    main()
