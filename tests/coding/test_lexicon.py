"""The rules of methods 8.1, on sentences of our own in three languages."""

import pytest

from capmap.coding.capacity import SIGNS
from capmap.coding.lexicon import LexiconCoder
from capmap.coding.modality import RULES
from capmap.frameworks.codebook import load_codebook
from capmap.frameworks.framework import load_framework
from capmap.wording import rules_in, topic


@pytest.fixture(scope="module")
def coder() -> LexiconCoder:
    return LexiconCoder(load_codebook(), load_framework())


def codes(coder: LexiconCoder, text: str, facet: str, **given: object) -> set[str]:
    return {s.code for s in coder.suggest(text, **given) if s.facet == facet}  # type: ignore[arg-type]


CD = [
    ("en", "Forty labour inspectors attended a five-day course on hazardous work in Lusaka."),
    ("en", "The clerks were walked through the new complaint form by two mediators and now keep their own register."),
    ("en", "An economist was seconded to the Ministry of Labour for a year to help draft the wage bill."),
    ("en", "The union set up a legal desk and trained six organizers to run it."),
    ("fr", "Quarante inspecteurs du travail ont suivi une formation de cinq jours sur les travaux dangereux."),
    ("fr", "Les greffiers ont appris à tenir eux-mêmes le registre des plaintes."),
    ("fr", "Une économiste a été détachée auprès du ministère du Travail pour aider à rédiger le projet de loi."),
    ("es", "Cuarenta inspectores de trabajo asistieron a un curso de cinco días sobre trabajos peligrosos."),
    ("es", "Los secretarios aprendieron a llevar por sí mismos el registro de quejas."),
    ("es", "Una economista fue destacada en el Ministerio de Trabajo para ayudar a redactar el proyecto de ley."),
]  # fmt: skip

NOT_CD = [
    ("en", "Construction of a training centre with two dormitories, a borehole and a perimeter wall."),
    ("en", "The production capacity of the plant will rise from 40 to 90 tonnes a day."),
    ("en", "The seminar on collective bargaining was cancelled and the funds were moved to flood relief."),
    ("en", "Applicants must submit the nomination form no later than six weeks before the course."),
    ("en", "Risk 3: turnover of trained staff (probability high, impact medium)."),
    ("en", "Distribution of blankets, tents and hygiene kits to 3,000 displaced households."),
    ("fr", "Construction d'un centre de formation de deux ateliers, avec forage et clôture."),
    ("fr", "Le séminaire sur la négociation collective n'a pas eu lieu et les crédits ont été réaffectés."),
    ("fr", "Versement d'une allocation mensuelle à 3 000 ménages déplacés."),
    ("fr", "Risque 3 : départ des cadres formés vers le privé (probabilité élevée)."),
    ("es", "Construcción de un centro de formación con dos aulas, un pozo y un muro."),
    ("es", "El seminario sobre negociación colectiva fue cancelado y los fondos se reasignaron."),
    ("es", "Entrega de frazadas, carpas y víveres a 3.000 hogares desplazados."),
    ("es", "La capacidad de producción de la planta pasará de 40 a 90 toneladas por día."),
]  # fmt: skip

UNCLEAR = [
    ("en", "Institutional support to the Ministry of Labour, phase II."),
    ("fr", "Appui institutionnel au ministère du Travail, phase II."),
    ("es", "Apoyo institucional al Ministerio de Trabajo, fase II."),
]


@pytest.mark.parametrize(("language", "text"), CD)
def test_capacity_development(coder: LexiconCoder, language: str, text: str) -> None:
    assert codes(coder, text, "capacity", language=language) == {"cd"}


@pytest.mark.parametrize(("language", "text"), NOT_CD)
def test_not_capacity_development(
    coder: LexiconCoder, language: str, text: str
) -> None:
    assert codes(coder, text, "capacity", language=language) == {"not-cd"}


def test_every_rule_is_worded() -> None:
    keys = {sign.because for sign in SIGNS} | {rule.because for rule in RULES}
    assert keys <= topic("rules").keys()


@pytest.mark.parametrize(("language", "text"), CD + NOT_CD + UNCLEAR)
def test_what_led_to_a_code_can_be_said(
    coder: LexiconCoder, language: str, text: str
) -> None:
    for s in coder.suggest(text, language=language):
        if s.basis == "rule" and s.because:
            assert set(s.because.split(", ")) <= topic("rules").keys()
            assert rules_in("es", s.because) != s.because


@pytest.mark.parametrize(("language", "text"), UNCLEAR)
def test_bare_support_is_unclear(coder: LexiconCoder, language: str, text: str) -> None:
    assert codes(coder, text, "capacity", language=language) == {"unclear"}


@pytest.mark.parametrize(("language", "text"), NOT_CD + UNCLEAR)
def test_only_themes_stay_where_no_capacity_is_developed(
    coder: LexiconCoder, language: str, text: str
) -> None:
    facets = {s.facet for s in coder.suggest(text, language=language)}
    assert facets <= {"capacity", "outcome", "programme", "chain"}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Labour inspectors followed a course on chemical hazards.", {"individual"}),
        ("fr", "Les inspecteurs du travail ont suivi un cours sur les risques chimiques.", {"individual"}),
        ("es", "Los inspectores de trabajo siguieron un curso sobre riesgos químicos.", {"individual"}),
        ("en", "The labour code was revised with drafting assistance of the Office.", {"enabling-environment"}),
        ("fr", "Le code du travail a été révisé avec l'assistance technique du Bureau.", {"enabling-environment"}),
        ("es", "El código del trabajo fue revisado con asistencia técnica de la Oficina.", {"enabling-environment"}),
    ],
)  # fmt: skip
def test_level_is_what_the_activity_acts_on(
    coder: LexiconCoder, language: str, text: str, expected: set[str]
) -> None:
    assert codes(coder, text, "level", language=language) == expected


