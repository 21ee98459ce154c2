"""What leaders do on the desk: pin notes, follow measures and boards. Each is permitted, whole or not at all, with one
event.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from luotsi.web.desk.models import Following, Letter, Note, NoteKind
from luotsi.web.events.actions import record
from luotsi.web.people.models import User
from luotsi.web.people.permissions import require
from luotsi.web.results import queries as results


@transaction.atomic
def pin_note(
    *,
    by: User,
    kind: str,
    measure: str,
    period: str,
    text: str,
    unit: str = "",
    target: float | None = None,
    due_on: datetime.date | None = None,
) -> Note:
    """Pins a note to a measure and a period, and keeps the number as it is in the release shown now.

    Raises PermissionDenied where the user leads neither the unit nor the whole county.
    """
    require(by, "note.pin", unit=unit)
    release = results.current()
    group = f"unit={unit}" if unit else ""
    points = results.series(release, measure, grain=results.grain_of(period), group=group) if release else []
    note = Note.objects.create(
        kind=kind,
        measure=measure,
        period=period,
        unit=unit,
        text=text.strip(),
        target=target if kind == NoteKind.TARGET else None,
        due_on=due_on,
        value=next((point.value for point in points if point.period == period), None),
        release=release.name if release else "",
        author=by,
        pinned_at=timezone.now(),
    )
    record("note.pinned", by=by, subject=f"measure:{measure}", note=_said(note))
    return note


@transaction.atomic
def remove_note(*, by: User, note: Note) -> Note:
    """Takes a note off the desk; what was pinned and when stays in the lake. One already off stays as it is."""
    require(by, "note.remove", unit=note.unit)
    note = Note.objects.select_for_update().get(pk=note.pk)
    if note.removed_at is None:
        note.removed_at = timezone.now()
        note.save(update_fields=["removed_at"])
        record("note.removed", by=by, subject=f"measure:{note.measure}", note=_said(note))
    return note


@transaction.atomic
def follow(*, by: User, kind: str, name: str, query: str = "") -> Following:
    """Follows a measure or a board with a filter; following the same again changes nothing."""
    require(by, "measure.follow")
    following, new = Following.objects.get_or_create(user=by, kind=kind, name=name, query=query)
    if new:
        record("following.started", by=by, subject=f"{kind}:{name}")
    return following


@transaction.atomic
def unfollow(*, by: User, following: int) -> None:
    """Follows a thing no longer. One that is not the reader's own, or gone already, is left alone."""
    require(by, "measure.follow")
    found = Following.objects.filter(user=by, pk=following).first()
    if found is not None:
        found.delete()
        record("following.ended", by=by, subject=f"{found.kind}:{found.name}")


@transaction.atomic
def choose_letters(*, by: User, wanted: bool) -> None:
    """Says whether the weekly letter is sent. Whoever holds a letter may stop it: its link is signed for its reader."""
    if wanted:
        require(by, "measure.follow")
    Following.objects.filter(user=by).update(letter=wanted)
    record("letters.started" if wanted else "letters.stopped", by=by)


@transaction.atomic
def send_letter(*, by: None, to: User, week: str, send: Callable[[], object]) -> bool:
    """Sends the letter of a week, unless it has been sent; gives whether it was. Jobs only, so no one is asked.

    The row and the event stand only if `send` does not fail; two jobs at a time wait for one another at the row.
    """
    _letter, new = Letter.objects.get_or_create(user=to, week=week)
    if new:
        send()
        record("letter.sent", by=by, subject=f"user:{to.pk}")
    return new


def _said(note: Note) -> dict[str, Any]:
    """The note as the concept `note` has it."""
    return {
        "note_id": str(note.note_id),
        "kind": note.kind,
        "measure": note.measure,
        "period": note.period,
        "unit": note.unit or None,
        "text": note.text,
        "target": note.target,
        "due_on": note.due_on.isoformat() if note.due_on else None,
        "author": note.author.email,
        "pinned_at": note.pinned_at.isoformat(),
        "removed_at": note.removed_at.isoformat() if note.removed_at else None,
    }
