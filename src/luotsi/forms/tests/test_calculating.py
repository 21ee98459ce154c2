import time
from decimal import Decimal

import pytest

from luotsi.forms.filling import Filling
from luotsi.forms.tests.questions import (
    answers_of,
    choice,
    constraint,
    expression,
    extension,
    form,
    item,
    page,
)

BMI = "(%weight / %height.power(2)).round(1)"


def bmi_form(**more: bool):
    variables = [
        expression("variable", "%resource.item.where(linkId='weight').answer.value", name="weight"),
        expression("variable", "item.where(linkId='height').answer.value / 100", name="height"),
    ]
    return form(
        item("weight", "decimal"),
        item("height", "decimal"),
        item("bmi", "decimal", extension=[expression("calculatedExpression", BMI)], **more),
        extension=variables,
    )


def test_a_calculated_answer_follows_its_variables() -> None:
    filling = Filling(bmi_form(readOnly=True))
    filling.set_many({"weight": "79,4", "height": 160})
    assert answers_of(filling.response())["bmi"] == [Decimal("31.0")]
    filling.set("weight", None)
    assert "bmi" not in answers_of(filling.response())


def test_an_answer_of_a_persons_own_stays_where_nothing_can_be_calculated() -> None:
    filling = Filling(bmi_form())
    filling.set("bmi", 25)
    assert answers_of(filling.response())["bmi"] == [25]
    filling.set_many({"weight": 80, "height": 200})
    assert answers_of(filling.response())["bmi"] == [20]
    filling.set("height", None)
    assert "bmi" not in answers_of(filling.response())


def test_calculations_that_wait_for_each_other_settle_whatever_their_order() -> None:
    def next_of(name: str, before: str) -> dict:
        text = f"%resource.item.where(linkId='{before}').answer.value + 1"
        return item(name, "integer", extension=[expression("calculatedExpression", text)])

    filling = page(next_of("d", "c"), next_of("c", "b"), next_of("b", "a"), item("a", "integer"))
    filling.set("a", 1)
    assert answers_of(filling.response()) == {"a": [1], "b": [2], "c": [3], "d": [4]}
    assert filling.faults == ()


def test_a_circle_of_calculations_ends_and_is_told_with_its_items() -> None:
    text = "%resource.item.where(linkId='{}').answer.value.sum() + 1"
    filling = page(
        item("a", "integer", extension=[expression("calculatedExpression", text.format("b"))]),
        item("b", "integer", extension=[expression("calculatedExpression", text.format("a"))]),
        item("c", "integer"),
    )
    filling.set("a", 1)
    assert any("never settle" in each and "a" in each for each in filling.faults)


def test_a_question_can_hang_on_a_calculated_answer() -> None:
    sum_of = "%resource.item.answer.weight().sum()"
    filling = page(
        choice("a", "no", "yes", weights=(0, 3)),
        choice("b", "no", "yes", weights=(0, 2)),
        item("points", "decimal", extension=[expression("calculatedExpression", sum_of)]),
        item(
            "more",
            extension=[expression("enableWhenExpression", "%resource.item.where(linkId='points').answer.value > 4")],
        ),
    )
    filling.set("a", "yes")
    assert not filling.asked("more")
    filling.set("b", "yes")
    assert answers_of(filling.response())["points"] == [5]
    assert filling.asked("more")


def test_weights_are_found_on_codings_options_and_in_contained_lists() -> None:
    weighted = {"code": "y", "extension": [extension("ordinalValue", valueDecimal=4)]}
    contained = {
        "resourceType": "ValueSet",
        "id": "vs",
        "compose": {"include": [{"system": "urn:s", "concept": [{**weighted, "code": "z"}]}]},
    }
    total = item(
        "t", "decimal", extension=[expression("calculatedExpression", "%resource.item.answer.ordinal().sum()")]
    )
    options = [{"valueCoding": weighted}]
    questions = form(
        choice("a", "x", weights=(1,)),
        item("b", "choice", answerOption=options),
        item("c", "choice", answerValueSet="#vs"),
        item(
            "d", "choice", answerOption=[{"valueString": "s", "extension": [extension("itemWeight", valueDecimal=16)]}]
        ),
        total,
        contained=[contained],
    )
    filling = Filling(questions)
    assert filling.fill({"a": "x", "b": "y", "c": "z", "d": "s"}) == []
    assert answers_of(filling.response())["t"] == [25]


