"""Judges programmes of referrals: that their queue is there, and that silence is answered step by step."""

from __future__ import annotations

import datetime
import itertools

from luotsi.concepts.checking.judge import Judge
from luotsi.concepts.queues import HERE, Within, until

A_MONDAY = datetime.datetime(2024, 1, 8, 9, tzinfo=HERE)
"""A day from which limits are compared: no day off follows it for weeks."""


def check(judge: Judge) -> None:
    """Judges one programme."""
    programme = judge.county.referrals[judge.name]
    for word in ("label", "about"):
        judge.label((word,), getattr(programme, word))
    judge.said((), owner=programme.owner)
    if programme.queue not in judge.county.queues:
        judge.fault(("queue",), f"there is no work queue {programme.queue}", "Add it to county/queues, or name another")
    steps = ("remind", "escalate", "lapse")
    for before, after in itertools.pairwise(steps):
        if _length(getattr(programme, before)) >= _length(getattr(programme, after)):
            judge.fault((after,), f"{after} comes no later than {before}", f"Give {after} a longer limit")


def _length(within: Within) -> datetime.datetime:
    return until(within, A_MONDAY)
