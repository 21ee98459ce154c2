"""The same county on Spark: history, marts, measures and what is hidden are DuckDB's, row for row.

Where Java is absent the tests say so and are skipped.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from luotsi import synth
from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.engine import release, vault
from luotsi.engine.spark.tables import Tables
from luotsi.jobs import landing

SENT = {
    "register": ("register_*",),
    "pegasos": tuple(f"pegasos_*_{t}_*" for t in ("asiakas", "toimipiste", "tapahtuma", "mittaus", "pysyvaisdg")),
    "callcentre": ("callcentre_*_calls_*",),
    "rai": ("rai_*",),
}
"""Patients with identifiers of their own, a register that knows their units, and columns turned into rows.

With LUOTSI_WHOLE=1 in the environment, all that the synthetic county sends."""

BY_THE_CLOCK = {"loads": {"loaded_at", "seconds", "report"}}
"""Columns that tell when something was done, and how long it took."""

ON_DUCKDB_ALONE = {"results.parts"}
"""Parts of measures, by which new loads bring a release up to date; a cluster counts whole."""

OF_BOTH = {"results.fingerprints": " WHERE NOT starts_with(name, 'parts/')"}
"""Of tables that also say what the parts rest on, the rows that both engines have."""

pytestmark = [pytest.mark.xdist_group("spark")]


@dataclass(frozen=True)
class Both:
    """Two homes where the same extracts landed, loaded and released by DuckDB and by Spark."""

    county: County
    duckdb: Path
    spark: Path

    @property
    def tables(self) -> Tables:
        """What Spark has committed."""
        return Tables(self.spark / "vault" / "tables")


@pytest.fixture(scope="module")
def both(java: None, tmp_path_factory: pytest.TempPathFactory) -> Both:
    folder, county = tmp_path_factory.mktemp("spark"), open_county()
    synth.write(folder / "sent", county, residents=300, seed=3, years=(2024, 2024))
    every = {name: (f"{name}_*",) for name in county.sources if any((folder / "sent").glob(f"{name}_*"))}
    made = Both(county, folder / "duckdb", folder / "spark")
    for name, patterns in (every if os.environ.get("LUOTSI_WHOLE") else SENT).items():
        landing.land(made.duckdb, county, name, [str(folder / "sent" / each) for each in patterns])
    shutil.copytree(made.duckdb, made.spark)
    released(made.duckdb, county)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUOTSI_ENGINE", "spark")
        released(made.spark, county)
    return made


def released(home: Path, county: County) -> None:
    vault.load(home, county)
    release.build(home, county)


def current(home: Path) -> Path:
    return home / "releases" / (home / "releases" / "current").read_text("utf-8").strip()


def by_columns(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    kinds = con.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_catalog = 'ours' "
        "AND table_schema = ? AND table_name = ? ORDER BY ordinal_position",
        [schema, table],
    ).fetchall()
    return {name: kind for name, kind in kinds if name not in BY_THE_CLOCK.get(table, ())}


def differing(con: duckdb.DuckDBPyConnection, tables: Tables, name: str) -> list[Any]:
    """Some rows that one engine's table has and the other's has not."""
    schema, _, table = name.partition(".")
    columns = by_columns(con, schema, table)
    keys = ", ".join(f'"{c}"::TEXT AS "{c}"' if kind == "UUID" else f'"{c}"' for c, kind in columns.items())
    ours = f'SELECT {keys} FROM ours.{schema}."{table}"{OF_BOTH.get(name, "")}'
    listed, paths = ", ".join(f'"{c}"' for c in columns), tables.paths(name)
    theirs = f"SELECT {listed} FROM read_parquet({paths})" if paths else f"{ours} LIMIT 0"
    return con.execute(
        f"(SELECT 'DuckDB', * FROM (({ours}) EXCEPT ALL ({theirs})) LIMIT 2) UNION ALL "
        f"(SELECT 'Spark', * FROM (({theirs}) EXCEPT ALL ({ours})) LIMIT 2)"
    ).fetchall()


def test_the_vault_and_the_marts_of_the_demonstration_county_on_spark_are_those_of_duckdb_row_for_row(
    both: Both,
) -> None:
    tables = both.tables
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{both.duckdb / 'vault' / 'luotsi.duckdb'}' AS ours (READ_ONLY)")
        there = con.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_catalog = 'ours' AND table_type = 'BASE TABLE'"
        ).fetchall()
        assert {name for (name,) in there} - ON_DUCKDB_ALONE == {*tables.names}
        assert {name: rows for name in tables.names if (rows := differing(con, tables, name))} == {}


@pytest.mark.parametrize(("file", "least"), [("results.parquet", 1000), ("labels.parquet", 100)])
def test_a_release_of_the_demonstration_county_on_spark_is_that_of_duckdb_row_for_row(
    both: Both, file: str, least: int
) -> None:
    ours, theirs = (ordered(current(home) / file) for home in (both.duckdb, both.spark))
    assert ours.num_rows > least
    assert ours.equals(theirs)


def ordered(path: Path) -> pa.Table:
    table = pq.read_table(path)
    return table.sort_by([(name, "ascending") for name in table.column_names])


def test_loading_again_on_spark_changes_nothing(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUOTSI_ENGINE", "spark")
    before = both.tables.versions
    assert before
    assert vault.load(both.spark, both.county) == []
    assert both.tables.versions == before
