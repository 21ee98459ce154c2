"""Numbers that do not add up over months: medians, different things, top shares, methods that run by period.

Each row is put into every period that holds it (month, quarter, year), and each grouping is computed there.
"""

from __future__ import annotations

from sqlglot import exp

from luotsi.concepts.expressions import parse, type_of
from luotsi.concepts.methods import METHODS
from luotsi.engine.marts.relations import column, name, relation, step_named, table
from luotsi.engine.marts.rows import Chosen
from luotsi.engine.marts.steps import Ground, flat, used
from luotsi.engine.measures.groups import SEGMENT, label, set_name, shown, with_segment
from luotsi.engine.measures.methods import PERIOD_METHODS, arguments
from luotsi.engine.measures.plan import Asked, Pass

WIDE = "DECIMAL(24, 6)"
PLACE = ("grain", "period", "first_month", "last_month")


def in_periods(chosen: Chosen, a_pass: Pass, periods: str) -> None:
    """Every row once in each period that holds it."""
    on: exp.Expr = exp.Between(
        this=column("month", chosen.step), low=column("first_month", periods), high=column("last_month", periods)
    )
    if a_pass.rows.each == "period_end":
        on = exp.EQ(this=column("month", chosen.step), expression=column("last_month", periods))
    grains = sorted({grain for each in a_pass.asked for grain in each.grains})
    wanted = exp.In(this=column("grain", periods), expressions=[exp.Literal.string(grain) for grain in grains])
    select = exp.select(exp.column(exp.Star(), chosen.step), *(column(each, periods) for each in PLACE))
    chosen.add(
        "in_periods",
        select.from_(step_named(chosen.step), copy=False).join(periods, on=exp.and_(on, wanted), copy=False),
    )


def with_method(ground: Ground, chosen: Chosen, a_pass: Pass, dimensions: list[str]) -> dict[str, exp.Expr]:
    """Runs a method within each period; gives the dimensions of the rows it makes, of the person in them."""
    method = a_pass.rows.method
    assert method is not None
    shape = METHODS[method.name]
    arguments(chosen, method)
    chosen.add(method.name, PERIOD_METHODS[method.name](chosen.step, frozenset(method.arguments)))
    known = ground.county.concepts["person"].dimensions
    own = {each: exp.column(shape.dimensions[each]) for each in dimensions if each in shape.dimensions}
    asked = {each: parse(known[each]) for each in dimensions if each not in own and each in known}
    person = relation(ground.county, "person")
    wanted = [word for word, _ in used(asked.values()) if word in person.columns]
    end = exp.Anonymous(this="last_day", expressions=[column("last_month", chosen.step)])
    select = exp.select(
        exp.column(exp.Star(), chosen.step),
        exp.alias_(end, "period_end"),
        *(exp.alias_(column(word, "person"), flat(word, "person")) for word in wanted),
    ).from_(step_named(chosen.step), copy=False)
    if wanted:
        on = exp.EQ(this=column("key", "person"), expression=column("person", chosen.step))
        select = select.join(table(ground.schema, "person", "person"), on=on, join_type="left", copy=False)
    chosen.more = {**shape.gives, "period_end": "date"}
    chosen.more |= {flat(word, "person"): person.columns[word] for word in wanted}
    chosen.add("with_person", select)
    if SEGMENT in dimensions and SEGMENT not in known:
        chosen.step = with_segment(ground, chosen.steps, chosen.step, "person")
    return {**own, **{each: _of_person(tree, wanted) for each, tree in asked.items()}}


def _of_person(tree: exp.Expr, wanted: list[str]) -> exp.Expr:
    def move(node: exp.Expr) -> exp.Expr:
        return exp.column(flat(node.name, "person")) if isinstance(node, exp.Column) and node.name in wanted else node

    return tree.transform(move)


def add(chosen: Chosen, a_pass: Pass, trees: dict[str, exp.Expr], asked: Asked) -> str:
    """The step with a number's parts for each period and group.

    Its columns: grain, period, first_month, last_month, set, group, numerator, counted, denominator, weighed, chosen,
    value (median).
    """
    place = [column(each) for each in PLACE]
    boolean = type_of(asked.numerator, chosen.types) == "boolean"
    value = chosen.sql(asked.numerator)
    weight = chosen.sql(asked.denominator) if asked.denominator is not None else exp.true()
    weight_is_boolean = asked.denominator is None or type_of(asked.denominator, chosen.types) == "boolean"
    columns = [
        *place,
        *shown(chosen, trees, asked.dimensions),
        exp.alias_(value, "value"),
        exp.alias_(weight, "weight"),
    ]
    kept = exp.select(*columns).from_(step_named(chosen.step), copy=False)
    if asked.where is not None:
        kept = kept.where(chosen.sql(asked.where), copy=False)
    valued = chosen.steps.add(f"valued_{asked.name}", kept)
    if asked.result == "top_share":
        selects = [_top_share(valued, names) for names in asked.sets]
    else:
        parts = _parts(asked.result, boolean, weight_is_boolean)
        selects = [_grouped(valued, names, parts) for names in asked.sets]
    return chosen.steps.add(
        f"summed_{asked.name}", exp.union(*selects, distinct=False) if len(selects) > 1 else selects[0]
    )


