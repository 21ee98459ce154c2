"""What people and forms ask and tell of referrals without knowing them."""

from __future__ import annotations

import uuid

from luotsi.web.events.actions import on
from luotsi.web.events.models import Event
from luotsi.web.people.models import User
from luotsi.web.people.queries import gives_task, passes_on
from luotsi.web.referrals import actions, queries


@gives_task
def refers(user: User, person: uuid.UUID) -> bool:
    """Whether a referral ties a professional to a person."""
    return queries.ties(user, person)


@passes_on
def lets_know(user: User, person: uuid.UUID, matter: uuid.UUID) -> frozenset[str]:
    """What a person lets a volunteer know by a referral."""
    return queries.lets_know(user, person, matter)


@on("response.completed")
def form_answered(event: Event) -> None:
    """Takes the result of a form that was filled for a referral as its score."""
    _kind, _colon, response = event.subject.partition(":")
    actions.take_score(by=None, response=uuid.UUID(response))
