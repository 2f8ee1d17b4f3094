"""Forms of saved views."""

from urllib.parse import parse_qsl, urlencode

from django import forms

from capmap.records.actions.views import PAGES
from capmap.web.forms.fields import named


class ViewForm(forms.Form):
    """A name, and the page with its filters."""

    title = forms.CharField(max_length=120, label=named("views.name"))
    page = forms.ChoiceField(
        choices=[(page, page) for page in PAGES], widget=forms.HiddenInput
    )
    query = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        """Keep the address as parts of a query, whatever was sent; pages of a list pass."""
        parts = parse_qsl(
            self.cleaned_data["query"].lstrip("?"), keep_blank_values=True
        )
        return urlencode([(name, value) for name, value in parts if name != "page"])


class NameForm(forms.Form):
    title = forms.CharField(max_length=120, label=named("views.name"))
