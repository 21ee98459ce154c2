from decimal import Decimal
from typing import Any

import pytest

from luotsi.concepts.errors import UserError
from luotsi.forms.filling import Filling
from luotsi.forms.tests.questions import answers_of, choice, code, extension, form, item, page, when

HIDDEN = extension("questionnaire-hidden", valueBoolean=True)


def seen(filling: Filling) -> list[str]:
    return [each.path for top in filling.shown("fi") for each in top.every()]


def test_a_disabled_branch_is_not_shown_nor_sent_and_comes_back_with_its_answers() -> None:
    filling = page(
        choice("smokes", "yes", "no"),
        item(
            "group",
            "group",
            item("how_much", "integer"),
            item("since", "date"),
            enableWhen=[when("smokes", **code("yes"))],
        ),
    )
    filling.set_many({"smokes": "yes", "how_much": 10, "since": "1.2.2020"})
    assert answers_of(filling.response())["how_much"] == [10]
    filling.set("smokes", "no")
    assert seen(filling) == ["smokes"]
    assert set(answers_of(filling.response())) == {"smokes"}
    assert answers_of(filling.kept())["how_much"] == [10]
    again = Filling(filling.form, filling.kept())
    again.set("smokes", "yes")
    assert answers_of(again.response()) == {
        "smokes": [{"code": "yes", "display": "YES"}],
        "how_much": [10],
        "since": ["2020-02-01"],
    }


def test_a_required_question_that_is_hidden_never_stands_in_the_way() -> None:
    filling = page(
        item("a", "string", required=True, extension=[HIDDEN]),
        item("g", "group", item("b", "string", required=True), extension=[HIDDEN]),
        item("c", "string", required=True),
    )
    assert [each.link_id for each in filling.problems("fi")] == ["c"]


def test_what_is_missing_is_told_in_the_language_asked_for_and_left_out_while_answering() -> None:
    filling = page(item("a", "integer", required=True))
    assert [each.message for each in filling.problems("sv")] == ["Svara på den här frågan."]
    assert filling.problems("fi", missing=False) == ()


def test_a_wrong_value_is_told_and_what_was_there_stays() -> None:
    filling = page(item("a", "integer"))
    filling.set("a", "5")
    wrong = filling.set("a", "viisi")
    assert [each.message for each in wrong] == ["Kirjoita kokonaisluku, esimerkiksi 12."]
    assert answers_of(filling.response())["a"] == [5]


def test_repetitions_are_added_moved_and_removed_in_their_order() -> None:
    filling = page(
        item("medicine", "group", item("name"), item("dose", "group", item("amount"), repeats=True), repeats=True)
    )
    filling.set("name:0", "a")
    assert filling.add("medicine") == "medicine:1"
    filling.set_many({"name:1": "b", "amount:1:0": "1"})
    assert filling.add("dose:1") == "dose:1:1"
    filling.set("amount:1:1", "2")
    filling.add("medicine")
    filling.set("name:2", "c")
    assert answers_of(filling.response()) == {"name": ["a", "b", "c"], "amount": ["1", "2"]}
    filling.move("medicine:2", -1)
    assert answers_of(filling.response())["name"] == ["a", "c", "b"]
    filling.remove("medicine:0")
    assert answers_of(filling.response()) == {"name": ["c", "b"], "amount": ["1", "2"]}
    assert seen(filling)[-4:] == ["dose:1:0", "amount:1:0", "dose:1:1", "amount:1:1"] or "amount:1:1" in seen(filling)


def test_the_last_repetition_is_emptied_and_never_gone() -> None:
    filling = page(item("g", "group", item("a"), repeats=True))
    filling.set("a:0", "x")
    filling.remove("g:0")
    assert "item" not in filling.response()
    filling.set("a:0", "y")
    assert answers_of(filling.response()) == {"a": ["y"]}


def test_no_more_repetitions_are_added_than_the_form_allows() -> None:
    most = extension("questionnaire-maxOccurs", valueInteger=2)
    filling = page(item("g", "group", item("a"), repeats=True, extension=[most]))
    assert filling.shown("fi")[0].can_add
    filling.add("g")
    assert not filling.shown("fi")[0].can_add
    with pytest.raises(UserError, match="can be repeated 2 times"):
        filling.add("g")


@pytest.mark.parametrize("path", ["none", "a:0:0:0:0", "g:7", "a:99999", "a:x", "", ":0"])
def test_a_path_that_is_not_in_the_form_is_refused_with_a_sentence(path: str) -> None:
    filling = page(item("g", "group", item("a"), repeats=True))
    with pytest.raises(UserError):
        filling.set(path, "x")


def test_a_link_id_may_hold_colons_and_slashes() -> None:
    filling = page(item("/g:1", "group", item("/a:1"), repeats=True), item("/g"))
    filling.set("/a:1:0", "x")
    filling.add("/g:1")
    filling.set("/a:1:1", "y")
    assert answers_of(filling.response()) == {"/a:1": ["x", "y"]}


