"""The names that scores and outcomes may use: the answers of a form by linkId, with their types and values.

A choice is its code, `q.weight` its points; of check-boxes `q` counts those chosen and `q.code` says whether one is.
What an expression means stands in `luotsi.concepts.scalars`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from luotsi.concepts.calls import Value
from luotsi.forms import entry
from luotsi.forms.elements import typed
from luotsi.forms.filling import Filling
from luotsi.forms.items import Item, Option
from luotsi.forms.lists import Lists
from luotsi.forms.questionnaire import Questionnaire
from luotsi.forms.wire import Json

Names = dict[tuple[str, str | None], str]
"""(name, the word before the dot) -> type, as `luotsi.concepts.expressions` asks for them."""

TYPES = {
    "boolean": "boolean",
    "decimal": "decimal",
    "quantity": "decimal",
    "integer": "integer",
    "date": "date",
    "dateTime": "timestamp",
    "time": "text",
    "string": "text",
    "text": "text",
    "url": "text",
    "choice": "code",
    "open-choice": "code",
}
ANSWERED_ON = "answered_on"
WEIGHT = "weight"
CLASS = "class"


def types(form: Questionnaire, lists: Lists) -> Names:
    """The type of every name of a form's answers; items that may stand many times have none."""
    found: Names = {(ANSWERED_ON, None): "date"}
    for item in nameable(form):
        boxes = item.is_choice and item.repeats
        found[item.link_id, None] = "integer" if boxes else TYPES[item.type]
        if item.is_choice:
            found[WEIGHT, item.link_id] = "decimal"
        if boxes:
            for option in lists.options(form, item) or ():
                found[option.key, item.link_id] = "boolean"
    return found


def nameable(form: Questionnaire) -> list[Item]:
    """The questions that stand once in a response."""
    return [
        item
        for item in form.every()
        if item.type in TYPES
        and not any(form.by_name[name].repeats for name in item.above)
        and (item.is_choice or not item.repeats)
    ]


def values(page: Filling, names: Mapping[tuple[str, str | None], str], day: datetime.date) -> dict[Any, Value]:
    """The value of every name, as the answers stand; null where a question is not answered or not asked."""
    found: dict[Any, Value] = {(ANSWERED_ON, None): day}
    given = page.every_answer()
    for item in nameable(page.form):
        answers, options = given.get(item.name, []), page.options(item, item.name)
        if not item.is_choice:
            found[item.link_id, None] = plain(item, answers[0]) if answers else None
            continue
        chosen = {key for each in answers if (key := code(each)) is not None}
        found[WEIGHT, item.link_id] = points(item, answers, page, options)
        if not item.repeats:
            found[item.link_id, None] = code(answers[0]) if answers else None
            continue
        found[item.link_id, None] = len(answers)
        for name, table in names:
            if table == item.link_id and name != WEIGHT:
                found[name, table] = name in chosen
    return found


def code(answer: Json) -> str | None:
    """The code of a choice, or the text written instead."""
    found = entry.same(answer)
    return None if found is None else str(found)


def points(item: Item, answers: list[Json], page: Filling, options: tuple[Option, ...] | None) -> Decimal | None:
    """The sum of the points of what was chosen; null without an answer, or where none has points."""
    found = [each for each in (page.points(item, answer) for answer in answers) if each is not None]
    return sum(found, start=Decimal(0)) if found else None


def plain(item: Item, answer: Json) -> Value:
    """An answer as a value of an expression."""
    found = typed(answer)
    value = found[1] if found else None
    if isinstance(value, dict):
        value = value.get("value")
    try:
        if item.type == "date" and isinstance(value, str):
            return datetime.date.fromisoformat((value + "-01-01")[:10])
        if item.type == "dateTime" and isinstance(value, str):
            moment = datetime.datetime.fromisoformat(value if "T" in value else (value + "-01-01")[:10])
            return moment.astimezone(entry.HERE).replace(tzinfo=None) if moment.tzinfo else moment
    except ValueError:
        return None
    return value
