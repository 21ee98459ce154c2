"""The functions an expression in county content may call: name, types and what each gives.

The one list: the checker, the engines and the reference all follow it. A function that is not here cannot be
called. Times are Europe/Helsinki wall time; a null argument gives null unless the text says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY = "any"
"""Any type; where a function gives `any`, it gives the type of its first argument."""


@dataclass(frozen=True)
class Function:
    """A callable word: argument types (the last repeats when `repeats`), result type, meaning."""

    takes: tuple[str, ...]
    gives: str
    means: str
    repeats: bool = False
    optional: int = 0
    """How many of the last arguments may be left out."""


FUNCTIONS: dict[str, Function] = {
    # plain scalars
    "coalesce": Function((ANY,), ANY, "the first argument that is not null", repeats=True),
    "nullif": Function((ANY, ANY), ANY, "null where the two are equal, else the first"),
    "greatest": Function((ANY,), ANY, "the highest of the arguments, nulls passed over", repeats=True),
    "least": Function((ANY,), ANY, "the lowest of the arguments, nulls passed over", repeats=True),
    "abs": Function(("decimal",), "decimal", "the number without its sign"),
    "round": Function(("decimal", "integer"), "decimal", "rounded half away from zero to n decimals", optional=1),
    "floor": Function(("decimal",), "integer", "the whole number at or below"),
    "ceil": Function(("decimal",), "integer", "the whole number at or above"),
    "lower": Function(("text",), "text", "in lower case"),
    "upper": Function(("text",), "text", "in upper case"),
    "trim": Function(("text",), "text", "without white space at both ends"),
    "replace": Function(("text", "text", "text"), "text", "every occurrence of the second replaced by the third"),
    "substr": Function(("text", "integer", "integer"), "text", "n characters from place i, counted from 1", optional=1),
    "length": Function(("text",), "integer", "number of characters"),
    "lpad": Function(("text", "integer", "text"), "text", "filled on the left to n characters, never cut"),
    "starts_with": Function(("text", "text"), "boolean", "whether the text begins so, letter case as written"),
    "starts_with_any": Function(
        ("text", "text"), "boolean", "whether the text begins with any of the others", repeats=True
    ),
    "concat": Function(("text",), "text", "the texts in a row, null as empty", repeats=True),
    # days and times
    "date_of": Function(("timestamp",), "date", "the day of a time (a date stays itself)"),
    "time_of": Function(("date",), "timestamp", "midnight at the start of a day (a time stays itself)"),
    "days_between": Function(("date", "date"), "integer", "calendar days from the first to the second"),
    "minutes_between": Function(("timestamp", "timestamp"), "decimal", "minutes from the first to the second"),
    "hours_between": Function(("timestamp", "timestamp"), "decimal", "hours from the first to the second"),
    "add_days": Function(("date", "integer"), "date", "n calendar days later"),
    "add_months": Function(
        ("date", "integer"), "date", "the same day n months later, or that month's last day if there is none"
    ),
    "add_hours": Function(("timestamp", "integer"), "timestamp", "n hours later"),
    "year_of": Function(("date",), "integer", "calendar year"),
    "month_of": Function(("date",), "integer", "month 1 to 12"),
    "hour_of": Function(("timestamp",), "integer", "hour 0 to 23"),
    "weekday_of": Function(("date",), "integer", "1 Monday to 7 Sunday"),
    "make_date": Function(("integer", "integer", "integer"), "date", "the day of a year, month and day"),
    "month_start": Function(("date",), "date", "the first day of the month"),
    "age": Function(("date", "date"), "integer", "full years from birth to the day; born 29 February: 1 March"),
    "age_group": Function(("integer",), "code", "the band of code list age_group an age falls in"),
    "is_working_day": Function(("date",), "boolean", "Monday to Friday that is no holiday in Finland"),
    "add_working_days": Function(
        ("date", "integer"), "date", "the nth working day after the day; the day itself is not counted"
    ),
    "working_days_between": Function(
        ("date", "date"),
        "integer",
        "working days after the first day up to and with the second; null if earlier",
    ),
    # text of extracts, read by the format of the source
    "date": Function(("text",), "date", "the day a text means; a text that means none is the row's fault"),
    "timestamp": Function(("text",), "timestamp", "the time a text means; a text that means none is the row's fault"),
    "number": Function(("text",), "decimal", "the number a text means, by the decimal sign of the source"),
}