def test_items_under_an_answer_stay_with_their_answer() -> None:
    filling = page(choice("allergy", "nuts", "fish", "milk", repeats=True) | {"item": [item("how")]})
    filling.set("allergy", ["nuts", "fish"])
    filling.set_many({"how:0": "bad", "how:1": "mild"})
    filling.set("allergy", ["fish", "milk"])
    [raw] = filling.response()["item"]
    assert [
        (each["valueCoding"]["code"], each["item"][0]["answer"][0]["valueString"]) for each in raw["answer"][:1]
    ] == [("fish", "mild")]
    assert "item" not in raw["answer"][1] or raw["answer"][1]["item"][0]["answer"] != [{"valueString": "mild"}]


def test_what_a_response_holds_beside_its_answers_survives() -> None:
    raw: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "id": "1",
        "meta": {"tag": [{"code": "x"}]},
        "questionnaire": "urn:test|1",
        "status": "amended",
        "authored": "2026-01-01",
        "extension": [{"url": "urn:own", "valueString": "kept"}],
        "item": [
            {
                "linkId": "g",
                "text": "As it was asked",
                "extension": [{"url": "urn:own", "valueInteger": 1}],
                "item": [
                    {
                        "linkId": "a",
                        "definition": "urn:def",
                        "answer": [{"id": "x", "valueDecimal": Decimal("1.50"), "extension": [{"url": "urn:o"}]}],
                    }
                ],
            },
            {"linkId": "gone", "answer": [{"valueString": "of an older version"}]},
        ],
    }
    filling = Filling(form(item("g", "group", item("a", "decimal")), item("b")), raw)
    assert filling.response("amended") == raw
    assert filling.kept() == raw
    filling.set("b", "new")
    assert {each["linkId"] for each in filling.response()["item"]} == {"g", "b", "gone"}


def test_an_answer_keeps_the_version_of_the_form_it_was_given_to() -> None:
    old, new = form(item("a")), form(item("a"), version="2")
    filling = Filling(old)
    filling.set("a", "x")
    assert Filling(new, filling.kept()).response()["questionnaire"] == "urn:test|1"
    assert Filling(new).response()["questionnaire"] == "urn:test|2"


def test_progress_counts_what_a_person_can_answer_now() -> None:
    filling = page(
        item("a", "integer"),
        item("b", "string", readOnly=True),
        item("c", "string", extension=[HIDDEN]),
        item("d", "string", enableWhen=[when("a", ">", answerInteger=1)]),
        item("e", "display"),
    )
    assert filling.progress == (0, 1)
    filling.set("a", 2)
    assert filling.progress == (1, 2)


def test_answers_are_given_by_link_id_with_lists_for_what_repeats() -> None:
    filling = page(
        item("top", "group", item("age", "integer")),
        choice("symptoms", "fever", "cough", "none", repeats=True),
        item("medicine", "group", item("name"), item("doses", "decimal", repeats=True), repeats=True),
    )
    wrong = filling.fill(
        {
            "age": "50",
            "symptoms": ["fever", "cough"],
            "medicine": [{"name": "a", "doses": ["1,5", 2]}, {"name": "b"}, {"name": "c", "doses": [3]}],
        }
    )
    assert wrong == []
    found = answers_of(filling.response())
    assert found["name"] == ["a", "b", "c"]
    assert found["doses"] == [Decimal("1.5"), 2, 3]
    assert [each["code"] for each in found["symptoms"]] == ["fever", "cough"]
    with pytest.raises(UserError, match="There is no agee"):
        filling.fill({"agee": 1})


def test_five_megabytes_of_text_and_a_script_are_kept_as_they_are() -> None:
    filling = page(item("a", "text"))
    text = "<script>alert(1)</script>" + "ä" * 5_000_000
    assert filling.set("a", text) == []
    assert answers_of(Filling(filling.form, filling.kept()).response())["a"] == [text]


def test_what_is_shown_has_texts_options_and_answers_in_the_language() -> None:
    def translated(**words: str) -> dict[str, Any]:
        parts = [
            [{"url": "lang", "valueCode": key}, {"url": "content", "valueString": text}] for key, text in words.items()
        ]
        return {"extension": [extension("translation", extension=each) for each in parts]}

    option = {"code": "yes", "display": "Kyllä", "_display": translated(sv="Ja", en="Yes")}
    raw = item("a", "choice", answerOption=[{"valueCoding": option}], _text=translated(sv="Fråga", en="Question"))
    filling = page(raw)
    filling.set("a", "yes")
    [shown] = filling.shown("sv")
    assert (shown.text, shown.said, shown.keys) == ("Fråga", ("Ja",), ("yes",))
    assert [each.text("en") for each in shown.options or ()] == ["Yes"]
    assert shown.answers == ({"valueCoding": {"code": "yes", "display": "Kyllä"}},)
    assert filling.shown("xx")[0].text == "Text of a"
