"""What landing is compared with: a plain copy of separated text to Parquet by DuckDB, as a process.

python benchmarks/landing/plain.py FILE PARQUET TOLD COLUMN..., run by `run.py`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

sys.path.append(str(Path(__file__).parents[1]))
from timing import within


def copy(file: str, to: str, columns: list[str]) -> None:
    """Writes the rows as they are, compressed and grouped as landing does it."""
    listed = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    with duckdb.connect() as con:
        con.execute(
            f"COPY (FROM read_csv('{file}', auto_detect = false, header = true, delim = ';', quote = '\"', "
            f"escape = '\"', columns = {{{listed}}})) TO '{to}' "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)"
        )


if __name__ == "__main__":
    file, to, told, *columns = sys.argv[1:]
    Path(told).write_text(json.dumps(within(lambda: copy(file, to, columns))))
