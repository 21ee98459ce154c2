"""What is wrong with a county's forms, each fault with its file and line: texts, names, scores, outcomes, examples.

What no form may have stands in `soundness`; here is what ours keep besides. `luotsi check` tells all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from luotsi.concepts.checking.judge import suggestion
from luotsi.concepts.expressions import ExpressionError, fits, names, parse, type_of
from luotsi.concepts.reading import County, Fault
from luotsi.concepts.records import Label
from luotsi.forms import content, examples, soundness
from luotsi.forms.content import URL, Form, line_of, read_forms
from luotsi.forms.elements import primary, translations
from luotsi.forms.naming import CLASS, Names
from luotsi.forms.outcomes import SLOT
from luotsi.forms.records import URGENCIES
from luotsi.forms.wire import Json

NAME = re.compile(r"[a-z][a-z0-9_]*")
LANGUAGES = ("fi", "sv", "en")
Progress = Callable[[int, int, str], None]


def check(county: County, progress: Progress | None = None) -> tuple[dict[str, Form], list[Fault]]:
    """The forms of a county, and every fault of theirs; the examples of a faulty form wait until it is mended."""
    forms, faults = read_forms(county)
    for done, form in enumerate(forms.values()):
        if progress is not None:
            progress(done, len(forms), form.name)
        faults += check_form(form, county)
    return forms, sorted(set(faults))


def check_form(form: Form, county: County) -> list[Fault]:
    """Every fault of one form."""
    judge = _Judge(form, county)
    judge.head()
    judge.questions()
    judge.computed()
    if not judge.faults:
        for place, sentence in examples.failing(form):
            judge.record(("examples", place), sentence, "Mend the form or the example")
    return judge.faults


@dataclass
class _Judge:
    form: Form
    county: County
    faults: list[Fault] = field(default_factory=list[Fault])

    def record(self, path: tuple[str | int, ...], what: str, right: str) -> None:
        """Notes a fault of form.yaml."""
        while path and path not in self.form.lines:
            path = path[:-1]
        self.faults.append(Fault(str(self.form.files[0]), self.form.lines.get(path, 1), what, right))

    def asked(self, sentence: str) -> None:
        """Notes a fault of questionnaire.json."""
        path = self.form.files[1]
        line = line_of(path, sentence) if path.exists() else 1
        self.faults.append(Fault(str(path), line, *content.told(sentence)))

    def head(self) -> None:
        """Names, versions, code lists and the texts of the record."""
        record, questions = self.form.record, self.form.questionnaire
        if questions.url != URL + record.form:
            self.asked(f"The url is {questions.url or 'missing'}. Write {URL}{record.form}.")
        if questions.version != record.version:
            what = f"the version is {record.version} but that of the questionnaire {questions.version or 'missing'}"
            self.record(("version",), what, "Write the same version in both")
        if questions.language != "fi":
            self.asked("The main language is not Finnish. Write language fi, and Swedish and English as translations.")
        instruments = self.county.codes.get("instrument")
        if instruments is not None and record.instrument not in instruments.rows:
            what = f"there is no {record.instrument} in code list instrument"
            self.record(("instrument",), what, suggestion(record.instrument, instruments.rows))
        for place, name in enumerate(record.confidential):
            if name not in questions.by_name:
                self.record(("confidential", place), f"there is no item {name}", suggestion(name, questions.by_name))
        for word in ("owner", "source", "licence"):
            if not getattr(record, word).strip():
                self.record((word,), f"{word} is empty", "Write it")
        for word in ("label", "about"):
            self.label((word,), getattr(record, word))
        if not record.examples:
            self.record((), "there are no examples", "Add worked examples: answers, and what they give")

    def label(self, path: tuple[str | int, ...], label: Label) -> None:
        """A text has to stand in all three languages."""
        for language in LANGUAGES:
            if not getattr(label, language).strip():
                self.record((*path, language), f"{'.'.join(map(str, path))}.{language} is empty", "Write it")

    def questions(self) -> None:
        """What a person reads in three languages, and linkIds that can be names."""
        form = self.form.questionnaire
        for sentence in soundness.warnings(form, self.form.lists):
            self.asked(sentence)
        self.texts("The form", form.raw, "title", "description")
        for item in form.every():
            if not NAME.fullmatch(item.link_id):
                self.asked(f"{item.place}: the linkId is no name. Use lower-case letters, digits and underscores.")
            self.texts(item.place, item.raw, "text", "prefix")
            for option in item.options:
                coding = option.raw.get("valueCoding")
                self.texts(item.place, coding if isinstance(coding, dict) else option.raw, "display", "valueString")
            for constraint in item.constraints:
                for each in constraint.raw.get("extension", []):
                    if each.get("url") == "human":
                        self.texts(item.place, each, "valueString", "valueMarkdown")

    def texts(self, place: str, element: Json, *keys: str) -> None:
        """Texts of an element have to be translated; what has no letters need not be."""
        for key in keys:
            text = element.get(key)
            if not isinstance(text, str) or not re.search(r"[^\W\d_]{2}", text):
                continue
            known = {primary(self.form.questionnaire.language), *translations(element, key)}
            for language in LANGUAGES:
                if language not in known:
                    self.asked(f"{place}: {text[:40]!r} has no {language}. Add the translation.")

    def computed(self) -> None:
        """Scores and outcomes: names, types, classes, urgencies, what texts refer to."""
        known: Names = dict(self.form.names)
        for name, score in self.form.record.scores.items():
            path = ("scores", name)
            if (name, None) in known:
                self.record(path, f"the name {name} is an item's too", "Name the score otherwise")
            self.label((*path, "label"), score.label)
            found = self.expression((*path, "value"), score.value, known)
            known[name, None] = found
            known[CLASS, name] = "code"
            self.classes(path, found)
        known_urgencies = [each.urgency for each in self.form.record.urgencies or URGENCIES]
        taken: list[str] = []
        for place, outcome in enumerate(self.form.record.outcomes):
            path = ("outcomes", place)
            if outcome.outcome in taken:
                self.record(path, f"the outcome {outcome.outcome} stands twice", "Give each its own name")
            taken.append(outcome.outcome)
            self.expression((*path, "when"), outcome.when, known, "boolean")
            if outcome.urgency is not None and outcome.urgency not in known_urgencies:
                what = f"there is no urgency {outcome.urgency}"
                self.record((*path, "urgency"), what, suggestion(outcome.urgency, known_urgencies))
            for word in ("action", "reason"):
                self.label((*path, word), getattr(outcome, word))
                self.slots((*path, word), getattr(outcome, word), known)
        self.queues()

    def queues(self) -> None:
        """Queues that outcomes name have to be there, where the county has any; none where no one is signed in."""
        for item in self.form.questionnaire.every() if self.form.record.by_link else ():
            if item.type == "attachment":
                self.asked(f"{item.place}: a file is asked, and the form is answered by a link. Take the item away.")
        queues = self.county.queues
        for place, outcome in enumerate(self.form.record.outcomes):
            if self.form.record.by_link and (outcome.queue or outcome.stop):
                what = f"{outcome.outcome} has a queue or a red flag, and the form is answered by a link"
                self.record(("outcomes", place), what, "No one is known there: take either away")
            if outcome.queue is not None and outcome.queue not in queues:
                what = f"there is no queue {outcome.queue}"
                self.record(("outcomes", place, "queue"), what, suggestion(outcome.queue, queues))

    def classes(self, path: tuple[str | int, ...], found: str) -> None:
        """The classes of a score: numbers in rising order, or the texts that it can give."""
        name = str(path[-1])
        classes = self.form.record.scores[name].classes
        limits = [each.since for each in classes]
        if found in ("integer", "decimal"):
            known = [each for each in limits if each is not None]
            if len(known) < len(limits):
                self.record((*path, "classes"), f"a class of {name} has no from", "Say from which number it holds")
            if known != sorted(set(known)):
                self.record((*path, "classes"), f"the classes of {name} do not rise", "Order them by from")
        elif found != "any" and any(each is not None for each in limits):
            self.record((*path, "classes"), f"{name} is a text, so its classes have no from", "Name the classes only")
        for place, each in enumerate(classes):
            self.label((*path, "classes", place, "label"), each.label)

    def slots(self, path: tuple[str | int, ...], label: Label, known: Names) -> None:
        """What a text refers to in braces has to be a name."""
        for language in LANGUAGES:
            for word in SLOT.findall(getattr(label, language)):
                name, _, part = word.partition(".")
                if (name, None) not in known or (part and (part, name) not in known):
                    what = f"the text speaks of {{{word}}}, which is no answer or score"
                    self.record((*path, language), what, suggestion(name, [each for each, table in known if not table]))

    def expression(self, path: tuple[str | int, ...], text: str, known: Names, wanted: str | None = None) -> str:
        """Judges an expression, and gives its type."""

        def resolve(name: str, table: str | None) -> str | None:
            return known.get((name, table))

        try:
            tree = parse(text)
            for sentence, right in self.unknown(dict.fromkeys(names(tree)), known):
                self.record(path, sentence, right)
            found = type_of(tree, resolve)
        except ExpressionError as error:
            if not str(error).startswith("there is no attribute"):
                self.record(path, str(error), "Mend the expression; docs/reference/functions.md says what it can hold")
            return "any"
        if wanted is not None and not fits(found, wanted):
            self.record(path, f"{text!r} is {found}", f"It has to be {wanted}")
        return found

    def unknown(self, asked: Any, known: Names) -> Iterator[tuple[str, str]]:
        """The names of an expression that are none, and what would be right."""
        for name, table in asked:
            if (name, table) in known:
                continue
            word = f"{table}.{name}" if table else name
            item = self.form.questionnaire.by_name.get(table or name)
            if table is None and item is not None:
                yield (
                    f"{word} can stand many times or has no value, so it is no name",
                    "Calculate it in an item of its own",
                )
            else:
                near = [each for each, holder in known if holder == table]
                yield f"there is no answer or score {word}", suggestion(name, near)
