"""Addresses of the codebook."""

from django.urls import URLPattern, URLResolver, include, path

from capmap.web.urls.examples import of_a_code
from capmap.web.views import codebook, codebook_versions

urlpatterns: list[URLPattern | URLResolver] = [
    path("", codebook.listing, name="codebook"),
    path("files/<str:form>", codebook.download, name="codebook_file"),
    path("proposals/", codebook_versions.proposals, name="codebook_propose"),
    path(
        "proposals/<int:pk>/decline/",
        codebook_versions.decline,
        name="codebook_decline",
    ),
    path("trials/new/", codebook_versions.try_out, name="codebook_try"),
    path("trials/<int:pk>/", codebook_versions.trial, name="codebook_trial"),
    path(
        "trials/<int:pk>/files/<str:form>",
        codebook_versions.trial_file,
        name="codebook_trial_file",
    ),
    path("adopt/", codebook_versions.adopt, name="codebook_adopt"),
    path("versions/", codebook_versions.versions, name="codebook_versions"),
    path("versions/back/", codebook_versions.back, name="codebook_back"),
    path("<str:facet>/<str:code>/", codebook.code, name="codebook_code"),
    path("<str:facet>/<str:code>/examples/", include(of_a_code)),
]
