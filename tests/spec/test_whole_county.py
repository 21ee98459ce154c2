"""A synthetic county goes the whole way, from extracts to a release, and the numbers are those that were planted."""

import json
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from luotsi import synth
from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.engine import lake, release, vault
from luotsi.engine.lake import identity
from luotsi.engine.release.suppression import ABOUT_PEOPLE
from luotsi.engine.release.tests.attacks import by_subtraction
from luotsi.jobs import building, landing


@dataclass(frozen=True)
class World:
    """The county that was made, its home, the folder of the release and the truth."""

    county: County
    extracts: Path
    home: Path
    release: Path
    truth: dict[str, int]


def land_all(home: Path, county: County, extracts: Path) -> list[landing.Landed]:
    landed: list[landing.Landed] = []
    for name in sorted(county.sources):
        if any(extracts.glob(f"{name}_*")):
            landed += landing.land(home, county, name, [extracts])
    return landed


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    root = tmp_path_factory.mktemp("county")
    county = open_county()
    synth.write(root / "extracts", county, residents=1000, seed=7, years=(2023, 2024))
    refused = [each for each in land_all(root / "home", county, root / "extracts") if each.error]
    assert not refused
    built = building.build(root / "home", county)
    truth = json.loads((root / "extracts" / "truth.json").read_text("utf-8"))["counts"]
    return World(county, root / "extracts", root / "home", built.folder, truth)


def vault_file(home: Path) -> Path:
    (found,) = (home / "vault").glob("*.duckdb")
    return found


def test_every_row_that_was_sent_has_landed_or_stands_in_quarantine(world: World) -> None:
    manifests = lake.manifests(world.home)
    assert manifests
    assert sum(each.rows_sent for each in manifests) == sum(
        each.rows_landed + each.rows_quarantined for each in manifests
    )


@pytest.mark.parametrize("measure", ["contacts", "stays", "measurements", "persons"])
def test_a_plain_count_is_the_number_that_was_planted(world: World, measure: str) -> None:
    rows = release.ask(world.home, None, measure).to_pylist()
    counted = rows[-1]["value"] if measure == "persons" else sum(each["value"] for each in rows)
    assert counted == world.truth[measure]


def test_most_measures_have_a_value_in_the_county(world: World) -> None:
    results = pq.read_table(world.release / "results.parquet").to_pylist()
    valued = {each["name"] for each in results if each["value"] is not None}
    assert sorted(set(world.county.measures) - valued) == []


def test_landing_loading_and_releasing_again_changes_no_number(world: World, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(world.home, home)
    again = land_all(home, world.county, world.extracts)
    assert not [each for each in again if each.manifests or each.error]
    built = building.build(home, world.county)
    assert not built.reports
    assert (built.folder / "results.parquet").read_bytes() == (world.release / "results.parquet").read_bytes()


def identifying_values(home: Path) -> set[str]:
    values: set[str] = set()
    for manifest in lake.manifests(home):
        for part in ("identifiers", "values"):
            table = identity.read(home, manifest.source, manifest.table, manifest.extract, part)
            if table is not None:
                for name in set(table.column_names) - {"_line", "pseudonym", "system", "line"}:
                    values |= {str(each) for each in table[name].to_pylist() if each and len(str(each)) >= 5}
    return values


def test_no_file_of_the_engine_but_the_identity_store_holds_an_identifying_value(world: World) -> None:
    secrets = identifying_values(world.home)
    assert len(secrets) > 1000
    leaks: Counter[str] = Counter()
    for path in [*(world.home / "lake").rglob("*.parquet"), *(world.home / "releases").rglob("*.parquet")]:
        table = pq.read_table(path)
        for name in table.column_names:
            leaks[f"{path.parent.parent.name} {name}"] += len(
                secrets & {str(v) for v in table[name].unique().to_pylist()}
            )
    con = duckdb.connect(str(vault_file(world.home)), read_only=True)
    columns = con.execute(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE data_type = 'VARCHAR'"
    ).fetchall()
    for schema, table, column in columns:
        found = con.execute(f'SELECT DISTINCT "{column}" FROM "{schema}"."{table}"').fetchall()
        leaks[f"{schema}.{table}.{column}"] += len(secrets & {value for (value,) in found})
    con.close()
    assert not +leaks


def test_no_hidden_cell_of_the_release_can_be_won_back_by_subtraction(world: World) -> None:
    con = duckdb.connect(str(vault_file(world.home)), read_only=True)
    hidden_cells = 0
    for name, measure in world.county.measures.items():
        if measure.counts not in ABOUT_PEOPLE or measure.result not in ("share", "count"):
            continue
        raw = con.execute(
            'SELECT "period", "group", numerator, coalesce(denominator, numerator) FROM results.raw WHERE name = ?',
            [name],
        ).fetchall()
        table = {(period, group): (int(num or 0), int(den or 0)) for period, group, num, den in raw}
        shown = pq.read_table(world.release / "results.parquet", filters=[("name", "=", name)])
        hidden = {
            (row["period"], row["group"])
            for row in shown.select(["period", "group", "suppressed"]).to_pylist()
            if row["suppressed"]
        }
        hidden_cells += len(hidden)
        assert not by_subtraction(table, hidden, census=measure.each == "period_end"), name
    con.close()
    assert hidden_cells > 100


def test_a_day_in_the_past_is_answered_by_what_was_known_then(world: World) -> None:
    first = min(each.created_at for each in lake.manifests(world.home) if each.table == "kaynti")
    then = release.ask(world.home, world.county, "contacts", as_of=first.date()).to_pylist()
    now = release.ask(world.home, world.county, "contacts").to_pylist()
    assert 0 < sum(each["value"] for each in then) < sum(each["value"] for each in now)


def test_opening_the_vault_to_read_leaves_it_as_it_was(world: World) -> None:
    before = vault_file(world.home).stat().st_mtime_ns
    vault.open_vault(world.home, read_only=True).close()
    assert vault_file(world.home).stat().st_mtime_ns == before
