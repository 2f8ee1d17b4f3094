"""The code lists of IATI that the map needs, in words (1.x) and numbers (2.x).

Source: IATI code lists OrganisationRole, ActivityDateType, ActivityStatus,
DescriptionType, RelatedActivityType, TransactionType, SectorVocabulary and
PolicyMarkerVocabulary, versions 1.01 to 2.03.
"""

from functools import lru_cache

ROLES = {
    "1": "funding",
    "2": "accountable",
    "3": "extending",
    "4": "implementing",
    "funding": "funding",
    "accountable": "accountable",
    "extending": "extending",
    "implementing": "implementing",
}

#: (which end, whether it is actual): an actual date is taken before a planned one.
DATE_TYPES = {
    "1": ("start", False),
    "2": ("start", True),
    "3": ("end", False),
    "4": ("end", True),
    "start-planned": ("start", False),
    "start-actual": ("start", True),
    "end-planned": ("end", False),
    "end-actual": ("end", True),
}

STATUSES = {
    "pipeline/identification": "1",
    "implementation": "2",
    "completion": "3",
    "finalisation": "3",
    "post-completion": "4",
    "closed": "4",
    "cancelled": "5",
    "suspended": "6",
}

DESCRIPTION_TYPES = {
    "1": "",  # general: goes without saying
    "2": "objectives",
    "3": "target groups",
    "4": "other",
    "general": "",
    "objectives": "objectives",
    "target groups": "target groups",
    "other": "other",
}

PARENT = {"1", "parent"}
CHILD = {"2", "child"}
COMMITMENT = {"C", "2"}
REVISED = "2"

DAC_FIVE_DIGITS = {"", "1", "DAC", "DAC-5"}
DAC_THREE_DIGITS = {"2", "DAC-3"}
DAC_MARKERS = {"", "1", "DAC"}
DAC_REGIONS = {"", "1", "DAC"}

#: Three-letter languages that publishers use, to ISO 639-1.
LANGUAGES = {
    "ara": "ar", "chi": "zh", "deu": "de", "eng": "en", "fra": "fr", "fre": "fr",
    "ger": "de", "ita": "it", "nld": "nl", "dut": "nl", "por": "pt", "rus": "ru",
    "spa": "es", "swe": "sv", "zho": "zh",
}  # fmt: skip


@lru_cache(maxsize=256)
def language_code(text: str) -> str:
    """Return the ISO 639-1 code of an ``xml:lang``, or ``""``.

    >>> language_code("en-GB"), language_code("FRA"), language_code("x-unknown")
    ('en', 'fr', '')
    """
    first = text.strip().replace("_", "-").split("-")[0].lower()
    if len(first) == 2 and first.isalpha():
        return first
    return LANGUAGES.get(first, "")
