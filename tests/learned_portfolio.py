"""A portfolio of which enough was read to learn from, with words that no lexicon has.

People hold that a "brown bag lunch" is training; the codebook does not know it.
"""

TOWNS = [
    "Lima",
    "Dakar",
    "Cusco",
    "Thiès",
    "Piura",
    "Kaolack",
    "Encarnación",
    "Tacna",
    "Ziguinchor",
    "Puno",
    "Louga",
    "Luque",
    "Ayacucho",
    "Matam",
    "Ica",
    "Fatick",
    "Areguá",
    "Tarma",
    "Kolda",
    "Jaén",
    "Podor",
    "Ilo",
    "Mbour",
    "Huaraz",
]

#: What a passage says, and the codes that people give it.
TEXTS = [
    (
        "A brown bag lunch on wages gathered union members from {town}.",
        [("capacity", "cd"), ("modality", "training")],
    ),
    (
        "Technical advice on a labour code was given to the ministry in {town}.",
        [("capacity", "cd"), ("modality", "advisory")],
    ),
    (
        "Gravel, cement and steel were delivered to the port of {town}.",
        [("capacity", "not-cd")],
    ),
]

#: Passages that nobody reads: what a model codes.
UNREAD = [
    "Brown bag lunch on wages for members of the union in Iquitos.",
    "Gravel and steel for the port of Iquitos.",
]


def make_readings(portfolio, reader, documents=24):
    """Add interventions of three passages each, all read; return two that nobody read.

    Stored as the action of reading leaves them, at once.
    """
    from django.utils import timezone

    from capmap.records.models import Coding, Passage, Reading, ReadingCode

    texts = [text for text, _ in TEXTS]
    passages = [
        passage
        for number, town in enumerate(TOWNS[:documents])
        for passage in add(portfolio, f"LL-{number}", [t.format(town=town) for t in texts])
    ]  # fmt: skip
    codes = [codes for _, codes in TEXTS] * documents
    readings = Reading.objects.bulk_create(
        Reading(passage=passage, reader=reader, before={"is_read": False})
        for passage in passages
    )
    ReadingCode.objects.bulk_create(
        ReadingCode(reading=reading, facet=facet, code=code)
        for reading, given in zip(readings, codes, strict=True)
        for facet, code in given
    )
    decided = {"decided_by": reader, "decided_at": timezone.now()}
    codings = Coding.objects.filter(passage__in=passages)
    for coding in codings.select_related("passage"):
        given = codes[passages.index(coding.passage)]
        kept = (coding.facet, coding.code) in given
        coding.status = "accepted" if kept else "rejected"
        coding.decided_by, coding.decided_at = decided.values()
        coding.save()
    own = _person(reader)
    Coding.objects.bulk_create(
        Coding(
            passage=passage, facet="modality", code="training", coder=own,
            status="accepted", spans=[[2, 17]], **decided,
        )
        for passage in passages[::3]
    )  # fmt: skip
    Passage.objects.filter(pk__in=[p.pk for p in passages]).update(is_read=True)
    return add(portfolio, "LL-unread", UNREAD)


def _person(reader):
    from capmap.records.models import Coder

    return Coder.objects.get_or_create(kind="person", name=reader.name, user=reader)[0]


def add(portfolio, identifier, texts, country="PE"):
    """Add an intervention with its passages, coded by the lexicon."""
    from capmap.records.models import Coding, Intervention, Passage
    from capmap.records.queries.codebook import machine
    from tests.site_fixtures import shipped_lexicon

    lexicon = shipped_lexicon()
    coder = machine(lexicon.version)
    intervention = Intervention.objects.create(
        portfolio=portfolio, identifier=identifier, counted_as=identifier,
        title=f"Programme {identifier}", kind="project", language="en",
    )  # fmt: skip
    intervention.countries.create(code=country)
    passages = Passage.objects.bulk_create(
        Passage(
            intervention=intervention, position=position, kind="description",
            place=f"description {position}", language="en", text=text,
            digest=f"{identifier}-{position}",
        )
        for position, text in enumerate(texts, start=1)
    )  # fmt: skip
    Coding.objects.bulk_create(
        Coding(
            passage=passage, coder=coder, facet=s.facet, code=s.code,
            confidence=s.confidence, doubtful=s.doubtful, basis=s.basis,
            because=s.because, spans=[list(span) for span in s.spans],
        )
        for passage in passages
        for s in lexicon.suggest(passage.text, language="en")
    )  # fmt: skip
    return passages


#: What is stored of a model, where nothing has to be learned for it.
A_REPORT = {
    "passages": 20,
    "documents": 9,
    "folds": 5,
    "codes": {
        "modality": {
            "training": {
                "decisions": 12, "lexicon_f1": 0.5, "learned_f1": 0.6, "combined_f1": 0.8,
                "is_learned": True, "why": "", "threshold": 0.4,
                "for_it": [["lunch", 1.2]], "against": [["ministry", -0.9]],
            },
            "network": {
                "decisions": 2, "lexicon_f1": 0.4, "learned_f1": 0.0, "combined_f1": 0.4,
                "is_learned": False, "why": "few", "threshold": 0.5,
                "for_it": [], "against": [],
            },
        }
    },
    "facets": {
        "modality": {
            "lexicon": [0.5, 0.3, 0.7], "learned": [0.4, 0.2, 0.6],
            "combined": [0.7, 0.55, 0.85],
        }
    },
    "reliability_before": [{"said": 0.62, "right": 3, "count": 9}],
    "reliability_after": [
        {"said": 0.35, "right": 2, "count": 6}, {"said": 0.91, "right": 9, "count": 10},
    ],
    "error_before": 0.28,
    "error_after": 0.03,
    "terms": [],
}  # fmt: skip
AN_EFFECT = {
    "codes": [
        {
            "facet": "modality", "code": "training", "gained": 2, "lost": 1,
            "passages_before": 4, "passages_after": 5, "interventions_before": 3,
            "interventions_after": 4,
        }
    ],
    "examples": {},
    "decisions": {"accepted_found": 3, "rejected_found": 1},
    "passages": 8,
    "coded": 8,
    "interventions": 5,
    "before": "lexicon 2026.11",
}  # fmt: skip
