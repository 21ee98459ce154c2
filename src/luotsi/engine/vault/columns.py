"""The small SQLGlot expressions that staging is written with: named columns, null tests, a layer over another."""

from __future__ import annotations

from sqlglot import exp

from luotsi.engine.duck.keys import key


def over(inner: exp.Select, made: list[str], columns: dict[str, exp.Expr], kept: list[str]) -> exp.Select:
    """A SELECT over another: the kept names as they are, then the new ones."""
    new = [exp.alias_(columns[name], name, quoted=True, copy=False) for name in made]
    return exp.select(*(column(name) for name in kept), *new, copy=False).from_(
        inner.subquery("r", copy=False), copy=False
    )


def column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True))


def number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def is_given(name: str) -> exp.Expr:
    return column(name).is_(exp.null()).not_()


def is_missing(name: str) -> exp.Expr:
    return column(name).is_(exp.null())


def key_or_null(system: str, name: str) -> exp.Expr:
    return exp.case().when(is_given(name), key(exp.Literal.string(system), column(name)))
