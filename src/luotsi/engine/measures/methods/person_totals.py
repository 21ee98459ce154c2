"""Totals of an amount by person, for costs and use."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

SQL = """
SELECT grain, period, first_month, last_month, person,
  SUM(COALESCE(CAST(argument_amount AS DECIMAL(24, 6)), 0)) AS total, COUNT(*) AS "rows"
FROM {source}
WHERE person IS NOT NULL
GROUP BY grain, period, first_month, last_month, person
"""


def select(source: str, given: frozenset[str]) -> exp.Query:
    """One row for each period and person, with `total` and `rows`."""
    del given  # it has one argument, never left out
    query = sqlglot.parse_one(SQL.format(source=source), dialect="duckdb")
    assert isinstance(query, exp.Query)
    return query