def test_a_special_form_stands_alone_unless_both_are_named(coder: LexiconCoder) -> None:
    assert codes(coder, "Training of trainers for trade unions.", "modality") == {
        "training-of-trainers"
    }
    assert codes(
        coder, "Training of trainers and a workshop for trade unions.", "modality"
    ) == {"training-of-trainers", "training"}


def test_form_not_stated_stands_only_alone(coder: LexiconCoder) -> None:
    assert codes(coder, "Capacity building of the trade unions.", "modality") == {
        "form-not-stated"
    }
    assert "form-not-stated" not in codes(
        coder, "Capacity building of the trade unions through workshops.", "modality"
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Workshops for local government staff on public works."),
        ("fr", "Ateliers pour le personnel des collectivités locales."),
        ("es", "Talleres para el personal de los gobiernos locales."),
    ],
)
def test_a_part_of_government_brings_government(
    coder: LexiconCoder, language: str, text: str
) -> None:
    assert "local-government" in codes(coder, text, "target", language=language)
    assert "government" in codes(coder, text, "constituent", language=language)


def test_courts_and_parliament_do_not_bring_government(coder: LexiconCoder) -> None:
    text = "A seminar for judges and members of parliament on labour standards."
    assert codes(coder, text, "target") == {"judiciary", "parliamentarians"}
    assert codes(coder, text, "constituent") == set()


def test_who_lends_the_room_is_neither_partner_nor_receiver(
    coder: LexiconCoder,
) -> None:
    text = "Twenty judges took part in a workshop; the trade union lent the room."
    assert codes(coder, text, "constituent") == set()
    assert codes(coder, text, "partner") == set()


def test_who_asks_is_not_the_receiver(coder: LexiconCoder) -> None:
    text = "At the request of the trade unions, labour inspectors attended a course."
    assert codes(coder, text, "constituent") == {"government"}


def test_whose_capacity(coder: LexiconCoder) -> None:
    constituents = "A workshop for trade unions and young people."
    others = "A vocational training course for unemployed youth."
    assert codes(coder, constituents, "beneficiary") == {"constituents"}
    assert codes(coder, others, "beneficiary") == {"others-only"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Labour inspectors will attend a course next year.", "activity"),
        ("Forty labour inspectors were trained.", "output"),
        ("The inspectors attended a course and now keep their own register.", "capacity-outcome"),
        ("Purchase of ten vehicles for the project.", "input"),
    ],
)  # fmt: skip
def test_place_in_the_chain(coder: LexiconCoder, text: str, code: str) -> None:
    assert codes(coder, text, "chain", language="en") == {code}


def test_a_programme_brings_its_outcome(coder: LexiconCoder) -> None:
    suggestions = coder.suggest("A course on microfinance for trade unions.")
    outcome = next(s for s in suggestions if s.code == "spf-01")
    assert outcome.basis in {"implied", "words"}


def test_headings_give_outcome_and_constituent_but_no_capacity(
    coder: LexiconCoder,
) -> None:
    context = "Outcome 9; programme: Employers' activities"
    suggestions = coder.suggest("A workshop on membership.", context=context)
    by_facet = {(s.facet, s.code): s for s in suggestions}
    assert by_facet["outcome", "spf-09"].basis == "context"
    assert by_facet["constituent", "employers"].doubtful
    assert codes(coder, "Purchase of ten vehicles.", "capacity", context="Training course") == {
        "not-cd"
    }  # fmt: skip


def test_sectors_and_markers_speak_only_where_words_are_silent(
    coder: LexiconCoder,
) -> None:
    given = {"sectors": ["32130"], "markers": [("1", 2)]}
    silent = coder.suggest("A two-day workshop.", **given)  # type: ignore[arg-type]
    assert {s.basis for s in silent if s.facet == "outcome"} == {"sector", "marker"}
    assert all(s.doubtful for s in silent if s.basis in {"sector", "marker"})
    spoken = coder.suggest("A two-day workshop on child labour.", **given)  # type: ignore[arg-type]
    assert not {s.basis for s in spoken} & {"sector", "marker"}


@pytest.mark.parametrize("given", [{"markers": [("1", 1)]}, {"sectors": ["16070"]}])
def test_what_points_to_no_one_outcome_says_nothing(
    coder: LexiconCoder, given: dict[str, list[str]]
) -> None:
    assert not codes(coder, "A two-day workshop.", "outcome", **given)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A workshop on occupational safety for trade unions."),
        ("fr", "Un atelier sur la sécurité au travail pour les syndicats."),
        ("es", "Un taller sobre seguridad y salud en el trabajo para los sindicatos."),
    ],
)
def test_a_theme_beats_the_group_that_learns(
    coder: LexiconCoder, language: str, text: str
) -> None:
    assert codes(coder, text, "outcome", language=language) == {"spf-06"}
