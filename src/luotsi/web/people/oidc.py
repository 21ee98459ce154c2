"""Signs people in by OpenID Connect: what an identity provider says of someone becomes one of our users.

The protocol itself is django-allauth's. A provider is for staff, who are known by their subject and a verified e-mail
address, or for residents, who are known by the personal identity code alone. What it says is not kept.
"""

from __future__ import annotations

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.concepts.identifiers import hetu_fault, normal_hetu
from luotsi.web.people import identity, sessions
from luotsi.web.people.actions import add_person, add_user, give_user
from luotsi.web.people.models import Person, User

logger = logging.getLogger(__name__)

STAFF, RESIDENTS = "staff", "suomifi"
"""The two providers, as their settings and addresses name them."""
FRESH = {"prompt": "login", "max_age": "0"}
"""What asks a provider to let its user show who they are again, whatever session they have there."""


def providers(request: HttpRequest) -> list[str]:
    """The providers that are set, staff's first."""
    there = {app.provider_id for app in Adapter(request).list_apps(request)}
    return [name for name in (STAFF, RESIDENTS) if name in there]


def start(request: HttpRequest, name: str, address: str, *, fresh: bool) -> HttpResponseBase:
    """Leads to a provider, which leads back to the address. Raises requests.RequestException when it is not there."""
    provider = Adapter(request).get_provider(request, name)
    asked = dict(FRESH) if fresh else {}
    if levels := provider.app.settings.get("acr"):
        asked["acr_values"] = levels
    return provider.redirect(request, "login", sessions.here(request, address), auth_params=asked)


class Adapter(DefaultSocialAccountAdapter):
    """What allauth asks us when a provider has answered."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Ends the exchange here, either way: signed in and led on, or back at signing in with a reason."""
        app = sociallogin.account.get_provider(request).app
        told = sociallogin.account.extra_data
        token, profile = told.get("id_token") or {}, told.get("userinfo") or {}
        try:
            if profile.get("sub", token.get("sub")) != token.get("sub"):
                raise UserError(_("The identification service gave two different persons. Try again."))
            if (levels := app.settings.get("acr")) and token.get("acr") not in levels.split():
                raise UserError(_("A stronger identification is needed here. Choose another way to identify yourself."))
            claims = {**token, **profile}
            user = _resident(app.settings, claims) if app.provider_id == RESIDENTS else _member(sociallogin, claims)
        except UserError as fault:
            messages.error(request, str(fault))
            raise ImmediateHttpResponse(redirect("sign_in")) from fault
        sessions.begin(request, user, identified_at=float(token.get("auth_time", 0)), provider=app.provider_id)
        address = sociallogin.state.get("next") or ""
        raise ImmediateHttpResponse(sessions.lead_on(request, user, address))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Leads back to signing in and says that it did not work; the user may have given up themself."""
        logger.warning("Signing in by %s did not work: %s %s", provider.app.provider_id, error, exception or "")
        messages.error(request, _("Identification was broken off or did not work. Try again."))
        raise ImmediateHttpResponse(redirect("sign_in"))


@transaction.atomic
def _member(sociallogin: SocialLogin, claims: dict[str, Any]) -> User:
    """Staff: whom the subject was bound to, else at the first time whom the verified e-mail address names, else new."""
    if sociallogin.is_existing:
        return _active(sociallogin.user)
    email = str(claims.get("email") or "").strip()
    if not email or claims.get("email_verified") is not True:
        raise UserError(_("The identification service gave no verified e-mail address. Ask the service desk."))
    user = User.objects.filter(email__iexact=email, person=None).first()
    account = sociallogin.account
    if user is None:
        if User.objects.filter(email__iexact=email).exists():
            raise UserError(_("This e-mail address belongs to a resident. Ask the service desk."))
        user = add_user(by=None, email=email, name=str(claims.get("name") or email), language=_language())
    elif SocialAccount.objects.filter(user=user, provider=account.provider).exists():
        raise UserError(_("This e-mail address belongs to someone else's account. Ask the service desk."))
    SocialAccount.objects.create(user=user, provider=account.provider, uid=account.uid)
    return _active(user)


@transaction.atomic
def _resident(settings: dict[str, Any], claims: dict[str, Any]) -> User:
    """A resident: the person whose code the provider gives, and their user, each made at the first time."""
    code = normal_hetu(str(claims.get(settings["code_claim"]) or ""))
    if hetu_fault(code):
        raise UserError(_("The identification service gave no personal identity code. Try another way."))
    person = Person.objects.select_for_update().filter(code_digest=identity.digest(code)).first()
    if person is None:
        given = f"{claims.get('given_name', '')} {claims.get('family_name', '')}".strip()
        person = add_person(by=None, code=code, name=str(claims.get("name") or given or _("Resident")))
    return _active(person.user or give_user(by=None, person=person, language=_language()))


def _active(user: object) -> User:
    if not isinstance(user, User) or not user.is_active:
        raise UserError(_("This account is closed. Ask the service desk."))
    return user


def _language() -> str:
    return (get_language() or "fi")[:2]
