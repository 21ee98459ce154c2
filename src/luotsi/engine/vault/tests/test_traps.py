"""The traps that vault packages fall into, and bad input: each a row or two through a real load.

On the engine that LUOTSI_ENGINE names: `LUOTSI_ENGINE=spark` runs them all on Spark, which takes minutes.
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.engine.duck.connection import connect
from luotsi.engine.duck.keys import key_in_python
from luotsi.engine.vault import LoadReport, applying, load_into, open_vault, tables
from luotsi.engine.vault.opening import on_spark
from luotsi.engine.vault.tests.fabricated import CONTACT, SOURCE, land, state, write_county

FIRST, SECOND, THIRD = "2024-01-02T00:00:00", "2024-01-03T00:00:00", "2024-01-04T00:00:00"


@cache
def vault_of(home: Path) -> Any:
    """The vault of a test, in memory where the engine has one there."""
    return open_vault(home) if on_spark() else connect(None, threads=1)


def load(home: Path, county: County) -> list[LoadReport]:
    return load_into(vault_of(home), home, county)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def county(tmp_path: Path) -> County:
    return write_county(tmp_path / "county")


def row(**values: str | None) -> dict[str, str | None]:
    return {"id": "1", "person": "p", "at": "2024-01-01 10:00:00", "kind": "K", "gone": "E", **values}


def rows_in(home: Path, table: str) -> list[tuple[object, ...]]:
    con = vault_of(home)
    found = con.execute(f"SELECT * FROM vault.{table} ORDER BY recorded_at, seq").fetchall()
    return found


def values(home: Path, column: str) -> list[object]:
    """Every version of an attribute of the visits, in time."""
    con = vault_of(home)
    table = "sensitive" if column == "note" else "plain"
    query = (
        f"SELECT {column} FROM vault.sat_contact__clinic__visits__{table} WHERE NOT deleted ORDER BY recorded_at, seq"
    )
    found = [each[0] for each in con.execute(query).fetchall()]
    return found


def versions(home: Path, county: County, *extracts: dict[str, str | None]) -> list[LoadReport]:
    """Loads a full extract of one row for each given row, a day apart."""
    reports: list[LoadReport] = []
    for day, each in enumerate(extracts, 2):
        land(home, "visits", f"2024-01-{day:02}T00:00:00", [each], delivery="full", columns=row(**each).keys())
        reports += load(home, county)
    return reports


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("place", "abc", "Abc"),
        ("place", "a", "a "),
        ("place", "", "^^"),
        ("place", None, "~"),
        ("place", None, "^^"),
        ("place", "1e10", "10000000000"),
        ("place", "NaN", "nan"),
        ("place", "-0", "0"),
        ("place", "2024-01-01", "2024-01-01 00:00:00"),
        ("note", "x||", "x"),
    ],
)
def test_a_change_that_text_hashes_miss_is_a_new_version(
    home: Path, county: County, column: str, one: str | None, other: str | None
) -> None:
    versions(home, county, row(**{column: one}), row(**{column: other}))
    assert len(values(home, column)) == 2


def test_values_that_shift_across_a_delimiter_are_a_change(home: Path, county: County) -> None:
    versions(home, county, row(place="a||b", code="A1"), row(place="a", code="b||A1"))
    assert values(home, "place") == ["a||b", "a"]


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("hours", "1,50", "1,5"),
        ("hours", "-0", "0"),
        ("hours", "1 234,5", "1234,5"),
        ("day", "31.12.2023", "2023-12-31"),
        ("place", "", "NULL"),
        ("times", "007", "7"),
    ],
)
def test_another_writing_of_the_same_value_is_no_change(
    home: Path, county: County, column: str, one: str, other: str
) -> None:
    versions(home, county, row(**{column: one}), row(**{column: other}))
    assert len(values(home, column)) == 1


def test_values_are_typed_by_the_format_of_the_source(home: Path, county: County) -> None:
    versions(home, county, row(hours="1\u00a0234,5", times="3", urgent="E", day="1.2.2024", code="ZZ"))
    con = vault_of(home)
    query = "SELECT kind, hours, times, urgent, day, code FROM vault.sat_contact__clinic__visits__plain"
    expected = ("visit", Decimal("1234.5"), 3, False, datetime.date(2024, 2, 1), "ZZ")
    assert con.execute(query).fetchall() == [expected]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("hours", "NaN", "is not a number"),
        ("hours", "1.5", "is not a number"),
        ("times", "1,7", "is not a whole number"),
        ("urgent", "X", "is not true or false"),
        ("day", "30.2.2024", "is not a date"),
        ("at", "yesterday", "is not a time"),
        ("at", "1824-01-01 10:00:00", "is before 1900 or more than two days after the extract"),
        ("at", "2034-01-01 10:00:00", "is before 1900 or more than two days after the extract"),
        ("kind", "Q", "is an unknown code"),
        ("id", "", "is missing"),
    ],
)
def test_a_row_that_cannot_be_read_goes_to_quarantine_with_its_line_and_reason(
    home: Path, county: County, column: str, value: str, reason: str
) -> None:
    land(home, "visits", FIRST, [row(id="2"), row(**{column: value})], delivery="full", columns=[*row(), column])
    report = load(home, county)[0]
    assert report.quarantined == 1
    con = vault_of(home)
    assert con.execute("SELECT line, reason FROM vault.quarantine").fetchall() == [(3, reason)]
    assert len(state(con, tables(county)[0])) == 1


def test_a_key_whose_row_is_in_quarantine_is_not_taken_for_deleted(home: Path, county: County) -> None:
    versions(home, county, row(), row(at="soon"))
    assert [each[4] for each in rows_in(home, "link_contact__clinic__visits")] == [False]


def test_replaying_a_batch_with_two_versions_of_a_key_adds_nothing(home: Path, county: County) -> None:
    batch = [row(place="a", changed="2024-01-01 08:00:00"), row(place="b", changed="2024-01-01 09:00:00")]
    land(home, "visits", FIRST, batch)
    load(home, county)
    land(home, "visits", SECOND, batch)
    report = load(home, county)[0]
    assert (report.versions, report.replayed) == (0, 0)
    assert values(home, "place") == ["a", "b"]


def test_an_extract_is_loaded_once(home: Path, county: County) -> None:
    versions(home, county, row())
    assert load(home, county) == []


def test_a_key_missing_from_a_full_extract_is_deleted_and_may_come_back(home: Path, county: County) -> None:
    for day, rows in ((FIRST, [row()]), (SECOND, [row(id="2")]), (THIRD, [row(), row(id="2")])):
        land(home, "visits", day, rows, delivery="full")
    load(home, county)
    con, table = vault_of(home), tables(county)[0]
    one, two = (key_in_python("clinic", each) for each in "12")
    held = [{key for (key,) in state(con, table, day)} for day in (FIRST, SECOND, THIRD)]
    assert held == [{one}, {two}, {one, two}]


def test_a_reported_deletion_ends_a_key(home: Path, county: County) -> None:
    land(home, "visits", FIRST, [row(changed="2024-01-01 08:00:00")])
    land(home, "visits", SECOND, [{"id": "1", "changed": "2024-01-02 08:00:00", "gone": "K", "at": "unreadable"}])
    load(home, county)
    con, table = vault_of(home), tables(county)[0]
    assert len(state(con, table, "2024-01-02")) == 1
    assert state(con, table) == {}


def test_a_late_row_leaves_what_later_extracts_said(home: Path, county: County) -> None:
    land(home, "visits", FIRST, [row(place="a")], delivery="full")
    land(home, "visits", THIRD, [row(place="a")], delivery="full")
    load(home, county)
    land(home, "visits", SECOND, [row(place="b", changed="2024-01-02 12:00:00")])
    report = load(home, county)[0]
    assert values(home, "place") == ["a", "b", "a"]
    assert (report.late, report.replayed) == (1, 1)


def test_a_correction_of_the_past_shows_only_from_its_moment_on(home: Path, county: County) -> None:
    versions(home, county, row(place="wrong"), row(place="right"))
    con = vault_of(home)
    table = next(each for each in tables(county) if each.name == "sat_contact__clinic__visits__plain")
    seen = [next(iter(state(con, table, day).values()))[-1] for day in (FIRST, SECOND)]
    assert seen == ["wrong", "right"]


def test_only_the_satellite_that_changed_gets_a_version(home: Path, county: County) -> None:
    versions(home, county, row(note="a", place="r"), row(note="b", place="r"))
    assert (len(values(home, "note")), len(values(home, "place"))) == (2, 1)


@pytest.mark.skipif(on_spark(), reason="the macros are DuckDB's; on Spark marts as of a day answer what they would")
def test_point_in_time_names_the_row_in_force_of_each_table(home: Path, county: County) -> None:
    versions(home, county, row(note="a"), row(note="b"))
    con = vault_of(home)
    query = (
        "SELECT sat_contact__clinic__visits__plain__seq, sat_contact__clinic__visits__sensitive__seq "
        "FROM vault.pit_contact(?::TIMESTAMP)"
    )
    assert [con.execute(query, [day]).fetchall() for day in (FIRST, SECOND)] == [[(0, 0)], [(0, 1)]]
    assert con.execute(query, ["2024-01-01"]).fetchall() == []


def test_empty_cells_of_an_unpivoted_table_are_no_rows_and_an_emptied_cell_is_deleted(
    home: Path, county: County
) -> None:
    land(home, "wide", FIRST, [{"id": "1", "q1": "a", "q2": "", "other": "x"}], delivery="full")
    land(home, "wide", SECOND, [{"id": "1", "q1": "", "q2": "b", "other": "x"}], delivery="full")
    load(home, county)
    con, table = vault_of(home), next(each for each in tables(county) if "wide" in each.name)
    key = key_in_python("shared", "1")
    assert [state(con, table, day) for day in (FIRST, SECOND)] == [{(key, "q1"): ("a",)}, {(key, "q2"): ("b",)}]


def test_same_as_links_follow_the_extract(home: Path, county: County) -> None:
    land(home, "clients", FIRST, [{"id": "1", "hetu": "p"}, {"id": "2", "hetu": ""}], delivery="full")
    land(home, "clients", SECOND, [{"id": "1", "hetu": "q"}], delivery="full")
    load(home, county)
    con, table = vault_of(home), next(each for each in tables(county) if each.kind == "same")
    member = (key_in_python("clinic", "1"),)
    expected = [{member: (key_in_python("hetu", each),)} for each in "pq"]
    assert [state(con, table, day) for day in (FIRST, SECOND)] == expected


def test_what_was_unusual_is_said(home: Path, county: County) -> None:
    rows = [row(id=str(n), code="ZZ" if n < 3 else "A1") for n in range(10)] + [row(id="9", code="A1")]
    land(home, "visits", FIRST, rows, delivery="full")
    report = load(home, county)[0]
    said = " / ".join(report.unusual)
    assert "contact code: 3 codes are in no code list" in said
    assert "1 rows stand more than once in the extract" in said
    assert "1 keys of person are referred to, but no extract has described them" in said
    land(home, "visits", SECOND, [], delivery="full", columns=row().keys())
    report = load(home, county)[0]
    assert "the extract has no rows" in report.unusual
    assert report.deleted == 10


def test_a_changed_definition_loads_the_table_anew(home: Path, county: County, tmp_path: Path) -> None:
    versions(home, county, row(place="abc"))
    changed = write_county(
        tmp_path / "changed", SOURCE.replace("place: {value: place}", "place: {value: upper(place)}")
    )
    assert [(each.table, each.loads) for each in load(home, changed)] == [("visits", (2,))]  # no number is given twice
    assert values(home, "place") == ["ABC"]
    assert load(home, changed) == []


def test_unreadable_rows_are_a_clear_error_and_change_nothing(home: Path, county: County) -> None:
    folder = land(home, "visits", FIRST, [row()], delivery="full")
    sound = (folder / "rows.parquet").read_bytes()
    (folder / "rows.parquet").write_bytes(sound[: len(sound) // 2])
    with pytest.raises(UserError, match=r"clinic, table visits.*nothing of it was loaded"):
        load(home, county)
    con = vault_of(home)
    assert con.execute("SELECT count(*) FROM vault.loads").fetchone() == (0,)
    (folder / "rows.parquet").write_bytes(sound)
    assert load(home, county)[0].rows == 1


def test_rows_that_are_fewer_than_landed_are_a_clear_error_and_change_nothing(home: Path, county: County) -> None:
    folder = land(home, "visits", FIRST, [row(), row(id="2")], delivery="full")
    pq.write_table(pq.read_table(folder / "rows.parquet").slice(1), folder / "rows.parquet")
    with pytest.raises(UserError, match=r"gave 1 rows where 2 landed; nothing of it was loaded"):
        load(home, county)
    assert rows_in(home, "sat_contact__clinic__visits__plain") == []


def test_a_broken_manifest_is_a_clear_error(home: Path, county: County) -> None:
    folder = land(home, "visits", FIRST, [row()], delivery="full")
    (folder / "manifest.json").write_text(json.dumps({"extract": "x"}), "utf-8")
    with pytest.raises(UserError, match="not the manifest of an extract"):
        load(home, county)


def test_a_disk_that_is_full_is_a_clear_error_and_changes_nothing(
    home: Path, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise duckdb.IOException("Could not write file: No space left on device")

    land(home, "visits", FIRST, [row()], delivery="full")
    monkeypatch.setattr(applying, "insert_new", full)
    with pytest.raises(UserError, match="If the disk is full, make room"):
        load(home, county)
    monkeypatch.undo()
    con = vault_of(home)
    assert con.execute("SELECT count(*) FROM vault.hub_contact").fetchone() == (0,)
    assert load(home, county)[0].versions == 3


@pytest.mark.parametrize("name", ["seq", "nth_told"])
def test_an_attribute_called_as_the_engine_calls_its_own_columns_is_a_clear_error(tmp_path: Path, name: str) -> None:
    concept = CONTACT.replace("  place:", f"  {name}:")
    county = write_county(tmp_path, SOURCE.replace("place: {value: place}", f"{name}: {{value: place}}"), concept)
    with pytest.raises(UserError, match=f"an attribute cannot be called {name}, the engine uses it"):
        tables(county)
