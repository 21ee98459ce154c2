"""What a new form begins with: initial values, answers from what is known of a person, and from observations.

Which known resources there are is the caller's; nothing is fetched. Sources: FHIR R4 Questionnaire.initial, and the
Structured Data Capture guide's initialExpression and observation-based population.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from luotsi.forms import entry
from luotsi.forms.calculating import Calculator, standing
from luotsi.forms.elements import extension, typed
from luotsi.forms.items import Item
from luotsi.forms.tree import Place, Slot
from luotsi.forms.wire import Json

PERIODS = {"a": 365.25, "mo": 30.4375, "wk": 7, "d": 1, "h": 1 / 24, "min": 1 / 1440, "s": 1 / 86400}
"""Days of a unit of time (UCUM)."""


def begin(calculator: Calculator, root: Slot, slots: Iterable[Slot], observations: Sequence[Json]) -> None:
    """Fills the questions in `slots` (new ones, below `root`) that have no answer yet."""
    places = [place for slot in slots for place in every(slot) if place.item.is_question and not place.answers]
    for place in places:
        found = _initial(place.item, calculator) or _observed(place.item, observations, calculator)
        if found:
            place.put(found)
    if not any(place.item.initially for place in places):
        return
    calculator.settle(root)
    for place in places:
        if place.item.initially is not None and not place.answers:
            _known(place, root, calculator)


def every(slot: Slot) -> Iterator[Place]:
    """Every place below a slot, enabled or not."""
    for place in slot.places.values():
        yield place
        for each in place.slots if place.item.items else ():
            yield from every(each)


def _initial(item: Item, calculator: Calculator) -> list[Json]:
    chosen = (each.answer for each in calculator.options[item.name] or () if each.initial)
    given = [*item.initial, *chosen]
    # an initial quantity without a number only says the unit
    kept = [each for each in given if not ("valueQuantity" in each and each["valueQuantity"].get("value") is None)]
    return kept if item.repeats else kept[:1]


def _known(place: Place, root: Slot, calculator: Calculator) -> None:
    """The answer that an initialExpression gives, as the form stands now."""
    item = place.item
    picture = calculator.picture(root)
    slot = next((slot for each, slot in standing(root) if each is place), root)
    scope = picture.scopes.get(id(place)) or calculator.outside(item, slot, picture)
    assert item.initially is not None
    values = picture.run(item.initially, scope)
    try:
        answers = entry.computed(item, values, calculator.options[item.name])
    except entry.Unreadable:
        calculator.faults[f"{item.place}: {item.initially.text!r} gives {values[:3]!r}, which is no {item.type}"] = None
        return
    if answers:
        place.put(answers)


def _observed(item: Item, observations: Sequence[Json], calculator: Calculator) -> list[Json]:
    """The newest observation of the item's code within the period that the form allows."""
    period = extension(item.raw, "observationLinkPeriod")
    if not observations or not isinstance(period, dict):
        return []
    codes = {(each.get("system"), each.get("code")) for each in item.raw.get("code", [])}
    since = calculator.now - _length(period)
    found = [each for each in observations if codes & _codes(each) and since <= _taken(each) <= calculator.now]
    for observation in sorted(found, key=_taken, reverse=True):
        value = typed(observation)
        if value is None or observation.get("status") in ("entered-in-error", "cancelled"):
            continue
        if not _in_unit(item, value[1]):
            continue
        try:
            return entry.computed(item, [_fitting(item, value[1])], calculator.options[item.name])
        except entry.Unreadable:
            continue
    return []


def _fitting(item: Item, value: Any) -> Any:
    if isinstance(value, dict) and value.get("coding"):
        return value["coding"][0]
    return value


def _in_unit(item: Item, value: Any) -> bool:
    """Whether a number was taken in the unit that the question asks in; nothing is converted."""
    code = value.get("code") if isinstance(value, dict) and "coding" not in value else None
    asked = [each.get("code") for each in item.units]
    return item.type == "quantity" or not code or not asked or code in asked


def _codes(observation: Json) -> set[tuple[Any, Any]]:
    return {(each.get("system"), each.get("code")) for each in observation.get("code", {}).get("coding", [])}


def _length(period: Json) -> datetime.timedelta:
    days = PERIODS.get(str(period.get("code") or period.get("unit")), 365.25)
    return datetime.timedelta(days=float(period.get("value") or 0) * days)


def _taken(observation: Json) -> datetime.datetime:
    text = observation.get("effectiveDateTime") or observation.get("issued") or "1900-01-01"
    try:
        moment = datetime.datetime.fromisoformat((text + "-01-01")[:10] if len(text) < 10 else text)
    except ValueError:
        return datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=entry.HERE)
