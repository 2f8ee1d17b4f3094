"""The forms of the codebook: a proposal, a trial with terms of one's own, an adoption."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from capmap.frameworks.changed import TermEdit, wrong_with
from capmap.frameworks.codebook import Codebook
from capmap.records.models import Portfolio, TermChange
from capmap.web.forms.fields import named
from capmap.web.templatetags.capmap import language, said, text
from capmap.wording import LANGUAGES

#: One change a line: "+ en modality:training brown bag lunch*".
_LINE = re.compile(r"([+-])\s*(\w\w)\s+([\w-]+):([\w-]+)\s+(.+)")

#: Changes in one trial.
_MOST = 50


def _language_choices() -> list[tuple[str, str]]:
    return [(one, str(said(f"codebook.language_{one}"))) for one in LANGUAGES]


class ProposalForm(forms.Form):
    """A term to add to a code or to take from it."""

    key = forms.ChoiceField(label=named("codebook.code"))
    language = forms.ChoiceField(
        label=named("codebook.term_language"), choices=_language_choices
    )
    term = forms.CharField(
        label=named("codebook.term"), max_length=1000, help_text=named("codebook.how_terms")
    )  # fmt: skip
    removes = forms.TypedChoiceField(
        label=named("codebook.what_to_do"),
        coerce=lambda value: value == "remove",
        choices=[
            ("add", named("codebook.add_term")),
            ("remove", named("codebook.remove_term")),
        ],
    )
    reason = forms.CharField(
        label=named("codebook.reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, book: Codebook, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [  # type: ignore[attr-defined]
            (
                text(facet.label),
                [(f"{c.facet}:{c.code}", text(c.label)) for c in facet.codes.values()],
            )
            for facet in book.facets.values()
        ]

    def values(self) -> dict[str, Any]:
        """Return what ``actions.codebook.propose`` takes."""
        asked = dict(self.cleaned_data)
        asked["facet"], _, asked["code"] = asked.pop("key").partition(":")
        return asked


class TrialForm(forms.Form):
    """Proposals to try, and terms of one's own beside them."""

    changes = forms.ModelMultipleChoiceField(
        queryset=TermChange.objects.none(), required=False
    )
    lines = forms.CharField(
        label=named("codebook.own_terms"),
        help_text=named("codebook.own_terms_help"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def __init__(
        self, *args: Any, portfolio: Portfolio, book: Codebook, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._book = book
        open_ones = TermChange.objects.proposed().filter(portfolio=portfolio)
        self.fields["changes"].queryset = open_ones.order_by("pk")  # type: ignore[attr-defined]

    def clean_lines(self) -> list[TermEdit]:
        lines = [
            line for line in self.cleaned_data["lines"].splitlines() if line.strip()
        ]
        if len(lines) > _MOST:
            raise ValidationError(str(said("codebook.too_many_lines", most=_MOST)))
        edits = []
        for number, line in enumerate(lines, start=1):
            found = _LINE.fullmatch(line.strip())
            if found is None:
                raise ValidationError(str(said("codebook.wrong_line", number=number)))
            sign, where, facet, code, term = found.groups()
            edit = TermEdit(facet, code, where, term.strip(), removes=sign == "-")
            finding = wrong_with(self._book, edit)
            if finding is not None:
                why = finding.reason(language())
                raise ValidationError(
                    str(said("codebook.wrong_in_line", number=number, why=why))
                )
            edits.append(edit)
        return edits

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if not self.errors and not asked.get("changes") and not asked.get("lines"):
            raise ValidationError(str(said("codebook.nothing_to_try")))
        return asked


class AdoptionForm(forms.Form):
    """A trial whose changes become the next version, with a note."""

    trial = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    note = forms.CharField(
        label=named("codebook.note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
