"""The outbox: nothing is lost, nothing stands alone."""

import threading
import time

import pytest
from django.db import connection, transaction

from luotsi.web.events.actions import move, record
from luotsi.web.events.models import Event
from luotsi.web.events.queries import unread


def settled() -> None:
    """Waits until every transaction that has begun is over, also in other databases: the server counts them as one."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(transaction) < pg_snapshot_xmin(pg_current_snapshot()) FROM events_event")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("a transaction stayed open for three minutes")


def test_an_event_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        record("note.pinned", by=None)
    assert not Event.objects.exists()


def test_an_event_that_commits_late_is_still_read(transactional_db: None) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            record("note.pinned", by=None, subject="late")
            begun.set()
            go_on.wait(10)
        connection.close()

    other = threading.Thread(target=late)
    other.start()
    assert begun.wait(10)
    with transaction.atomic():
        record("note.pinned", by=None, subject="early")
    assert [each.subject for each in unread("lake")] == []
    go_on.set()
    other.join(10)
    settled()
    found = unread("lake")
    assert sorted(each.subject for each in found) == ["early", "late"]
    move("lake", found[-1])
    assert unread("lake") == []


def test_a_cursor_reads_each_event_once_in_any_number_of_parts(transactional_db: None) -> None:
    for place in range(7):
        with transaction.atomic():
            record("note.pinned", by=None, subject=str(place))
    settled()
    seen: list[str] = []
    while part := unread("lake", limit=2):
        seen += [each.subject for each in part]
        move("lake", part[-1])
    assert seen == [str(place) for place in range(7)]