def test_variables_of_a_repetition_see_their_own_repetition() -> None:
    inner = item(
        "g",
        "group",
        item("n", "integer"),
        item("double", "integer", extension=[expression("calculatedExpression", "%own * 2")]),
        repeats=True,
        extension=[expression("variable", "item.where(linkId='n').answer.value", name="own")],
    )
    filling = page(inner)
    filling.fill({"g": [{"n": 1}, {"n": 5}]})
    assert answers_of(filling.response()) == {"n": [1, 5], "double": [2, 10]}


def test_the_question_itself_and_the_form_can_be_asked() -> None:
    filling = page(
        item("a", extension=[expression("calculatedExpression", "%qitem.linkId & %questionnaire.version")]),
    )
    assert answers_of(filling.response())["a"] == ["a1"]


def test_options_can_come_from_other_answers() -> None:
    filling = page(
        item("children", "string", repeats=True),
        item(
            "eldest",
            "choice",
            extension=[expression("answerExpression", "%resource.item.where(linkId='children').answer.value")],
        ),
    )
    filling.set("children", ["Aino", "Eino"])
    shown = filling.find("eldest", "fi")
    assert shown is not None
    assert [each.key for each in shown.options or ()] == ["Aino", "Eino"]
    assert filling.set("eldest", "Eino") == []
    assert filling.set("eldest", "Olga") != []


def test_what_cannot_be_run_is_told_to_the_builder_and_gives_nothing() -> None:
    filling = page(item("a", extension=[expression("calculatedExpression", "1 + 'a'")]), item("b"))
    assert "item" not in filling.response()
    assert any("cannot be run" in each for each in filling.faults)


def test_constraints_say_what_does_not_fit_once_it_can_be_told() -> None:
    filling = page(
        item(
            "g",
            "group",
            item("low", "integer"),
            item("high", "integer"),
            extension=[
                constraint(
                    "item.where(linkId='low').answer.value <= item.where(linkId='high').answer.value",
                    "The lower is higher than the higher.",
                )
            ],
        )
    )
    filling.set("low", 5)
    assert filling.problems("fi") == ()
    filling.set("high", 4)
    assert [(each.path, each.message) for each in filling.problems("fi")] == [
        ("g", "The lower is higher than the higher.")
    ]
    filling.set("high", 5)
    assert filling.problems("fi") == ()


def test_a_warning_does_not_count_as_an_error() -> None:
    filling = page(item("a", "integer", extension=[constraint("answer.value < 100", "Sure?", "warning")]))
    filling.set("a", 120)
    assert [each.severity for each in filling.problems("fi")] == ["warning"]


@pytest.mark.parametrize("count", [200])
def test_a_form_of_two_hundred_items_computes_in_tens_of_milliseconds(count: int) -> None:
    sums = ["%resource.item.answer.weight().sum()", "%resource.repeat(item).where(linkId='q7').answer.value.code"]
    computed = [
        item(f"c{place}", "string", extension=[expression("calculatedExpression", f"({sums[place % 2]}).toString()")])
        for place in range(10)
    ]
    filling = page(*(choice(f"q{place}", "a", "b", weights=(0, 1)) for place in range(count - 10)), *computed)
    filling.set("q1", "b")
    start = time.process_time()
    for place in range(10):
        filling.set(f"q{place}", "b")
    assert (time.process_time() - start) / 10 < 0.15
