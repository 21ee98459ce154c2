"""Runs the worked examples of a form: what its answers have to give, compared with what they give."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from luotsi.concepts.errors import UserError
from luotsi.forms import entry
from luotsi.forms.content import Form
from luotsi.forms.filling import Filling
from luotsi.forms.naming import CLASS, code
from luotsi.forms.outcomes import Result
from luotsi.forms.records import Example
from luotsi.forms.showing import key_of

LISTS = ("disabled", "problems", "outcomes", "stops")


UNKNOWN = object()


def run(form: Form, example: Example) -> list[str]:
    """What an example does not give as it says, a sentence each."""
    page = begun(form, example)
    try:
        wrong = page.fill(example.answers, "en")
    except UserError as error:
        return [f"{example.name}: {error}"]
    result = form.judged(page, example.on)
    faults = [f"{example.name}: {each.path}: {each.message}" for each in wrong if each.link_id not in _list(example)]
    for key, expected in example.expect.items():
        found = given(form, page, result, key, [each.link_id for each in wrong])
        if found is UNKNOWN:
            faults.append(f"{example.name}: there is no {key} to expect. Name a score, an item, outcome or urgency.")
        elif not same(found, expected):
            faults.append(f"{example.name}: {key} is {shown(found)}, not {shown(expected)}.")
    return [*faults, *(f"{example.name}: {each}" for each in page.faults)]


def begun(form: Form, example: Example) -> Filling:
    """A new response on the day of the example, with what is known of its person."""
    day = example.on or form.record.reviewed
    now = datetime.datetime.combine(day, datetime.time(12), entry.HERE)
    patient = {"resourceType": "Patient", **example.patient} if example.patient is not None else None
    return form.begin(context={"patient": patient} if patient else {}, now=now)


def _list(example: Example) -> Any:
    return example.expect.get("problems") or ()


def given(form: Form, page: Filling, result: Result, key: str, wrong: list[str]) -> Any:
    """What stands under a key of `expect`; UNKNOWN where the form has no such thing. `wrong`: linkIds kept out."""
    name, _, part = key.partition(".")
    if key == "outcome":
        return result.main.record.outcome if result.main else ""
    if key == "urgency":
        return (result.main.record.urgency or "") if result.main else ""
    if key in ("outcomes", "stops"):
        reached = result.stops if key == "stops" else result.outcomes
        return [each.record.outcome for each in reached]
    if key == "disabled":
        return [each.link_id for each in form.questionnaire.every() if not page.asked(each.name)]
    if key == "problems":
        return [*wrong, *(each.link_id for each in page.problems("en"))]
    if name in result.scores and part in ("", CLASS):
        scored = result.scores[name]
        return scored.value if not part else (scored.klass.code if scored.klass else "")
    return UNKNOWN if part else _answer(form, page, name)


def _answer(form: Form, page: Filling, name: str) -> Any:
    item = form.questionnaire.by_name.get(name)
    if item is None or not item.is_question:
        return UNKNOWN
    answers = page.every_answer().get(name, [])
    if item.is_choice:
        return [code(each) for each in answers] if item.repeats else (code(answers[0]) if answers else "")
    found = [key_of(each, None) for each in answers]
    return found if item.repeats else (found[0] if found else "")


def same(given: Any, expected: Any) -> bool:
    """Whether two values are the same as written: numbers to the decimals expected, lists as far as they are named."""
    if isinstance(expected, list):
        return isinstance(given, list) and {str(each) for each in expected} <= {str(each) for each in given}
    if isinstance(given, list):
        return str(len(given)) == str(expected) or [str(each) for each in given] == str(expected).split()
    if expected in (None, ""):
        return given in (None, "")
    if str(given).lower() in ("true", "false"):
        return str(given).lower() == str(expected).lower()
    try:
        wanted = Decimal(str(expected))
        number = Decimal(str(given))
    except InvalidOperation:
        return str(given) == str(expected)
    return number.quantize(Decimal(1).scaleb(int(wanted.as_tuple().exponent)), "ROUND_HALF_UP") == wanted


def shown(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return "nothing" if value in (None, "") else str(value)


def failing(form: Form) -> Iterator[tuple[int, str]]:
    """Every example that does not give what it says: its place, and a sentence."""
    for place, example in enumerate(form.record.examples):
        for sentence in run(form, example):
            yield place, sentence
