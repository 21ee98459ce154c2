"""`{% load following %}`: the button that follows a measure or a board with the filters of the page."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from django import template

from luotsi.web.desk import following
from luotsi.web.desk.filters import Filters
from luotsi.web.desk.models import Following
from luotsi.web.people.permissions import may

register = template.Library()


@register.inclusion_tag("desk/parts/follow.html", takes_context=True)
def follow(context: template.Context, kind: str, name: str, filters: Filters) -> dict[str, Any]:
    """The button, or that the reader follows this already. kind: measure or board."""
    request = context["request"]
    query = following.query(filters)
    allowed = may(request.user, "measure.follow")
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "kind": kind,
        "name": name,
        "chosen": parse_qsl(query),
        "may_follow": allowed,
        "follows": allowed and Following.objects.filter(user=request.user, kind=kind, name=name, query=query).exists(),
    }
