"""The questions of a feedback form: which there are, what was sent of them, and what of it is told further.

The form itself is county content that `luotsi.forms` reads and runs; here is how a page of feedback uses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from django.http import QueryDict
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.concepts.queues import Within
from luotsi.forms.content import Form, open_forms
from luotsi.forms.filling import Filling
from luotsi.forms.showing import Shown
from luotsi.web.feedback.content import county
from luotsi.web.feedback.models import Answer

GENERAL, VISIT = "feedback_national", "feedback_visit"
"""The form of the public page, and the one after a visit."""
FIELD = "q."
"""What the name of each question's field begins with; the rest is its path in the form."""
SCORES = ("nps", *(f"item{number}" for number in range(1, 8)))
"""The questions that are attributes of the concept `feedback`, by the same names."""
COMMENT, RESPONDENT = "comment", "respondent"
CONTACT = ("contact_name", "contact_phone", "contact_email")
"""The questions that tell who wants a reply and where: kept with the case until it ends, and nowhere else."""
QUEUE = "feedback_answers"
"""An outcome of a form that leads to this queue opens a case."""
LONGEST = 5_000
"""Letters of free text; more is refused with a sentence."""


@lru_cache(maxsize=1)
def forms() -> dict[str, Form]:
    """The feedback forms of the county's content, read once in the life of a process."""
    every = open_forms(county())
    return {name: form for name, form in every.items() if form.record.kind == "feedback"}


def form(name: str) -> Form:
    """A feedback form. Raises UserError where the content has none of that name."""
    found = forms().get(name)
    if found is None:
        raise UserError(f"There is no feedback form {name} in county/forms.")
    return found


@dataclass(frozen=True)
class Asked:
    """A form as it is being answered. `faults`: path -> sentence, of what was sent and is no answer."""

    form: Form
    filling: Filling
    faults: Mapping[str, str]
    language: str

    @property
    def questions(self) -> tuple[Shown, ...]:
        """What is asked now, groups opened, in order."""
        return tuple(each for top in self.filling.shown(self.language) for each in top.every())

    @property
    def paths(self) -> str:
        """The paths of the questions asked now: what the page says it has shown."""
        return " ".join(each.path for each in self.questions if each.item.is_question)


def asked(name: str, sent: QueryDict | None, language: str) -> Asked:
    """A form, new or with what was sent. Raises UserError where there is no such form."""
    found = form(name)
    filling = found.begin()
    if sent is None:
        return Asked(found, filling, {}, language)
    wrong = filling.set_many(_sent(filling, sent), language)
    return Asked(found, filling, {each.path: each.message for each in wrong}, language)


def _sent(filling: Filling, sent: QueryDict) -> dict[str, list[str]]:
    """The values sent for each question of the form; a field that is no question of it is passed over."""
    known = {FIELD + name: name for name, item in filling.form.by_name.items() if item.is_question}
    return {known[name]: [value for value in sent.getlist(name) if value] for name in sent if name in known}


@dataclass(frozen=True)
class Given:
    """What an answer says. `comment` and the texts of `response` are as written, not masked."""

    form: str
    language: str
    respondent: str
    scores: dict[str, int]
    comment: str
    response: dict[str, Any]
    contact: str
    """Name and address of who wants a reply; "" where no one does."""
    within: Within | None
    """In which time a reply is promised; None opens no case."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was answered."""
        return not self.response.get("item")


def faults(asked: Asked) -> dict[str, str]:
    """Path -> sentence, of what is wrong or missing once all has been sent."""
    missing = {each.path: each.message for each in asked.filling.problems(asked.language) if each.severity == "error"}
    found = {**missing, **asked.faults}
    said = dict(_answers(asked.filling.response(status="in-progress").get("item", [])))
    for path in (COMMENT,):
        if len(str(said.get(path) or "")) > LONGEST:
            found[path] = _("The text is too long: write at most %(number)d characters.") % {"number": LONGEST}
    if said.get("wants_answer") == "yes" and not any(said.get(name) for name in CONTACT[1:]):
        found["contact_way"] = _("Give a telephone number or an e-mail address, so that we can answer you.")
    return found


def given(asked: Asked) -> Given:
    """What was answered, as it is kept and told further."""
    response = asked.filling.response(status="completed")
    answers = dict(_answers(response.get("item", [])))
    scores = {name: number for name in SCORES if (number := _number(answers.get(name))) is not None}
    record = asked.form.record
    return Given(
        form=f"{record.form}|{record.version}",
        language=asked.language,
        respondent=str(answers.get(RESPONDENT) or ""),
        scores=scores,
        comment=str(answers.get(COMMENT) or "").strip(),
        response={**response, "item": list(_without_contact(response.get("item", [])))},
        contact=", ".join(str(answers[name]) for name in CONTACT if answers.get(name)),
        within=_within(asked),
    )


def _within(asked: Asked) -> Within | None:
    """In which time the form promises a reply; None where it promises none."""
    reached = asked.form.judged(asked.filling).outcomes
    times = [each.record.within for each in reached if each.record.queue == QUEUE and each.record.within]
    kinds: dict[str, Literal["hours", "days", "working_days"]] = {
        "hours": "hours",
        "days": "days",
        "working days": "working_days",
    }
    found = [Within(amount=amount, of=kinds[unit]) for amount, unit in times if unit in kinds]
    return found[0] if found else None


def told(answer: Answer, language: str) -> list[str]:
    """What the form says to who gave an answer: what happens now, and where to turn."""
    found = forms().get(answer.form.partition("|")[0])
    if found is None:
        return []
    return [each.action(language) for each in found.judged(found.begin(answer.response)).outcomes[:1]]


def _without_contact(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for item in items:
        if item["linkId"] not in CONTACT:
            inner = {"item": list(_without_contact(item["item"]))} if "item" in item else {}
            yield {**item, **inner}


def _answers(items: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The first answer of each question as a plain value: the code of a choice, else the value itself."""
    for item in items:
        for answer in item.get("answer", [])[:1]:
            value = next((each for key, each in answer.items() if key.startswith("value")), None)
            yield item["linkId"], value.get("code") if isinstance(value, dict) else value
        yield from _answers(item.get("item", []))


def _number(value: Any) -> int | None:
    """A whole number; None for a choice that is none, as "does not apply"."""
    return int(value) if re.fullmatch(r"\d{1,2}", str(value)) else None


def masked(part: Any, mask: Callable[[str], str]) -> Any:
    """A response with each free text masked; numbers, codes and days stay as they are."""
    if isinstance(part, list):
        return [masked(each, mask) for each in part]
    if isinstance(part, dict):
        return {key: mask(each) if key == "valueString" else masked(each, mask) for key, each in part.items()}
    return part
