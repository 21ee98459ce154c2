"""What every page of the desk begins with: the release it shows, the reader's filters, and the part HTMX asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from luotsi.web.desk import filters as choosing
from luotsi.web.desk.filters import Filters
from luotsi.web.people.models import User
from luotsi.web.results.models import Release


@dataclass(frozen=True)
class Here:
    """Where a reader is: the release, what they narrowed it to, who they are."""

    release: Release
    filters: Filters
    user: User


def on_release(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives a view where its reader is, or shows that nothing has been published yet."""

    @wraps(view)
    def arrived(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        release, notices = choosing.chosen_release(request.GET)
        if release is None:
            return render(request, "desk/nothing_yet.html")
        found = choosing.with_notices(choosing.read(request.GET, release), notices)
        return view(request, Here(release, found, cast(User, request.user)), *args, **kwargs)

    return arrived


def page(request: HttpRequest, here: Here, name: str, context: dict[str, Any]) -> HttpResponse:
    """desk/<name>.html, or only its part desk/parts/<name>.html where HTMX asks for it at the same address."""
    part = bool(getattr(request, "htmx", False)) and not request.headers.get("HX-History-Restore-Request")
    template = f"desk/parts/{name}.html" if part else f"desk/{name}.html"
    shown = {"release": here.release, "filters": here.filters, "part": f"desk/parts/{name}.html", **context}
    response = render(request, template, shown)
    patch_vary_headers(response, ["HX-Request"])
    return response


def missing(request: HttpRequest, title: str, text: str) -> HttpResponse:
    """The page for an address that leads nowhere any more: what is gone, and where to go."""
    return render(request, "desk/missing.html", {"title": title, "text": text}, status=404)
