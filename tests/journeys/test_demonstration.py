"""The whole way, once: synthetic extracts land, load, become measures, and their release stands against an attack."""

from __future__ import annotations

import datetime
import importlib.util
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

import luotsi
from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.engine.release import Release
from luotsi.jobs.building import Built, build
from luotsi.jobs.demonstration import demonstrate
from luotsi.jobs.headlines import headlines

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location(
    "attacks", ROOT / "src" / "luotsi" / "engine" / "release" / "tests" / "attacks.py"
)
assert _spec is not None
assert _spec.loader is not None
attacks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(attacks)

RESIDENTS = 900
YEARS = (2023, 2024)
EXACT = 1000
"""Hidden cells up to which exact elimination is quick."""


@pytest.fixture(scope="module")
def county() -> County:
    return open_county()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, county: County) -> tuple[Path, Built]:
    folder = tmp_path_factory.mktemp("county")
    shown = demonstrate(folder, county, residents=RESIDENTS, years=YEARS)
    assert not shown.refused
    return folder, build(folder, county)


def raw(home: Path) -> dict[str, dict[Any, tuple[float, float, int, bool]]]:
    found: dict[str, dict[Any, tuple[float, float, int, bool]]] = {}
    with duckdb.connect(str(home / "vault" / "luotsi.duckdb"), read_only=True) as con:
        rows = con.execute('SELECT name, "period", "group", numerator, denominator, n, hidden FROM results.raw')
        for name, period, group, *numbers in rows.fetchall():
            found.setdefault(name, {})[period, group] = tuple(numbers)
    return found


def test_every_measure_is_in_the_release_and_most_have_results(home: tuple[Path, Built], county: County) -> None:
    manifest = json.loads((home[1].folder / "manifest.json").read_text("utf-8"))
    assert set(manifest["definitions"]) == set(county.measures)
    measured = set(pq.read_table(home[1].folder / "results.parquet", columns=["name"])["name"].to_pylist())
    assert len(measured & set(county.measures)) > 0.8 * len(county.measures)
    assert all(each["loads"] for name, each in manifest["definitions"].items() if name in measured)


def test_the_headline_measures_of_the_last_year_are_there(home: tuple[Path, Built]) -> None:
    found = headlines(Release(home[1].folder))
    assert {each.period[:4] for each in found} == {"2024"}
    assert "contacts" in {each.measure.measure for each in found}


def test_the_whole_release_gives_nothing_to_subtraction_and_algebra(home: tuple[Path, Built], county: County) -> None:
    table = pq.read_table(home[1].folder / "results.parquet")
    for name, cells in raw(home[0]).items():
        measure = county.measures.get(name)
        if measure is None or measure.counts not in ("persons", "events"):
            continue
        rows = table.filter((table["name"].to_numpy(zero_copy_only=False) == name).tolist()).to_pylist()
        hidden = {(row["period"], row["group"]) for row in rows if row["suppressed"]}
        assert hidden == {cell for cell, numbers in cells.items() if numbers[3]}
        assert {cell for cell, numbers in cells.items() if 0 < (numbers[2] or 0) < 5} <= hidden
        census = measure.each == "period_end"
        counts = {cell: (0, int(numbers[2] or 0)) for cell, numbers in cells.items()}
        assert not attacks.by_subtraction(counts, hidden, census=census), name
        if len(hidden) <= EXACT:
            alive = {cell: n for cell, n in counts.items() if any(cells[cell][:3])}
            assert not attacks.by_algebra(alive, hidden, census=census), name


def test_asking_the_release_gives_its_rows(home: tuple[Path, Built]) -> None:
    table = luotsi.open(home[0]).ask("contacts", by=["month"], period="2024")
    assert table.num_rows == 12
    year = luotsi.open(home[0]).ask("contacts", period="2024")
    assert sum(table["value"].to_pylist()) == year["value"].to_pylist()[0]


def test_a_question_as_of_the_last_day_gives_what_the_release_gives(home: tuple[Path, Built]) -> None:
    opened = luotsi.open(home[0])
    now = opened.ask("contacts", by=["year", "sex"])
    then = opened.ask("contacts", by=["year", "sex"], as_of=datetime.date(2025, 1, 31))
    assert then.to_pylist() == now.to_pylist()


def test_no_pseudonym_is_in_a_release(home: tuple[Path, Built]) -> None:
    with duckdb.connect(str(home[0] / "vault" / "luotsi.duckdb"), read_only=True) as con:
        known = [row[0] for row in con.execute("SELECT person_id FROM vault.hub_person").fetchall()]
    tables = [pq.read_table(path).to_pylist() for path in home[1].folder.glob("*.parquet")]
    words = {str(value) for rows in tables for row in rows for value in row.values()}
    files = [path.read_text("utf-8") for path in home[1].folder.rglob("*") if path.suffix in (".json", ".sql")]
    text = "\n".join([*words, *files])
    assert known
    assert not [each for each in known if each in text]
