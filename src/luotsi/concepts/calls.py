"""Every function of `luotsi.concepts.functions` in plain Python."""

# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# (the table of small functions below takes any value: what is given was type-checked with the expression)

from __future__ import annotations

import calendar
import datetime
import uuid
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from luotsi.concepts.calendar import is_working_day

Value = str | bool | int | Decimal | datetime.date | datetime.datetime | uuid.UUID | None
"""A value of an expression; a datetime is a Europe/Helsinki wall time, None is null."""

Bands = tuple[tuple[str, int, int | None], ...]
"""Age bands: code, lowest age, highest age (inclusive, None: open)."""

DAY = datetime.timedelta(days=1)


def call(name: str, given: list[Value], bands: Bands = ()) -> Value:
    """The value of a function for its arguments."""
    if name in OF_ALL:
        return OF_ALL[name](given)
    if any(value is None for value in given):
        return None
    if name == "age_group":
        return band(given[0], bands)
    return OF_KNOWN[name](*given)


def time(value: Any) -> datetime.datetime:
    """A day as its midnight, a time as itself, a text as the day or time it means in ISO form."""
    if isinstance(value, str):
        return datetime.datetime.fromisoformat(value)
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime.combine(value, datetime.time())


def day(value: Any) -> datetime.date:
    """The day of a time, a day, or an ISO text."""
    return time(value).date()


def rounded(value: Decimal | int, decimals: int = 0) -> Decimal:
    """Rounded half away from zero."""
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def substr(text: str, place: int, length: int | None = None) -> str:
    """`length` characters from `place`, counted from 1."""
    return text[place - 1 :] if length is None else text[place - 1 : place - 1 + length]


def elapsed(first: Any, last: Any, unit: datetime.timedelta) -> Decimal:
    """The time between as a number of `unit`."""
    microsecond = datetime.timedelta(microseconds=1)
    return Decimal((time(last) - time(first)) // microsecond) / Decimal(unit // microsecond)


def add_months(value: Any, months: int) -> datetime.date:
    """The same day `months` later, or that month's last day."""
    start = day(value)
    place = start.year * 12 + start.month - 1 + months
    year, month = divmod(place, 12)
    return datetime.date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def age(birth: Any, at: Any) -> int:
    """Full years: a birthday on 29 February falls on 1 March in other years."""
    born, asked = day(birth), day(at)
    return asked.year - born.year - ((asked.month, asked.day) < (born.month, born.day))


def band(years: Any, bands: Bands) -> str | None:
    """The code of the band that holds an age."""
    for code, lower, upper in bands:
        if lower <= years and (upper is None or years <= upper):
            return code
    return None


def add_working_days(value: Any, count: int) -> datetime.date:
    """The `count`th working day after a day; with 0 the last working day up to and with it, below 0 those before."""
    found = day(value)
    while count > 0:
        found += DAY
        count -= is_working_day(found)
        if not count:
            return found
    while not is_working_day(found) or count:
        count += is_working_day(found)
        found -= DAY
    return found


def working_days_between(first: Any, last: Any) -> int | None:
    """Working days after `first` up to and with `last`."""
    start, end = day(first), day(last)
    if end < start:
        return None
    return sum(is_working_day(start + DAY * place) for place in range(1, (end - start).days + 1))


def meant(read: Callable[..., Value], *given: Any) -> Value:
    """What `read` gives, null where the arguments mean nothing (30 February)."""
    try:
        return read(*given)
    except (ValueError, ArithmeticError):
        return None


def known(values: list[Any]) -> list[Any]:
    """The values that are not null; beside a day or time, texts mean one, and days beside times are times."""
    found = [value for value in values if value is not None]
    if not any(isinstance(each, datetime.date) for each in found):
        return found
    whole = all(not isinstance(each, datetime.datetime) and time(each) == time(day(each)) for each in found)
    return [day(value) if whole else time(value) for value in found]


def nullif(values: list[Any]) -> Value:
    """Null where the two are equal, else the first."""
    return None if None not in values and values[0] == values[1] else values[0]


OF_ALL: dict[str, Callable[[list[Any]], Value]] = {
    "coalesce": lambda values: next((value for value in values if value is not None), None),
    "nullif": nullif,
    "greatest": lambda values: max(known(values), default=None),
    "least": lambda values: min(known(values), default=None),
    "concat": lambda values: "".join(str(value) for value in values if value is not None),
}
"""Functions that see nulls."""

OF_KNOWN: dict[str, Any] = {
    "abs": abs,
    "round": rounded,
    "floor": lambda value: int(Decimal(value).to_integral_value(ROUND_FLOOR)),
    "ceil": lambda value: int(Decimal(value).to_integral_value(ROUND_CEILING)),
    "lower": lambda text: text.lower(),
    "upper": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "replace": lambda text, old, new: text.replace(old, new) if old else text,
    "substr": substr,
    "length": len,
    "lpad": lambda text, length, fill: ((fill * length)[: max(0, length - len(text))] if fill else "") + text,
    "starts_with": lambda text, start: text.startswith(start),
    "starts_with_any": lambda text, *starts: text.startswith(starts),
    "date_of": day,
    "time_of": time,
    "days_between": lambda first, last: (day(last) - day(first)).days,
    "minutes_between": lambda first, last: elapsed(first, last, datetime.timedelta(minutes=1)),
    "hours_between": lambda first, last: elapsed(first, last, datetime.timedelta(hours=1)),
    "add_days": lambda value, days: day(value) + DAY * int(days),
    "add_months": add_months,
    "add_hours": lambda value, hours: time(value) + datetime.timedelta(hours=int(hours)),
    "year_of": lambda value: day(value).year,
    "month_of": lambda value: day(value).month,
    "hour_of": lambda value: time(value).hour,
    "weekday_of": lambda value: day(value).isoweekday(),
    "make_date": lambda year, month, day: meant(datetime.date, int(year), int(month), int(day)),
    "month_start": lambda value: day(value).replace(day=1),
    "age": age,
    "is_working_day": lambda value: is_working_day(day(value)),
    "add_working_days": add_working_days,
    "working_days_between": working_days_between,
    "date": lambda text: meant(day, text),
    "timestamp": lambda text: meant(time, text),
    "number": lambda text: meant(Decimal, text),
}
"""Functions that give null when any argument is null."""
