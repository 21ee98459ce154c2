"""Conditions and boolean values kept apart, for T-SQL: a value is a BIT, and a condition no value."""

from __future__ import annotations

from sqlglot import exp

CONDITIONS = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In, exp.Is,
    exp.Like, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Exists,
)  # fmt: skip


def without_booleans(tree: exp.Expr) -> exp.Expr:
    """Conditions that stand for a value become CASE (1, 0 or null), values that stand for a condition `= 1`."""
    for node in reversed(list(tree.bfs())):
        if node is tree or isinstance(node, exp.Paren):
            continue
        wanted = _is_asked(node)
        if isinstance(node, exp.Boolean):
            bit = exp.Literal.number(int(node.this))
            node.replace(exp.EQ(this=bit, expression=exp.Literal.number(1)) if wanted else exp.cast(bit, "bit"))
        elif isinstance(node, CONDITIONS):
            if not wanted:
                node.replace(_as_bit(node))
        elif wanted:
            node.replace(exp.EQ(this=node.copy(), expression=exp.Literal.number(1)))
    return tree


def _as_bit(condition: exp.Expr) -> exp.Expr:
    one, none = (exp.cast(exp.Literal.number(each), "bit") for each in (1, 0))
    return exp.case().when(condition.copy(), one).when(exp.not_(exp.paren(condition.copy())), none)


def _is_asked(node: exp.Expr) -> bool:
    """Whether a node stands where T-SQL wants a condition."""
    above = node.parent
    while isinstance(above, exp.Paren):
        node, above = above, above.parent
    if isinstance(above, exp.And | exp.Or | exp.Not):
        return True
    if isinstance(above, exp.Where | exp.Having | exp.Filter):
        return above.this is node or isinstance(above, exp.Where)
    if isinstance(above, exp.Join):
        return above.args.get("on") is node
    if isinstance(above, exp.If):
        searched = not (isinstance(above.parent, exp.Case) and above.parent.this)
        return searched and above.this is node
    return False
