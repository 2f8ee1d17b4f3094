"""Addresses of people, accounts and invitations."""

from django.urls import path

from capmap.web.views import accounts, people

urlpatterns = [
    path("", people.listed, name="people"),
    path("people.csv", people.export, name="people_export"),
    path("invite/", people.invite, name="people_invite"),
    path("you/", accounts.account, name="account"),
    path("invitations/<int:pk>/send/", people.send_again, name="invitation_send"),
    path("invitations/<int:pk>/withdraw/", people.withdraw, name="invitation_withdraw"),
    path("roles/<int:pk>/", people.change_role, name="membership"),
    path("roles/<int:pk>/remove/", people.remove, name="membership_remove"),
    path("<int:pk>/", people.person, name="person"),
    path("<int:pk>/roles/", people.grant, name="membership_add"),
    path("<int:pk>/active/", people.set_active, name="person_active"),
]
start = [path("<str:token>/", accounts.start, name="start")]
