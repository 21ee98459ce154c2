"""Adding record numbers to a Parquet file: other readers of the form find them, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from luotsi.engine.lake.line_column import add_lines


def written(path: Path, rows: int) -> Path:
    """A file of DuckDB's in several row groups."""
    duckdb.sql(
        f"COPY (SELECT i::VARCHAR AS a, CASE WHEN i % 7 > 2 THEN 'x' || i % 5 END AS b FROM range({rows}) AS t(i)) "
        f"TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)"
    )
    return path


@pytest.mark.parametrize("rows", [0, 1, 2048, 10_000])
def test_two_readers_find_the_numbers_and_the_columns_as_they_were(tmp_path: Path, rows: int) -> None:
    path = written(tmp_path / "rows.parquet", rows)
    before = pq.read_table(path).to_pylist()
    add_lines(path, 2, [])
    wanted = [{"_line": 2 + place, **row} for place, row in enumerate(before)]
    assert pq.read_table(path).to_pylist() == wanted
    found = duckdb.sql(f"FROM '{path}'")
    assert found.columns == ["_line", "a", "b"]
    assert found.fetchall() == [tuple(row.values()) for row in wanted]


def test_numbers_left_out_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", 5)
    add_lines(path, 1, [2, 5, 6])
    assert pq.read_table(path)["_line"].to_pylist() == [1, 3, 4, 7, 8]


def test_a_filter_on_the_numbers_uses_their_statistics_rightly(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", 10_000)
    add_lines(path, 2, [])
    assert duckdb.sql(f"SELECT a FROM '{path}' WHERE _line BETWEEN 5000 AND 5001").fetchall() == [("4998",), ("4999",)]


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"not one of them")
    with pytest.raises(ValueError, match="not a Parquet file"):
        add_lines(path, 2, [])
