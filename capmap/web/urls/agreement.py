"""Addresses of agreement and adjudication, below those of review."""

from django.urls import path

from capmap.web.views import adjudication as decisions
from capmap.web.views import agreement

urlpatterns = [
    path("<int:pk>/agreement/", agreement.page, name="agreement"),
    path(
        "<int:pk>/agreement.<str:form>", agreement.download, name="agreement_download"
    ),
    path("<int:pk>/decided/", decisions.decided, name="decided"),
    path("<int:pk>/adjudicate/", decisions.queue, name="adjudicate"),
    path(
        "<int:pk>/adjudicate/<int:passage>/",
        decisions.passage,
        name="adjudicate_passage",
    ),
    path(
        "<int:pk>/adjudicate/<int:passage>/undo/",
        decisions.undo,
        name="adjudicate_undo",
    ),
]
