"""Addresses of one intervention, under its number; and of the questions of a portfolio."""

from django.urls import path

from capmap.web.views import comments, correction, intervention, learning

urlpatterns = [
    path("", intervention.page, name="intervention"),
    path("edit/", correction.edit, name="intervention_edit"),
    path("give-back/", correction.give_back, name="intervention_give_back"),
    path("verdict/", intervention.verdict, name="intervention_verdict"),
    path("codings.csv", intervention.codings_csv, name="intervention_codings"),
    path("passages/<int:number>/", intervention.passage, name="passage"),
    path(
        "passages/<int:number>/why/<str:facet>/<str:code>/",
        learning.why,
        name="passage_why",
    ),
    path("comments/", comments.write, name="comment_write"),
    path("comments/<int:number>/answer/", comments.answer, name="comment_answer"),
]
in_a_portfolio = [path("questions/", comments.questions, name="questions")]
