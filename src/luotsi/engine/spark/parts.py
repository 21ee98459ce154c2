"""The small SQLGlot expressions that rules are written with."""

from __future__ import annotations

from sqlglot import exp


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A call of a function by its name in Spark."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def cast(made: exp.Expr, to: str) -> exp.Expr:
    """A cast; `to` is a type as DuckDB writes it."""
    return exp.cast(made, exp.DataType.build(to, dialect="duckdb"))


def text(value: str) -> exp.Expr:
    """A text literal."""
    return exp.Literal.string(value)
