"""Places where feedback is given, their posters, and asking one client by a link."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.feedback import actions, gateways, queries, words
from luotsi.web.feedback.forms import InviteForm, PlaceForm
from luotsi.web.feedback.models import Place
from luotsi.web.people.models import User
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in

GROUPS = ("age_group", "sex", "language", "municipality")


def _own(user: User, code: str) -> Place:
    found = next((each for each in queries.places(by=user) if each.code == code), None)
    if found is None:
        raise Http404(_("There is no such place in your units."))
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("feedback.place")
def places(request: HttpRequest) -> HttpResponseBase:
    """The places of the units one leads, and opening a new one."""
    user = signed_in(request)
    form = PlaceForm(request.POST or None, units=queries.own_units(user, "feedback.place"))
    if request.method == "POST" and form.is_valid():
        place = actions.open_place(by=user, **form.cleaned_data)
        messages.success(request, _("The place is open. Print its poster or open its screen."))
        return redirect("feedback_poster", code=place.code)
    rows = [(each, words.about(each.ties())) for each in queries.places(by=user)]
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "feedback/places.html", {"form": form, "rows": rows}, status=status)


@never_cache
@require_safe
@permitted("feedback.place")
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """A poster to print: the code to point a telephone at, the address to type, in three languages."""
    place = _own(signed_in(request), code)
    address = settings.ADDRESS + reverse("feedback_at", args=[place.code])
    drawn = segno.make(address, error="m").svg_inline(scale=1, omitsize=True, border=2, svgclass="code", lineclass=None)
    context = {"place": place, "address": address, "code": mark_safe(drawn), "about": words.about(place.ties())}
    return render(request, "feedback/poster.html", context)


@require_POST
@permitted("feedback.place")
def close(request: HttpRequest, code: str) -> HttpResponseBase:
    """Closes a place."""
    user = signed_in(request)
    actions.close_place(by=user, place=_own(user, code))
    messages.success(request, _("The place is closed."))
    return redirect("feedback_places")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("feedback.invite")
def invite(request: HttpRequest) -> HttpResponseBase:
    """Asks one client for feedback by a text message or an e-mail."""
    user = signed_in(request)
    form = InviteForm(request.POST or None, units=queries.own_units(user, "feedback.invite"))
    if request.method == "POST" and form.is_valid():
        try:
            _ask(user, form)
        except (UserError, OSError) as fault:
            known = str(fault) if isinstance(fault, UserError) else _("The message could not be sent. Try again.")
            form.add_error("to", known)
        else:
            messages.success(request, _("The link has been sent. It can be answered once, for 30 days."))
            return redirect("feedback_invite")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "feedback/invite.html", {"form": form}, status=status)


def _ask(user: User, form: InviteForm) -> None:
    said = form.cleaned_data
    about = {name: said[name] for name in ("unit", "service")}
    groups = {name: said[name] for name in GROUPS}
    letter = gateways.letter(said["to"], said["language"])
    actions.invite(by=user, form=said["form"], about=about, groups=groups, send=letter)
