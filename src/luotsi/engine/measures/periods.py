"""Months, quarters and years as SQL: which periods there are, and the rows of a pass dated into them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from sqlglot import exp

from luotsi.concepts.expressions import parse
from luotsi.concepts.records import Rows
from luotsi.engine.marts.relations import column, step_named
from luotsi.engine.marts.rows import PERIOD, Chosen
from luotsi.engine.marts.steps import Ground, Steps, months

LABELS = {
    "month": "strftime(month, '%Y-%m')",
    "quarter": "year(month) || '-Q' || quarter(month)",
    "year": "CAST(year(month) AS TEXT)",
}


def periods(ground: Ground, steps: Steps, wanted: str = "periods") -> str:
    """A step with each period asked for: grain, period ('2023-Q1'), first_month and last_month (their first days).

    The first and last month are those the calendar gives, also where only some months were asked for.
    """
    if wanted in steps.made:
        return wanted
    listed = exp.Subquery(this=months(ground), alias=exp.TableAlias(this=exp.to_identifier("months")))
    selects = [each.copy().from_(listed.copy(), copy=False) for each in _grains()]
    return steps.add(wanted, exp.union(*selects, distinct=False, copy=False))


@cache
def _grains() -> tuple[exp.Select, ...]:
    """What is told of each month by grain, without where months come from; read once, for every query has it."""
    return tuple(
        exp.select(
            f"'{grain}' AS grain",
            f"{label} AS period",
            f"CAST(date_trunc('{grain}', month) AS DATE) AS first_month",
            f"CAST(date_trunc('{grain}', month) + INTERVAL '{length - 1} months' AS DATE) AS last_month",
            dialect="duckdb",
        ).distinct()
        for (grain, label), length in zip(LABELS.items(), (1, 3, 12), strict=True)
    )


def whole_years(ground: Ground) -> Ground:
    """The same ground with the months widened to whole years."""
    first = exp.cast(_f("date_trunc", "year", exp.cast(ground.first_month, exp.DType.DATE)), exp.DType.DATE)
    start = _f("date_trunc", "year", exp.cast(ground.last_month, exp.DType.DATE))
    last = exp.cast(exp.Add(this=start, expression=_f("to_months", 11)), exp.DType.DATE)
    return replace(ground, first_month=first, last_month=last)


def dated(chosen: Chosen, rows: Rows) -> None:
    """Adds `month` (its first day) and the ends of the month to the chosen rows; rows of no month asked for go.

    An attribute of that name gives way to it, also where its days were not first days.
    """
    own = [column("month")] if "month" in chosen.relation.columns else None
    every = exp.Star(except_=own)
    if rows.each == "period_end":
        chosen.add("dated", exp.select(every, "period_start AS month").from_(step_named(chosen.step), copy=False))
        return
    ground = chosen.ground
    tree = parse(rows.at or chosen.relation.happens or "NULL")
    at = chosen.sql(tree)
    after = exp.Add(this=exp.cast(ground.last_month.copy(), exp.DType.DATE), expression=_f("to_months", 1))
    month = exp.cast(_f("date_trunc", "month", at), exp.DType.DATE)
    select = (
        exp.select(every, exp.alias_(month, "month"))
        .from_(step_named(chosen.step), copy=False)
        .where(exp.GTE(this=at.copy(), expression=exp.cast(ground.first_month.copy(), exp.DType.DATE)), copy=False)
        .where(exp.LT(this=at.copy(), expression=after), copy=False)
    )
    chosen.add("dated", select)
    ends = exp.select(
        "*", exp.alias_(column("month"), "period_start"), exp.alias_(_f("last_day", column("month")), "period_end")
    )
    chosen.add("dated", ends.from_(step_named(chosen.step), copy=False))
    chosen.more.update(PERIOD)


def _f(word: str, *arguments: exp.Expr | str | int) -> exp.Expr:
    return exp.Anonymous(this=word, expressions=[exp.convert(each, copy=True) for each in arguments])
