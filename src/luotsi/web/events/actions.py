"""Writes events, and lets those who asked for it hear of them in the same transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from luotsi.web.events.models import Cursor, Event

Handler = Callable[[Event], None]

WRITE = """
INSERT INTO events_event (event_id, name, by_id, at, subject, payload) VALUES (%s, %s, %s, %s, %s, %s)
RETURNING id, transaction
"""
"""One event. Every action of a person writes one, and through the ORM that cost twice as much."""

_handlers: defaultdict[str, list[Handler]] = defaultdict(list)


def on(name: str) -> Callable[[Handler], Handler]:
    """Marks a function of an app's handlers.py as one that hears of an event. It runs in the event's transaction."""

    def marked(handler: Handler) -> Handler:
        _handlers[name].append(handler)
        return handler

    return marked


def record(name: str, *, by: Any, subject: str = "", **payload: dict[str, Any] | list[dict[str, Any]]) -> Event:
    """Writes one event and calls its handlers. Each keyword of `payload` is a concept and its record or records.

    `by` is the user who did it, or None where no one is signed in. Raises RuntimeError outside a transaction: an event
    without what it tells of, or the other way round, must never stand.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"The event {name} was recorded outside a transaction; make the action atomic.")
    event = Event(name=name, by=by, subject=subject, payload=payload, at=timezone.now())
    with connection.cursor() as cursor:
        given = [event.event_id, name, by and by.pk, event.at, subject, json.dumps(payload)]
        cursor.execute(WRITE, given)
        event.pk, event.transaction = cursor.fetchone()
    for handler in _handlers[name]:
        handler(event)
    return event


def move(reader: str, last: Event) -> None:
    """Says that a reader has taken every event up to and with this one."""
    Cursor.objects.update_or_create(reader=reader, defaults={"transaction": str(last.transaction), "event": last.pk})
