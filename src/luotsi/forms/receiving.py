"""A response made elsewhere: what is wrong with it as an answer to a form, beside what is wrong with its answers.

A person who fills a form here is told by `filling`; that an older version asked other things is no fault of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator

from luotsi.concepts.errors import UserError
from luotsi.forms.filling import Filling
from luotsi.forms.lists import Lists
from luotsi.forms.problems import Problem, of_place
from luotsi.forms.questionnaire import Questionnaire
from luotsi.forms.shapes import misshapen
from luotsi.forms.tree import Place, Slot
from luotsi.forms.wire import Json


def received(form: Questionnaire, response: Json, lists: Lists, language: str) -> tuple[Filling, tuple[Problem, ...]]:
    """The response as a working state, and everything that is wrong with it. Raises UserError if it is no response."""
    fault = misshapen(response)
    if fault:
        raise UserError(fault)
    asked = str(response.get("questionnaire", "")).partition("|")[0]
    found: list[Problem] = []
    if asked and form.url and asked != form.url:
        found.append(Problem("", "", f"The response answers {asked}, and this is {form.url}."))
    page = Filling(form, response, lists=lists)
    found += _below(page, page.root, language)
    found += page.problems(language)
    return page, tuple(dict.fromkeys(found))


def _below(page: Filling, slot: Slot, language: str) -> Iterator[Problem]:
    for stray in slot.strays:
        link = str(stray.get("linkId"))
        yield Problem(link, link, f"The form has no item {link} here.")
    for place in slot.places.values():
        yield from _place(page, place, language)
        for each in place.slots:
            yield from _below(page, each, language)


def _place(page: Filling, place: Place, language: str) -> Iterator[Problem]:
    item = place.item
    if place.slots and not place.enabled and (place.answers or any(each.raw for each in place.slots)):
        yield Problem(item.name, item.link_id, f"{item.link_id} is answered, but not asked with these answers.")
    if (item.is_display and place.slots) or any("answer" in each.raw for each in place.slots):
        yield Problem(item.name, item.link_id, f"{item.link_id} is no question, but has an answer.")
    if item.is_question and "item" in (place.raw or {}):
        yield Problem(
            item.name, item.link_id, f"{item.link_id} holds items beside its answers. Put them under an answer."
        )
    if place.enabled and item.is_question and place.answers:
        yield from of_place(place, item.name, page.options(item, item.name), language)
