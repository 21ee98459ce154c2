"""What is missing or wrong in the answers of one question: limits, patterns, numbers of answers.

Constraints over several answers, and which questions are looked at, stand in `filling`; the words in `messages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from luotsi.forms import entry
from luotsi.forms.elements import typed
from luotsi.forms.enabling import comparable
from luotsi.forms.items import NUMERIC, Item, Option
from luotsi.forms.messages import message
from luotsi.forms.tree import Place, Slot
from luotsi.forms.wire import Json

LONGEST_MATCHED = 10_000
"""Characters of an answer that a pattern is tried on: some patterns take for ever on a longer one."""


@dataclass(frozen=True)
class Problem:
    """Something wrong or missing: where, and the sentence a person is told."""

    path: str
    link_id: str
    message: str
    severity: Literal["error", "warning"] = "error"
    kind: Literal["missing", "wrong"] = "wrong"


def of_place(place: Place, path: str, options: Sequence[Option] | None, language: str) -> Iterator[Problem]:
    """The problems of a question's answers, or of the number of a group's repetitions."""
    item = place.item
    if item.is_group:
        yield from _numbers(item, len(place.slots), path, language)
        if item.required and not any(_answered(slot) for slot in place.slots):
            yield Problem(path, item.link_id, message("group", language), kind="missing")
        return
    answers = place.answers
    if not answers:
        if item.required:
            yield Problem(path, item.link_id, message("required", language), kind="missing")
        return
    yield from _numbers(item, len(answers), path, language)
    for answer in answers:
        for key, *values in wrong(item, answer, options):
            yield Problem(path, item.link_id, message(key, language, *values))
    alone = [
        each for each in options or () if each.exclusive and any(entry.is_option(answer, each) for answer in answers)
    ]
    if alone and len(answers) > 1:
        yield Problem(path, item.link_id, message("alone", language, alone[0].text(language)))


def _answered(slot: Slot) -> bool:
    """Whether any question below a slot has an answer."""
    return any(each.answers or any(_answered(inner) for inner in each.slots) for each in slot.places.values())


def _numbers(item: Item, count: int, path: str, language: str) -> Iterator[Problem]:
    least, most = item.limits.min_occurs, item.limits.max_occurs
    if not item.repeats and not item.is_group:
        most = 1
    if least is not None and count < least:
        yield Problem(path, item.link_id, message("few", language, least), kind="missing")
    if most is not None and count > most:
        yield Problem(path, item.link_id, message("many", language, most))


def wrong(item: Item, answer: Json, options: Sequence[Option] | None) -> Iterator[tuple[Any, ...]]:
    """The keys of the messages that an answer calls for, each with what goes into it."""
    try:
        entry.answer(item, answer, options)
    except entry.Unreadable as error:
        yield (str(error),)
        return
    found = typed(answer)
    value = found[1] if found else None
    if item.is_choice:
        if options and not item.open and not any(entry.is_option(answer, each) for each in options):
            yield ("choice",)
    elif isinstance(value, str):
        yield from _text(item, value)
    if isinstance(value, dict) and item.type == "attachment":
        yield from _attachment(item, value)
    yield from _bounds(item, value)


def _text(item: Item, text: str) -> Iterator[tuple[Any, ...]]:
    limits = item.limits
    if limits.min_length is not None and len(text) < limits.min_length:
        yield "short", limits.min_length
    if limits.max_length is not None and len(text) > limits.max_length:
        yield "long", limits.max_length, len(text)
    if limits.pattern and not matches(limits.pattern, text):
        yield ("pattern",)


def _attachment(item: Item, value: Json) -> Iterator[tuple[Any, ...]]:
    size, kind = value.get("size") or len(str(value.get("data", ""))) * 3 // 4, value.get("contentType")
    if item.limits.max_size is not None and size > item.limits.max_size:
        yield ("size",)
    if item.limits.kinds and kind and kind not in item.limits.kinds:
        yield "kind", ", ".join(item.limits.kinds)


def _bounds(item: Item, value: Any) -> Iterator[tuple[Any, ...]]:
    limits = item.limits
    number = value.get("value") if isinstance(value, dict) else value
    if item.type in NUMERIC and isinstance(number, int | Decimal):
        places = -int(Decimal(number).normalize().as_tuple().exponent)
        if limits.decimals is not None and places > limits.decimals:
            yield "decimals", limits.decimals
    for key, limit, sign in (("least", limits.least, 1), ("most", limits.most, -1)):
        bound = limit.get("value") if isinstance(limit, dict) else limit
        kind = {"dateTime": "DateTime", "time": "Time"}.get(item.type, "")
        one, other = comparable(number, kind), comparable(bound, kind)
        if bound is not None and type(one) is type(other) and (one < other if sign > 0 else one > other):
            yield key, shown(bound)


def shown(value: Any) -> str:
    """A limit as a person reads it: a day in Finnish order."""
    text = str(value)
    day = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    return f"{int(day[3])}.{int(day[2])}.{day[1]}" if day else text


@lru_cache(maxsize=1_000)
def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return None


def matches(pattern: str, text: str) -> bool:
    """Whether a text has the form asked for; a pattern that is none asks for nothing (`form check` tells it)."""
    compiled = _pattern(pattern)
    return compiled is None or (len(text) <= LONGEST_MATCHED and compiled.fullmatch(text) is not None)


def is_pattern(text: str) -> bool:
    """Whether a pattern can be tried at all."""
    return _pattern(text) is not None
