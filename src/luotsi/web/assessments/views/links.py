"""Making links by which a form is answered without signing in, and seeing how many have answered."""

from __future__ import annotations

import datetime
import uuid

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from luotsi.concepts.errors import UserError
from luotsi.web.assessments import published, telling
from luotsi.web.assessments.linking import actions, queries
from luotsi.web.assessments.linking.forms import LinkForm
from luotsi.web.assessments.views.arriving import language
from luotsi.web.people import words as people
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in

READ = ("GET", "HEAD")


@never_cache
@require_http_methods([*READ, "POST"])
@permitted("link.make")
def links(request: HttpRequest) -> HttpResponseBase:
    """The links of one's units with how many have answered, and making a new one, whose address is shown once."""
    user = signed_in(request)
    offered = [(each.version.form, telling.label(each.record.label, language())) for each in queries.offered()]
    form = LinkForm(request.POST or None, offered=offered, units=queries.own_units(user))
    made = None
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        last = datetime.datetime.combine(filled["until"], datetime.time(23, 59, 59), timezone.get_current_timezone())
        try:
            link, secret = actions.make_link(
                by=user,
                form=filled["form"],
                name=filled["name"],
                unit=filled["unit"],
                once=bool(filled["once"]),
                until=last,
            )
        except UserError as fault:
            form.add_error("form", str(fault))
        else:
            address = settings.ADDRESS + reverse("by_link", args=[secret])
            drawn = segno.make(address, error="m").svg_inline(omitsize=True, border=2, svgclass="code", lineclass=None)
            made = {"link": link, "address": address, "code": mark_safe(drawn)}
            form = LinkForm(offered=offered, units=queries.own_units(user))
    labels = {each.version.form: telling.label(each.record.label, language()) for each in published.offered()}
    rows = [
        {
            "link": each,
            "form": labels.get(each.form, each.form),
            "unit": people.unit(each.unit),
            "open": queries.is_open(each),
        }
        for each in queries.links(user)
    ]
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "assessments/linking/links.html", {"form": form, "rows": rows, "made": made}, status=status)


@require_POST
@permitted("link.make")
def close_link(request: HttpRequest, link: uuid.UUID) -> HttpResponseBase:
    """Closes a link."""
    user = signed_in(request)
    if link not in {each.pk for each in queries.links(user)}:
        raise Http404(_("There is no such link in your units."))
    actions.close_link(by=user, link=link)
    messages.success(request, _("The link is closed. What was finished stays."))
    return redirect("form_links")
