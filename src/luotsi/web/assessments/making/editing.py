"""Changes a form that is being made: its items, options and conditions as FHIR JSON, its outcomes as its record says.

Works on plain dicts and gives new ones; what it does not touch goes through without loss. Knows no row and no request.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.forms.elements import translations, weight
from luotsi.forms.wire import Json

LANGUAGES = ("fi", "sv", "en")
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"
LINK = re.compile(r"[a-z][a-z0-9_]*")
TYPES = ("group", "display", "choice", "open-choice", "boolean", "integer", "decimal", "date", "string", "text")
ANSWERS = {
    "boolean": "answerBoolean",
    "integer": "answerInteger",
    "decimal": "answerDecimal",
    "date": "answerDate",
    "choice": "answerCoding",
    "open-choice": "answerCoding",
}
"""Type of a question -> how a condition on it names its answer."""

Words = dict[str, str]


def walk(raw: Json, depth: int = 0) -> Iterator[tuple[int, Json]]:
    """Every item in order, with how deep it stands."""
    for item in raw.get("item", []):
        yield depth, item
        yield from walk(item, depth + 1)


def found(raw: Json, link: str) -> Json:
    """An item by its linkId. Raises UserError."""
    for _depth, item in walk(raw):
        if item.get("linkId") == link:
            return item
    raise UserError(_("There is no item %(link)s in this form.") % {"link": link})


def said(element: Json, key: str = "text") -> Words:
    """A text in its languages; the main one is Finnish."""
    return {"sv": "", "en": "", **translations(element, key), "fi": str(element.get(key, ""))}


def say(element: Json, words: Words, key: str = "text") -> None:
    """Sets a text in its languages; other extensions of it stay."""
    element[key] = words["fi"]
    twin = element.setdefault(f"_{key}", {})
    kept = [each for each in twin.get("extension", []) if each.get("url") != TRANSLATION]
    new = [
        {
            "url": TRANSLATION,
            "extension": [{"url": "lang", "valueCode": lang}, {"url": "content", "valueString": words[lang]}],
        }
        for lang in LANGUAGES[1:]
        if words.get(lang)
    ]
    twin["extension"] = [*kept, *new]
    if not twin["extension"]:
        del element[f"_{key}"]


def option_lines(item: Json) -> str:
    """The options of a question, a line each: code | points | fi | sv | en."""
    lines: list[str] = []
    for each in item.get("answerOption", []):
        coding = each.get("valueCoding")
        if not isinstance(coding, dict):
            continue
        found_weight = weight(each)
        points = found_weight if found_weight is not None else weight(coding)
        words = said(coding, "display")
        cells = [
            str(coding.get("code", "")),
            "" if points is None else str(points),
            *(words[lang] for lang in LANGUAGES),
        ]
        lines.append(" | ".join(cells))
    return "\n".join(lines)


def options_of(text: str, before: list[Json]) -> list[Json]:
    """The options that lines say; what an option had besides stays with its code. Raises UserError with the line."""
    by_code = {str(each.get("valueCoding", {}).get("code")): each for each in before if "valueCoding" in each}
    made: list[Json] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 5 or not cells[0] or not cells[2]:
            said_line = _("Line %(number)d of the options: write code | points | Finnish | Swedish | English.")
            raise UserError(said_line % {"number": number})
        code, points, *words = cells
        option = copy.deepcopy(by_code.get(code, {"valueCoding": {"code": code}}))
        coding = option["valueCoding"]
        say(coding, dict(zip(LANGUAGES, words, strict=True)), "display")
        for each in (option, coding):
            each["extension"] = [one for one in each.get("extension", []) if not _weighs(one)]
        if points:
            coding["extension"].append({"url": WEIGHT, "valueDecimal": _decimal(points, number)})
        for each in (option, coding):
            if not each["extension"]:
                del each["extension"]
        made.append(option)
    return made


def _weighs(extension: Json) -> bool:
    return str(extension.get("url", "")).rsplit("/", 1)[-1].removeprefix("questionnaire-") in (
        "itemWeight",
        "ordinalValue",
    )


def _decimal(text: str, number: int) -> Decimal:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        fault = _("Line %(number)d: %(text)s is no number.") % {"number": number, "text": text}
        raise UserError(fault) from None


def condition_lines(item: Json) -> str:
    """When a question is asked, a line each: question operator answer."""
    lines: list[str] = []
    for each in item.get("enableWhen", []):
        answer = next((value for key, value in each.items() if key.startswith("answer")), "")
        shown = (
            answer.get("code", "")
            if isinstance(answer, dict)
            else str(answer).lower()
            if answer is True or answer is False
            else answer
        )
        lines.append(f"{each.get('question')} {each.get('operator')} {shown}")
    return "\n".join(lines)


def conditions_of(text: str, raw: Json) -> list[Json]:
    """The conditions that lines say. Raises UserError with the line."""
    made: list[Json] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split(None, 2)
        if not words:
            continue
        if len(words) != 3 or words[1] not in ("=", "!=", ">", "<", ">=", "<=", "exists"):
            fault = _("Line %(number)d of the conditions: write question operator answer, as in: weeks > 6.")
            raise UserError(fault % {"number": number})
        question, operator, answer = words
        kind = found(raw, question).get("type", "")
        if operator == "exists":
            key, value = "answerBoolean", answer == "true"
        else:
            key, value = ANSWERS.get(kind, "answerString"), _answer(kind, answer, number)
        made.append({"question": question, "operator": operator, key: value})
    return made


def _answer(kind: str, text: str, number: int) -> Any:
    if kind == "boolean":
        return text == "true"
    if kind in ("integer", "decimal"):
        value = _decimal(text, number)
        return int(value) if kind == "integer" else value
    return {"code": text} if kind in ("choice", "open-choice") else text


def add(raw: Json, near: str, link: str, kind: str) -> Json:
    """A new item after another, or first in a group. Raises UserError where the name is no name, or is taken."""
    if not LINK.fullmatch(link):
        raise UserError(_("Name the item with small letters, digits and underscores, beginning with a letter."))
    if any(item.get("linkId") == link for _depth, item in walk(raw)):
        raise UserError(_("There is an item %(link)s already. Give another name.") % {"link": link})
    if kind not in TYPES:
        raise UserError(_("Choose a type for the item."))
    new = copy.deepcopy(raw)
    item: Json = {"linkId": link, "type": kind, "text": link}
    if not near:
        new.setdefault("item", []).append(item)
    elif found(new, near).get("type") == "group":
        found(new, near).setdefault("item", []).insert(0, item)
    else:
        _around(new, near, lambda siblings, at: siblings.insert(at + 1, item))
    return new


def remove(raw: Json, link: str) -> Json:
    """The form without an item and all below it."""
    new = copy.deepcopy(raw)
    _around(new, link, lambda siblings, at: siblings.pop(at))
    return new


def move(raw: Json, link: str, by: int) -> Json:
    """The form with an item one place earlier (-1) or later (1) among its siblings."""

    def moved(siblings: list[Json], at: int) -> None:
        siblings.insert(max(0, at + by), siblings.pop(at))

    new = copy.deepcopy(raw)
    _around(new, link, moved)
    return new


def _around(raw: Json, link: str, change: Callable[[list[Json], int], Any]) -> None:
    found(raw, link)
    for holder in (raw, *(item for _depth, item in walk(raw))):
        for at, item in enumerate(holder.get("item", [])):
            if item.get("linkId") == link:
                change(holder["item"], at)
                if not holder["item"]:
                    del holder["item"]
                return


def next_version(version: str) -> str:
    """The version after one: its last number counted up."""
    last = re.search(r"\d+$", version)
    return f"{version[: last.start()]}{int(last[0]) + 1}" if last else f"{version}.1"


def imported(raw: Any) -> tuple[str, Json]:
    """The name and the record for a questionnaire of others: what it says of itself, to be completed.

    Raises UserError where it is no Questionnaire.
    """
    if not isinstance(raw, dict) or raw.get("resourceType") != "Questionnaire":
        raise UserError(_("This is no FHIR Questionnaire. Give its JSON."))
    title = str(raw.get("title") or raw.get("name") or "form")
    name = re.sub(r"[^a-z0-9]+", "_", str(raw.get("name") or raw.get("url", "").rsplit("/", 1)[-1] or title).lower())
    name = name.strip("_")[:60] or "form"
    name = name if name[0].isalpha() else f"form_{name}"
    words = dict.fromkeys(LANGUAGES, title)
    return name, {
        "form": name,
        "version": str(raw.get("version") or "1"),
        "kind": "instrument",
        "label": words,
        "about": {language: str(raw.get("description") or title) for language in LANGUAGES},
        "audience": "resident",
        "demonstration": True,
        "owner": str(raw.get("publisher") or "–"),
        "source": str(raw.get("url") or "–"),
        "licence": str(raw.get("copyright") or "–")[:300],
        "reviewed": "2026-01-01",
        "instrument": "OTHER",
    }
