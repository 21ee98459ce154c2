"""Professionals: a client's answers and what has changed, filling together, class and plan, queue, minors, mandates."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client

from luotsi.web.assessments.models import FormVersion, Override, Plan, Response
from luotsi.web.assessments.tests.conftest import signed_in
from luotsi.web.assessments.tests.made_up import publish_shipped
from luotsi.web.assessments.tests.test_answering import begun, kept, post, text
from luotsi.web.events.models import Event
from luotsi.web.people.models import AccessLog, Mandate, Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, person, user_with
from luotsi.web.queues.models import WorkItem

pytestmark = pytest.mark.django_db


def filled(client: Client, **answers: Any) -> Response:
    address = begun(client)
    assert post(client, address, "finish", **{"weeks": "8", "numb": "no", **answers}).status_code == 302
    return Response.objects.latest("completed_at")


def test_what_a_resident_decides_to_send_is_one_item_of_the_queue_with_its_promised_time(
    resident: Client, rauha: Any
) -> None:
    response = filled(resident)
    assert not WorkItem.objects.exists()
    page = text(resident.get(f"/answers/{response.pk}/result/"))
    assert "Send your answers to the professionals?" in page
    for _time in range(2):
        resident.post(f"/answers/{response.pk}/send/")
    item = WorkItem.objects.get()
    assert (item.queue, item.urgency, item.origin_id) == ("physiotherapy", "days", str(response.pk))
    assert "Kipu on kestänyt 8 viikkoa." in item.reason
    assert "You get an answer by" in text(resident.get(f"/answers/{response.pk}/result/"))
    assert Event.objects.filter(name="response.sent").count() == 1


def test_an_outcome_without_a_queue_is_not_sent(resident: Client) -> None:
    response = filled(resident, weeks="2")
    page = text(resident.post(f"/answers/{response.pk}/send/", follow=True))
    assert "leads to no contact" in page
    assert not WorkItem.objects.exists()


def test_a_professional_sees_the_answers_beside_those_of_the_last_time_and_the_reading_is_logged(
    resident: Client, professional: Client, rauha: Any, hilkka: Any
) -> None:
    filled(resident, weeks="8")
    second = filled(resident, weeks="3")
    address = f"/persons/{rauha.person.pk}/answers/{second.pk}/"
    page = text(professional.get(address))
    assert "One answer differs from the last time" in page
    assert "Matala (en)" in page
    row = AccessLog.objects.filter(user=hilkka).latest("id")
    assert (row.what, row.basis, row.person_id) == ("assessment", "care", rauha.person.pk)
    stranger = signed_in(user_with(Role.PROFESSIONAL, "1.9"))
    refused = stranger.get(address)
    assert refused.status_code == 403
    assert "Montako" not in text(refused)


def test_a_professional_fills_a_form_with_a_client_and_asks_a_client_to_fill_one(
    resident: Client, professional: Client, rauha: Any, hilkka: Any
) -> None:
    forms = f"/persons/{rauha.person.pk}/forms/"
    assert "Selkä (en)" in text(professional.get(forms))
    address = professional.post(f"{forms}back/", {"how": "fill"})["location"]
    assert post(professional, address, "finish", weeks="1", numb="no").status_code == 302
    row = Response.objects.get()
    assert (row.author, row.answered_by, row.status) == (hilkka, "professional", "completed")
    assert Event.objects.get(name="response.completed").payload["assessment"]["unit"] == HEALTH_CENTRE
    professional.post(f"{forms}back/", {"how": "ask"})
    assert "A professional asks you to fill this." in text(resident.get("/forms/"))


def test_a_red_flag_stops_a_form_that_a_professional_fills_too(professional: Client, rauha: Any) -> None:
    address = professional.post(f"/persons/{rauha.person.pk}/forms/back/", {"how": "fill"})["location"]
    seen = address.removesuffix("fill/")
    assert post(professional, address, weeks="1", numb="yes")["location"] == seen
    assert "Soita 112 heti. (en)" in text(professional.get(seen))
    professional.post(f"{seen}stop/")
    assert Response.objects.get().outcome == "emergency"


def test_the_class_is_changed_with_a_reason_which_the_client_sees_and_the_warehouse_hears(
    resident: Client, professional: Client, rauha: Any
) -> None:
    response = filled(resident)
    address = f"/persons/{rauha.person.pk}/answers/{response.pk}/"
    without = professional.post(f"{address}override/points/", {"points-chosen": "low", "points-reason": " "})
    assert without.status_code == 422
    same = professional.post(f"{address}override/points/", {"points-chosen": "high", "points-reason": "x"})
    assert same.status_code == 422
    assert not Override.objects.exists()
    professional.post(f"{address}override/points/", {"points-chosen": "low", "points-reason": "Kipu on hellittänyt"})
    assert "Kipu on hellittänyt" in text(resident.get(f"/answers/{response.pk}/result/"))
    said = Event.objects.get(name="class.overridden").payload["assessment"]
    assert {"variable": "points.class", "value": "low", "number": None} in said["answers"]


def test_an_agreed_plan_is_seen_by_the_client_and_earlier_ones_stay(
    resident: Client, professional: Client, rauha: Any
) -> None:
    response = filled(resident)
    address = f"/persons/{rauha.person.pk}/answers/{response.pk}/plan/"
    assert professional.post(address, {"text": ""}).status_code == 422
    professional.post(address, {"text": "Kävelyä", "review_on": "2027-01-01"})
    professional.post(address, {"text": "Kävelyä ja uintia"})
    assert Plan.objects.count() == 2
    assert "Kävelyä ja uintia" in text(resident.get(f"/answers/{response.pk}/result/"))


def mandated(kind: str, code: str) -> tuple[Client, Person]:
    """A guardian's or an authorised person's browser, acting for a person."""
    user = User.objects.create_user("agent@luotsi.example", name="Agent")
    agent = person("230368-9116", "Veikko Verrokki", municipality="179")
    agent.user = user
    agent.save()
    principal = person(code, "Kukka Mallikas", municipality="179")
    mandate = Mandate.objects.create(
        principal=principal,
        agent=agent,
        kind=kind,
        covers=["health", "social"],
        source="paper",
        since=datetime.date(2026, 1, 1),
    )
    client = signed_in(user)
    session = client.session
    session["acting_by"] = str(mandate.pk)
    session.save()
    return client, principal


@pytest.mark.parametrize(
    ("kind", "code", "mark", "seen"),
    [
        ("guardian", "010618A9005", "", True),
        ("guardian", "010112A900K", "", False),
        ("guardian", "010112A900K", "1", True),
        ("guardian", "010112A900K", "3", False),
        ("guardian", "010112A900K", "4", False),
        ("authorised", "010160-900Y", "", True),
    ],
)
def test_who_acts_for_another_sees_only_what_guardians_may_see(
    back: FormVersion, kind: str, code: str, mark: str, seen: bool
) -> None:
    client, principal = mandated(kind, code)
    carer = user_with(Role.PROFESSIONAL, "1.2.3.1")
    own = Response.objects.create(version=back, person=principal, author=carer, minor_mark=mark, kept={})
    assert (client.get(f"/answers/{own.pk}/").status_code == 200) == seen
    assert (f"/answers/{own.pk}/" in text(client.get("/forms/"))) == seen


def test_a_guardian_fills_a_form_for_a_child_and_sees_what_they_wrote(back: FormVersion) -> None:
    client, child = mandated("guardian", "010112A900K")
    address = begun(client)
    post(client, address, weeks="1", numb="no")
    row = Response.objects.get()
    assert (row.person_id, row.answered_by) == (child.pk, "guardian")
    assert client.get(address).status_code == 200
    assert AccessLog.objects.filter(person=child, basis="mandate").exists()


def test_the_database_lets_nothing_published_or_completed_change(resident: Client, back: FormVersion) -> None:
    response = filled(resident)
    other = FormVersion.objects.create(form="x", version="1", record={}, digest="x", author=response.author)
    changes: list[Any] = [
        lambda: FormVersion.objects.filter(pk=back.pk).update(questionnaire="{}"),
        lambda: FormVersion.objects.filter(pk=back.pk).update(state="draft"),
        lambda: FormVersion.objects.filter(pk=back.pk).delete(),
        lambda: Response.objects.filter(pk=response.pk).update(kept={}),
        lambda: Response.objects.filter(pk=response.pk).update(status="in-progress", completed_at=None),
        lambda: Response.objects.filter(pk=response.pk).update(version=other),
        lambda: FormVersion.objects.filter(pk=other.pk).update(approver=response.author),
        lambda: FormVersion.objects.filter(pk=other.pk).update(state="published"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert kept("weeks") == [8]


def test_the_demonstrations_resident_has_a_form_filled_and_one_to_fill(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("demonstration_users", verbosity=0)
    publish_shipped("findrisc", "who_5")
    for _time in range(2):
        call_command("demonstration_answers", verbosity=0)
    filled_in, asked = Response.objects.order_by("started_at")
    assert (filled_in.scores["points"], filled_in.status) == ({"value": "20", "class": "high"}, "completed")
    assert (asked.context, asked.status) == ("invitation", "in-progress")
