"""Changes what is computed of a form that is being made: its scores, outcomes and examples, as its record has them.

Works on plain dicts and gives new ones. Items, options and conditions are changed in editing.py.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.forms.examples import LISTS
from luotsi.forms.filling import Filling, joined
from luotsi.forms.items import Item
from luotsi.forms.showing import key_of
from luotsi.forms.tree import Place, Slot
from luotsi.forms.wire import Json
from luotsi.web.assessments.making.editing import LINK, walk

PARTS = ("scores", "outcomes", "examples")
NOTHING = "-"
"""What stands for "must give nothing" where an empty field says that it is not looked at."""
LISTED = re.compile(r"\s*,\s*")
NUMBER = re.compile(r"-?\d+,\d+")
WHOLE_ANSWER = ("attachment", "reference")
"""Types of questions whose answer is more than one text."""


def named(raw: Json, record: Json, part: str, name: str) -> str:
    """The name of a new score or outcome. Raises UserError where it is none, or is taken."""
    if not LINK.fullmatch(name):
        raise UserError(_("Name it with small letters, digits and underscores, beginning with a letter."))
    taken = set(record.get("scores", {}))
    if part == "outcomes":
        taken = {each["outcome"] for each in record.get("outcomes", ())}
    else:
        taken |= {str(item.get("linkId")) for _depth, item in walk(raw)}
    if name in taken:
        raise UserError(_("There is %(name)s already. Give another name.") % {"name": name})
    return name


def put(record: Json, part: str, key: str, said: Json) -> Json:
    """The record with a score, outcome or example put in the place of what has its key, or last."""
    new = copy.deepcopy(record)
    keys = _keys(new, part)
    if part == "scores":
        new.setdefault(part, {})[key] = said
    elif key in keys:
        new[part][keys.index(key)] = said
    else:
        new[part] = [*(new.get(part) or ()), said]
    return new


def remove(record: Json, part: str, key: str) -> Json:
    """The record without a score, an outcome or an example."""
    kept = [(each, said) for each, said in _pairs(record, part) if each != key]
    return _with(record, part, kept)


def move(record: Json, part: str, key: str, by: int) -> Json:
    """The record with a part one place earlier (-1) or later (1). A score may use those before it."""
    pairs = _pairs(record, part)
    at = next((place for place, (each, _said) in enumerate(pairs) if each == key), None)
    if at is not None:
        pairs.insert(max(0, at + by), pairs.pop(at))
    return _with(record, part, pairs)


def _keys(record: Json, part: str) -> list[str]:
    """What names each: a score and an outcome by its name, an example by its place."""
    listed = record.get(part) or ()
    if part == "examples":
        return [str(place) for place in range(len(listed))]
    return [str(each["outcome"]) for each in listed] if part == "outcomes" else [str(name) for name in listed]


def _pairs(record: Json, part: str) -> list[tuple[str, Any]]:
    listed = record.get(part) or ()
    values = listed.values() if isinstance(listed, dict) else listed
    return list(zip(_keys(record, part), copy.deepcopy(list(values)), strict=True))


def _with(record: Json, part: str, pairs: list[tuple[str, Any]]) -> Json:
    made: Any = dict(pairs) if part == "scores" else [said for _key, said in pairs]
    return {**record, part: made}


def answers_of(page: Filling, fresh: Filling, typed: Mapping[str, list[str]]) -> Json:
    """The answers of an example: what a page holds and a new one does not. `typed`: what was typed and is no answer.

    A group that repeats is a list; what stands in one that does not needs no key of its own.
    """
    begun = dict(_texts(fresh.root, (), {}))
    return _answers(page.root, (), {**dict(_texts(page.root, (), {})), **typed}, begun)


def _answers(slot: Slot, positions: tuple[int, ...], texts: Mapping[str, Any], begun: Mapping[str, Any]) -> Json:
    found: Json = {}
    for place in slot.places.values():
        item = place.item
        if item.is_group and item.repeats:
            each = [_answers(one, (*positions, at), texts, begun) for at, one in enumerate(place.slots)]
            if any(each):
                found[item.link_id] = each
            continue
        path = joined(item.name, positions)
        if item.is_question and not item.calculated and texts.get(path, []) != begun.get(path, []):
            given = texts.get(path, [])
            found[item.link_id] = list(given) if item.repeats else (given[0] if given else "")
        if not item.counted:
            for one in place.slots[:1]:
                found |= _answers(one, positions, texts, begun)
    return found


def _texts(slot: Slot, positions: tuple[int, ...], found: dict[str, Any]) -> dict[str, Any]:
    """Path -> the answers of every question, as an example writes them; of disabled branches too."""
    for place in slot.places.values():
        if place.answers:
            found[joined(place.item.name, positions)] = [_written(place, each) for each in place.answers]
        for at, one in enumerate(place.slots):
            _texts(one, (*positions, at) if place.item.counted else positions, found)
    return found


def _written(place: Place, answer: Json) -> Any:
    item: Item = place.item
    if item.type in WHOLE_ANSWER or (item.type == "quantity" and len(item.units) > 1):
        return answer
    return key_of(answer, item.options)


def expected(filled: Mapping[str, str], lines: str, before: Json) -> Json:
    """What an example must give: the fields of its page, and lines of what no field stands for. Raises UserError."""
    found: Json = {key: "" if text == NOTHING else text for key, text in filled.items() if text}
    for number, line in enumerate(lines.splitlines(), 1):
        key, equals, text = (each.strip() for each in line.partition("="))
        if not line.strip():
            continue
        if not equals or not key:
            fault = _("Line %(number)d of what else is expected: write name = value, with commas between several.")
            raise UserError(fault % {"number": number})
        several = isinstance(before.get(key), list) or key in LISTS or ("," in text and not NUMBER.fullmatch(text))
        found[key] = [each for each in LISTED.split(text) if each] if several else text
    return {key: text.replace(",", ".") if _is_number(text) else text for key, text in found.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and NUMBER.fullmatch(value) is not None


def expected_lines(expect: Json, fields: Any) -> str:
    """What an example must give beside what the fields of its page say, a line each."""
    rest = {key: value for key, value in expect.items() if key not in fields}
    return "\n".join(f"{key} = {_listed(value)}" for key, value in rest.items())


def _listed(value: Any) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
