"""Looks that only ask whether there is another row, answered by one hash join instead of sorting all looking rows.

Two of them: one with no beginning needs the first moment alone; one whose window follows from the period alone (a
year up to each month end) is a bit for each month. Every other look stands in `looks`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

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
    first = exp.Min(this=exp.cast(scan.at.copy(), "timestamp"))
    found = scan.select.select(exp.alias_(scan.shared, "shared"), exp.alias_(first, "moment"))
    return steps.add(f"look_{wanted}", found.group_by(scan.shared.copy(), copy=False))


def months_met(steps: Steps, wanted: str, scan: Scan, months: exp.Select, bounds: dict[str, exp.Expr]) -> str:
    """A step with the months (`bits` of a `word` of years) in whose window each `shared` has a row.

    `months` lists the months as `month`; `bounds` are the days `after` and `before` over period_start and period_end.
    """
    day = exp.cast(scan.at.copy(), "date")
    met = scan.select.select(exp.alias_(scan.shared, "shared"), exp.alias_(day, "day")).distinct()
    met_step = steps.add(f"met_{wanted}", met)
    ends = exp.select("month AS period_start", "CAST(last_day(month) AS DATE) AS period_end", dialect="duckdb").from_(
        months.subquery("months"), copy=False
    )
    windows = exp.select("period_end", *(exp.alias_(bound, each) for each, bound in bounds.items()))
    windows_step = steps.add(f"windows_{wanted}", windows.from_(ends.subquery("ends"), copy=False))
    days = select("day", f"{word('period_end')} AS word", f"bit_or(CAST(1 AS BIGINT) << ({bit('period_end')})) AS bits")
    days = days.from_(exp.select("day").distinct().from_(met_step).subquery("days"), copy=False)
    days = days.join(windows_step, on="day >= after AND day < before", copy=False).group_by("day", "word", copy=False)
    days_step = steps.add(f"days_{wanted}", days)
    found = select("shared", "word", "bit_or(bits) AS bits").from_(met_step, copy=False)
    found = found.join(days_step, using=["day"], copy=False).group_by("shared", "word", copy=False)
    return steps.add(f"look_{wanted}", found)
