"""Admin of data: how sources, loads, releases, runs and content stand, and which release is shown."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.desk import monitor
from luotsi.web.people.models import User
from luotsi.web.people.permissions import may, permitted
from luotsi.web.results import actions
from luotsi.web.results import queries as results

LOADS = 20
"""Loads on a page."""


@require_safe
@permitted("monitor.read")
def data(request: HttpRequest) -> HttpResponse:
    """How everything stands. What the page tells comes from the last runs, whose times it tells too."""
    shown = results.current()
    survey, check = results.last_survey(), results.last_check()
    loads = results.loads(shown)[::-1] if shown else []
    context = {
        "failure": results.failure(),
        "survey": survey,
        "sources": monitor.sources(survey),
        "shown": shown,
        "releases": results.releases(),
        "may_point": may(cast(User, request.user), "release.point_to"),
        "runs": monitor.runs(),
        "check": check,
        "loads": Paginator(loads, LOADS).get_page(request.GET.get("page")),
    }
    return render(request, "desk/data.html", context)


@require_POST
@permitted("release.point_to")
def show_release(request: HttpRequest) -> HttpResponse:
    """Shows another release from the next page on."""
    try:
        found = actions.point_to(by=cast(User, request.user), release=request.POST.get("release", "")[:40])
    except UserError:
        messages.error(request, _("That release is no longer here, so nothing was changed."))
    else:
        messages.success(request, _("The release %(name)s is shown now.") % {"name": found.name})
    return redirect("data")
