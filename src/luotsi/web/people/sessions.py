"""Begins a session once someone has shown who they are, by whatever way, and leads on.

How they show it is in views/signing_in.py (passwords) and oidc.py; ending sessions is in actions.py.
"""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from luotsi.web.people.models import SignIn, User
from luotsi.web.people.permissions import IDENTIFIED_AT, may

BACKEND = "django.contrib.auth.backends.ModelBackend"
PROVIDER = "identity_provider"
"""Key of a session: the identity provider its user came by, or "" for a password."""
LANDINGS = (
    ("home", "board.read"),
    ("work_items", "work_item.read"),
    ("persons", "person.find"),
    ("received_referrals", "passed_referral.read"),
    ("own_matters", "own_matter.read"),
    ("me", "own_data.read"),
    ("users", "membership.read"),
)
"""Where a user lands after signing in: the first they may see."""


def begin(request: HttpRequest, user: User, *, identified_at: float, provider: str = "") -> None:
    """Signs a user in, or an already signed-in user in afresh, under a new session key.

    identified_at: when they showed who they are, seconds since 1970; what lies ahead counts as now.
    """
    login(request, user, backend=BACKEND)
    request.session[IDENTIFIED_AT] = min(identified_at, time.time())
    request.session[PROVIDER] = provider
    request.session.save()
    SignIn.objects.update_or_create(
        session_id=request.session.session_key,
        defaults={"user": user, "agent": request.headers.get("user-agent", "")[:300]},
    )


def signed_in(request: HttpRequest) -> User:
    """The user of a request. Raises PermissionDenied where no one is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def here(request: HttpRequest, address: str) -> str:
    """An address if it is one of ours, else ""."""
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else ""


def landing(user: User) -> str:
    """The address of the first page a user may see; their own account where that is all."""
    for name, action in LANDINGS:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        if may(user, action):
            return address
    return reverse("account")


def lead_on(request: HttpRequest, user: User, address: str) -> HttpResponseRedirect:
    """Leads a user who has just signed in to an address of ours, or to their landing, in their language."""
    response = HttpResponseRedirect(here(request, address) or landing(user))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.language,
        max_age=365 * 24 * 60 * 60,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    return response
