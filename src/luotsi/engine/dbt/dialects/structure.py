"""Rules wider than a word, for dialects that lack what DuckDB has: a function each, which changes a tree in place."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect


def without_semi_joins(tree: exp.Expr) -> exp.Expr:
    """SEMI and ANTI joins as EXISTS; their keys are never null, so `IS NOT DISTINCT FROM` is plain equality."""
    for same in list(tree.find_all(exp.NullSafeEQ)):
        same.replace(exp.EQ(this=same.this, expression=same.expression))
    for select in list(tree.find_all(exp.Select)):
        for join in list(select.args.get("joins") or []):
            if join.kind not in ("SEMI", "ANTI"):
                continue
            there: exp.Expr = exp.Exists(this=exp.select("1").from_(join.this).where(join.args["on"]))
            select.where(there if join.kind == "SEMI" else there.not_(), copy=False)
            join.pop()
    return tree


def without_cells(tree: exp.Expr) -> exp.Expr:
    """Columns turned into rows by a list of names and a CASE, where DuckDB unnests a list of structs."""
    for each in list(tree.find_all(exp.Explode)):
        select = each.find_ancestor(exp.Select)
        assert select is not None
        names, case = list[str](), exp.Case(this=exp.column("n", "cells"))
        for struct in each.find_all(exp.Struct):
            name, value = (part.expression for part in struct.expressions)
            names.append(name.name)
            case = case.when(name.copy(), exp.column(value.this.copy(), "r"), copy=False)
        above = select.find_ancestor(exp.Select)
        assert above is not None
        listed = " UNION ALL ".join(f"SELECT {exp.Literal.string(name).sql('duckdb')} AS n" for name in names)
        select.set("expressions", [exp.column(exp.Star(), "r"), exp.alias_(exp.column("n", "cells"), "_n")])
        select.select(exp.alias_(case, "_v"), copy=False)
        select.join(f"({listed}) AS cells", join_type="CROSS", copy=False, dialect="duckdb")
        for node in list(above.find_all(exp.Column, exp.Dot)):
            if node.sql("duckdb").replace('"', "") in ("_cell.n", "_cell.v"):
                node.replace(exp.column(f"_{node.name}"))
    return tree


def with_first_values(tree: exp.Expr) -> exp.Expr:
    """The first value that is not null of a group, as a window over it, where DuckDB has `arg_min`."""
    for select in [each for each in tree.find_all(exp.Select) if _firsts(each)]:
        by = ", ".join(each.sql("duckdb") for each in select.args["group"].expressions)
        for first in _firsts(select):
            order = ", ".join(each.sql("duckdb") for each in first.expression.expressions)
            window = (
                f"FIRST_VALUE({first.this.sql('duckdb')} IGNORE NULLS) OVER (PARTITION BY {by} ORDER BY {order} "
                "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
            )
            first.replace(sqlglot.parse_one(window, read="duckdb"))
        select.set("group", None)
        select.distinct(copy=False)
    return tree


def _firsts(select: exp.Select) -> list[exp.ArgMin]:
    return [found for each in select.selects for found in each.find_all(exp.ArgMin)]


def with_counted_codes(tree: exp.Expr) -> exp.Expr:
    """`x IN (SELECT code ...)` beside other values as a count, where IN may ask a query in WHERE alone."""
    for each in list(tree.find_all(exp.In)):
        query = each.args.get("query")
        if query is None:
            continue
        select = query.this.copy()
        found = select.selects[0].copy()
        select.set("expressions", [exp.Count(this=exp.Star())])
        select.where(found.eq(each.this.copy()), copy=False)
        each.replace(exp.paren(exp.GT(this=select.subquery(), expression=exp.Literal.number(0))))
    return tree


def without_null_order(tree: exp.Expr, dialect: str) -> exp.Expr:
    """No word on where nulls stand: what rows are ordered by is never null here."""
    small = Dialect.get_or_raise(dialect).NULL_ORDERING == "nulls_are_small"
    for each in tree.find_all(exp.Ordered):
        each.set("nulls_first", bool(each.args.get("desc")) != small)
    return tree
