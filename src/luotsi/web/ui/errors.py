"""The pages of what went wrong: 400, 403, 404, 500 and 503, each saying what to do next.

500 and 503 touch neither database, session nor user: what broke may be any of them. They speak all three languages.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

DJANGOS_OWN = "matches the given query."
"""How the sentence of get_object_or_404 ends, which names a class and no page."""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address or the form could not be read. Reached before sign-in, so it needs no session."""
    return _without_state(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person is known, but may not."""
    title = _("You may not see this")
    text = str(exception or "") or _("Your roles do not allow this.")
    return _page(request, 403, title, text, _("If you need it in your work, ask your county's administrator."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without its token, most often after a long pause."""
    title = _("The form had gone stale")
    text = _("Nothing was saved. Go back, load the page again and send the form anew.")
    return _page(request, 403, title, text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page. An exception with a sentence of its own (Http404("...")) is told."""
    title = _("There is no such page")
    text = _("The link may be old or mistyped. What it led to may also have been removed.")
    said = exception.args[0] if exception and exception.args else ""
    own = isinstance(said, str) and not said.endswith(DJANGOS_OWN)
    return _page(request, 404, title, text, str(said) if own else "")


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return _without_state(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database does not answer, or there is maintenance."""
    response = _without_state(request, 503)
    response["Retry-After"] = "60"
    return response


def _page(request: HttpRequest, status: int, title: str, text: str, detail: str = "") -> HttpResponse:
    about = {"status": status, "error_title": title, "error_text": text, "detail": detail}
    return render(request, "ui/error.html", about, status=status)


def _words(status: int) -> tuple[str, str]:
    if status == 400:
        return _("This request could not be read"), _("Check the address, or go back and try again.")
    if status == 503:
        return _("Luotsi is out of reach for a moment"), _("Nothing is lost. Try again in a minute.")
    return _("Something broke on our side"), _("Nothing of yours is lost. The fault has been written down; try again.")


def _without_state(request: HttpRequest, status: int) -> HttpResponse:
    own = get_language_from_request(request)
    codes = [own, *(code for code, _name in settings.LANGUAGES if code != own)]
    words: list[dict[str, str]] = []
    for code in codes:
        with override(code):
            title, text = _words(status)
            words.append({"language": code, "title": title, "text": text})
    context = {"status": status, "language": own, "words": words}
    return HttpResponse(render_to_string("ui/broken.html", context), status=status)
