"""Attaching files to answers, taking them away, opening them: for residents and for professionals.

A file is only ever handed out to be saved, never shown in the page. Pages of their own take files, so that what is
typed into the form is saved before and nothing of it waits for a file.
"""

from __future__ import annotations

import uuid
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from luotsi.concepts.errors import UserError
from luotsi.web.assessments import telling
from luotsi.web.assessments.attaching import actions, queries, scanning
from luotsi.web.assessments.attaching.models import MOST_BYTES
from luotsi.web.assessments.queries import Sitting, Whose
from luotsi.web.assessments.views.arriving import client, language, own, shown_by, sitting, token
from luotsi.web.people.permissions import permitted
from luotsi.web.people.views.persons import with_basis

READ = ("GET", "HEAD")
AROUND = 100_000
"""Bytes that a page sends around its file."""


@csrf_exempt
@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.answer")
def own_files(request: HttpRequest, response: uuid.UUID, path: str) -> HttpResponseBase:
    """The files of one question of one's own form."""
    return _files(request, own(request), response, path, reverse("answer", args=[response]))


@csrf_exempt
@never_cache
@require_http_methods([*READ, "POST"])
@permitted("form.fill_for")
@with_basis
def client_files(request: HttpRequest, person: uuid.UUID, response: uuid.UUID, path: str) -> HttpResponseBase:
    """The files of one question of a form that is filled with a client."""
    back = reverse("fill_for", kwargs={"person": person, "response": response})
    return _files(request, client(request, person), response, path, back)


def _files(request: HttpRequest, whose: Whose, response: uuid.UUID, path: str, back: str) -> HttpResponseBase:
    """Shows the files of a question; takes one or removes one."""
    now = sitting(whose, response)
    shown = now.filling.find(path, language())
    if not now.open or shown is None or shown.item.type != "attachment":
        raise Http404
    told, status = "", 200
    if request.method == "POST":
        told, status = _sent(request, whose, response, path)
        if not told:
            return HttpResponseRedirect(request.path)
    context = {
        **telling.about(now.form, language()),
        "question": shown,
        "files": queries.of_question(shown),
        "told": told,
        "back": back,
        "most": MOST_BYTES // 1_000_000,
        "connected": scanning.is_connected(),
        "token": token(response, whose.by.pk),
    }
    return render(request, "assessments/attaching/files.html", context, status=status)


def _sent(request: HttpRequest, whose: Whose, response: uuid.UUID, path: str) -> tuple[str, int]:
    """Takes what a page of files sent, and gives what is wrong with it and the status of the page that says so."""
    # before anything is read: Django would write the whole of it to the disk
    if int(request.headers.get("content-length") or 0) > MOST_BYTES + AROUND:
        return _("The file is too large. Choose a smaller one."), 413
    if shown_by(request.POST.get("token", "")) != (response, whose.by.pk):
        return _("This page has been open too long. Open it again, and attach the file there."), 403
    try:
        gone = request.POST.get("remove", "")
        if gone:
            actions.detach(by=whose.by, whose=whose, response=response, path=path, file=uuid.UUID(gone))
            messages.success(request, _("The file has been removed."))
        else:
            sent = request.FILES.get("file")
            content = sent.read() if sent else b""
            name = sent.name or "" if sent else ""
            actions.attach(by=whose.by, whose=whose, response=response, path=path, name=name, content=content)
            messages.success(request, _("The file has been attached."))
    except UserError as fault:
        return str(fault), 422
    except ValueError:
        raise Http404 from None
    return "", 200


@never_cache
@require_safe
@permitted("form.answer")
def own_file(request: HttpRequest, response: uuid.UUID, file: uuid.UUID) -> HttpResponseBase:
    """One file of one's own answers."""
    return _handed(sitting(own(request), response), file)


@never_cache
@require_safe
@permitted("answers.read")
@with_basis
def client_file(request: HttpRequest, person: uuid.UUID, response: uuid.UUID, file: uuid.UUID) -> HttpResponseBase:
    """One file of a client's answers. That the client's data were read is in the log."""
    return _handed(sitting(client(request, person), response), file)


def _handed(now: Sitting, file: uuid.UUID) -> HttpResponseBase:
    """A file to be saved. Its own type is not told to the browser, so that none opens it in the page."""
    found = queries.content(now.filling, file, language())
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
