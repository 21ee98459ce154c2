"""Judges work queues: who serves them, what they promise, which act limits them. Which units there are is not known."""

from __future__ import annotations

from luotsi.concepts.checking.judge import Judge

URGENCY = "work_urgency"
"""The code list by which promises are given."""


def check(judge: Judge) -> None:
    """Judges one queue."""
    queue = judge.county.queues[judge.name]
    for word in ("label", "answer"):
        judge.label((word,), getattr(queue, word))
    for team, label in queue.teams.items():
        judge.label(("teams", team), label)
    judge.said((), owner=queue.owner)
    if not queue.units:
        judge.fault(("units",), "no unit serves the queue", "Name one or more by their codes")
    for place, unit in enumerate(queue.units):
        if not unit.strip() or unit in queue.units[:place]:
            what = f"the unit {unit} stands twice" if unit.strip() else "a unit has no code"
            judge.fault(("units", place), what, "Name each unit once")
    for urgency in queue.promises:
        judge.value(("promises", urgency), urgency, URGENCY)
    if queue.limit is not None:
        judge.said(("limit",), source=queue.limit.source)
