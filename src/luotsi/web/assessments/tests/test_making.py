"""Making forms: a draft of a published one or of others' JSON, changing it, trying it, another's approval."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from luotsi.concepts.errors import UserError
from luotsi.forms import wire
from luotsi.web.assessments.making import actions, editing
from luotsi.web.assessments.models import FormVersion
from luotsi.web.assessments.tests.conftest import signed_in
from luotsi.web.assessments.tests.made_up import BACK
from luotsi.web.assessments.tests.test_answering import text
from luotsi.web.events.models import Event
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import user_with

pytestmark = pytest.mark.django_db


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


def seen(draft: FormVersion) -> str:
    draft.refresh_from_db()
    return draft.digest


def test_a_draft_of_a_published_form_is_its_next_version_with_the_same_content(draft: FormVersion, back: Any) -> None:
    assert (draft.form, draft.version, draft.author.name) == ("back", "2", "The analyst")
    assert wire.loads(draft.questionnaire)["item"] == wire.loads(back.questionnaire)["item"]


def test_an_item_is_changed_with_its_options_conditions_and_three_languages(draft: FormVersion, maker: Client) -> None:
    sent = {
        "seen": seen(draft),
        **{f"text_{lang}": f"Uusi {lang}" for lang in ("fi", "sv", "en")},
        "required": "on",
        "options": "yes | 2 | Kyllä | Ja | Yes\nmaybe | 1 | Ehkä | Kanske | Maybe",
        "conditions": "weeks > 2",
    }
    assert maker.post(page(draft, "item/?item=numb"), sent).status_code == 302
    draft.refresh_from_db()
    item = editing.found(wire.loads(draft.questionnaire), "numb")
    assert editing.said(item) == {"fi": "Uusi fi", "sv": "Uusi sv", "en": "Uusi en"}
    assert editing.option_lines(item) == "yes | 2 | Kyllä | Ja | Yes\nmaybe | 1 | Ehkä | Kanske | Maybe"
    assert item["enableWhen"] == [{"question": "weeks", "operator": ">", "answerInteger": 2}]
    wrong = maker.post(page(draft, "item/?item=numb"), {**sent, "seen": seen(draft), "conditions": "weeks bigger 2"})
    assert "Line 1 of the conditions" in text(wrong)


def test_items_are_added_moved_and_removed_and_a_taken_name_is_refused(draft: FormVersion, maker: Client) -> None:
    def does(do: str, **more: str) -> list[str]:
        maker.post(page(draft, "items/"), {"seen": seen(draft), "do": do, **more})
        draft.refresh_from_db()
        return [item["linkId"] for _depth, item in editing.walk(wire.loads(draft.questionnaire))]

    assert does("add weeks", link="sleep", kind="boolean")[:4] == ["pain", "weeks", "sleep", "numb"]
    assert does("up sleep")[:3] == ["pain", "sleep", "weeks"]
    assert "sleep" not in does("remove sleep")
    before = does("up weeks")
    assert does("add weeks", link="numb", kind="boolean") == before
    assert does("add weeks", link="Not A Name", kind="boolean") == before


def test_two_makers_who_change_one_draft_lose_neither_change_in_silence(draft: FormVersion, maker: Client) -> None:
    first = seen(draft)
    maker.post(page(draft, "items/"), {"seen": first, "do": "add ", "link": "one", "kind": "text"})
    late = maker.post(page(draft, "items/"), {"seen": first, "do": "add ", "link": "two", "kind": "text"}, follow=True)
    assert "Someone else has changed this draft meanwhile" in text(late)
    assert "one" in FormVersion.objects.get(pk=draft.pk).questionnaire


def test_an_outcome_is_changed_and_an_expression_that_cannot_be_is_told_as_a_fault(
    draft: FormVersion, maker: Client
) -> None:
    sent = {
        "seen": seen(draft),
        "when": "weeks > ",
        "urgency": "days",
        **{f"action_{lang}": "Varaa" for lang in ("fi", "sv", "en")},
        **{f"reason_{lang}": "Koska" for lang in ("fi", "sv", "en")},
        "services": "liikunta, selkä",
    }
    maker.post(page(draft, "outcomes/physiotherapist/"), sent)
    draft.refresh_from_db()
    changed = next(each for each in draft.record["outcomes"] if each["outcome"] == "physiotherapist")
    assert changed["services"] == ["liikunta", "selkä"]
    shown = maker.get(page(draft))
    assert shown.status_code == 200
    assert "Faults" in text(shown)
    assert "is not an expression" in text(maker.post(page(draft, "try/"), {"q-weeks": "8"}))
    refused = maker.post(page(draft, "ask/"), follow=True)
    assert "The form has faults" in text(refused)


def test_a_draft_is_tried_in_three_languages_and_nothing_is_kept(draft: FormVersion, maker: Client) -> None:
    for lang, shown in (("fi", "Montako viikkoa?"), ("sv", "Montako viikkoa? (sv)"), ("en", "Montako viikkoa? (en)")):
        assert shown in text(maker.get(page(draft, f"try/?language={lang}")))
    tried = text(maker.post(page(draft, "try/?language=fi"), {"q-weeks": "8", "q-numb": "no"}))
    assert "Kipu on kestänyt 8 viikkoa." in tried


def test_a_form_is_published_only_by_a_second_person(draft: FormVersion, maker: Client, back: Any) -> None:
    other = signed_in(user_with(Role.ADMINISTRATOR))
    maker.post(page(draft, "ask/"))
    draft.refresh_from_db()
    assert draft.state == "waiting", "the form of tests has faults"
    own = maker.post(page(draft, "decide/"), {"decision": "approve"}, follow=True)
    assert "No one approves a form of their own" in text(own)
    other.post(page(draft, "decide/"), {"decision": "approve"})
    draft.refresh_from_db()
    assert (draft.state, draft.approver.name) == ("published", "The administrator")
    assert Event.objects.filter(name="form.published").count() == 1
    assert "Nothing differs" in text(other.get(page(draft, "compare/")))
    other.post(page(draft, "decide/"), {"decision": "withdraw"})
    draft.refresh_from_db()
    assert draft.state == "withdrawn"


def test_what_differs_from_the_offered_version_is_shown(draft: FormVersion, maker: Client) -> None:
    maker.post(page(draft, "items/"), {"seen": seen(draft), "do": "remove why"})
    shown = text(maker.get(page(draft, "compare/")))
    assert "why" in shown
    assert "removed" in shown


def test_others_fhir_json_is_taken_in_and_given_back_without_loss(maker: Client) -> None:
    raw = {
        **BACK,
        "name": "Others Form 1",
        "contact": [{"name": "NLM"}],
        "extension": [{"url": "x", "valueDecimal": 1}],
    }
    sent = wire.dumps(raw).replace('"valueDecimal": 1', '"valueDecimal": 1.10')
    maker.post("/form-making/", {"questionnaire": sent})
    made = FormVersion.objects.get(form="others_form_1")
    given = maker.get(page(made, "questionnaire.json"))
    assert wire.loads(given.content) == wire.loads(sent)
    assert b"1.10" in given.content
    refused = maker.post("/form-making/", {"questionnaire": '{"resourceType": "Patient"}'})
    assert "This is no FHIR Questionnaire" in text(refused)


def test_a_draft_that_cannot_be_read_is_not_kept(draft: FormVersion, maker: Client) -> None:
    user = User.objects.get(name="The analyst")
    with pytest.raises(UserError):
        actions.edit_form(by=user, version=draft.pk, seen=seen(draft), questionnaire="[]", record_of=draft.record)
    broken = {"seen": seen(draft), "questionnaire": draft.questionnaire, "record": '{"form": "back"}'}
    assert maker.post(page(draft, "raw/"), broken).status_code == 200
    assert seen(draft) == broken["seen"]


def test_shipped_forms_are_published_once_and_a_countys_own_version_goes_before_them(draft: FormVersion) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions.content, "read_forms", lambda _county: ({"back": actions.published.form_of(draft)}, []))
        assert actions.publish_shipped(by=None) == 1
        assert actions.publish_shipped(by=None) == 0
