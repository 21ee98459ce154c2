"""Writes the scalar expressions of county content for DuckDB: one builder for each word in `concepts.functions`.

Knows no table but the calendar and no names: the caller says what each column becomes. Null behaves as in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlglot import exp

from luotsi.concepts.calendar import FIRST
from luotsi.concepts.expressions import TIMES, ExpressionError, Names, type_of
from luotsi.concepts.functions import FUNCTIONS
from luotsi.concepts.records import Format

Bands = Sequence[tuple[str, int, int | None]]
"""Code, lowest and highest age (inclusive; None is open) of each band of code list age_group."""

DECIMAL = exp.DataType.build("DECIMAL(18, 6)", dialect="duckdb")
WIDE = exp.DataType.build("DECIMAL(24, 6)", dialect="duckdb")
WHITE = " \t\n\r\x0b\x0c\xa0"
HOME_ZONE = "Europe/Helsinki"


@dataclass(frozen=True)
class Setting:
    """What an expression rests on beside its own words."""

    column: Callable[[exp.Column], exp.Expr]
    source_format: Format | None = None
    bands: Bands = ()
    calendar: str = "marts.calendar"
    types: Names | None = None


def to_sql(
    tree: exp.Expr,
    column: Callable[[exp.Column], exp.Expr],
    source_format: Format | None = None,
    *,
    bands: Bands = (),
    calendar: str = "marts.calendar",
    types: Names | None = None,
) -> exp.Expr:
    """The DuckDB expression of a parsed county expression.

    `column` gives what a name stands for. `source_format` says how `date`, `timestamp` and `number` read text
    (ISO and a decimal point without it). `types` (as for `expressions.type_of`) lets a text literal that is
    compared with a date or time become a typed literal. The given tree is not changed.
    """
    return _write(tree, Setting(column, source_format, bands, calendar, types))


def _write(node: exp.Expr, setting: Setting) -> exp.Expr:
    match node:
        case exp.Column():
            return setting.column(node)
        case exp.Anonymous():
            name = str(node.this).lower()
            wanted = _wanted(name, len(node.expressions))
            arguments = [_argument(each, kind, setting) for each, kind in zip(node.expressions, wanted, strict=True)]
            if name in _ALIKE:
                arguments = _alike(node.expressions, arguments, setting)
            return exp.paren(_call(name, arguments, setting)) if name in _OPEN else _call(name, arguments, setting)
        case exp.Div():
            divisor = exp.Nullif(
                this=exp.cast(_write(node.right, setting), exp.DType.DOUBLE), expression=exp.Literal.number(0)
            )
            return exp.Div(this=exp.cast(_write(node.left, setting), exp.DType.DOUBLE), expression=divisor)
        case exp.Mul() if node.left.find(exp.Mul) or node.right.find(exp.Mul):
            left, right = (_write(side, setting) for side in (node.left, node.right))
            return exp.Mul(this=exp.cast(left, WIDE), expression=exp.cast(right, DECIMAL))
        case exp.Mul() if _kind(node, setting) == "integer":
            left = exp.cast(_write(node.left, setting), exp.DType.BIGINT)  # two INTEGERs of DuckDB would overflow
            return exp.Mul(this=left, expression=_write(node.right, setting))
        case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE() | exp.Between() | exp.In():
            return _comparison(node, setting)
        case _:
            return _rebuilt(node, setting)


def _rebuilt(node: exp.Expr, setting: Setting) -> exp.Expr:
    made = node.copy()
    for key, value in node.args.items():
        if isinstance(value, exp.Expr) and not isinstance(value, exp.Identifier):
            made.set(key, _write(value, setting))
        elif isinstance(value, list):
            parts = cast("list[exp.Expr]", value)
            made.set(key, [_write(each, setting) for each in parts])
    return made


def _comparison(node: exp.Expr, setting: Setting) -> exp.Expr:
    """A comparison whose text literals take the type of the date or time they stand beside."""
    made = _rebuilt(node, setting)
    if wanted := _time_among(node.iter_expressions(), setting):
        for each in list(made.iter_expressions()):
            if each.is_string:
                each.replace(exp.cast(each.copy(), wanted))
    return made


def _alike(nodes: list[exp.Expr], made: list[exp.Expr], setting: Setting) -> list[exp.Expr]:
    """The arguments of a function whose arguments are of one type, once one of them is a date or a time."""
    if wanted := _time_among(nodes, setting):
        return [
            each if _kind(node, setting) == wanted else exp.cast(each, wanted)
            for node, each in zip(nodes, made, strict=True)
        ]
    return made


def _time_among(nodes: Iterable[exp.Expr], setting: Setting) -> str | None:
    """`date` or `timestamp`, the wider of those that some expressions are of, None where they are of neither."""
    kinds = {_kind(each, setting) for each in nodes if not each.is_string} & TIMES
    return "timestamp" if "timestamp" in kinds else "date" if kinds else None


def _wanted(name: str, given: int) -> list[str]:
    takes = ("timestamp",) if name == "time_of" else FUNCTIONS[name].takes  # a time given to it keeps its clock
    return [takes[min(place, len(takes) - 1)] for place in range(given)]


def _argument(node: exp.Expr, wanted: str, setting: Setting) -> exp.Expr:
    """The argument as the type a function takes: days of times, times of days, literals typed."""
    made = _write(node, setting)
    return exp.cast(made, wanted) if wanted in TIMES and _kind(node, setting) != wanted else made


def _kind(node: exp.Expr, setting: Setting) -> str | None:
    """The type of an expression, None where it is not known here."""
    if setting.types is None:
        return None
    try:
        return type_of(node, setting.types)
    except ExpressionError:  # a name the caller alone knows
        return None


def _f(name: str, *arguments: exp.Expr | str | int) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[exp.convert(each) for each in arguments])


def _int(made: exp.Expr) -> exp.Expr:
    return made if isinstance(made, exp.Literal) else exp.cast(made, exp.DType.INT)


def _part(name: str) -> Callable[[list[exp.Expr], Setting], exp.Expr]:
    return lambda given, _: _f(name, *given)


def _round(given: list[exp.Expr], _: Setting) -> exp.Expr:
    exact = exp.cast(given[0], exp.DataType.build("DECIMAL(28, 10)", dialect="duckdb"))
    return _f("round", exact, *(given[1:] or [exp.Literal.number(0)]))


def _lpad(given: list[exp.Expr], _: Setting) -> exp.Expr:
    text, length, fill = given
    filled = _f("lpad", text.copy(), _int(length.copy()), fill)
    return exp.case().when(exp.GTE(this=_f("length", text), expression=length), text.copy()).else_(filled)


def _starts_with_any(given: list[exp.Expr], _: Setting) -> exp.Expr:
    return exp.or_(*(_f("starts_with", given[0].copy(), each) for each in given[1:]), copy=False)


def _since(unit: int) -> Callable[[list[exp.Expr], Setting], exp.Expr]:
    def build(given: list[exp.Expr], _: Setting) -> exp.Expr:
        return exp.Div(
            this=_f("date_diff", "microsecond", *given), expression=exp.cast(exp.convert(unit), exp.DType.DOUBLE)
        )

    return build


def _add_months(given: list[exp.Expr], _: Setting) -> exp.Expr:
    return exp.cast(exp.Add(this=given[0], expression=_f("to_months", _int(given[1]))), exp.DType.DATE)


def _make_date(given: list[exp.Expr], _: Setting) -> exp.Expr:
    return _f("try", _f("make_date", *given))  # a day that is not in the calendar is null


def _age(given: list[exp.Expr], _: Setting) -> exp.Expr:
    """Full years; comparing month and day as numbers makes 1 March the birthday of those born on 29 February."""
    born, day = given
    within = [exp.Add(this=_f("month", each.copy()) * 100, expression=_f("day", each.copy())) for each in (day, born)]
    before = exp.cast(exp.paren(exp.LT(this=within[0], expression=within[1])), exp.DType.INT)
    return exp.paren(exp.Sub(this=_f("year", day), expression=_f("year", born))) - before


def _age_group(given: list[exp.Expr], setting: Setting) -> exp.Expr:
    if not setting.bands:
        raise ExpressionError("age_group needs code list age_group with columns lower and upper")
    case = exp.case()
    for code, lower, upper in sorted(setting.bands, key=lambda band: -band[1]):
        held: exp.Expr = exp.GTE(this=given[0].copy(), expression=exp.convert(lower))
        if upper is not None:
            held = exp.Between(this=given[0].copy(), low=exp.convert(lower), high=exp.convert(upper))
        case = case.when(held, exp.Literal.string(code))
    return case


def _listed(setting: Setting, wanted: str, place: exp.Expr, *, working: bool = False) -> exp.Expr:
    """What the calendar says, looked up by place in a list: a constant to DuckDB, where a join would cost each row.

    Places outside the calendar are null (0; a negative place would count from the end of the list).
    """
    listed = f"(SELECT LIST({wanted} ORDER BY date) FROM {setting.calendar}{' WHERE working' if working else ''})"
    within = exp.Greatest(this=place, expressions=[exp.Literal.number(0)])
    return _f("list_extract", exp.maybe_parse(listed, dialect="duckdb"), within)


def _on(day: exp.Expr, setting: Setting, wanted: str) -> exp.Expr:
    first = exp.cast(exp.Literal.string(FIRST.isoformat()), exp.DType.DATE)
    return _listed(setting, wanted, _f("date_diff", "day", first, day) + 1)


def _add_working_days(given: list[exp.Expr], setting: Setting) -> exp.Expr:
    nth = exp.Add(this=_on(given[0], setting, "nth"), expression=_int(given[1]))
    return _listed(setting, "date", nth, working=True)


def _working_days_between(given: list[exp.Expr], setting: Setting) -> exp.Expr:
    first, last = given
    between = exp.Sub(this=_on(last, setting, "nth"), expression=_on(first, setting, "nth"))
    return exp.case().when(exp.GTE(this=last.copy(), expression=first.copy()), between)


def _date(given: list[exp.Expr], setting: Setting) -> exp.Expr:
    if setting.source_format is None:
        return exp.TryCast(this=given[0], to=exp.DataType.build("date"))
    return exp.cast(_read_time(given[0], setting.source_format.dates, None), exp.DType.DATE)


def _timestamp(given: list[exp.Expr], setting: Setting) -> exp.Expr:
    if setting.source_format is None:
        return exp.TryCast(this=given[0], to=exp.DataType.build("timestamp"))
    return _read_time(given[0], setting.source_format.timestamps, setting.source_format.zone)


def _read_time(text: exp.Expr, patterns: Sequence[str], zone: str | None) -> exp.Expr:
    """The first pattern that reads the text; times with an offset or of another zone become home wall time."""
    plain = [each for each in patterns if "%z" not in each]
    offset = [each for each in patterns if "%z" in each]
    found: list[exp.Expr] = []
    if plain:
        listed = exp.Array(expressions=[exp.Literal.string(each) for each in plain])
        read = _f("try_strptime", text.copy(), exp.Literal.string(plain[0]) if len(plain) == 1 else listed)
        if zone is not None and zone != HOME_ZONE:
            read = _f("timezone", HOME_ZONE, _f("timezone", zone, read))
        found.append(read)
    found += [_f("timezone", HOME_ZONE, _f("try_strptime", text.copy(), each)) for each in offset]
    return found[0] if len(found) == 1 else exp.Coalesce(this=found[0], expressions=found[1:])


def _number(given: list[exp.Expr], setting: Setting) -> exp.Expr:
    text = given[0]
    if setting.source_format is not None and setting.source_format.decimal == ",":
        text = _f("translate", text, ".,", "x.")  # a point under a decimal comma is a fault, not a decimal sign
    return exp.TryCast(this=text, to=DECIMAL.copy())


_BUILDERS: dict[str, Callable[[list[exp.Expr], Setting], exp.Expr]] = {
    "coalesce": lambda given, _: exp.Coalesce(this=given[0], expressions=given[1:]),
    "nullif": lambda given, _: exp.Nullif(this=given[0], expression=given[1]),
    "greatest": _part("greatest"),
    "least": _part("least"),
    "abs": _part("abs"),
    "round": _round,
    "floor": lambda given, _: exp.cast(_f("floor", *given), exp.DType.BIGINT),
    "ceil": lambda given, _: exp.cast(_f("ceil", *given), exp.DType.BIGINT),
    "lower": _part("lower"),
    "upper": _part("upper"),
    "trim": lambda given, _: _f("trim", *given, WHITE),
    "replace": _part("replace"),
    "substr": _part("substr"),
    "length": _part("length"),
    "lpad": _lpad,
    "starts_with": _part("starts_with"),
    "starts_with_any": _starts_with_any,
    "concat": _part("concat"),
    "date_of": lambda given, _: exp.cast(given[0], exp.DType.DATE),
    "time_of": lambda given, _: exp.cast(given[0], exp.DType.TIMESTAMP),
    "days_between": lambda given, _: _f("date_diff", "day", given[0], given[1]),
    "minutes_between": _since(60_000_000),
    "hours_between": _since(3_600_000_000),
    "add_days": lambda given, _: exp.Add(this=given[0], expression=_int(given[1])),
    "add_months": _add_months,
    "add_hours": lambda given, _: exp.Add(this=given[0], expression=_f("to_hours", given[1])),
    "year_of": _part("year"),
    "month_of": _part("month"),
    "hour_of": _part("hour"),
    "weekday_of": _part("isodow"),
    "make_date": _make_date,
    "month_start": lambda given, _: exp.cast(_f("date_trunc", "month", *given), exp.DType.DATE),
    "age": _age,
    "age_group": _age_group,
    "is_working_day": lambda given, setting: _on(given[0], setting, "working"),
    "add_working_days": _add_working_days,
    "working_days_between": _working_days_between,
    "date": _date,
    "timestamp": _timestamp,
    "number": _number,
}

_ALIKE = {"coalesce", "nullif", "greatest", "least"}
"""Words whose arguments are all of one type."""

_OPEN = {"minutes_between", "hours_between", "add_days", "add_hours", "age", "starts_with_any"}
"""Words written as arithmetic or OR, which take parentheses so that what stands around them keeps its meaning."""


def _call(name: str, arguments: list[exp.Expr], setting: Setting) -> exp.Expr:
    return _BUILDERS[name](arguments, setting)
