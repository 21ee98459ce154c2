"""Scores, outcomes and examples of a form being made: changed on their pages, without the raw texts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from luotsi.concepts.errors import UserError
from luotsi.forms import examples, wire
from luotsi.forms.records import Example
from luotsi.web.assessments import published
from luotsi.web.assessments.making import parts
from luotsi.web.assessments.models import FormVersion
from luotsi.web.assessments.tests.conftest import signed_in
from luotsi.web.assessments.tests.test_answering import text
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import user_with

pytestmark = pytest.mark.django_db
THREE = ("fi", "sv", "en")


@pytest.fixture
def maker(back: Any) -> Client:
    """An analyst who makes forms."""
    return signed_in(user_with(Role.ANALYST))


@pytest.fixture
def draft(maker: Client, back: Any) -> FormVersion:
    """A draft of the form of tests."""
    maker.post("/form-making/", {"from": str(back.pk)})
    return FormVersion.objects.get(state="draft")


def page(draft: FormVersion, path: str = "") -> str:
    return f"/form-making/{draft.pk}/{path}"


def fresh(draft: FormVersion) -> FormVersion:
    draft.refresh_from_db()
    return draft


def three(name: str, said: str) -> dict[str, str]:
    return {f"{name}_{language}": f"{said} {language}" for language in THREE}


def score(classes: list[dict[str, str]], **more: str) -> dict[str, str]:
    sent = {**three("label", "Pisteet"), "class-TOTAL_FORMS": str(len(classes)), "class-INITIAL_FORMS": "0", **more}
    for at, each in enumerate(classes):
        sent |= {f"class-{at}-{name}": value for name, value in each.items()}
    return sent


def filled(shown: str) -> dict[str, Any]:
    """What the fields of a page hold as a browser would send them, but boxes not chosen."""
    sent: dict[str, Any] = {}
    for kind, rest in re.findall(r"<(input|textarea)([^>]*>[^<]*)", shown):
        name, value = re.search(r'name="([^"]+)"', rest), re.search(r'value="([^"]*)"', rest)
        checked = ('type="radio"' not in rest and 'type="checkbox"' not in rest) or "checked" in rest
        if name and checked:
            given = rest.partition(">")[2].strip() if kind == "textarea" else (value[1] if value else "")
            sent.setdefault(name[1], []).append(given)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', shown, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


def test_a_score_is_added_with_its_classes_and_computes(draft: FormVersion, maker: Client) -> None:
    led = maker.post(page(draft, "parts/"), {"do": "add scores", "name": "length"})
    assert led["location"] == page(draft, "scores/length/")
    assert "weeks" in text(maker.get(led["location"])), "the names that the expression may use are not shown"
    classes = [
        {"code": "short", "since": "0", **three("label", "Lyhyt")},
        {"code": "long", "since": "6,5", **three("label", "Pitkä"), **three("text", "Kauan")},
        {"code": ""},
    ]
    sent = score(classes, seen=draft.digest, value="weeks * 1.5", least="0", most="99")
    assert maker.post(led["location"], sent).status_code == 302
    made = published.form_of(fresh(draft)).record.scores["length"]
    assert [(each.code, str(each.since)) for each in made.classes] == [("short", "0"), ("long", "6.5")]
    assert (made.label.sv, made.classes[1].text.en if made.classes[1].text else "") == ("Pisteet sv", "Kauan en")
    assert "9" in text(maker.post(page(draft, "try/?language=fi"), {"q-weeks": "6"}))
    again = maker.get(page(draft, "scores/length/"))
    kept = filled(text(again))
    assert (kept["class-1-code"], kept["class-1-text_sv"]) == (["long"], ["Kauan sv"])
    emptied = {**kept, "class-0-code": [""], "seen": fresh(draft).digest}
    maker.post(page(draft, "scores/length/"), emptied)
    assert [each["class"] for each in fresh(draft).record["scores"]["length"]["classes"]] == ["long"]


def test_a_class_without_a_name_in_three_languages_is_refused_at_its_field(draft: FormVersion, maker: Client) -> None:
    before = draft.digest
    wrong = score([{"code": "short", "since": "0", "label_fi": "Lyhyt"}], seen=before, value="weeks")
    shown = maker.post(page(draft, "scores/length/"), wrong)
    assert shown.status_code == 200
    assert text(shown).count("Write the name of the class.") >= 2
    assert fresh(draft).digest == before


def test_a_name_that_is_taken_or_none_is_refused(draft: FormVersion, maker: Client) -> None:
    for part, name, said in (
        ("scores", "weeks", "There is weeks already"),
        ("scores", "Not a name", "Name it with small letters"),
        ("outcomes", "physiotherapist", "There is physiotherapist already"),
    ):
        shown = maker.post(page(draft, "parts/"), {"do": f"add {part}", "name": name}, follow=True)
        assert said in text(shown)
    assert maker.post(page(draft, "parts/"), {"do": "add nothing"}).status_code == 302


def test_parts_are_moved_and_removed_and_a_late_page_changes_nothing(draft: FormVersion, maker: Client) -> None:
    def order(do: str) -> list[str]:
        maker.post(page(draft, "parts/"), {"do": do, "seen": fresh(draft).digest})
        return [each["outcome"] for each in fresh(draft).record["outcomes"]]

    first = [each["outcome"] for each in draft.record["outcomes"]]
    assert order(f"down outcomes {first[0]}")[:2] == [first[1], first[0]]
    assert order(f"up outcomes {first[0]}") == first
    stale = fresh(draft).digest
    assert order(f"remove outcomes {first[0]}") == first[1:]
    late = maker.post(page(draft, "parts/"), {"do": f"remove outcomes {first[1]}", "seen": stale}, follow=True)
    assert "Someone else has changed this draft meanwhile" in text(late)
    count = len(fresh(draft).record["examples"])
    maker.post(page(draft, "parts/"), {"do": "remove examples 0", "seen": fresh(draft).digest})
    assert len(fresh(draft).record["examples"]) == count - 1


def test_an_example_is_answered_as_the_form_is_and_says_what_it_must_give(draft: FormVersion, maker: Client) -> None:
    shown = text(maker.get(page(draft, "examples/new/")))
    sent = {**filled(shown), "name": "Eight weeks", "q-weeks": "8", "q-numb": "no", "on": "2026-03-01"}
    computed = text(maker.post(page(draft, "examples/new/"), {**sent, "do": "expect"}))
    assert "Gives now: physiotherapist" in computed
    assert filled(computed)["is_outcome"] == "physiotherapist"
    added = text(maker.post(page(draft, "examples/new/"), {**filled(computed), "go": "add drug"}))
    assert "q-name:1" in added
    last = {**filled(added), "q-name:0": "Burana", "q-name:1": "Panadol", "do": "save"}
    assert maker.post(page(draft, "examples/new/"), last).status_code == 302
    made = fresh(draft).record["examples"][-1]
    assert made["answers"] == {"weeks": "8", "numb": "no", "drug": [{"name": "Burana"}, {"name": "Panadol"}]}
    assert (made["on"], made["expect"]["outcome"]) == ("2026-03-01", "physiotherapist")
    form = published.form_of(draft)
    assert examples.run(form, form.record.examples[-1]) == []


def test_an_example_that_gives_something_else_is_told_on_the_page_of_the_form(
    draft: FormVersion, maker: Client
) -> None:
    shown = text(maker.get(page(draft, "examples/new/")))
    sent = {**filled(shown), "name": "Wrong", "q-weeks": "8", "q-numb": "no", "is_outcome": "-", "do": "save"}
    assert maker.post(page(draft, "examples/new/"), sent).status_code == 302
    assert "Wrong: outcome is physiotherapist, not nothing." in text(maker.get(page(draft)))


def test_an_example_opened_and_saved_unchanged_is_the_same(draft: FormVersion, maker: Client) -> None:
    record = {**draft.record, "examples": [*draft.record["examples"], ODD]}
    FormVersion.objects.filter(pk=draft.pk).update(record=record)
    for at, before in enumerate(record["examples"]):
        address = page(draft, f"examples/{at}/")
        assert maker.post(address, {**filled(text(maker.get(address))), "do": "save"}).status_code == 302
        after = fresh(draft).record["examples"][at]
        one, other = Example.model_validate(before), Example.model_validate(after)
        assert (one.name, one.on, one.patient, one.expect) == (other.name, other.on, other.patient, other.expect)
        assert answered(draft, one) == answered(draft, other)


ODD: dict[str, Any] = {
    "name": "A wrong number, a hidden branch and an unknown key",
    "patient": {"gender": "female", "birthDate": "1950-01-01"},
    "answers": {"weeks": "many", "why": "Ei kysytä", "signs": ["fever"]},
    "expect": {"problems": ["weeks", "numb"], "disabled": ["why"], "outcome": ""},
}


def answered(draft: FormVersion, example: Example) -> Any:
    form = published.form_of(draft)
    page = examples.begun(form, example)
    wrong = page.fill(example.answers, "en")
    return wire.dumps(page.kept()), [(each.path, each.message) for each in wrong]


def test_an_example_that_is_not_there_is_not_found(draft: FormVersion, maker: Client) -> None:
    for name in ("99", "nothing"):
        assert maker.get(page(draft, f"examples/{name}/")).status_code == 404


def test_lines_of_what_is_expected_are_lists_numbers_or_texts() -> None:
    given = parts.expected({"bmi": "27,8", "outcome": "-", "empty": ""}, "disabled = q3, q4\nq5 = a\nq6 = 1,5", {})
    assert given == {"bmi": "27.8", "outcome": "", "disabled": ["q3", "q4"], "q5": "a", "q6": "1.5"}
    assert parts.expected_lines(given, ["bmi", "outcome"]) == "disabled = q3, q4\nq5 = a\nq6 = 1.5"
    with pytest.raises(UserError, match="Line 1"):
        parts.expected({}, "nothing", {})
