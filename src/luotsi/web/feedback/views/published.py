"""What everyone may see: results of units, who is not heard, and what was done; and telling what was done."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luotsi.web.feedback import actions, published, queries, words
from luotsi.web.feedback.forms import DeedForm
from luotsi.web.people import words as people
from luotsi.web.people.permissions import permitted
from luotsi.web.people.sessions import signed_in
from luotsi.web.results import queries as releases
from luotsi.web.results.models import Release


def _period(request: HttpRequest, release: Release) -> tuple[str, list[str]]:
    """The period asked for, else the newest; and all there are."""
    known = published.periods(release)
    asked = request.GET.get("period", "")
    return (asked if asked in known else known[0] if known else ""), known


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """The results of the whole county, and the units and services that have their own."""
    return _page(request, {}, people.unit(""))


@require_safe
def of_unit(request: HttpRequest, unit: str) -> HttpResponse:
    """The results of one unit."""
    if unit not in people.units():
        raise Http404(_("There is no such unit."))
    return _page(request, {"unit": unit}, people.unit(unit))


@require_safe
def of_service(request: HttpRequest, service: str) -> HttpResponse:
    """The results of one service."""
    known = words.services()
    if service not in known:
        raise Http404(_("There is no such service."))
    return _page(request, {"service": service}, known[service])


def _page(request: HttpRequest, about: dict[str, str], name: str) -> HttpResponse:
    release = releases.current()
    period, known = _period(request, release) if release else ("", [])
    context: dict[str, object] = {
        "unit": about.get("unit", ""),
        "about": about,
        "name": name,
        "deeds": [(each, each.said(words.language())) for each in queries.deeds(about.get("unit", ""))]
        if "service" not in about
        else [],
        "period": period,
        "periods": known,
    }
    if release is not None and period:
        found = published.of(release, about, period)
        heard = [(_dimension(name), rows) for name, rows in found.heard.items() if rows]
        context |= {"found": found, "pairs": list(zip(found.lines, found.earlier, strict=True)), "heard": heard}
        if not about:
            context["parts"] = [
                (_("Units"), "feedback_results_of", published.index_by(release, "unit", period)),
                (_("Services"), "feedback_results_of_service", published.index_by(release, "service", period)),
            ]
    return render(request, "feedback/results.html", context)


def _dimension(name: str) -> str:
    known = {
        "age_group": _("By age"),
        "sex": _("By sex"),
        "language": _("By language"),
        "municipality": _("By municipality"),
    }
    return known[name]


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("feedback.tell")
def deeds(request: HttpRequest) -> HttpResponseBase:
    """What the units that one leads tell in public, and telling more."""
    user = signed_in(request)
    form = DeedForm(request.POST or None, units=queries.own_units(user, "feedback.tell"))
    if request.method == "POST" and form.is_valid():
        actions.tell(by=user, **form.cleaned_data)
        messages.success(request, _("It is told on the public page."))
        return redirect("feedback_deeds")
    rows = [(each, people.unit(each.unit)) for each in queries.own_deeds(by=user)]
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "feedback/deeds.html", {"form": form, "rows": rows}, status=status)


@require_POST
@permitted("feedback.tell")
def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Takes what was told off the public page."""
    user = signed_in(request)
    found = queries.deed(by=user, pk=pk) if pk < 2**31 else None
    if found is None:
        raise Http404(_("It may have been removed already."))
    actions.take_back(by=user, deed=found)
    messages.success(request, _("It is removed from the public page."))
    return redirect("feedback_deeds")
