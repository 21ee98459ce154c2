"""Adding record numbers to a Parquet file: other readers of the form find them, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from luotsi.engine.lake.line_column import add_columns, write_columns


def add_lines(path: Path, first: int) -> None:
    """Numbers the rows of a file on from `first`, as its last column."""
    numbers = iter(range(first, 1_000_000))
    schema = pa.schema([("_line", pa.int64())])
    add_columns(path, schema, lambda size: pa.table([[next(numbers) for _ in range(size)]], schema=schema))


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
    add_lines(path, 2)
    wanted = [{**row, "_line": 2 + place} for place, row in enumerate(before)]
    assert pq.read_table(path).to_pylist() == wanted
    found = duckdb.sql(f"FROM '{path}'")
    assert found.columns == ["a", "b", "_line"]
    assert found.fetchall() == [tuple(row.values()) for row in wanted]


def test_columns_stand_behind_the_others_with_their_empty_values(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", 5000)
    before = pq.read_table(path).to_pylist()
    more = [{"_line": n, "m": f"p{n % 900}" if n % 3 else None, "z": None} for n in range(5000)]
    schema = pa.schema([("_line", pa.int64()), ("m", pa.string()), ("z", pa.string())])
    left = iter(more)
    add_columns(path, schema, lambda size: pa.Table.from_pylist([next(left) for _ in range(size)], schema))
    wanted = [{**old, **new} for old, new in zip(before, more, strict=True)]
    assert pq.read_table(path).to_pylist() == wanted
    found = duckdb.sql(f"FROM '{path}'")
    assert found.columns == ["a", "b", "_line", "m", "z"]
    assert found.fetchall() == [tuple(row.values()) for row in wanted]
    assert duckdb.sql(f"SELECT count(*) FROM '{path}' WHERE m = 'p7'").fetchall() == [(6,)]


@pytest.mark.parametrize("rows", [1, 300, 10_000])
def test_the_middle_of_each_row_group_lies_in_the_file_where_its_first_column_begins_it(
    tmp_path: Path, rows: int
) -> None:
    path = written(tmp_path / "rows.parquet", rows)
    add_lines(path, 2)
    found = pq.read_metadata(path)
    groups = [found.row_group(place) for place in range(found.num_row_groups)]
    middles = [_start(each) + _size(each) / 2 for each in groups]
    assert middles == sorted(middles)
    assert middles[-1] < path.stat().st_size


def _start(group: pq.RowGroupMetaData) -> int:
    first = group.column(0)
    return min(first.data_page_offset, first.dictionary_page_offset or first.data_page_offset)


def _size(group: pq.RowGroupMetaData) -> int:
    return sum(group.column(place).total_compressed_size for place in range(group.num_columns))


def test_a_file_of_such_columns_alone_is_written(tmp_path: Path) -> None:
    path, schema = tmp_path / "rows.parquet", pa.schema([("_line", pa.int64())])
    write_columns(path, schema, [3, 2], lambda size: pa.table([list(range(size))], schema=schema))
    assert pq.read_table(path)["_line"].to_pylist() == [0, 1, 2, 0, 1]


def test_a_filter_on_the_numbers_uses_their_statistics_rightly(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", 10_000)
    add_lines(path, 2)
    assert duckdb.sql(f"SELECT a FROM '{path}' WHERE _line BETWEEN 5000 AND 5001").fetchall() == [("4998",), ("4999",)]


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"not one of them")
    with pytest.raises(ValueError, match="not a Parquet file"):
        add_lines(path, 2)
