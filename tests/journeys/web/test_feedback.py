"""Client feedback in a browser: giving it, also at a screen, reading results, and what the staff of a unit do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from luotsi.web.feedback import actions
from luotsi.web.feedback.models import Answer, Case, Place
from luotsi.web.feedback.tests.made_up import answer, ask, release
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with

Visit = Callable[..., Page]
EachPage = Callable[..., None]
Check = Callable[..., None]
Keep = Callable[[Page, str], None]
Tab = Callable[[Page, str], None]

SAID = (
    "Lääkäri Virtanen oli ystävällinen ja kuunteli. Aikaa joutui odottamaan kaksi kuukautta.",
    "Sovellus kaatui enkä päässyt kirjautumaan.",
    "Kiitos hyvästä hoidosta!",
)


@pytest.fixture
def leader(transactional_db: None, tmp_path: Path) -> User:
    """Who leads the health centre, with feedback, a case and a release."""
    user = user_with(Role.OPERATIONAL_LEADER, HEALTH_CENTRE)
    release(tmp_path, user_with(Role.ADMINISTRATOR))
    for text in SAID:
        answer(text)
    answer("Soittakaa minulle, lasku on väärin.", contact="Maija, 0401234567")
    actions.tell(
        by=user, unit=HEALTH_CENTRE, text="Avasimme iltavastaanoton.", text_sv="Vi öppnade en kvällsmottagning."
    )
    return user


@pytest.fixture
def place(leader: User) -> Place:
    """A place in the health centre."""
    return actions.open_place(by=leader, name="Aula", form="feedback_visit", unit=HEALTH_CENTRE, service="281")


def test_each_page_of_feedback_is_accessible_and_fits(each_page: EachPage, leader: User, place: Place) -> None:
    _invitation, secret = ask()
    given, case = Answer.objects.exclude(comment="")[0], Case.objects.get()
    public = {
        "front": "/feedback/",
        "place": f"/feedback/at/{place.code}/",
        "screen": f"/feedback/at/{place.code}/screen/",
        "screen-thanks": f"/feedback/at/{place.code}/screen/thanks/",
        "link": f"/feedback/link/{secret}/",
        "thanks": f"/feedback/thanks/{case.answer.pk}/",
        "results": "/feedback/results/",
        "results-unit": f"/feedback/results/{HEALTH_CENTRE}/",
    }
    staff = {
        "answers": "/feedback/answers/",
        "answer": f"/feedback/answers/{given.pk}/",
        "cases": "/feedback/cases/",
        "case": f"/feedback/cases/{case.pk}/",
        "places": "/feedback/places/",
        "poster": f"/feedback/places/{place.code}/poster/",
        "invite": "/feedback/invite/",
        "told": "/feedback/told/",
    }
    each_page("feedback", [(None, public), (leader, staff)])


def test_with_the_keyboard_alone_one_asks_for_a_reply_and_a_leader_answers(
    visit: Visit, leader: User, place: Place, tab_to: Tab
) -> None:
    page = visit(f"/feedback/at/{place.code}/", language="en")
    page.locator("input[name='q.overall']").first.focus()
    page.keyboard.press("Space")
    page.locator("input[name='q.wants_answer'][value$='yes']").focus()
    page.keyboard.press("Space")
    way = page.locator("input[name='q.contact_way']")
    expect(way.first).to_be_visible()
    page.locator("input[name='q.contact_way'][value$='email']").focus()
    page.keyboard.press("Space")
    page.locator("input[name='q.contact_email']").fill("maija@example.org")
    tab_to(page, "Send")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you for your feedback")).to_be_visible()
    found = Case.objects.get(contact="maija@example.org")
    page = visit(f"/feedback/cases/{found.pk}/", language="en", user=leader)
    tab_to(page, "Take the case")
    page.keyboard.press("Enter")
    expect(page.get_by_text("maija@example.org")).to_be_visible()
    tab_to(page, "End the case")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The case has ended")).to_be_visible()


def test_without_javascript_what_an_answer_opens_is_asked_on_the_next_page(
    visit: Visit, leader: User, place: Place
) -> None:
    page = visit(f"/feedback/at/{place.code}/", language="en", javascript=False)
    page.locator("input[name='q.overall']").first.check()
    page.locator("input[name='q.wants_answer'][value$='yes']").check()
    page.get_by_role("button", name="Send").click()
    page.locator("input[name='q.contact_way'][value$='phone']").check()
    page.get_by_role("button", name="Send").click()
    page.locator("input[name='q.contact_phone']").fill("040 123 4567")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you for your feedback")).to_be_visible()


def test_a_screen_goes_back_to_its_questions_by_itself(visit: Visit, leader: User, place: Place) -> None:
    page = visit("/static/ui/tokens.css", width=1080, own=True)
    page.clock.install()
    page.goto(f"/feedback/at/{place.code}/screen/")
    page.locator("input[name='q.overall']").first.check()
    page.get_by_role("button", name="Lähetä").click()
    expect(page.get_by_role("heading", name="Kiitos")).to_be_visible()
    page.clock.fast_forward(10_000)
    page.wait_for_url(f"**/feedback/at/{place.code}/screen/")
    expect(page.locator("input:checked")).to_have_count(0)
