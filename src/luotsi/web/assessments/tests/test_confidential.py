"""What is asked of the person alone: who acts for them sees neither it nor anything that depends on it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.test import Client

from luotsi.web.assessments.models import FormVersion, Override, Response
from luotsi.web.assessments.tests.conftest import signed_in
from luotsi.web.assessments.tests.made_up import BACK, RECORD, YES_NO, publish, shipped, translated, words
from luotsi.web.assessments.tests.test_answering import begun, hidden, post, text
from luotsi.web.assessments.tests.test_professional import mandated
from luotsi.web.people.models import Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import user_with
from luotsi.web.queues.models import WorkItem

pytestmark = pytest.mark.django_db
OLD = "010160-900Y"


@pytest.fixture
def asked(db: None) -> FormVersion:
    """The form of tests with a page in confidence, and with a question, score and outcomes that hang on it."""
    questions = copy.deepcopy(BACK)
    afraid = {"linkId": "afraid", "type": "choice", **translated("Pelkäätkö?"), "answerOption": YES_NO}
    group = {
        "linkId": "private",
        "type": "group",
        **translated("Kahden kesken"),
        "item": [{**afraid, "required": True}],
    }
    condition = [{"question": "afraid", "operator": "=", "answerCoding": {"code": "yes"}}]
    when = {"linkId": "contact", "type": "string", **translated("Milloin voi soittaa?"), "enableWhen": condition}
    questions["item"] = [questions["item"][0], group, {**questions["item"][1]}, when]
    record = copy.deepcopy(RECORD)
    risk = {"label": words("Uhkapisteet"), "value": "CASE WHEN afraid = 'yes' THEN weeks + 1 ELSE 0 END"}
    told: dict[str, Any] = {"action": words("Soitamme pian."), "reason": words("Kerroit pelosta.")}
    fear = {"outcome": "fear", "when": "afraid = 'yes'", "urgency": "today", "queue": "physiotherapy", **told}
    return publish(
        questions,
        confidential=["afraid"],
        scores={**record["scores"], "risk": risk},
        outcomes=[record["outcomes"][0], fear, *record["outcomes"][1:]],
    )


def answered(version: FormVersion, principal: Person, afraid: str, *, done: bool = True) -> Response:
    """The person's own answers."""
    user = User.objects.create_user(None, name="Kukka")
    Person.objects.filter(pk=principal.pk).update(user=user)
    items = [
        {
            "linkId": "pain",
            "item": [
                {"linkId": "weeks", "answer": [{"valueInteger": 8}]},
                {"linkId": "numb", "answer": [{"valueCoding": {"code": "no"}}]},
            ],
        },
        {"linkId": "private", "item": [{"linkId": "afraid", "answer": [{"valueCoding": {"code": afraid}}]}]},
        {"linkId": "contact", "answer": [{"valueString": "Arkena"}]},
    ]
    scores = {"points": {"value": "8", "class": "high"}, "risk": {"value": "9", "class": ""}}
    more: dict[str, Any] = (
        {"status": "completed", "completed_at": version.published_at, "scores": scores} if done else {}
    )
    return Response.objects.create(version=version, person=principal, author=user, kept={"item": items}, **more)


SECRET = (
    "Pelkäätkö",
    "Kahden kesken",
    "Kerroit pelosta",
    "Soitamme pian",
    "Milloin voi soittaa",
    "Arkena",
)


def pages_of(client: Client, response: Response) -> list[str]:
    """Every page on which one who acts for the person meets the answers."""
    base = f"/answers/{response.pk}/"
    addresses = [base, f"{base}?page=all", f"{base}result/", f"{base}print/", f"{base}stopped/", "/forms/", "/matters/"]
    return [text(client.get(address, follow=True)) for address in addresses]


@pytest.mark.parametrize("done", [True, False])
def test_who_acts_for_another_meets_nothing_confidential_on_any_page(asked: FormVersion, done: bool) -> None:
    client, principal = mandated("authorised", OLD)
    response = answered(asked, principal, "yes", done=done)
    carer = user_with(Role.PROFESSIONAL, "1.2.3.1")
    if done:
        Override.objects.create(
            response=response, score="points", computed="high", chosen="low", reason="Kerroit pelosta", author=carer
        )
    seen = pages_of(client, response)
    assert "Montako viikkoa" in seen[1]
    assert [(word, page) for page in seen for word in SECRET if word in page] == []
    if done:
        assert "Kipu on kestänyt 8 viikkoa" in seen[2]
        assert "asked of the person alone" in seen[2]


def test_the_person_and_no_one_else_sees_the_same_answers_whole(asked: FormVersion) -> None:
    _client, principal = mandated("authorised", OLD)
    response = answered(asked, principal, "yes")
    browser = signed_in(User.objects.get(pk=response.author.pk))
    page = text(browser.get(f"/answers/{response.pk}/result/"))
    assert "Kerroit pelosta" in page
    assert "Pelkäätkö" in page


def test_what_an_agent_sends_leaves_the_confidential_answer_as_it_was_even_where_it_is_sent_too(
    asked: FormVersion,
) -> None:
    client, principal = mandated("authorised", OLD)
    response = answered(asked, principal, "yes", done=False)
    address = f"/answers/{response.pk}/"
    page = text(client.get(f"{address}?page=all"))
    sent = {**hidden(page), "go": "save", "q-weeks": "3", "q-afraid": "no", "q-contact": "Milloin vain"}
    assert client.post(address, sent).status_code == 302
    response.refresh_from_db()
    said = str(response.kept)
    assert "'valueInteger': 3" in said
    assert "'code': 'yes'" in said
    assert "Arkena" in said


def test_an_agent_completes_without_what_is_not_asked_of_them_and_the_queue_is_told_nothing_of_it(
    asked: FormVersion,
) -> None:
    client, principal = mandated("authorised", OLD)
    address = begun(client)
    done = post(client, address, "finish", weeks="8", numb="no")
    assert done["location"] == f"{address}result/"
    own = answered(asked, principal, "yes")
    client.post(f"/answers/{own.pk}/send/")
    item = WorkItem.objects.get()
    assert (item.reason, item.urgency) == ("Selkä", "today")
    assert [word for word in SECRET if word in text(client.get("/matters/"))] == []


def test_each_answers_a_form_with_confidential_questions_alone(asked: FormVersion) -> None:
    client, principal = mandated("authorised", OLD)
    own = answered(asked, principal, "yes", done=False)
    assert begun(client) != f"/answers/{own.pk}/"
    assert begun(client) == begun(client)


@pytest.mark.parametrize("name", ["maternity_client", "previsit_maternity", "previsit_fifth_grade"])
def test_the_countys_own_forms_ask_nobody_else_of_violence_self_harm_or_home(name: str) -> None:
    form = shipped()[name]
    secret = {"afraid", "self_harm", "home_safe", "violence", "safe_contact"} & set(form.questionnaire.by_name)
    assert secret
    assert not secret & set(form.for_others.questionnaire.by_name)
