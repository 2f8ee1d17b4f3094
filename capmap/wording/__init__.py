"""All that people read, in English, French and Spanish side by side.

One YAML file a topic; under each key the three languages, so that a translation
cannot fall behind unseen. A plural stands as ``one`` and ``other``::

    passages:
      en: {one: "{count} passage", other: "{count} passages"}
      fr: {one: "{count} passage", other: "{count} passages"}
      es: {one: "{count} pasaje", other: "{count} pasajes"}
"""

import re
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, cast

import yaml
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

LANGUAGES = ("en", "fr", "es")

#: Whose habits numbers and dates follow: "24 November 2026", as the United Nations write.
_LOCALES = {"en": "en_GB", "fr": "fr", "es": "es"}


@cache
def topic(name: str) -> dict[str, dict[str, Any]]:
    """Return the keys of one topic, each with its text in every language."""
    path = files("capmap.wording") / f"{name}.yaml"
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return cast("dict[str, dict[str, Any]]", content or {})


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES[language])


class Wording:
    """The words of one topic in one language.

    >>> Wording("analysis", "fr").say("per_cent", value=58)
    '58\\xa0pour cent'
    """

    def __init__(self, name: str, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(
                f"Language {language!r} is not one of {', '.join(LANGUAGES)}."
            )
        self.language = language
        self.locale = _locale(language)
        self._texts = topic(name)

    def say(self, key: str, **values: object) -> str:
        """Return the text of ``key`` with its placeholders filled.

        Whole numbers are written in the manner of the language; ``count`` chooses
        between ``one`` and ``other`` where the text has both.
        """
        text = self._texts[key][self.language]
        if isinstance(text, dict):
            form = self.locale.plural_form(cast("int", values["count"]))
            text = text.get(form, text["other"])
        shown = {
            name: self.number(value) if isinstance(value, int) else value
            for name, value in values.items()
        }
        return cast("str", text).format(**shown)

    def date(self, day: date, style: Literal["long", "medium"] = "long") -> str:
        """Write a date in words: 24 November 2026, 24 novembre 2026."""
        return format_date(day, format=style, locale=self.locale)

    def number(self, value: float) -> str:
        """Write a number in the manner of the language: 12 345, 12,345 or 12.345."""
        # A page has hundreds of numbers, and most of them are small and whole.
        if isinstance(value, int) and -1000 < value < 1000:
            return str(int(value))
        return _decimal(value, self.language)

    def percent(self, share: float) -> str:
        """Write a share (0 to 1) as a percentage: 58%, 58 % or 58 %."""
        return format_percent(share, locale=self.locale)


@lru_cache(maxsize=20_000)
def _decimal(value: float, language: str) -> str:
    return format_decimal(value, locale=_locale(language))


_PLACE_WORD = re.compile(r"(?:(?<=^)|(?<=, )|(?<= and ))[a-z]+(?: [a-z]+)?(?=[ ,(]|$)")


def place_in(language: str, place: str) -> str:
    """Say a place as the readers write it ("page 3, paragraph 14") in ``language``.

    Only the words of ``places.yaml`` change, and only where a part of the place begins:
    names of columns, sheets and programmes stay as the source has them.

    >>> place_in("fr", "result 1, indicator 2"), place_in("es", "title and description")
    ('résultat 1, indicateur 2', 'título y descripción')
    """
    if language == "en" or not place:
        return place
    words = topic("places")
    more = re.fullmatch(r"and (\d+) more, the last: (.*)", place)
    if more:
        last = place_in(language, more[2])
        return cast("str", words["more"][language]).format(count=more[1], place=last)

    def said(match: re.Match[str]) -> str:
        word = match[0]
        if word in words:
            return cast("str", words[word][language])
        first, _, rest = word.partition(" ")
        if first in words and rest:
            return f"{words[first][language]} {rest}"
        return word

    joined = {"fr": " et ", "es": " y "}[language]
    parts = [_PLACE_WORD.sub(said, part) for part in place.split(" and ")]
    both_known = all(part.split(" ")[0] in words for part in place.split(" and "))
    return (joined if both_known else " and ").join(parts)


def rules_in(language: str, because: str) -> str:
    """Say the rules that led to a code, keys of ``rules.yaml`` with commas between.

    What is no such key, such as the note of another coder, stays as it is.

    >>> rules_in("fr", "capacity-is-named, tools")
    'les capacités sont nommées, outils'
    """
    words = topic("rules")
    return ", ".join(
        words[key][language] if key in words else key for key in because.split(", ")
    )


class _Dots(dict[str, str]):
    """Fills every placeholder with an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


def general_reason(problem: str, language: str) -> str:
    """Say why something was set aside where several cases differ in their values."""
    reason = topic("set_aside")[problem]["reason"][language]
    return cast("str", reason).format_map(_Dots())
