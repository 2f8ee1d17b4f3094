"""The forms of worked examples: what makes a passage one, and the filter of their lists."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from capmap.frameworks.codebook import DERIVED, Codebook
from capmap.frameworks.examples import WORDINGS, Key, WorkedExample, key_of
from capmap.records.queries.example_candidates import Candidate
from capmap.records.queries.examples import Worked
from capmap.web.forms.fields import named
from capmap.web.templatetags.capmap import said, text
from capmap.web.templatetags.examples import genre_name
from capmap.wording import LANGUAGES

#: Near misses that may be added beside those that the coder suggested.
_MORE = 2


class ExampleForm(forms.Form):
    """A passage as an example: its text or a part of it, its wording, its near misses."""

    text = forms.CharField(
        label=named("examples.text"),
        help_text=named("examples.text_help"),
        max_length=5000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    wording = forms.ChoiceField(
        label=named("examples.wording"),
        help_text=named("examples.wording_help"),
        widget=forms.RadioSelect,
        choices=[(one, named(f"examples.wording_{one}")) for one in WORDINGS],
    )

    def __init__(self, data: Any, *, told: Candidate, book: Codebook) -> None:
        super().__init__(data, initial={"text": told.passage.text})
        self._told, self._book = told, book
        self.fields["text"].widget.attrs["lang"] = told.passage.language
        if told.codes.get("capacity") != ("cd",):
            del self.fields["wording"]

    @property
    def near_rows(self) -> list[tuple[str, str, str]]:
        """Return the rows of near misses: code, its name, and the reason so far.

        Suggestions that people rejected stand first; a row without a code is free.
        """
        given = self._given() if self.is_bound else []
        rows = {":".join(key): "" for key in self._told.refused} | dict(given)
        named_rows = [
            (name, self._label(name), why) for name, why in rows.items() if name
        ]
        return named_rows + [("", "", "")] * _MORE

    @property
    def near_choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the codes that could be near misses, by facet: all that do not hold."""
        return [
            (
                text(facet.label),
                [
                    (f"{code.facet}:{code.code}", text(code.label))
                    for code in facet.codes.values()
                    if code.code not in self._told.codes.get(facet.facet, ())
                ],
            )
            for facet in self._book.facets.values()
            if facet.facet not in DERIVED
        ]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        near: dict[Key, str] = {}
        for name, why in self._given():
            if not why:
                continue
            if not self._label(name):
                raise ValidationError(str(said("examples.near_without_code")))
            near[key_of(name)] = why
        asked["near"] = near
        return asked

    def _given(self) -> list[tuple[str, str]]:
        names = self.data.getlist("near_code")  # type: ignore[attr-defined]
        reasons = self.data.getlist("near_reason")  # type: ignore[attr-defined]
        return [
            (name[:200], why.replace("\0", "").strip()[:1000])
            for name, why in zip(names, reasons, strict=False)
        ]

    def _label(self, name: str) -> str:
        facet, code = key_of(name)
        told = self._book.facets.get(facet)
        known = told.codes.get(code) if told else None
        return text(known.label) if known else ""


class ExamplesFilter(forms.Form):
    """Which examples of a code are listed: kind, language, genre, wording, whose."""

    kind = forms.ChoiceField(label=named("examples.kind"), required=False)
    language = forms.ChoiceField(label=named("examples.language"), required=False)
    genre = forms.ChoiceField(label=named("examples.genre"), required=False)
    wording = forms.ChoiceField(label=named("examples.wording"), required=False)

    def __init__(self, data: Any, *, worked: Worked, key: Key) -> None:
        super().__init__(data, auto_id="filter-%s", use_required_attribute=False)
        self._sides = {
            "": worked.carrying.get(key, []),
            "near": worked.missing.get(key, []),
        }
        both = [e for side in self._sides.values() for e in side]
        genres = sorted(
            {e.genre for e in both}, key=lambda one: genre_name(one).lower()
        )
        every = ("", named("examples.any"))
        choices: dict[str, list[tuple[str, Any]]] = {
            "kind": [
                ("", named("examples.kind_examples")),
                ("near", named("examples.kind_near")),
            ],
            "language": [
                every, *((one, named(f"codebook.language_{one}")) for one in LANGUAGES)
            ],
            "genre": [every, *((one, genre_name(one)) for one in genres)],
            "wording": [
                every, *((one, named(f"examples.wording_{one}")) for one in WORDINGS)
            ],
        }  # fmt: skip
        for name, some in choices.items():
            self.fields[name].choices = some  # type: ignore[attr-defined]

    @property
    def is_near(self) -> bool:
        self.is_valid()
        return bool(self.cleaned_data.get("kind") == "near")

    def found(self) -> list[WorkedExample]:
        """Return the examples that match what was filled in rightly."""
        self.is_valid()
        given = self.cleaned_data
        wanted = {
            name: given[name]
            for name in ("language", "genre", "wording")
            if given.get(name)
        }
        return [
            example
            for example in self._sides[given.get("kind") or ""]
            if all(getattr(example, name) == value for name, value in wanted.items())
        ]
