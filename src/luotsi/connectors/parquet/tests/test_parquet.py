"""Reading Parquet files as tables of text."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Column, Label, Source, Table
from luotsi.connectors.parquet import read


def _source(**columns: Column) -> Source:
    return Source(
        source="s",
        label=Label(fi="x", sv="x", en="x"),
        definition="x",
        owner="x",
        connector="parquet",
        tables={"t": Table(files=("t*.parquet",), columns=columns)},
    )


def _file(folder: Path, select: str) -> Path:
    path = folder / "t1.parquet"
    duckdb.sql(select).write_parquet(str(path))
    return path


def test_every_value_becomes_text_under_the_declared_name(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        "SELECT 1 AS a, DATE '2024-02-29' AS Day, [1, 2] AS l, 'x' AS extra UNION ALL SELECT NULL,NULL,NULL,'y'",
    )
    (reading,) = read(_source(a=Column(), day=Column(also=("Day",)), l=Column(), gone=Column()), path)
    assert (reading.columns, reading.undeclared) == (("a", "day", "l", "gone"), ("extra",))
    assert reading.first_line == 1
    rows = duckdb.sql(reading.select)
    assert set(map(str, rows.types)) == {"VARCHAR"}
    assert sorted(rows.fetchall(), key=str) == [("1", "2024-02-29", "[1,2]", None, "x"), (None, None, None, None, "y")]


def test_a_missing_required_column_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no column b"):
        read(_source(b=Column(required=True)), _file(tmp_path, "SELECT 1 AS a"))


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, "SELECT range AS a FROM range(1000)")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UserError, match="cut short"):
        read(_source(a=Column()), path)


def test_a_name_no_table_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="meets no `files` pattern"):
        read(_source(a=Column()), tmp_path / "other.parquet")
