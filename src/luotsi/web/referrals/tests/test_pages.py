"""The pages of those who refer, of the person, of the receiver's volunteer, of the administrator, and of everyone."""

from __future__ import annotations

import datetime
import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.utils import timezone

from luotsi.web.assessments.models import FormVersion, Response
from luotsi.web.assessments.tests.made_up import publish_shipped
from luotsi.web.people.actions import begin_care
from luotsi.web.people.models import AccessLog, Basis, Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import DAY, HEALTH_CENTRE, sign_in, user_with
from luotsi.web.queues.models import WorkItem
from luotsi.web.referrals import actions, words
from luotsi.web.referrals.models import Meeting, Receiver, Referral, Volunteer
from luotsi.web.referrals.receiving import actions as receiving
from luotsi.web.referrals.tests.made_up import WAYS, brought_to, referral
from luotsi.web.results.actions import point_to, take_in
from luotsi.web.results.tests import fabricated
from luotsi.web.services.models import Organisation, Service

pytestmark = pytest.mark.django_db

GONE = [state for state in WAYS if state not in ("sent", "accepted", "proposed", "met", "attending")]


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    sign_in(client, user, 0)
    return client


def text(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def cared(rauha: User, hilkka: User) -> Person:
    """The resident who signs in, in the care of the nurse's unit."""
    begin_care(by=None, person=rauha.person, unit=HEALTH_CENTRE, since=DAY)
    return rauha.person


@pytest.fixture
def one(cared: Person, hilkka: User, seura: Receiver) -> Referral:
    """A draft to the association."""
    return referral(hilkka, cared, seura)


def test_a_nurse_begins_a_referral_from_the_persons_page_and_sees_it_in_the_list_without_the_name(
    cared: Person, hilkka: User, seura: Receiver
) -> None:
    client = client_of(hilkka)
    assert f"/persons/{cared.pk}/referrals/new/" in text(client.get(f"/persons/{cared.pk}/"))
    sent = {"goals": "Vill träffa folk", "reason": "Ensamhet", "receiver": seura.pk, "phone": "040 123"}
    answer = client.post(f"/persons/{cared.pk}/referrals/new/", sent)
    made = Referral.objects.get()
    assert answer.headers["location"] == f"/referrals/{made.pk}/"
    assert (made.goals, made.receiver, made.state, made.origin) == ("Vill träffa folk", seura, "draft", "page")
    page = text(client.get("/referrals/"))
    assert words.receiver(seura) in page
    assert "Rauha" not in page
    opened = text(client.get(f"/referrals/{made.pk}/"))
    assert "Rauha Asukas" in opened
    assert "Phone number: 040 123" in opened
    assert AccessLog.objects.filter(user=hilkka, person=cared, what="referral").exists()


def test_a_referral_from_a_matter_keeps_what_it_comes_from(cared: Person, hilkka: User, seura: Receiver) -> None:
    client_of(hilkka).post(
        f"/persons/{cared.pk}/referrals/new/?origin=work_item&id=12", {"goals": "x", "receiver": seura.pk}
    )
    made = Referral.objects.get()
    assert (made.origin, made.origin_id) == ("work_item", "12")
    assert client_of(hilkka).get(f"/persons/{cared.pk}/referrals/new/?origin=nowhere").status_code == 404


def test_who_has_no_basis_to_read_a_person_is_led_to_the_page_that_says_so(veikko: Person, kaisa: User) -> None:
    client = client_of(kaisa)
    answer = client.get(f"/persons/{veikko.pk}/referrals/new/")
    assert answer.headers["location"] == f"/persons/{veikko.pk}/"
    assert client.get(f"/persons/{uuid.UUID(int=0)}/referrals/new/").status_code == 404


def test_a_service_of_the_directory_is_chosen_first_and_the_form_then_has_it(
    cared: Person, hilkka: User, seura: Receiver
) -> None:
    client = client_of(hilkka)
    assert client.post("/referrals/to/nothing/").headers["location"] == "/services/nothing/"
    service = seura.organisation.services.filter(removed_at=None).first()
    assert service is not None
    assert "Refer a person here" in text(client.get(f"/services/{service.entry}/"))
    assert "Refer a person here" not in text(Client().get(f"/services/{service.entry}/"))
    assert client.post(f"/referrals/to/{service.entry}/").headers["location"] == "/persons/"
    page = text(client.get(f"/persons/{cared.pk}/referrals/new/"))
    assert f'<option value="{seura.pk}" selected' in page


def test_the_nurse_records_consent_and_sends_it(one: Referral, hilkka: User) -> None:
    client = client_of(hilkka)
    nothing = client.post(f"/referrals/{one.pk}/consent/", follow=True)
    assert "at least one thing" in text(nothing)
    client.post(f"/referrals/{one.pk}/consent/", {"consent-items": ["name", "goals"], "consent-reads_closing": "on"})
    page = text(client.get(f"/referrals/{one.pk}/"))
    assert "Recorded by a professional" in page
    assert "2 free places" in page
    client.post(f"/referrals/{one.pk}/send/")
    one.refresh_from_db()
    assert one.state == "sent"
    assert one.consents.get().items == ["name", "goals"]  # type: ignore[attr-defined]


def test_a_full_receiver_is_told_and_needs_a_choice(one: Referral, hilkka: User, seura: Receiver) -> None:
    client = client_of(hilkka)
    client.post(f"/referrals/{one.pk}/consent/", {"consent-items": ["name"]})
    places, seura.places = seura.places, 0
    seura.save()
    page = text(client.get(f"/referrals/{one.pk}/"))
    assert "no free place" in page
    assert "Choose another receiver" in page
    client.post(f"/referrals/{one.pk}/send/", {"wait": "yes"})
    one.refresh_from_db()
    assert one.state == "waiting"
    seura.places = places
    seura.save()
    client.post(f"/referrals/{one.pk}/send/")
    one.refresh_from_db()
    assert one.state == "sent"


def test_the_resident_reads_exactly_what_goes_consents_and_it_is_sent(one: Referral, rauha: User) -> None:
    client = client_of(rauha)
    assert "/matters/referrals/" in text(client.get("/matters/"))
    assert f"/matters/referrals/{one.pk}/" in text(client.get("/matters/referrals/"))
    page = text(client.get(f"/matters/referrals/{one.pk}/"))
    assert "Name: Rauha Asukas" in page
    assert "Phone number: 040 000 0000" in page
    assert "checked" not in page
    client.post(f"/matters/referrals/{one.pk}/consent/", {"consent-items": ["phone"]})
    one.refresh_from_db()
    assert one.state == "sent"
    page = text(client.get(f"/matters/referrals/{one.pk}/"))
    assert "sees of you" in page
    assert "may not read how it went" in page
    assert "Why the referral is made" not in page


def test_the_volunteer_sees_the_consented_items_alone_and_the_person_sees_the_reading(
    one: Referral, hilkka: User, rauha: User, veera: User
) -> None:
    brought_to("sent", one, hilkka, veera, items=("phone", "goals"))
    client = client_of(veera)
    listed = text(client.get("/received/"))
    assert "040 000" not in listed
    assert "Rauha" not in listed
    page = text(client.get(f"/received/{one.pk}/"))
    assert "040 000 0000" in page
    assert "Haluan tavata" in page
    for hidden in ("Rauha", "010190", "Yksinäisyys", "Hissi", "Jyväskylä"):
        assert hidden not in page
    assert AccessLog.objects.filter(user=veera, person=rauha.person, basis=Basis.REFERRAL).count() == 1


def test_the_volunteer_accepts_proposes_a_time_and_the_person_asks_for_another_then_accepts(
    one: Referral, hilkka: User, rauha: User, veera: User
) -> None:
    brought_to("sent", one, hilkka, veera)
    volunteer, person = client_of(veera), client_of(rauha)
    volunteer.post(f"/received/{one.pk}/accept/")
    bad = volunteer.post(f"/received/{one.pk}/time/", {"time-day": "", "time-clock": "10:00", "time-place": "Kahvila"})
    assert bad.status_code == 422
    soon = (timezone.localdate() + datetime.timedelta(days=3)).isoformat()
    sent = {"time-day": soon, "time-clock": "10:00", "time-place": "Kahvila Aalto"}
    volunteer.post(f"/received/{one.pk}/time/", sent)
    meeting = Meeting.objects.get()
    assert timezone.localtime(meeting.starts_at).hour == 10
    assert "Kahvila Aalto" in text(person.get(f"/matters/referrals/{one.pk}/"))
    times = f"/matters/referrals/{one.pk}/times/{meeting.pk}/"
    person.post(times, {"another": "yes", "wish-wish": "Helst på kvällen"})
    assert "Helst på kvällen" in text(volunteer.get(f"/received/{one.pk}/"))
    person.post(times, {"accept": "yes", "wish-wish": ""})
    assert Meeting.objects.get().answer == "accepted"


def test_marking_a_meeting_and_ending_with_an_outcome_reaches_the_person_and_the_referrer_only_if_let(
    one: Referral, hilkka: User, rauha: User, veera: User
) -> None:
    brought_to("accepted", one, hilkka, veera)
    volunteer = client_of(veera)
    early = text(volunteer.get(f"/received/{one.pk}/"))
    assert 'value="reached"' not in early
    past = timezone.now() - datetime.timedelta(days=1)
    meeting = Meeting.objects.create(referral=one, starts_at=past, place="Kahvila", proposed_by=veera)
    volunteer.post(f"/received/{one.pk}/times/{meeting.pk}/", {"attended": "yes"})
    one.refresh_from_db()
    assert one.state == "met"
    assert volunteer.post(f"/received/{one.pk}/close/", {"close-words": "x"}).status_code == 422
    ended = volunteer.post(
        f"/received/{one.pk}/close/", {"close-outcome": "reached", "close-words": "Kävi joka viikko"}
    )
    assert ended.headers["location"] == "/received/"
    assert volunteer.get(f"/received/{one.pk}/").status_code == 404
    own = text(client_of(rauha).get(f"/matters/referrals/{one.pk}/"))
    assert "Kävi joka viikko" in own
    seen = text(client_of(hilkka).get(f"/referrals/{one.pk}/"))
    assert "Kävi joka viikko" not in seen
    assert "has not let you read" in seen


def test_the_referrer_reads_how_it_went_where_the_person_lets_them(
    one: Referral, hilkka: User, rauha: User, veera: User
) -> None:
    actions.consent(by=rauha, referral=one.pk, items=["name"], reads_closing=True)
    actions.send(by=rauha, referral=one.pk)
    receiving.accept(by=veera, referral=one.pk)
    receiving.contact(by=veera, referral=one.pk)
    client = client_of(rauha)
    client.post(f"/matters/referrals/{one.pk}/words/", {"words-words": "Jag fick en vän"})
    client.post(f"/matters/referrals/{one.pk}/lonely/", {"lonely-lonely": "1"})
    receiving.close(by=veera, referral=one.pk, outcome="reached", words="Hyvin meni")
    seen = text(client_of(hilkka).get(f"/referrals/{one.pk}/"))
    for told in ("Jag fick en vän", "Hyvin meni", "Goal reached", "1 – Seldom"):
        assert told in seen


@pytest.mark.parametrize("state", [state for state in WAYS if state != "withdrawn"])
def test_a_person_withdraws_in_every_state_and_no_page_shows_it_any_more(
    state: str, one: Referral, hilkka: User, rauha: User, veera: User
) -> None:
    brought_to(state, one, hilkka, veera)
    person, volunteer = client_of(rauha), client_of(veera)
    assert "Withdraw and erase" in text(person.get(f"/matters/referrals/{one.pk}/"))
    answer = person.post(f"/matters/referrals/{one.pk}/withdraw/", follow=True)
    assert "is erased" in text(answer)
    assert "You have no wellbeing referrals" in text(answer)
    assert person.get(f"/matters/referrals/{one.pk}/").status_code == 404
    assert volunteer.get(f"/received/{one.pk}/").status_code == 404
    assert client_of(hilkka).get(f"/referrals/{one.pk}/").status_code == 404


@pytest.mark.parametrize("state", GONE)
def test_a_volunteer_opens_nothing_that_is_not_passed_on(state: str, one: Referral, hilkka: User, veera: User) -> None:
    brought_to(state, one, hilkka, veera)
    assert client_of(veera).get(f"/received/{one.pk}/").status_code == 404


def test_a_declined_referral_comes_to_the_coordinator_who_chooses_another(
    one: Referral, hilkka: User, rauha: User, veera: User, kaisa: User
) -> None:
    brought_to("sent", one, hilkka, veera)
    volunteer = client_of(veera)
    assert volunteer.post(f"/received/{one.pk}/decline/", {}).status_code == 422
    volunteer.post(f"/received/{one.pk}/decline/", {"decline-reason": "distance", "decline-text": "Emme aja sinne"})
    item = WorkItem.objects.get()
    client = client_of(kaisa)
    assert f"/referrals/{one.pk}/" in text(client.get("/referrals/?waiting=1"))
    assert f"/referrals/{one.pk}/" in text(client.get(f"/work/{item.pk}/"))
    page = text(client.get(f"/referrals/{one.pk}/"))
    assert "Emme aja sinne" in page
    assert "Choose another receiver" in page
    client.post(f"/referrals/{one.pk}/edit/", {"goals": "Uusi"})
    one.refresh_from_db()
    assert (one.state, one.receiver, one.goals) == ("draft", None, "Uusi")


def test_the_nurse_asks_the_coordinator_to_find_a_receiver(cared: Person, hilkka: User, seura: Receiver) -> None:
    one = referral(hilkka, cared, None)
    client = client_of(hilkka)
    assert "Ask the coordinator" in text(client.get(f"/referrals/{one.pk}/"))
    assert "has been asked" in text(client.post(f"/referrals/{one.pk}/coordinator/", follow=True))


def test_the_form_on_wellbeing_begins_for_the_referral(one: Referral, hilkka: User, rauha: User) -> None:
    answer = client_of(rauha).post(f"/matters/referrals/{one.pk}/wellbeing/", follow=True)
    assert "form on wellbeing is not here" in text(answer)
    publish_shipped("who_5")
    answer = client_of(rauha).post(f"/matters/referrals/{one.pk}/wellbeing/")
    begun = Response.objects.get()
    assert answer.headers["location"] == f"/answers/{begun.pk}/"
    assert (begun.version.form, begun.context, begun.context_id) == ("who_5", "referral", str(one.pk))
    answer = client_of(hilkka).post(f"/referrals/{one.pk}/wellbeing/")
    assert answer.headers["location"] == f"/persons/{rauha.person.pk}/answers/{begun.pk}/fill/"


def test_a_volunteer_says_how_many_places_there_are(seura: Receiver, veera: User) -> None:
    client = client_of(veera)
    assert "2 free places" in text(client.get("/received/"))
    client.post(f"/received/places/{seura.pk}/", {f"{seura.pk}-places": "5"})
    seura.refresh_from_db()
    assert seura.places == 5
    assert "from 0 to 1000" in text(client.post(f"/received/places/{seura.pk}/", {}, follow=True))
    assert client.post("/received/places/99999/", {"99999-places": "1"}).status_code == 404


def test_an_administrator_opens_a_receiver_and_appoints_a_volunteer(seura: Receiver) -> None:
    client = client_of(user_with(Role.ADMINISTRATOR))
    organisation = Organisation.objects.create(entry="kerho", name={"fi": "Kävelykerho"}, source="own")
    assert "Kävelykerho" in text(client.get("/referrals/receivers/?q=kävely"))
    assert "No organisation" in text(client.get("/referrals/receivers/?q=zzz"))
    client.post(f"/referrals/receivers/{organisation.pk}/", {"places": "3", "email": "kerho@luotsi.example"})
    assert Receiver.objects.get(organisation=organisation).places == 3
    address = f"/referrals/receivers/{organisation.pk}/volunteers/"
    assert "no user" in text(client.post(address, {"volunteer": "nobody@luotsi.example"}))
    user = user_with(Role.VOLUNTEER)
    client.post(address, {"volunteer": user.email.upper()})
    assert Volunteer.objects.get(organisation=organisation).user == user


def test_without_a_release_the_public_page_says_that_there_are_no_numbers(client: Client) -> None:
    assert "No numbers yet" in text(client.get("/referrals/counts/", headers={"accept-language": "en"}))


def _published(home: Path, by: User) -> None:
    """A release with referrals in two years and three municipalities, one of which is hidden."""
    row = fabricated.row
    rows = [
        row("wellbeing_referrals", year, "", number, None, value=number)
        for year, number in (("2023", 40.0), ("2024", 60.0))
    ]
    for town, number in (("179", 41.0), ("992", 19.0), ("265", None), ("unknown", 7.0)):
        rows.append(row("wellbeing_referrals", "2024", f"municipality={town}", number, None, value=number))
    rows.append(row("wellbeing_reached_share", "2024", "", 30.0, 50))
    known = {
        name: fabricated.definition(name, periods=["quarter", "year"], target=[], dimensions=["municipality"])
        for name in ("wellbeing_referrals", "wellbeing_reached_share")
    }
    folder = fabricated.write(home, "20250110T080000Z-sent", results=rows, definitions=known)
    for name in known:
        (folder / "sql" / f"{name}.sql").write_text(f"SELECT '{name}'\n", "utf-8")
    towns = {"179": "Jyväskylä", "992": "Äänekoski", "265": "Kivijärvi", "unknown": "ei tiedossa"}
    labels = [
        {"dimension": "municipality", "code": code, **dict.fromkeys(("fi", "sv", "en"), word)}
        for code, word in towns.items()
    ]
    pq.write_table(pa.Table.from_pylist(labels), folder / "labels.parquet")
    point_to(by=by, release=take_in(by=None, folder=folder))


def test_everyone_sees_the_number_by_municipality_and_the_small_ones_are_hidden(client: Client, tmp_path: Path) -> None:
    _published(tmp_path, user_with(Role.ADMINISTRATOR))
    page = text(client.get("/referrals/counts/", headers={"accept-language": "en"}))
    for told in ("Jyväskylä", ">41<", "Äänekoski", ">19<", ">60<", "Referrals by municipality in 2024"):
        assert told in page
    assert ">hidden<" in page.split("Kivijärvi")[1][:200]
    assert page.index("Äänekoski") < page.index("Ei tiedossa")
    earlier = text(client.get("/referrals/counts/?year=2023", headers={"accept-language": "en"}))
    assert "No referrals in this year" in earlier
    unknown = text(client.get("/referrals/counts/?year=1800", headers={"accept-language": "en"}))
    assert "Referrals by municipality in 2024" in unknown


def test_staff_take_a_referral_back_from_its_receiver_and_the_page_offers_it_only_then(
    one: Referral, hilkka: User, veera: User
) -> None:
    client, address = client_of(hilkka), f"/referrals/{one.pk}/take-back/"
    assert address not in text(client.get(f"/referrals/{one.pk}/"))
    brought_to("sent", one, hilkka, veera)
    assert address in text(client.get(f"/referrals/{one.pk}/"))
    client.post(address, {"text": "No one answers the phone"})
    one.refresh_from_db()
    assert (one.state, one.decline_reason) == ("declined", "other")
    page = text(client.get(f"/referrals/{one.pk}/"))
    assert "No one answers the phone" in page
    assert address not in page
    assert client_of(veera).get(f"/received/{one.pk}/").status_code == 404


def test_a_form_filled_already_is_offered_on_the_pages_of_the_person_and_of_staff(
    one: Referral, rauha: User, hilkka: User
) -> None:
    publish_shipped("who_5")
    pages = ((client_of(rauha), f"/matters/referrals/{one.pk}/"), (client_of(hilkka), f"/referrals/{one.pk}/"))
    for client, address in pages:
        assert "wellbeing/filled/" not in text(client.get(address))
    version = FormVersion.objects.get(form="who_5")
    told = {"scores": {"who5": {"value": "60", "class": ""}}, "status": "completed", "completed_at": timezone.now()}
    Response.objects.create(version=version, person=one.person, author=rauha, **told)
    for client, address in pages:
        assert "wellbeing/filled/" in text(client.get(address))
    pages[0][0].post(f"/matters/referrals/{one.pk}/wellbeing/filled/")
    assert list(one.scores.values_list("value", flat=True)) == [60]
    assert "wellbeing/filled/" not in text(pages[1][0].get(pages[1][1]))


def test_a_professional_refers_from_the_kept_services_and_from_what_fits_a_person(
    cared: Person, hilkka: User, seura: Receiver
) -> None:
    entry = Service.objects.filter(organisation=seura.organisation).values_list("entry", flat=True).get()
    client = client_of(hilkka)
    client.post(f"/services/{entry}/keep/", {"kept": "yes"})
    assert f"/referrals/to/{entry}/" in text(client.get("/services/kept/"))
    answer = client.post(f"/referrals/to/{entry}/", {"person": str(cared.pk)})
    assert answer["Location"] == f"/persons/{cared.pk}/referrals/new/"
    assert client.post(f"/referrals/to/{entry}/", {"person": "no one"})["Location"] == "/persons/"


def test_anyone_finds_the_public_count_from_the_services(client: Client) -> None:
    assert "/referrals/counts/" in text(client.get("/services/"))
    assert "/referrals/counts/" not in text(client.get("/embed/services/"))
