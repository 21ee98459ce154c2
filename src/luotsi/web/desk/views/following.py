"""What the reader follows, following and no longer following, and the letters of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.web.desk import actions, letters, words
from luotsi.web.desk import filters as choosing
from luotsi.web.desk import following as followings
from luotsi.web.desk.models import Following
from luotsi.web.desk.views.arriving import Here, missing, on_release
from luotsi.web.people.permissions import permitted
from luotsi.web.results import queries as results


@require_safe
@permitted("measure.follow")
@on_release
def following(request: HttpRequest, here: Here) -> HttpResponse:
    """Everything the reader follows, with its signals, and the choice of what to follow more."""
    found = followings.followed(here.user, here.release)
    context = {
        "found": [(each, followings.loud(each.news)) for each in found],
        "letters": any(each.following.letter for each in found),
        "boards": [(name, words.said(each.label.model_dump())) for name, each in results.boards().items()],
        "measures": [(name, words.said(each.label)) for name, each in results.definitions(here.release).items()],
        "filters": here.filters,
        "areas": choosing.options(here.release, "area"),
        "units": choosing.options(here.release, "unit"),
        "release": here.release,
    }
    return render(request, "desk/following.html", context)


@require_POST
@permitted("measure.follow")
@on_release
def follow(request: HttpRequest, here: Here) -> HttpResponse:
    """Follows what the form names: `what` is "measure:name" or "board:name", the rest are filters."""
    kind, _colon, name = request.POST.get("what", "").partition(":")
    text = followings.label(kind, name, here.release) if kind in Following.Kind.values else None
    if text is None:
        return missing(
            request, _("This cannot be followed"), _("Choose a measure or a board that is in the release shown now.")
        )
    chosen = choosing.read(request.POST, here.release)
    actions.follow(by=here.user, kind=kind, name=name, query=followings.query(chosen))
    messages.success(request, _("You follow %(name)s now.") % {"name": text})
    return redirect("following")


@require_POST
@permitted("measure.follow")
@on_release
def unfollow(request: HttpRequest, here: Here, pk: int) -> HttpResponse:
    """Follows one thing no longer."""
    actions.unfollow(by=here.user, following=pk)
    return redirect("following")


@require_POST
@permitted("measure.follow")
@on_release
def choose_letters(request: HttpRequest, here: Here) -> HttpResponse:
    """Turns the weekly letter on or off."""
    actions.choose_letters(by=here.user, wanted=request.POST.get("letters") == "on")
    return redirect("following")


@csrf_exempt  # a mail program posts here by itself (RFC 8058); the signed link is all that it needs
@require_http_methods(["GET", "HEAD", "POST"])
def stop_letters(request: HttpRequest, token: str) -> HttpResponse:
    """Stops the letters of whoever the link was made for, without sign-in. Opening the link alone stops nothing."""
    reader = letters.reader(token)
    if reader is None:
        return missing(
            request, _("This link stops no letters"), _("It may have been cut. Sign in, and see what you follow.")
        )
    if request.method == "POST":
        actions.choose_letters(by=reader, wanted=False)
    return render(request, "desk/stop_letters.html", {"stopped": request.method == "POST"})
