"""Wellbeing referrals as county content: who coordinates them and by when, and how a referral moves.

Here are the record of `county/referrals`, what can be passed on of a person, and the moves of a referral. Referrals
themselves are rows of the web half, which holds each move to what is said here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from luotsi.concepts.queues import Move, Within
from luotsi.concepts.records import Label, Name, Record


class Programme(Record):
    """A programme of referrals: whose queue coordinates it, and after how long someone is reminded or asked.

    `contact`: by when the coordinator takes up what has come back or lacks a receiver. `remind`, `escalate`, `lapse`:
    after what silence the receiver is reminded, the coordinator is told, and a referral that has no answer lapses.
    `follow_up`: how long after the first contact the coordinator asks how it goes.
    """

    programme: Name
    label: Label
    about: Label
    sector: Literal["health", "social"]
    """What a mandate has to cover."""
    queue: Name
    contact: Within
    remind: Within
    escalate: Within
    lapse: Within
    follow_up: tuple[Within, ...] = ()
    owner: str
    unconfirmed: str = Field(default="")
    """What of this is our own reading, to be checked before use; "" where all is confirmed."""


# What can be passed on of a person, each only as they consent to it.

ITEMS = (
    "name",
    "phone",
    "email",
    "municipality",
    "language",
    "reason",
    "goals",
    "access_needs",
    "wellbeing",
)
"""The codes of code list `wellbeing_referral_item`."""

# How a referral moves: declared here alone. The database holds referrals to it, the reference draws it.

DRAFT, CONSENTED, WAITING, SENT, ACCEPTED, PROPOSED = "draft", "consented", "waiting", "sent", "accepted", "proposed"
MET, ATTENDING, CLOSED = "met", "attending", "closed"
DECLINED, LAPSED, WITHDRAWN = "declined", "lapsed", "withdrawn"
STATES = (
    *(DRAFT, CONSENTED, WAITING, SENT, ACCEPTED, PROPOSED, MET, ATTENDING, CLOSED),
    *(DECLINED, LAPSED, WITHDRAWN),
)
"""The codes of code list `wellbeing_referral_state`."""
PASSED = (SENT, ACCEPTED, PROPOSED, MET, ATTENDING)
"""Where the receiver sees it, and it takes a place."""
REOPENED = (CONSENTED, WAITING, DECLINED, LAPSED)
OPEN = (DRAFT, CONSENTED, WAITING, DECLINED, LAPSED, *PASSED)

REACHED, PARTLY, NOT_STARTED, RETURNED = "reached", "partly", "not_started", "returned"
OUTCOMES = (REACHED, PARTLY, NOT_STARTED, RETURNED)
"""The codes of code list `wellbeing_referral_outcome`."""
BEFORE_MEETING = (NOT_STARTED, RETURNED)
"""How it can end before the person and the receiver have met."""

MOVES = {
    "consent": Move((DRAFT,), CONSENTED),
    "wait for a place": Move((CONSENTED,), WAITING),
    "send": Move((CONSENTED, WAITING), SENT),
    "accept": Move((SENT,), ACCEPTED),
    "propose a time": Move((ACCEPTED,), PROPOSED),
    "meet": Move((ACCEPTED, PROPOSED), MET),
    "attend": Move((MET,), ATTENDING),
    "close": Move((ACCEPTED, PROPOSED, MET, ATTENDING), CLOSED),
    "decline": Move((SENT, ACCEPTED, PROPOSED), DECLINED),
    "lapse": Move((SENT,), LAPSED),
    "reopen": Move(REOPENED, DRAFT),
    "withdraw": Move((*OPEN, CLOSED), WITHDRAWN),
}


def pairs() -> Iterator[tuple[str, str]]:
    """Each state with each state that follows it; the first state of all follows none ("")."""
    yield "", DRAFT
    yield from ((before, move.after) for move in MOVES.values() for before in move.before)
