"""Writes a statement of the engine for Spark: the tree that SQLGlot read of DuckDB's SQL, rule by rule, then as text.

Each rule is for one thing the two say differently; what they say alike SQLGlot writes by itself. Knows no tables: a
name `schema.table` becomes the one word under which the connection shows that table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from luotsi.engine.spark import asof, texts
from luotsi.engine.spark.parts import call, cast, text

Rule = Callable[[exp.Expr], exp.Expr]
REVERSED = "".join(f"-${16 - place}" if place in (4, 6, 8, 10) else f"${16 - place}" for place in range(16))
"""The text of a UUID of sixteen groups of two digits, the last first."""


def written(tree: exp.Expr, *, pretty: bool = False) -> str:
    """The statement as Spark's SQL, laid out to be read where that is asked for. The tree is not changed."""
    made = tree.copy()
    for join in reversed([each for each in made.find_all(exp.Join) if each.method == "ASOF"]):  # the innermost first
        asof.replace(join)
    for node in reversed([*made.bfs()]):  # what stands inside first, so that a rule sees what Spark will
        new = _rewritten(node)
        if new is not node and node is made:
            made = new
        elif new is not node:
            node.replace(new)
    return made.sql("spark", pretty=pretty)


def shown(schema: str, name: str) -> str:
    """The word under which a table of a schema is shown to Spark."""
    return f"{schema}__{name}" if schema and schema != "temp" else name


def _rewritten(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous):
        rule = CALLS.get(str(node.this).lower())
        return rule(node) if rule else node
    rule = RULES.get(type(node))
    return rule(node) if rule else node


def _table(node: exp.Expr) -> exp.Expr:
    if node.args.get("db"):
        node.set("this", exp.to_identifier(shown(node.args["db"].name, node.name)))
        node.set("db", None)
    return node


def _type(node: exp.Expr) -> exp.Expr:
    """Spark has no UUID: a key is its text, which sorts alike. JSON is text too."""
    if node.this in (exp.DataType.Type.UUID, exp.DataType.Type.JSON):
        return exp.DataType.build("text")
    return node


def _key(node: exp.Expr) -> exp.Expr:
    """MD5 with its bytes in reverse order, as the text of a UUID: what DuckDB's md5_number gives as UUID."""
    return call("regexp_replace", exp.MD5(this=node.expressions[0]), text("(..)" * 16), text(REVERSED))


def _median(node: exp.Expr) -> exp.Expr:
    """Half the sum of the two in the middle, as DuckDB has it: Spark's own is another number in its last digit."""
    only = node if isinstance(node, exp.Filter) else None
    median = node.this if only else node
    if not isinstance(median, exp.Median) or (only is None and isinstance(node.parent, exp.Filter)):
        return node

    def middle(desc: bool) -> exp.Expr:
        order = exp.Order(expressions=[exp.Ordered(this=median.this.copy(), desc=desc)])
        found = exp.WithinGroup(this=call("percentile_disc", exp.Literal.number("0.5")), expression=order)
        return exp.Filter(this=found, expression=only.expression.copy()) if only else found

    return exp.paren(exp.Div(this=exp.paren(exp.Add(this=middle(False), expression=middle(True))),
                             expression=exp.Literal.number(2)))  # fmt: skip


def _first_known(function: str) -> Rule:
    """arg_max and arg_min pass over rows whose value is null; max_by and min_by do not."""

    def rule(node: exp.Expr) -> exp.Expr:
        known = exp.not_(exp.Is(this=node.this.copy(), expression=exp.null()))
        return exp.Filter(this=call(function, node.this, node.expression), expression=exp.Where(this=known))

    return rule


