"""Snowflake: names in capitals, so that they can be written without quotes; times put together of their parts."""

from __future__ import annotations

from sqlglot import exp

from luotsi.engine.dbt.dialects.dialect import Other, called_with, joined_text, when
from luotsi.engine.dbt.dialects.patterns import shape
from luotsi.engine.dbt.dialects.structure import (
    with_counted_codes,
    with_first_values,
    without_cells,
    without_semi_joins,
)
from luotsi.engine.duck.expressions import HOME_ZONE


class Snowflake(Other):
    """Keys are the MD5 in 32 hexadecimal digits."""

    name = sqlglot = "snowflake"

    def named(self, name: str) -> str:
        return name.upper()

    def rewritten(self, tree: exp.Expr) -> exp.Expr:
        tree = with_counted_codes(with_first_values(without_cells(without_semi_joins(tree))))
        tree = super().rewritten(tree)
        for each in tree.find_all(exp.Identifier):
            each.set("this", self.named(each.name))
        return tree

    def tried(self, made: exp.Expr, to: exp.DataType) -> exp.Expr:
        return exp.TryCast(this=exp.cast(made, "text"), to=to)  # it tries texts alone

    def is_whole(self, text: exp.Expr, pattern: str) -> exp.Expr:
        return called_with("REGEXP_LIKE", text, pattern)  # the whole text is meant

    def read_time(self, text: exp.Expr, pattern: str) -> exp.Expr:
        return _read(text, pattern, "TRY_TO_TIMESTAMP_NTZ")

    def read_offset(self, text: exp.Expr, pattern: str) -> exp.Expr:
        moment = called_with("CONVERT_TIMEZONE", HOME_ZONE, _read(text, pattern, "TRY_TO_TIMESTAMP_TZ"))
        return exp.cast(moment, exp.DataType.build("timestamp_ntz", dialect="snowflake"))


def _read(text: exp.Expr, pattern: str, function: str) -> exp.Expr:
    form = shape(pattern)
    parts: list[exp.Expr | str] = []
    for piece in form.pieces("T"):
        if isinstance(piece, str):
            parts.append(piece)
            continue
        found = called_with("REGEXP_SUBSTR", text.copy(), form.expression, 1, 1, "e", piece[0])
        parts.append(found if piece[1] in "Yfz" else called_with("LPAD", found, 2, "0"))
    return when(called_with("REGEXP_LIKE", text.copy(), form.expression), called_with(function, joined_text(parts)))
