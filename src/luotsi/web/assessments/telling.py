"""What pages tell of a form and of what answers mean: in the reader's language, ready for templates. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from luotsi.concepts.records import Label
from luotsi.forms.content import Form
from luotsi.forms.outcomes import Reached, Scored
from luotsi.web.assessments import published, queries
from luotsi.web.assessments.attaching import queries as attaching
from luotsi.web.assessments.models import Override, Plan, Response
from luotsi.web.assessments.published import Offered
from luotsi.web.assessments.queries import Sitting, Whose
from luotsi.web.people.queries import segment_of
from luotsi.web.queues import queries as queues
from luotsi.web.services import queries as directory

KINDS = {"now": "bad", "today": "attention", "days": "info", "self_care": "good"}
"""Urgency -> the kind of notice that shows it."""
SERVICES = 4
"""How many services a result names at most."""
WIDTH = 600
"""Of a scale, in its own units; it is drawn as wide as the page lets it."""


@dataclass(frozen=True)
class Said:
    """An outcome in words."""

    action: str
    reason: str
    urgency: str
    kind: str
    queue: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class Band:
    """One class on a scale: where it stands, in the scale's units."""

    name: str
    label: str
    x: float
    width: float
    middle: float
    holds: bool
    step: int


@dataclass(frozen=True)
class Scale:
    """A score in words, with its bands where it has a least and a most."""

    name: str
    label: str
    value: str
    least: str
    most: str
    klass: str
    text: str
    bands: tuple[Band, ...]
    mark: float | None
    overridden: str = ""
    reason: str = ""


def label(words: Label | None, language: str) -> str:
    """A label in a language; "" where there is none."""
    return getattr(words, language) if words else ""


def about(form: Form, language: str) -> dict[str, Any]:
    """What each page says of its form."""
    record = form.record
    return {
        "record": record,
        "title": label(record.label, language),
        "about": label(record.about, language),
        "minutes": record.minutes,
        "demonstration": record.demonstration,
    }


def listed(response: Response, language: str, whose: Whose) -> dict[str, Any]:
    """A response in a list, with the scores that the reader may see."""
    form, scored = published.form_of(response.version), response.scores
    if scored and whose.acting and form.record.confidential:
        scored = queries.scores(queries.sitting(response, whose.resident, acting=True).result())
    scores = [each for each in (_scored_text(form, name, one, language) for name, one in scored.items()) if each]
    return {"response": response, "scores": scores, **about(form, language)}


def _scored_text(form: Form, name: str, scored: dict[str, str], language: str) -> str:
    record = form.record.scores.get(name)
    if record is None or not scored["value"]:
        return ""
    classes = {each.code: label(each.label, language) for each in record.classes}
    words = classes.get(scored["class"], "")
    value = scored["value"].replace(".", ",") if language != "en" else scored["value"]
    said = f"{words} ({value})" if words and scored["value"] != scored["class"] else words or value
    return f"{label(record.label, language)}: {said}"


def offered_to(whose: Whose, language: str) -> list[dict[str, Any]]:
    """The forms a resident can fill, by name: those for residents, and for people of their age."""
    age = queries.age(whose.resident)
    found = [each for each in published.offered() if each.record.audience != "professional" and _fits(each, age)]
    told = [{"form": each, **about(each.form, language)} for each in found if each.record.kind != "feedback"]
    return sorted(told, key=lambda each: each["title"].casefold())


def _fits(offered: Offered, age: int) -> bool:
    ages = offered.record.ages
    return ages is None or (ages.since or 0) <= age <= (200 if ages.to is None else ages.to)


def said(reached: Reached, language: str) -> Said:
    """An outcome in words."""
    record = reached.record
    return Said(
        reached.action(language),
        reached.reason(language),
        reached.urgency_label(language),
        KINDS.get(record.urgency or "", "info"),
        record.queue or "",
        tuple(record.services),
    )


def fitting(words: tuple[str, ...], whose: Whose, language: str) -> list[dict[str, str]]:
    """Services of the directory that an outcome's words find for someone of this age, home, language and client
    segment, and why.
    """
    if not words:
        return []
    person = whose.resident
    hits = directory.fitting(
        words,
        age=queries.age(person),
        area=person.municipality,
        language=person.language,
        segment=segment_of(person),
        limit=SERVICES,
        told=language,
    )
    return [
        {
            "entry": each.service.entry,
            "name": each.service.name.get(language) or each.service.name.get("fi", ""),
            "why": "; ".join(each.reasons),
        }
        for each in hits
    ]


