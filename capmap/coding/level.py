"""At which level capacity grows: rules L1 to L5, by what the activity acts on."""

from typing import NamedTuple

from capmap.coding.reading import Reading

#: L1: persons learn.
OF_PERSONS = (
    "training",
    "training-of-trainers",
    "distance-learning",
    "academy",
    "on-the-job",
    "exchange",
    "peer-education",
    "certification",
)
#: L2: a body, or how it works, is what changes.
OF_BODIES = (
    "organizational-development",
    "information-systems",
    "financial-support",
)
#: L3: a rule, a plan or a curriculum with force beyond one body comes about.
OF_ENVIRONMENT = ("law-and-policy", "academic-partnership", "action-plan")
_BY_FORM = (
    ("individual", "persons-learn", OF_PERSONS),
    ("institutional", "acts-on-a-body", OF_BODIES),
    ("enabling-environment", "acts-beyond-one-body", OF_ENVIRONMENT),
)


class Grounds(NamedTuple):
    """Why a level is given: a key of ``wording/rules.yaml``, and the form if one led to it."""

    because: str
    form: str = ""
    doubtful: bool = False


def levels(r: Reading, modalities: set[str]) -> dict[str, Grounds]:
    """Return the levels that the forms of a passage lead to, each with its grounds."""
    found: dict[str, Grounds] = {}
    for level, because, forms in _BY_FORM:
        leading = sorted(modalities.intersection(forms))
        if leading:
            found[level] = Grounds(because, leading[0])
    if "institutional" not in found:
        if "form-not-stated" in modalities:
            if r("persons-word") and not r("bodies-word"):
                found.setdefault(
                    "individual", Grounds("capacity-of-persons", doubtful=True)
                )
            else:
                found["institutional"] = Grounds("capacity-of-a-group", doubtful=True)
        elif "advisory" in modalities and "enabling-environment" not in found:
            found["institutional"] = Grounds("advice-to-a-body", doubtful=True)
        elif "on-the-job" in modalities and r("autonomy"):
            found["institutional"] = Grounds("a-body-now-does-it", doubtful=True)
    if not found and modalities:
        if "package" in modalities or "knowledge-sharing" in modalities:
            found["individual"] = Grounds("a-product-for-persons", doubtful=True)
        else:
            found["institutional"] = Grounds("acts-on-a-body", doubtful=True)
    return found
