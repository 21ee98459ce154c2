"""Taking a release in: whole or not at all, once, and never with a small cell that is shown."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import IntegrityError, connection, transaction

from luotsi.concepts.errors import UserError
from luotsi.web.events.models import Event
from luotsi.web.results import queries
from luotsi.web.results.actions import drop_old, point_to, take_in
from luotsi.web.results.models import Current, Release, Result, Series
from luotsi.web.results.tests.fabricated import NAME, definition, row, rows, write


def edited(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def break_it(folder: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        change(manifest)
        (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")

    return break_it


def cut(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:40])


BROKEN: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "not whole: .*manifest.json"),
    "half a manifest": (cut("manifest.json"), "manifest.json is not the manifest of a release"),
    "another json": (lambda folder: (folder / "manifest.json").write_text("[]"), "release, created_at.* is missing"),
    "no small": (edited(lambda said: said.pop("small")), "small is missing"),
    "no results": (lambda folder: (folder / "results.parquet").unlink(), "not whole: .*results.parquet"),
    "half of the results": (cut("results.parquet"), "not whole: .*results.parquet"),
    "no labels": (lambda folder: (folder / "labels.parquet").unlink(), "not whole: .*labels.parquet"),
    "no SQL": (lambda folder: (folder / "sql" / "seen.sql").unlink(), "not whole: .*seen.sql"),
    "another's results": (edited(lambda said: said.update(results="0" * 64)), "has changed since the release"),
    "another name": (edited(lambda said: said.update(release="other")), "holds the release other"),
    "no definition": (edited(lambda said: said["definitions"].pop("cost")), "numbers of cost but not its definition"),
}

SMALL = {
    "a small n": [row("seen", "2024", "", 4.0, 4)],
    "a small numerator of a share": [row("seen", "2024", "", 3.0, 40)],
    "all but a few": [row("seen", "2024", "", 38.0, 40)],
    "a small segment": [{**row("main", "2024-01", "segment=rest", 2.0, 2), "kind": "segment"}],
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_or_half_release_is_refused_in_a_sentence(db: None, home: Path, how: str) -> None:
    break_it, sentence = BROKEN[how]
    folder = write(home)
    break_it(folder)
    with pytest.raises(UserError, match=sentence):
        take_in(by=None, folder=folder)
    assert not Release.objects.exists()


@pytest.mark.parametrize("how", SMALL)
def test_a_release_that_shows_a_small_cell_is_refused_in_a_sentence(db: None, home: Path, how: str) -> None:
    folder = write(home, results=[*rows()[:3], *SMALL[how]])
    with pytest.raises(UserError, match=r"count of people below 5 that is not hidden .*; it is not taken in"):
        take_in(by=None, folder=folder)
    assert not Series.objects.exists()


def test_a_release_that_hides_a_row_but_shows_a_number_of_it_is_refused(db: None, home: Path) -> None:
    folder = write(home, results=[*rows()[:3], row("seen", "2024", "unit=9", None, 12)])
    with pytest.raises(UserError, match=r"a hidden row with its denominator \(seen, 2024, unit=9"):
        take_in(by=None, folder=folder)


def test_a_release_with_rows_of_single_persons_is_refused(db: None, home: Path) -> None:
    folder = write(home, results=[*rows()[:3], row("seen", "2024", "", 20.0, 40, subject="9f2c")])
    with pytest.raises(UserError, match="only aggregates"):
        take_in(by=None, folder=folder)


def test_a_period_that_is_none_is_refused(db: None, home: Path) -> None:
    with pytest.raises(UserError, match="has the period 2024-13"):
        take_in(by=None, folder=write(home, results=[row("seen", "2024-13", "", 20.0, 40)]))


@pytest.mark.parametrize("counts", ["money", "things", "professionals"])
def test_small_counts_of_what_is_no_person_may_be_shown(db: None, home: Path, counts: str) -> None:
    definitions = {"cost": definition("cost", counts=counts)}
    taken = take_in(by=None, folder=write(home, results=[row("cost", "2024", "", 2.0, 3)], definitions=definitions))
    assert queries.series(taken, "cost", grain="year")[0].n == 3


def test_zero_is_no_small_cell(db: None, home: Path) -> None:
    taken = take_in(by=None, folder=write(home, results=[row("seen", "2024", "", 0.0, 40)]))
    assert queries.series(taken, "seen", grain="year")[0].numerator == 0


def test_the_database_itself_holds_no_number_of_a_hidden_row(db: None, home: Path) -> None:
    take_in(by=None, folder=write(home))
    series = Series.objects.get(group="unit=3")
    with pytest.raises(IntegrityError, match="results_hidden_is_empty"), transaction.atomic():
        Result.objects.filter(series=series).update(n=3)


def test_the_same_release_twice_changes_nothing(db: None, home: Path) -> None:
    folder = write(home)
    first = take_in(by=None, folder=folder)
    before = (Event.objects.count(), list(Series.objects.values_list("id", flat=True)), Result.objects.count())
    assert take_in(by=None, folder=folder) == first
    assert (Event.objects.count(), list(Series.objects.values_list("id", flat=True)), Result.objects.count()) == before


def test_taking_in_and_pointing_leave_an_event_each(db: None, home: Path) -> None:
    take_in(by=None, folder=write(home))
    point_to(by=None, release=NAME)
    told = list(Event.objects.values_list("name", "subject"))
    assert told == [("release.taken_in", f"release:{NAME}"), ("release.pointed_to", f"release:{NAME}")]


def test_there_is_never_a_second_pointer(db: None, home: Path) -> None:
    release = take_in(by=None, folder=write(home))
    point_to(by=None, release=NAME)
    point_to(by=None, release=NAME)
    assert Current.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Current.objects.create(one=False, release=release)


def test_pointing_to_what_is_not_here_is_told(db: None) -> None:
    with pytest.raises(UserError, match="no release 2020 here"):
        point_to(by=None, release="2020")


def test_old_releases_go_but_not_the_one_that_is_shown(db: None, home: Path) -> None:
    names = [f"2024030{day}T080000Z-aaaa" for day in range(1, 6)]
    for name in names:
        take_in(by=None, folder=write(home, name))
    point_to(by=None, release=names[0])
    assert drop_old(by=None, keep=2) == [names[2], names[1]]
    assert [each.name for each in queries.releases()] == [names[4], names[3], names[0]]
    assert Result.objects.count() == 3 * len(rows())
    assert drop_old(by=None, keep=2) == []


MOMENTS = ("_release", "_describe", "_copy", "_numbers", "record")
KILLED = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from luotsi.web.results import actions
def killed_at(moment):
    before = getattr(actions, moment)
    def killed(*args, **kwargs):
        if moment == "_copy":
            model, columns, table = args
            before(model, columns, table.slice(0, len(table) // 2))
        else:
            before(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(actions, moment, killed)
    actions.take_in(by=None, folder=Path(sys.argv[1]))
for moment in sys.argv[2:]:
    child = os.fork()
    if not child:
        killed_at(moment)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL, moment
"""


def test_a_load_killed_at_any_moment_leaves_the_old_release_standing(transactional_db: None, home: Path) -> None:
    old = take_in(by=None, folder=write(home, "20240201T080000Z-aaaa"))
    point_to(by=None, release=old.name)
    held = (Result.objects.count(), Event.objects.count())
    folder = write(home)
    server = urlsplit(os.environ["DATABASE_URL"])
    address = urlunsplit(server._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = {**os.environ, "DATABASE_URL": address, "LUOTSI_HOME": str(home)}
    subprocess.run([sys.executable, "-c", KILLED, str(folder), *MOMENTS], env=environment, check=True)
    assert queries.current() == old
    assert (Result.objects.count(), Event.objects.count()) == held
    assert take_in(by=None, folder=folder).rows == len(rows())
