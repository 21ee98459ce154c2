"""Events of the web half reach the lake once each, whatever happens on the way, and become rows of the vault."""

import datetime
import os
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.db import connection, transaction

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.engine import lake, marts, vault
from luotsi.engine.lake.manifest import folder
from luotsi.jobs import exporting
from luotsi.web.events.actions import record
from luotsi.web.events.models import Event
from luotsi.web.events.queries import unread
from luotsi.web.people.tests.made_up import person
from luotsi.web.queues import actions as queues
from luotsi.web.services.tests.made_up import delivery, service, take

pytestmark = pytest.mark.django_db(transaction=True)

KILLED = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from luotsi.concepts.shipped import open_county
from luotsi.jobs import exporting
where, home = sys.argv[1], Path(sys.argv[2])
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def after(module, name):
    real = getattr(module, name)
    setattr(module, name, lambda *given, **named: (real(*given, **named), die()))
if where == "before the batch appears":
    exporting._write = die
elif where == "before it lands":
    exporting._landed = die
elif where == "before the cursor moves":
    exporting.move = die
elif where == "after the cursor has moved":
    after(exporting, "move")
exporting.export(home, open_county())
"""


@pytest.fixture(scope="module")
def county() -> County:
    return open_county()


def pin(number: int, **said: object) -> None:
    """What the desk records when a note is pinned."""
    note = {
        "note_id": f"n{number}",
        "kind": "decision",
        "measure": "contacts",
        "period": "2024-01",
        "unit": None,
        "text": f"Seuraamme asiaa {number}",
        "author": "liisa.leader@luotsi.example",
        "target": None,
        "due_on": None,
        "pinned_at": f"2024-02-01T10:00:{number:02}.250000+00:00",
        "removed_at": None,
    }
    with transaction.atomic():
        record("note.pinned", by=None, subject="measure:contacts", note={**note, **said})


def settled() -> None:
    """Waits until no other transaction of the server hides the newest event."""
    until, newest = time.monotonic() + 60, Event.objects.latest("id").pk
    while newest not in [each.pk for each in unread(exporting.READER)]:
        assert time.monotonic() < until
        time.sleep(0.05)


def landed(home: Path) -> list[str]:
    """The note ids in the lake, one for each row."""
    rows = [pq.ParquetFile(folder(home, each) / "rows.parquet").read() for each in lake.manifests(home, "luotsi")]
    return sorted(note for table in rows for note in table["note_id"].to_pylist())


def rows(home: Path, county: County) -> list[tuple[object, ...]]:
    vault.load(home, county)
    con = vault.open_vault(home)
    try:
        marts.refresh(con, county)
        return con.execute(
            "SELECT note_id, kind, measure, target::DOUBLE, pinned_at::VARCHAR, removed_at IS NOT NULL "
            "FROM marts.note ORDER BY ALL"
        ).fetchall()
    finally:
        con.close()


def test_a_pinned_note_is_a_row_of_the_vault_after_the_next_build(tmp_path: Path, county: County) -> None:
    pin(1)
    pin(2, kind="target", target=0.85)
    with transaction.atomic():
        record("release.pointed_to", by=None)
    settled()
    assert exporting.export(tmp_path, county) == 3
    assert rows(tmp_path, county) == [
        ("n1", "decision", "contacts", None, "2024-02-01 12:00:01.25", False),
        ("n2", "target", "contacts", 0.85, "2024-02-01 12:00:02.25", False),
    ]


def test_a_note_taken_off_later_keeps_its_history(tmp_path: Path, county: County) -> None:
    pin(1)
    settled()
    exporting.export(tmp_path, county)
    pin(1, removed_at="2024-03-01T08:00:00+00:00")
    settled()
    exporting.export(tmp_path, county)
    assert [row[5] for row in rows(tmp_path, county)] == [True]
    assert landed(tmp_path) == ["n1", "n1"]


def test_text_and_author_are_nowhere_but_in_the_encrypted_store(tmp_path: Path, county: County) -> None:
    pin(1)
    settled()
    exporting.export(tmp_path, county)
    rows(tmp_path, county)
    for path in (each for each in tmp_path.rglob("*") if each.is_file()):
        content = path.read_bytes()
        assert b"asiaa" not in content
        assert b"liisa.leader" not in content
    assert [each.columns for each in lake.manifests(tmp_path, "luotsi")]


def test_an_item_of_a_work_queue_is_a_row_of_the_vault_under_its_persons_pseudonym(
    tmp_path: Path, county: County
) -> None:
    who = person("230368-9116", "Veikko Verrokki", municipality="179")
    said = {"queue": "social_contacts", "reason": "Tarvitsen apua kotona", "urgency": "now", "source": ("test", "1")}
    item = queues.add_item(by=None, person=who.pk, **said)
    queues.cancel(by=None, item=item.pk)
    settled()
    exporting.export(tmp_path, county)
    vault.load(tmp_path, county)
    con = vault.open_vault(tmp_path)
    try:
        marts.refresh(con, county)
        asked = (
            "SELECT queue, state, by_statute, hand_overs, ended_at >= added_at, person IS NOT NULL FROM marts.work_item"
        )
        assert con.execute(asked).fetchall() == [("social_contacts", "cancelled", False, 0, True, True)]
        [(kept,)] = con.execute("SELECT person_id FROM vault.hub_person").fetchall()
    finally:
        con.close()
    assert len(kept) == 32
    for path in (each for each in tmp_path.rglob("*") if each.is_file()):
        content = path.read_bytes()
        assert b"230368" not in content, path
        assert b"apua kotona" not in content, path


def test_all_entries_of_one_import_of_the_directory_are_rows_of_the_vault(tmp_path: Path, county: County) -> None:
    day = datetime.date(2026, 11, 1)
    take(delivery(service("a", "Kuoro", languages=("fi", "sv"), checked=day), service("b", "Kerho")))
    take(delivery(service("a", "Kuoro", languages=("fi",), checked=day)), complete=True)
    settled()
    exporting.export(tmp_path, county)
    vault.load(tmp_path, county)
    con = vault.open_vault(tmp_path)
    try:
        marts.refresh(con, county)
        asked = "SELECT entry_id, kind, in_swedish, digital, removed_at IS NULL FROM marts.service_entry ORDER BY 1"
        assert con.execute(asked).fetchall() == [
            ("a", "association", False, False, True),
            ("b", "association", None, False, False),
        ]
        assert con.execute("SELECT checked_on FROM marts.service_check").fetchall() == [(day,)]
    finally:
        con.close()


def test_exporting_when_nothing_has_happened_adds_nothing(tmp_path: Path, county: County) -> None:
    assert exporting.export(tmp_path, county) == 0
    assert not lake.manifests(tmp_path)


def test_a_concept_that_the_county_does_not_know_is_told_and_not_lost(tmp_path: Path, county: County) -> None:
    with transaction.atomic():
        record("boat.launched", by=None, boat={"boat_id": "1"})
    settled()
    with pytest.raises(UserError, match=r"The event boat\.launched carries the concept boat"):
        exporting.export(tmp_path, county)
    assert [each.name for each in unread(exporting.READER)] == ["boat.launched"]


@pytest.fixture
def environment() -> dict[str, str]:
    """How another process finds the database of this test."""
    address = os.environ["DATABASE_URL"].replace("/postgres?", f"/{connection.settings_dict['NAME']}?")
    return {**os.environ, "DATABASE_URL": address}


@pytest.mark.parametrize(
    "where",
    ["before the batch appears", "before it lands", "before the cursor moves", "after the cursor has moved"],
)
def test_an_export_killed_anywhere_loses_nothing_and_doubles_nothing(
    where: str, tmp_path: Path, county: County, environment: dict[str, str]
) -> None:
    pin(1)
    pin(2)
    settled()
    command = [sys.executable, "-W", "ignore", "-c", KILLED, where, str(tmp_path)]
    done = subprocess.run(command, env=environment, timeout=60, check=False)
    assert done.returncode == -9
    pin(3)
    settled()
    exporting.export(tmp_path, county)
    assert landed(tmp_path) == ["n1", "n2", "n3"]
    assert unread(exporting.READER) == []
    assert [each.name for each in (tmp_path / "outbox").iterdir()] == []
