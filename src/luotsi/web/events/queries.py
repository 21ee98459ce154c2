"""Reads the outbox in an order that loses nothing."""

from __future__ import annotations

from luotsi.web.events.models import Cursor, Event


def unread(reader: str, limit: int = 10_000) -> list[Event]:
    """The events a reader has not taken yet, oldest first.

    Ordered by (transaction, id), and only below the oldest transaction still running: an event that commits late has
    a transaction id that is not below it yet, so the cursor cannot pass it. The server counts the transactions of all
    its databases as one, so a long one elsewhere delays reading.
    """
    cursor = Cursor.objects.filter(reader=reader).first() or Cursor(reader=reader)
    return list(
        Event.objects.raw(
            """
            SELECT * FROM events_event
            WHERE (transaction, id) > (%s::xid8, %s) AND transaction < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY transaction, id LIMIT %s
            """,
            [cursor.transaction, cursor.event, limit],
        )
    )
