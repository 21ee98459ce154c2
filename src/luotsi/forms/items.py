"""The frozen records of a questionnaire's items: what is asked, how it may be answered, when it is asked.

Reading them from FHIR JSON stands in `questionnaire`, what is answered in `filling`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from luotsi.forms.elements import extensions, text_in, value
from luotsi.forms.wire import Json

TYPES = {
    "boolean": "Boolean",
    "decimal": "Decimal",
    "integer": "Integer",
    "date": "Date",
    "dateTime": "DateTime",
    "time": "Time",
    "string": "String",
    "text": "String",
    "url": "Uri",
    "choice": "Coding",
    "open-choice": "Coding",
    "attachment": "Attachment",
    "reference": "Reference",
    "quantity": "Quantity",
}
"""Type of a question -> the type of its answers, as the end of `value[x]`."""

NUMERIC = ("decimal", "integer", "quantity")
CHOICES = ("choice", "open-choice")


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of a form; `language` text/fhirpath is run, others (queries to a server) are not."""

    text: str
    language: str = "text/fhirpath"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of enableWhen: the answers of `question` compared with the value of a typed element."""

    question: str
    operator: str
    type: str
    value: Any


@dataclass(frozen=True, slots=True)
class Constraint:
    """What has to hold of the answers: an expression, and what a person is told when it does not."""

    key: str
    expression: Expression
    severity: str
    raw: Json = field(compare=False)

    def message(self, language: str, main: str) -> str:
        """What a person is told."""
        human = next((each for each in self.raw.get("extension", []) if each.get("url") == "human"), {})
        key = next((each for each in human if each.startswith("value")), "valueString")
        return text_in(human, key, language, main)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer has to keep within. `least` and `most` are values of the item's type."""

    least: Any = None
    most: Any = None
    min_length: int | None = None
    max_length: int | None = None
    decimals: int | None = None
    pattern: str | None = None
    min_occurs: int | None = None
    max_occurs: int | None = None
    max_size: Decimal | None = None
    kinds: tuple[str, ...] = ()
    """MIME types of an attachment."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen: `key` is what a page sends, `answer` what is kept."""

    key: str
    answer: Json
    raw: Json
    main: str
    weight: Decimal | None = None
    initial: bool = False
    exclusive: bool = False
    words: dict[str, str] = field(default_factory=dict[str, str], compare=False)
    """Labels by language: from a code list of the county, or read from `raw` once for each language."""

    def text(self, language: str) -> str:
        """What a person reads."""
        found = self.words.get(language)
        if not found:
            found = self.words[language] = answer_text(self.raw, language, self.main)
        return found

    @property
    def prefix(self) -> str:
        """The letter or number before it."""
        found = next(extensions(self.raw, "optionPrefix"), None)
        return str(value(found)) if found else ""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a questionnaire. `place` says where it stands, for messages; `above` names those it stands in.

    `name` is its linkId, with a number behind it where a faulty form gives one linkId twice.
    """

    name: str
    link_id: str
    type: str
    raw: Json
    main: str
    """The main language of the form."""
    place: str
    above: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    conditions: tuple[Condition, ...] = ()
    any_condition: bool = True
    options: tuple[Option, ...] = ()
    value_set: str | None = None
    controls: frozenset[str] = frozenset()
    hidden: bool = False
    initial: tuple[Json, ...] = ()
    enable: Expression | None = None
    initially: Expression | None = None
    calculated: Expression | None = None
    answers: Expression | None = None
    variables: tuple[Expression, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    limits: Limits = Limits()
    units: tuple[Json, ...] = ()
    weight: Decimal | None = None
    words: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str], repr=False, compare=False)
    """(what, language) -> its texts, each read once: a form is drawn for every answer."""

    def text(self, language: str) -> str:
        """The question or heading."""
        return self._once("text", language, lambda: text_in(self.raw, "text", language, self.main))

    def prefix(self, language: str) -> str:
        """The number before it."""
        return self._once("prefix", language, lambda: text_in(self.raw, "prefix", language, self.main))

    def unit(self, language: str) -> str:
        """The unit of its number: of the unit itself, or as a display item says it."""
        return self._once("unit", language, lambda: self._unit(language))

    def help(self, language: str) -> str:
        """What helps to answer: display items that are help, instructions or a legal note."""
        return self._once("help", language, lambda: self._help(language))

    def _once(self, what: str, language: str, read: Callable[[], str]) -> str:
        found = self.words.get((what, language))
        if found is None:
            found = self.words[what, language] = read()
        return found

    def _unit(self, language: str) -> str:
        if self.units:
            return text_in(self.units[0], "display", language, self.main) or str(self.units[0].get("code", ""))
        return " ".join(each.text(language) for each in self.items if "unit" in each.controls)

    def _help(self, language: str) -> str:
        return "\n".join(each.text(language) for each in self.items if each.aside and "unit" not in each.controls)

    @property
    def aside(self) -> bool:
        """Whether it is said with the item it stands in and not on its own: help, a unit."""
        return self.type == "display" and bool(self.controls & {"help", "unit", "legal", "flyover", "prompt"})

    @property
    def repeats(self) -> bool:
        """Whether it may be answered many times."""
        return self.raw.get("repeats") is True

    @property
    def required(self) -> bool:
        """Whether it has to be answered."""
        return self.raw.get("required") is True or bool(self.limits.min_occurs)

    @property
    def read_only(self) -> bool:
        """Whether a person cannot answer it: it says so, or it is calculated."""
        return self.raw.get("readOnly") is True

    @property
    def is_group(self) -> bool:
        """Whether it holds items and no answer of its own."""
        return self.type == "group"

    @property
    def is_display(self) -> bool:
        """Whether it is a text alone."""
        return self.type == "display"

    @property
    def is_question(self) -> bool:
        """Whether it is answered."""
        return self.type in TYPES

    @property
    def is_choice(self) -> bool:
        """Whether an answer is chosen."""
        return self.type in CHOICES or bool(self.options)

    @property
    def open(self) -> bool:
        """Whether another answer than those offered may be written."""
        return self.type == "open-choice"

    @property
    def step(self) -> Any:
        """The step of a slider."""
        return next((value(each) for each in extensions(self.raw, "sliderStepValue")), None)

    @property
    def counted(self) -> bool:
        """Whether its repetitions have places of their own in a path."""
        return self.repeats and (self.is_group or bool(self.items))

    def inside(self) -> tuple[Item, ...]:
        """The item and all below it, in order."""
        return (self, *(each for child in self.items for each in child.inside()))


def answer_text(answer: Json, language: str, main: str) -> str:
    """An answer as plain text: the display of a coding, a number with its unit, other values as they are."""
    key = next((each for each in answer if each.startswith("value") and answer[each] is not None), None)
    found = answer.get(key) if key else None
    if found is None or key is None:
        return ""
    if not isinstance(found, dict):
        return text_in(answer, key, language, main) if key == "valueString" else str(found)
    if key == "valueQuantity":
        return " ".join(str(found[word]) for word in ("value", "unit") if found.get(word) is not None)
    for word in ("display", "title", "code", "reference", "url"):
        if found.get(word):
            return text_in(found, word, language, main)
    return ""
