"""A portfolio of which it is known what develops capacity, to learn from and to stop in."""

import random

DEVELOPS = (
    "Training of trainers for {}, with a plan for their institution.",
    "Workshops build the skills of {} and of their organizations.",
    "A learning network of {} exchanges what its members know.",
)
DOES_NOT = (
    "Gravel is laid on the rural roads of district {}.",
    "The project pays for fuel and office rent in {}.",
    "Vehicles are delivered to the depot of {}.",
)


def fill(portfolio, count, every=5, passages_each=3):
    """Make ``count`` interventions, of which every fifth develops capacity in one passage."""
    from capmap.records.models import Coder, Coding, Intervention, Passage

    portfolio.interventions.all().delete()
    dice = random.Random(312)
    coder, _ = Coder.objects.get_or_create(kind="lexicon", name="lexicon")
    made = Intervention.objects.bulk_create(
        Intervention(
            portfolio=portfolio, identifier=f"M-{n:03}", counted_as=f"M-{n:03}", title=f"No. {n}",
            kind="project", source="made.xml", place="activity", language="en",
        )
        for n in range(count)
    )  # fmt: skip
    passages, codings = [], []
    for n, intervention in enumerate(made):
        where = dice.randrange(passages_each)
        for position in range(passages_each):
            develops = n % every == 0 and position == where
            text = dice.choice(DEVELOPS if develops else DOES_NOT).format(n)
            passages.append(
                Passage(
                    intervention=intervention, position=position + 1, kind="description",
                    place=f"description {position}", language="en", text=text, digest=f"{n}-{position}",
                )
            )  # fmt: skip
    for one in Passage.objects.bulk_create(passages):
        if develops_capacity(one):
            codings.append(
                Coding(passage=one, coder=coder, facet="capacity", code="cd", confidence=0.8)
            )  # fmt: skip
    Coding.objects.bulk_create(codings)
    return portfolio


def develops_capacity(passage):
    return passage.text.split()[0] in ("Training", "Workshops", "A")
