"""Ranges of keys, by which a large statement is divided into some that memory holds. Knows no table.

Keys are digests, so that equal ranges of them hold about equally many rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb
from sqlglot import exp

from luotsi.engine.duck.connection import Connection

Range = tuple[str, str]
"""The first and the last key of a range, as texts of UUIDs."""


def between(key: str, within: Range) -> str:
    """The condition, as SQL, that a key lies in a range."""
    first, last = within
    return f"{key} BETWEEN CAST('{first}' AS UUID) AND CAST('{last}' AS UUID)"


def lies_in(key: exp.Expr, within: Range) -> exp.Expr:
    """The same condition as a tree."""
    first, last = (exp.cast(exp.Literal.string(each), exp.DType.UUID) for each in within)
    return exp.Between(this=key, low=first, high=last)


def ranges(con: Connection, tables: Iterable[str], size: int) -> Iterator[Range | None]:
    """Ranges of which each has about `size` rows of some tables or fewer; None for one that is all, none where all are
    empty. DuckDB only: a cluster divides its work by itself.
    """
    count = 0
    for table in tables:
        row = con.execute(f"SELECT count(*) FROM {table}").fetchone()
        count += int(row[0]) if row else 0
    parts = min(-(-count // size), 256)
    if parts <= 1 or not isinstance(con, duckdb.DuckDBPyConnection):
        yield from [None] * bool(count)
        return
    for place in range(parts):
        first, after = place * 256 // parts, (place + 1) * 256 // parts
        yield f"{first:02x}000000-0000-0000-0000-000000000000", f"{after - 1:02x}ffffff-ffff-ffff-ffff-ffffffffffff"
