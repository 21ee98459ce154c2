from typing import Any

import pytest

from luotsi.forms.filling import Filling
from luotsi.forms.lists import Lists
from luotsi.forms.receiving import received
from luotsi.forms.tests.questions import choice, code, extension, form, item, page, when


def limit(name: str, **value: Any) -> dict[str, Any]:
    return {"extension": [extension(name, **value)]}


@pytest.mark.parametrize(
    ("kind", "more", "right", "wrong", "message"),
    [
        ("integer", limit("minValue", valueInteger=3), 3, 2, "The lowest possible is 3."),
        ("integer", limit("maxValue", valueInteger=3), 3, 4, "The highest possible is 3."),
        (
            "date",
            limit("maxValue", valueDate="2026-01-31"),
            "31.1.2026",
            "1.2.2026",
            "The highest possible is 31.1.2026.",
        ),
        ("decimal", limit("maxDecimalPlaces", valueInteger=1), "1,5", "1,55", "Write at most 1 decimals."),
        ("string", {"maxLength": 3}, "abc", "abcd", "Write at most 3 characters. There are 4 now."),
        ("string", limit("minLength", valueInteger=2), "ab", "a", "Write at least 2 characters."),
        ("string", limit("regex", valueString=r"\d{5}"), "40100", "4010", "The answer is not in the form asked for."),
        ("time", limit("minValue", valueTime="08:00:00"), "8.00", "7.59", "The lowest possible is 08:00:00."),
        (
            "quantity",
            limit("questionnaire-maxQuantity", valueQuantity={"value": 5}),
            5,
            "5,1",
            "The highest possible is 5.",
        ),
    ],
)
def test_an_answer_outside_its_limits_is_kept_and_told(
    kind: str, more: dict[str, Any], right: Any, wrong: Any, message: str
) -> None:
    filling = page(item("a", kind, **more))
    assert filling.set("a", right) == []
    assert filling.problems("en") == ()
    assert filling.set("a", wrong) == []
    assert [each.message for each in filling.problems("en")] == [message]


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("decimal", "36,6", "36.6"),
        ("decimal", "1 234,50", "1234.50"),
        ("decimal", "−2", "-2"),
        ("integer", " 12 ", "12"),
        ("date", "1.2.2026", "2026-02-01"),
        ("date", "2026-02", "2026-02"),
        ("dateTime", "31.1.2026 klo 13.30", "2026-01-31T13:30:00+02:00"),
        ("dateTime", "2026-07-31T13:30", "2026-07-31T13:30:00+03:00"),
        ("dateTime", "2026-01-31T13:30:00Z", "2026-01-31T13:30:00Z"),
        ("time", "9.05", "09:05:00"),
        ("url", "https://esimerkki.fi/ä", "https://esimerkki.fi/ä"),
        ("boolean", "true", "True"),
    ],
)
def test_answers_are_read_as_finns_write_them(kind: str, typed: str, kept: str) -> None:
    filling = page(item("a", kind))
    assert filling.set("a", typed) == []
    [answer] = filling.response()["item"][0]["answer"]
    assert str(next(iter(answer.values()))) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("integer", "1,5"),
        ("integer", "99999999999"),
        ("integer", True),
        ("decimal", "NaN"),
        ("decimal", "Infinity"),
        ("decimal", "1e999999"),
        ("decimal", "viisi"),
        ("date", "30.2.2026"),
        ("date", "2026-13-01"),
        ("dateTime", "31.1.2026 klo 25.00"),
        ("time", "24.00"),
        ("boolean", "maybe"),
        ("url", "ei osoite"),
        ("integer", {"valueString": "1"}),
        ("string", {"valueInteger": 1}),
        ("string", {"valueString": {"a": 1}}),
        ("reference", {"valueReference": "text"}),
    ],
)
def test_what_is_no_answer_is_kept_out_and_told_in_every_language(kind: str, typed: Any) -> None:
    for language in ("fi", "sv", "en"):
        filling = page(item("a", kind))
        [problem] = filling.set("a", typed, language)
        assert problem.message
        assert "item" not in filling.response()


