"""What a page of a form shows: which questions stand on which page, and how each is drawn. Knows no request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from luotsi.forms.problems import Problem
from luotsi.forms.showing import Part, Shown

FEW = 8
"""So many options are shown at once; more are folded into a list."""
OTHER = "~other"
"""What stands for an answer of one's own where one may be written beside the options."""
WHOLE = "all"
"""The page that shows the whole form."""
INPUTS = {
    "integer": ("text", "numeric"),
    "decimal": ("text", "decimal"),
    "quantity": ("text", "decimal"),
    "date": ("date", ""),
    "dateTime": ("datetime-local", ""),
    "time": ("time", ""),
    "url": ("url", "url"),
    "string": ("text", ""),
}
"""Type of a question -> the type of its input and the keyboard that a phone shows."""


@dataclass(frozen=True)
class Page:
    """One page of a form: the path by which its address names it, its title, its questions."""

    path: str
    title: str
    shown: tuple[Shown, ...]

    def paths(self) -> frozenset[str]:
        """The paths of all that stands on it."""
        return frozenset(each.path for top in self.shown for each in top.every())


@dataclass(frozen=True)
class Choice:
    """One option of a question as it is drawn."""

    key: str
    text: str
    chosen: bool
    prefix: str = ""


@dataclass(frozen=True)
class Answered:
    """What a field holds that is not kept: as typed and impossible, or too long; and why."""

    texts: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Drawn:
    """One question, group or text as the template draws it. `kind` names the template's way."""

    kind: str
    path: str
    label: str
    prefix: str
    help: str
    required: bool
    read_only: bool
    said: str
    value: str = ""
    choices: tuple[Choice, ...] = ()
    other: str | None = None
    """The text of one's own where one may be written, None where not."""
    type: str = "text"
    mode: str = ""
    unit: str = ""
    longest: int | None = None
    least: str = ""
    most: str = ""
    step: str = ""
    problems: tuple[str, ...] = ()
    parts: tuple[tuple[Part, tuple[Drawn, ...]], ...] = ()
    repeats: bool = False
    can_add: bool = False
    level: int = 2


def pages(shown: Sequence[Shown], title: str) -> list[Page]:
    """The pages of a form: groups marked as pages, without any every top-level group; what lies between together."""
    marked = any("page" in each.item.controls for each in shown)
    found: list[Page] = []
    loose: list[Shown] = []
    for each in shown:
        if each.item.is_group and ("page" in each.item.controls or not marked):
            if loose:
                found.append(Page(loose[0].path, "", tuple(loose)))
                loose = []
            found.append(Page(each.path, each.text, (each,)))
        else:
            loose.append(each)
    if loose:
        found.append(Page(loose[0].path, "", tuple(loose)))
    return found or [Page("", title, ())]


def drawn(shown: Sequence[Shown], language: str, answered: Answered, *, level: int = 2) -> tuple[Drawn, ...]:
    """How a page's questions are drawn; headings of groups begin at `level`."""
    told: dict[str, list[str]] = {}
    for problem in answered.problems:
        told.setdefault(problem.path, []).append(problem.message)
    drawing = _Drawing(language, answered.texts, told)
    return tuple(drawing.drawn(each, level) for each in shown)


@dataclass(frozen=True)
class _Drawing:
    """What holds for each question of a page: the language, what was typed and not kept, what is wrong."""

    language: str
    typed: Mapping[str, Sequence[str]]
    told: Mapping[str, list[str]]

    def drawn(self, shown: Shown, level: int) -> Drawn:
        """One question with all below it."""
        item = shown.item
        keys = tuple(self.typed.get(shown.path, shown.keys))
        deeper = level + 1 if item.is_group and shown.text else level
        input_type, mode = INPUTS.get(item.type, ("text", ""))
        options = shown.options or ()
        own = [key for key in keys if key not in {option.key for option in options}]
        return Drawn(
            kind=_kind(shown),
            path=shown.path,
            label=shown.text,
            prefix=shown.prefix,
            help=shown.help,
            required=shown.required,
            read_only=shown.read_only,
            said=", ".join(shown.said),
            value=_value(item.type, keys[0]) if keys else "",
            choices=tuple(
                Choice(each.key, each.text(self.language), each.key in keys, each.prefix) for each in options
            ),
            other=(own[0] if own else "") if item.open and options else None,
            type=input_type,
            mode=mode,
            unit=shown.unit,
            longest=item.limits.max_length,
            least=_plain(item.limits.least),
            most=_plain(item.limits.most),
            step=_plain(item.step),
            problems=tuple(self.told.get(shown.path, ())),
            parts=tuple((part, tuple(self.drawn(each, deeper) for each in part.children)) for part in shown.parts),
            repeats=item.repeats and item.is_group,
            can_add=shown.can_add,
            level=min(level, 6),
        )


def _kind(shown: Shown) -> str:
    item = shown.item
    if item.is_group:
        return "group"
    if item.is_display:
        return "display"
    if shown.read_only:
        return "said"
    if item.type == "boolean":
        return "boolean"
    if item.type == "attachment":
        return "attachment"
    if shown.options:
        if item.repeats:
            return "check"
        folded = "drop-down" in item.controls or "autocomplete" in item.controls
        return "select" if folded or (len(shown.options) > FEW and "radio-button" not in item.controls) else "radio"
    if "slider" in item.controls and item.limits.least is not None and item.limits.most is not None:
        return "slider"
    return "long" if item.type == "text" or "text-area" in item.controls else "input"


def _plain(value: object) -> str:
    return "" if value is None or isinstance(value, dict) else str(value)


def _value(kind: str, key: str) -> str:
    """A kept value as the input of its type takes it: local time without a zone, the hour without seconds."""
    if kind == "dateTime":
        return key[:16]
    return key[:5] if kind == "time" else key
