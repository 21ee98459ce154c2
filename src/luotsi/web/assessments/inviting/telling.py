"""A visit or an age check as pages tell of it: what is asked, for what, until when, and what has been answered."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luotsi.web.assessments import queries, telling
from luotsi.web.assessments.inviting.models import Invitation
from luotsi.web.assessments.inviting.queries import Asked
from luotsi.web.assessments.models import AnsweredBy, Response
from luotsi.web.assessments.queries import Whose
from luotsi.web.people.words import units

WHO: dict[str, Promise] = {
    AnsweredBy.SELF: _("The client"),
    AnsweredBy.GUARDIAN: _("A guardian"),
    AnsweredBy.AUTHORISED: _("Someone authorised by the client"),
    AnsweredBy.PROFESSIONAL: _("A professional with the client"),
}


def listed(asked: Asked, language: str) -> dict[str, Any]:
    """A request in a list or on its own page."""
    return {
        "invitation": asked.invitation,
        "unit": units().get(asked.invitation.unit, asked.invitation.unit),
        "own": asked.own,
        "done": asked.done,
        "address": reverse("result", args=[asked.own.pk])
        if asked.done and asked.own
        else reverse("asked", args=[asked.invitation.pk]),
        "answered": any(each.completed_at for each in asked.responses),
        **telling.about(asked.offered.form, language),
    }


def answered(whose: Whose, row: Invitation, given: list[Response], language: str) -> list[dict[str, Any]]:
    """Each response to a request: who answered, what it means, the answers beside those of the last time."""
    return [_one(whose, each, language) for each in sorted(given, key=lambda each: each.answered_by)]


def _one(whose: Whose, response: Response, language: str) -> dict[str, Any]:
    who = str(WHO[response.answered_by])
    if response.completed_at is None:
        return {"response": response, "who": who}
    now = queries.opened(whose, response.pk)
    found = now.result()
    before = queries.earlier(whose, response)
    answers = telling.lines(now, language, before)
    return {
        "response": response,
        "who": who,
        "main": telling.said(found.main, language) if found.main else None,
        "others": [],
        "scales": [telling.scale(each, language) for each in found.scores.values() if each.value is not None],
        "answers": answers,
        "changed": sum(each.before is not None for each in answers),
        "before": before.response if before else None,
    }
