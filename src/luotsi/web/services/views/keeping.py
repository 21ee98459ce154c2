"""What a user keeps: services to find again, and lists of them that a professional shares."""

from __future__ import annotations

import uuid
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.people.models import User
from luotsi.web.people.permissions import may, permitted
from luotsi.web.services import actions, queries, shown
from luotsi.web.services.models import Favourite, Selection
from luotsi.web.services.searching import Hit


@require_POST
@permitted("favourite.keep")
def keep(request: HttpRequest, entry: str) -> HttpResponseBase:
    """Keeps a service, or lets it go again, and goes back to the page where that was asked."""
    found = queries.entry(entry)
    if found is None:
        raise Http404
    kept = actions.keep(by=cast(User, request.user), service=found, kept=request.POST.get("kept") != "no")
    messages.success(request, _("The service is kept.") if kept else _("The service is no longer kept."))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return redirect(back)
    return redirect("service", entry=entry)


@require_safe
@permitted("favourite.keep")
def kept(request: HttpRequest) -> HttpResponseBase:
    """The services that the reader has kept, those too that have gone."""
    found = Favourite.objects.filter(user=cast(User, request.user)).select_related("service__organisation")
    cards = shown.cards([Hit(each.service, 0, ()) for each in found], set(), {})
    shares = may(request.user, "selection.make")
    lists = Selection.objects.filter(user=cast(User, request.user)) if shares else []
    refers = may(request.user, "referral.make")
    context = {"cards": cards, "shares": shares, "lists": lists, "may_refer": refers}
    return render(request, "services/kept.html", context)


@require_POST
@permitted("selection.make")
def share(request: HttpRequest) -> HttpResponseBase:
    """Makes a list of what is kept, and shows it as others see it."""
    try:
        made = actions.share(by=cast(User, request.user), name=request.POST.get("name", ""))
    except UserError as fault:
        messages.error(request, str(fault))
        return redirect("kept_services")
    return redirect("service_list", key=made.key)


@require_safe
def shared(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A list of services that a professional has shared, for anyone who has its address; it prints well."""
    found = Selection.objects.filter(key=key).first()
    if found is None:
        raise Http404
    now = timezone.now()
    services = found.services.filter(removed_at=None).select_related("organisation").order_by("pk")
    rows = [(each.entry, shown.said(each.name), shown.said(each.summary), shown.ways(each, now)) for each in services]
    address = settings.ADDRESS + reverse("service_list", args=[found.key])
    return render(request, "services/shared.html", {"list": found, "rows": rows, "address": address})
