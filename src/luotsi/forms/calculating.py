"""Runs the expressions of a form over its answers until nothing changes: what is enabled, what is calculated.

`Picture` is the response as it stands, with what its expressions may name. What one expression means stands in
`paths`, what plain conditions mean in `enabling`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from luotsi.forms import entry, paths
from luotsi.forms.enabling import Chain, holds
from luotsi.forms.items import Expression, Item, Option
from luotsi.forms.lists import Lists
from luotsi.forms.questionnaire import Questionnaire, options
from luotsi.forms.tree import Place, Slot
from luotsi.forms.wire import Json

ITEM = "QuestionnaireResponse.item"
FHIRPATH = "text/fhirpath"


@dataclass
class Scope:
    """What an expression may name where it stands: the variables of its item and of all above, run when asked for.

    A name that nobody knows is empty, as is a launch context that was not given; `soundness` tells of it.
    """

    picture: Picture
    item: Item | None
    focus: Any
    declared: tuple[Expression, ...]
    above: Scope | None = None
    found: dict[str, Any] = field(default_factory=dict[str, Any])

    def __contains__(self, name: object) -> bool:
        return name in ("context", "qitem") or self._names(name) or self._higher(name)

    def __getitem__(self, name: str) -> Any:
        if name == "context":
            return self.focus
        if name == "qitem":
            return self.item.raw if self.item else []
        if name not in self.found and self._names(name):
            self.found[name] = []  # a variable that asks for itself finds nothing
            for each in self.declared:
                if each.name == name:
                    self.found[name] = self.picture.run(each, self)
        if name in self.found:
            return self.found[name]
        return self.above[name] if self.above else self.picture.given[name]

    def _names(self, name: object) -> bool:
        return any(each.name == name for each in self.declared)

    def _higher(self, name: object) -> bool:
        return name in self.above if self.above else name in self.picture.given


@dataclass
class Picture:
    """The response as it stands, and the scope of every place in it."""

    form: Questionnaire
    given: Mapping[str, Any]
    now: datetime.datetime
    faults: dict[str, None]
    """Sentences for the builder of the form, each once."""
    offers: Mapping[str, tuple[Option, ...] | None]
    resource: Json = field(default_factory=dict[str, Any])
    scopes: dict[int, Scope] = field(default_factory=dict[int, Scope])
    weights: dict[int, Decimal] = field(default_factory=dict[int, Decimal])

    def drawn(self, root: Slot) -> Picture:
        """The picture of a tree."""
        items: list[Json] = []
        self.resource = {"resourceType": "QuestionnaireResponse", "questionnaire": self.form.canonical, "item": items}
        self.given = {**self.given, "resource": self.resource, "questionnaire": self.form.raw}
        scope = Scope(self, None, self.resource, self.form.variables)
        self.scopes[id(root)] = scope
        self._slot(root, items, scope)
        return self

    def _slot(self, slot: Slot, items: list[Json], scope: Scope) -> None:
        for place in slot.places.values():
            if place.enabled:
                self._place(place, items, scope)
        items += slot.strays

    def _place(self, place: Place, items: list[Json], above: Scope) -> None:
        item = place.item
        if item.is_group:
            for slot in place.slots:
                inner: list[Json] = []
                drawn: Json = {"linkId": item.link_id, **slot.raw}
                scope = Scope(self, item, paths.node(drawn, ITEM), item.variables, above)
                self.scopes[id(slot)] = scope
                self._slot(slot, inner, scope)
                if inner:
                    drawn["item"] = inner
                    items.append(drawn)
            return
        drawn = {"linkId": item.link_id, **(place.raw or {})}
        scope = Scope(self, item, paths.node(drawn, ITEM), item.variables, above)
        self.scopes[id(place)] = scope
        answers: list[Json] = []
        for slot in place.slots:
            self.scopes[id(slot)] = scope
            inner = []
            self._slot(slot, inner, scope)
            if slot.raw or inner:
                answers.append({**slot.raw, **({"item": inner} if inner else {})})
                self._weigh(item, answers[-1])
        if answers:
            drawn["answer"] = answers
            items.append(drawn)

    def _weigh(self, item: Item, answer: Json) -> None:
        points = points_of(item, answer, self.offers.get(item.name))
        if points is not None:
            self.weights[id(answer)] = points
            for value in answer.values():
                self.weights.setdefault(id(value), points) if isinstance(value, dict) else None

    def run(self, expression: Expression, scope: Scope) -> list[Any]:
        """What an expression gives; one that cannot be run gives nothing, and is noted among the faults."""
        if expression.language != FHIRPATH:
            return []
        where = scope.item.place if scope.item else "The form"
        try:
            path = paths.read(expression.text)
            return path.run(scope.focus, scope, lambda found: self.weights.get(id(found)), self.now)
        except paths.PathError as error:
            self.faults[f"{where}: {error}"] = None
            return []

    def offered(self, expression: Expression, place: int) -> tuple[Option, ...] | None:
        """The options that an answerExpression gives at a place; None where it gives none."""
        scope = self.scopes.get(place)
        values = self.run(expression, scope) if scope is not None else []
        kinds = {bool: "valueBoolean", int: "valueInteger", Decimal: "valueDecimal", str: "valueString"}
        found = [
            {"valueCoding": {key: each[key] for key in ("system", "code", "display", "extension") if key in each}}
            if isinstance(each, dict)
            else {kinds[type(each)]: each}
            for each in values
            if isinstance(each, dict) or type(each) in kinds
        ]
        return options(found, self.form.language) or None


def points_of(item: Item, answer: Json, options: tuple[Option, ...] | None) -> Decimal | None:
    """The points of an answer: of itself, else of the option that it is."""
    own = entry.own_weight(answer)
    if own is not None:
        return own
    return next((each.weight for each in options or () if entry.is_option(answer, each)), None)


@dataclass
class Calculator:
    """Settles a tree: enables, calculates, and enables again, until nothing changes."""

    form: Questionnaire
    lists: Lists
    given: Mapping[str, Any]
    now: datetime.datetime
    faults: dict[str, None] = field(default_factory=dict[str, None])

    def __post_init__(self) -> None:
        self.options = {each.name: self.lists.options(self.form, each) for each in self.form.every()}
        known = self.form.by_name.values()
        self.computes = any(each.calculated or each.enable for each in known)
        self.asks = any(each.enable for each in known)
        self.rounds = sum(bool(each.calculated) + bool(each.enable) + bool(each.conditions) for each in known) + 2

    def picture(self, root: Slot) -> Picture:
        """The response as it stands now."""
        return Picture(self.form, self.given, self.now, self.faults, self.options).drawn(root)

    def settle(self, root: Slot) -> Picture:
        """Enables and calculates until nothing changes, and gives the picture of that. A form that never settles is a
        fault, told with the items that keep changing."""
        changed: set[str] = set()
        # always from the same beginning, so that a form gone on with tomorrow asks what it asks today
        _ask_all(root)
        picture = self._before(root)
        for _ in range(2 * self.rounds):
            changed = self._enable(root, (("", root),), picture, True)
            if not changed:
                picture = picture or self.picture(root)
                changed = self._calculate(root, picture) if self.computes else set[str]()
                if not changed:
                    return picture
            picture = self._before(root)
        self.faults[f"{', '.join(sorted(changed))} never settle: each waits for the other. Break the circle."] = None
        return picture or self.picture(root)

    def _before(self, root: Slot) -> Picture | None:
        """The picture that items are asked by; None where plain conditions alone ask, which look at answers."""
        return self.picture(root) if self.asks else None

    def _enable(self, slot: Slot, chain: Chain, picture: Picture | None, above: bool) -> set[str]:
        changed: set[str] = set()
        for place in slot.places.values():
            enabled = above and self._asked(place, slot, chain, picture)
            if enabled != place.enabled:
                place.enabled = enabled
                changed.add(place.item.link_id)
            for each in place.slots if place.item.items else ():
                changed |= self._enable(each, (*chain, (place.item.name, each)), picture, enabled)
        return changed

    def _asked(self, place: Place, slot: Slot, chain: Chain, picture: Picture | None) -> bool:
        item = place.item
        if not holds(item, chain, self.form.by_name):
            return False
        if picture is None or item.enable is None or item.enable.language != FHIRPATH:
            return True
        scope = picture.scopes.get(id(place)) or self.outside(item, slot, picture)
        return picture.run(item.enable, scope) == [True]

    def outside(self, item: Item, slot: Slot, picture: Picture) -> Scope:
        """The scope of an item that is not in the picture: a group's, or one that is not enabled."""
        above = picture.scopes.get(id(slot)) or Scope(picture, None, picture.resource, self.form.variables)
        return Scope(picture, item, paths.node({"linkId": item.link_id}, ITEM), item.variables, above)

    def _calculate(self, root: Slot, picture: Picture) -> set[str]:
        changed: set[str] = set()
        for place, slot in standing(root):
            item = place.item
            if item.calculated is None or not item.is_question or item.calculated.language != FHIRPATH:
                continue
            scope = picture.scopes.get(id(place)) or self.outside(item, slot, picture)
            values = picture.run(item.calculated, scope)
            try:
                answers = entry.computed(item, values, self.options[item.name])
            except entry.Unreadable:
                self.faults[f"{item.place}: {item.calculated.text!r} gives {values[:3]!r}, which is no {item.type}"] = (
                    None
                )
                answers = []
            own = not answers and not item.read_only and not item.hidden and place.answers != place.computed
            if place.answers != answers and not own:
                place.put(answers)
                changed.add(item.link_id)
            place.computed = answers
        return changed


def _ask_all(slot: Slot) -> None:
    for place in slot.places.values():
        place.enabled = True
        for each in place.slots if place.item.items else ():
            _ask_all(each)


def standing(slot: Slot) -> Iterator[tuple[Place, Slot]]:
    """Every enabled place below a slot, with the slot it stands in."""
    for place in slot.places.values():
        if place.enabled:
            yield place, slot
            for each in place.slots if place.item.items else ():
                yield from standing(each)
