"""Takes what a page sent into the answers, so that nothing of anyone's is lost.

A page says by its revision which answers it was drawn from. What has changed since then under its hands, and differs
from what it sends, is a conflict: the person chooses. Rows are written in actions.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.forms.filling import Filling
from luotsi.forms.items import Item
from luotsi.forms.problems import Problem
from luotsi.forms.showing import Shown
from luotsi.web.assessments.drawn import OTHER
from luotsi.web.assessments.models import LONGEST

FIELD = "q-"
"""What the name of each field of a form begins with; after it comes the path."""
OWN = "o-"
"""The same of the field for an answer of one's own beside options."""
KEEP = "keep-"
"""The same of the choice between two answers: `mine` or `saved`."""

Texts = dict[str, list[str]]
"""Path -> the texts of its field."""


@dataclass(frozen=True)
class Conflict:
    """Two answers to one question: the one that was saved meanwhile, and the one that this page sent."""

    path: str
    question: str
    mine: tuple[str, ...]
    saved: tuple[str, ...]
    mine_said: str
    saved_said: str


@dataclass
class Taken:
    """What became of what a page sent."""

    before: Texts = field(default_factory=Texts)
    """Path -> the answer as it was, for each that has changed."""
    typed: Texts = field(default_factory=Texts)
    """What was sent and could not be kept."""
    problems: list[Problem] = field(default_factory=list[Problem])
    conflicts: list[Conflict] = field(default_factory=list[Conflict])


def texts(pairs: Mapping[str, list[str]]) -> Texts:
    """The texts of the form's fields among all that was posted; an answer of one's own is one of its question's."""
    found: Texts = {}
    pairs = {name: values for name, values in pairs.items() if "\x00" not in name}
    for name, values in pairs.items():
        if name.startswith(FIELD):
            found[name.removeprefix(FIELD)] = [_clean(each) for each in values if each.strip() and each != OTHER]
    for name, values in pairs.items():
        path = name.removeprefix(OWN)
        own = [_clean(each) for each in values if each.strip()] if name.startswith(OWN) else []
        if own:
            chosen = OTHER in pairs.get(FIELD + path, ())
            found[path] = [*found.get(path, []), *own] if chosen or not found.get(path) else found[path]
    return found


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "")


def take(
    filling: Filling,
    sent: Mapping[str, list[str]],
    bases: Mapping[str, list[str]],
    chosen: Mapping[str, str],
    language: str,
    seen: Filling | None = None,
) -> Taken:
    """Sets what was sent. `bases`: path -> the answer that the page was drawn from, for those changed since then.

    `chosen`: path -> mine or saved, as the person has chosen between two answers. `seen`: the same answers as far as
    the sender may see them, where that is not all: nothing else is set, or told back.
    """
    taken = Taken()
    seen = seen or filling
    known = {each.path: each for top in seen.shown(language) for each in top.every()}
    wanted: Texts = {}
    for path, texts in sent.items():
        item = item_of(seen, path)
        if seen is not filling and path not in known:
            continue
        if item is None or item.hidden or item.read_only or item.calculated or not item.is_question:
            continue
        mine = texts if item.repeats else texts[:1]
        shown = known.get(path)
        if _same(mine, shown.keys if shown else ()) or chosen.get(path) == "saved":
            continue
        if path in bases and shown and chosen.get(path) != "mine":
            if not _same(mine, bases[path]):
                taken.conflicts.append(_conflict(shown, mine, language))
        elif any(len(each) > LONGEST for each in mine):
            taken.typed[path] = [each[:LONGEST] for each in mine]
            taken.problems.append(_too_long(path, item.link_id))
        else:
            wanted[path] = mine
    if not wanted:
        # a page that is turned has been saved already: nothing is to be computed anew
        return taken
    _set(filling, wanted, taken, language)
    after = {each.path: each.keys for top in filling.shown(language) for each in top.every()}
    for path in wanted:
        before = known[path].keys if path in known else ()
        if after.get(path, wanted[path]) != before and path not in taken.typed:
            taken.before[path] = list(before)
    return taken


def _set(filling: Filling, wanted: Texts, taken: Taken, language: str) -> None:
    """Sets answers at once; where a repetition has gone meanwhile one by one, and its answer is told as typed."""
    try:
        problems = filling.set_many(wanted, language)
    except UserError:
        problems = [each for path, mine in wanted.items() for each in _alone(filling, path, mine, language)]
    for problem in problems:
        taken.typed[problem.path] = wanted[problem.path]
        taken.problems.append(problem)


def _alone(filling: Filling, path: str, mine: list[str], language: str) -> list[Problem]:
    try:
        return filling.set(path, mine, language)
    except UserError as fault:
        return [Problem(path, path, str(fault))]


def item_of(filling: Filling, path: str) -> Item | None:
    """The item of a path, whichever repetition it stands in and whether it is asked now or not."""
    name = path
    while name not in filling.form.by_name:
        name, colon, last = name.rpartition(":")
        if not colon or not last.isdigit():
            return None
    return filling.form.by_name[name]


def _conflict(shown: Shown, mine: list[str], language: str) -> Conflict:
    words = {each.key: each.text(language) for each in shown.options or ()}
    said = ", ".join(words.get(each, each) for each in mine)
    return Conflict(shown.path, shown.text, tuple(mine), shown.keys, said, ", ".join(shown.said))


def _too_long(path: str, link_id: str) -> Problem:
    message = _(
        "This text is longer than %(most)d characters, so it was not saved. Shorten it; the other answers are safe."
    )
    return Problem(path, link_id, message % {"most": LONGEST})


def _same(one: Iterable[str], other: Iterable[str]) -> bool:
    return [_written(each) for each in one] == [_written(each) for each in other]


def _written(text: str) -> str:
    return text.strip().replace(",", ".")
