"""Reads statements of the engine: as trees, with their values, as rows that fit a table. Runs none."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

MARK = TokenType.PLACEHOLDER


@lru_cache(maxsize=4096)
def parsed(query: str) -> exp.Expr:
    """The statement as a tree, in which the marks of parameters are named in their order: p0, p1, ..."""
    marks = [each.start for each in sqlglot.tokenize(query, dialect="duckdb") if each.token_type is MARK]
    for number, place in reversed([*enumerate(marks)]):
        query = f"{query[:place]}$p{number}{query[place + 1 :]}"
    tree = sqlglot.parse_one(query, dialect="duckdb")
    for node in tree.walk():  # where each word stood: nobody asks, and every copy would copy it
        node._meta = None  # pyright: ignore[reportPrivateUsage]
    return tree


def with_values(tree: exp.Expr, parameters: object) -> exp.Expr:
    """The statement with its parameters written out."""
    if parameters is None:
        return tree
    given = cast("Mapping[str, object] | Sequence[object]", parameters)
    named = given if isinstance(given, Mapping) else {f"p{n}": value for n, value in enumerate(given)}
    made = tree.copy()
    for node in [*made.find_all(exp.Placeholder, exp.Parameter)]:
        node.replace(literal(named[node.name]))
    return made


def rows_given(tree: exp.Expr, parameters: Sequence[object]) -> list[list[object]] | None:
    """The rows of an INSERT that says nothing but its parameters, (?, ?), (?, ?) ...; None of any other statement."""
    values = tree.args.get("expression") if isinstance(tree, exp.Insert) else None
    if not isinstance(values, exp.Values):
        return None
    rows = [each.expressions for each in values.expressions]
    if not all(isinstance(each, exp.Placeholder | exp.Parameter) for row in rows for each in row):
        return None
    return [[parameters[int(each.name[1:])] for each in row] for row in rows]


def literal(value: object) -> exp.Expr:
    """A value of Python as it is written in a statement."""
    match value:
        case None:
            return exp.null()
        case bool():
            return exp.true() if value else exp.false()
        case datetime.datetime():
            return exp.cast(exp.Literal.string(value.isoformat(" ")), "timestamp")
        case datetime.date():
            return exp.cast(exp.Literal.string(value.isoformat()), "date")
        case int() | float() | Decimal():
            return exp.convert(value)
        case _:
            return exp.Literal.string(str(value))


def fitted(query: exp.Expr, columns: Sequence[str], types: Mapping[str, str]) -> exp.Expr:
    """The query as a table holds its rows: each column by its place in the list, others null, in the table's types."""
    given = [f"c{place}" for place in range(len(columns))]
    places = dict(zip(columns, given, strict=True))
    made = [
        exp.alias_(exp.cast(exp.column(places[name]) if name in places else exp.null(), kind, dialect="spark"),
                   name, quoted=True)
        for name, kind in types.items()
    ]  # fmt: skip
    alias = exp.TableAlias(this=exp.to_identifier("given"), columns=[exp.to_identifier(each) for each in given])
    inner = query.copy()
    steps = inner.args.get("with_")
    inner.set("with_", None)  # they stand before the whole, where it is seen which of them are shared
    whole = exp.select(*made).from_(exp.Subquery(this=inner, alias=alias))
    whole.set("with_", steps)
    return whole


def full_name(table: exp.Expr) -> str:
    """The name of a table with its schema, where it has one."""
    return f"{table.args['db'].name}.{table.name}" if table.args.get("db") else table.name
