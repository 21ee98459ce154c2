"""What a person sees of a form being answered: items with their texts, answers and options in one language.

Made for pages and print; what is asked and answered at all stands in `filling`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from luotsi.forms import entry
from luotsi.forms.items import Item, Option, answer_text
from luotsi.forms.messages import message
from luotsi.forms.problems import shown as as_day
from luotsi.forms.tree import Place, Slot
from luotsi.forms.wire import Json

Offer = Callable[[Item, str], tuple[Option, ...] | None]


@dataclass(frozen=True)
class Part:
    """One repetition of a group, or one answer, with what stands in it. `path`: for add, remove, move."""

    path: str
    children: tuple[Shown, ...]
    removable: bool = False


@dataclass(frozen=True)
class Shown:
    """An item as it is shown now.

    `keys`: what a page sends for each answer (the key of an option, a text); `said`: the answers as a person reads
    them. `options` None: nothing to choose from, or a list that is not known here: what is written is the answer.
    """

    path: str
    item: Item
    text: str
    prefix: str
    help: str
    answers: tuple[Json, ...]
    keys: tuple[str, ...]
    said: tuple[str, ...]
    options: tuple[Option, ...] | None
    required: bool
    read_only: bool
    unit: str
    parts: tuple[Part, ...]
    can_add: bool = False

    def every(self) -> Iterator[Shown]:
        """It, and all that stands in it."""
        yield self
        for part in self.parts:
            for child in part.children:
                yield from child.every()


@dataclass(frozen=True)
class Viewer:
    """Shows places in a language. `offer` tells what can be chosen for an item at a path."""

    language: str
    offer: Offer

    def below(self, slot: Slot, positions: tuple[int, ...]) -> tuple[Shown, ...]:
        """All that is shown in a slot."""
        places = (place for place in slot.places.values() if place.enabled and not place.item.hidden)
        return tuple(self._place(place, positions) for place in places if not place.item.aside)

    def _place(self, place: Place, positions: tuple[int, ...]) -> Shown:
        item, path = place.item, ":".join((place.item.name, *map(str, positions)))
        options = self.offer(item, path) if item.is_question else None
        most = item.limits.max_occurs
        return Shown(
            path,
            item,
            item.text(self.language),
            item.prefix(self.language),
            item.help(self.language),
            tuple(place.answers),
            tuple(key_of(each, options) for each in place.answers),
            tuple(said(item, each, self.language, options) for each in place.answers),
            options,
            item.required,
            item.read_only or item.calculated is not None,
            item.unit(self.language),
            self._parts(place, positions),
            item.is_group and item.repeats and (most is None or len(place.slots) < most),
        )

    def _parts(self, place: Place, positions: tuple[int, ...]) -> tuple[Part, ...]:
        item = place.item
        if not item.is_group and all(each.aside or each.hidden for each in item.items):
            return ()
        made: list[Part] = []
        for at, slot in enumerate(place.slots):
            inner = (*positions, at) if item.counted else positions
            path = ":".join((item.name, *map(str, inner)))
            removable = item.is_group and item.repeats and len(place.slots) > (item.limits.min_occurs or 1)
            made.append(Part(path, self.below(slot, inner), removable))
        return tuple(made)


def said(item: Item, answer: Json, language: str, options: tuple[Option, ...] | None = None) -> str:
    """An answer as a person reads it: the label of its option, yes and no, days in Finnish order, decimal commas."""
    for option in options or ():
        if entry.is_option(answer, option):
            return option.text(language)
    if "valueBoolean" in answer:
        return message("yes" if answer["valueBoolean"] else "no", language)
    text = answer_text(answer, language, item.main)
    if "valueDate" in answer:
        return as_day(text)
    if "valueDateTime" in answer:
        day, _, hour = text.partition("T")
        return f"{as_day(day)} {hour[:5]}".strip()
    if "valueTime" in answer:
        return text[:5]
    if "valueDecimal" in answer or "valueQuantity" in answer:
        return text if language.startswith("en") else text.replace(".", ",", 1)
    return text


def key_of(answer: Json, options: tuple[Option, ...] | None) -> str:
    """What a page sends for an answer: the key of the option that it is, else its value as text."""
    for option in options or ():
        if entry.is_option(answer, option):
            return option.key
    if "valueBoolean" in answer:
        return str(answer["valueBoolean"]).lower()
    found = answer.get("valueQuantity")
    if isinstance(found, dict):
        return str(found.get("value", ""))
    return str(entry.same(answer) if entry.same(answer) is not None else "")
