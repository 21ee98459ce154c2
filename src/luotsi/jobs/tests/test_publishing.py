"""From the engine's release to the one that pages show, and back."""

from pathlib import Path

import pytest

from luotsi.concepts.errors import UserError
from luotsi.jobs.publishing import publish, roll_back
from luotsi.web.results import queries
from luotsi.web.results.tests.fabricated import write

OLD, NEW = "20240301T080000Z-aaaa", "20240401T080000Z-bbbb"


def released(home: Path, name: str) -> None:
    write(home, name)
    (home / "releases" / "current").write_text(name + "\n", "utf-8")


def shown() -> str | None:
    found = queries.current()
    return found.name if found else None


def test_the_current_release_of_the_home_is_shown(db: None, tmp_path: Path) -> None:
    released(tmp_path, OLD)
    assert publish(tmp_path).name == OLD
    assert shown() == OLD
    released(tmp_path, NEW)
    publish(tmp_path)
    assert shown() == NEW


def test_rolling_back_shows_the_release_before_until_there_is_none(db: None, tmp_path: Path) -> None:
    released(tmp_path, OLD)
    publish(tmp_path)
    released(tmp_path, NEW)
    publish(tmp_path)
    assert roll_back().name == OLD
    assert shown() == OLD
    with pytest.raises(UserError, match="no older release"):
        roll_back()
    assert shown() == OLD


def test_publishing_what_is_here_does_not_undo_a_roll_back_unless_it_is_named(db: None, tmp_path: Path) -> None:
    released(tmp_path, OLD)
    publish(tmp_path)
    released(tmp_path, NEW)
    publish(tmp_path)
    roll_back()
    publish(tmp_path)
    assert shown() == OLD
    publish(tmp_path, NEW)
    assert shown() == NEW


def test_a_broken_release_leaves_what_is_shown(db: None, tmp_path: Path) -> None:
    released(tmp_path, OLD)
    publish(tmp_path)
    released(tmp_path, NEW)
    (tmp_path / "releases" / NEW / "results.parquet").write_bytes(b"PAR1")
    with pytest.raises(UserError, match="not whole"):
        publish(tmp_path)
    assert shown() == OLD


def test_a_home_without_a_release_is_told(db: None, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no release"):
        publish(tmp_path)
