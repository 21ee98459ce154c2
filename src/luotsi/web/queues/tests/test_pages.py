"""The pages: the list and its order, an item with its person, what is done to it, leaders' counts, own matters."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from luotsi.web.people.actions import record_mandate
from luotsi.web.people.models import AccessLog, Mandate, Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, sign_in, user_with
from luotsi.web.queues import actions
from luotsi.web.queues.models import Comment, WorkItem
from luotsi.web.queues.tests.made_up import OTHER, item, of_age, professional

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    sign_in(client, user, 0)
    return client


@pytest.fixture
def client(hilkka: User) -> Client:
    return client_of(hilkka)


def text(response: Any) -> str:
    return response.content.decode()


def late(one: WorkItem) -> WorkItem:
    WorkItem.objects.filter(pk=one.pk).update(due_at=timezone.now() - datetime.timedelta(hours=3))
    return one


def test_the_list_puts_late_items_first_counts_them_and_names_no_person(client: Client, veikko: Person) -> None:
    item(veikko, reason="Selkäkipu", urgency="now")
    late(item(veikko, reason="Vanha asia", urgency="non_urgent"))
    page = text(client.get("/work/"))
    assert page.index("Vanha asia") < page.index("Selkäkipu")
    assert "2 open items" in page
    assert "1 late" in page
    assert "Late since" in page
    assert "Veikko" not in page
    assert not AccessLog.objects.exists()


def test_the_list_holds_ones_own_units_alone(client: Client, saara: User, veikko: Person) -> None:
    item(veikko, reason="Toisen yksikön asia", unit=OTHER)
    assert "Nothing waits" in text(client.get("/work/"))
    assert "Toisen yksikön asia" in text(client_of(saara).get("/work/"))


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"Yskä", "Kuume", "Raha"}),
        ("?queue=social", {"Raha"}),
        ("?team=nurses", {"Kuume"}),
        ("?urgency=now", {"Kuume"}),
        ("?state=mine", {"Yskä"}),
        ("?state=new", {"Kuume", "Raha"}),
        ("?state=new&queue=symptoms", {"Kuume"}),
        (f"?unit={OTHER}", set()),
        ("?queue=gone&state=%00", set()),
    ],
)
def test_the_list_is_narrowed_by_the_address(
    client: Client, hilkka: User, veikko: Person, query: str, seen: set[str]
) -> None:
    actions.take(by=hilkka, item=item(veikko, reason="Yskä").pk)
    item(veikko, reason="Kuume", urgency="now", team="nurses")
    item(veikko, reason="Raha", queue="social")
    page = text(client.get(f"/work/{query}"))
    assert {reason for reason in ("Yskä", "Kuume", "Raha") if reason in page} == seen
    assert ("Nothing like that waits" in page) == (not seen)


def test_htmx_gets_the_list_alone_at_the_same_address(client: Client, veikko: Person) -> None:
    item(veikko)
    part = client.get("/work/", headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    assert "Kurkkukipu" in text(part)
    assert "HX-Request" in part["vary"]


def test_a_long_list_has_pages(client: Client, veikko: Person) -> None:
    for number in range(27):
        item(veikko, reason=f"Asia {number}")
    assert text(client.get("/work/")).count("work-reason") == 25
    assert text(client.get("/work/?page=2")).count("work-reason") == 2


def test_opening_an_item_shows_its_person_and_is_one_row_of_the_log(client: Client, veikko: Person) -> None:
    one = item(veikko)
    page = text(client.get(f"/work/{one.pk}/"))
    assert "Veikko Verrokki" in page
    assert "Open matter of the person in the unit&#x27;s work queue" in page
    assert "tell no one where this person is" in page
    assert [(row.what, row.basis) for row in AccessLog.objects.all()] == [("work_item", "task")]


def test_an_item_of_another_unit_is_not_there(client: Client, saara: User, veikko: Person) -> None:
    one = item(veikko, unit=OTHER)
    for address in ("", "take/", "hand-over/", "return/", "resolve/", "cancel/", "comment/", "mark/"):
        ask = client.get if address == "" else client.post
        sent = {"comment-text": "x", "outcome": "answered", "mark-mark": "1"}
        assert ask(f"/work/{one.pk}/{address}", sent).status_code == 404, address
    assert client.get(f"/work/{uuid.uuid4()}/").status_code == 404
    one.refresh_from_db()
    assert one.state == "new"
    assert not AccessLog.objects.exists()


def test_an_item_is_taken_resolved_and_gone_from_the_list(client: Client, veikko: Person) -> None:
    one = item(veikko)
    assert client.post(f"/work/{one.pk}/take/")["location"] == f"/work/{one.pk}/"
    missing = client.post(f"/work/{one.pk}/resolve/", {"text": "unohdin"})
    assert (missing.status_code, 'aria-invalid="true"' in text(missing) or "thing to mend" in text(missing)) == (
        422,
        True,
    )
    done = client.post(f"/work/{one.pk}/resolve/", {"outcome": "booked"}, follow=True)
    assert "The item is resolved." in text(done)
    assert "Kurkkukipu" not in text(done)
    ended = client.get(f"/work/{one.pk}/")
    assert (ended.status_code, "This item has ended" in text(ended)) == (403, True)


def test_who_is_second_is_told_who_has_it(client: Client, matti: User, veikko: Person) -> None:
    one = item(veikko)
    actions.take(by=matti, item=one.pk)
    assert "Matti has taken this item already" in text(client.post(f"/work/{one.pk}/take/", follow=True))
    assert "Matti has this item" in text(client.post(f"/work/{one.pk}/resolve/", {"outcome": "booked"}, follow=True))
    assert "Resolve</h2>" not in text(client.get(f"/work/{one.pk}/"))


def test_the_next_is_taken_of_what_is_shown_and_opened(client: Client, veikko: Person) -> None:
    item(veikko, urgency="now")
    social = item(veikko, queue="social")
    assert client.post("/work/next/", {"queue": "social"})["location"] == f"/work/{social.pk}/"
    assert client.post("/work/next/", {"queue": "social"})["location"] == "/work/"
    assert "nothing to take" in text(client.get("/work/"))


def test_an_item_is_handed_to_a_colleague_with_a_comment(client: Client, matti: User, veikko: Person) -> None:
    one = item(veikko)
    address = f"/work/{one.pk}/hand-over/"
    nowhere = client.post(address, {"unit": HEALTH_CENTRE}, follow=True)
    assert "Choose to whom you hand it" in text(nowhere)
    assert client.post(address, {"unit": "9.9.9"}).status_code == 422
    client.post(address, {"unit": HEALTH_CENTRE, "to": str(matti.pk), "text": "Sinä osaat tämän"})
    page = text(client.get(f"/work/{one.pk}/"))
    assert "handed it over: Matti" in page
    assert "Sinä osaat tämän" in page


def test_an_item_is_returned_cancelled_and_commented(client: Client, hilkka: User, veikko: Person) -> None:
    one = item(veikko)
    actions.take(by=hilkka, item=one.pk)
    client.post(f"/work/{one.pk}/return/", {"back-text": "Lähden lomalle"})
    assert client.post(f"/work/{one.pk}/comment/", {"comment-text": " "}).status_code == 422
    client.post(f"/work/{one.pk}/comment/", {"comment-text": "<script>alert(1)</script>"})
    page = text(client.get(f"/work/{one.pk}/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert client.post(f"/work/{one.pk}/cancel/", {"cancel-text": "Turha"})["location"] == "/work/"
    assert [each.text for each in Comment.objects.all()] == ["Lähden lomalle", "<script>alert(1)</script>", "Turha"]


def test_of_a_minor_the_page_asks_what_guardians_see_before_resolving(client: Client, hilkka: User) -> None:
    one = item(of_age(15))
    actions.take(by=hilkka, item=one.pk)
    page = text(client.get(f"/work/{one.pk}/"))
    assert "Until you say what guardians see of this matter, they see nothing." in page
    assert "checked" not in page
    refused = client.post(f"/work/{one.pk}/resolve/", {"outcome": "answered"}, follow=True)
    assert "Say first what guardians see" in text(refused)
    assert client.post(f"/work/{one.pk}/mark/", {}).status_code == 422
    unknown = client.post(f"/work/{one.pk}/mark/", {"mark-mark": "4"}, follow=True)
    assert "Write why it is not known" in text(unknown)
    client.post(f"/work/{one.pk}/mark/", {"mark-mark": "3"})
    assert "Able to decide, forbids showing" in text(client.get(f"/work/{one.pk}/"))
    assert client.post(f"/work/{one.pk}/resolve/", {"outcome": "answered"})["location"] == "/work/"


def test_leaders_see_counts_and_neither_reasons_nor_persons(veikko: Person) -> None:
    late(item(veikko, reason="Salainen syy"))
    leader = client_of(user_with(Role.OPERATIONAL_LEADER, HEALTH_CENTRE))
    page = text(leader.get("/queues/"))
    assert "Symptoms" in page
    assert "Time has passed" in page
    assert "Salainen syy" not in page
    assert leader.get("/work/").status_code == 403
    elsewhere = client_of(user_with(Role.OPERATIONAL_LEADER, OTHER))
    assert "Nothing waits" in text(elsewhere.get("/queues/"))


def test_a_professional_of_no_unit_is_told_what_to_do() -> None:
    assert "You work in no unit" in text(client_of(user_with(Role.PROFESSIONAL)).get("/work/"))


def test_a_resident_sees_own_matters_with_their_state_promise_and_unit(rauha: User, hilkka: User) -> None:
    client = client_of(rauha)
    assert "No matters are open" in text(client.get("/matters/"))
    one = item(rauha.person, reason="Korvakipu")
    item(rauha.person, reason="Tuen tarve", queue="social")
    late(item(rauha.person, reason="Unohtunut"))
    page = text(client.get("/matters/"))
    for words in ("Waits for a professional", "We promise an answer by", "By law you get an answer by", "We are late"):
        assert words in page
    actions.take(by=hilkka, item=one.pk)
    page = text(client.get("/matters/"))
    assert "A professional is handling this" in page
    assert hilkka.name not in page
    actions.resolve(by=hilkka, item=one.pk, outcome="booked", text="Vain meille")
    page = text(client.get("/matters/"))
    assert "Handled: Appointment booked" in page
    assert "Vain meille" not in page


def test_who_acts_for_another_sees_their_matters_and_the_log_says_so(rauha: User, veikko: Person) -> None:
    kind, source = Mandate.Kind.AUTHORISED, Mandate.Source.SUOMI_FI
    mandate = record_mandate(
        by=None, principal=veikko.pk, agent=rauha.person.pk, kind=kind, covers=["health"], source=source
    )
    item(veikko, reason="Veikon asia")
    item(veikko, reason="Sosiaaliasia", queue="social")
    item(rauha.person, reason="Oma asia")
    client = client_of(rauha)
    client.post(f"/me/acting/{mandate.pk}/begin/")
    page = text(client.get("/matters/"))
    assert "Matters of Veikko Verrokki" in page
    assert "Veikon asia" in page
    assert "Oma asia" not in page
    assert "Sosiaaliasia" not in page
    row = AccessLog.objects.order_by("-id").first()
    assert row is not None
    assert (row.user, row.person, row.what, row.mandate) == (rauha, veikko, "matters", mandate)


def test_pages_of_items_and_matters_are_never_kept_by_the_browser(client: Client, rauha: User, veikko: Person) -> None:
    one = item(veikko)
    for address in ("/work/", f"/work/{one.pk}/"):
        assert "no-store" in client.get(address)["cache-control"]
    assert "no-store" in client_of(rauha).get("/matters/")["cache-control"]


def test_the_list_takes_the_same_number_of_statements_however_long_it_is(
    client: Client, veikko: Person, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        item(veikko, reason=f"Asia {number}")
        professional(f"P{number}", HEALTH_CENTRE)
    with django_assert_max_num_queries(14):
        client.get("/work/")
