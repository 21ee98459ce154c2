"""What a user keeps: services to find again."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from luotsi.web.people.models import User
from luotsi.web.people.permissions import permitted
from luotsi.web.services import actions, queries, shown
from luotsi.web.services.models import Favourite
from luotsi.web.services.searching import Hit


@require_POST
@permitted("favourite.keep")
def keep(request: HttpRequest, entry: str) -> HttpResponseBase:
    """Keeps a service, or lets it go again."""
    found = queries.entry(entry)
    if found is None:
        raise Http404
    kept = actions.keep(by=cast(User, request.user), service=found, kept=request.POST.get("kept") != "no")
    messages.success(request, _("The service is kept.") if kept else _("The service is no longer kept."))
    return redirect("service", entry=entry)


@require_safe
@permitted("favourite.keep")
def kept(request: HttpRequest) -> HttpResponseBase:
    """The services that the reader has kept, those too that have gone."""
    found = Favourite.objects.filter(user=cast(User, request.user)).select_related("service__organisation")
    cards = shown.cards([Hit(each.service, 0, ()) for each in found], set(), {})
    return render(request, "services/kept.html", {"cards": cards})
