"""Computes measures over the marts, and writes the SQL of one of them to be read."""
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import pyarrow
from sqlglot import exp

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.engine.duck.connection import Connection
from luotsi.engine.marts.steps import Ground
from luotsi.engine.measures.plan import of_measure, passes
from luotsi.engine.measures.query import query

pa: Any = pyarrow
Table: TypeAlias = Any
"""A pyarrow.Table; pyarrow ships no types."""

SCHEMA = pa.schema(
    [
        ("measure", pa.string()),
        ("version", pa.int32()),
        ("period", pa.string()),
        ("group", pa.string()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("value", pa.float64()),
        ("n", pa.int64()),
    ]
)


def compute(
    con: Connection,
    county: County,
    names: Iterable[str] | None = None,
    *,
    schema: str = "marts",
    first_month: datetime.date,
    last_month: datetime.date,
    progress: Callable[[int, int], None] | None = None,
) -> Table:
    """The result rows of measures (all unless named) for the months from `first_month` to `last_month`.

    Columns: measure, version, period ('2023-01', '2023-Q1', '2023'), group ('', 'unit=1.2', 'age_group=65-74;sex=2'),
    numerator, denominator, value (DOUBLE), n. A quarter or year is of those of its months that were asked for.
    `progress` is told the number of passes done and to do. Raises UserError for a measure that is not there.
    """
    wanted = [_named(county, each) for each in names] if names is not None else list(county.measures)
    ground = between(county, schema, first_month, last_month)
    todo = passes(of_measure(county.measures[each]) for each in wanted)
    ready(con)
    found: list[Table] = []
    for place, a_pass in enumerate(todo):
        text = query(ground, county.measures, a_pass).sql("duckdb", copy=False)
        found.append(con.sql(text).to_arrow_table().cast(SCHEMA))
        if progress is not None:
            progress(place + 1, len(todo))
    table = pa.concat_tables(found) if found else SCHEMA.empty_table()
    return table.sort_by([(each, "ascending") for each in ("measure", "period", "group")])


def between(county: County, schema: str, first_month: datetime.date, last_month: datetime.date) -> Ground:
    """The ground of a computing over a schema, for the months from one to another."""
    first, last = (
        exp.cast(exp.Literal.string(str(day.replace(day=1))), exp.DType.DATE) for day in (first_month, last_month)
    )
    return Ground(county, schema, first, last)


def ready(con: Connection) -> None:
    """Sets what computing asks of DuckDB: it guesses far too few rows after looks, and would then join them in a
    nested loop."""
    con.execute("SET asof_loop_join_threshold = 0")


def sql(county: County, name: str) -> str:
    """The SQL of one measure, laid out to be read; $first_month and $last_month are its parameters."""
    return sql_and_tables(county, name)[0]


def sql_and_tables(county: County, name: str) -> tuple[str, frozenset[str]]:
    """The SQL of one measure as `sql` gives it, and the names of the marts it reads."""
    (a_pass,) = passes([of_measure(county.measures[_named(county, name)])])
    tree = query(Ground(county), county.measures, a_pass)
    tables = frozenset(each.name for each in tree.find_all(exp.Table) if each.db)
    return tree.sql("duckdb", pretty=True, copy=False) + "\n", tables


def _named(county: County, name: str) -> str:
    if name not in county.measures:
        raise UserError(f"There is no measure {name}; luotsi ask without a name lists them.")
    return name
