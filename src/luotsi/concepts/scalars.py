"""What an expression gives: SQL's three-valued logic over Python values. What a function gives stands in `calls`."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from sqlglot import exp

from luotsi.concepts.calls import Bands, Value, call, time
from luotsi.concepts.expressions import parse

Lookup = Callable[[str, str | None], Value]
"""(name, the word before the dot) -> value."""


def evaluate(expression: str | exp.Expr, lookup: Lookup, bands: Bands = ()) -> Value:
    """The value of an expression; `bands` are those of code list age_group (lowest age, highest age, code)."""
    tree = parsed(expression) if isinstance(expression, str) else expression

    def value(part: exp.Expr) -> Value:
        return evaluate(part, lookup, bands)

    match tree:
        case exp.Paren():
            return value(tree.this)
        case exp.Column():
            return lookup(tree.name, tree.table or None)
        case exp.Literal():
            return str(tree.this) if tree.is_string else number(str(tree.this))
        case exp.Boolean():
            return bool(tree.this)
        case exp.Null():
            return None
        case exp.And():
            return both(value(tree.left), value(tree.right))
        case exp.Or():
            return either(value(tree.left), value(tree.right))
        case exp.Not():
            return opposite(value(tree.this))
        case exp.Is():
            return value(tree.this) is value(tree.expression)
        case exp.In():
            return among(value(tree.this), [value(each) for each in tree.expressions])
        case exp.Between():
            found = value(tree.this)
            return both(
                compared(found, value(tree.args["low"]), lambda order: order >= 0),
                compared(found, value(tree.args["high"]), lambda order: order <= 0),
            )
        case exp.Case():
            return chosen(tree, value)
        case exp.Anonymous():
            return call(str(tree.this).lower(), [value(each) for each in tree.expressions], bands)
        case exp.Neg():
            found = value(tree.this)
            return None if found is None else -numeric(found)
        case exp.Binary() if type(tree) in COMPARISONS:
            return compared(value(tree.left), value(tree.right), COMPARISONS[type(tree)])
        case exp.Binary() if type(tree) in ARITHMETIC:
            left, right = value(tree.left), value(tree.right)
            return None if left is None or right is None else ARITHMETIC[type(tree)](numeric(left), numeric(right))
        case _:
            raise ValueError(f"{tree.sql()} has no meaning here")


@cache
def parsed(expression: str) -> exp.Expr:
    """The tree of an expression, parsed once."""
    return parse(expression)


def number(text: str) -> int | Decimal:
    """A number as written: whole, or decimal."""
    return int(text) if text.isdigit() else Decimal(text)


def numeric(value: Value) -> int | Decimal:
    """The value as a number. Raises TypeError for what is none."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    raise TypeError(f"{value!r} is not a number")


def opposite(value: Value) -> Value:
    """NOT: unknown stays unknown."""
    return None if value is None else not value


def both(left: Value, right: Value) -> Value:
    """AND: false beats unknown, unknown beats true."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def either(left: Value, right: Value) -> Value:
    """OR: true beats unknown, unknown beats false."""
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def among(value: Value, others: list[Value]) -> Value:
    """IN: the OR of the comparisons, so a null among the others can make it unknown."""
    found: Value = False
    for other in others:
        found = either(found, compared(value, other, COMPARISONS[exp.EQ]))
    return found


def order(left: Any, right: Any) -> int:
    """-1, 0 or 1: a day and a time meet as times, a text and a day or time as the text means."""
    if isinstance(left, datetime.date) or isinstance(right, datetime.date):
        left, right = time(left), time(right)
    if isinstance(left, uuid.UUID) != isinstance(right, uuid.UUID):
        left, right = str(left), str(right)
    return (left > right) - (left < right)


def compared(left: Value, right: Value, holds: Callable[[int], bool]) -> Value:
    """A comparison: unknown when either side is null."""
    return None if left is None or right is None else holds(order(left, right))


def chosen(tree: exp.Case, value: Callable[[exp.Expr], Value]) -> Value:
    """CASE: the first branch that is true; without one, ELSE or null."""
    for branch in tree.args["ifs"]:
        if tree.this is None:
            holds = value(branch.this)
        else:
            holds = compared(value(tree.this), value(branch.this), COMPARISONS[exp.EQ])
        if holds is True:
            return value(branch.args["true"])
    default = tree.args.get("default")
    return None if default is None else value(default)


def divided(left: int | Decimal, right: int | Decimal) -> Decimal | None:
    """The quotient, never cut to a whole number; null where the divisor is 0."""
    return Decimal(left) / Decimal(right) if right else None


COMPARISONS: dict[type[exp.Expr], Callable[[int], bool]] = {
    exp.EQ: lambda order: order == 0,
    exp.NEQ: lambda order: order != 0,
    exp.LT: lambda order: order < 0,
    exp.LTE: lambda order: order <= 0,
    exp.GT: lambda order: order > 0,
    exp.GTE: lambda order: order >= 0,
}
ARITHMETIC: dict[type[exp.Expr], Callable[[int | Decimal, int | Decimal], int | Decimal | None]] = {
    exp.Add: lambda left, right: left + right,
    exp.Sub: lambda left, right: left - right,
    exp.Mul: lambda left, right: left * right,
    exp.Div: divided,
}
