"""The ASOF join for Spark, which has none: both sides in one row of time for each key, each row seeing the last before.

Costs one shuffle by key and one sort, however many rows a key has: no row is paired with another.
"""

from __future__ import annotations

from sqlglot import exp

from luotsi.engine.spark.parts import call

KEY, AT, SIDE = "asof_key", "asof_at", "asof_side"


def replace(join: exp.Join) -> None:
    """Puts a plain source in the place of `FROM step AS this ASOF LEFT JOIN found ON this.k = found.k AND b > found.t`.

    The source has two columns of structs, named as the two sides were, so that what is selected of them stays as it
    is: `this.*`, `found.t`. `found` is null where nothing came before. At equal times the left row comes first, since
    the comparison is strict.
    """
    select = join.parent_select
    assert isinstance(select, exp.Select)
    left, right = select.args["from_"].this, join.this
    ours, theirs = left.alias_or_name, right.alias_or_name
    equal, later = _conditions(join, theirs)
    key, shared = (equal.left, equal.right) if _of(equal.right, theirs) else (equal.right, equal.left)
    bound, moment = later.left, later.right
    lines = exp.union(
        _line(left, ours, theirs, key, bound, mine=True), _line(right, ours, theirs, shared, moment, mine=False),
        distinct=False,
    )  # fmt: skip
    before = exp.Window(
        this=call("last_value", exp.column(theirs), exp.true()),
        partition_by=[exp.column(KEY)],
        order=exp.Order(expressions=[exp.Ordered(this=exp.column(each), nulls_first=True) for each in (AT, SIDE)]),
        spec=exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"),
    )
    seen = exp.select(exp.column(ours), exp.alias_(before, theirs)).from_(lines.subquery("asof_lines"))
    kept = exp.select("*").from_(seen.subquery("asof_seen")).where(exp.column(ours).is_(exp.null()).not_())
    select.args["from_"].set("this", kept.subquery("asof_pairs"))
    join.pop()


def _line(side: exp.Expr, ours: str, theirs: str, key: exp.Expr, at: exp.Expr, *, mine: bool) -> exp.Select:
    whole = call("struct", exp.Column(this=exp.Star(), table=exp.to_identifier(ours if mine else theirs)))
    return (
        exp.select(
            exp.alias_(whole if mine else exp.null(), ours),
            exp.alias_(exp.null() if mine else whole, theirs),
            exp.alias_(key.copy(), KEY),
            exp.alias_(at.copy(), AT),
            exp.alias_(exp.Literal.number(0 if mine else 1), SIDE),
        )
        .from_(side.copy())
        .where(*([] if mine else [exp.not_(exp.Is(this=key.copy(), expression=exp.null()))]))
    )


def _conditions(join: exp.Join, theirs: str) -> tuple[exp.EQ, exp.GT]:
    on = join.args["on"]
    equal, later = on.find(exp.EQ), on.right
    assert isinstance(equal, exp.EQ)
    assert isinstance(later, exp.GT)
    assert _of(later.right, theirs)
    return equal, later


def _of(node: exp.Expr, table: str) -> bool:
    return isinstance(node, exp.Column) and node.table == table