def _parts(result: str, boolean: bool, weight_is_boolean: bool) -> dict[str, exp.Expr]:
    """The aggregates of a result over `value` and `weight`."""
    weighed = _where(exp.Count(this=exp.Star()), column("weight")) if weight_is_boolean else _count("weight")
    denominator = weighed.copy() if weight_is_boolean else _sum("weight")
    known = exp.not_(exp.Is(this=column("value"), expression=exp.null()))
    match result:
        case "distinct":
            numerator: exp.Expr = exp.Count(this=exp.Distinct(expressions=[column("value")]))
            counted = numerator.copy()
        case _ if boolean:
            numerator = _where(exp.Count(this=exp.Star()), column("value"))
            counted = numerator.copy()
        case _:
            numerator, counted = _sum("value"), _count("value")
    if result == "mean":
        weighed, denominator = _where(weighed, known), _where(denominator, known.copy())
    if result == "median":
        asked = (
            column("weight") if weight_is_boolean else exp.not_(exp.Is(this=column("weight"), expression=exp.null()))
        )
        held = exp.and_(known, asked)
        middle = exp.Anonymous(this="median", expressions=[exp.cast(column("value"), exp.DType.DOUBLE)])
        counted = weighed = _where(exp.Count(this=exp.Star()), held)
        return {
            "numerator": exp.null(),
            "counted": counted,
            "denominator": exp.null(),
            "weighed": weighed.copy(),
            "value": _where(middle, held.copy()),
        }
    made = {"numerator": numerator, "counted": counted, "denominator": denominator, "weighed": weighed}
    return {**made, "chosen": exp.Count(this=exp.Star())}


def _where(made: exp.Expr, condition: exp.Expr) -> exp.Expr:
    if isinstance(made, exp.Filter):
        return exp.Filter(this=made.this, expression=exp.Where(this=exp.and_(made.expression.this, condition)))
    if isinstance(made, exp.Coalesce):
        return exp.Coalesce(this=_where(made.this, condition), expressions=made.expressions)
    return exp.Filter(this=made, expression=exp.Where(this=condition))


def _sum(word: str) -> exp.Expr:
    summed = exp.Sum(this=exp.cast(column(word), exp.DataType.build(WIDE, dialect="duckdb")))
    return exp.Coalesce(this=summed, expressions=[exp.Literal.number(0)])


def _count(word: str) -> exp.Expr:
    return exp.Count(this=column(word))


def _grouped(valued: str, names: tuple[str, ...], parts: dict[str, exp.Expr]) -> exp.Select:
    select = exp.select(
        *(column(each) for each in PLACE),
        exp.alias_(exp.Literal.string(set_name(names)), "set"),
        exp.alias_(label(names), name("group")),
        *(exp.alias_(made.copy(), word) for word, made in parts.items()),
    )
    return select.from_(step_named(valued), copy=False).group_by(
        *(column(each) for each in [*PLACE, *names]), copy=False
    )


def _top_share(valued: str, names: tuple[str, ...]) -> exp.Select:
    """The sum that the highest tenth of rows (rounded up) hold, and the whole sum."""
    value = exp.cast(column("value"), exp.DataType.build(WIDE, dialect="duckdb"))
    by = [column(each) for each in ["period", *names]]
    ranked = (
        exp.select(
            *(column(each) for each in PLACE),
            *(column(each) for each in names),
            exp.alias_(value, "value"),
            exp.alias_(
                exp.Window(
                    this=exp.RowNumber(),
                    partition_by=by,
                    order=exp.Order(expressions=[exp.Ordered(this=column("value"), desc=True, nulls_first=False)]),
                ),
                "place",
            ),
            exp.alias_(
                exp.Window(this=exp.Count(this=exp.Star()), partition_by=[each.copy() for each in by]), "of_rows"
            ),
        )
        .from_(step_named(valued), copy=False)
        .where(exp.not_(exp.Is(this=column("value"), expression=exp.null())), copy=False)
    )
    # whole numbers throughout: the place times ten is at most the number of rows, rounded up to tens
    tenth = exp.LT(
        this=exp.Mul(
            this=exp.paren(exp.Sub(this=column("place"), expression=exp.Literal.number(1))),
            expression=exp.Literal.number(10),
        ),
        expression=column("of_rows"),
    )
    nothing = [exp.Literal.number(0)]
    parts: dict[str, exp.Expr] = {
        "numerator": exp.Coalesce(this=_where(exp.Sum(this=column("value")), tenth), expressions=nothing),
        "counted": exp.Count(this=exp.Star()),
        "denominator": exp.Coalesce(this=exp.Sum(this=column("value")), expressions=[nothing[0].copy()]),
        "weighed": exp.Count(this=exp.Star()),
    }
    select = exp.select(
        *(column(each) for each in PLACE),
        exp.alias_(exp.Literal.string(set_name(names)), "set"),
        exp.alias_(label(names), name("group")),
        *(exp.alias_(made, word) for word, made in parts.items()),
    ).from_(exp.Subquery(this=ranked, alias=exp.TableAlias(this=exp.to_identifier("ranked"))), copy=False)
    return select.group_by(*(column(each) for each in [*PLACE, *names]), copy=False)
