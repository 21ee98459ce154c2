from typing import Any

import pytest

from luotsi.forms.filling import Filling
from luotsi.forms.tests.questions import choice, code, item, page, when


def asked(filling: Filling) -> set[str]:
    return {path for path, _, _ in filling.standing()}


@pytest.mark.parametrize(
    ("kind", "operator", "wanted", "given", "holds"),
    [
        ("integer", "=", {"answerInteger": 3}, 3, True),
        ("integer", "=", {"answerInteger": 3}, 4, False),
        ("integer", "!=", {"answerInteger": 3}, 4, True),
        ("integer", "!=", {"answerInteger": 3}, 3, False),
        ("integer", "!=", {"answerInteger": 3}, None, True),
        ("integer", ">", {"answerInteger": 3}, 3, False),
        ("integer", ">=", {"answerInteger": 3}, 3, True),
        ("decimal", "<", {"answerDecimal": 3}, "2,9", True),
        ("decimal", "<=", {"answerDecimal": 3}, "3.0", True),
        ("decimal", ">", {"answerDecimal": 3}, None, False),
        ("integer", "exists", {"answerBoolean": True}, 3, True),
        ("integer", "exists", {"answerBoolean": True}, None, False),
        ("integer", "exists", {"answerBoolean": False}, None, True),
        ("boolean", "=", {"answerBoolean": False}, "false", True),
        ("boolean", "=", {"answerBoolean": False}, None, False),
        ("date", ">", {"answerDate": "2026-01-31"}, "1.2.2026", True),
        ("dateTime", "=", {"answerDateTime": "2026-01-31T11:30:00Z"}, "2026-01-31T13:30:00+02:00", True),
        ("time", "<", {"answerTime": "12:00:00"}, "9.30", True),
        ("string", "=", {"answerString": "a"}, "a", True),
        ("string", "=", {"answerString": "a"}, "A", False),
        ("quantity", ">", {"answerQuantity": {"value": 2}}, 3, True),
        ("quantity", ">", {"answerQuantity": {"value": 2, "code": "kg"}}, {"value": 3, "code": "g"}, False),
        ("reference", "=", {"answerReference": {"reference": "Patient/1"}}, "Patient/1", True),
    ],
)
def test_a_condition_compares_as_its_type_does(
    kind: str, operator: str, wanted: dict[str, Any], given: Any, holds: bool
) -> None:
    filling = page(item("a", kind), item("b", enableWhen=[when("a", operator, **wanted)]))
    assert filling.set("a", given) == []
    assert ("b" in asked(filling)) is holds


def test_codings_are_equal_by_code_and_by_system_where_both_say_one() -> None:
    def enabled(condition: dict[str, Any]) -> bool:
        options = [{"valueCoding": {"system": "urn:a", "code": "x"}}]
        filling = page(
            item("a", "choice", answerOption=options), item("b", enableWhen=[when("a", answerCoding=condition)])
        )
        filling.set("a", "x")
        return "b" in asked(filling)

    assert enabled({"code": "x"})
    assert enabled({"system": "urn:a", "code": "x"})
    assert not enabled({"system": "urn:b", "code": "x"})
    assert not enabled({"code": "y"})


def test_any_of_the_conditions_is_enough_unless_all_are_wanted() -> None:
    conditions = [when("a", **code("yes")), when("b", **code("yes"))]
    filling = page(
        choice("a", "yes", "no"),
        choice("b", "yes", "no"),
        item("any", enableWhen=conditions, enableBehavior="any"),
        item("all", enableWhen=conditions, enableBehavior="all"),
    )
    filling.set("a", "yes")
    assert {"any"} == asked(filling) - {"a", "b"}
    filling.set("b", "yes")
    assert {"any", "all"} == asked(filling) - {"a", "b"}


def test_a_question_that_is_not_asked_counts_as_not_answered() -> None:
    filling = page(
        choice("a", "yes", "no"),
        choice("b", "yes", "no", enableWhen=[when("a", **code("yes"))]),
        item("c", enableWhen=[when("b", **code("yes"))]),
    )
    filling.set_many({"a": "yes", "b": "yes"})
    assert asked(filling) == {"a", "b", "c"}
    filling.set("a", "no")
    assert asked(filling) == {"a"}


def test_a_condition_may_ask_a_question_further_down() -> None:
    filling = page(item("b", enableWhen=[when("a", **code("yes"))]), choice("a", "yes"))
    assert asked(filling) == {"a"}
    filling.set("a", "yes")
    assert asked(filling) == {"a", "b"}


def test_in_a_repetition_the_answer_of_the_same_repetition_counts() -> None:
    inner = item("g", "group", choice("a", "yes", "no"), item("b", enableWhen=[when("a", **code("yes"))]), repeats=True)
    filling = page(inner, item("after", enableWhen=[when("a", **code("yes"))]))
    filling.add("g")
    filling.set_many({"a:0": "no", "a:1": "yes"})
    assert asked(filling) == {"a:0", "a:1", "b:1", "after"}


def test_items_that_wait_for_each_other_do_not_hang_and_are_told() -> None:
    filling = page(
        item("a", "string", enableWhen=[when("b", "exists", answerBoolean=False)]),
        item("b", "string", enableWhen=[when("a", "exists", answerBoolean=True)]),
    )
    filling.set_many({"a": "x", "b": "y"})
    assert any("never settle" in each for each in filling.faults)


def test_a_condition_on_no_item_of_the_form_does_not_hold() -> None:
    assert asked(page(item("b", enableWhen=[when("nothing", **code("x"))]))) == set()


def test_a_question_that_hangs_on_itself_is_asked_the_same_when_the_form_is_gone_on_with() -> None:
    filling = page(item("a", "decimal", enableWhen=[when("a", "exists", answerBoolean=True)]))
    assert asked(filling) == set()
    filling.set("a", 0)
    assert asked(Filling(filling.form, filling.kept())) == asked(filling)
