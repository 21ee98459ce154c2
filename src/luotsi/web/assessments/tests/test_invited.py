"""Forms asked for before a visit or at an age: who finds them where, who answers them, what the professional sees."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from luotsi.concepts.errors import UserError
from luotsi.web.assessments.inviting import actions
from luotsi.web.assessments.inviting.models import Invitation
from luotsi.web.assessments.models import FormVersion, Response
from luotsi.web.assessments.tests.conftest import signed_in
from luotsi.web.assessments.tests.made_up import publish
from luotsi.web.assessments.tests.test_answering import post, text
from luotsi.web.assessments.tests.test_professional import mandated
from luotsi.web.people.models import AccessLog, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with
from luotsi.web.queues.tests.made_up import of_age

pytestmark = pytest.mark.django_db


def soon(days: int = 7) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=days)


def asked(by: Any, person: Any, **more: Any) -> Invitation:
    """A request to fill the form of tests before a visit."""
    at = soon()
    said = {"form": "back", "unit": HEALTH_CENTRE, "visit_at": at, "until": timezone.localdate(at), **more}
    return actions.ask(by=by, person=person.pk, **said)


def test_a_client_finds_what_a_professional_asks_before_a_visit_and_the_professional_the_answers(
    resident: Client, professional: Client, rauha: Any, hilkka: Any
) -> None:
    address = f"/persons/{rauha.person.pk}/ask-form/"
    assert "Time of the visit" in text(professional.get(address))
    at = f"{timezone.localtime(soon()):%Y-%m-%dT%H:%M}"
    made = professional.post(address, {"form": "back", "visit_at": at, "unit": HEALTH_CENTRE})
    assert "Nothing has been answered yet" in text(professional.get(made["location"]))
    row = Invitation.objects.get()
    assert (row.asked_by, row.until) == (hilkka, timezone.localdate(row.visit_at))
    for page in ("/matters/", "/forms/"):
        assert f"/asked/{row.pk}/" in text(resident.get(page))
    assert "/matters/" in resident.get("/")["location"]
    assert "Answer by" in text(resident.get(f"/asked/{row.pk}/"))
    filling = resident.post(f"/asked/{row.pk}/")["location"]
    assert resident.post(f"/asked/{row.pk}/")["location"] == filling
    post(resident, filling, "finish", weeks="8", numb="no")
    response = Response.objects.get()
    assert (response.context, response.context_id, response.unit) == ("appointment", str(row.pk), HEALTH_CENTRE)
    seen = text(professional.get(made["location"]))
    assert "Kipu on kestänyt 8 viikkoa" in seen
    assert "The client" in seen
    assert "You have answered this" in text(resident.get(f"/asked/{row.pk}/"))
    assert f"/asked/{row.pk}/" not in text(resident.get("/matters/"))
    assert "Answered" in text(professional.get("/visits/"))
    assert rauha.person.name not in text(professional.get("/visits/"))


def test_a_request_ties_the_units_professionals_to_the_person_until_it_is_taken_back(
    back: FormVersion, rauha: Any
) -> None:
    colleague = user_with(Role.PROFESSIONAL, HEALTH_CENTRE)
    browser = signed_in(colleague)
    row = asked(None, rauha.person)
    visit = f"/persons/{rauha.person.pk}/visits/{row.pk}/"
    assert browser.get(visit).status_code == 200
    log = AccessLog.objects.filter(user=colleague).latest("id")
    assert (log.basis, log.what) == ("task", "assessment")
    assert browser.post(f"{visit}take-back/").status_code == 302
    assert browser.get(visit).status_code == 403
    assert signed_in(user_with(Role.PROFESSIONAL, "1.9")).get(visit).status_code == 403


def test_a_child_and_a_guardian_answer_a_form_with_confidential_questions_each_alone(db: None) -> None:
    publish(confidential=["numb"])
    guardian, child = mandated("guardian", "010618A9005")
    row = asked(None, child)
    assert f"/asked/{row.pk}/" in text(guardian.get("/matters/"))
    theirs = guardian.post(f"/asked/{row.pk}/")["location"]
    assert "Onko tunnoton" not in text(guardian.get(f"{theirs}?page=all"))
    post(guardian, theirs, "finish", weeks="2")
    user = User.objects.create_user(None, name="Kukka")
    child.user = user
    child.save()
    own = signed_in(user)
    assert f"/asked/{row.pk}/" in text(own.get("/matters/"))
    mine = own.post(f"/asked/{row.pk}/")["location"]
    assert mine != theirs
    post(own, mine, "finish", weeks="3", numb="no")
    assert sorted(each.answered_by for each in Response.objects.filter(context_id=str(row.pk))) == ["guardian", "self"]
    carer = signed_in(user_with(Role.PROFESSIONAL, HEALTH_CENTRE))
    seen = text(carer.get(f"/persons/{child.pk}/visits/{row.pk}/"))
    assert seen.index("The client") < seen.index("A guardian")
    assert "Before:" not in seen


@pytest.mark.parametrize(("mark", "seen"), [("", False), ("1", True), ("3", False), ("4", False)])
def test_guardians_of_one_who_is_twelve_or_older_find_only_what_is_marked_for_them(
    back: FormVersion, mark: str, seen: bool
) -> None:
    guardian, child = mandated("guardian", "010112A900K")
    row = asked(None, child, minor_mark=mark)
    assert (f"/asked/{row.pk}/" in text(guardian.get("/matters/"))) == seen
    assert guardian.get(f"/asked/{row.pk}/").status_code == (200 if seen else 404)
    assert guardian.post(f"/asked/{row.pk}/").status_code == (302 if seen else 404)


def test_who_asks_one_of_twelve_or_older_has_to_say_what_guardians_see(back: FormVersion) -> None:
    child = of_age(15)
    asked(None, child)
    browser = signed_in(user_with(Role.PROFESSIONAL, HEALTH_CENTRE))
    address = f"/persons/{child.pk}/ask-form/"
    said = {"form": "back", "visit_at": f"{soon():%Y-%m-%dT%H:%M}", "unit": HEALTH_CENTRE}
    assert browser.post(address, said).status_code == 422
    assert browser.post(address, {**said, "minor_mark": "3"}).status_code == 302
    assert Invitation.objects.filter(minor_mark="3").count() == 1


def test_a_visit_in_the_past_another_unit_and_a_form_of_professionals_cannot_be_asked(
    professional: Client, rauha: Any, hilkka: Any
) -> None:
    address = f"/persons/{rauha.person.pk}/ask-form/"
    for wrong in ({"visit_at": "2026-01-01T10:00"}, {"unit": "1.9"}, {"form": "nothing"}, {"visit_at": ""}):
        said = {"form": "back", "visit_at": f"{soon():%Y-%m-%dT%H:%M}", "unit": HEALTH_CENTRE, **wrong}
        assert professional.post(address, said).status_code == 422, wrong
    publish(form="tool", audience="professional", version="2")
    with pytest.raises(UserError):
        asked(None, rauha.person, form="tool")
    assert not Invitation.objects.exists()


def test_the_job_asks_everyone_of_an_age_once(back: FormVersion) -> None:
    young = [of_age(11, 940), of_age(11, 950)]
    of_age(12, 960)
    for _time in range(2):
        call_command("ask_by_age", "back", "11", HEALTH_CENTRE, "60", verbosity=0)
    found = Invitation.objects.all()
    assert sorted(each.person_id for each in found) == sorted(each.pk for each in young)  # pyright: ignore[reportAttributeAccessIssue]
    assert {(each.reason, each.age) for each in found} == {("age_check", 11)}
    with pytest.raises(CommandError):
        call_command("ask_by_age", "nothing", "11", HEALTH_CENTRE, "60", verbosity=0)


def test_when_its_last_day_is_over_a_request_is_asked_no_more(resident: Client, rauha: Any) -> None:
    row = asked(None, rauha.person)
    Invitation.objects.filter(pk=row.pk).update(until=timezone.localdate() - datetime.timedelta(days=1))
    assert f"/asked/{row.pk}/" not in text(resident.get("/matters/"))
    assert resident.post(f"/asked/{row.pk}/").status_code == 404
