"""Addresses of review: rounds, and the passages in them."""

from django.urls import path

from capmap.web.urls import agreement
from capmap.web.views import review, review_questions, rounds, stopping

urlpatterns = [
    path("", rounds.listing, name="rounds"),
    path("new/", rounds.new, name="round_new"),
    path("passage/<int:pk>/", review.passage, name="review_passage"),
    path(
        "passage/<int:pk>/ask/",
        review_questions.ask_about_passage,
        name="review_passage_ask",
    ),
    path("keys/", rounds.keys, name="review_keys"),
    path("<int:pk>/", review.following, name="review"),
    path("<int:pk>/undo/", review.undo_last, name="review_undo"),
    path("<int:pk>/<int:item>/", review.item, name="review_item"),
    path(
        "<int:pk>/<int:item>/ask/", review_questions.ask_about_item, name="review_ask"
    ),
    path("<int:pk>/progress/", rounds.progress, name="round"),
    path("<int:pk>/progress/readings.csv", rounds.readings, name="round_readings"),
    path("<int:pk>/stopping/", stopping.page, name="round_stopping"),
    path("<int:pk>/stopping/<str:name>", stopping.files, name="round_stopping_file"),
    path("<int:pk>/close/", rounds.close, name="round_close"),
    path("<int:pk>/reopen/", rounds.reopen, name="round_reopen"),
    path("<int:pk>/assign/", rounds.assign, name="round_assign"),
    *agreement.urlpatterns,
]
