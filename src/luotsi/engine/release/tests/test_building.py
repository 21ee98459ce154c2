"""A release is whole or not there, never changes, says what it rests on, and gives no small cell away."""

from __future__ import annotations

import datetime
import hashlib
import importlib.util
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from luotsi.concepts.errors import UserError
from luotsi.engine import measures
from luotsi.engine.release import build, current, find, releases, texts
from luotsi.engine.release.results import NORMAL_95
from luotsi.engine.release.store import NUMBERS

_spec = importlib.util.spec_from_file_location("attacks", Path(__file__).with_name("attacks.py"))
assert _spec is not None
assert _spec.loader is not None
attacks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(attacks)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text("utf-8"))


def test_a_release_holds_results_labels_sql_and_a_manifest_and_is_made_current(world: Any) -> None:
    folder = build(world.home, world.county)
    assert sorted(contents(folder)) == [
        "labels.parquet",
        "manifest.json",
        "results.parquet",
        "sql/contacts.sql",
        "sql/remote_share.sql",
    ]
    found = current(world.home)
    assert found is not None
    assert found.folder == folder
    assert not list((world.home / "releases").glob(".*"))


def test_the_manifest_says_what_the_release_rests_on(world: Any) -> None:
    said = manifest(build(world.home, world.county))
    assert said["definitions"]["contacts"]["loads"] == [1, 2]
    assert [each["load"] for each in said["loads"]] == [1, 2, 3]
    assert said["freshness"] == {"visits": "2023-12-31T23:00:00"}
    assert said["last_month"] == "2023-12"
    assert said["rows"]["measure"] == pq.read_metadata(find(world.home).folder / "results.parquet").num_rows
    assert said["suppressed"]["remote_share"] > 0
    assert said["previous"] is None


def test_the_same_inputs_give_the_same_bytes_of_results(world: Any) -> None:
    first, second = build(world.home, world.county), build(world.home, world.county)
    assert first != second
    assert (first / "results.parquet").read_bytes() == (second / "results.parquet").read_bytes()
    assert manifest(second)["previous"] == first.name


def test_the_same_inputs_give_the_same_bytes_without_a_release_before(world: Any) -> None:
    first = (build(world.home, world.county) / "results.parquet").read_bytes()
    with world.connect() as con:
        con.execute("DROP SCHEMA results CASCADE")
    assert (build(world.home, world.county) / "results.parquet").read_bytes() == first


def test_a_release_does_not_change_when_a_new_one_is_made(world: Any) -> None:
    first = build(world.home, world.county)
    before = contents(first)
    world.change(world.events[:700])
    second = build(world.home, world.county)
    assert contents(first) == before
    assert hashlib.sha256(before["results.parquet"]).hexdigest() == manifest(first)["results"]
    assert manifest(second)["results"] != manifest(first)["results"]
    assert [each.folder for each in releases(world.home)] == [first, second]


def test_only_what_has_changed_is_computed_again(world: Any) -> None:
    build(world.home, world.county)
    build(world.home, world.county)
    assert world.computed == [["contacts", "remote_share"]]
    world.county.measures["contacts"] = world.county.measures["contacts"].model_copy(update={"version": 2})
    build(world.home, world.county)
    assert world.computed[1:] == [["contacts"]]
    world.change(world.events)
    build(world.home, world.county)
    assert world.computed[2:] == [["contacts", "remote_share"]]


