"""Addresses of people, accounts and invitations."""

from django.urls import path

from capmap.web.views import frame

urlpatterns = [
    path("", frame.soon, name="people"),
    path("you/", frame.soon, name="account"),
]
start = [path("<str:token>/", frame.soon, name="start")]
