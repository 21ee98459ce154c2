"""The frozen records of `county/forms/<form>/form.yaml`: what the form is for, its scores, outcomes and examples.

The questions stand beside it in `questionnaire.json`. What a score or an outcome gives stands in `outcomes`.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from luotsi.concepts.records import Expression, Label, Name, Record

Kind = Literal[
    "symptom", "needs", "previsit", "segmentation", "functional", "instrument", "feedback", "survey", "maturity"
]


def _limit(text: str) -> str:
    if not re.fullmatch(r"\d{1,4} (minutes?|hours?|days?|working days?)", text):
        raise ValueError("Write a number and minutes, hours, days or working days, such as 3 working days")
    return text


Within = Annotated[str, AfterValidator(_limit)]
"""A time limit; 0 working days is before the working day ends."""


class Ages(Record):
    """Full years of those it is for, both inclusive; either may be open."""

    since: int | None = Field(None, alias="from")
    to: int | None = None


class Class(Record):
    """A class of a score: from which number on it holds, or which text of the score is it."""

    code: str = Field(alias="class")
    since: Decimal | None = Field(None, alias="from")
    label: Label
    text: Label | None = None
    """What it means for the person, in plain language."""


class Score(Record):
    """A number or text computed from the answers and the scores before it."""

    label: Label
    value: Expression
    least: Decimal | None = None
    most: Decimal | None = None
    classes: tuple[Class, ...] = ()


class Urgency(Record):
    """A degree of urgency of a form's own."""

    urgency: Name
    label: Label


class Outcome(Record):
    """What follows when `when` is true: what to do and why, which services, which queue, by when.

    `stop`: a red flag; what to do is shown at once and nothing more is asked. `services`: words for the directory.
    """

    outcome: Name
    when: Expression
    urgency: Name | None = None
    stop: bool = False
    action: Label
    reason: Label
    services: tuple[str, ...] = ()
    queue: Name | None = None
    answer_within: Within | None = None

    @property
    def within(self) -> tuple[int, str] | None:
        """The time limit as a number and its unit (minutes, hours, days, working days)."""
        if self.answer_within is None:
            return None
        count, _, unit = self.answer_within.partition(" ")
        return int(count), unit if unit.endswith("s") else f"{unit}s"


class Example(Record):
    """A worked example: answers, and what they must give."""

    name: str
    answers: dict[str, Any] = Field(default_factory=dict[str, Any])
    patient: dict[str, Any] | None = None
    on: datetime.date | None = None
    expect: dict[str, Any]


class FormRecord(Record):
    """What a form is for, whose it is, what it computes and what follows."""

    form: Name
    version: str
    kind: Kind
    label: Label
    about: Label
    audience: Literal["resident", "professional", "both"]
    by_link: bool = False
    """Whether it may be answered by a secret link, without signing in."""
    demonstration: bool
    """True: it is shown as demonstration content, until a county's own clinicians have approved theirs."""
    owner: str
    source: str
    licence: str
    reviewed: datetime.date
    instrument: str
    minutes: int | None = None
    ages: Ages | None = None
    confidential: tuple[str, ...] = ()
    """linkIds of what is asked of the person alone, groups with all in them: who acts for them neither sees it nor
    answers it, nor sees anything that depends on it."""
    scores: dict[Name, Score] = Field(default_factory=dict[str, Score])
    outcomes: tuple[Outcome, ...] = ()
    urgencies: tuple[Urgency, ...] = ()
    examples: tuple[Example, ...] = ()


URGENCIES = (
    Urgency(urgency="now", label=Label(fi="Heti", sv="Genast", en="Now")),
    Urgency(urgency="today", label=Label(fi="Tänään", sv="I dag", en="Today")),
    Urgency(urgency="days", label=Label(fi="Lähipäivinä", sv="Inom några dagar", en="Within days")),
    Urgency(urgency="self_care", label=Label(fi="Itsehoito", sv="Egenvård", en="Self-care")),
)
"""Degrees of urgency, the most urgent first, of a form that declares none of its own."""
