"""Countries by their names in English, French and Spanish."""

import re
import unicodedata
from functools import cache

from babel import Locale

#: Names in use beside those of the Unicode tables that Babel carries.
_ALSO = {
    "bolivia (plurinational state of)": "BO",
    "burma": "MM",
    "cape verde": "CV",
    "congo": "CG",
    "cote d'ivoire": "CI",
    "czech republic": "CZ",
    "democratic republic of the congo": "CD",
    "drc": "CD",
    "iran (islamic republic of)": "IR",
    "ivory coast": "CI",
    "lao pdr": "LA",
    "lao people's democratic republic": "LA",
    "occupied palestinian territory": "PS",
    "palestine": "PS",
    "palestina": "PS",
    "republic of korea": "KR",
    "republic of moldova": "MD",
    "republique democratique du congo": "CD",
    "republica democratica del congo": "CD",
    "russian federation": "RU",
    "swaziland": "SZ",
    "syrian arab republic": "SY",
    "tanzanie": "TZ",
    "the gambia": "GM",
    "timor-leste": "TL",
    "turkey": "TR",
    "uk": "GB",
    "united republic of tanzania": "TZ",
    "usa": "US",
    "viet nam": "VN",
    "west bank and gaza": "PS",
}


def country_code(text: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a name or code, or ``""`` if it is neither.

    >>> country_code("Côte d’Ivoire"), country_code("Perú"), country_code("bd")
    ('CI', 'PE', 'BD')
    """
    text = text.strip()
    if re.fullmatch(r"[A-Za-z]{2}", text) and text.upper() in _codes():
        return text.upper()
    return _names().get(_plain(text), "")


def _plain(name: str) -> str:
    """Take accents, case and curly apostrophes off."""
    letters = unicodedata.normalize("NFKD", name.replace("’", "'").casefold())
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", plain.replace("&", "and")).strip()


@cache
def _codes() -> frozenset[str]:
    territories = [str(code) for code in Locale.parse("en").territories]
    # QO, EU, EZ, UN, ZZ and the pseudo-locales XA and XB are no countries.
    return frozenset(c for c in territories if len(c) == 2 and c.isalpha()) - {
        "QO", "EU", "EZ", "UN", "ZZ", "XA", "XB",
    }  # fmt: skip


@cache
def named_in(language: str) -> dict[str, str]:
    """Return the country codes with their names in a language, by name.

    >>> list(named_in("fr").items())[:2]
    [('AF', 'Afghanistan'), ('ZA', 'Afrique du Sud')]
    """
    territories = Locale.parse(language).territories
    named = {code: str(territories[code]) for code in _codes() if code in territories}
    return dict(sorted(named.items(), key=lambda one: _plain(one[1])))


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("es", "fr", "en"):
        territories = Locale.parse(language).territories
        names |= {_plain(territories[c]): c for c in _codes() if c in territories}
    return names | _ALSO
