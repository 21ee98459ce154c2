"""The query of a pass: from chosen rows to result rows, one SELECT for each number at its end."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlglot import exp

from luotsi.concepts.methods import METHODS
from luotsi.concepts.records import Measure, Per
from luotsi.engine.marts.relations import column, name, step_named
from luotsi.engine.marts.rows import Chosen, choose
from luotsi.engine.marts.steps import Ground, Steps
from luotsi.engine.measures import cells, distinct, grains
from luotsi.engine.measures.cells import Parts, Tally
from luotsi.engine.measures.groups import SEGMENT, expressions, set_name, with_ages, with_segment
from luotsi.engine.measures.methods import of_rows
from luotsi.engine.measures.periods import dated, periods, whole_years
from luotsi.engine.measures.plan import MONTHS, Asked, Pass, coarser, of_measure, of_per

COLUMNS = ("measure", "version", "period", "group", "numerator", "denominator", "value", "n")


def query(ground: Ground, measures: Mapping[str, Measure], a_pass: Pass) -> exp.Query:
    """The result rows of the measures of a pass, in SQL."""
    steps = Steps()
    summed = summed_steps(ground, steps, a_pass)
    selects = [result(ground, steps, measures[name], step) for name, step in summed.items()]
    return steps.finished(exp.union(*selects, distinct=False, copy=False) if len(selects) > 1 else selects[0])


def summed_steps(ground: Ground, steps: Steps, a_pass: Pass, calendar: str = "periods") -> dict[str, str]:
    """Adds the steps of a pass; gives for each number the step with its parts by period and group."""
    trees = {} if _own_rows(a_pass) else expressions(ground.county, a_pass.rows, a_pass.dimensions)
    later = [*trees.values()]
    for each in a_pass.asked:
        later += [tree for tree in (each.numerator, each.denominator, each.where) if tree is not None]
    every = min(MONTHS[grain] for each in a_pass.asked for grain in each.grains)
    chosen = choose(ground, steps, a_pass.rows, [] if _own_rows(a_pass) else later, every=every)
    method = a_pass.rows.method
    if method is not None and METHODS[method.name].within == "all":
        of_rows(chosen, method)
    dated(chosen, a_pass.rows)
    listed = periods(ground, steps, calendar)
    if SEGMENT in a_pass.dimensions and SEGMENT not in trees and not _own_rows(a_pass):
        person = "person" if "person" in chosen.relation.columns else "key"
        chosen.step = with_segment(ground, steps, chosen.step, person)
    trees = with_ages(chosen, trees)
    if a_pass.asked[0].adds_up:
        return _added_up(chosen, a_pass, trees, listed)
    if a_pass.asked[0].result == "distinct" and not _own_rows(a_pass):
        return {each.name: distinct.add(chosen, a_pass, trees, each, listed) for each in a_pass.asked}
    grains.in_periods(chosen, a_pass, listed)
    if _own_rows(a_pass):
        trees = with_ages(chosen, grains.with_method(ground, chosen, a_pass, a_pass.dimensions))
    return {each.name: grains.add(chosen, a_pass, trees, each) for each in a_pass.asked}


def _own_rows(a_pass: Pass) -> bool:
    """Whether a method makes rows of its own within each period."""
    return a_pass.rows.method is not None and METHODS[a_pass.rows.method.name].within == "period"


def _added_up(chosen: Chosen, a_pass: Pass, trees: dict[str, exp.Expr], listed: str) -> dict[str, str]:
    tally = Tally()
    parts = {each.name: cells.parts(each, chosen, tally) for each in a_pass.asked}
    groups = cells.add(chosen, a_pass, trees, tally)
    return {
        each.name: chosen.steps.add(f"summed_{each.name}", _summed(groups, listed, a_pass, each, parts[each.name]))
        for each in a_pass.asked
    }


def _summed(groups: str, listed: str, a_pass: Pass, asked: Asked, parts: Parts) -> exp.Select:
    """A number's parts by period and group, from the groups of months."""
    place = [column(each, listed) for each in grains.PLACE]
    by = [column("set", groups), column("group", groups)]
    on: exp.Expr = exp.Between(
        this=column("month", groups), low=column("first_month", listed), high=column("last_month", listed)
    )
    if a_pass.rows.each == "period_end":
        on = exp.EQ(this=column("month", groups), expression=column("last_month", listed))
    asked_grains = exp.In(this=column("grain", listed), expressions=[exp.Literal.string(each) for each in asked.grains])
    select = exp.select(
        *place,
        *by,
        *(
            exp.alias_(made.copy(), word)
            for word, made in (
                ("numerator", parts.numerator),
                ("counted", parts.counted),
                ("denominator", parts.denominator),
                ("weighed", parts.weighed),
                ("chosen", parts.chosen),
            )
        ),
    ).from_(step_named(groups), copy=False)
    select = select.join(listed, on=exp.and_(on, asked_grains), copy=False)
    names = {set_name(names) for names in a_pass.sets}
    wanted = {set_name(names) for names in asked.sets}
    if wanted != names:
        sets = [exp.Literal.string(each) for each in sorted(wanted)]
        select = select.where(exp.In(this=column("set", groups), expressions=sets), copy=False)
    select = select.group_by(*(each.copy() for each in [*place, *by]), copy=False)
    if asked.where is not None:
        select = select.having(exp.GT(this=parts.chosen.copy(), expression=exp.Literal.number(0)), copy=False)
    return select


