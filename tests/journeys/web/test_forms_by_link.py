"""Forms answered by a link, files attached to answers, and making what is computed of a form, in a browser."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from luotsi.web.assessments.linking import actions as linking
from luotsi.web.assessments.linking.models import LinkResponse
from luotsi.web.assessments.making import actions as making
from luotsi.web.assessments.models import FormVersion
from luotsi.web.assessments.tests.made_up import publish
from luotsi.web.assessments.tests.test_attaching import PDF, with_files
from luotsi.web.assessments.tests.test_linking import PLAIN
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import user_with

Visit = Callable[..., Page]
Check = Callable[[Page, str], None]
Keep = Callable[[Page, str], None]
Tab = Callable[[Page, str], None]

AS_SEEN = [("fi", "light", 390), ("sv", "dark", 1440), ("en", "light", 320)]


@pytest.fixture
def analyst(transactional_db: None) -> User:
    """Who makes forms and links."""
    return user_with(Role.ANALYST)


def link(analyst: User, *, once: bool = False, days: int = 7) -> str:
    """The address of a link to a survey."""
    if not FormVersion.objects.exists():
        publish(by_link=True, outcomes=PLAIN, kind="survey")
    until = timezone.now() + datetime.timedelta(days=days)
    _made, secret = linking.make_link(by=analyst, form="back", name="Kysely", unit="", once=once, until=until)
    return f"/by-link/{secret}/"


def draft(analyst: User) -> FormVersion:
    """A draft of the form of tests."""
    base = publish()
    record = {**base.record, "version": "2"}
    questions = base.questionnaire.replace('"version":"1"', '"version":"2"').replace('"version": "1"', '"version": "2"')
    return making.draft_form(by=analyst, questionnaire=questions, record_of=record)


def seen(page: Page, whole: Check, language: str, picture: Keep, name: str) -> None:
    whole(page, language)
    picture(page, name)


@pytest.mark.parametrize(("language", "scheme", "width"), AS_SEEN)
def test_a_survey_by_link_is_accessible_from_its_making_to_its_thanks(
    visit: Visit, whole: Check, picture: Keep, analyst: User, language: str, scheme: str, width: int
) -> None:
    address, kind = link(analyst), f"{language}-{scheme}-{width}"
    staff = visit("/form-links/", language=language, scheme=scheme, width=width, user=analyst)
    seen(staff, whole, language, picture, f"links-{kind}")
    staff.locator("input[name=name]").fill("Toinen kysely")
    staff.locator("input[name=until]").fill((timezone.localdate() + datetime.timedelta(days=3)).isoformat())
    staff.locator("main form.reading button").click()
    expect(staff.locator(".link-code svg")).to_be_visible()
    seen(staff, whole, language, picture, f"links-made-{kind}")
    page = visit(address, language=language, scheme=scheme, width=width)
    seen(page, whole, language, picture, f"link-start-{kind}")
    page.locator("main button").click()
    page.wait_for_url(re.compile(r"/by-link/[^/]+/[0-9a-f-]+/$"))
    seen(page, whole, language, picture, f"link-answer-{kind}")
    page.locator("input[name=q-weeks]").fill("8")
    page.locator("input[name=q-numb][value=no]").check()
    page.locator("button[name=go][value=next].button-primary").click()
    page.wait_for_url("**page=drugs")
    page.locator("button[name=go][value=finish].button-primary").click()
    page.wait_for_url("**/result/")
    seen(page, whole, language, picture, f"link-result-{kind}")
    over = visit(link(analyst, days=1), language=language, scheme=scheme, width=width)
    linking.Link.objects.update(closed_at=timezone.now())
    over.reload()
    seen(over, whole, language, picture, f"link-over-{kind}")


@pytest.mark.parametrize(
    ("language", "words"),
    [("sv", ("Börja", "Nästa", "Avsluta")), ("en", ("Begin", "Next", "Finish"))],
)
def test_a_survey_by_link_is_answered_by_keyboard_alone(
    visit: Visit, tab_to: Tab, analyst: User, language: str, words: tuple[str, str, str]
) -> None:
    page = visit(link(analyst), language=language, width=390)
    tab_to(page, words[0])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/by-link/[^/]+/[0-9a-f-]+/$"))
    tabbed(page, "q-weeks")
    page.keyboard.type("8")
    tabbed(page, "q-numb")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=q-numb][value=no]")).to_be_checked()
    tab_to(page, words[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**page=drugs")
    tabbed(page, "q-signs")
    page.keyboard.press("Space")
    tab_to(page, words[2])
    page.keyboard.press("Enter")
    page.wait_for_url("**/result/")
    assert LinkResponse.objects.get().completed_at is not None


def tabbed(page: Page, name: str) -> None:
    """Presses Tab until a field has the focus; a page that never gives it has lost it to the keyboard."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


