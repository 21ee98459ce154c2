"""Databricks: times without a zone are TIMESTAMP_NTZ; texts are rearranged by regular expressions, then tried."""

from __future__ import annotations

from sqlglot import exp

from luotsi.engine.dbt.dialects.dialect import Other, called_with, when
from luotsi.engine.dbt.dialects.patterns import shape
from luotsi.engine.dbt.dialects.structure import (
    with_counted_codes,
    with_first_values,
    without_cells,
    without_semi_joins,
)
from luotsi.engine.duck.expressions import HOME_ZONE


class Databricks(Other):
    """Keys are the MD5 in 32 hexadecimal digits."""

    name = sqlglot = "databricks"
    key_type = text_type = "STRING"

    def rewritten(self, tree: exp.Expr) -> exp.Expr:
        return super().rewritten(with_counted_codes(with_first_values(without_cells(without_semi_joins(tree)))))

    def word(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.DataType) and node.this == exp.DType.TIMESTAMP:
            return exp.DataType(this=exp.DType.TIMESTAMPNTZ)
        return super().word(node)

    def tried(self, made: exp.Expr, to: exp.DataType) -> exp.Expr:
        return exp.TryCast(this=made, to=to)

    def is_whole(self, text: exp.Expr, pattern: str) -> exp.Expr:
        return exp.RegexpLike(this=text, expression=exp.Literal.string(f"^({pattern})$"))

    def read_time(self, text: exp.Expr, pattern: str) -> exp.Expr:
        return _read(text, pattern, "timestamp_ntz")

    def read_offset(self, text: exp.Expr, pattern: str) -> exp.Expr:
        # a moment is shown by the clock of the session, which is then moved home
        shown = exp.cast(_read(text, pattern, "timestamp"), exp.DataType(this=exp.DType.TIMESTAMPNTZ))
        return called_with("CONVERT_TIMEZONE", called_with("CURRENT_TIMEZONE"), HOME_ZONE, shown)


def _read(text: exp.Expr, pattern: str, kind: str) -> exp.Expr:
    form = shape(pattern)
    iso = called_with("REGEXP_REPLACE", text.copy(), form.expression, form.iso("${}"))
    tried = exp.TryCast(this=iso, to=exp.DataType.build(kind, dialect="databricks"))
    return when(exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(form.expression)), tried)
