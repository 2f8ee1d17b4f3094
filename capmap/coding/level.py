"""At which level capacity grows: rules L1 to L5, by what the activity acts on."""

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


def levels(r: Reading, modalities: set[str]) -> dict[str, tuple[str, bool]]:
    """Return level -> (why, doubtful)."""
    found: dict[str, tuple[str, bool]] = {}
    persons = sorted(modalities.intersection(OF_PERSONS))
    if persons:
        found["individual"] = (f"L1: {persons[0]}", False)
    bodies = sorted(modalities.intersection(OF_BODIES))
    if bodies:
        found["institutional"] = (f"L2: {bodies[0]}", False)
    environment = sorted(modalities.intersection(OF_ENVIRONMENT))
    if environment:
        found["enabling-environment"] = (f"L3: {environment[0]}", False)
    if "institutional" not in found:
        if "form-not-stated" in modalities:
            if r("persons-word") and not r("bodies-word"):
                found.setdefault("individual", ("L5: capacity of persons", True))
            else:
                found["institutional"] = ("L4: capacity of a group to act", True)
        elif "advisory" in modalities and not environment:
            found["institutional"] = ("L2: advice to a body", True)
        elif "on-the-job" in modalities and r("autonomy"):
            found["institutional"] = ("L2: a body now does it", True)
    if not found and modalities:
        if "package" in modalities or "knowledge-sharing" in modalities:
            found["individual"] = ("L1: a product for persons", True)
        else:
            found["institutional"] = ("L2", True)
    return found