def _listed(node: exp.Expr) -> exp.Expr:
    """The value at a place of an ordered list; null outside it."""
    listed, place = node.expressions
    gathered = listed.find(exp.ArrayAgg)
    assert gathered is not None
    ordered = gathered.this
    assert isinstance(ordered, exp.Order)
    assert not ordered.expressions[0].args.get("desc")
    by = ordered.expressions[0].this
    pair = call("struct", by.copy(), exp.alias_(ordered.this.copy(), "listed_value"))
    taken = exp.Lambda(this=exp.Dot(this=exp.column("e"), expression=exp.to_identifier("listed_value")),
                       expressions=[exp.to_identifier("e")])  # fmt: skip
    gathered.replace(call("transform", call("array_sort", call("collect_list", pair)), taken))
    return call("get", node.expressions[0], exp.Sub(this=exp.paren(place), expression=exp.Literal.number(1)))


def _add(node: exp.Expr) -> exp.Expr:
    step = node.args["expression"]
    if not isinstance(step, exp.Anonymous | exp.ToDays):
        return node
    count = step.this if isinstance(step, exp.ToDays) else step.expressions[0]
    match "to_days" if isinstance(step, exp.ToDays) else str(step.this).lower():
        case "to_months":
            return call("add_months", node.this, count)
        case "to_days":
            return exp.Add(this=node.this, expression=call("make_dt_interval", count))
        case "to_hours":
            return exp.Add(this=node.this, expression=call("make_dt_interval", exp.Literal.number(0), count))
        case _:
            return node


def _grouping(node: exp.Expr) -> exp.Expr:
    """Spark's grouping_id asks for every column that is grouped by; so the bits are put together here."""
    columns = node.expressions
    if len(columns) < 2:
        return node
    bits = [
        exp.Mul(this=cast(call("grouping", each), "bigint"), expression=exp.Literal.number(1 << place))
        for place, each in enumerate(reversed(columns))
    ]
    made: exp.Expr = bits[0]
    for each in bits[1:]:
        made = exp.Add(this=made, expression=each)
    return exp.paren(made)


def _cast(node: exp.Expr) -> exp.Expr:
    """A series is cast before it is spread."""
    if not isinstance(node.this, exp.Explode):
        return node
    listed = exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[node.args["to"]], nested=True)
    return exp.Explode(this=exp.cast(node.this.this, listed))


def _try(node: exp.Expr) -> exp.Expr:
    """A day that is not in the calendar is null."""
    parts = node.this
    if not isinstance(parts, exp.DateFromParts):
        return node
    zero = exp.Literal.number(0)
    given = [parts.args[each] for each in ("year", "month", "day")]
    return cast(call("try_make_timestamp_ntz", *given, zero, zero.copy(), zero.copy()), "date")


def _micros(node: exp.Expr) -> exp.Expr:
    moment = exp.cast(node.expressions[0], exp.DataType.build("TIMESTAMPLTZ"))
    return call("unix_micros", moment)


def _condition(node: exp.Expr) -> exp.Expr:
    """A null that stands for a condition has to say so."""
    if isinstance(node.this, exp.Null):
        node.set("this", cast(exp.null(), "boolean"))
    return node


def _weekday(node: exp.Expr) -> exp.Expr:
    return exp.paren(exp.Add(this=call("weekday", node.this), expression=exp.Literal.number(1)))


def _matched(node: exp.Expr) -> exp.Expr:
    pattern = node.args["expression"]
    return exp.RegexpLike(this=node.this, expression=text(rf"\A(?:{pattern.name})\z"))


RULES: Mapping[type[exp.Expr], Rule] = {
    exp.Table: _table,
    exp.DataType: _type,
    exp.ArgMax: _first_known("max_by"),
    exp.ArgMin: _first_known("min_by"),
    exp.Add: _add,
    exp.Grouping: _grouping,
    exp.Cast: _cast,
    exp.Filter: _median,
    exp.Median: _median,
    exp.Try: _try,
    exp.If: _condition,
    exp.DayOfWeekIso: _weekday,
    exp.RegexpFullMatch: _matched,
    exp.TimeToStr: texts.time_to_text,
}
CALLS: Mapping[str, Rule] = {
    "row": lambda node: call("struct", *node.expressions),
    "md5_number": _key,
    "list_extract": _listed,
    "epoch_us": _micros,
    "try_strptime": texts.text_to_time,
    "timezone": texts.in_zone,
}
