"""The addresses of this app."""

from allauth.socialaccount.providers.openid_connect.views import callback
from django.urls import path

from luotsi.web.people.views import account, administration, mandates, persons, signing_in

urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="sign_in"),
    path("sign-in/<slug:provider>/", signing_in.start, name="sign_in_by"),
    path("sign-in/<slug:provider_id>/answer/", callback, name="openid_connect_callback"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("identify/", signing_in.identify, name="identify"),
    path("language/", account.set_language, name="set_language"),
    path("account/", account.account, name="account"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="end_session"),
    path("account/sign-out-everywhere/", account.sign_out_everywhere, name="sign_out_everywhere"),
    path("me/", account.me, name="me"),
    path("me/access-log/", account.own_readings, name="own_readings"),
    path("me/acting/", mandates.own, name="own_mandates"),
    path("me/acting/end/", mandates.end_acting, name="end_acting"),
    path("me/acting/<uuid:mandate>/begin/", mandates.begin_acting, name="begin_acting"),
    path("me/acting/<uuid:mandate>/withdraw/", mandates.withdraw, name="withdraw_mandate"),
    path("persons/", persons.persons, name="persons"),
    path("persons/<uuid:person>/", persons.person, name="person"),
    path("persons/<uuid:person>/mandates/", mandates.of_person, name="mandates"),
    path("persons/<uuid:person>/mandates/new/", mandates.new, name="new_mandate"),
    path("persons/<uuid:person>/mandates/<uuid:mandate>/end/", mandates.end, name="end_mandate"),
    path("persons/<uuid:person>/break-glass/", persons.break_glass, name="break_glass"),
    path("persons/<uuid:person>/break-glass/end/", persons.end_break_glass, name="end_break_glass"),
    path("admin/users/", administration.users, name="users"),
    path("admin/users/<int:pk>/", administration.user, name="user"),
    path("admin/users/<int:pk>/grant/", administration.grant, name="grant_membership"),
    path("admin/memberships/<int:pk>/end/", administration.end, name="end_membership"),
    path("admin/roles/", administration.roles, name="roles"),
    path("admin/access-log/", administration.access_log, name="access_log"),
]
