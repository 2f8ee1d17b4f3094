"""The forms of a comment and of an answer."""

from collections.abc import Sequence
from typing import Any

from django import forms

from capmap.records.actions.comments import LONGEST
from capmap.records.models import User
from capmap.web.forms.fields import named


class CommentForm(forms.Form):
    """A comment; where a colleague is named, a question to them."""

    text = forms.CharField(
        max_length=LONGEST,
        label=named("intervention.comment_text"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    asked_of = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        label=named("intervention.comment_asked_of"),
        help_text=named("intervention.comment_asked_of_help"),
    )

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.pk: person for person in people}
        asked_of = self.fields["asked_of"]
        assert isinstance(asked_of, forms.TypedChoiceField)
        asked_of.choices = [
            ("", named("intervention.comment_asked_of_nobody")),
            *((person.pk, str(person)) for person in people),
        ]

    def clean_asked_of(self) -> User | None:
        return self.people.get(self.cleaned_data["asked_of"])


class AnswerForm(forms.Form):
    """The answer to a question."""

    answer = forms.CharField(
        max_length=LONGEST,
        label=named("intervention.answer_text"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
