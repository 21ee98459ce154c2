"""Numbers of different things (persons met): one scan for each thing's months, as bits, then periods by mask.

A thing counts once in every period in which it has a month, so that months cannot be added up; but its months
fit in one word for each five calendar years, and a period is a mask over them.
"""

from __future__ import annotations

from sqlglot import exp

from luotsi.engine.marts.relations import column, name, step_named
from luotsi.engine.marts.rows import Chosen
from luotsi.engine.marts.steps import select
from luotsi.engine.marts.windows import bit, word
from luotsi.engine.measures.grains import PLACE
from luotsi.engine.measures.groups import label, set_name, shown
from luotsi.engine.measures.plan import Asked, Pass


def add(chosen: Chosen, a_pass: Pass, trees: dict[str, exp.Expr], asked: Asked, periods: str) -> str:
    """The step with the number of different things for each period and group (columns as in `grains.add`)."""
    steps, value = chosen.steps, chosen.sql(asked.numerator)
    kept = exp.select(column("month"), *shown(chosen, trees, asked.dimensions), exp.alias_(value, "thing")).from_(
        chosen.step, copy=False
    )
    valued = steps.add(f"valued_{asked.name}", kept)
    found = steps.add("thing_months", _months(valued, asked))
    census = a_pass.rows.each == "period_end"
    masks = steps.add("masks", _masks(periods, asked, census=census))
    selects = [_counted(found, masks, names, asked) for names in asked.sets]
    return steps.add(f"summed_{asked.name}", exp.union(*selects, distinct=False) if len(selects) > 1 else selects[0])


def _months(valued: str, asked: Asked) -> exp.Select:
    """The months of each thing as bits, for each word of years and each grouping."""
    dimensions = [column(each) for each in asked.dimensions]
    years = exp.alias_(_sql(word("month")), "word")
    bits = exp.alias_(_sql(f"bit_or(CAST(1 AS BIGINT) << ({bit('month')}))"), "bits")
    found = exp.select(column("thing"), years, *dimensions, bits).from_(step_named(valued), copy=False)
    found = found.where(exp.not_(exp.Is(this=column("thing"), expression=exp.null())), copy=False)
    if len(asked.sets) == 1:
        return found.group_by("thing", "word", *(column(each) for each in asked.sets[0]), copy=False)
    every = exp.alias_(exp.Anonymous(this="grouping", expressions=[each.copy() for each in dimensions]), "bundle")
    sets = [exp.Tuple(expressions=[column(each) for each in ["thing", "word", *names]]) for names in asked.sets]
    return found.select(every).group_by(exp.GroupingSets(expressions=sets), copy=False)


def _masks(periods: str, asked: Asked, *, census: bool) -> exp.Select:
    """Each period with its word and the bits of its months (of its last month where rows are asked at its end)."""
    first = "last_month" if census else "first_month"
    months = f"date_diff('month', {first}, last_month) + 1"
    grains = ", ".join(f"'{each}'" for each in asked.grains)
    return (
        select(
            *PLACE,
            f"{word('last_month')} AS word",
            f"((CAST(1 AS BIGINT) << ({months})) - 1) << ({bit(first)}) AS mask",
        )
        .from_(step_named(periods), copy=False)
        .where(f"grain IN ({grains})", copy=False)
    )


def _counted(found: str, masks: str, names: tuple[str, ...], asked: Asked) -> exp.Select:
    """The things of each period for one grouping."""
    things = exp.Count(this=exp.Star())
    columns = [
        *(column(each, masks) for each in PLACE),
        exp.alias_(exp.Literal.string(set_name(names)), "set"),
        exp.alias_(label(names), name("group")),
        exp.alias_(things, "numerator"),
        exp.alias_(things.copy(), "counted"),
        exp.alias_(exp.null(), "denominator"),
        exp.alias_(things.copy(), "weighed"),
        exp.alias_(things.copy(), "chosen"),
    ]
    on = _sql(f"{found}.word = {masks}.word AND {found}.bits & {masks}.mask <> 0")
    query = exp.select(*columns).from_(step_named(found), copy=False).join(masks, on=on, copy=False)
    if len(asked.sets) > 1:
        code = sum(1 << place for place, each in enumerate(reversed(asked.dimensions)) if each not in names)
        query = query.where(exp.EQ(this=column("bundle"), expression=exp.Literal.number(code)), copy=False)
    return query.group_by(*(column(each, masks) for each in PLACE), *(column(each) for each in names), copy=False)


def _sql(text: str) -> exp.Expr:
    return exp.maybe_parse(text, dialect="duckdb")
