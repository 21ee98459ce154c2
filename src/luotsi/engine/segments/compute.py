"""Divides persons into segments at month ends and keeps each person's spans.

`segment_spans` holds runs of months (person, segments, segment, since, until: the first and last month end), which
keeps a county's years small and cheap to join; `counts` tells of them how many persons a segment holds.
"""

from __future__ import annotations

import datetime

from sqlglot import exp

from luotsi.concepts.expressions import parse
from luotsi.concepts.reading import County
from luotsi.concepts.records import Rows, Segments
from luotsi.engine.duck.connection import Connection
from luotsi.engine.marts.ranges import Range, ranges
from luotsi.engine.marts.relations import column, relation, step_named
from luotsi.engine.marts.rows import choose
from luotsi.engine.marts.steps import Ground, Steps, quoted

PERSONS = 200_000
"""How many persons are divided in one statement; each has a row for every month."""
YEARS = 6
"""How many calendar years back segments are known when no months are given."""

TABLE = """
CREATE OR REPLACE TABLE {schema}.segment_spans
  (person UUID, segments VARCHAR, segment VARCHAR, since DATE, until DATE)
"""
COUNTS = """
SELECT CAST(last_day(month) AS DATE) AS period_end, segments, segment, persons
FROM (
  SELECT segments, segment, persons, unnest(generate_series(
    CAST(date_trunc('month', since) AS TIMESTAMP), CAST(until AS TIMESTAMP), INTERVAL '1' MONTH)) AS month
  FROM (
    SELECT segments, segment, since, until, count(*) AS persons
    FROM {schema}.segment_spans GROUP BY segments, segment, since, until
  ) AS alike
) AS months
"""


def compute(
    con: Connection,
    county: County,
    *,
    schema: str = "marts",
    first_month: datetime.date | None = None,
    last_month: datetime.date | None = None,
) -> None:
    """Fills `segment_spans` of a schema anew, for every segment list.

    Without months: six calendar years up to the month of the freshest extract (today where the vault knows none).
    """
    last = last_month or _freshest(con)
    first = first_month or datetime.date(last.year - YEARS + 1, 1, 1)
    con.execute(TABLE.format(schema=schema))
    con.execute("SET asof_loop_join_threshold = 0")  # DuckDB guesses too few rows, and would loop
    for each in county.segments.values():
        for persons in ranges(con, [f"{schema}.{quoted(relation(county, each.rows).table)}"], PERSONS):
            query = spans(county, each, schema, first, last, persons).sql("duckdb", copy=False)
            con.execute(f"INSERT INTO {schema}.segment_spans {query}")


def counts(schema: str = "marts") -> str:
    """The SELECT of how many persons each segment holds: period_end, segments, segment, persons, in parts to add up."""
    return COUNTS.format(schema=schema)


def at(con: Connection, county: County, name: str, period_end: datetime.date, schema: str = "marts") -> dict[str, str]:
    """Person's key as text -> segment at the end of a month; persons in none are absent."""
    steps, step = assigned(county, county.segments[name], schema, period_end, period_end)
    found = con.execute(
        steps.finished(exp.select("CAST(person AS TEXT)", "segment").from_(step_named(step), copy=False)).sql(
            "duckdb", copy=False
        )
    )
    return dict(found.fetchall())


def sql(county: County, name: str) -> str:
    """The SQL of a segment list, laid out to be read; $first_month and $last_month are its parameters."""
    steps, step = _assigned(Ground(county), county.segments[name])
    return (
        steps.finished(exp.select(exp.Star()).from_(step_named(step), copy=False)).sql(
            "duckdb", copy=False, pretty=True
        )
        + "\n"
    )


def assigned(
    county: County,
    segments: Segments,
    schema: str,
    first: datetime.date,
    last: datetime.date,
    persons: Range | None = None,
) -> tuple[Steps, str]:
    """The step with person, period_end and segment; persons outside `where` or for whom no rule holds are absent."""
    months = (exp.cast(exp.Literal.string(str(day.replace(day=1))), exp.DType.DATE) for day in (first, last))
    return _assigned(Ground(county, schema, *months, persons=persons), segments)


def _assigned(ground: Ground, segments: Segments) -> tuple[Steps, str]:
    rows = Rows(
        rows=segments.rows,
        each="period_end",
        let=segments.let,
        look=segments.look,
        then=segments.then,
        where=segments.where,
    )
    rules = [(rule.segment, parse(rule.when)) for rule in segments.rules]
    steps = Steps()
    chosen = choose(ground, steps, rows, [tree for _, tree in rules])
    case = exp.case()
    for name, tree in rules:
        case = case.when(chosen.sql(tree), exp.Literal.string(name))
    person = column("key" if chosen.relation.concept == "person" else "person")
    select = exp.select(exp.alias_(person, "person"), column("period_end"), exp.alias_(case, "segment"))
    chosen.add("assigned", select.from_(step_named(chosen.step), copy=False))
    known = exp.not_(exp.Is(this=column("segment"), expression=exp.null()))
    chosen.add("known", exp.select(exp.Star()).from_(step_named(chosen.step), copy=False).where(known, copy=False))
    return steps, chosen.step


def spans(
    county: County,
    segments: Segments,
    schema: str,
    first: datetime.date,
    last: datetime.date,
    persons: Range | None = None,
) -> exp.Query:
    """The runs of months in which a person stays in a segment; of those whose key lies in a range, if one is given."""
    steps, step = assigned(county, segments, schema, first, last, persons)
    run = (
        "year(period_end) * 12 + month(period_end) "
        "- row_number() OVER (PARTITION BY person, segment ORDER BY period_end) AS run"
    )
    runs = steps.add(
        "runs", exp.select("person", "segment", "period_end", run, dialect="duckdb").from_(step_named(step), copy=False)
    )
    select = exp.select(
        "person",
        f"'{segments.segments}' AS segments",
        "segment",
        "MIN(period_end) AS since",
        "MAX(period_end) AS until",
        dialect="duckdb",
    )
    return steps.finished(select.from_(step_named(runs), copy=False).group_by("person", "segment", "run", copy=False))


def _freshest(con: Connection) -> datetime.date:
    known = con.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'vault' AND table_name = 'loads'"
    ).fetchone()
    row = con.execute("SELECT max(created_at) FROM vault.loads").fetchone() if known and known[0] else None
    return row[0].date() if row and row[0] is not None else datetime.date.today()