def result(ground: Ground, steps: Steps, measure: Measure, step: str) -> exp.Select:
    """The result rows of a measure, from the step that has its parts by period and group."""
    alone = measure.result in ("count", "sum", "distinct")
    numerator = exp.cast(column("numerator", step), exp.DType.DOUBLE)
    select = exp.Select().from_(step_named(step), copy=False)
    if measure.per is not None:
        per = of_per(ground.county, measure, measure.per)
        found = summed_steps(whole_years(ground), steps, Pass(per.rows, (per,)), "whole_periods")[per.name]
        denominator: exp.Expr = exp.cast(column("numerator", found), exp.DType.DOUBLE)
        select = _join_per(select, step, found, measure, measure.per, per)
    else:
        denominator = exp.null() if alone else exp.cast(column("denominator", step), exp.DType.DOUBLE)
    if measure.result == "median":
        value: exp.Expr = column("value", step)
    elif alone and measure.per is None:
        value = _scaled(numerator.copy(), measure.scale)
    else:
        below = exp.Nullif(this=denominator.copy(), expression=exp.Literal.number(0))
        value = exp.Div(this=numerator.copy(), expression=below)
        value = value if measure.result == "top_share" else _scaled(value, measure.scale)
    own = alone or (measure.per is not None and measure.result not in ("median", "top_share"))
    parts: dict[str, exp.Expr] = {
        "measure": exp.Literal.string(measure.measure),
        "version": exp.Literal.number(measure.version),
        "period": column("period", step),
        "group": column("group", step),
        "numerator": exp.null() if measure.result == "median" else numerator,
        "denominator": exp.null() if measure.result == "median" else denominator,
        "value": value,
        "n": column("counted" if own else "weighed", step),
    }
    return select.select(*(exp.alias_(made, name(word)) for word, made in parts.items()))


def _join_per(select: exp.Select, step: str, found: str, measure: Measure, per: Per, asked: Asked) -> exp.Select:
    """Joins the denominator of the period that holds this one, for the dimensions both have."""
    grain = exp.Case(this=column("grain", step))
    for each in measure.periods:
        grain = grain.when(exp.Literal.string(each), exp.Literal.string(coarser(each, per.grain)))
    on = exp.and_(
        exp.EQ(this=column("grain", found), expression=grain),
        exp.LTE(this=column("first_month", found), expression=column("first_month", step)),
        exp.GTE(this=column("last_month", found), expression=column("last_month", step)),
        exp.EQ(this=column("group", found), expression=_shared(step, measure, asked)),
    )
    return select.join(found, on=on, join_type="left", copy=False)


def _shared(step: str, measure: Measure, per: Asked) -> exp.Expr:
    """The group without the dimensions that the denominator does not have."""
    sets = of_measure(measure).sets
    if set(sets) == set(per.sets):
        return column("group", step)
    case = exp.Case(this=column("set", step))
    for names in sets:
        made: exp.Expr | None = None
        for place, each in enumerate(names, 1):
            if each in per.dimensions:
                joint = exp.Literal.string(";")
                part = _part(step, place)
                made = part if made is None else exp.DPipe(this=exp.DPipe(this=made, expression=joint), expression=part)
        case = case.when(exp.Literal.string(set_name(names)), exp.Literal.string("") if made is None else made)
    return case


def _part(step: str, place: int) -> exp.Expr:
    return exp.Anonymous(
        this="split_part", expressions=[column("group", step), exp.Literal.string(";"), exp.Literal.number(place)]
    )


def _scaled(value: exp.Expr, scale: Decimal) -> exp.Expr:
    return value if scale == 1 else exp.Mul(this=value, expression=exp.Literal.number(str(scale)))
