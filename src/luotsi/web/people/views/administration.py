"""Users, their roles, who sees what, and the search of the access log."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.people import actions, queries
from luotsi.web.people.forms import GrantForm, LogForm
from luotsi.web.people.models import Membership
from luotsi.web.people.permissions import Role, fresh, may, permitted, table, words
from luotsi.web.people.sessions import signed_in
from luotsi.web.people.views.account import PAGE
from luotsi.web.people.words import BASES, READ, ROLES, unit, units


@never_cache
@require_safe
@permitted("membership.read")
def users(request: HttpRequest) -> HttpResponse:
    """Every member of staff with the roles they hold."""
    found = queries.staff(by=signed_in(request))
    named = units()
    rows = [
        (each.user, [(ROLES[Role(one.role)], named.get(one.unit, one.unit)) for one in each.memberships])
        for each in found
    ]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "people/users.html", {"page": page})


@never_cache
@require_safe
@permitted("membership.read")
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """One member of staff: roles, what these let them do, and giving or ending a role."""
    return _user_page(request, pk, GrantForm())


def _user_page(request: HttpRequest, pk: int, form: GrantForm) -> HttpResponse:
    by = signed_in(request)
    found = queries.member(by=by, pk=pk)
    if found is None:
        raise Http404
    held = {role for role, _unit in found.user.held}
    context = {
        "member": found.user,
        "memberships": [(each, ROLES[Role(each.role)], unit(each.unit)) for each in found.memberships],
        "allowed": [words(action) for action, roles in table().items() if roles & held],
        "may_grant": may(by, "membership.grant") and by.pk != pk,
        "form": form,
    }
    return render(request, "people/user.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("membership.grant")
def grant(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Gives a role to a user. Who comes here by a link, as after identifying, is led to the user's page."""
    if request.method != "POST":
        return redirect("user", pk=pk)
    form = GrantForm(request.POST)
    by = signed_in(request)
    found = queries.member(by=by, pk=pk)
    if found is None:
        raise Http404
    if form.is_valid():
        given = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        try:
            actions.grant_membership(by=by, user=found.user, **given)
        except UserError as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("The role is given."))
            return redirect("user", pk=pk)
    return _user_page(request, pk, form)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted("membership.end")
def end(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ends a role. Who comes here by a link, as after identifying, is led to the user's page."""
    membership = Membership.objects.filter(pk=pk).select_related("user").first()
    if membership is None:
        raise Http404
    if request.method == "POST":
        actions.end_membership(by=signed_in(request), membership=membership)
        messages.success(request, _("The role has ended."))
    return redirect("user", pk=membership.user.pk)


@never_cache
@require_safe
@permitted("membership.read")
def roles(request: HttpRequest) -> HttpResponse:
    """Who may do what: every action of every app against every role."""
    rows = [
        (words(action), action in fresh(), [role in allowed for role in Role]) for action, allowed in table().items()
    ]
    return render(request, "people/roles.html", {"roles": [ROLES[role] for role in Role], "rows": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permitted("access_log.search")
def access_log(request: HttpRequest) -> HttpResponse:
    """Searches the access log; what is searched by is posted, so that no address holds a personal identity code."""
    by = signed_in(request)
    form = LogForm(request.POST or None)
    rows = None
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        code = asked.pop("code")
        person = queries.find_person(by=by, code=code) if code else None
        if code and person is None:
            form.add_error("code", _("There is no one with this personal identity code here."))
        else:
            found = queries.search_log(by=by, person=person, **asked)
            rows = [(each, BASES[each.basis], READ.get(each.what, each.what)) for each in found]
    context = {"form": form, "rows": rows, "most": queries.LOG_ROWS, "days": queries.OPENINGS_DAYS}
    return render(request, "people/access_log.html", {**context, "openings": queries.openings(by=by)})
