"""PostgreSQL, from 16 on (`pg_input_is_valid`): casts that are tried first, times read by regular expressions."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from luotsi.engine.dbt.dialects.dialect import Dialect, Other, called_with, when
from luotsi.engine.dbt.dialects.patterns import shape
from luotsi.engine.dbt.dialects.structure import without_cells, without_semi_joins
from luotsi.engine.duck.expressions import HOME_ZONE

NUMBER = "^[[:space:]]*[-+]?[0-9]*[.]?[0-9]*([eE][-+]?[0-9]+)?[[:space:]]*$"
TEXTS = {"feed", "instance"}
"""What texts rows are ordered by: byte by byte, as in DuckDB, whatever the collation of the database."""


class Postgres(Other):
    """Keys are UUIDs, as in DuckDB."""

    name = sqlglot = "postgres"
    key_type = "UUID"
    key_text = Dialect.key_text
    ran = True
    text_type = "text"
    longest_name = 63

    def rewritten(self, tree: exp.Expr) -> exp.Expr:
        return super().rewritten(without_cells(without_semi_joins(tree)))

    def word(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name in TEXTS and isinstance(node.parent, exp.Ordered | exp.Anonymous):
            return exp.Collate(this=node.copy(), expression=exp.column("C", quoted=True))
        if isinstance(node, exp.ArgMin):
            what, order = node.this.sql("postgres"), ", ".join(e.sql("postgres") for e in node.expression.expressions)
            text = f"(ARRAY_AGG({what} ORDER BY {order}) FILTER (WHERE {what} IS NOT NULL))[1]"
            return sqlglot.parse_one(text, read="postgres")
        return super().word(node)

    def key(self, text: exp.Expr) -> exp.Expr:
        """The bytes of the MD5 backwards, as DuckDB's number has them."""
        backwards = called_with("REVERSE", exp.MD5(this=text))
        swapped = called_with("REGEXP_REPLACE", backwards, "(.)(.)", r"\2\1", "g")
        return exp.cast(swapped, "uuid")

    def tried(self, made: exp.Expr, to: exp.DataType) -> exp.Expr:
        text, kind = exp.cast(made, "text"), to.sql("postgres")
        if not to.is_type("bigint", "decimal"):
            return when(called_with("PG_INPUT_IS_VALID", text, kind), exp.cast(text.copy(), to))
        digits = "numeric(18, 0)" if to.is_type("bigint") else kind  # 12.000000 is a whole number, and no bigint
        valid = exp.and_(_like(text, NUMBER), called_with("PG_INPUT_IS_VALID", text.copy(), digits))
        return when(valid, exp.cast(exp.cast(text.copy(), "numeric"), to))

    def is_whole(self, text: exp.Expr, pattern: str) -> exp.Expr:
        return _like(text, f"^({pattern})$")

    def later(self, moment: exp.Expr, unit: str, number: exp.Expr) -> exp.Expr:
        one = exp.Interval(this=exp.Literal.string("1"), unit=exp.var(unit.upper()))
        return exp.Add(this=moment, expression=exp.Mul(this=exp.paren(number), expression=one))

    def read_time(self, text: exp.Expr, pattern: str) -> exp.Expr:
        return _read(text, pattern, "timestamp")

    def read_offset(self, text: exp.Expr, pattern: str) -> exp.Expr:
        return called_with("TIMEZONE", HOME_ZONE, _read(text, pattern, "timestamptz"))

    def moved(self, moment: exp.Expr, zone: str) -> exp.Expr:
        return called_with("TIMEZONE", HOME_ZONE, called_with("TIMEZONE", zone, moment))


def _like(text: exp.Expr, expression: str) -> exp.Expr:
    return exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(expression))


def _read(text: exp.Expr, pattern: str, kind: str) -> exp.Expr:
    form = shape(pattern)
    iso = called_with("REGEXP_REPLACE", text, form.expression, form.iso(r"\{}"))
    valid = exp.and_(_like(text, form.expression), called_with("PG_INPUT_IS_VALID", iso, kind))
    return when(valid, exp.cast(iso.copy(), kind, dialect="postgres"))
