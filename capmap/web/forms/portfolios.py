"""The form of a portfolio."""

from django import forms

from capmap.web.forms.fields import named


class PortfolioForm(forms.Form):
    """Title, description and, for a sample, the size of the body it was drawn from."""

    title = forms.CharField(max_length=200, label=named("portfolio.title"))
    description = forms.CharField(
        required=False,
        label=named("portfolio.description"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    population = forms.IntegerField(
        required=False,
        min_value=1,
        label=named("portfolio.population"),
        help_text=named("portfolio.population_help"),
    )
