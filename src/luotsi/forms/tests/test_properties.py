"""Random forms and answers: nothing crashes, nothing disabled is shown or sent, no answer is lost, order is kept."""

import datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from luotsi.forms import printing, wire
from luotsi.forms.filling import Filling
from luotsi.forms.items import Item
from luotsi.forms.tests.questions import HL7, choice, expression, form, item
from luotsi.forms.tree import Slot

KINDS = ("boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url", "quantity", "display")
CODES = ("a", "b", "c")
SOME = settings(max_examples=25, deadline=None)


@st.composite
def items(draw: st.DrawFn, links: list[str], depth: int = 0) -> dict[str, Any]:
    """An item whose conditions and expressions speak of any item, also of itself or none."""
    link = f"i{len(links)}"
    links.append(link)
    more: dict[str, Any] = {"repeats": draw(st.booleans()), "required": draw(st.booleans())}
    more["extension"] = extensions = []
    if draw(st.integers(0, 4)) == 0:
        extensions.append({"url": HL7 + "questionnaire-hidden", "valueBoolean": True})
    asked = f"i{draw(st.integers(0, 12))}"
    if draw(st.integers(0, 2)) == 0:
        operator = draw(st.sampled_from(["=", "!=", "exists", ">", "<="]))
        value = draw(st.sampled_from([{"answerCoding": {"code": "a"}}, {"answerInteger": 1}, {"answerString": "x"}]))
        condition = {"answerBoolean": draw(st.booleans())} if operator == "exists" else value
        more["enableWhen"] = [{"question": asked, "operator": operator, **condition}]
    if draw(st.integers(0, 7)) == 0:
        extensions.append(
            expression("enableWhenExpression", f"%resource.repeat(item).where(linkId='{asked}').exists()")
        )
    kind = draw(st.sampled_from((*KINDS, "group", "group", "choice", "open-choice")))
    inner = (
        [draw(items(links, depth + 1)) for _ in range(draw(st.integers(0, 3 if kind == "group" else 1)))]
        if depth < 3
        else []
    )
    if kind in ("choice", "open-choice"):
        return {**choice(link, *CODES, weights=(0, 1, 2), **more), "type": kind, **({"item": inner} if inner else {})}
    if kind in ("integer", "string") and draw(st.integers(0, 4)) == 0:
        extensions.append(expression("calculatedExpression", f"%resource.repeat(item).where(linkId='{asked}').count()"))
    return item(link, kind, *inner, **more)


@st.composite
def forms(draw: st.DrawFn) -> Any:
    links: list[str] = []
    return form(*(draw(items(links)) for _ in range(draw(st.integers(1, 4)))))


VALUES = st.one_of(
    st.sampled_from([*CODES, "", "1,5", "31.1.2026", "12.30", "true", "<script>", None, [], ["a", "b"], [None]]),
    st.integers(-5, 5),
    st.decimals(-100, 100, places=2),
    st.text(max_size=5),
    st.dates(datetime.date(1900, 1, 1)),
    st.sampled_from(
        [{"valueString": "x"}, {"valueCoding": {"code": "a"}}, {"valueQuantity": {"value": Decimal(1)}}, {"x": 1}]
    ),
)


def paths_of(filling: Filling) -> list[tuple[str, Item]]:
    found: list[tuple[str, Item]] = []

    def walk(slot: Slot, positions: tuple[int, ...]) -> None:
        for place in slot.places.values():
            found.append((":".join((place.item.name, *map(str, positions))), place.item))
            for at, each in enumerate(place.slots):
                walk(each, (*positions, at) if place.item.counted else positions)

    walk(filling.root, ())
    return found


def answers_in(response: dict[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def walk(each: dict[str, Any]) -> None:
        for answer in each.get("answer", []):
            found.append((each["linkId"], wire.dumps({key: value for key, value in answer.items() if key != "item"})))
            for inner in answer.get("item", []):
                walk(inner)
        for inner in each.get("item", []):
            walk(inner)

    for each in response.get("item", []):
        walk(each)
    return found


def acted(draw: Any, filling: Filling) -> None:
    """One thing a person does anywhere in the form, shown or not."""
    path, chosen = draw(st.sampled_from(paths_of(filling)))
    if chosen.is_question:
        filling.set(path, draw(VALUES))
    elif chosen.is_group and chosen.repeats:
        done = draw(st.sampled_from(["add", "remove", "move"]))
        if done == "add":
            filling.add(path)
        elif done == "remove":
            filling.remove(f"{path}:0")
        else:
            filling.move(f"{path}:0", 1)


@SOME
@given(forms(), st.data())
def test_random_forms_and_answers_never_crash_and_lose_nothing(questions: Any, data: Any) -> None:
    filling = Filling(questions)
    for _ in range(data.draw(st.integers(0, 8))):
        acted(data.draw, filling)
    kept = wire.loads(wire.dumps(filling.kept()))
    again = Filling(questions, kept)
    circle = any("never settle" in each for each in (*filling.faults, *again.faults))
    assert circle or again.kept() == filling.kept()
    assert circle or again.response() == filling.response()
    for language in ("fi", "en"):
        printing.answered(filling, language)
        assert printing.blank(questions, language)
        filling.problems(language)


@SOME
@given(forms(), st.data())
def test_what_is_disabled_or_hidden_is_never_shown_nor_waited_for(questions: Any, data: Any) -> None:
    filling = Filling(questions)
    for _ in range(data.draw(st.integers(0, 8))):
        acted(data.draw, filling)
    enabled = {path for path, _, _ in filling.standing()}
    shown = [each for top in filling.shown("fi") for each in top.every()]
    for each in shown:
        holders = (each.item, *(questions.by_name[name] for name in each.item.above))
        assert not any(holder.hidden for holder in holders)
        assert not each.item.is_question or each.path in enabled
    seen = {each.path for each in shown}
    assert {each.path for each in filling.problems("fi") if each.path} <= seen
    sent = {link for link, _ in answers_in(filling.response())}
    assert sent <= {path.partition(":")[0] for path in enabled}


@SOME
@given(st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=6), st.data())
def test_stopping_a_branch_takes_its_answers_out_of_the_response_and_starting_it_brings_them_back(
    words: list[str], data: Any
) -> None:
    branch = item(
        "g", "group", item("a"), repeats=True, enableWhen=[{"question": "q", "operator": "=", "answerBoolean": True}]
    )
    filling = Filling(form(item("q", "boolean"), branch, item("after")))
    filling.fill({"q": True, "g": [{"a": word} for word in words], "after": "x"})
    before = filling.response()
    filling.set("q", data.draw(st.sampled_from([False, None])))
    assert {link for link, _ in answers_in(filling.response())} <= {"q", "after"}
    resumed = Filling(filling.form, wire.loads(wire.dumps(filling.kept())))
    resumed.set("q", True)
    assert resumed.response() == before


@SOME
@given(st.lists(st.integers(0, 99), min_size=1, max_size=6), st.data())
def test_repetitions_keep_their_order_whatever_is_added_moved_or_removed(numbers: list[int], data: Any) -> None:
    filling = Filling(form(item("g", "group", item("n", "integer"), repeats=True)))
    filling.fill({"g": [{"n": each} for each in numbers]})
    model = list(numbers)
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(model) - 1))
        if data.draw(st.booleans()) and len(model) > 1:
            filling.remove(f"g:{at}")
            del model[at]
        else:
            filling.move(f"g:{at}", 1)
            model.insert(at + 1, model.pop(at))
    assert [wire.loads(value)["valueInteger"] for _, value in answers_in(filling.response())] == model
