"""Days to the third free slot of a calendar (T3), the measure of access of THL and Lapland's county page."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

SQL = """
SELECT * EXCLUDE (free_place, third, any_queue_book),
  CASE
    WHEN any_queue_book OR third IS NULL THEN argument_longest
    ELSE LEAST(DATE_DIFF('day', argument_day, third), argument_longest)
  END AS days
FROM (
  SELECT *, MIN(CASE WHEN free_place = 3 THEN argument_slot END) OVER calendars AS third,
    COALESCE(BOOL_OR(argument_queue_book) OVER calendars, FALSE) AS any_queue_book
  FROM (
    SELECT *{excluded}, CASE WHEN argument_free AND argument_slot >= argument_day THEN ROW_NUMBER() OVER (
      PARTITION BY argument_calendar, argument_day, argument_free AND argument_slot >= argument_day
      ORDER BY argument_slot, CAST(key AS TEXT)
    ) END AS free_place
    FROM {source}
  ) AS placed
  QUALIFY ROW_NUMBER() OVER (PARTITION BY argument_calendar, argument_day ORDER BY CAST(key AS TEXT)) = 1
  WINDOW calendars AS (PARTITION BY argument_calendar, argument_day)
) AS slots
"""


def select(source: str, replaced: frozenset[str]) -> exp.Query:
    """One row for each calendar and measuring day, with `days`."""
    excluded = f" EXCLUDE ({', '.join(sorted(replaced))})" if replaced else ""
    query = sqlglot.parse_one(SQL.format(source=source, excluded=excluded), dialect="duckdb")
    assert isinstance(query, exp.Query)
    return query
