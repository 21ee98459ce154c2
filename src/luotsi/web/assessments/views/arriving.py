"""What each page of forms starts with: whose answers are open and why, in which language, what was posted."""

from __future__ import annotations

import uuid
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import get_language

from luotsi.web.assessments import queries
from luotsi.web.assessments.queries import Sitting, Whose
from luotsi.web.people import acting
from luotsi.web.people import queries as people
from luotsi.web.people.sessions import signed_in

BIGGEST = 12_000_000
"""Bytes that a page of a form may send: a text far too long still comes, so that the rest of the page is saved."""
_READ = "_page_of_form"
SALT = "luotsi.assessments.page"
TOKEN_AGE = 7 * 24 * 60 * 60
"""Seconds that a page may lie open and still be sent."""


class TooBig(Exception):  # noqa: N818
    """More was posted than is read at all."""


def language() -> str:
    """The reader's language, as forms name it."""
    return (get_language() or "fi")[:2]


def own(request: HttpRequest) -> Whose:
    """The resident whose forms are open: the user, or for whom they act. Logged."""
    user, acts = signed_in(request), acting.acting(request)
    return Whose(people.own_data(by=user, acting=acts, what="assessment"), user, acts)


def client(request: HttpRequest, person: uuid.UUID) -> Whose:
    """The client whose forms a professional has open. Logged. Raises Http404, and NoBasis."""
    user = signed_in(request)
    try:
        return Whose(people.read_person(by=user, person=person, what="assessment"), user)
    except people.NoPerson:
        raise Http404 from None


def sitting(whose: Whose, response: uuid.UUID) -> Sitting:
    """A response of the person. Raises Http404."""
    try:
        return queries.opened(whose, response)
    except queries.NoResponse:
        raise Http404 from None


def posted(request: HttpRequest) -> QueryDict:
    """What a page sent, read without Django's limit: one text too long must not take the other answers with it.

    Raises TooBig.
    """
    if not hasattr(request, _READ):
        if int(request.headers.get("content-length") or 0) > BIGGEST:
            raise TooBig
        typed = request.content_type == "application/x-www-form-urlencoded"
        setattr(request, _READ, QueryDict(request.read(BIGGEST), encoding="utf-8") if typed else request.POST)
    return getattr(request, _READ)


def token(response: uuid.UUID, user: int) -> str:
    """What a page sends to show that we drew it, of which response and for whom: also when the session has ended."""
    return signing.dumps([str(response), user], salt=SALT)


def shown_by(said: str) -> tuple[uuid.UUID, int] | None:
    """(response, user) of a page's token; None where it is not ours or too old."""
    try:
        found: list[Any] = signing.loads(said, salt=SALT, max_age=TOKEN_AGE)
    except signing.BadSignature:
        return None
    return uuid.UUID(found[0]), int(found[1])


def whole_number(text: str) -> int:
    """A revision as posted; 0 where it is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0
