"""The working state of answers as a tree: places where an item stands, and in them its repetitions or answers.

Built from a QuestionnaireResponse and written as one, without loss. What is enabled is noted here, decided in
`enabling`; what an answer means is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from luotsi.forms.items import Item
from luotsi.forms.wire import Json


@dataclass(slots=True, eq=False)
class Slot:
    """One repetition of a group, or one answer of a question, with the items that stand in it.

    `raw`: of a group, its response item without `item`; of an answer, the answer without `item` (empty: no answer).
    """

    raw: Json
    places: dict[str, Place]
    strays: list[Json] = field(default_factory=list[Json])
    """Response items that the form does not have here; handed on as they came."""

    @property
    def answered(self) -> bool:
        """Whether it is an answer, and not only the room for one."""
        return any(key.lstrip("_").startswith("value") for key in self.raw)


@dataclass(slots=True, eq=False)
class Place:
    """Where an item stands: a group has a slot for each repetition, a question one for each answer."""

    item: Item
    slots: list[Slot]
    raw: Json | None = None
    """What came with a question's response item beside linkId and answers; None where there was nothing."""
    enabled: bool = True
    computed: list[Json] | None = None
    """What was calculated last: an answer of a person's own is told from it."""

    @property
    def answers(self) -> list[Json]:
        """The answers, without the items under them."""
        return [slot.raw for slot in self.slots if slot.answered] if self.item.is_question else []

    def room(self) -> Slot:
        """An empty repetition, or an answer not given yet, with all that stands in it."""
        return Slot({}, _places(self.item.items, [])[0])

    def put(self, answers: Sequence[Json]) -> None:
        """Replaces the answers; what stands under an answer that stays is kept, else what stood at its place."""
        slots: list[Slot] = []
        left = list(self.slots)
        for place, answer in enumerate(answers):
            inner = answer.get("item")
            bare = {key: value for key, value in answer.items() if key != "item"}
            same = next((each for each in left if each.raw == bare), None)
            old = same or (self.slots[place] if place < len(self.slots) and self.slots[place] in left else None)
            if old is not None:
                left.remove(old)
            if inner is not None or old is None:
                slots.append(Slot(bare, *_places(self.item.items, inner or [])))
            else:
                slots.append(Slot(bare, old.places, old.strays))
        if not slots and self.item.items:
            slots = [Slot({}, self.slots[0].places, self.slots[0].strays) if self.slots else self.room()]
        self.slots = slots


def planted(items: Sequence[Item], found: Sequence[Json]) -> Slot:
    """The tree of a form's items with the response items found, under one root."""
    return Slot({}, *_places(items, found))


def _places(items: Sequence[Item], found: Sequence[Json]) -> tuple[dict[str, Place], list[Json]]:
    places = {item.name: Place(item, []) for item in items}
    by_link: dict[str, list[Place]] = {}
    for item in items:
        by_link.setdefault(item.link_id, []).append(places[item.name])
    strays: list[Json] = []
    for raw in found:
        same = by_link.get(str(raw.get("linkId")))
        if same is None:
            strays.append(raw)
            continue
        place = same[0]
        if len(same) > 1 and not place.item.repeats:
            # a faulty form with one linkId twice: the next response item is of the next item
            same.pop(0)
        rest = {key: value for key, value in raw.items() if key != ("item" if place.item.is_group else "answer")}
        if place.item.is_group:
            # a linkId alone is an empty repetition, and says nothing to hand on
            place.slots.append(Slot(rest if len(rest) > 1 else {}, *_places(place.item.items, raw.get("item", []))))
        else:
            place.raw = rest if place.raw is None and len(rest) > 1 else place.raw
            place.slots += _answers(place, raw)
    for place in places.values():
        if not place.slots and (place.item.is_group or (place.item.is_question and place.item.items)):
            place.slots.append(place.room())
    return places, strays


def _answers(place: Place, raw: Json) -> list[Slot]:
    return [
        Slot(
            {key: value for key, value in each.items() if key != "item"},
            *_places(place.item.items, each.get("item", [])),
        )
        for each in raw.get("answer", [])
    ]


def written(slot: Slot, *, whole: bool) -> list[Json]:
    """The response items of all that stands in a slot. `whole`: also what is disabled, and empty repetitions."""
    items: list[Json] = []
    for place in slot.places.values():
        if place.enabled or whole:
            items += _written(place, whole)
    return [*items, *slot.strays]


def _written(place: Place, whole: bool) -> Iterator[Json]:
    item = place.item
    if item.is_group:
        for slot in place.slots:
            inner = written(slot, whole=whole)
            if inner or slot.raw or (whole and len(place.slots) > 1):
                yield {"linkId": item.link_id, **slot.raw, **({"item": inner} if inner else {})}
        return
    answers: list[Json] = []
    for slot in place.slots:
        inner = written(slot, whole=whole)
        if slot.raw or inner:
            answers.append({**slot.raw, **({"item": inner} if inner else {})})
    if answers or place.raw is not None:
        yield {"linkId": item.link_id, **(place.raw or {}), **({"answer": answers} if answers else {})}
