"""Addresses of imports."""

from django.urls import path

from capmap.web.views import import_lists, import_preview, imports

urlpatterns = [
    path("", imports.listed, name="imports"),
    path("new/", imports.new, name="import_new"),
    path("from-server/", imports.from_server, name="import_from_server"),
    path("<int:pk>/", import_preview.page, name="import"),
    path("<int:pk>/columns/", import_preview.columns, name="import_columns"),
    path("<int:pk>/confirm/", import_preview.confirm, name="import_confirm"),
    path("<int:pk>/discard/", import_preview.discard, name="import_discard"),
    path("<int:pk>/undo/", import_preview.undo, name="import_undo"),
    path("<int:pk>/<str:what>.<str:form>", import_lists.download, name="import_list"),
]
