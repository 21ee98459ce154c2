"""One's own account: language, sessions, signing out everywhere; and, for a resident, one's own data and their log."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as keep_in_cookie

from luotsi.web.people import actions, queries
from luotsi.web.people.acting import acting
from luotsi.web.people.models import SignIn, User
from luotsi.web.people.permissions import may, permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.people.words import BASES, READ, ROLES, browser, facts, unit

PAGE = 50


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Changes the language and keeps the page; for a user with a role it is kept for the next sign-in too."""
    language = request.POST.get("language", "")
    user = request.user
    known = language in dict(settings.LANGUAGES)
    if known and isinstance(user, User) and user.language != language and may(user, "account.change"):
        actions.set_language(by=user, language=language)
    return keep_in_cookie(request)


@never_cache
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The user's own name, roles and sessions. Needs no role: one without any is told so."""
    user = signed_in(request)
    context = {
        "roles": [(ROLES[role], unit(where) if where else "") for role, where in sorted(user.held)],
        "sign_ins": [(each, browser(each.agent)) for each in SignIn.objects.filter(user=user)],
        "this": request.session.session_key,
        "resident": may(user, "own_data.read"),
        "may_change": may(user, "account.change"),
    }
    return render(request, "people/account.html", context)


@require_POST
@permitted("account.change")
def end_session(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ends one of the user's own sessions."""
    user = signed_in(request)
    sign_in = SignIn.objects.filter(pk=pk, user=user).first()
    if sign_in is None:
        raise Http404
    actions.end_session(by=user, sign_in=sign_in)
    messages.success(request, _("The session has ended."))
    return redirect("account")


@require_POST
@permitted("account.change")
def sign_out_everywhere(request: HttpRequest) -> HttpResponseBase:
    """Ends all of the user's sessions, this one too."""
    actions.sign_out_everywhere(by=signed_in(request))
    logout(request)
    messages.success(request, _("You have signed out everywhere."))
    return redirect("sign_in")


@never_cache
@require_safe
@permitted("own_data.read")
def me(request: HttpRequest) -> HttpResponse:
    """What is known of the resident, or of the person they act for."""
    found = queries.own_data(by=signed_in(request), acting=acting(request))
    return render(request, "people/me.html", facts(found))


@never_cache
@require_safe
@permitted("own_data.read")
def own_readings(request: HttpRequest) -> HttpResponse:
    """Who has read the resident's data, when, why."""
    rows = [
        (each, BASES[each.basis], READ.get(each.what, each.what))
        for each in queries.own_readings(by=signed_in(request))
    ]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "people/own_readings.html", {"page": page})
