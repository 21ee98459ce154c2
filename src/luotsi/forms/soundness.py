"""What is wrong with a form that can be read all the same: sentences for its builder, each with the item's place.

What cannot be read at all is refused by `questionnaire`. What our own forms have to keep besides stands in `content`.
"""

from __future__ import annotations

from collections.abc import Iterator

from luotsi.forms import paths
from luotsi.forms.calculating import FHIRPATH
from luotsi.forms.elements import extensions, part, typed
from luotsi.forms.items import CHOICES, Expression, Item
from luotsi.forms.lists import Lists
from luotsi.forms.problems import is_pattern
from luotsi.forms.questionnaire import Questionnaire

GIVEN = {"resource", "questionnaire", "context", "qitem", "rootResource", "ucum", "loinc", "sct"}
OPERATORS = {"=", "!=", ">", "<", ">=", "<=", "exists"}


def warnings(form: Questionnaire, lists: Lists | None = None) -> tuple[str, ...]:
    """Everything that will not work as its builder meant."""
    found = [f"An item (linkId {each}) stands twice. Give each item its own linkId." for each in form.doubled]
    if not form.items:
        found.append("The form has no items. Add some.")
    for where, each, known in expressions(form):
        found += _expression(where, each, known)
    for item in form.every():
        found += _item(form, item, lists or Lists())
    return tuple(dict.fromkeys(found))


def expressions(form: Questionnaire) -> Iterator[tuple[str, Expression, set[str]]]:
    """Every expression: where it stands, and the names it may use."""
    known = {*GIVEN, *form.contexts, *_queried(form)}
    root = known | {each.name for each in form.variables}
    for each in (*form.variables, *(each.expression for each in form.constraints)):
        yield "The form", each, root
    for item in form.every():
        above = [form.by_name[name] for name in item.above]
        names = root | {each.name for holder in (*above, item) for each in holder.variables}
        own = (item.enable, item.initially, item.calculated, item.answers)
        for each in (*own, *item.variables, *(each.expression for each in item.constraints)):
            if each is not None:
                yield item.place, each, names


def _queried(form: Questionnaire) -> Iterator[str]:
    """Names of bundles that queries to a server would give."""
    for each in extensions(form.raw, "sourceQueries"):
        found = typed(each)
        if found and isinstance(found[1], dict):
            yield str(found[1].get("reference", "")).removeprefix("#")
    for each in extensions(form.raw, "launchContext"):
        yield str(part(each, "name"))


def _expression(where: str, each: Expression, known: set[str]) -> Iterator[str]:
    if each.language != FHIRPATH:
        yield f"{where}: an expression in {each.language} is not run; what it would give is empty."
        return
    try:
        path = paths.read(each.text)
    except paths.PathError as error:
        yield f"{where}: {error}. Mend the expression."
        return
    for name in sorted(path.names - known):
        if not name.startswith(tuple(paths.ADDRESSES)):
            yield f"{where}: %{name} is declared nowhere, so it is empty. Declare it as a variable or launch context."


def _item(form: Questionnaire, item: Item, lists: Lists) -> Iterator[str]:
    place = item.place
    for each in item.conditions:
        if each.question not in form.by_name:
            yield f"{place}: enableWhen asks {each.question}, which is no item. Mend the linkId."
        if each.operator not in OPERATORS:
            yield f"{place}: enableWhen has the operator {each.operator!r}. It can be {', '.join(sorted(OPERATORS))}."
    hides = next((each for each in (item, *(form.by_name[name] for name in item.above)) if each.hidden), None)
    filled = item.calculated or item.initially or item.initial or any(each.initial for each in item.options)
    if item.is_question and item.required and hides is not None and not filled:
        yield f"{place} is required but hidden, and nothing fills it. It is never waited for; show it or fill it."
    if item.is_question and item.required and item.read_only and not filled:
        yield f"{place} is required but read-only, and nothing fills it. It is never waited for."
    yield from _shape(item)
    if item.type in CHOICES and item.value_set and not item.options and item.answers is None:
        if lists.options(form, item) is None:
            yield f"{place}: the value set {item.value_set} is not known here, so any text can be the answer."
    elif item.type == "choice" and not item.options and item.answers is None:
        yield f"{place} has no answers to choose from. Add answerOption or answerValueSet."


def _shape(item: Item) -> Iterator[str]:
    limits = item.limits
    if item.is_display and item.items:
        yield f"{item.place} is a text but holds items. Make it a group."
    if item.is_group and item.initial:
        yield f"{item.place} is a group but has an initial value. Move it to a question."
    if limits.pattern and not is_pattern(limits.pattern):
        yield f"{item.place}: the pattern {limits.pattern!r} is no regular expression, so it is not tried."
    pairs = ((limits.min_occurs, limits.max_occurs), (limits.min_length, limits.max_length))
    if any(least is not None and most is not None and least > most for least, most in pairs):
        yield f"{item.place}: the least is more than the most, so no answer fits."
    if any(not each.text("") for each in item.options):
        yield f"{item.place} has an option without code and display. Name it."
    if not item.raw.get("text") and not item.raw.get("prefix") and not item.is_group and not item.hidden:
        yield f"{item.place} has no text. Write what is asked."