def test_a_fault_while_computing_leaves_no_folder_and_the_release_before_as_it_is(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(world.home, world.county)
    world.change(world.events[:500])

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no memory left")

    with monkeypatch.context() as patch:
        patch.setattr(measures, "compute", broken)
        with pytest.raises(RuntimeError):
            build(world.home, world.county)
    assert [each.name for each in (world.home / "releases").iterdir() if each.is_dir()] == [first.name]
    assert find(world.home).folder == first
    build(world.home, world.county)


def test_suppressed_rows_hold_no_number_and_the_others_do(world: Any) -> None:
    table = pq.read_table(build(world.home, world.county) / "results.parquet")
    hidden = table.filter(table["suppressed"])
    assert hidden.num_rows
    assert all(hidden[name].null_count == hidden.num_rows for name in NUMBERS)
    shown = table.filter([not each for each in table["suppressed"].to_pylist()])
    assert shown["n"].null_count == 0
    assert min(n for n in shown["n"].to_pylist() if n) >= 5


def test_a_whole_release_gives_nothing_to_one_who_subtracts_over_its_dimensions(world: Any) -> None:
    table = pq.read_table(build(world.home, world.county) / "results.parquet")
    raw = world.connect().execute(
        'SELECT name, period, "group", numerator, coalesce(denominator, numerator) FROM results.raw'
    )
    truth: dict[str, dict[Any, tuple[int, int]]] = {}
    for name, period, group, numerator, denominator in raw.fetchall():
        truth.setdefault(name, {})[period, group] = (int(numerator), int(denominator))
    for name, cells in truth.items():
        rows = [row for row in table.to_pylist() if row["name"] == name]
        hidden = {(row["period"], row["group"]) for row in rows if row["suppressed"]}
        assert {(row["period"], row["group"]) for row in rows} == set(cells)
        assert hidden
        assert not attacks.by_subtraction(cells, hidden)
        assert not attacks.by_algebra(cells, hidden)


def test_two_releases_side_by_side_tell_no_more_than_one(world: Any) -> None:
    """What changes elsewhere must not move the cover of an old cell to another one."""
    first = pq.read_table(build(world.home, world.county) / "results.parquet").to_pylist()
    world.change([*world.events, *((23, "n1", "1", False) for _ in range(40))])
    second = pq.read_table(build(world.home, world.county) / "results.parquet").to_pylist()
    hidden = {
        (row["name"], row["period"], row["group"]) for row in first if row["suppressed"] and row["period"] < "2023"
    }
    shown = {(row["name"], row["period"], row["group"]) for row in second if not row["suppressed"]}
    assert hidden
    assert not hidden & shown


def test_a_period_that_is_not_over_is_not_published(world: Any) -> None:
    folder = build(world.home, world.county, last_month=datetime.date(2023, 7, 1))
    periods = set(pq.read_table(folder / "results.parquet")["period"].to_pylist())
    assert "2023" not in periods
    assert "2023-Q3" not in periods
    assert {"2022", "2023-Q2", "2023-07"} <= periods


def test_a_share_carries_its_wilson_interval(world: Any) -> None:
    rows = pq.read_table(build(world.home, world.county) / "results.parquet").to_pylist()
    (row,) = [each for each in rows if (each["name"], each["period"], each["group"]) == ("remote_share", "2023", "")]
    for bound in (row["low"], row["high"]):
        spread = (bound * (1 - bound) / row["n"]) ** 0.5
        assert abs(row["value"] - bound) == pytest.approx(NORMAL_95 * spread)
    assert row["low"] < row["value"] < row["high"]
    assert all(each["low"] is None for each in rows if each["name"] == "contacts")


def test_labels_name_codes_units_and_the_unknown_in_three_languages(world: Any) -> None:
    build(world.home, world.county)
    words = {(row["dimension"], row["code"]): row for row in find(world.home).labels().to_pylist()}
    assert words["sex", "1"]["sv"] == "man"
    assert words["unit", "n1"]["fi"] == "Unit n1"
    assert words["unit", "unknown"]["fi"] == "ei tiedossa"


def test_nothing_loaded_is_a_sentence_that_says_what_to_run(world: Any) -> None:
    with world.connect() as con:
        con.execute("DELETE FROM vault.loads")
    with pytest.raises(UserError, match="luotsi load"):
        build(world.home, world.county)


def test_the_sql_of_a_measure_is_written_anew_only_when_the_measure_has_changed(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = measures.sql_and_tables

    def counted(county: Any, name: str) -> Any:
        asked.append(name)
        return real(county, name)

    monkeypatch.setattr(measures, "sql_and_tables", counted)
    monkeypatch.setattr(texts, "WRITTEN", {})
    first = build(world.home, world.county)
    assert asked == ["contacts", "remote_share"]
    second = build(world.home, world.county)
    assert asked == ["contacts", "remote_share"]
    assert (second / "sql" / "contacts.sql").read_text() == (first / "sql" / "contacts.sql").read_text()
    changed = world.county.measures["contacts"].model_copy(update={"version": 2})
    build(world.home, replace(world.county, measures={**world.county.measures, "contacts": changed}))
    assert asked == ["contacts", "remote_share", "contacts"]


def test_the_sql_of_a_measure_is_written_once_for_all_homes_of_the_same_content(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(world.home, world.county)
    with world.connect() as con:
        con.execute("DROP TABLE results.texts")
    monkeypatch.setattr(measures, "sql_and_tables", lambda *_: pytest.fail("written again"))
    second = build(world.home, world.county)
    assert (second / "sql" / "contacts.sql").read_text() == (first / "sql" / "contacts.sql").read_text()
