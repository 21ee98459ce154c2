"""Time in therapeutic range: Rosendaal FR et al. A method to determine the optimal intensity of oral anticoagulant
therapy. Thromb Haemost 1993;69:236-9."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

SQL = """
SELECT grain, period, first_month, last_month, person,
  CAST(SUM(length) AS DOUBLE) AS days,
  SUM(length * inside) AS in_range,
  SUM(length * inside) / CAST(SUM(length) AS DOUBLE) AS share
FROM (
  SELECT *, CASE
    WHEN value = next_value THEN CASE WHEN value BETWEEN low AND high THEN 1 ELSE 0 END
    ELSE GREATEST(0, LEAST(GREATEST(value, next_value), high) - GREATEST(LEAST(value, next_value), low))
      / ABS(next_value - value)
  END AS inside
  FROM (
    SELECT *,
      DATE_DIFF('day', day, LEAD(day) OVER results) AS length,
      LEAD(value) OVER results AS next_value,
      FIRST_VALUE(low_of_day) OVER (PARTITION BY period, person ORDER BY least_key) AS low,
      FIRST_VALUE(high_of_day) OVER (PARTITION BY period, person ORDER BY least_key) AS high
    FROM (
      SELECT grain, period, first_month, last_month, person, CAST(argument_taken AS DATE) AS day,
        AVG(CAST(argument_value AS DOUBLE)) AS value,
        MIN(CAST(key AS TEXT)) AS least_key,
        CAST(ARG_MIN(argument_low, CAST(key AS TEXT)) AS DOUBLE) AS low_of_day,
        CAST(ARG_MIN(argument_high, CAST(key AS TEXT)) AS DOUBLE) AS high_of_day,
        MIN(argument_longest_gap) AS longest_gap,
        MIN(argument_least_days) AS least_days
      FROM {source}
      WHERE argument_value IS NOT NULL AND argument_taken IS NOT NULL
      GROUP BY grain, period, first_month, last_month, person, CAST(argument_taken AS DATE)
    ) AS results_of_days
    WINDOW results AS (PARTITION BY period, person ORDER BY day)
  ) AS results_with_next
  WHERE length <= longest_gap
) AS lines
GROUP BY grain, period, first_month, last_month, person
HAVING SUM(length) >= MIN(least_days)
"""


def select(source: str, given: frozenset[str]) -> exp.Query:
    """One row for each period and person, with `days`, `in_range` and `share`."""
    del given  # none of its arguments may be left out
    query = sqlglot.parse_one(SQL.format(source=source), dialect="duckdb")
    assert isinstance(query, exp.Query)
    return query
