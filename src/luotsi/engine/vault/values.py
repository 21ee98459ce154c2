"""How one value of an extract becomes a typed value of the vault, and what is said when it cannot.

Builds SQL expressions over text columns; knows neither tables nor keys. The words `date`, `timestamp` and `number`
are read by `engine.duck.expressions`, so a bare column and the function of its type give the same.
"""

from __future__ import annotations

from typing import cast

from sqlglot import exp

from luotsi.concepts.errors import UserError
from luotsi.concepts.expressions import TEXTS, ExpressionError, parse, type_of
from luotsi.concepts.functions import ANY
from luotsi.concepts.reading import County
from luotsi.concepts.records import Attribute, Format, Value
from luotsi.engine.duck.expressions import to_sql
from luotsi.engine.duck.types import SQL_TYPES

REASONS = {
    "date": "is not a date",
    "timestamp": "is not a time",
    "integer": "is not a whole number",
    "decimal": "is not a number",
    "boolean": "is not true or false",
}
READINGS = {
    "date": "coalesce(date(v), date_of(timestamp(v)))",
    "timestamp": "coalesce(timestamp(v), time_of(date(v)))",
    "decimal": "coalesce(number(v), number(replace(replace(replace(v, ' ', ''), '\u00a0', ''), '\u202f', '')))",
}
FEW = 400
"""Up to so many codes a list is written into the statement; a longer one is looked up in a table."""
CODES = "temp.code_values"
"""Temporary table (list, code, national) of the county's longer code lists and of its translations."""


def text_of(value: Value, source_format: Format, county: County, where: str) -> tuple[exp.Expr, str, exp.Expr | None]:
    """The expression of a value before it is typed, the type it has, and when one of its readings failed.

    Raises UserError for an expression that `check` would refuse.
    """
    try:
        tree = parse(value.value)
        found = type_of(tree, lambda name, table: "text")
    except ExpressionError as error:
        raise UserError(f"{where}: {error}. Run luotsi check") from error
    made = to_sql(tree, column_of, source_format, types=lambda name, table: "text")
    failed = _failed(tree, source_format)
    if value.translate is not None:
        made = _translated(made, value.translate, county)
    return made, ("text" if found in TEXTS or found == ANY else found), failed


def column_of(column: exp.Column) -> exp.Expr:
    """A column of the extract, quoted as written."""
    return exp.column(exp.to_identifier(column.name, quoted=True))


def _failed(tree: exp.Expr, source_format: Format) -> exp.Expr | None:
    """True when a text was there but the word that should read it gave nothing."""
    tests: list[exp.Expr] = []
    for call in tree.find_all(exp.Anonymous):
        if str(call.this).lower() in READINGS or str(call.this).lower() == "number":
            read = to_sql(call, column_of, source_format)
            text = to_sql(cast("exp.Expr", call.expressions[0]), column_of, source_format)
            tests.append(read.is_(exp.null()).and_(text.is_(exp.null()).not_()))
    return exp.or_(*tests) if tests else None


def _translated(made: exp.Expr, translate: dict[str, str] | str, county: County) -> exp.Expr:
    """Local codes as the county's own; a value that is not among them stays as it is, for the code list to judge."""
    if isinstance(translate, str):
        listed = county.codes.get(translate)
        pairs = {code: row.get("national") or code for code, row in listed.rows.items()} if listed else {}
    else:
        pairs = translate
    if not pairs:
        return made
    if len(pairs) > FEW:
        same = exp.column("list").eq(str(translate)).and_(exp.column("code").eq(made.copy()))
        found = exp.Anonymous(this="any_value", expressions=[exp.column("national")])
        looked = exp.select(found).from_(CODES).where(same).subquery()
        return exp.Coalesce(this=looked, expressions=[made])
    case = exp.Case(this=made.copy())
    for code, national in pairs.items():
        case = case.when(exp.Literal.string(code), exp.Literal.string(national), copy=False)
    return case.else_(made.copy(), copy=False)


def typed(given: exp.Expr, kind: str, source_format: Format) -> exp.Expr | None:
    """The typed value of a text by the format of its source; None where text stays text."""
    if kind in READINGS:
        tree = parse(READINGS[kind])
        return to_sql(tree, lambda _: given.copy(), source_format)
    if kind == "boolean":
        return (
            exp.case()
            .when(given.copy().isin(*source_format.true), exp.true())
            .when(given.copy().isin(*source_format.false), exp.false())
        )
    if kind == "integer":
        digits = exp.Anonymous(this="regexp_full_match", expressions=[given.copy(), exp.Literal.string("[+-]?[0-9]+")])
        number = to_sql(parse(READINGS["decimal"]), lambda _: given.copy(), source_format)
        whole = exp.case().when(number.eq(exp.Anonymous(this="floor", expressions=[number.copy()])), number.copy())
        return (
            exp.case()
            .when(digits, exp.TryCast(this=given.copy(), to=exp.DataType.build("bigint")))
            .else_(exp.TryCast(this=whole, to=exp.DataType.build("bigint")))
        )
    return None


def cast_to(made: exp.Expr, kind: str) -> exp.Expr:
    """An expression that has a type already, as the type of the attribute."""
    return exp.TryCast(this=made, to=exp.DataType.build(SQL_TYPES[kind], dialect="duckdb"))


def closed_codes(county: County, attribute: Attribute) -> str | None:
    """The name of the closed code list an attribute must keep to, if we hold it."""
    listed = county.codes.get(attribute.codes or "")
    return attribute.codes if listed and listed.rows and not listed.record.open else None


def in_list(county: County, name: str, given: exp.Expr) -> exp.Expr:
    """Whether a text is one of the codes of a list."""
    rows = county.codes[name].rows
    if len(rows) <= FEW:
        return given.isin(*rows)
    codes = exp.select("code").from_(CODES).where(exp.column("list").eq(name))
    return exp.In(this=given.copy(), query=codes.subquery())


def long_lists(county: County) -> list[tuple[str, str, str]]:
    """The rows of the temporary table of codes: lists too long to be written into a statement."""
    return [
        (name, code, row.get("national") or code)
        for name, listed in county.codes.items()
        if len(listed.rows) > FEW
        for code, row in listed.rows.items()
    ]
