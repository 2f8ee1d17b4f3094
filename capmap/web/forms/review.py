"""The form of a new round, and what it takes over from a list or map."""

from collections.abc import Mapping
from typing import Any

from babel import Locale
from django import forms
from django.http import QueryDict

from capmap.frameworks.codebook import Codebook
from capmap.records.models import ReviewRound, User
from capmap.records.permissions import Access, access
from capmap.records.queries.codebook import codebook_of
from capmap.records.queries.review_rounds import reviewers_of
from capmap.web.forms.fields import named
from capmap.web.templatetags.capmap import language, said, text

#: What passages may be narrowed to.
ONLY = ("capacity", "doubtful", "unread", "undrawn")

#: The question of a round unless another is asked.
QUESTION = "capacity:cd"


class RoundForm(forms.Form):
    """Which passages, how many, in which order, read by whom."""

    title = forms.CharField(max_length=200, label=named("review.title"))
    question = forms.ChoiceField(
        required=False,
        label=named("review.question"),
        help_text=named("review.question_help"),
    )
    only = forms.MultipleChoiceField(
        required=False,
        label=named("review.only"),
        help_text=named("review.only_help"),
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.MultipleChoiceField(
        required=False,
        label=named("review.languages"),
        widget=forms.CheckboxSelectMultiple,
    )
    size = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10_000_000,
        label=named("review.size"),
        help_text=named("review.size_help"),
    )
    order = forms.ChoiceField(
        label=named("review.order"), widget=forms.RadioSelect, initial="random"
    )
    unit = forms.ChoiceField(
        required=False,
        label=named("review.unit"),
        help_text=named("review.unit_help"),
        widget=forms.RadioSelect,
    )
    readers = forms.ModelMultipleChoiceField(
        required=False,
        queryset=User.objects.none(),
        label=named("review.readers"),
        help_text=named("review.readers_help"),
        widget=forms.CheckboxSelectMultiple,
    )
    blind = forms.BooleanField(
        required=False,
        label=named("review.blind"),
        help_text=named("review.blind_help"),
    )

    def __init__(self, *args: Any, allowed: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codebook = codebook_of(allowed.portfolio)
        self._choose(
            "question", [("", said("review.no_question_choice")), *_questions(codebook)]
        )
        self._choose(
            "only",
            [(key, said(f"review.only_{key}")) for key in ONLY],
        )  # fmt: skip
        self._choose(
            "order", [(o, said(f"review.order_{o}")) for o in ReviewRound.Order.values]
        )
        self._choose(
            "unit", [(u, said(f"review.unit_{u}")) for u in ReviewRound.Unit.values]
        )
        names = Locale.parse(language()).languages
        self._choose("languages", [(code, names[code]) for code in ("en", "fr", "es")])
        self.fields["question"].initial = QUESTION
        if allowed.can_analyse:
            readers = self.fields["readers"]
            assert isinstance(readers, forms.ModelMultipleChoiceField)
            readers.queryset = reviewers_of(allowed.portfolio)
        else:
            del self.fields["readers"], self.fields["blind"]

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class ReadersForm(forms.Form):
    """Who reads a round."""

    readers = forms.ModelMultipleChoiceField(
        required=False,
        queryset=User.objects.none(),
        label=named("review.readers"),
        help_text=named("review.readers_help"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, review_round: ReviewRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readers = self.fields["readers"]
        assert isinstance(readers, forms.ModelMultipleChoiceField)
        readers.queryset = reviewers_of(review_round.portfolio)
        readers.initial = list(review_round.readers.all())


def filled_in(query: QueryDict) -> dict[str, Any]:
    """Return what the address of the form fills in: title, question, size, order, unit, only."""
    names = ("title", "question", "size", "order", "unit")
    found: dict[str, Any] = {
        name: query[name][:200] for name in names if query.get(name)
    }
    if only := [key for key in query.getlist("only") if key in ONLY]:
        found["only"] = only
    return found


def filter_from(query: str, codebook: Codebook) -> dict[str, Any]:
    """Understand the address of a list or map as a filter of passages.

    A cell of a map stands for the codes of its row and column. What is not about
    passages, such as the order of a list, is left out.
    """
    asked = QueryDict(query[:2000])
    codes: dict[str, list[str]] = {}
    pairs = [
        (facet, value) for facet in codebook.facets for value in asked.getlist(facet)
    ]
    row, between, column = asked.get("cell", "").partition("~")
    if between:
        pairs.append((asked.get("rows", "outcome"), row))
        pairs.append((asked.get("columns", "modality"), column))
    for facet, value in pairs:
        if facet in codebook.facets and value in codebook.facets[facet].codes:
            codes.setdefault(facet, []).append(value)
    countries = [c for c in asked.getlist("country") if c.isalpha() and len(c) <= 8]
    if asked.get("rows") == "country" and between and row.isalpha():
        countries.append(row)
    languages = [one for one in asked.getlist("language") if one in ("en", "fr", "es")]
    wanted = {
        "codes": codes,
        "countries": countries,
        "languages": languages,
        "words": asked.get("q", "")[:200],
    }
    return {key: value for key, value in wanted.items() if value}


def filter_in_words(wanted: Mapping[str, Any], codebook: Codebook) -> list[str]:
    """Say what a filter keeps, one line a part."""
    told = []
    for facet, codes in wanted.get("codes", {}).items():
        known = codebook.facets[facet]
        labels = ", ".join(text(known.codes[code].label) for code in codes)
        told.append(f"{text(known.label)}: {labels}")
    if countries := wanted.get("countries"):
        names = Locale.parse(language()).territories
        told.append(
            said(
                "review.in_countries",
                names=", ".join(names.get(c, c) for c in countries),
            )
        )
    if words := wanted.get("words"):
        told.append(said("review.with_words", words=words))
    return told


def passages_wanted(
    cleaned: Mapping[str, Any], taken_over: Mapping[str, Any]
) -> dict[str, Any]:
    """Join what the form asks with what came from a list or map."""
    wanted = dict(taken_over)
    wanted.update(dict.fromkeys(cleaned["only"], True))
    if wanted.get("undrawn"):
        wanted["undrawn"] = unit_wanted(cleaned)
    if cleaned["languages"]:
        wanted["languages"] = cleaned["languages"]
    return wanted


def unit_wanted(cleaned: Mapping[str, Any]) -> str:
    """Return what is read and counted: passages, or interventions where it learns."""
    learns = cleaned["order"] == ReviewRound.Order.LEARNING
    usual = ReviewRound.Unit.INTERVENTIONS if learns else ReviewRound.Unit.PASSAGES
    return str(cleaned["unit"] or usual)


def readers_wanted(cleaned: Mapping[str, Any], allowed: Access) -> list[User]:
    """Return the readers chosen; who only reviews reads alone."""
    if not allowed.can_analyse:
        return [allowed.user]
    return [
        reader
        for reader in cleaned["readers"]
        if (found := access(reader, allowed.portfolio)) is not None and found.can_review
    ]


def _questions(codebook: Codebook) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            text(facet.label),
            [(f"{code.facet}:{code.code}", text(code.label)) for code in facet.codes.values()],
        )
        for facet in codebook.facets.values()
    ]  # fmt: skip
