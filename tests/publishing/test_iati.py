"""IATI 2.03 that is written is read back as it was, in the order of the standard."""

from datetime import date, timedelta
from io import BytesIO

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from capmap.publishing.iati import Publisher, write_iati
from capmap.sources.activity import Activity
from capmap.sources.iati import read_iati
from capmap.tables import CODINGS, INTERVENTIONS, PASSAGES, SET_ASIDE, Portfolio, empty

#: The elements of an activity in the order of the schema of 2.03, as far as they are written.
ORDER = [
    "iati-identifier", "reporting-org", "title", "description", "participating-org",
    "activity-status", "activity-date", "recipient-country", "recipient-region", "sector",
    "tag", "budget", "related-activity",
]  # fmt: skip

words = st.lists(
    st.sampled_from(("training", "Ateliers", "décent", "año", "R&D", "2 < 3", "5", "😀", "x > y")),
    min_size=1, max_size=5,
).map(" ".join)  # fmt: skip
parts = st.one_of(st.none(), st.sampled_from((0.0, 12.5, 33.3, 50.0, 100.0)))


def several(codes):
    return st.lists(st.sampled_from(codes), unique=True, max_size=2).flatmap(
        lambda held: st.tuples(*(st.tuples(st.just(code), parts) for code in held))
    )


activities = st.fixed_dictionaries(
    {
        "title": words,
        "language": st.sampled_from(("", "en", "fr")),
        "status": st.sampled_from(("", "1", "2", "4")),
        "starts": st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2030, 1, 1))),
        "days": st.one_of(st.none(), st.integers(0, 3000)),
        "countries": several(("PE", "SN", "KH")),
        "regions": several(("298", "Andean region")),
        "sectors": several(("11330", "16020")),
        "organisations": st.lists(
            st.tuples(
                st.sampled_from(("funding", "accountable", "extending", "implementing")),
                words,
                st.sampled_from(("", "XM-DAC-41302")),
            ),
            max_size=3,
        ),
        "reporting": st.one_of(st.none(), st.tuples(words, st.sampled_from(("", "ILO-1")))),
        "budget": st.one_of(
            st.none(),
            st.tuples(st.floats(0, 1e12).map(lambda x: round(x, 2)), st.sampled_from(("USD", "EUR"))),
        ),
        "descriptions": st.lists(
            st.tuples(words, st.sampled_from(("", "en", "fr", "es"))),
            max_size=3, unique_by=lambda said: said[0].casefold(),
        ),
        "parent": st.booleans(),
    }
)  # fmt: skip


def portfolio_of(said):
    interventions, passages = [], []
    for number, one in enumerate(said):
        name = f"XX-1-{number}"
        ends = None
        if one["starts"] and one["days"] is not None:
            ends = one["starts"] + timedelta(days=one["days"])
        interventions.append(
            {
                "intervention_id": name, "counted_as": name, "title": one["title"],
                "kind": one.get("kind", "project"), "source": "a.xml",
                "place": f"activity {number + 1}", "language": one["language"],
                "status": one["status"], "starts_on": one["starts"], "ends_on": ends,
                **{
                    place: [{"code": c, "percentage": p} for c, p in one[place]]
                    for place in ("countries", "regions", "sectors")
                },
                "organisations": [
                    {"role": role, "name": name, "ref": ref}
                    for role, name, ref in [
                        *([("reporting", *one["reporting"])] if one["reporting"] else []),
                        *one["organisations"],
                    ]
                ],
                "parents": ["XX-1-0"] if one["parent"] and number else [],
                "budget_amount": one["budget"][0] if one["budget"] else None,
                "budget_currency": one["budget"][1] if one["budget"] else None,
            }
        )  # fmt: skip
        texts = [("title", one["title"], one["language"])]
        texts += [("description", *told) for told in one["descriptions"]]
        passages += [
            {
                "passage_id": f"{number}#{position}", "intervention_id": name,
                "position": position, "kind": kind, "place": "", "language": language,
                "context": "", "text": text,
            }
            for position, (kind, text, language) in enumerate(texts, start=1)
        ]  # fmt: skip
    return Portfolio(
        pl.DataFrame(interventions, schema=INTERVENTIONS),
        pl.DataFrame(passages, schema=PASSAGES),
        empty(CODINGS),
        empty(SET_ASIDE),
    )


def written(portfolio, publisher=None):
    file = BytesIO()
    write_iati(portfolio, file, publisher or Publisher("Technical cooperation"))
    return file.getvalue()


