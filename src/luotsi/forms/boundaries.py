"""Functions of FHIRPath on how exactly a value is known: lowBoundary, highBoundary, precision.

As the specification has them (https://hl7.org/fhirpath/, "Precision"): a number stands for all that round to it, a day
or hour for all of it. Given to the library in `mended`.
"""

from __future__ import annotations

import calendar
import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from fhirpathpy.engine.nodes import FP_DateTime, FP_Quantity, FP_Time, ResourceNode

MOST_DECIMALS = 18
"""What FHIR lets a decimal have; a precision beyond it gives nothing."""
DECIMALS, OF_DAY, OF_MOMENT, OF_HOUR = 8, 8, 17, 9
"""The precision where none is asked: decimals of a number, digits of a day, of a date and time, of a time."""
MOMENT = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d))?(-(?P<day>\d\d))?"
    r"(?P<T>T)?((?P<hour>\d\d)(:(?P<minute>\d\d))?(:(?P<second>\d\d))?(\.(?P<milli>\d+))?)?(?P<zone>Z|[+-]\d\d:\d\d)?"
)
HOUR = re.compile(r"T?(?P<hour>\d\d)(:(?P<minute>\d\d))?(:(?P<second>\d\d))?(\.(?P<milli>\d+))?")
PARTS = ("year", "month", "day", "hour", "minute", "second", "milli")
DIGITS = {4: 1, 6: 2, 8: 3, 10: 4, 12: 5, 14: 6, 17: 7}
"""Digits of a date and time -> how many of PARTS they are."""
HOUR_DIGITS = {2: 1, 4: 2, 6: 3, 9: 4}
EARLIEST_ZONE, LATEST_ZONE = "+14:00", "-12:00"
"""Where a moment without a zone comes first, and where last."""


class Moment(FP_DateTime):
    """A date and time that is written as it was made; the library writes a month as a day of it."""

    def __str__(self) -> str:
        return str(self.asStr)


class Hour(FP_Time):
    """A time that is written as it was made; the library leaves noughts out."""

    def __str__(self) -> str:
        return str(self.asStr)


def low(ctx: Any, values: list[Any], precision: Any = None) -> Any:
    """The least that the value can be."""
    return _boundary(values, precision, last=False)


def high(ctx: Any, values: list[Any], precision: Any = None) -> Any:
    """The most that the value can be."""
    return _boundary(values, precision, last=True)


def precision(ctx: Any, values: list[Any]) -> Any:
    """The decimals of a number, the digits of a day, moment or hour."""
    if len(values) != 1:
        return []
    value = _value(values[0])
    if isinstance(value, FP_Time):
        return _digits(HOUR_DIGITS, len(_parts(HOUR, str(value.asStr), PARTS[3:])))
    if isinstance(value, FP_DateTime):
        return _digits(DIGITS, len(_parts(MOMENT, str(value.asStr), PARTS)))
    return _decimals(value) if isinstance(value, int | Decimal) else []


def _digits(table: dict[int, int], count: int) -> int:
    return next(digits for digits, parts in table.items() if parts == count)


def _value(value: Any) -> Any:
    if isinstance(value, ResourceNode):
        found = value.convert_data()
        # the library takes a date and time of the resource for a text where only the day is known
        value = FP_DateTime(found) or found if str(value.path).lower().endswith(("date", "datetime")) else found
    return Decimal(str(value)) if isinstance(value, float) else value


def _decimals(number: int | Decimal) -> int:
    return max(0, -int(Decimal(number).as_tuple().exponent))


def _boundary(values: list[Any], asked: Any, *, last: bool) -> Any:
    if len(values) != 1:
        return []
    value = _value(values[0])
    if isinstance(value, bool):
        return []
    if isinstance(value, int | Decimal):
        return _number(Decimal(value), asked, last)
    if isinstance(value, FP_Quantity):
        found = _number(Decimal(str(value.value)), asked, last)
        return FP_Quantity(found, value.unit) if isinstance(found, Decimal) else []
    is_moment = isinstance(values[0], ResourceNode) and str(values[0].path).lower().endswith("datetime")
    return _time(value, asked, last, is_moment) if isinstance(value, FP_DateTime | FP_Time) else []


def _number(value: Decimal, asked: Any, last: bool) -> Any:
    places = DECIMALS if asked is None else int(asked)
    if not 0 <= places <= MOST_DECIMALS:
        return []
    half = Decimal(5).scaleb(-_decimals(value) - 1)
    edge = value + half if last else value - half
    return edge.quantize(Decimal(1).scaleb(-places), ROUND_CEILING if last else ROUND_FLOOR)


def _parts(pattern: re.Pattern[str], text: str, names: tuple[str, ...]) -> list[str]:
    """The parts that a text says, the largest first."""
    found = pattern.fullmatch(text)
    said = [found[name] for name in names] if found else []
    return said[: said.index(None)] if None in said else said


def _time(value: FP_DateTime | FP_Time, asked: Any, last: bool, is_moment: bool) -> Any:
    text = str(value.asStr)
    if isinstance(value, FP_Time):
        count = HOUR_DIGITS.get(OF_HOUR if asked is None else int(asked))
        said = _filled(["2000", "01", "01", *_parts(HOUR, text, PARTS[3:])], last)[3:]
        return Hour(_hour(said[:count])) if count else []
    found = MOMENT.fullmatch(text)
    if found is None:
        return []
    is_moment = is_moment or found["T"] is not None
    count = DIGITS.get((OF_MOMENT if is_moment else OF_DAY) if asked is None else int(asked))
    if not count:
        return []
    said = _filled(_parts(MOMENT, text, PARTS), last)
    zone = found["zone"] or (LATEST_ZONE if last else EARLIEST_ZONE)
    day = "-".join(said[: min(count, 3)])
    return Moment(f"{day}T{_hour(said[3:count])}{zone}" if count > 3 else day)


def _filled(said: list[str], last: bool) -> list[str]:
    """Every part of a moment: those said, the others as early or late as they can be."""
    parts = list(said)
    if len(parts) < 2:
        parts.append("12" if last else "01")
    if len(parts) < 3:
        parts.append(f"{calendar.monthrange(int(parts[0]), int(parts[1]))[1]:02}" if last else "01")
    rest = ("23", "59", "59", "999") if last else ("00", "00", "00", "000")
    return [*parts, *rest[len(parts) - 3 :]]


def _hour(parts: list[str]) -> str:
    clock, milli = ":".join(parts[:3]), parts[3:4]
    return f"{clock}.{milli[0]}" if milli else clock


TABLE: dict[str, Any] = {
    "lowBoundary": {"fn": low, "arity": {0: [], 1: ["Number"]}},
    "highBoundary": {"fn": high, "arity": {0: [], 1: ["Number"]}},
    "precision": {"fn": precision, "arity": {0: []}},
}
