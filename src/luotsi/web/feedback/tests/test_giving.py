"""Giving feedback: at a place, at a screen, by a link that answers once, from the public page; what is kept of it."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client

from luotsi.web.assessments import pace
from luotsi.web.events.models import Event
from luotsi.web.feedback import actions, asking, handlers
from luotsi.web.feedback.models import Answer, Case, Invitation, Place
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with
from luotsi.web.services.inventory import Measured

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "fi"})


@pytest.fixture
def leader() -> User:
    return user_with(Role.OPERATIONAL_LEADER, HEALTH_CENTRE)


@pytest.fixture
def place(leader: User) -> Place:
    return actions.open_place(by=leader, name="Aula", form="feedback_visit", unit=HEALTH_CENTRE, team="Sininen")


@pytest.fixture(autouse=True)
def _no_haste(settings: Any) -> None:
    from django.core.cache import cache

    cache.clear()


SHOWN = (
    "respondent nps item1 item2 item3 item4 item5 item6 item7 useful comment public wants_answer "
    "overall solved contact_name contact_way contact_phone contact_email undone harm"
)
"""A page that has shown everything, so that nothing opened is new."""


def sent(**answers: Any) -> dict[str, Any]:
    said = {f"q.{name}": value for name, value in {"overall": "4", **answers}.items()}
    return {"answer": str(uuid.uuid4()), "shown": SHOWN, **said}


def ask(place: Place | None = None, **groups: str) -> tuple[Invitation, str]:
    found: list[str] = []

    def send(_invitation: Invitation, secret: str) -> str:
        found.append(secret)
        return "sms"

    about = {"unit": HEALTH_CENTRE, "service": "281"}
    invitation = actions.invite(by=None, form="feedback_visit", about=about, groups=groups, send=send)
    return invitation, found[0]


def test_an_answer_at_a_place_is_tied_to_what_the_place_says(client: Client, place: Place) -> None:
    assert "Miten asiointisi sujui" in client.get(f"/feedback/at/{place.code}/").content.decode()
    response = client.post(f"/feedback/at/{place.code}/", sent(nps="9", overall="4"))
    assert response.status_code == 302, response.content.decode()
    answer = Answer.objects.get()
    assert (answer.unit, answer.team, answer.channel, answer.place) == (HEALTH_CENTRE, "Sininen", "web", place)
    assert answer.scores == {"nps": 9}
    assert "Kiitos" in client.get(response["location"]).content.decode()


def test_an_answer_is_an_event_that_carries_the_concept(client: Client, place: Place) -> None:
    response = client.post(f"/feedback/at/{place.code}/", sent(nps="10", comment="Hoitaja oli todella ystävällinen"))
    assert response.status_code == 302, response.content.decode()
    event = Event.objects.get(name="feedback.given")
    said = event.payload["feedback"]
    assert (said["unit"], said["nps"], said["mood"], said["theme"]) == (HEALTH_CENTRE, 10, "positive", "encounter")
    assert event.by is None


def test_a_page_sent_twice_is_one_answer(client: Client, place: Place) -> None:
    once = sent(nps="3")
    first, second = (client.post(f"/feedback/at/{place.code}/", once) for _ in range(2))
    assert first["location"] == second["location"]
    assert (Answer.objects.count(), Event.objects.filter(name="feedback.given").count()) == (1, 1)


def test_names_codes_and_numbers_are_masked_before_anything_is_kept(client: Client, place: Place) -> None:
    text = "Lääkäri Virtanen unohti minut. Olen 131052-308T, soita 040 123 4567."
    client.post(f"/feedback/at/{place.code}/", sent(comment=text))
    answer, event = Answer.objects.get(), Event.objects.get(name="feedback.given")
    for kept in (answer.comment, str(answer.response), str(event.payload)):
        assert not any(each in kept for each in ("Virtanen", "131052", "040"))
        assert "unohti minut" in kept


def test_a_link_answers_once_and_the_page_sent_again_is_the_same_answer(client: Client) -> None:
    invitation, secret = ask(age_group="75-84", sex="2")
    once = sent(nps="7")
    assert client.post(f"/feedback/link/{secret}/", once).status_code == 302
    assert client.post(f"/feedback/link/{secret}/", once).status_code == 302
    assert client.get(f"/feedback/link/{secret}/").status_code == 410
    assert client.post(f"/feedback/link/{secret}/", sent(nps="1")).status_code == 410
    answer = Answer.objects.get()
    assert (answer.invitation, answer.service, answer.channel, answer.scores["nps"]) == (invitation, "281", "sms", 7)
    told = Event.objects.get(name="feedback.given").payload["feedback_invitation"]
    assert (told["age_group"], bool(told["answered_at"])) == ("75-84", True)


def test_a_link_that_is_over_or_not_ours_says_so(client: Client) -> None:
    invitation, secret = ask()
    Invitation.objects.update(expires_at=invitation.sent_at + (invitation.expires_at - invitation.sent_at) / 10**9)
    assert client.get(f"/feedback/link/{secret}/").status_code == 410
    assert client.get("/feedback/link/made-up/").status_code == 404


def test_who_reads_the_database_cannot_answer_in_someones_name() -> None:
    invitation, secret = ask()
    assert secret.encode() not in bytes(invitation.digest)


def test_a_wish_for_a_reply_opens_a_case_and_the_contact_stays_with_it_alone(client: Client, place: Place) -> None:
    wish = {"contact_name": "Maija", "contact_way": "email", "contact_email": "maija@example.org"}
    response = client.post(f"/feedback/at/{place.code}/", sent(nps="2", wants_answer="yes", **wish))
    case, answer, event = Case.objects.get(), Answer.objects.get(), Event.objects.get(name="feedback.given")
    assert case.contact == "Maija, maija@example.org"
    assert "maija" not in (str(answer.response) + str(event.payload)).lower()
    assert datetime.datetime.fromisoformat(event.payload["work_item"]["due_at"]) == case.due_at
    assert "viiden työpäivän" in client.get(response["location"]).content.decode()


def test_who_wants_a_reply_and_gives_no_address_is_asked_for_it(client: Client, place: Place) -> None:
    response = client.post(f"/feedback/at/{place.code}/", sent(wants_answer="yes", comment="Hyvä"))
    assert response.status_code == 422
    assert "Anna puhelinnumero" in response.content.decode()
    assert ">Hyvä</textarea>" in response.content.decode()
    assert not Answer.objects.exists()


def test_a_text_that_is_too_long_is_refused_with_a_sentence_and_is_still_on_the_page(
    client: Client, place: Place
) -> None:
    text = "ä" * (asking.LONGEST + 1)
    response = client.post(f"/feedback/at/{place.code}/", sent(comment=text, nps="9"))
    assert response.status_code == 422
    assert text in response.content.decode()
    assert not Answer.objects.exists()


def test_what_is_no_question_of_the_form_is_passed_over(client: Client, place: Place) -> None:
    odd = {"visit": "1", "nps:3": "1", "no_such": "1", "": "1"}
    assert client.post(f"/feedback/at/{place.code}/", sent(nps="9", **odd)).status_code == 302
    assert Answer.objects.get().scores == {"nps": 9}


def test_questions_that_an_answer_opens_are_asked_before_it_is_kept(client: Client, place: Place) -> None:
    opened = {**sent(solved="no"), "shown": "overall solved nps comment wants_answer"}
    response = client.post(f"/feedback/at/{place.code}/", opened)
    assert "Valitse kaikki" in response.content.decode()
    assert not Answer.objects.exists()
    part = client.post(f"/feedback/at/{place.code}/", {**opened, "part": "1"}, headers={"hx-request": "true"})
    assert part.content.decode().strip().startswith('<div id="questions"')


def test_an_empty_answer_is_not_kept(client: Client) -> None:
    assert client.post("/feedback/", {"shown": SHOWN}).status_code == 422
    assert not Answer.objects.exists()


def test_a_screen_comes_back_to_its_questions_and_counts_as_a_terminal(client: Client, place: Place) -> None:
    response = client.post(f"/feedback/at/{place.code}/screen/", sent(nps="8"))
    page = client.get(response["location"]).content.decode()
    assert f'data-again="/feedback/at/{place.code}/screen/"' in page
    assert Answer.objects.get().channel == "terminal"


def test_the_public_page_takes_feedback_at_any_time_with_no_place_at_all(client: Client) -> None:
    assert client.get("/feedback/").status_code == 200
    assert client.post("/feedback/", sent(respondent="self", item1="4", item2="not_applicable")).status_code == 302
    answer = Answer.objects.get()
    assert (answer.scores, answer.respondent, answer.unit) == ({"item1": 4}, "self", "")


def test_too_much_from_one_address_is_refused_with_a_page_and_not_kept(client: Client, place: Place) -> None:
    codes = [
        client.post(f"/feedback/at/{place.code}/", sent(nps="5")).status_code for _ in range(pace.FROM_ONE_ADDRESS + 1)
    ]
    assert codes[-2:] == [302, 429]
    assert Answer.objects.count() == pace.FROM_ONE_ADDRESS


def test_a_closed_place_takes_nothing_more(client: Client, place: Place, leader: User) -> None:
    actions.close_place(by=leader, place=place)
    assert client.get(f"/feedback/at/{place.code}/").status_code == 404
    assert client.post(f"/feedback/at/{place.code}/", sent(nps="5")).status_code == 404


def test_what_is_posted_as_a_script_is_shown_as_text(client: Client, place: Place, leader: User) -> None:
    client.post(f"/feedback/at/{place.code}/", sent(comment="<script>alert(1)</script> hyvä"))
    from luotsi.web.people.tests.made_up import sign_in

    sign_in(client, leader, minutes=0)
    page = client.get("/feedback/answers/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_services_that_an_open_place_asks_about_are_told_to_the_directory(leader: User) -> None:
    about = {"service": "kahvila", "provider": "1234567-8"}
    place = actions.open_place(by=leader, name="Kahvila", form="feedback_visit", unit=HEALTH_CENTRE, **about)
    assert handlers.measured() == Measured(frozenset({"kahvila"}), frozenset({"1234567-8"}))
    actions.close_place(by=leader, place=place)
    assert handlers.measured() == Measured(frozenset(), frozenset())
