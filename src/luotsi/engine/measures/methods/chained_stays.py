"""Chains of stays: ward stays that follow each other within a gap count as one (THL's counting of care periods)."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

SQL = """
SELECT * EXCLUDE (starts, chain_end, chain, ends),
  MIN(starts) OVER chains AS started,
  CASE WHEN MAX(ends) OVER chains < TIMESTAMP '9999-12-31' THEN MAX(ends) OVER chains END AS ended,
  CASE
    WHEN MAX(ends) OVER chains < TIMESTAMP '9999-12-31'
    THEN DATE_DIFF('day', CAST(MIN(starts) OVER chains AS DATE), CAST(MAX(ends) OVER chains AS DATE))
  END AS nights,
  COUNT(*) OVER chains AS stays
FROM (
  SELECT *, SUM(
    CASE WHEN DATE_DIFF('day', CAST(chain_end AS DATE), CAST(starts AS DATE)) <= argument_gap THEN 0 ELSE 1 END
  ) OVER (PARTITION BY person ORDER BY starts, ends, CAST(key AS TEXT) ROWS UNBOUNDED PRECEDING) AS chain
  FROM (
    SELECT *, MAX(ends) OVER (
      PARTITION BY person ORDER BY starts, ends, CAST(key AS TEXT) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS chain_end
    FROM (
      SELECT *{excluded}, CAST(argument_started AS TIMESTAMP) AS starts,
        COALESCE(CAST(argument_ended AS TIMESTAMP), TIMESTAMP '9999-12-31') AS ends
      FROM {source}
      WHERE argument_started IS NOT NULL
    ) AS stays
  ) AS stays
) AS stays
QUALIFY ROW_NUMBER() OVER (PARTITION BY person, chain ORDER BY starts DESC, ends DESC, CAST(key AS TEXT) DESC) = 1
WINDOW chains AS (PARTITION BY person, chain)
"""


def select(source: str, replaced: frozenset[str]) -> exp.Query:
    """One row for each chain, with `started`, `ended`, `nights` and `stays`."""
    excluded = f" EXCLUDE ({', '.join(sorted(replaced))})" if replaced else ""
    query = sqlglot.parse_one(SQL.format(source=source, excluded=excluded), dialect="duckdb")
    assert isinstance(query, exp.Query)
    return query
