"""What the staff of a unit see and do: answers, themes, corrections, cases, places, invitations, what was done."""

from __future__ import annotations

import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from luotsi.concepts.errors import UserError
from luotsi.web.events.models import Event
from luotsi.web.feedback import actions, queries
from luotsi.web.feedback.models import Answer, Case, Deed, Invitation, Place
from luotsi.web.feedback.queries import Filters
from luotsi.web.feedback.tests.made_up import OTHER, answer
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, sign_in, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def hilkka() -> User:
    return user_with(Role.PROFESSIONAL, HEALTH_CENTRE)


@pytest.fixture
def leader() -> User:
    return user_with(Role.OPERATIONAL_LEADER, HEALTH_CENTRE)


@pytest.fixture
def signed_in(leader: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    sign_in(client, leader, minutes=0)
    return client


def test_no_one_sees_feedback_cases_or_places_of_another_unit(hilkka: User, leader: User, signed_in: Client) -> None:
    own, other = answer("Hyvä hoito"), answer("Huono ruoka", unit=OTHER, contact="a@b.example")
    assert [each.answer for each in queries.answers(by=hilkka, filters=Filters())] == [own]
    assert [each.answer for each in queries.answers(by=hilkka, filters=Filters(unit=OTHER))] == []
    assert queries.cases(by=hilkka) == []
    case = Case.objects.get()
    for address in (f"/feedback/answers/{other.pk}/", f"/feedback/cases/{case.pk}/"):
        assert signed_in.get(address).status_code == 404
    assert "Huono ruoka" not in signed_in.get("/feedback/answers/").content.decode()
    for refused in (
        lambda: actions.correct(by=hilkka, answer=other, themes=["fees"], mood="neutral"),
        lambda: actions.take_case(by=hilkka, case=case),
        lambda: actions.open_place(by=leader, name="Aula", form="feedback_visit", unit=OTHER),
        lambda: actions.tell(by=leader, unit=OTHER, text="Muutimme"),
        lambda: actions.tell(by=leader, unit="", text="Muutimme"),
    ):
        with pytest.raises(PermissionDenied):
            refused()


def test_who_leads_the_county_sees_every_unit_and_an_analyst_none() -> None:
    answer(unit=OTHER)
    answer(unit="")
    assert len(queries.answers(by=user_with(Role.STRATEGIC_LEADER), filters=Filters())) == 2
    with pytest.raises(PermissionDenied):
        queries.answers(by=user_with(Role.ANALYST), filters=Filters())


def test_a_correction_holds_for_the_list_the_warehouse_and_the_measure_of_the_machine(hilkka: User) -> None:
    given = answer("Lasku oli liian kallis")
    assert given.themes[0] == "fees"
    actions.correct(by=hilkka, answer=given, themes=["access", "fees"], mood="negative")
    (seen,) = queries.answers(by=hilkka, filters=Filters(theme="access"))
    assert (seen.themes, seen.mood, seen.is_corrected) == (["access", "fees"], "negative", True)
    told = Event.objects.get(name="feedback.corrected").payload["feedback"]
    assert (told["feedback_id"], told["theme"]) == (str(given.pk), "access")
    assert queries.agreement(by=hilkka) == (0, 1)
    given.refresh_from_db()
    assert given.themes[0] == "fees"


def test_the_page_of_answers_narrows_to_a_theme_and_passes_over_one_that_is_not(signed_in: Client) -> None:
    answer("Lasku oli liian kallis")
    answer("Hoitaja oli ystävällinen")
    narrowed = signed_in.get("/feedback/answers/?theme=fees").content.decode()
    assert "Lasku" in narrowed
    assert "ystävällinen" not in narrowed
    assert "ystävällinen" in signed_in.get("/feedback/answers/?theme=none&mood=odd&unit=x&page=99").content.decode()


def test_a_case_is_taken_answered_and_then_the_contact_is_forgotten(signed_in: Client, leader: User) -> None:
    answer("Soittakaa", contact="Maija, 0401234567")
    case = Case.objects.get()
    assert "0401234567" not in signed_in.get(f"/feedback/cases/{case.pk}/").content.decode()
    signed_in.post(f"/feedback/cases/{case.pk}/take/")
    assert "0401234567" in signed_in.get(f"/feedback/cases/{case.pk}/").content.decode()
    signed_in.post(f"/feedback/cases/{case.pk}/", {"outcome": "answered", "note": "Soitettu"})
    case.refresh_from_db()
    assert (case.state, case.outcome, case.contact, case.taken_by) == ("resolved", "answered", "", leader)
    told = [each.payload["work_item"] for each in Event.objects.filter(payload__has_key="work_item").order_by("pk")]
    assert [each["state"] for each in told] == ["new", "taken", "resolved"]
    assert {each["work_item_id"] for each in told} == {f"feedback-{case.answer.pk}"}


def test_of_two_who_take_a_case_one_gets_it_and_the_other_a_sentence(hilkka: User, leader: User) -> None:
    answer(contact="a@b.example")
    case = Case.objects.get()
    actions.take_case(by=hilkka, case=case)
    with pytest.raises(UserError, match="taken"):
        actions.take_case(by=leader, case=case)
    with pytest.raises(UserError, match="Take the case first"):
        actions.resolve_case(by=leader, case=case, outcome="answered")


def test_late_cases_rise_and_are_counted(signed_in: Client, leader: User) -> None:
    for contact in ("a@b.example", "c@d.example"):
        answer(contact=contact)
    last = Case.objects.order_by("-pk")[0]
    Case.objects.filter(pk=last.pk).update(due_at=timezone.now() - datetime.timedelta(days=1))
    assert queries.cases(by=leader)[0].pk == last.pk
    assert "1 is late." in signed_in.get("/feedback/cases/").content.decode()


def test_the_database_keeps_no_contact_of_a_case_that_ended(hilkka: User) -> None:
    answer(contact="a@b.example")
    case = actions.take_case(by=hilkka, case=Case.objects.get())
    changed = {"state": "resolved", "outcome": "answered", "ended_at": timezone.now()}
    with pytest.raises(IntegrityError, match="forgets_contact"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**changed)


def test_a_place_has_a_poster_with_its_code_and_can_be_closed(signed_in: Client) -> None:
    said = {"name": "Aula", "unit": HEALTH_CENTRE, "form": "feedback_visit", "provider": "1234567-8"}
    response = signed_in.post("/feedback/places/", said)
    place = Place.objects.get()
    poster = signed_in.get(response["location"]).content.decode()
    assert f"/feedback/at/{place.code}/" in poster
    assert "<svg" in poster
    signed_in.post(f"/feedback/places/{place.code}/close/")
    place.refresh_from_db()
    assert place.closed_on == timezone.localdate()


def test_an_invitation_by_e_mail_holds_the_link_and_the_address_is_not_kept(signed_in: Client) -> None:
    said = {"to": "maija@example.org", "unit": HEALTH_CENTRE, "form": "feedback_visit", "language": "sv", "sex": "2"}
    assert signed_in.post("/feedback/invite/", said).status_code == 302
    (letter,) = mail.outbox
    assert "/feedback/link/" in letter.body
    assert letter.body.startswith("Tack")
    invitation = Invitation.objects.get()
    kept = str([getattr(invitation, field.name) for field in Invitation._meta.fields])
    assert "maija" not in kept + str(Event.objects.get(name="feedback.asked").payload)
    assert (invitation.channel, invitation.sex, invitation.language) == ("web", "2", "sv")


def test_a_text_message_goes_to_the_mock_in_a_demonstration_and_nowhere_else(
    signed_in: Client, settings: LazySettings, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    said = {"to": "040 123 4567", "unit": HEALTH_CENTRE, "form": "feedback_visit", "language": "fi"}
    assert signed_in.post("/feedback/invite/", said).status_code == 302
    (message,) = (tmp_path / "messages").iterdir()
    assert message.read_text("utf-8").startswith("0401234567\nKiitos asioinnista.")
    settings.DEMONSTRATION = False
    settings.SECURE_SSL_REDIRECT = False
    refused = signed_in.post("/feedback/invite/", said)
    assert refused.status_code == 422
    assert "No gateway for text messages" in refused.content.decode()
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("address", ["", "maija", "12", "@", "a b@c", "++358401234567"])
def test_what_is_no_address_gets_a_sentence(signed_in: Client, address: str) -> None:
    said: dict[str, Any] = {"to": address, "unit": HEALTH_CENTRE, "form": "feedback_visit", "language": "fi"}
    assert signed_in.post("/feedback/invite/", said).status_code == 422


def test_what_was_done_is_told_in_public_and_taken_back(signed_in: Client) -> None:
    signed_in.post(
        "/feedback/told/", {"unit": HEALTH_CENTRE, "text": "Toimme penkkejä", "text_en": "We brought benches"}
    )
    deed = Deed.objects.get()
    assert "We brought benches" in signed_in.get("/feedback/told/").content.decode() or deed.said("en")
    signed_in.post(f"/feedback/told/{deed.pk}/remove/")
    assert queries.deeds(HEALTH_CENTRE) == []
    assert [each.name for each in Event.objects.filter(name__startswith="feedback_deed")] == [
        "feedback_deed.published",
        "feedback_deed.removed",
    ]


def test_clients_of_a_file_are_asked_once_for_each_event_and_faults_have_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "visits.csv"
    file.write_text(
        "to,event,unit,age_group,language\n"
        f"maija@example.org,visit:1,{HEALTH_CENTRE},75-84,sv\n"
        f"nobody,visit:2,{HEALTH_CENTRE},,\n"
        f"kalle@example.org,,{HEALTH_CENTRE},,\n",
        "utf-8",
    )
    for _run in range(2):
        told, wrong = StringIO(), StringIO()
        with pytest.raises(CommandError, match="2 rows"):
            call_command("invite_to_feedback", file, stdout=told, stderr=wrong)
    assert told.getvalue() == "0 asked\n"
    assert f"{file}:3 has neither" in wrong.getvalue()
    assert f"{file}:4 has no event" in wrong.getvalue()
    (letter,) = mail.outbox
    assert letter.to == ["maija@example.org"]
    assert Invitation.objects.get().age_group == "75-84"


def test_the_demonstration_has_feedback_and_a_second_run_adds_nothing(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("demonstration_users", stdout=StringIO())
    counts = []
    for _run in range(2):
        call_command("demonstration_feedback")
        counts.append((Answer.objects.count(), Invitation.objects.count(), Case.objects.count(), Deed.objects.count()))
    assert counts[0] == counts[1] == (33, 40, 1, 1)
    assert not Answer.objects.filter(comment__contains="Virtanen").exists()
