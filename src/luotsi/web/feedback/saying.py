"""What events of feedback say to the warehouse: records of `feedback`, `feedback_invitation` and `work_item`.

Also the deadline of a reply, which county/queues/feedback_answers.yaml promises. Nothing is written here.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from luotsi.concepts import queues
from luotsi.concepts.queues import Within
from luotsi.web.feedback.asking import QUEUE, SCORES
from luotsi.web.feedback.content import county
from luotsi.web.feedback.models import Answer, Case, Invitation

URGENCY = "non_urgent"
OUTCOMES = ("answered", "not_reached", "referred", "declined", "no_need")
"""The codes of the list work_item_outcome that a case may end with."""


def due(added_at: datetime.datetime, promised: Within | None = None) -> datetime.datetime:
    """By when someone who asked for a reply is answered. promised: by the form, before what the queue promises."""
    return queues.due(county().queues[QUEUE], URGENCY, added_at, promised).at


def invitation(asked: Invitation) -> dict[str, Any]:
    """An invitation as the concept `feedback_invitation`."""
    return {
        "invitation_id": str(asked.invitation_id),
        "unit": asked.unit or None,
        "service": asked.service or None,
        "channel": asked.channel,
        "sent_at": asked.sent_at.isoformat(),
        "answered_at": _moment(asked.answered_at),
        "age_group": asked.age_group or None,
        "sex": asked.sex or None,
        "language": asked.language or None,
        "municipality": asked.municipality or None,
    }


def feedback(answer: Answer, themes: Sequence[str], mood: str) -> dict[str, Any]:
    """An answer as the concept `feedback`, with the themes and mood that hold now."""
    asked = answer.invitation
    return {
        "feedback_id": str(answer.pk),
        **{name: value or None for name, value in answer.ties().items()},
        "form": answer.form,
        "invitation": str(asked.invitation_id) if asked else None,
        "given_at": answer.given_at.isoformat(),
        "channel": answer.channel,
        "respondent": answer.respondent or None,
        "language": answer.language,
        **{name: answer.scores.get(name) for name in SCORES},
        "theme": themes[0] if themes else None,
        "mood": mood or None,
        "comment": answer.comment or None,
    }


def work_item(case: Case) -> dict[str, Any]:
    """A case as the concept `work_item`: of no known person, so that promises kept are counted over all channels."""
    return {
        "work_item_id": f"feedback-{case.answer.pk}",
        "unit": case.answer.unit or None,
        "queue": QUEUE,
        "origin": "feedback",
        "urgency": URGENCY,
        "state": case.state,
        "outcome": case.outcome or None,
        "added_at": case.added_at.isoformat(),
        "due_at": case.due_at.isoformat(),
        "by_statute": False,
        "taken_at": _moment(case.taken_at),
        "ended_at": _moment(case.ended_at),
        "hand_overs": 0,
    }


def every(answer: Answer, asked: Invitation | None, case: Case | None) -> Mapping[str, dict[str, Any]]:
    """All that a new answer says: itself, the invitation it answers, the case it opens."""
    told = {"feedback": feedback(answer, answer.themes, answer.mood)}
    if asked is not None:
        told["feedback_invitation"] = invitation(asked)
    if case is not None:
        told["work_item"] = work_item(case)
    return told


def _moment(at: datetime.datetime | None) -> str | None:
    return at.isoformat() if at else None
