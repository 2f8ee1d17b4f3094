"""Addresses of what the coder learned, below those of the codebook."""

from django.urls import path

from capmap.web.views import learning

urlpatterns = [
    path("", learning.overview, name="learning"),
    path("start/", learning.start, name="learning_start"),
    path("back/", learning.back, name="learning_back"),
    path("anew/", learning.anew, name="learning_anew"),
    path("<int:number>/", learning.model, name="learned_model"),
    path(
        "<int:number>/files/<str:name>.<str:form>",
        learning.model_file,
        name="learned_model_file",
    ),
    path(
        "<int:number>/changes/<str:facet>/<str:code>/",
        learning.model_code,
        name="learned_model_code",
    ),
    path("<int:number>/adopt/", learning.adopt, name="learned_model_adopt"),
    path("<int:number>/dismiss/", learning.dismiss, name="learned_model_dismiss"),
]
