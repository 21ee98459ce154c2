"""A visit or an age check as pages tell of it: what is asked, for what, until when, and what has been answered."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luotsi.web.assessments import queries, telling
from luotsi.web.assessments.inviting.models import Invitation
from luotsi.web.assessments.inviting.queries import Asked
from luotsi.web.assessments.models import AnsweredBy, Response
from luotsi.web.assessments.queries import Whose
from luotsi.web.people.words import units
from luotsi.web.ui import formats

WHO: dict[str, Promise] = {
    AnsweredBy.SELF: gettext_lazy("The client"),
    AnsweredBy.GUARDIAN: gettext_lazy("A guardian"),
    AnsweredBy.AUTHORISED: gettext_lazy("Someone authorised by the client"),
    AnsweredBy.PROFESSIONAL: gettext_lazy("A professional with the client"),
}


def for_what(row: Invitation) -> str:
    """The visit or the check that a form is asked for, with its unit."""
    unit = units().get(row.unit, row.unit)
    if row.visit_at is None:
        return _("Check-up at %(age)s years, %(unit)s") % {"age": row.age, "unit": unit}
    return _("Visit %(at)s, %(unit)s") % {"at": formats.moment(row.visit_at), "unit": unit}


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
        "takes_known": asked.offered.form.takes_known,
        "answered": any(each.completed_at for each in asked.responses),
        **telling.about(asked.offered.form, language),
    }


def answered(whose: Whose, row: Invitation, given: list[Response], language: str) -> list[dict[str, Any]]:
    """Each response to a request: who answered, what it means, the answers beside those of the last time."""
    return [_one(whose, each, language) for each in sorted(given, key=lambda each: each.answered_by in queries.OTHERS)]


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
