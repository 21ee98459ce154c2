"""What is confidential goes from questions and answers before anything is computed."""

from luotsi.forms import confidential, wire
from luotsi.forms.tests.questions import form, item


def test_an_item_goes_with_all_in_it_and_a_group_that_asks_nothing_more_goes_too() -> None:
    inner = item("afraid", "boolean", item("who", "string"))
    raw = form(item("private", "group", item("note", "display"), inner), item("age", "integer")).raw
    assert [each["linkId"] for each in confidential.without(raw, ["afraid"])["item"]] == ["age"]
    assert [each["linkId"] for each in confidential.without(raw, ["who"])["item"]] == ["private", "age"]


def test_answers_go_wherever_they_stand_also_below_an_answer() -> None:
    below = {"linkId": "who", "answer": [{"valueString": "secret"}]}
    kept = {
        "item": [{"linkId": "g", "item": [{"linkId": "afraid", "answer": [{"valueBoolean": True, "item": [below]}]}]}]
    }
    assert "secret" not in wire.dumps(confidential.without(kept, ["who"]))
    assert "valueBoolean" in wire.dumps(confidential.without(kept, ["who"]))
    assert confidential.without(kept, ["g"]) == {"item": []}