def activities_in(content, tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(content)
    found = list(read_iati(path, "a.xml"))
    return [one for one in found if isinstance(one, Activity)]


@settings(max_examples=60, deadline=None)
@given(st.lists(activities, min_size=1, max_size=4))
def test_what_iati_can_carry_is_read_back_as_it_was(tmp_path_factory, said):
    portfolio = portfolio_of(said)

    back = activities_in(written(portfolio), tmp_path_factory.mktemp("iati"))

    assert [one.identifier for one in back] == [f"XX-1-{n}" for n in range(len(said))]
    rows = portfolio.interventions.iter_rows(named=True)
    for one, row, told in zip(back, rows, said, strict=True):
        assert one.title == row["title"]
        assert one.language == (row["language"] or "")
        assert (one.status, one.starts_on, one.ends_on) == (
            row["status"], row["starts_on"], row["ends_on"],
        )  # fmt: skip
        for place in ("countries", "regions", "sectors"):
            read = [(part.code, part.percentage) for part in getattr(one, place)]
            assert read == list(told[place])
        read = [(o.role, o.name, o.ref) for o in one.organisations]
        reporting = told["reporting"] or ("Technical cooperation", "")
        assert read == [("reporting", *reporting), *told["organisations"]]
        assert one.parents == row["parents"]
        dated = row["starts_on"] and row["ends_on"]
        stated = [told["budget"]] if told["budget"] and dated else []
        assert [(b.amount, b.currency) for b in one.budgets] == stated
        texts = {text.casefold(): language for text, language in told["descriptions"]}
        read = {
            p.text.casefold(): p.language for p in one.passages if p.kind != "title"
        }
        expected = {
            text: language or row["language"]
            for text, language in texts.items()
            if text != row["title"].casefold()
        }
        assert read == expected


@settings(max_examples=20, deadline=None)
@given(st.lists(activities, min_size=1, max_size=3))
def test_elements_stand_in_the_order_of_the_standard(said):
    root = etree.fromstring(written(portfolio_of(said)))

    assert root.get("version") == "2.03"
    for activity in root:
        places = [ORDER.index(child.tag) for child in activity]
        assert places == sorted(places)
        for element in activity.iter("tag", "sector", "recipient-region"):
            assert element.get("vocabulary")


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_the_file(text):
    one = {
        "title": text, "language": "en", "status": "2", "starts": None, "days": None,
        "countries": (), "regions": (), "sectors": (), "organisations": [("funding", text, "")],
        "reporting": None, "budget": None, "descriptions": [(text, "fr")], "parent": False,
    }  # fmt: skip

    root = etree.fromstring(written(portfolio_of([one])))

    assert len(root) == 1


def coded(codes, kind="project"):
    one = {
        "title": "Labour inspection", "language": "en", "status": "2", "kind": kind,
        "starts": date(2010, 1, 1), "days": 10, "countries": (), "regions": (), "sectors": (),
        "organisations": [], "reporting": None, "budget": None,
        "descriptions": [("Training of trainers.", "en"), ("Roads.", "en")], "parent": False,
    }  # fmt: skip
    portfolio = portfolio_of([one])
    codings = [
        {
            "passage_id": passage, "intervention_id": "XX-1-0", "facet": facet, "code": code,
            "confidence": 1.0, "doubtful": False, "coder": "lexicon", "basis": "words",
            "because": "", "quote": "", "spans": [],
        }
        for passage, facet, code in codes
    ]  # fmt: skip
    return Portfolio(
        portfolio.interventions,
        portfolio.passages,
        pl.DataFrame(codings, schema=CODINGS),
        portfolio.set_aside,
    )


def test_codes_of_capacity_development_are_tags_with_their_names():
    portfolio = coded(
        [
            ("0#2", "capacity", "cd"),
            ("0#2", "modality", "training-of-trainers"),
            ("0#3", "capacity", "not-cd"),
            ("0#3", "outcome", "spf-03"),
        ]
    )
    publisher = Publisher(
        "ILO",
        "https://example.org/codebook/",
        "fr",
        lambda facet, code: f"nom de {code}",
    )

    root = etree.fromstring(written(portfolio, publisher))

    tags = {tag.get("code"): tag for tag in root.iter("tag")}
    assert set(tags) == {"capacity:cd", "modality:training-of-trainers"}
    tag = tags["modality:training-of-trainers"]
    assert tag.get("vocabulary") == "99"
    assert tag.get("vocabulary-uri") == "https://example.org/codebook/"
    narrative = tag.find("narrative")
    assert narrative.text == "nom de training-of-trainers"
    assert narrative.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"


def test_a_document_is_no_activity():
    root = etree.fromstring(written(coded([], kind="document")))

    assert len(root) == 0


def test_a_programme_names_what_stands_under_it(tmp_path):
    one = {
        "title": "A", "language": "en", "status": "2", "starts": None, "days": None,
        "countries": (), "regions": (), "sectors": (), "organisations": [],
        "reporting": None, "budget": None, "descriptions": [], "parent": True,
    }  # fmt: skip

    back = activities_in(written(portfolio_of([one, one, one])), tmp_path)

    assert back[0].children == ["XX-1-1", "XX-1-2"]
    assert back[0].kind == "programme"
    assert back[1].parents == ["XX-1-0"]
