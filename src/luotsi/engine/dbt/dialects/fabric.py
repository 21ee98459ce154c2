"""Microsoft Fabric Warehouse: no regular expressions, and times read by SQL Server's own forms.

That it has no boolean values either is seen to in `booleans`.
"""

from __future__ import annotations

import re

from sqlglot import exp

from luotsi.concepts.errors import UserError
from luotsi.engine.dbt.dialects.booleans import without_booleans
from luotsi.engine.dbt.dialects.dialect import Other, called_with, when
from luotsi.engine.dbt.dialects.structure import with_first_values, without_cells, without_semi_joins

DIGIT = "[0-9]"
DAYS = {
    "%d.%m.%Y": (104, "%.%.%"),
    "%d/%m/%Y": (103, "%/%/%"),
    "%Y-%m-%d": (None, "____-%-%"),
    "%Y%m%d": (None, DIGIT * 8),
}
"""The number of the style of each form of a day (None: read without one), and what a text of that form is like."""
CLOCKS = re.compile(r"|[ T]%H:%M(:%S(\.%f)?)?Z?| %H%M")
ZONES = {"UTC": "UTC", "Europe/Helsinki": "FLE Standard Time"}
DATETIME = exp.DataType.build("datetime2(6)", dialect="fabric")


class Fabric(Other):
    """Keys are the MD5 in 32 hexadecimal digits."""

    name = sqlglot = "fabric"
    text_type = "VARCHAR(8000)"

    def rewritten(self, tree: exp.Expr) -> exp.Expr:
        return without_booleans(super().rewritten(with_first_values(without_cells(without_semi_joins(tree)))))

    def word(self, node: exp.Expr) -> exp.Expr:
        match node:
            case exp.Length():
                return _length(node.this)
            case exp.DPipe():
                return _added(node.this, node.expression)
            case exp.StartsWith():
                left = called_with("LEFT", node.this, _length(node.expression))
                return exp.EQ(this=left, expression=node.expression.copy())
            case exp.Pad():
                filled = _added(called_with("REPLICATE", node.args["fill_pattern"], node.expression), node.this)
                return called_with("RIGHT", filled, node.expression.copy())
            case exp.AnyValue():
                return exp.Max(this=node.this)
            case _:
                return super().word(node)

    def key(self, text: exp.Expr) -> exp.Expr:
        hashed = called_with("HASHBYTES", "MD5", text)
        return exp.Lower(this=called_with("CONVERT", exp.var("VARCHAR(32)"), hashed, 2))

    def tried(self, made: exp.Expr, to: exp.DataType) -> exp.Expr:
        return exp.TryCast(this=made, to=to)

    def is_whole(self, text: exp.Expr, pattern: str) -> exp.Expr:
        return exp.TryCast(this=text, to=exp.DataType.build("bigint")).is_(exp.null()).not_()

    def read_time(self, text: exp.Expr, pattern: str) -> exp.Expr:
        if pattern in ("%Y", "%Y-%m"):  # a year or month means its first day
            like, rest = (DIGIT * 4, "-01-01") if pattern == "%Y" else (f"{DIGIT * 4}-{DIGIT * 2}", "-01")
            return when(_like(text, like), exp.TryCast(this=_added(text.copy(), rest), to=DATETIME.copy()))
        day = next((each for each in DAYS if pattern.startswith(each)), None)
        clock = pattern.removeprefix(day or "")
        if day is None or not CLOCKS.fullmatch(clock):
            raise UserError(f"The time pattern {pattern} is not one that can be written for Fabric yet")
        style, like = DAYS[day]
        given = text.copy()
        if clock == " %H%M":
            parts = [called_with("SUBSTRING", text.copy(), *at) for at in ((1, 8), (9, 3), (12, 2))]
            given, like = _added(_added(_added(parts[0], parts[1]), ":"), parts[2]), f"{like} {DIGIT * 4}"
        elif clock:
            given = _replaced(_replaced(given, "T", " "), "Z", "") if clock[0] == "T" else given
            like += f"{clock[0]}%:%"
        if style is None:
            return when(_like(text, like), exp.TryCast(this=given, to=DATETIME.copy()))
        return when(_like(text, like), called_with("TRY_CONVERT", exp.var("DATETIME2(6)"), given, style))

    def read_offset(self, text: exp.Expr, pattern: str) -> exp.Expr:
        given = exp.TryCast(this=text.copy(), to=exp.DataType.build("datetimeoffset", dialect="fabric"))
        return exp.cast(_at(when(_like(text, "____-__-__T%"), given), "Europe/Helsinki"), DATETIME)

    def moved(self, moment: exp.Expr, zone: str) -> exp.Expr:
        return exp.cast(_at(_at(moment, zone), "Europe/Helsinki"), DATETIME)


def _at(moment: exp.Expr, zone: str) -> exp.Expr:
    if zone not in ZONES:
        raise UserError(f"The time zone {zone} is not one that can be written for Fabric yet; there are UTC and home")
    return exp.AtTimeZone(this=exp.paren(moment), zone=exp.Literal.string(ZONES[zone]))


def _length(text: exp.Expr) -> exp.Expr:
    """LEN passes over blanks at the end, so a letter is set behind them."""
    return exp.paren(exp.Sub(this=called_with("LEN", _added(text.copy(), "x")), expression=exp.Literal.number(1)))


def _added(left: exp.Expr, right: exp.Expr | str) -> exp.Expr:
    """Two texts in a row, null when one is."""
    return exp.Add(this=left, expression=exp.convert(right))


def _replaced(text: exp.Expr, old: str, new: str) -> exp.Expr:
    return called_with("REPLACE", text, old, new)


def _like(text: exp.Expr, like: str) -> exp.Expr:
    return exp.Like(this=text.copy(), expression=exp.Literal.string(like))
