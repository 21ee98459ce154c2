"""Answers as the concept `assessment` has them, for the event that takes them to the warehouse."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from luotsi.forms import naming
from luotsi.forms.content import Form
from luotsi.forms.filling import Filling
from luotsi.forms.outcomes import Result


def record(
    form: Form,
    page: Filling,
    result: Result,
    *,
    assessment_id: str,
    person: str,
    unit: str | None,
    assessed_on: datetime.date,
) -> dict[str, Any]:
    """The concept record. Each answer that can be named is a variable, and each score with its class."""
    known = naming.values(page, form.names, assessed_on)
    found = {f"{table}.{name}" if table else name: value for (name, table), value in known.items()}
    for name, scored in result.scores.items():
        found[name] = scored.value
        if scored.klass:
            found[f"{name}.class"] = scored.klass.code
    if result.main:
        found["outcome"], found["urgency"] = result.main.record.outcome, result.main.record.urgency
    answers = [_answer(name, value) for name, value in found.items() if value is not None]
    return {
        "assessment_id": assessment_id,
        "person": person,
        "unit": unit,
        "instrument": form.record.instrument,
        "assessed_on": assessed_on.isoformat(),
        "locked": True,
        "answers": answers,
    }


def _answer(name: str, value: Any) -> dict[str, Any]:
    number = value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    return {"variable": name, "value": str(value), "number": None if number is None else str(number)}