def result(sitting: Sitting, whose: Whose, language: str) -> dict[str, Any]:
    """Everything the page of a result tells."""
    found = sitting.result()
    main = said(found.main, language) if found.main else None
    # One that always holds is for those for whom nothing else does.
    rest = [each for each in found.outcomes if each is not found.main and each.record.when.upper() != "TRUE"]
    others = [said(each, language) for each in rest]
    response = sitting.response
    # a professional's reason may speak of what was told in confidence
    chosen = Override.objects.filter(response=response) if sitting.entire is None else ()
    overrides = {each.score: each for each in chosen}
    scales = [
        scale(each, language, overrides.get(each.name)) for each in found.scores.values() if each.value is not None
    ]
    item = queues.of_source("assessment", str(response.pk)) if response.sent_at else None
    known = published.county().queues
    queue = known.get(main.queue) if main else None
    return {
        **about(sitting.form, language),
        "response": response,
        "in_part": sitting.entire is not None,
        "main": main,
        "others": [each for each in others if each.reason or each.action],
        "scales": scales,
        "plans": list(Plan.objects.filter(response=response).select_related("author")),
        "answers": lines(sitting, language),
        "files": attaching.listed(sitting.filling, language),
        "services": fitting(main.services, whose, language) if main else [],
        "item": item,
        "queue": queue,
        "queue_name": label(queue.label, language) if queue else "",
        "queue_answer": label(queue.answer, language) if queue else "",
    }


def scale(scored: Scored, language: str, override: Override | None = None) -> Scale:
    """A score in words and as a scale, with the class that a professional has put in its place."""
    record = scored.record
    names = {each.code: label(each.label, language) for each in record.classes}
    bands, mark = _bands(scored, language)
    return Scale(
        scored.name,
        label(record.label, language),
        _number(scored.value, language) if not isinstance(scored.value, str) else "",
        _number(record.least, language),
        _number(record.most, language),
        label(scored.klass.label, language) if scored.klass else "",
        label(scored.klass.text, language) if scored.klass else "",
        bands,
        mark,
        names.get(override.chosen, "") if override else "",
        override.reason if override else "",
    )


def _bands(scored: Scored, language: str) -> tuple[tuple[Band, ...], float | None]:
    """The classes of a score side by side, and where the value stands; nothing without both ends."""
    record, value = scored.record, scored.value
    if record.least is None or record.most is None or not isinstance(value, int | Decimal):
        return (), None
    least, size = float(record.least), float(record.most) - float(record.least)
    if size <= 0:
        return (), None
    starts = [max(least, float(each.since)) for each in record.classes if each.since is not None]
    ends = [*starts[1:], least + size]
    step = 4 / max(1, len(starts) - 1)
    bands = tuple(
        Band(
            each.code,
            label(each.label, language),
            x := (start - least) / size * WIDTH,
            width := max(0.0, (end - start) / size * WIDTH),
            x + width / 2,
            each is scored.klass,
            1 + round(place * step),
        )
        for place, (each, start, end) in enumerate(zip(record.classes, starts, ends, strict=False))
    )
    return bands, min(max((float(value) - least) / size, 0), 1) * WIDTH


def _number(value: Any, language: str) -> str:
    if value is None:
        return ""
    text = format(value.normalize(), "f") if hasattr(value, "normalize") else str(value)
    return text if language == "en" else text.replace(".", ",")


@dataclass(frozen=True)
class Line:
    """One line of answers: a heading, or a question with its answer and, where it differs, the answer before."""

    text: str
    said: str = ""
    heading: bool = False
    path: str = ""
    before: str | None = None


def lines(sitting: Sitting, language: str, before: Sitting | None = None) -> list[Line]:
    """The answers in order; beside each the earlier one where it was another."""
    past = _by_link(before, language) if before else None
    found: list[Line] = []
    for top in sitting.filling.shown(language):
        for each in top.every():
            if each.item.is_display or not (each.text or each.said):
                continue
            said_now = ", ".join(each.said) + (f" {each.unit}" if each.said and each.unit else "")
            was = past.get(each.path, "") if past is not None and each.item.is_question else None
            text = f"{each.prefix} {each.text}".strip()
            differs = was if was is not None and was != said_now else None
            found.append(Line(text, said_now, each.item.is_group, each.path, differs))
    return found


def _by_link(sitting: Sitting, language: str) -> dict[str, str]:
    return {each.path: each.said for each in lines(sitting, language) if not each.heading}
