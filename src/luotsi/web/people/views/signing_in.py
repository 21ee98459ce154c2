"""Signing in, showing again who one is, and signing out."""

from __future__ import annotations

import time
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from luotsi.web.people import oidc, sessions
from luotsi.web.people.forms import IdentifyForm, PasswordForm
from luotsi.web.people.models import User


def _onward(request: HttpRequest) -> str:
    """The query string that leads on to where the user was going."""
    return urlencode({"next": request.GET.get("next", "")})


def _page(request: HttpRequest, form: PasswordForm | None, status: int = 200) -> HttpResponse:
    there = oidc.providers(request)
    context = {"form": form, "staff": oidc.STAFF in there, "residents": oidc.RESIDENTS in there}
    return render(request, "people/sign_in.html", context | {"onward": _onward(request)}, status=status)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The ways to sign in; with a password only in a demonstration. A wrong one never says whether the user exists."""
    if not settings.DEMONSTRATION:
        if request.method == "POST":
            raise Http404
        return _page(request, None)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, email=form.cleaned_data["email"], password=form.cleaned_data["password"])
        if isinstance(user, User):
            sessions.begin(request, user, identified_at=time.time())
            return sessions.lead_on(request, user, request.GET.get("next", ""))
        form.add_error(None, _("The e-mail address or the password is not right. Check both."))
    return _page(request, form)


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, _credentials: object = None
) -> HttpResponse:
    """What is shown after too many wrong passwords, the same whether the user exists or not."""
    email = request.POST.get("email") or getattr(request.user, "email", "")
    form = PasswordForm({"email": email, "password": "never shown"})
    minutes = settings.AXES_COOLOFF_TIME.total_seconds() // 60
    form.add_error(None, _("Too many wrong passwords. Try again in %(minutes)d minutes.") % {"minutes": minutes})
    return _page(request, form, status=429)


@never_cache
@require_GET
def start(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Leads to an identity provider; with ?fresh=1 one that asks again who the user is."""
    if provider not in oidc.providers(request):
        raise Http404
    try:
        return oidc.start(request, provider, request.GET.get("next", ""), fresh=request.GET.get("fresh") == "1")
    except requests.RequestException:
        messages.error(request, _("The identification service does not answer. Try again in a moment."))
        return redirect("sign_in")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def identify(request: HttpRequest) -> HttpResponseBase:
    """Asks a signed-in user to show again who they are, the way they signed in, and leads back."""
    user = request.user
    address = request.GET.get("next", "")
    if not isinstance(user, User):
        return redirect("sign_in")
    provider = request.session.get(sessions.PROVIDER, "")
    form = IdentifyForm(request.POST or None) if not provider and settings.DEMONSTRATION else None
    if form is not None and request.method == "POST" and form.is_valid():
        if authenticate(request, email=user.email, password=form.cleaned_data["password"]) == user:
            sessions.begin(request, user, identified_at=time.time())
            return sessions.lead_on(request, user, address)
        form.add_error("password", _("The password is not right."))
    return render(request, "people/identify.html", {"form": form, "provider": provider, "onward": _onward(request)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Asks with GET, signs out with POST."""
    if request.method == "POST":
        logout(request)
        messages.success(request, _("You have signed out."))
        response = redirect("sign_in")
        # What a page had kept in the browser until it would be sent: the next to sit here must not find it.
        response["Clear-Site-Data"] = '"storage"'
        return response
    return render(request, "people/sign_out.html")
