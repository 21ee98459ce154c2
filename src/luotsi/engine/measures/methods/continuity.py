"""Continuity of care: Bice TW, Boxerman SB. A quantitative measure of continuity of care. Med Care 1977;15:347-9."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

SQL = """
SELECT grain, period, first_month, last_month, person, profession, SUM(n) AS contacts,
  (SUM(n * n) - SUM(n)) / NULLIF(CAST(SUM(n) * (SUM(n) - 1) AS DOUBLE), 0) AS coc,
  MAX(n) / CAST(SUM(n) AS DOUBLE) AS usual_provider
FROM (
  SELECT grain, period, first_month, last_month, person, {profession} AS profession,
    COUNT(*) AS n, MIN(argument_least) AS least
  FROM {source}
  WHERE argument_professional IS NOT NULL
  GROUP BY grain, period, first_month, last_month, person, {by}argument_professional
) AS of_professionals
GROUP BY grain, period, first_month, last_month, person, profession
HAVING SUM(n) >= MIN(least)
"""


def select(source: str, given: frozenset[str]) -> exp.Query:
    """One row for each period, person and profession, with `contacts`, `coc` and `usual_provider`."""
    profession = "argument_profession" if "profession" in given else "CAST(NULL AS TEXT)"
    by = "argument_profession, " if "profession" in given else ""
    query = sqlglot.parse_one(SQL.format(source=source, profession=profession, by=by), dialect="duckdb")
    assert isinstance(query, exp.Query)
    return query
