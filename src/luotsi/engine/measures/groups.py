"""Dimensions in SQL: what a row shows in each, segments among them, and how a group is written."""

from __future__ import annotations

from sqlglot import exp

from luotsi.concepts.expressions import parse
from luotsi.concepts.reading import County
from luotsi.concepts.records import Rows
from luotsi.engine.marts.relations import column, name, step_named, table
from luotsi.engine.marts.rows import Chosen
from luotsi.engine.marts.steps import Ground, Steps

UNKNOWN = "unknown"
SEGMENT = "segment"
MAIN = "main"
"""The segment list that the dimension `segment` shows."""


def expressions(county: County, rows: Rows, dimensions: list[str]) -> dict[str, exp.Expr]:
    """The expressions of a concept's dimensions; `segment` is joined, not written."""
    known = county.concepts[rows.rows.partition(".")[0]].dimensions
    return {each: parse(known[each]) for each in dimensions if each != SEGMENT or each in known}


def with_segment(ground: Ground, steps: Steps, step: str, person: str) -> str:
    """The step with `segment`: the main segment of the person in column `person` at `period_end`."""
    spans = table(ground.schema, "segment_spans", "spans")
    on = exp.and_(
        exp.EQ(this=column("segments", "spans"), expression=exp.Literal.string(MAIN)),
        exp.EQ(this=column("person", "spans"), expression=column(person, step)),
        exp.LTE(this=column("since", "spans"), expression=column("period_end", step)),
        exp.GTE(this=column("until", "spans"), expression=column("period_end", step)),
    )
    select = exp.select(exp.column(exp.Star(), step), column("segment", "spans")).from_(step_named(step), copy=False)
    return steps.add("segmented", select.join(spans, on=on, join_type="left", copy=False))


def with_ages(chosen: Chosen, trees: dict[str, exp.Expr]) -> dict[str, exp.Expr]:
    """Adds each age that dimensions band as a column of its own; gives the dimensions over those columns."""
    ages: dict[str, exp.Expr] = {}
    names: dict[str, str] = {}

    def take(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and str(node.this).lower() == "age_group":
            argument = node.expressions[0]
            if not isinstance(argument, exp.Column):
                word = names.setdefault(argument.sql(), f"age_{len(names) + 1}")
                ages[word] = argument
                return exp.Anonymous(this=node.this, expressions=[exp.column(word)])
        return node

    made = {name: tree.transform(take) for name, tree in trees.items()}
    if ages:
        chosen.name("aged", ages)
    return made


def shown(chosen: Chosen, trees: dict[str, exp.Expr], dimensions: list[str]) -> list[exp.Expr]:
    """The columns of the dimensions, as text."""
    made: list[exp.Expr] = []
    for each in dimensions:
        if each not in trees:
            made.append(column(SEGMENT))
            continue
        sql = chosen.sql(trees[each])
        text = chosen.types(each, None) in ("text", "code") and isinstance(sql, exp.Column)
        made.append(exp.alias_(sql if text else exp.cast(sql, exp.DType.TEXT), name(each)))
    return made


def label(names: tuple[str, ...]) -> exp.Expr:
    """How a group is written: '', 'unit=1.2', 'age_group=65-74;sex=2'."""
    made: exp.Expr = exp.Literal.string("")
    for place, each in enumerate(names):
        start = exp.Literal.string(f"{';' if place else ''}{each}=")
        made = exp.DPipe(this=made, expression=start) if place else start
        value = exp.Coalesce(this=column(each), expressions=[exp.Literal.string(UNKNOWN)])
        made = exp.DPipe(this=made, expression=value)
    return made


def set_name(names: tuple[str, ...]) -> str:
    """The name of a grouping: its dimensions."""
    return ";".join(names)
