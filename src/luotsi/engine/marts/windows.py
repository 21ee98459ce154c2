"""Looks answered without pairing every looking row with the others: by first moments, or by the periods of a day.

With no beginning the first moment is enough. A window that follows from the period alone (a year up to each month
end) makes of a row's day the periods it counts in: bits of months where only existence is asked, else rows to
aggregate. Every other look stands in `looks`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from luotsi.engine.marts.relations import column, step_named
from luotsi.engine.marts.steps import Steps, select

YEARS = 5
"""Calendar years in one word: 60 bits."""


@dataclass(frozen=True)
class Scan:
    """The other rows of a look: a SELECT of nothing yet, with the shared reference and the moment as expressions."""

    select: exp.Select
    shared: exp.Expr
    at: exp.Expr


def bit(month: str) -> str:
    """The place of a month's bit in its word."""
    return f"year({month}) % {YEARS} * 12 + month({month}) - 1"


def word(month: str) -> str:
    """The word that holds a month's bit."""
    return f"year({month}) // {YEARS}"


def first_moments(steps: Steps, wanted: str, scan: Scan) -> str:
    """A step with the first `moment` of each `shared`."""
    first = exp.Min(this=exp.cast(scan.at.copy(), exp.DType.TIMESTAMP))
    found = scan.select.select(exp.alias_(scan.shared, "shared"), exp.alias_(first, "moment"))
    return steps.add(f"look_{wanted}", found.group_by(scan.shared.copy(), copy=False))


def months_met(steps: Steps, wanted: str, scan: Scan, months: exp.Select, bounds: dict[str, exp.Expr]) -> str:
    """A step with the months (`bits` of a `word` of years) in whose window each `shared` has a row.

    `months` lists the months as `month`; `bounds` are the days `after` and `before` over period_start and period_end.
    """
    met = scan.select.select(exp.alias_(scan.shared, "shared"), exp.alias_(_day(scan), "day")).distinct()
    met_step = steps.add(f"met_{wanted}", met)
    days = select("day", f"{word('period_end')} AS word", f"bit_or(CAST(1 AS BIGINT) << ({bit('period_end')})) AS bits")
    days = days.from_(_days(steps, wanted, months, bounds), copy=False).group_by("day", "word", copy=False)
    days_step = steps.add(f"months_of_{wanted}", days)
    found = select("shared", "word", "bit_or(bits) AS bits").from_(step_named(met_step), copy=False)
    found = found.join(days_step, using=["day"], copy=False).group_by("shared", "word", copy=False)
    return steps.add(f"look_{wanted}", found)


def given(
    steps: Steps, wanted: str, scan: Scan, months: exp.Select, bounds: dict[str, exp.Expr], value: exp.Expr
) -> str:
    """A step with what an aggregate gives (`given`) of the rows of each `shared` in the window of each `period_end`.

    `months` and `bounds` are as for `months_met`. A row is joined to the periods of its day, not to the looking rows.
    """
    days = _days(steps, wanted, months, bounds)
    found = scan.select.select(
        exp.alias_(scan.shared, "shared"), column("period_end", days), exp.alias_(value, "given")
    )
    found = found.join(days, on=exp.EQ(this=column("day", days), expression=_day(scan)), copy=False)
    return steps.add(f"look_{wanted}", found.group_by(scan.shared.copy(), column("period_end", days), copy=False))


def _day(scan: Scan) -> exp.Expr:
    return exp.cast(scan.at.copy(), exp.DType.DATE)


def _days(steps: Steps, wanted: str, months: exp.Select, bounds: dict[str, exp.Expr]) -> str:
    """A step with every `day` of the window of each `period_end`."""
    ends = exp.select("month AS period_start", "CAST(last_day(month) AS DATE) AS period_end", dialect="duckdb").from_(
        months.subquery("months"), copy=False
    )
    first, end = (exp.cast(bounds[each].copy(), exp.DType.TIMESTAMP) for each in ("after", "before"))
    a_day = exp.Interval(this=exp.Literal.string("1"), unit=exp.var("day"))
    last = exp.Sub(this=end, expression=a_day)
    series = exp.Anonymous(
        this="unnest", expressions=[exp.Anonymous(this="generate_series", expressions=[first, last, a_day.copy()])]
    )
    listed = exp.select("period_end", exp.alias_(exp.cast(series, exp.DType.DATE), "day"))
    return steps.add(f"days_{wanted}", listed.from_(ends.subquery("ends"), copy=False))
