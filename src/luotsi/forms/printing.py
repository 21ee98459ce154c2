"""A form as plain text for paper: every item with its options or its answers. Pages are laid out by the web half."""

from __future__ import annotations

from collections.abc import Iterator

from luotsi.forms.filling import Filling
from luotsi.forms.items import Item, Option
from luotsi.forms.lists import Lists
from luotsi.forms.questionnaire import Questionnaire
from luotsi.forms.showing import Shown

LINE = "_" * 24
MANY = 60
"""Options of a longer list are not printed: they are chosen by search."""


def blank(form: Questionnaire, language: str, lists: Lists | None = None) -> str:
    """The empty form, every item and option of it that is not hidden, whatever it depends on."""
    lines = [form.title(language), *_about(form, language), ""]
    for item in form.items:
        lines += _item(form, item, language, lists or Lists(), 0)
    return "\n".join(lines).rstrip() + "\n"


def answered(filling: Filling, language: str) -> str:
    """What has been asked, and the answers."""
    lines = [filling.form.title(language), ""]
    for each in filling.shown(language):
        lines += _shown(each, 0)
    return "\n".join(lines).rstrip() + "\n"


def _about(form: Questionnaire, language: str) -> list[str]:
    about = form.description(language)
    return ["", about] if about else []


def _item(form: Questionnaire, item: Item, language: str, lists: Lists, depth: int) -> Iterator[str]:
    if item.hidden or item.aside:
        return
    margin = "  " * depth
    mark = " *" if item.required and item.is_question else ""
    yield f"{margin}{_heading(item.prefix(language), item.text(language) or item.link_id)}{mark}"
    help_text = item.help(language)
    yield from (f"{margin}  ({line})" for line in help_text.splitlines())
    if item.is_question:
        yield from (f"{margin}  {line}" for line in _room(item, lists.options(form, item), language))
    for child in item.items:
        yield from _item(form, child, language, lists, depth + 1)
    if not depth or item.is_group:
        yield ""


def _room(item: Item, options: tuple[Option, ...] | None, language: str) -> Iterator[str]:
    """The room for an answer."""
    box = "[ ]" if item.repeats else "( )"
    if options and len(options) <= MANY:
        yield from (f"{box} {_heading(each.prefix, each.text(language))}" for each in options)
        if item.open:
            yield f"{box} {LINE}"
    else:
        yield f"{LINE} {item.unit(language)}".rstrip()


def _shown(each: Shown, depth: int) -> Iterator[str]:
    margin = "  " * depth
    unit = f" {each.unit}" if each.unit and "valueQuantity" not in (each.answers or ({},))[0] else ""
    answer = ", ".join(f"{said}{unit}" for said in each.said)
    text = _heading(each.prefix, each.text or each.item.link_id)
    yield f"{margin}{text}" + (f": {answer or '-'}" if each.item.is_question else "")
    for part in each.parts:
        for child in part.children:
            yield from _shown(child, depth + 1)
        if len(each.parts) > 1:
            yield ""


def _heading(prefix: str, text: str) -> str:
    return f"{prefix} {text}".strip()
