"""Addresses of saved views."""

from django.urls import path

from capmap.web.views import saved_views

urlpatterns = [
    path("", saved_views.show, name="views"),
    path("save/", saved_views.save, name="view_save"),
    path("<int:pk>/rename/", saved_views.rename, name="view_rename"),
    path("<int:pk>/share/", saved_views.share, name="view_share"),
    path("<int:pk>/delete/", saved_views.delete, name="view_delete"),
]
