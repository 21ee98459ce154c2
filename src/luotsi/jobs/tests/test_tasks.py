"""What the worker does besides runs: boards drawn ahead, and what is old taken away."""

import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from luotsi.concepts.errors import UserError
from luotsi.jobs import publishing, running, tasks
from luotsi.web.desk import boards, drawn
from luotsi.web.desk.filters import Filters
from luotsi.web.results import queries
from luotsi.web.results.tests.fabricated import write

NAME = "20240301T080000Z-aaaa"


@pytest.fixture
def released(db: None, tmp_path: Path) -> Path:
    cache.clear()
    write(tmp_path, NAME)
    (tmp_path / "releases" / "current").write_text(NAME)
    return tmp_path


def test_boards_drawn_ahead_are_not_drawn_again_for_the_first_reader(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing.publish(released)
    whole = [each for each in queries.boards().values() if each.scope not in ("unit", "service")]
    assert drawn.ahead() == 3 * len(whole) > 0
    monkeypatch.setattr(boards, "view", lambda *_: pytest.fail("drawn again"))
    release = queries.current()
    assert release is not None
    for each in whole:
        assert "tiles" in drawn.tiles(release, each, Filters())


def test_a_release_is_shown_although_its_boards_cannot_be_drawn(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise UserError("The painter is away")

    monkeypatch.setattr(drawn, "ahead", broken)
    monkeypatch.setattr(running, "nightly", lambda *_: publishing.publish(released))
    with pytest.raises(UserError, match="The painter is away"):
        tasks.nightly(timestamp=0)
    shown = queries.current()
    assert shown is not None
    assert shown.name == NAME


def test_sessions_that_expired_and_jobs_that_failed_long_ago_are_taken_away_and_no_others(db: None) -> None:
    now = timezone.now()
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + datetime.timedelta(days=days))
    with connection.cursor() as cursor:
        for name, status, days in (("old", "failed", 31), ("new", "failed", 29), ("waiting", "todo", 31)):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (task_name, queue_name, status) VALUES (%s, 'any', %s) RETURNING id",
                [name, status],
            )
            (job,) = cursor.fetchone()
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, %s, %s)",
                [job, "failed" if status == "failed" else "deferred", now - datetime.timedelta(days=days)],
            )
        async_to_sync(tasks.tidy.func)(SimpleNamespace(app=tasks.app), timestamp=0)
        cursor.execute("SELECT task_name FROM procrastinate_jobs ORDER BY id")
        assert cursor.fetchall() == [("new",), ("waiting",)]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
