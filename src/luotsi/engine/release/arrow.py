"""pyarrow as this package uses it. It ships no types, so that here, once, its modules are declared to be any."""
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from typing import Any, TypeAlias

import pyarrow
import pyarrow.compute
import pyarrow.parquet

Table: TypeAlias = Any
"""A pyarrow.Table."""

Array: TypeAlias = Any
"""A pyarrow.Array."""

pa: Any = pyarrow
pc: Any = pyarrow.compute
pq: Any = pyarrow.parquet


def fetched(relation: Any) -> Table:
    """The whole answer of a DuckDB relation (`con.sql`) as an Arrow table."""
    return relation.to_arrow_table()


__all__ = ["Array", "Table", "fetched", "pa", "pc", "pq"]
