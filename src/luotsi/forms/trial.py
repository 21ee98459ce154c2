"""Tries a form out: prints every item of it, answers every question, and takes both through JSON and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from luotsi.forms import entry, printing, wire
from luotsi.forms.filling import Filling
from luotsi.forms.items import Item, Option
from luotsi.forms.lists import Lists
from luotsi.forms.problems import wrong
from luotsi.forms.questionnaire import Questionnaire

LANGUAGES = ("fi", "sv", "en")
SAMPLES: dict[str, Any] = {
    "boolean": True,
    "decimal": Decimal("1.5"),
    "integer": 1,
    "date": "2026-01-31",
    "dateTime": "2026-01-31T13:30:00+02:00",
    "time": "13:30:00",
    "string": "a",
    "text": "a\nb",
    "url": "https://example.org",
    "quantity": Decimal("1.50"),
    "reference": "Patient/1",
    "attachment": {"contentType": "text/plain", "data": "YQ=="},
    "choice": "other",
    "open-choice": "other",
}


def renders(form: Questionnaire, lists: Lists) -> list[str]:
    """What is not printed of what should be: the text of every item that is not hidden, blank and being answered."""
    missing: list[str] = []
    page = Filling(form, lists=lists)
    for language in LANGUAGES:
        blank, begun = _spaced(printing.blank(form, language, lists)), _spaced(printing.answered(page, language))
        shown = {each.item.name for top in page.shown(language) for each in top.every()}
        for item in form.every():
            text = _spaced(item.text(language))
            if _printed(form, item) and (text not in blank or (item.name in shown and text not in begun)):
                missing.append(f"{item.place} is not printed in {language}.")
    return missing


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _printed(form: Questionnaire, item: Item) -> bool:
    holders = (item, *(form.by_name[name] for name in item.above))
    return not any(each.hidden or (each.aside and each is not item) for each in holders) and not item.aside


def round_trips(form: Questionnaire, lists: Lists) -> list[str]:
    """What does not come back as it went: the form itself, and a response with an answer to every question."""
    lost: list[str] = []
    if wire.loads(wire.dumps(form.raw)) != form.raw:
        lost.append("The form does not come back from JSON as it went.")
    page = answered(form, lists)
    for name, went in (("response", page.response()), ("working state", page.kept())):
        back = Filling(form, wire.loads(wire.dumps(went)), lists=lists)
        if (back.response() if name == "response" else back.kept()) != went:
            lost.append(f"The {name} does not come back as it went.")
    return lost


def answered(form: Questionnaire, lists: Lists) -> Filling:
    """The form with an answer to every question that is asked, as far as answers make new questions be asked."""
    page, tried = Filling(form, lists=lists), set[str]()
    for _ in range(len(form.by_name)):
        asked = [each for top in page.shown("fi") for each in top.every() if each.item.is_question]
        new = [each for each in asked if each.path not in tried and not each.answers and not each.read_only]
        if not new:
            break
        tried |= {each.path for each in new}
        page.set_many({each.path: sample(each.item, each.options) for each in new})
    return page


def sample(item: Item, options: tuple[Option, ...] | None) -> Any:
    """An answer that the question takes, as far as that can be told; else none."""
    if options:
        return options[0].key
    if item.type in ("choice", "open-choice") and options is None:
        return SAMPLES[item.type]
    tries = [SAMPLES[item.type], item.limits.least, item.limits.most]
    for each in tries:
        try:
            answer = entry.answer(item, each, options)
        except entry.Unreadable:
            continue
        if not list(wrong(item, answer, options)):
            return answer
    return None
