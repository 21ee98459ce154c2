"""Forms and responses with anything anywhere: a sentence, or a form that works; never a crash."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from luotsi.concepts.errors import UserError
from luotsi.forms import comparing, questionnaire, soundness, trial, wire
from luotsi.forms.lists import Lists, resources
from luotsi.forms.receiving import received
from luotsi.forms.tests.questions import choice, constraint, expression, extension, form, item, when

LIST = {
    "resourceType": "ValueSet",
    "id": "vs",
    "url": "urn:vs",
    "compose": {"include": [{"system": "urn:s", "concept": [{"code": "a", "display": "A"}], "valueSet": ["urn:vs"]}]},
    "expansion": {"contains": [{"code": "a", "contains": [{"code": "b"}]}]},
}
UNIT = extension("questionnaire-unit", valueCoding={"code": "kg"})
FORM = form(
    {**choice("a", "x", "y", weights=(0, 1), code=[{"code": "1"}]), "item": [item("under")]},
    item(
        "b",
        "group",
        item("c", "decimal", extension=[UNIT]),
        repeats=True,
        enableWhen=[when("a", answerCoding={"code": "x"})],
    ),
    item("d", "choice", answerValueSet="#vs", initial=[{"valueCoding": {"code": "a"}}]),
    item(
        "e",
        "quantity",
        initial=[{"valueQuantity": {"value": 1}}],
        extension=[expression("calculatedExpression", "1 'kg'")],
    ),
    extension=[expression("variable", "1", name="v"), constraint("true", "Fine")],
    contained=[LIST],
).raw
RESPONSE = {
    "resourceType": "QuestionnaireResponse",
    "questionnaire": "urn:test|1",
    "item": [
        {
            "linkId": "a",
            "answer": [{"valueCoding": {"code": "x"}, "item": [{"linkId": "under", "answer": [{"valueString": "u"}]}]}],
        },
        {"linkId": "b", "item": [{"linkId": "c", "answer": [{"valueDecimal": 1}]}]},
        {"linkId": "e", "answer": [{"valueQuantity": {"value": 1, "code": "kg"}}]},
    ],
}
JUNK = [None, [], {}, "x", 3, True, [3], [None], {"a": 1}, -1, "%x", ""]


def places(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from places(value, (*path, key))


def broken(draw: Any, whole: dict[str, Any]) -> dict[str, Any]:
    """A copy with one to three places changed to anything, or gone."""
    made = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(sorted(places(made), key=repr)))
        at: Any = made
        for each in path[:-1]:
            at = at[each]
        if isinstance(at, dict) and draw(st.integers(0, 3)) == 0:
            del at[path[-1]]
        elif path != ("resourceType",):
            at[path[-1]] = copy.deepcopy(draw(st.sampled_from(JUNK)))
    return made


def attempted(make: Callable[..., Any], *given: Any) -> tuple[Any, str]:
    """What is made, or None and the sentence that refuses it."""
    try:
        return make(*given), ""
    except UserError as error:
        return None, str(error)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_form_with_anything_anywhere_is_refused_in_a_sentence_or_works(data: Any) -> None:
    raw = broken(data.draw, FORM)
    read, said = attempted(questionnaire.read, raw)
    assert not said or said.endswith(".")
    if read is None:
        return
    lists = Lists(resources([raw]))
    soundness.warnings(read, lists)
    trial.renders(read, lists)
    assert trial.round_trips(read, lists) == []
    trial.answered(read, lists).problems("fi")
    assert comparing.changes(read, read) == ()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_response_with_anything_anywhere_is_refused_in_a_sentence_or_told_what_is_wrong(data: Any) -> None:
    raw = broken(data.draw, RESPONSE)
    read = questionnaire.read(FORM)
    found, said = attempted(received, read, raw, Lists(), "fi")
    assert not said or said.endswith(".")
    if found is None:
        return
    page, _ = found
    page.shown("fi")
    wire.dumps(page.response())
    page.fill({"a": "y", "d": "a", "b": [{"c": 2}, {"c": 3}]})
    page.problems("en")
