"""A wellbeing referral in a browser: a nurse, a resident who speaks Swedish and an association's volunteer."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from luotsi.web.people.actions import begin_care
from luotsi.web.people.models import AccessLog, Basis, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import DAY, HEALTH_CENTRE, user_with
from luotsi.web.queues import queries as queues
from luotsi.web.queues.tests.made_up import QUEUES, item, professional
from luotsi.web.referrals import queries
from luotsi.web.referrals.models import Meeting, Receiver, Referral
from luotsi.web.referrals.tests.made_up import brought_to, place, referral, volunteer

Visit = Callable[..., Page]
EachPage = Callable[..., None]
Check = Callable[..., None]
Keep = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _programme(monkeypatch: pytest.MonkeyPatch) -> None:
    programme = queries.programme().model_copy(update={"queue": next(iter(QUEUES))})
    monkeypatch.setattr(queues, "queues", lambda: QUEUES)
    monkeypatch.setattr(queries, "programme", lambda: programme)


@pytest.fixture
def rauha(transactional_db: None) -> User:
    """A resident who speaks Swedish."""
    return user_with(Role.RESIDENT)


@pytest.fixture
def hilkka(rauha: User) -> User:
    """A nurse whose unit cares for the resident, with an open matter of hers."""
    user = user_with(Role.PROFESSIONAL, HEALTH_CENTRE)
    begin_care(by=None, person=rauha.person, unit=HEALTH_CENTRE, since=DAY)
    item(rauha.person, reason="Jag sover dåligt och känner mig ensam")
    return user


@pytest.fixture
def seura(transactional_db: None) -> Receiver:
    """An association with places."""
    return place()


@pytest.fixture
def veera(seura: Receiver) -> User:
    """A volunteer of the association."""
    return volunteer(seura)


def of_item() -> str:
    return f"/work/{queues.WorkItem.objects.get().pk}/"


def test_nurse_resident_and_volunteer_go_through_a_referral_together(
    visit: Visit, axe: Check, fits: Check, picture: Keep, hilkka: User, rauha: User, veera: User, seura: Receiver
) -> None:
    nurse = visit(of_item(), user=hilkka)
    nurse.get_by_role("link", name="Tee hyvinvointilähete").click()
    nurse.wait_for_url("**/referrals/new/**")
    nurse.get_by_label("Mitä henkilö toivoo").fill("Jag vill träffa folk och komma ut")
    nurse.get_by_label("Miksi teet lähetteen").fill("Yksinäisyys ja huono uni")
    nurse.get_by_label("Kenelle").select_option(str(seura.pk))
    nurse.get_by_label("Puhelinnumero").fill("040 123 4567")
    axe(nurse)
    picture(nurse, "referrals-story-1-nurse-writes")
    nurse.get_by_role("button", name="Tallenna").click()
    nurse.wait_for_url("**/referrals/*-*/")
    axe(nurse)

    # The resident, on a phone and in Swedish, reads exactly what goes to whom and lets two things be told.
    person = visit("/matters/", user=rauha, language="sv", width=390)
    person.get_by_role("link", name="Välmåenderemisser").click()
    person.locator(".matters a").first.click()
    expect(person.get_by_role("heading", level=2, name="Får det här berättas vidare?")).to_be_visible()
    for told in ("Namn: Rauha Asukas", "Telefonnummer: 040 123 4567", "Egna mål: Jag vill träffa folk och komma ut"):
        expect(person.get_by_label(told)).not_to_be_checked()
    axe(person)
    fits(person)
    picture(person, "referrals-story-2-resident-consents")
    person.get_by_label("Namn: Rauha Asukas").check()
    person.get_by_label("Egna mål:").check()
    person.get_by_role("button", name="Jag samtycker: skicka").click()
    expect(person.get_by_role("status").first).to_contain_text("Ditt samtycke är sparat")

    # The volunteer sees those two things, accepts and proposes a time.
    helper = visit("/received/", user=veera, width=390)
    expect(helper.locator("main")).not_to_contain_text("Rauha")
    helper.locator(".work-reason").first.click()
    expect(helper.get_by_role("heading", level=1)).to_have_text("Rauha Asukas")
    expect(helper.locator("main")).to_contain_text("Jag vill träffa folk")
    for hidden in ("040 123 4567", "Yksinäisyys ja huono uni", "010190-900P"):
        expect(helper.locator("main")).not_to_contain_text(hidden)
    axe(helper)
    fits(helper)
    picture(helper, "referrals-story-3-volunteer-reads")
    helper.get_by_role("button", name="Hyväksy").click()
    soon = timezone.localdate() + datetime.timedelta(days=3)
    helper.get_by_label("Päivä", exact=True).fill(soon.isoformat())
    helper.get_by_role("textbox", name="Aika", exact=True).fill("14:00")
    helper.get_by_label("Missä tapaatte").fill("Kahvila Aalto, Kauppakatu 1")
    axe(helper)
    helper.get_by_role("button", name="Ehdota", exact=True).click()
    expect(helper.get_by_role("status").first).to_contain_text("Aikaa on ehdotettu")

    person.reload()
    expect(person.locator("main")).to_contain_text("Kahvila Aalto")
    axe(person)
    fits(person)
    picture(person, "referrals-story-4-resident-answers-time")
    person.get_by_role("button", name="Tiden passar mig").click()
    expect(person.get_by_role("status").first).to_contain_text("Tiden är överenskommen")
    person.locator("summary", has_text="Svara om ensamhet").click()
    person.get_by_label("Hela tiden").check()
    person.get_by_role("button", name="Spara mitt svar").click()
    expect(person.locator("main")).to_contain_text("4 – Hela tiden")

    # The time comes; they meet, and later it ends.
    Meeting.objects.update(starts_at=timezone.now() - datetime.timedelta(hours=1))
    helper.reload()
    helper.get_by_role("button", name="Tapasimme").click()
    expect(helper.get_by_role("status").first).to_contain_text("Tallennettu")
    person.reload()
    person.get_by_label("Hur har det gått, med egna ord?").fill("Jag har fått en vän")
    person.get_by_role("button", name="Spara mina ord").click()
    expect(person.get_by_role("status").first).to_contain_text("Dina ord är sparade")
    helper.locator("summary", has_text="Päätä").click()
    helper.get_by_label("Tavoite saavutettiin", exact=True).check()
    helper.get_by_label("Miten meni, muutamalla sanalla").fill("Käy ryhmässä joka viikko")
    axe(helper)
    helper.get_by_role("button", name="Päätä lähete").click()
    helper.wait_for_url("**/received/")
    expect(helper.locator("main")).to_contain_text("Mikään ei odota sinua")

    # The nurse sees that it has ended, and not how: the person did not let it be read.
    nurse.reload()
    expect(nurse.locator("main")).to_contain_text("Henkilö ei ole antanut sinun lukea sitä")
    for hidden in ("Jag har fått en vän", "Käy ryhmässä joka viikko"):
        expect(nurse.locator("main")).not_to_contain_text(hidden)
    axe(nurse)
    picture(nurse, "referrals-story-5-nurse-sees-the-end")
    assert Referral.objects.get().outcome == "reached"
    assert AccessLog.objects.filter(user=veera, person=rauha.person, basis=Basis.REFERRAL).exists()


def test_the_resident_withdraws_and_the_volunteer_sees_nothing_from_then_on(
    visit: Visit, axe: Check, hilkka: User, rauha: User, veera: User, seura: Receiver
) -> None:
    one = brought_to("accepted", referral(hilkka, rauha.person, seura), hilkka, veera)
    helper = visit(f"/received/{one.pk}/", user=veera)
    person = visit(f"/matters/referrals/{one.pk}/", user=rauha, language="sv", width=390, javascript=False)
    person.locator("summary", has_text="Återta mitt samtycke").click()
    person.get_by_role("button", name="Återta och radera").click()
    person.wait_for_url("**/matters/referrals/")
    expect(person.get_by_role("status").first).to_contain_text("har återtagits")
    helper.reload()
    expect(helper.locator("main")).not_to_contain_text("Rauha")
    axe(helper)
    one.refresh_from_db()
    assert (one.state, one.person, one.goals) == ("withdrawn", None, "")


def test_each_page_of_referrals_is_accessible_and_fits(
    each_page: EachPage, hilkka: User, rauha: User, veera: User, seura: Receiver
) -> None:
    made: dict[str, Any] = {
        state: brought_to(state, referral(hilkka, rauha.person, seura), hilkka, veera)
        for state in ("draft", "consented", "declined", "accepted", "closed")
    }
    bare = referral(hilkka, rauha.person, None)
    coordinator = professional("Kaisa", QUEUES[next(iter(QUEUES))].units[0])
    rounds: list[tuple[User | None, dict[str, str]]] = [
        (
            hilkka,
            {
                "list": "/referrals/",
                "new": f"/persons/{rauha.person.pk}/referrals/new/",
                "no-receiver": f"/referrals/{bare.pk}/",
                **{f"staff-{state}": f"/referrals/{one.pk}/" for state, one in made.items()},
            },
        ),
        (coordinator, {"coordinated": "/referrals/?waiting=1"}),
        (
            rauha,
            {
                "own": "/matters/referrals/",
                **{f"own-{state}": f"/matters/referrals/{one.pk}/" for state, one in made.items()},
            },
        ),
        (veera, {"received": "/received/", "received-one": f"/received/{made['accepted'].pk}/"}),
        (
            user_with(Role.ADMINISTRATOR),
            {
                "receivers": "/referrals/receivers/?q=a",
                "receiver": f"/referrals/receivers/{seura.organisation.pk}/",
                "counts": "/referrals/counts/",
            },
        ),
    ]
    each_page("referrals", rounds)
