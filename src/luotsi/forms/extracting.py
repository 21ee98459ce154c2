"""Observations out of a response: the answers that the form marks for it, each by the code of its question.

By the Structured Data Capture guide's observation-based extraction. A response's place in the warehouse is another
thing: see `assessment`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from luotsi.forms.elements import extension, extensions, typed, value
from luotsi.forms.filling import Filling
from luotsi.forms.items import Item
from luotsi.forms.wire import Json

KINDS = {
    "Boolean": "Boolean",
    "Decimal": "Quantity",
    "Integer": "Integer",
    "Date": "DateTime",
    "DateTime": "DateTime",
    "Time": "Time",
    "String": "String",
    "Uri": "String",
    "Coding": "CodeableConcept",
    "Quantity": "Quantity",
}
"""Type of an answer -> type of an Observation's value. Attachments and references are no values of it."""


def observations(page: Filling, *, coded: bool = False, **more: Any) -> list[Json]:
    """An Observation for each answer to a question that is marked for extraction, or with `coded` to any with a code.

    `more`: what each of them has besides: subject, effectiveDateTime, derivedFrom, performer.
    """
    found: list[Json] = []
    for _, item, answers in page.standing():
        if item.raw.get("code") and (coded or _marked(page, item)):
            found += _observed(page, item, answers, more)
    return found


def _marked(page: Filling, item: Item) -> bool:
    """What the item says of extraction, else what those say in which it stands, the nearest first."""
    holders = [item.raw, *(page.form.by_name[name].raw for name in reversed(item.above)), page.form.raw]
    said = (extension(each, "observationExtract") for each in holders)
    return next((each for each in said if each is not None), False) is True


def _observed(page: Filling, item: Item, answers: list[Json], more: Json) -> Iterator[Json]:
    holders = (page.form.raw, *(page.form.by_name[name].raw for name in item.above), item.raw)
    categories = [value(each) for raw in holders for each in extensions(raw, "observation-extract-category")]
    for answer in answers:
        found = typed(answer)
        if found is None or found[0] not in KINDS:
            continue
        kind, given = KINDS[found[0]], found[1]
        if found[0] == "Coding":
            given = {"coding": [given]}
        elif found[0] == "Decimal":
            given = {"value": given, **_unit(item)}
        elif found[0] == "Integer" and _unit(item):
            kind, given = "Quantity", {"value": given, **_unit(item)}
        yield {
            "resourceType": "Observation",
            "status": "final",
            **({"category": categories} if categories else {}),
            "code": {"coding": item.raw["code"], "text": item.raw.get("text", "")},
            **more,
            f"value{kind}": given,
        }


def _unit(item: Item) -> Json:
    if not item.units:
        return {}
    unit = item.units[0]
    known = {"unit": unit.get("display") or unit.get("code"), "system": unit.get("system"), "code": unit.get("code")}
    return {word: each for word, each in known.items() if each}
