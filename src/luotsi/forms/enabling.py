"""Whether an item is asked: the conditions of enableWhen, judged by the answers nearest to the item.

enableWhenExpression is run in `calculating`; here is what the plain conditions mean.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from luotsi.forms.elements import typed
from luotsi.forms.items import Condition, Item
from luotsi.forms.tree import Place, Slot
from luotsi.forms.wire import Json

Chain = tuple[tuple[str, Slot], ...]
"""The slots an item stands in, outermost first, each with the name of its item; the root has the name ''."""

ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
}


def holds(item: Item, chain: Chain, by_link: dict[str, Item]) -> bool:
    """Whether the conditions of an item hold, where it stands; an item without conditions is always asked."""
    if not item.conditions:
        return True
    found = (_condition(each, chain, by_link) for each in item.conditions)
    return any(found) if item.any_condition else all(found)


def _condition(condition: Condition, chain: Chain, by_link: dict[str, Item]) -> bool:
    asked = by_link.get(condition.question)
    answers = list(answers_near(asked, chain)) if asked is not None else []
    if condition.operator == "exists":
        return bool(answers) == (condition.value is True)
    return met(condition, answers)


def met(condition: Condition, answers: list[Json]) -> bool:
    """Whether any answer compares so; for != whether none is equal (FHIR R5's wording, clearer than R4's)."""
    if condition.operator == "!=":
        return not any(equal(each, condition.type, condition.value) for each in answers)
    if condition.operator == "=":
        return any(equal(each, condition.type, condition.value) for each in answers)
    compare = ORDERED.get(condition.operator)
    return compare is not None and any(_ordered(each, condition, compare) for each in answers)


def answers_near(asked: Item, chain: Chain) -> Iterator[Json]:
    """The answers to a question as seen from a place: those in the same repetition, else of all repetitions."""
    known = dict(chain)
    path = [*asked.above, asked.name]
    start = next((place for place in range(len(path) - 1, 0, -1) if path[place - 1] in known), 0)
    slot = known[path[start - 1]] if start else chain[0][1]
    yield from _below(slot, path[start:])


def _below(slot: Slot, path: list[str]) -> Iterator[Json]:
    place: Place | None = slot.places.get(path[0])
    if place is None or not place.enabled:
        return
    if len(path) == 1:
        yield from place.answers
        return
    for each in place.slots:
        yield from _below(each, path[1:])


def equal(answer: Json, kind: str, wanted: Any) -> bool:
    """Whether an answer is a value: a coding by code, and system where both say one; a quantity by number and unit."""
    found = typed(answer)
    if found is None:
        return False
    given = found[1]
    if isinstance(given, dict) and isinstance(wanted, dict):
        if kind == "Coding":
            systems = {each.get("system") for each in (given, wanted) if each.get("system")}
            key = "code" if wanted.get("code") else "display"
            return given.get(key) == wanted.get(key) and len(systems) < 2
        if kind == "Quantity":
            return _same_unit(given, wanted) and given.get("value") == wanted.get("value")
        if kind == "Reference":
            return given.get("reference") == wanted.get("reference")
        return given == wanted
    if isinstance(given, dict):
        # a condition on the code of a coding, as some forms write it
        return str(wanted) in (given.get("code"), given.get("display"))
    if isinstance(given, bool) or isinstance(wanted, bool):
        return given is wanted
    return comparable(given, kind) == comparable(wanted, kind)


def _ordered(answer: Json, condition: Condition, compare: Callable[[Any, Any], bool]) -> bool:
    found = typed(answer)
    if found is None:
        return False
    given, wanted = found[1], condition.value
    if isinstance(given, dict) and isinstance(wanted, dict):
        if not _same_unit(given, wanted):
            return False
        given, wanted = given.get("value"), wanted.get("value")
    given, wanted = comparable(given, condition.type), comparable(wanted, condition.type)
    same = isinstance(given, str) == isinstance(wanted, str) and given is not None and wanted is not None
    return same and not isinstance(given, dict) and not isinstance(wanted, dict) and compare(given, wanted)


def _same_unit(one: Json, other: Json) -> bool:
    units = [each.get("code") or each.get("unit") for each in (one, other)]
    return units[0] == units[1] or None in units


def comparable(value: Any, kind: str) -> Any:
    """A value in a form in which two of its kind compare: a time with its zone as a moment, a time of day in full."""
    if kind == "DateTime" and isinstance(value, str) and "T" in value:
        try:
            return datetime.datetime.fromisoformat(value).astimezone(datetime.UTC).isoformat()
        except ValueError:
            return value
    if kind == "Time" and isinstance(value, str):
        return value if value.count(":") > 1 else f"{value}:00"
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
