"""Runs of jobs: what they bring, what a failed one leaves standing, and that there is one at a time."""

import fcntl
import shutil
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from luotsi.concepts.errors import UserError
from luotsi.engine import release as engine
from luotsi.jobs import content, running
from luotsi.web.events.models import Event
from luotsi.web.people.models import Membership, User
from luotsi.web.people.permissions import Role
from luotsi.web.results import actions, queries
from luotsi.web.results.models import Run
from luotsi.web.results.tests import fabricated

pytestmark = pytest.mark.django_db

OLD, NEW = "20240301T080000Z-aaaa", "20240401T080000Z-bbbb"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worked examples are run in their own tests."""
    monkeypatch.setattr(content, "worked_examples", lambda *_: [])


def made(home: Path, name: str) -> Path:
    folder = fabricated.write(home, name, created_at=f"2024-0{3 if name == OLD else 4}-01T08:00:00+00:00")
    (home / "releases" / "current").write_text(name)
    return folder


def administrator() -> Client:
    user = User.objects.create_user("pertti@luotsi.example", name="Pertti", language="fi")
    Membership.objects.create(user=user, role=Role.ADMINISTRATOR, unit="", since="2024-01-01")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shown() -> str | None:
    current = queries.current()
    return current.name if current else None


def test_a_release_that_is_new_here_is_shown_and_the_run_says_so(tmp_path: Path) -> None:
    made(tmp_path, OLD)
    run = running.publish(tmp_path)
    assert run is not None
    assert (run.error, run.release.name, shown()) == ("", OLD, OLD)
    assert run.ended_at is not None
    assert [each.name for each in Event.objects.filter(name__startswith="run.")] == [
        "run.started",
        "run.advanced",
        "run.advanced",
        "run.ended",
    ]
    assert running.publish(tmp_path) is None


def test_a_release_that_fails_leaves_the_last_good_one_and_the_desk_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, OLD)
    running.publish(tmp_path)

    def half_written(home: Path, _county: object) -> None:
        (made(home, NEW) / "results.parquet").write_bytes(b"cut short")

    monkeypatch.setattr(engine, "build", half_written)
    run = running.nightly(tmp_path)
    assert run.step == "publish"
    assert run.error
    assert shown() == OLD
    client = administrator()
    assert "ei päättynyt hyvin" in client.get(reverse("data")).content.decode()
    assert run.error[:30] in client.get(reverse("data")).content.decode()
    assert client.get(reverse("home")).status_code == 200


def test_a_run_with_nothing_loaded_ends_with_the_sentence_of_the_engine(tmp_path: Path) -> None:
    run = running.nightly(tmp_path)
    assert run.step == "release"
    assert "Nothing is loaded" in run.error
    assert run.sources is not None
    assert set(run.seconds) == {"check", "export", "load", "survey", "release"}
    assert queries.failure() == run


def test_an_unexpected_fault_is_a_sentence_too_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.vault, "load", lambda *_: 1 / 0)
    assert "ZeroDivisionError" in running.nightly(tmp_path).error
    monkeypatch.undo()
    made(tmp_path, OLD)
    assert running.publish(tmp_path) is not None
    assert queries.failure() is None


def test_there_is_one_run_at_a_time_in_a_home(tmp_path: Path) -> None:
    with (tmp_path / ".run.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="Another run goes on"):
            running.nightly(tmp_path)
    assert not Run.objects.exists()


def test_a_run_that_was_killed_is_ended_by_the_next(tmp_path: Path) -> None:
    killed = actions.begin_run(by=None, kind="nightly")
    made(tmp_path, OLD)
    running.publish(tmp_path)
    killed.refresh_from_db()
    assert killed.ended_at is not None
    assert killed.error == actions.INTERRUPTED


def test_content_that_cannot_be_read_fails_the_run_and_nothing_else(tmp_path: Path) -> None:
    made(tmp_path, OLD)
    running.publish(tmp_path)
    overlay = tmp_path / "own"
    (overlay / "measures").mkdir(parents=True)
    (overlay / "measures" / "broken.yaml").write_text("measure: [")
    run = running.nightly(tmp_path, overlay)
    assert run.step == "check"
    assert "broken.yaml" in run.error
    assert shown() == OLD


def test_a_look_is_taken_once_for_a_release_that_is_shown(tmp_path: Path) -> None:
    made(tmp_path, OLD)
    running.publish(tmp_path)
    look = running.look(tmp_path)
    assert look is not None
    assert look.error == ""
    assert {each["source"] for each in look.sources} >= {"luotsi", "lifecare"}
    assert running.look(tmp_path) is None


def test_an_administrator_shows_an_older_release_and_the_next_night_leaves_it_so(tmp_path: Path) -> None:
    for name in (OLD, NEW):
        made(tmp_path, name)
        running.publish(tmp_path)
    client = administrator()
    client.post(reverse("show_release"), {"release": OLD})
    assert shown() == OLD
    assert running.publish(tmp_path) is None
    assert shown() == OLD
    client.post(reverse("show_release"), {"release": "nothing"})
    assert shown() == OLD
    client.post(reverse("show_release"), {"release": NEW})
    assert shown() == NEW
    assert Event.objects.filter(name="release.pointed_to", by__isnull=False).count() == 2


def test_a_home_whose_release_is_gone_is_told_in_a_sentence(tmp_path: Path) -> None:
    shutil.rmtree(made(tmp_path, OLD))
    with pytest.raises(UserError, match="which is not there"):
        running.publish(tmp_path)
