"""Addresses of agreement and adjudication, below those of review."""

from django.urls import path

from capmap.web.views import adjudication, agreement

urlpatterns = [
    path("<int:pk>/agreement/", agreement.page, name="agreement"),
    path(
        "<int:pk>/agreement.<str:form>", agreement.download, name="agreement_download"
    ),
    path("<int:pk>/decided/", adjudication.decided, name="decided"),
    path("<int:pk>/adjudicate/", adjudication.queue, name="adjudicate"),
    path(
        "<int:pk>/adjudicate/<int:passage>/",
        adjudication.passage,
        name="adjudicate_passage",
    ),
    path(
        "<int:pk>/adjudicate/<int:passage>/undo/",
        adjudication.undo,
        name="adjudicate_undo",
    ),
]
