"""Every address of the site, one module a topic."""

from django.urls import URLPattern, URLResolver, include, path

from capmap.web.urls import (
    agreement,
    codebook,
    examples,
    findings,
    guide,
    history,
    imports,
    intervention,
    interventions,
    jobs,
    learning,
    maps,
    people,
    portfolios,
    review,
    views,
)
from capmap.web.views import frame

in_a_portfolio: list[URLPattern | URLResolver] = [
    *portfolios.in_a_portfolio,
    path("imports/", include(imports.urlpatterns)),
    path("interventions/", include(interventions.urlpatterns)),
    *intervention.in_a_portfolio,
    path("", include(maps.urlpatterns)),
    path("", include(findings.urlpatterns)),
    path("review/", include(agreement.urlpatterns)),
    path("review/", include(review.urlpatterns)),
    path("codebook/learning/", include(learning.urlpatterns)),
    path("codebook/examples/", include(examples.urlpatterns)),
    path("codebook/", include(codebook.urlpatterns)),
    path("views/", include(views.urlpatterns)),
    path("history/", include(history.in_a_portfolio)),
    path("jobs/", include(jobs.urlpatterns)),
    path("tour/", include(guide.in_a_portfolio)),
]

urlpatterns = [
    path("", frame.home, name="home"),
    path("language/", frame.choose_language, name="language"),
    path("alive/", frame.alive, name="alive"),
    path("accounts/", include("allauth.urls")),
    path("help/", include(guide.urlpatterns)),
    path("people/", include(people.urlpatterns)),
    path("start/", include(people.start)),
    path("history/", include(history.urlpatterns)),
    path("portfolios/", include(portfolios.urlpatterns)),
    path("portfolios/<slug:slug>/", include(in_a_portfolio)),
]

handler400 = "capmap.web.views.frame.not_understood"
handler403 = "capmap.web.views.frame.not_allowed"
handler404 = "capmap.web.views.frame.not_found"
handler500 = "capmap.web.views.frame.went_wrong"
