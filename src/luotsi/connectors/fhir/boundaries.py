"""The SQL of lowBoundary() and highBoundary(): the least and the greatest value that a value can stand for."""

from __future__ import annotations

NUMBERS = "('UBIGINT', 'BIGINT', 'HUGEINT', 'UHUGEINT', 'DOUBLE')"
"""What DuckDB's json_type says of a number."""


def boundary(value: str, json: str, type_name: str | None, low: bool) -> str:
    """SQL of a boundary as text. `value`: the value as text; `json`: the value as JSON.

    The FHIR type decides where the path or the column says it, else the form of the value. DuckDB keeps a JSON
    number without its trailing zeros, so that 1.50 has the boundaries of 1.5.
    """
    day, moment, time, decimal = _day(value, low), _moment(value, low), _clock(value, low), _decimal(value, low)
    known = {"decimal": decimal, "date": day, "dateTime": moment, "instant": moment, "time": time}
    if type_name in known:
        return f"CASE WHEN {value} IS NOT NULL THEN {known[type_name]} END"
    return (
        f"CASE WHEN json_type({json}) IN {NUMBERS} THEN {decimal} WHEN contains({value}, 'T') THEN {moment} "
        f"WHEN regexp_matches({value}, '^[0-9]{{2}}:') THEN {time} WHEN {value} IS NOT NULL THEN {day} END"
    )


def _decimal(value: str, low: bool) -> str:
    half = f"0.5 * pow(10, -length(split_part({value}, '.', 2)))"
    return f"CAST(round(TRY_CAST({value} AS DOUBLE) {'-' if low else '+'} {half}, 12) AS VARCHAR)"


def _day(value: str, low: bool) -> str:
    if low:
        return f"({value} || substr('0000-01-01', length({value}) + 1))"
    month = f"CAST(last_day(TRY_CAST({value} || '-01' AS DATE)) AS VARCHAR)"
    return f"CASE length({value}) WHEN 4 THEN {value} || '-12-31' WHEN 7 THEN {month} ELSE {value} END"


def _clock(value: str, low: bool) -> str:
    return f"({value} || substr('{'00:00:00.000' if low else '23:59:59.999'}', length({value}) + 1))"


def _moment(value: str, low: bool) -> str:
    """A time without a zone may stand anywhere from UTC+14 to UTC-12."""
    clock, zone = ("00:00:00.000", "+14:00") if low else ("23:59:59.999", "-12:00")
    said = f"regexp_extract({value}, 'T([0-9:.]*)', 1)"
    offset = f"coalesce(nullif(regexp_extract({value}, 'T[0-9:.]*(.+)$', 1), ''), '{zone}')"
    return (
        f"CASE WHEN contains({value}, 'T') THEN split_part({value}, 'T', 1) || 'T' || {_clock(said, low)} || {offset} "
        f"ELSE {_day(value, low)} || 'T{clock}{zone}' END"
    )
