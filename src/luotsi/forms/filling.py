"""A form while it is being answered: what is asked now, what has been answered, what is missing or wrong.

The one door to the working state. How it computes stands in `calculating`, what a new one begins with in `populating`,
what an answer may be in `entry` and `problems`. Answers of disabled branches are kept, and are not in the response.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from luotsi.concepts.errors import UserError
from luotsi.forms import entry, populating, problems, tree
from luotsi.forms.calculating import Calculator, Picture, points_of, standing
from luotsi.forms.items import Constraint, Expression, Item, Option
from luotsi.forms.lists import Lists
from luotsi.forms.messages import message
from luotsi.forms.problems import Problem
from luotsi.forms.questionnaire import Questionnaire
from luotsi.forms.showing import Shown, Viewer, said
from luotsi.forms.tree import Place, Slot
from luotsi.forms.wire import Json

MOST_REPETITIONS = 200
"""Repetitions of a group that a person may add: more is a mistake or an attack."""


class Filling:
    """The working state of one response to a form."""

    def __init__(
        self,
        form: Questionnaire,
        kept: Json | None = None,
        *,
        lists: Lists | None = None,
        context: Mapping[str, Any] | None = None,
        observations: Sequence[Json] = (),
        now: datetime.datetime | None = None,
    ) -> None:
        """Begins a new response, or goes on with what `kept` gave (or any QuestionnaireResponse of the form).

        `context`: what is known, by the name expressions use: {"patient": a Patient}. `now`: what today() says.
        """
        self.form = form
        self._head = {key: value for key, value in (kept or {}).items() if key != "item"}
        self.root = tree.planted(form.items, (kept or {}).get("item", []))
        moment = now or datetime.datetime.now(entry.HERE)
        given = {**{name: [] for name in form.contexts}, **(context or {})}
        self._calculator = Calculator(form, lists or Lists(), given, moment)
        if kept is None:
            populating.begin(self._calculator, self.root, [self.root], observations)
        self._settle()

    def _settle(self) -> None:
        self._picture: Picture = self._calculator.settle(self.root)
        self._seen: dict[str, tuple[Shown, ...]] = {}

    # answering

    def set(self, path: str, values: Any, language: str = "fi") -> list[Problem]:
        """Answers a question: a value or several (see `entry.answers`), none to clear it. Gives what was wrong.

        A value that is no answer is kept out, and what was there before stays.
        """
        return self.set_many({path: values}, language)

    def set_many(self, answers: Mapping[str, Any], language: str = "fi") -> list[Problem]:
        """Answers several questions, then computes once. Raises UserError for a path that is not in the form."""
        wrong: list[Problem] = []
        for path, values in answers.items():
            place, _ = self._at(path)
            item = place.item
            if not item.is_question:
                raise UserError(f"{path} is no question, so it cannot be answered.")
            try:
                place.put(entry.answers(item, values, self.options(item, path)))
            except entry.Unreadable as error:
                wrong.append(Problem(path, item.link_id, message(str(error), language)))
        self._settle()
        return wrong

    def fill(self, answers: Mapping[str, Any], language: str = "fi") -> list[Problem]:
        """Answers by linkId: {"age": 50, "symptoms": ["fever"], "medicine": [{"name": "a"}, {"name": "b"}]}.

        A group that repeats has a list. Gives what was wrong; raises UserError for a linkId that is not in the form.
        """
        paths: dict[str, Any] = {}
        self._spread(answers, (), paths)
        return self.set_many(paths, language)

    def _spread(self, answers: Mapping[str, Any], positions: tuple[int, ...], paths: dict[str, Any]) -> None:
        for name, value in answers.items():
            item = self.form.by_name.get(name)
            if item is None:
                raise UserError(f"There is no {name} in this form. Give answers by linkId.")
            if item.is_group and isinstance(value, dict):
                value = [value]
            if not item.is_group:
                paths[joined(name, positions[: sum(self.form.by_name[each].counted for each in item.above)])] = value
                continue
            if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
                raise UserError(f"{name} is a group: give its answers by linkId, as a list if it repeats.")
            for at, each in enumerate(value):
                while item.repeats and len(self._at(joined(name, positions))[0].slots) <= at:
                    self.add(joined(name, positions))
                self._spread(each, (*positions, at) if item.repeats else positions, paths)

    def add(self, path: str) -> str:
        """Adds a repetition of a group, and gives its path. Raises UserError where there can be no more."""
        place, positions = self._group(path)
        most = min(place.item.limits.max_occurs or MOST_REPETITIONS, MOST_REPETITIONS)
        if len(place.slots) >= most:
            raise UserError(f"{path} can be repeated {most} times, and is.")
        place.slots.append(place.room())
        populating.begin(self._calculator, self.root, place.slots[-1:], ())
        self._settle()
        return joined(place.item.name, (*positions, len(place.slots) - 1))

    def remove(self, path: str) -> None:
        """Removes a repetition of a group; the last one is emptied."""
        place, at = self._repetition(path)
        del place.slots[at]
        if not place.slots:
            place.slots.append(place.room())
        self._settle()

    def move(self, path: str, by: int) -> None:
        """Moves a repetition of a group earlier (-1) or later (1)."""
        place, at = self._repetition(path)
        place.slots.insert(max(0, at + by), place.slots.pop(at))
        self._settle()

    # what there is

    def shown(self, language: str) -> tuple[Shown, ...]:
        """What a person sees now, in order: what is enabled and not hidden."""
        if language not in self._seen:
            self._seen[language] = Viewer(language, self.options).below(self.root, ())
        return self._seen[language]

    def find(self, path: str, language: str) -> Shown | None:
        """One item as it is shown now; None where it is not."""
        return next((each for top in self.shown(language) for each in top.every() if each.path == path), None)

    def options(self, item: Item, path: str) -> tuple[Option, ...] | None:
        """What can be chosen now: the options of the form, or what an answerExpression gives. None: not known here."""
        if item.answers is None:
            return self._calculator.options[item.name]
        place, _ = self._at(path)
        return self._picture.offered(item.answers, id(place))

    def every_answer(self) -> dict[str, list[Json]]:
        """The answers of every item by name, in all its repetitions, as far as it is asked now."""
        found: dict[str, list[Json]] = {}
        for place, _ in standing(self.root):
            if place.item.is_question:
                found.setdefault(place.item.name, []).extend(place.answers)
        return found

    def standing(self) -> Iterator[tuple[str, Item, list[Json]]]:
        """(path, question, its answers) of every question that is asked now, in order; hidden ones too."""
        for place, path in self._enabled(self.root, (), hidden=True):
            if place.item.is_question:
                yield path, place.item, place.answers

    def asked(self, name: str) -> bool:
        """Whether an item is enabled anywhere."""
        return any(place.item.name == name for place, _ in standing(self.root))

    def points(self, item: Item, answer: Json) -> Decimal | None:
        """The points of an answer: its own, or of the option that it is."""
        return points_of(item, answer, self._calculator.options[item.name])

    def said(self, name: str, answer: Json, language: str) -> str:
        """An answer as a person reads it."""
        item = self.form.by_name[name]
        return said(item, answer, language, self._calculator.options[name])

    @property
    def progress(self) -> tuple[int, int]:
        """(questions answered, questions asked) of those a person can answer now."""
        places = [place for place, _ in self._enabled(self.root, ()) if place.item.is_question]
        open_to_all = [place for place in places if not place.item.read_only and not place.item.calculated]
        return sum(bool(place.answers) for place in open_to_all), len(open_to_all)

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with the form itself, as met while computing; for its builder, never for who answers."""
        return tuple(self._calculator.faults)

    def problems(self, language: str, *, missing: bool = True) -> tuple[Problem, ...]:
        """What is wrong, and what is `missing`, among what a person sees; nothing hidden ever stands in the way."""
        found: list[Problem] = []
        for place, path in self._enabled(self.root, ()):
            if not place.item.read_only and not place.item.calculated:
                found += problems.of_place(place, path, self.options(place.item, path), language)
            for scope in (place, *(place.slots if place.item.is_group else ())):
                found += self._broken(place.item.constraints, id(scope), path, place.item.link_id, language)
        found += self._broken(self.form.constraints, id(self.root), "", "", language)
        return tuple(each for each in found if missing or each.kind == "wrong")

    def response(self, status: str = "completed", **more: Any) -> Json:
        """The QuestionnaireResponse, without what is disabled. `more`: id, subject, authored and the like."""
        head = {**self._head, **more, "resourceType": "QuestionnaireResponse", "status": status}
        if self.form.canonical:
            head.setdefault("questionnaire", self.form.canonical)
        return _ordered(head, tree.written(self.root, whole=False))

    def kept(self) -> Json:
        """All answers, those of disabled branches too: what is to be kept until the person goes on."""
        head = {"resourceType": "QuestionnaireResponse", "status": "in-progress", **self._head}
        if self.form.canonical:
            head.setdefault("questionnaire", self.form.canonical)
        return _ordered(head, tree.written(self.root, whole=True))

    def value(self, expression: str) -> list[Any]:
        """What a FHIRPath expression gives over the response as it stands."""
        return self._picture.run(Expression(expression), self._picture.scopes[id(self.root)])

    # where things stand

    def _enabled(self, slot: Slot, positions: tuple[int, ...], *, hidden: bool = False) -> Iterator[tuple[Place, str]]:
        """Every place that is asked, with its path. `hidden`: those too that a person does not see."""
        for place in slot.places.values():
            if not place.enabled or (place.item.hidden and not hidden):
                continue
            yield place, joined(place.item.name, positions)
            for at, each in enumerate(place.slots if place.item.items else ()):
                yield from self._enabled(each, (*positions, at) if place.item.counted else positions, hidden=hidden)

    def _broken(
        self, constraints: Sequence[Constraint], scope: int, path: str, link_id: str, language: str
    ) -> Iterator[Problem]:
        for each in constraints:
            found = self._picture.scopes.get(scope)
            if found is not None and self._picture.run(each.expression, found) == [False]:
                text = each.message(language, self.form.language) or message("constraint", language)
                yield Problem(path, link_id, text, "warning" if each.severity == "warning" else "error")

    def _at(self, path: str) -> tuple[Place, tuple[int, ...]]:
        """The place of an item, and the positions that led to it. Raises UserError where there is none."""
        name, positions = self._split(path)
        slot, left = self.root, list(positions)
        for above in self.form.by_name[name].above:
            place = slot.places[above]
            at = left.pop(0) if place.item.counted and left else 0
            if not 0 <= at < len(place.slots):
                raise UserError(f"There is no {path} in this form: {above} has {len(place.slots)} repetitions.")
            slot = place.slots[at]
        place = slot.places[name]
        if len(left) > (place.item.is_group and place.item.counted):
            raise UserError(f"There is no {path} in this form: {name} does not repeat so.")
        return place, positions

    def _split(self, path: str) -> tuple[str, tuple[int, ...]]:
        name, positions = path, list[int]()
        while name not in self.form.by_name:
            name, colon, last = name.rpartition(":")
            if not colon or not last.isdigit() or len(last) > 4:
                raise UserError(f"There is no {path} in this form.")
            positions.insert(0, int(last))
        return name, tuple(positions)

    def _group(self, path: str) -> tuple[Place, tuple[int, ...]]:
        place, positions = self._at(path)
        if not (place.item.is_group and place.item.repeats):
            raise UserError(f"{path} is no group that repeats.")
        depth = sum(self.form.by_name[each].counted for each in place.item.above)
        return place, positions[:depth]

    def _repetition(self, path: str) -> tuple[Place, int]:
        place, above = self._group(path)
        _, positions = self._split(path)
        at = positions[len(above)] if len(positions) > len(above) else -1
        if not 0 <= at < len(place.slots):
            raise UserError(f"There is no {path} in this form: it has {len(place.slots)} repetitions.")
        return place, at


def joined(name: str, positions: Sequence[int]) -> str:
    """A path: the name of an item, and the repetitions it stands in."""
    return ":".join((name, *map(str, positions)))


def _ordered(head: Json, items: list[Json]) -> Json:
    first = ("resourceType", "id", "meta", "language", "questionnaire", "status")
    rest = {key: value for key, value in head.items() if key not in first}
    return {**{key: head[key] for key in first if key in head}, **rest, **({"item": items} if items else {})}
