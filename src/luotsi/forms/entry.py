"""Turns what a person types, a program gives or an expression computes into FHIR answers of a question.

Numbers and days are read as Finns write them and as ISO has them. Whether an answer is within limits stands in
`problems`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from luotsi.forms.elements import typed, weight
from luotsi.forms.items import TYPES, Item, Option
from luotsi.forms.wire import Json

HERE = ZoneInfo("Europe/Helsinki")
FINNISH_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
ISO_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?")
HOUR = re.compile(r"(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?")
BIGGEST = 2**31
"""FHIR's integer has 32 bits."""
LONGEST_NUMBER = 40


class Unreadable(ValueError):  # noqa: N818  it is what a person typed, and no fault of ours
    """A value that is no answer of the question; the text is the key of the message."""


def answers(item: Item, values: Any, options: Sequence[Option] | None = None) -> list[Json]:
    """The FHIR answers of one value or several; empty ones are left out. Raises Unreadable.

    A value is plain (text as typed, number, boolean, day), the key of an option, or a FHIR answer.
    """
    given: Iterable[Any] = values if isinstance(values, list | tuple) else [values]
    return [answer(item, each, options) for each in given if each is not None and each != "" and each != {}]


def answer(item: Item, value: Any, options: Sequence[Option] | None = None) -> Json:
    """The FHIR answer of one value. Raises Unreadable."""
    if isinstance(value, dict):
        given = _as_given(item, value)
        return next((each.answer for each in options or () if is_option(given, each)), given)
    if item.is_choice:
        return _chosen(item, value, options)
    reader = READERS.get(item.type)
    if reader is None:
        raise Unreadable("answer")
    found = reader(item, value)
    return {f"value{TYPES[item.type]}": found}


def _as_given(item: Item, value: Json) -> Json:
    found = typed(value)
    if found is None:
        kind = TYPES[item.type]
        if kind not in ("Coding", "Quantity", "Reference", "Attachment"):
            raise Unreadable("answer")
        return {f"value{kind}": value}
    if found[0] != TYPES.get(item.type) and not (item.is_choice and found[0] in _kinds(item)):
        raise Unreadable(item.type if item.type in ("boolean", "integer", "decimal", "date", "time") else "answer")
    if isinstance(found[1], dict) != (found[0] in ("Coding", "Quantity", "Reference", "Attachment")):
        raise Unreadable("answer")
    if not isinstance(found[1], dict) and item.type in READERS and not item.is_choice:
        # read as if typed, so that a wrong one is told, and kept as it was written
        READERS[item.type](item, found[1])
    return value


def _kinds(item: Item) -> set[str]:
    kinds = {each[0] for option in item.options if (each := typed(option.answer))}
    return {*kinds, "Coding", "String"} if item.open else {*kinds, "Coding"}


def _chosen(item: Item, value: Any, options: Sequence[Option] | None) -> Json:
    text = _text(item, value)
    for option in options or ():
        if option.key == text:
            return option.answer
    if options is None and item.type in ("choice", "open-choice"):
        # the list is on a server we do not ask: what is written is the answer
        return {"valueCoding": {"display": text}} if item.type == "choice" else {"valueString": text}
    if item.open:
        return {"valueString": text}
    raise Unreadable("choice")


