"""What the answers mean: scores, their classes, and the outcomes that are reached with their reasons.

Cheap enough to ask after every answer. What a form declares stands in `records`, what names mean in `naming`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from luotsi.concepts.calls import Bands, Value
from luotsi.concepts.records import Label
from luotsi.concepts.scalars import evaluate
from luotsi.forms.elements import primary
from luotsi.forms.filling import Filling
from luotsi.forms.naming import CLASS, values
from luotsi.forms.records import URGENCIES, Class, FormRecord, Outcome, Score, Urgency

SLOT = re.compile(r"\{([A-Za-z_][\w]*(?:\.\w+)?)\}")


@dataclass(frozen=True)
class Scored:
    """A score that was computed; `value` None: an answer it needs is missing."""

    name: str
    value: Value
    record: Score

    @property
    def klass(self) -> Class | None:
        """The class it falls in."""
        classes = self.record.classes
        if self.value is None:
            return None
        if isinstance(self.value, int | Decimal) and not isinstance(self.value, bool):
            reached = [each for each in classes if each.since is not None and self.value >= each.since]
            return max(reached, key=lambda each: each.since or 0, default=None)
        return next((each for each in classes if each.code == self.value), None)


@dataclass(frozen=True)
class Reached:
    """An outcome that is reached, with its texts filled in."""

    record: Outcome
    urgency: Urgency | None
    texts: Callable[[str], Mapping[str, str]]
    """Gives for a language what stands for each {name}; asked only where an outcome is told."""

    def action(self, language: str) -> str:
        """What to do."""
        return self._filled(self.record.action, language)

    def reason(self, language: str) -> str:
        """Why."""
        return self._filled(self.record.reason, language)

    def urgency_label(self, language: str) -> str:
        """How soon."""
        return in_language(self.urgency.label, language) if self.urgency else ""

    def _filled(self, label: Label, language: str) -> str:
        told = in_language(label, language)
        if not SLOT.search(told):
            return told
        words = self.texts(primary(language) if primary(language) in ("sv", "en") else "fi")
        return SLOT.sub(lambda found: words.get(found[1], found[0]), told)


@dataclass(frozen=True)
class Result:
    """What the answers give as they stand: scores by name, and outcomes, the most urgent first."""

    scores: Mapping[str, Scored]
    outcomes: tuple[Reached, ...]

    @property
    def main(self) -> Reached | None:
        """The outcome that decides: the most urgent, the first of the file among equals."""
        return self.outcomes[0] if self.outcomes else None

    @property
    def stops(self) -> tuple[Reached, ...]:
        """The red flags that are up: what they say is shown at once, and nothing more is asked."""
        return tuple(each for each in self.outcomes if each.record.stop)


def judged(
    record: FormRecord, names: Mapping[Any, str], page: Filling, day: datetime.date, bands: Bands = ()
) -> Result:
    """The scores and outcomes of a form's answers. `names`: from `naming.types`; `day`: when it is answered."""
    known = values(page, names, day)

    def lookup(name: str, table: str | None) -> Value:
        return known.get((name, table))

    scores: dict[str, Scored] = {}
    for name, score in record.scores.items():
        scored = scores[name] = Scored(name, evaluate(score.value, lookup, bands), score)
        known[name, None] = scored.value
        known[CLASS, name] = scored.klass.code if scored.klass else None
    reached = [each for each in record.outcomes if evaluate(each.when, lookup, bands) is True]
    if not reached:
        return Result(scores, ())
    degrees = record.urgencies or URGENCIES
    order = {each.urgency: place for place, each in enumerate(degrees)}

    @lru_cache(maxsize=3)
    def texts(language: str) -> Mapping[str, str]:
        return _texts(page, scores, language)

    reached.sort(key=lambda each: (not each.stop, order.get(each.urgency or "", len(order))))
    by_name = {each.urgency: each for each in degrees}
    return Result(scores, tuple(Reached(each, by_name.get(each.urgency or ""), texts) for each in reached))


def _texts(page: Filling, scores: Mapping[str, Scored], language: str) -> dict[str, str]:
    """What stands for each {name} in a text: answers and scores as a person reads them."""
    found = {each.item.link_id: ", ".join(each.said) for top in page.shown(language) for each in top.every()}
    for name, answers in page.every_answer().items():
        found.setdefault(name, ", ".join(page.said(name, each, language) for each in answers))
    for name, scored in scores.items():
        found[name] = number(scored.value, language)
        klass = scored.klass
        found[f"{name}.{CLASS}"] = in_language(klass.label, language) if klass else ""
    return found


def number(value: Value, language: str) -> str:
    """A score as a person reads it: at most one decimal, with a comma in Finnish and Swedish."""
    if value is None:
        return "-"
    if not isinstance(value, Decimal):
        return str(value)
    text = str(value.quantize(Decimal("0.1")).normalize() if value != value.to_integral_value() else int(value))
    return text if primary(language) == "en" else text.replace(".", ",")


def in_language(label: Label, language: str) -> str:
    """A label in a language; Finnish where the language is none of ours."""
    return str(getattr(label, primary(language), label.fi))
