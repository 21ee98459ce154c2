"""Reads a FHIR R4 Questionnaire into frozen records, and keeps its JSON so that it is handed on without loss.

What an item is stands in `items`; what is wrong with a form that can be read all the same is told by `soundness`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from luotsi.concepts.errors import UserError
from luotsi.forms.elements import codes, extension, extensions, part, primary, text_in, typed, value, weight
from luotsi.forms.items import TYPES, Condition, Constraint, Expression, Item, Limits, Option
from luotsi.forms.shapes import misshapen
from luotsi.forms.wire import Json

OTHER_TYPES = {"coding": "choice", "question": "string"}
"""Types of other versions of FHIR, and what they are here."""

KNOWN_TYPES = {*TYPES, "group", "display"}


class FormError(UserError):
    """A questionnaire that cannot be read: a sentence with the place in it."""


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire as read. `raw` is its JSON as it came; `by_name` finds an item by its linkId."""

    raw: Json
    items: tuple[Item, ...]
    by_name: dict[str, Item] = field(repr=False)
    variables: tuple[Expression, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    contexts: tuple[str, ...] = ()
    """Names of the launch contexts it asks for."""
    doubled: tuple[str, ...] = ()
    """linkIds that stand twice."""

    @property
    def url(self) -> str:
        """Its canonical address."""
        return str(self.raw.get("url", ""))

    @property
    def version(self) -> str:
        """Its version."""
        return str(self.raw.get("version", ""))

    @property
    def canonical(self) -> str:
        """Address and version, as a response names what it answers."""
        return f"{self.url}|{self.version}" if self.url and self.version else self.url

    @property
    def language(self) -> str:
        """The language its main texts are in."""
        return primary(str(self.raw.get("language", "")))

    def title(self, language: str) -> str:
        """What it is called."""
        key = "title" if self.raw.get("title") else "name"
        return text_in(self.raw, key, language, self.language)

    def description(self, language: str) -> str:
        """What it is for."""
        return text_in(self.raw, "description", language, self.language)

    def every(self) -> Iterator[Item]:
        """Every item, in order."""
        return iter(self.by_name.values())

    def pages(self) -> tuple[Item, ...]:
        """The groups that are pages of their own; without any, every top-level item."""
        marked = tuple(each for each in self.items if "page" in each.controls)
        return marked or self.items


def read(raw: Any) -> Questionnaire:
    """The questionnaire that a FHIR resource is. Raises FormError with the place of what cannot be read."""
    if not isinstance(raw, dict):
        raise FormError("A questionnaire is a JSON object; this is none. Give a FHIR Questionnaire.")
    if raw.get("resourceType") != "Questionnaire":
        kind = raw.get("resourceType") or "something without a resourceType"
        raise FormError(f"This is {kind}, not a Questionnaire. Give a FHIR Questionnaire.")
    fault = misshapen(raw)
    if fault:
        raise FormError(fault)
    reader = _Reader(primary(str(raw.get("language") or "")))
    items = reader.items(raw, "", ())
    names = {each.name: each for item in items for each in item.inside()}
    return Questionnaire(
        raw,
        items,
        names,
        variables(raw),
        constraints(raw),
        tuple(_context(each) for each in extensions(raw, "launchContext")),
        tuple(reader.doubled),
    )


def variables(element: Json) -> tuple[Expression, ...]:
    """The variables an element declares."""
    found = (expression(value(each)) for each in extensions(element, "variable"))
    return tuple(each for each in found if each is not None)


def expression(found: Any) -> Expression | None:
    """An Expression as a record; None where it says nothing."""
    if not isinstance(found, dict) or not isinstance(found.get("expression"), str):
        return None
    return Expression(found["expression"], str(found.get("language", "text/fhirpath")), str(found.get("name", "")))


def constraints(element: Json) -> tuple[Constraint, ...]:
    """What has to hold of an element's answers, by either extension for it."""
    found: list[Constraint] = []
    for each in extensions(element, "constraint", "targetConstraint"):
        said = part(each, "expression")
        wanted = Expression(said) if isinstance(said, str) else expression(said)
        if wanted is not None:
            found.append(Constraint(str(part(each, "key") or ""), wanted, str(part(each, "severity") or "error"), each))
    return tuple(found)


def _context(element: Json) -> str:
    name = part(element, "name")
    return str(name.get("code", "") if isinstance(name, dict) else name or "")


@dataclass
class _Reader:
    """Reads items, giving each a name of its own."""

    main: str
    taken: set[str] = field(default_factory=set[str])
    doubled: list[str] = field(default_factory=list[str])

    def items(self, element: Json, place: str, above: tuple[str, ...]) -> tuple[Item, ...]:
        """The items that stand in an element."""
        return tuple(self.item(each, f"{place}item[{at}]", above) for at, each in enumerate(element.get("item", [])))

    def item(self, raw: Json, place: str, above: tuple[str, ...]) -> Item:
        """One item with all below it."""
        link = raw.get("linkId")
        if not isinstance(link, str) or not link:
            raise FormError(f"{place} has no linkId. Give each item its own.")
        place = f"{place} (linkId {link})"
        kind = OTHER_TYPES.get(str(raw.get("type")), raw.get("type"))
        if kind not in KNOWN_TYPES:
            raise FormError(f"{place} has type {kind!r}. It can be {', '.join(sorted(KNOWN_TYPES))}.")
        name = self.named(link)
        return Item(
            name,
            link,
            kind,
            raw,
            self.main,
            place,
            above,
            self.items(raw, f"{place}.", (*above, name)),
            conditions=tuple(_condition(each, place) for each in raw.get("enableWhen", [])),
            any_condition=raw.get("enableBehavior") != "all",
            options=options(raw.get("answerOption", []), self.main),
            value_set=raw.get("answerValueSet") if isinstance(raw.get("answerValueSet"), str) else None,
            controls=frozenset(code for each in extensions(raw, "itemControl") for code in codes(value(each))),
            hidden=extension(raw, "hidden") is True,
            initial=tuple(raw.get("initial", [])),
            enable=expression(extension(raw, "enableWhenExpression")),
            initially=expression(extension(raw, "initialExpression")),
            calculated=expression(extension(raw, "calculatedExpression")),
            answers=expression(extension(raw, "answerExpression")),
            variables=variables(raw),
            constraints=constraints(raw),
            limits=_limits(raw),
            units=_units(raw),
            weight=weight(raw),
        )

    def named(self, link: str) -> str:
        """The linkId, with a number behind it where it is taken."""
        name, count = link, 1
        while name in self.taken:
            count += 1
            name = f"{link}~{count}"
        if count > 1:
            self.doubled.append(link)
        self.taken.add(name)
        return name


def options(found: list[Json], main: str, words: dict[str, dict[str, str]] | None = None) -> tuple[Option, ...]:
    """Answers that can be chosen, each with a key of its own: the code where that is enough.

    `words`: code -> labels by language, where they come from a code list of the county.
    """
    made: list[Option] = []
    taken: set[str] = set()
    for raw in found:
        answer = {key: _bare(each) for key, each in raw.items() if key.startswith("value")}
        key = _key(answer, taken)
        taken.add(key)
        coding = raw.get("valueCoding")
        made.append(
            Option(
                key,
                answer,
                raw,
                main,
                weight(raw) if weight(raw) is not None else weight(coding) if isinstance(coding, dict) else None,
                raw.get("initialSelected") is True,
                extension(raw, "optionExclusive") is True,
                (words or {}).get(key, {}),
            )
        )
    return tuple(made)


def _bare(found: Any) -> Any:
    """A value without its translations, which an answer need not carry."""
    return {key: each for key, each in found.items() if not key.startswith("_")} if isinstance(found, dict) else found


def _key(answer: Json, taken: set[str]) -> str:
    found = value(answer)
    if isinstance(found, dict):
        code = str(found.get("code") or found.get("reference") or found.get("display") or "")
        tries = [code, f"{found.get('system', '')}|{code}"]
    else:
        tries = ["" if found is None else str(found)]
    last, count = tries[-1], 2
    while tries[0] in taken:
        tries = tries[1:] or [f"{last}~{count}"]
        count += len(tries) == 1
    return tries[0]


def _condition(raw: Json, place: str) -> Condition:
    answer = typed(raw, "answer")
    if answer is None or not isinstance(raw.get("question"), str):
        raise FormError(f"{place}: an enableWhen needs question, operator and answer. Complete it.")
    return Condition(raw["question"], str(raw.get("operator", "=")), *answer)


def _limits(raw: Json) -> Limits:
    length = raw.get("maxLength")
    return Limits(
        extension(raw, "minValue", "minQuantity"),
        extension(raw, "maxValue", "maxQuantity"),
        _whole(extension(raw, "minLength")),
        _whole(length),
        _whole(extension(raw, "maxDecimalPlaces")),
        extension(raw, "regex"),
        _whole(extension(raw, "minOccurs")),
        _whole(extension(raw, "maxOccurs")),
        Decimal(str(extension(raw, "maxSize"))) if isinstance(extension(raw, "maxSize"), int | Decimal) else None,
        tuple(str(value(each)) for each in extensions(raw, "mimeType")),
    )


def _units(raw: Json) -> tuple[Json, ...]:
    found = [value(each) for each in extensions(raw, "unit", "unitOption")]
    found += [
        {"code": each["valueQuantity"].get("code"), "display": each["valueQuantity"].get("unit", "")}
        for each in raw.get("initial", [])
        if isinstance(each, dict) and isinstance(each.get("valueQuantity"), dict) and each["valueQuantity"].get("unit")
    ]
    return tuple(each for each in found if isinstance(each, dict))


def _whole(found: Any) -> int | None:
    return found if isinstance(found, int) and not isinstance(found, bool) else None
