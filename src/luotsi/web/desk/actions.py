"""What leaders do on the desk: pin a note, take it off. Each is permitted, whole or not at all, with one event."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from luotsi.web.desk.models import Note, NoteKind
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