@pytest.mark.parametrize(("language", "scheme", "width"), AS_SEEN)
def test_a_file_is_attached_where_a_form_asks_for_one(
    visit: Visit,
    whole: Check,
    picture: Keep,
    transactional_db: None,
    settings: Any,
    tmp_path: Path,
    language: str,
    scheme: str,
    width: int,
) -> None:
    settings.DEMONSTRATION = True
    publish(with_files())
    kind = f"{language}-{scheme}-{width}"
    file = tmp_path / "selkä.pdf"
    file.write_bytes(PDF)
    resident = user_with(Role.RESIDENT)
    page = visit("/forms/back/", language=language, scheme=scheme, width=width, user=resident)
    page.locator("main button").first.click()
    page.wait_for_url(re.compile(r"/answers/[0-9a-f-]+/$"))
    seen(page, whole, language, picture, f"file-asked-{kind}")
    page.locator("input[name=q-weeks]").fill("8")
    page.locator("button[value='attach picture']").click()
    page.wait_for_url("**/files/picture/")
    seen(page, whole, language, picture, f"file-choose-{kind}")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form button.button-primary").click()
    expect(page.locator(".files")).to_contain_text("selkä.pdf")
    seen(page, whole, language, picture, f"file-attached-{kind}")
    page.locator("main p a").last.click()
    page.wait_for_url(re.compile(r"/answers/[0-9a-f-]+/$"))
    expect(page.locator("main")).to_contain_text("selkä.pdf")
    expect(page.locator("input[name=q-weeks]")).to_have_value("8")


@pytest.mark.parametrize(("language", "scheme", "width"), AS_SEEN)
def test_a_maker_adds_a_score_and_an_example_without_the_raw_texts(
    visit: Visit, whole: Check, picture: Keep, analyst: User, language: str, scheme: str, width: int
) -> None:
    made, kind = draft(analyst), f"{language}-{scheme}-{width}"
    home = f"/form-making/{made.pk}/"
    page = visit(home, language=language, scheme=scheme, width=width, user=analyst)
    seen(page, whole, language, picture, f"made-{kind}")
    page.locator("#name-scores").fill("length")
    page.locator("button[value='add scores']").click()
    page.wait_for_url("**/scores/length/")
    page.locator("textarea[name=value]").fill("weeks * 2")
    for each in ("fi", "sv", "en"):
        page.locator(f"textarea[name=label_{each}]").fill(f"Kesto {each}")
        page.locator(f"textarea[name=class-0-label_{each}]").fill(f"Lyhyt {each}")
    page.locator("input[name=class-0-code]").fill("short")
    page.locator("input[name=class-0-since]").fill("0")
    seen(page, whole, language, picture, f"made-score-{kind}")
    page.locator("button[name=do][value=save]").click()
    page.wait_for_url(f"**{home}")
    page.goto(f"{home}outcomes/physiotherapist/")
    seen(page, whole, language, picture, f"made-outcome-{kind}")
    page.goto(f"{home}examples/new/")
    page.locator("input[name=name]").fill("Ten weeks")
    page.locator("input[name=q-weeks]").fill("10")
    page.locator("input[name=q-numb][value=no]").check()
    page.locator("button[name=do][value=expect]").click()
    expect(page.locator("input[name=is_length]")).to_have_value("20")
    expect(page.locator("select[name=is_outcome]")).to_have_value("physiotherapist")
    seen(page, whole, language, picture, f"made-example-{kind}")
    page.locator("button[name=do][value=save]").click()
    page.wait_for_url(f"**{home}")
    expect(page.locator("main")).to_contain_text("Ten weeks")
    expect(page.locator(".error")).to_have_count(0)
