"""Addresses of worked examples, below those of the codebook."""

from django.urls import path

from capmap.web.views import examples

urlpatterns = [
    path("", examples.queue, name="examples"),
    path("files/<str:form>", examples.own_file, name="examples_file"),
    path("<int:number>/", examples.example, name="example"),
    path("<int:number>/propose/", examples.propose, name="example_propose"),
    path("<int:number>/decline/", examples.decline, name="example_decline"),
    path("<int:number>/back/", examples.take_back, name="example_take_back"),
]

of_a_code = [
    path("", examples.of_code, name="code_examples"),
    path("files/<str:form>", examples.of_code_file, name="code_examples_file"),
]
