"""Reading IATI: real files of three publishers and versions, and each field by itself."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from capmap.sources.activity import (
    Activity,
    Budget,
    Marker,
    Organisation,
    Part,
    SetAside,
)
from capmap.sources.iati import read_iati

LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def activities(path: Path) -> list[Activity]:
    return [a for a in read_iati(path, path.name) if isinstance(a, Activity)]


def remarks(path: Path) -> list[SetAside]:
    return [r for r in read_iati(path, path.name) if isinstance(r, SetAside)]


@pytest.fixture
def write(tmp_path):
    """Write the content of one activity into a file, and return its path."""

    def writer(content: str, attributes: str = 'xml:lang="en"', version: str = "2.03"):
        path = tmp_path / "file.xml"
        path.write_text(
            f'<iati-activities version="{version}"><iati-activity {attributes}>'
            f"<iati-identifier>XM-1</iati-identifier>{content}"
            "</iati-activity></iati-activities>",
            encoding="utf-8",
        )
        return path

    return writer


class TestRealFiles:
    @pytest.mark.parametrize(
        ("name", "count"),
        [
            ("dfid-2011-189.xml", 12),
            ("dfid-2011-AF.xml", 247),
            ("dfid-2011-AS.xml", 2),
            ("dfid-2011-KO.xml", 42),
            ("dfid-2011-LE.xml", 5),
            ("dfid-2011-OT.xml", 51),
            ("dfid-2011-ZW.xml", 121),
            ("maec-2015-indonesia-es.xml", 83),
            ("dfid-2016-albania-201.xml", 8),
            ("standard-example-203.xml", 1),
        ],
    )
    def test_every_activity_is_read(self, data, name, count):
        assert len(activities(data / "iati" / name)) == count

    def test_every_narrative_of_titles_and_descriptions_is_in_a_passage(self, data):
        for path in sorted((data / "iati").glob("*.xml")):
            raw = etree.parse(path).getroot().findall("iati-activity")

            for element, activity in zip(raw, activities(path), strict=True):
                said = " ".join(p.text.casefold() for p in activity.passages)
                for tag in ("title", "description"):
                    for field in element.iterfind(tag):
                        for text in field.itertext():
                            for word in text.casefold().split():
                                # A bullet is the page's, not the text's.
                                assert word in said or word in "-–•*", (path, word)

    def test_identifiers_and_related_activities_stand_as_in_the_file(self, data):
        for path in sorted((data / "iati").glob("*.xml")):
            raw = etree.parse(path).getroot().findall("iati-activity")

            for element, activity in zip(raw, activities(path), strict=True):
                assert (
                    activity.identifier == element.findtext("iati-identifier").strip()
                )
                for kind, found in (("1", activity.parents), ("2", activity.children)):
                    assert found == [
                        related.get("ref")
                        for related in element.iterfind("related-activity")
                        if related.get("type") == kind
                    ]

    def test_dfid_projects_are_programmes_over_their_components(self, data):
        found = activities(data / "iati" / "dfid-2011-AF.xml")

        kinds = Counter(activity.kind for activity in found)
        by_identifier = {activity.identifier: activity for activity in found}
        for activity in found:
            for parent in activity.parents:
                assert activity.identifier in by_identifier[parent].children

        assert kinds == {"project": 157, "programme": 90}

    def test_commitments_stand_in_for_the_budgets_that_dfid_does_not_state(self, data):
        path = data / "iati" / "dfid-2011-AF.xml"
        raw = etree.parse(path).getroot()
        committed = sum(
            float(transaction.findtext("value"))
            for transaction in raw.iter("transaction")
            if transaction.find("transaction-type").get("code") == "C"
        )

        found = [b for a in activities(path) for b in a.budgets]
        told = [r for r in remarks(path) if r.problem == "budget_from_commitments"]

        assert sum(b.amount for b in found) == pytest.approx(committed)
        assert {b.currency for b in found} == {"GBP"}
        assert [r.values for r in told] == [{"count": "142"}]

    def test_budgets_of_version_two_are_those_of_the_budget_elements(self, data):
        for name, currency in (
            ("maec-2015-indonesia-es.xml", "EUR"),
            ("dfid-2016-albania-201.xml", "GBP"),
        ):
            path = data / "iati" / name
            raw = etree.parse(path).getroot()
            stated = sum(float(v.text) for v in raw.iterfind(".//budget/value"))

            found = [b for a in activities(path) for b in a.budgets]

            assert sum(b.amount for b in found) == pytest.approx(stated)
            assert {b.currency for b in found} == {currency}

    def test_a_spanish_file_is_spanish_without_a_language_on_its_activities(self, data):
        found = activities(data / "iati" / "maec-2015-indonesia-es.xml")

        assert {a.language for a in found} == {"es"}
        assert {p.language for a in found for p in a.passages} == {"es"}
        assert all([c.code for c in a.countries] == ["ID"] for a in found)

    def test_a_title_repeated_as_description_is_one_passage(self, data):
        found = activities(data / "iati" / "maec-2015-indonesia-es.xml")

        repeated = [
            p for a in found for p in a.passages if p.place == "title and description"
        ]
        texts = [
            [" ".join(p.text.casefold().split()) for p in a.passages] for a in found
        ]

        assert len(repeated) > 10
        assert all(len(t) == len(set(t)) for t in texts)

    def test_the_standards_own_example_of_every_element(self, data):
        (found,) = activities(data / "iati" / "standard-example-203.xml")
        places = {p.place: p for p in found.passages}

        assert found.title == "Activity title"
        assert found.status == "2"
        assert (found.starts_on, found.ends_on) == (
            date(2012, 4, 28),
            date(2015, 12, 31),
        )
        assert found.countries == [Part("AF", 25.0), Part("AG", 25.0)]
        assert found.regions == [
            Part("489", 25.0),
            Part("Where is the region with code A1", 25.0),
        ]
        assert found.sectors == [Part("11110", 50.0), Part("11120", 50.0)]
        assert found.markers == [Marker("2", 3), Marker("9", 4)]
        assert found.organisations[0] == Organisation(
            "reporting", "Organisation name", "AA-AAA-123456789"
        )
        assert [o.role for o in found.organisations] == [
            "reporting",
            "funding",
            "accountable",
            "extending",
        ]
        assert found.budgets == [
            Budget(1000.0, "AUD", date(2014, 1, 1), date(2014, 12, 31))
        ]
        assert found.parents == ["AA-AAA-123456789-6789"]
        assert places["title (fr)"].language == "fr"
        assert places["description 2, objectives (fr)"].text.startswith("Objectifs de")
        assert places["condition (fr)"].kind == "condition"
        assert places["location 2"].text.endswith("location #2")
        indicator = places["result 1, indicator 1"]
        assert (indicator.kind, indicator.context) == (
            "indicator",
            "Activity title › Result title",
        )
        assert (
            places["result 1, indicator 1, period 1, target"].text
            == "Target comment text"
        )
        assert places["result 1, indicator 1, baseline"].text == "Baseline comment text"
        assert places["document (fr)"].text == "Rapport de projet 2013"


class TestFields:
    def test_roles_types_and_dates_in_the_words_of_version_one(self, write):
        path = write(
            '<participating-org role="Implementing" ref="X">Ministry of Labour</participating-org>'
            '<activity-date type="start-planned">2004-03-01Z</activity-date>'
            '<activity-date type="end-actual" iso-date="2006-03-01">1 March 2006</activity-date>'
            "<activity-status>Implementation</activity-status>"
            '<policy-marker code="1" vocabulary="DAC" significance="2">Gender</policy-marker>'
            '<sector code="11330" percentage="60">Vocational training</sector>',
            version="1.01",
        )

        (found,) = activities(path)

        assert found.organisations == [
            Organisation("implementing", "Ministry of Labour", "X")
        ]
        assert (found.starts_on, found.ends_on) == (date(2004, 3, 1), date(2006, 3, 1))
        assert found.status == "2"
        assert found.markers == [Marker("1", 2)]
        assert found.sectors == [Part("11330", 60.0)]

    def test_the_language_is_that_of_the_nearest_element(self, write):
        path = write(
            '<title xml:lang="fr"><narrative>Formation</narrative>'
            '<narrative xml:lang="es">Formación</narrative></title>'
            "<description><narrative>Training of trainers</narrative></description>",
            'xml:lang="EN-gb"',
        )

        (found,) = activities(path)

        assert [(p.text, p.language) for p in found.passages] == [
            ("Formation", "fr"),
            ("Formación", "es"),
            ("Training of trainers", "en"),
        ]

    def test_the_title_is_the_one_in_the_activitys_own_language(self, write):
        path = write(
            '<title><narrative xml:lang="en">Skills</narrative>'
            '<narrative xml:lang="fr">Compétences</narrative></title>',
            'xml:lang="fr"',
        )

        assert activities(path)[0].title == "Compétences"

    def test_planned_disbursements_stand_in_only_where_there_is_no_budget(self, write):
        disbursement = "<planned-disbursement><value>7</value></planned-disbursement>"
        budget = "<budget><value>5</value></budget>"

        alone = write(disbursement, 'default-currency="USD"')
        assert activities(alone)[0].budgets == [Budget(7.0, "USD")]
        assert [r.problem for r in remarks(alone)] == [
            "activity_without_text",
            "budget_from_planned_disbursements",
        ]
        both = write(disbursement + budget, 'default-currency="USD"')
        assert activities(both)[0].budgets == [Budget(5.0, "USD")]

    def test_a_revised_budget_replaces_the_original_of_its_period(self, write):
        def budget(kind, year, amount):
            return (
                f'<budget type="{kind}"><period-start iso-date="{year}-01-01"/>'
                f'<period-end iso-date="{year}-12-31"/><value>{amount}</value></budget>'
            )

        path = write(
            budget(1, 2010, 100) + budget(2, 2010, 80) + budget(1, 2011, 50),
            'default-currency="USD"',
        )

        assert [b.amount for b in activities(path)[0].budgets] == [80.0, 50.0]

    def test_an_amount_without_currency_is_set_aside(self, write):
        path = write("<budget><value>5</value></budget>")

        assert activities(path)[0].budgets == []
        assert "currency_missing" in [r.problem for r in remarks(path)]

    @pytest.mark.parametrize("amount", ["lots", "NaN", "1e400", "12,34,5", "9" * 20])
    def test_an_impossible_amount_is_set_aside_and_the_activity_kept(
        self, write, amount
    ):
        path = write(
            f'<title>T</title><budget><value currency="USD">{amount}</value></budget>'
        )

        (found,) = activities(path)
        (told,) = remarks(path)

        assert (found.title, found.budgets) == ("T", [])
        assert (told.problem, told.scope, told.place) == (
            "amount_impossible", "value", "activity 1 (XM-1), budget",
        )  # fmt: skip
        assert told.values["value"] in amount

    @pytest.mark.parametrize(
        "when", ["2011-02-30", "1900-01-01Z", "9999-12-31", "soon"]
    )
    def test_an_impossible_date_is_set_aside_and_the_planned_one_taken(
        self, write, when
    ):
        path = write(
            f'<title>T</title><activity-date type="2" iso-date="{when}"/>'
            '<activity-date type="1" iso-date="2010-01-01"/>'
        )

        assert activities(path)[0].starts_on == date(2010, 1, 1)
        assert [r.problem for r in remarks(path)] == ["date_impossible"]
        assert remarks(path)[0].place == "activity 1 (XM-1), actual start"

    def test_an_end_before_the_start_is_set_aside(self, write):
        path = write(
            '<title>T</title><activity-date type="1" iso-date="2010-01-01"/>'
            '<activity-date type="3" iso-date="2009-01-01"/>'
        )

        assert activities(path)[0].ends_on is None
        assert [r.problem for r in remarks(path)] == ["dates_reversed"]

    def test_five_digit_sectors_go_before_three_digit_ones(self, write):
        path = write(
            '<sector vocabulary="2" code="113"/><sector vocabulary="1" code="11330"/>'
            '<sector vocabulary="99" code="ABC"/>'
        )

        assert activities(path)[0].sectors == [Part("11330")]

    def test_country_programmes_are_told_by_their_titles(self, write):
        for title in (
            "Decent Work Country Programme, Benin 2010-15",
            "PPTD Togo",
            "Programme par pays de promotion du travail décent",
            "Programa de Trabajo Decente por País: Perú",
            "Programa de país, Honduras",
        ):
            path = write(f"<title>{title}</title>")
            assert activities(path)[0].kind == "country_programme", title
        path = write(
            '<title>DWCP secretariat</title><related-activity ref="XM-0" type="1"/>'
        )
        assert activities(path)[0].kind == "project"

    def test_paragraphs_and_bullets_of_a_description_are_passages(self, write):
        path = write(
            "<title>Skills</title><description>The project trains:\n"
            "  - labour inspectors;\n  - judges.\n\nIt ends in\n 2012.</description>"
        )

        assert [(p.text, p.place, p.context) for p in activities(path)[0].passages][
            1:
        ] == [
            ("The project trains:", "description, paragraph 1", "Skills"),
            (
                "labour inspectors;",
                "description, paragraph 2",
                "Skills › The project trains:",
            ),
            ("judges.", "description, paragraph 3", "Skills › The project trains:"),
            ("It ends in 2012.", "description, paragraph 4", "Skills"),
        ]

    def test_a_very_long_description_is_cut_at_sentence_ends(self, write):
        sentence = (
            "The project trains labour inspectors in forty districts of the country. "
        )
        path = write(f"<description>{sentence * 200}</description>")

        found = activities(path)[0].passages

        # A repeated text is one passage, so that only two kinds of piece remain.
        assert all(len(p.text) < 2300 and p.text.endswith(".") for p in found)

    def test_prefixes_bound_at_the_root_are_understood(self, tmp_path):
        path = tmp_path / "file.xml"
        path.write_text(
            '<iati-activities xmlns:ir="http://example.org/r"><ir:registry-record/>'
            "<iati-activity><iati-identifier>A</iati-identifier><ir:note>x</ir:note>"
            "<title>T</title></iati-activity></iati-activities>"
        )

        assert [(a.identifier, a.title) for a in activities(path)] == [("A", "T")]