def _boolean(item: Item, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    raise Unreadable("boolean")


def _integer(item: Item, value: Any) -> int:
    try:
        number = _number(value)
    except Unreadable:
        raise Unreadable("integer") from None
    if number != number.to_integral_value() or not -BIGGEST <= number < BIGGEST:
        raise Unreadable("integer")
    return int(number)


def _decimal(item: Item, value: Any) -> Decimal:
    return _number(value)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise Unreadable("decimal")
    text = str(value).strip().replace("\N{MINUS SIGN}", "-").replace(",", ".")
    text = re.sub(r"[\s\u00a0\u202f]", "", text)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unreadable("decimal") from None
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER or len(text) > 2 * LONGEST_NUMBER:
        raise Unreadable("decimal")
    return number


def _day(item: Item, value: Any) -> str:
    if isinstance(value, datetime.datetime):
        value = value.date()
    text = str(value).strip()
    finnish = FINNISH_DAY.fullmatch(text)
    if finnish:
        text = f"{finnish[3]}-{int(finnish[2]):02}-{int(finnish[1]):02}"
    if not ISO_DAY.fullmatch(text) or not _exists(text):
        raise Unreadable("date")
    return text


def _exists(day: str) -> bool:
    try:
        datetime.date.fromisoformat((day + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _moment(item: Item, value: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime.datetime) else str(value).strip()
    day, _, hour = text.replace(" klo ", " ").partition(" ")
    try:
        if hour:
            text = f"{_day(item, day)}T{_hour(item, hour.removeprefix('kl. ').strip())}"
        elif not ISO_MOMENT.fullmatch(text):
            return _day(item, text)
        moment = datetime.datetime.fromisoformat(text)
    except (Unreadable, ValueError):
        raise Unreadable("dateTime") from None
    if moment.tzinfo is not None:
        return text
    return moment.replace(tzinfo=HERE).isoformat()


def _hour(item: Item, value: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime.time) else str(value).strip()
    found = HOUR.fullmatch(text.partition("Z")[0])
    if not found or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        raise Unreadable("time")
    return f"{int(found[1]):02}:{found[2]}:{found[3] or '00'}"


def _text(item: Item, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("\r\n", "\n").replace("\x00", "")


def _address(item: Item, value: Any) -> str:
    text = str(value).strip()
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", text):
        raise Unreadable("url")
    return text


def _quantity(item: Item, value: Any) -> Json:
    quantity: Json = {"value": _number(value)}
    if item.units:
        unit = item.units[0]
        known = {
            "unit": unit.get("display") or unit.get("code"),
            "system": unit.get("system"),
            "code": unit.get("code"),
        }
        quantity |= {word: each for word, each in known.items() if each}
    return quantity


def _reference(item: Item, value: Any) -> Json:
    return {"reference": str(value)} if "/" in str(value) else {"display": str(value)}


READERS: dict[str, Any] = {
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "date": _day,
    "dateTime": _moment,
    "time": _hour,
    "string": _text,
    "text": _text,
    "url": _address,
    "quantity": _quantity,
    "reference": _reference,
}


def computed(item: Item, values: Sequence[Any], options: Sequence[Option] | None) -> list[Json]:
    """The answers that the values of an expression are; several only where the question repeats. Raises Unreadable."""
    found: list[Json] = []
    for value in values if item.repeats else values[:1]:
        if value is None or value == "":
            continue
        if isinstance(value, dict) and item.type in ("string", "text"):
            value = value.get("display") or value.get("code") or value.get("value")
        if isinstance(value, dict) and item.type in ("decimal", "integer"):
            value = value.get("value")
        if item.type == "integer" and isinstance(value, Decimal) and value != value.to_integral_value():
            raise Unreadable("integer")
        if isinstance(value, str) and item.type == "date":
            value = value[:10]
        found.append(answer(item, value, options))
    return found


def own_weight(answer: Json) -> Decimal | None:
    """The points that an answer itself carries."""
    found = typed(answer)
    own = weight(answer)
    return own if own is not None or found is None or not isinstance(found[1], dict) else weight(found[1])


def is_option(answer: Json, option: Option) -> bool:
    """Whether an answer is this option: by code, and by system where both say one."""
    given: Json = answer.get("valueCoding") or {}
    offered: Json = option.answer.get("valueCoding") or {}
    systems = {each["system"] for each in (given, offered) if each.get("system")}
    return same(answer) == same(option.answer) and len(systems) < 2


def same(answer: Json) -> Any:
    """What two answers have in common that are the same choice: the code of a coding, else the value."""
    value = answer.get("valueCoding")
    if not isinstance(value, dict):
        found = typed(answer)
        value = found[1] if found else None
    if isinstance(value, dict):
        return value.get("code") or value.get("reference") or value.get("display") or str(value)
    return value
