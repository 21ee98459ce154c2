"""The page of the digital inventory."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from luotsi.web.people.permissions import permitted
from luotsi.web.services import inventory as taking
from luotsi.web.services import queries, shown


@require_safe
@permitted("inventory.read")
def inventory(request: HttpRequest) -> HttpResponse:
    """Digital services with channel, identification, accessibility and hours; gaps; what is offered twice."""
    found = taking.taken()
    told = {True: _("yes"), False: _("no"), None: _("not told")}
    always = {True: _("round the clock"), False: _("at set hours"), None: _("not told")}
    code = shown.language()
    context = {
        "services": found.services,
        "digital": [
            (
                each.service.entry,
                shown.said(each.service.name),
                shown.KINDS[each.channel.kind],
                told[each.channel.authentication],
                each.channel.accessibility or _("not told"),
                told[each.measured],
                always[each.always],
            )
            for each in found.digital
        ],
        "areas": [(queries.municipality_name(each.code, code), each) for each in found.areas],
        "languages": [(shown.LANGUAGES[each.code], each) for each in found.languages],
        "twice": [
            [(each.entry, shown.said(each.name), shown.said(each.organisation.name)) for each in group]
            for group in found.twice
        ],
    }
    return render(request, "services/inventory.html", context)