def test_only_what_is_offered_can_be_chosen_unless_the_choice_is_open() -> None:
    options = {"answerOption": [{"valueCoding": {"code": "x", "display": "X"}}]}
    filling = page(item("closed", "choice", **options), item("open", "open-choice", **options))
    assert [each.message for each in filling.set("closed", "y", "en")] == ["Choose one of the answers given."]
    assert filling.set_many({"closed": "x", "open": "my own"}) == []
    assert filling.problems("en") == ()


def test_an_exclusive_option_stands_alone() -> None:
    none = {
        "valueCoding": {"code": "none", "display": "Nothing"},
        "extension": [extension("questionnaire-optionExclusive", valueBoolean=True)],
    }
    raw = choice("a", "x", "y", repeats=True)
    raw["answerOption"].append(none)
    filling = page(raw)
    filling.set("a", ["x", "none"])
    assert [each.message for each in filling.problems("en")] == ["“Nothing” cannot be chosen with others."]
    filling.set("a", ["x", "y"])
    assert filling.problems("en") == ()


def test_the_number_of_answers_is_held_to_its_limits() -> None:
    bounds = [
        extension("questionnaire-minOccurs", valueInteger=2),
        extension("questionnaire-maxOccurs", valueInteger=3),
    ]
    filling = page(item("a", "string", repeats=True, extension=bounds))
    for count, kinds in ((0, ["missing"]), (1, ["missing"]), (2, []), (3, []), (4, ["wrong"])):
        filling.set("a", [str(each) for each in range(count)])
        assert [each.kind for each in filling.problems("en")] == kinds


def test_a_pattern_that_is_none_asks_for_nothing() -> None:
    filling = page(item("a", "string", **limit("regex", valueString="([")))
    filling.set("a", "x")
    assert filling.problems("en") == ()


def test_a_list_that_is_not_known_here_takes_what_is_written() -> None:
    filling = page(item("a", "choice", answerValueSet="https://far.example/ValueSet/x"))
    assert filling.find("a", "fi").options is None  # type: ignore[union-attr]
    assert filling.set("a", "something") == []
    assert filling.response()["item"][0]["answer"] == [{"valueCoding": {"display": "something"}}]


@pytest.mark.parametrize(
    ("items", "what"),
    [
        ([{"linkId": "none", "answer": [{"valueString": "x"}]}], "has no item none"),
        ([{"linkId": "b", "answer": [{"valueString": "x"}]}], "not asked with these answers"),
        ([{"linkId": "g", "answer": [{"valueString": "x"}]}], "is no question"),
        ([{"linkId": "d", "answer": [{"valueString": "x"}]}], "is no question"),
        ([{"linkId": "a", "item": [{"linkId": "b"}]}], "beside its answers"),
        ([{"linkId": "a", "answer": [{"valueInteger": 1}]}], "does not fit"),
        ([{"linkId": "a", "answer": [{"valueCoding": {"code": "zz"}}]}], "Choose one"),
    ],
)
def test_a_response_made_elsewhere_is_told_what_is_wrong_with_it(items: list[dict[str, Any]], what: str) -> None:
    questions = form(
        choice("a", "yes", "no"),
        item("b", enableWhen=[when("a", **code("yes"))]),
        item("g", "group", item("c")),
        item("d", "display"),
    )
    response = {"resourceType": "QuestionnaireResponse", "questionnaire": "urn:test|1", "item": items}
    _, found = received(questions, response, Lists(), "en")
    assert any(what in each.message for each in found), found
    assert received(questions, {**response, "item": []}, Lists(), "en")[1] == ()


def test_a_response_to_another_form_is_told() -> None:
    _, found = received(form(item("a")), {"questionnaire": "urn:other|1"}, Lists(), "en")
    assert "urn:other" in found[0].message


def test_a_group_that_has_to_be_answered_wants_one_answer() -> None:
    filling = Filling(form(item("g", "group", item("a"), item("b"), required=True)))
    assert [each.kind for each in filling.problems("en")] == ["missing"]
    filling.set("b", "x")
    assert filling.problems("en") == ()
