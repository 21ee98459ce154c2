"""A response as a record of the concept `assessment`, which the event loop takes to the warehouse.

Free text is left out: it may name people, and the warehouse must not hold that. What a person wrote stays in the
response. How the concept is described stands in `county/concepts/assessment.yaml`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from luotsi.concepts.calls import Value
from luotsi.forms.content import Form
from luotsi.forms.filling import Filling
from luotsi.forms.items import NUMERIC, Item
from luotsi.forms.naming import CLASS, code, plain
from luotsi.forms.outcomes import Result
from luotsi.forms.showing import key_of
from luotsi.forms.wire import Json

FREE = ("string", "text", "url", "attachment", "reference")
"""Types of answers that may hold a name."""
OTHER = "other"
"""What stands for an answer that is none of the options."""


def record(
    form: Form,
    page: Filling,
    result: Result,
    *,
    assessment_id: str,
    person: str | None,
    assessed_on: datetime.date,
    unit: str | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """The concept record of a response: its attributes, and `answers` as a list of variable, value and number.

    Variables are linkIds (`symptoms.fever` for a box that is ticked, `dose:1` for the second repetition), scores,
    `score.class` and `outcome`. Values are text; a number stands beside where the answer is one or has points.
    """
    return {
        "assessment_id": assessment_id,
        "person": person,
        "unit": unit,
        "instrument": form.record.instrument,
        "assessed_on": assessed_on.isoformat(),
        "locked": True,
        "locked_on": assessed_on.isoformat(),
        "reason": reason,
        "answers": [*_answers(page), *_judged(result)],
    }


def _answers(page: Filling) -> Iterator[dict[str, str | None]]:
    for path, item, answers in page.standing():
        if not answers or item.type in FREE:
            continue
        if item.is_choice and item.repeats:
            yield _row(path, str(len(answers)), Decimal(len(answers)))
            for answer in answers:
                yield _row(f"{path}.{_coded(page, item, answer)}", "true", page.points(item, answer) or Decimal(1))
        elif item.is_choice:
            yield _row(path, _coded(page, item, answers[0]), page.points(item, answers[0]))
        else:
            yield _row(path, key_of(answers[0], None), _number(item, answers[0]))


def _coded(page: Filling, item: Item, answer: Json) -> str:
    """The code of a choice; a text written instead may name people, so only that there was one is told."""
    return OTHER if "valueCoding" not in answer and item.open else code(answer) or OTHER


def _number(item: Item, answer: Json) -> Decimal | None:
    found = plain(item, answer)
    if isinstance(found, bool):
        return Decimal(found)
    return Decimal(found) if item.type in NUMERIC and isinstance(found, int | Decimal) else None


def _judged(result: Result) -> Iterator[dict[str, str | None]]:
    for name, scored in result.scores.items():
        if scored.value is not None:
            yield _row(name, _text(scored.value), scored.value)
            if scored.klass is not None:
                yield _row(f"{name}.{CLASS}", scored.klass.code, None)
    if result.main is not None:
        yield _row("outcome", result.main.record.outcome, None)


def _row(variable: str, value: str, number: Value) -> dict[str, str | None]:
    counted = isinstance(number, int | Decimal) and not isinstance(number, bool)
    return {"variable": variable, "value": value, "number": str(number) if counted else None}


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
