"""Filling a form, its result, and making forms, in a browser: keyboard, three languages, offline, no JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from luotsi.web.assessments import actions
from luotsi.web.assessments.actions import Sent
from luotsi.web.assessments.models import FormVersion, Response
from luotsi.web.assessments.queries import Whose
from luotsi.web.assessments.tests.made_up import publish
from luotsi.web.people import queries as people
from luotsi.web.people.actions import begin_care
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import DAY, HEALTH_CENTRE, user_with

Visit = Callable[..., Page]
EachPage = Callable[..., None]
Check = Callable[..., None]
Keep = Callable[[Page, str], None]


@pytest.fixture
def resident(transactional_db: None) -> User:
    """A resident, when a form is published."""
    publish()
    return user_with(Role.RESIDENT)


def answered(user: User, weeks: str) -> Response:
    """A form that the resident has filled."""
    whose = Whose(people.own_data(by=user), user)
    version = FormVersion.objects.get()
    begun = actions.start(by=user, whose=whose, version=version)
    answers = {"weeks": [weeks], "numb": ["no"], "signs": ["fever"]}
    actions.save(by=user, whose=whose, response=begun.pk, sent=Sent(0, answers), language="fi")
    return actions.complete(by=user, whose=whose, response=begun.pk).response


def test_each_page_of_forms_is_accessible_and_fits_for_who_may_open_it(each_page: EachPage, resident: User) -> None:
    done = answered(resident, "8")
    again = answered(resident, "3")
    whose = Whose(people.own_data(by=resident), resident)
    begun = actions.start(by=resident, whose=whose, version=done.version)
    flag = {"weeks": ["8"], "numb": ["yes"]}
    actions.save(by=resident, whose=whose, response=begun.pk, sent=Sent(0, flag), language="fi")
    professional = user_with(Role.PROFESSIONAL, HEALTH_CENTRE)
    begin_care(by=None, person=resident.person, user=professional, since=DAY)
    person = f"/persons/{resident.person.pk}"
    making = f"/form-making/{done.version.pk}/"
    rounds: list[tuple[User | None, dict[str, str]]] = [
        (
            resident,
            {
                "list": "/forms/",
                "about": "/forms/back/",
                "fill": f"/answers/{begun.pk}/",
                "fill-two": f"/answers/{begun.pk}/?page=drugs",
                "stopped": f"/answers/{begun.pk}/stopped/",
                "result": f"/answers/{done.pk}/result/",
                "paper": f"/answers/{done.pk}/print/",
            },
        ),
        (
            professional,
            {
                "client": f"{person}/forms/",
                "client-answers": f"{person}/answers/{again.pk}/",
                "fill-for": f"{person}/answers/{begun.pk}/fill/",
            },
        ),
        (
            user_with(Role.ANALYST),
            {
                "makers": "/form-making/",
                "made": making,
                "made-item": f"{making}item/?item=numb",
                "try": making + "try/?language={language}",
                "compare": f"{making}compare/",
            },
        ),
    ]
    each_page("forms", rounds, widths=(390, 1440))


def test_a_form_is_filled_and_sent_by_keyboard_alone(
    visit: Visit, tab_to: Callable[[Page, str], None], resident: User
) -> None:
    # In Swedish and English the keyboard goes through the same form by a link, in test_forms_by_link.
    page = visit("/forms/back/", width=390, user=resident)
    tab_to(page, "Aloita")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/answers/[0-9a-f-]+/$"))
    page.locator("input[name=q-weeks]").focus()
    page.keyboard.type("8")
    page.keyboard.press("Tab")
    expect(page.locator("textarea[name=q-why]")).to_be_visible()
    page.locator("input[name=q-numb][type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=q-numb][value=no]")).to_be_checked()
    tab_to(page, "Seuraava")
    page.keyboard.press("Enter")
    page.wait_for_url("**page=drugs")
    tab_to(page, "Lopeta")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result/")
    tab_to(page, "Lähetä")
    page.keyboard.press("Enter")
    expect(page.locator(".notice-good").first).to_be_visible(timeout=30_000)
    assert Response.objects.get().sent_at is not None


def weeks() -> Any:
    """The answer kept to the first question."""
    kept = Response.objects.get().kept["item"][0].get("item", [])
    return next((each["answer"][0]["valueInteger"] for each in kept if each["linkId"] == "weeks"), None)


def test_what_is_typed_without_a_connection_waits_on_the_phone_and_is_sent_when_it_is_back(
    visit: Visit, resident: User
) -> None:
    page = visit("/forms/back/", width=390, user=resident)
    page.locator("main button").first.click()
    page.wait_for_url(re.compile(r"/answers/"))
    page.context.set_offline(True)
    page.locator("input[name=q-weeks]").fill("8")
    page.keyboard.press("Tab")
    expect(page.locator("#saved")).to_contain_text("Ei yhteyttä")
    assert "luotsi-unsent" in page.evaluate("JSON.stringify(localStorage)")
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#saved")).to_contain_text("Tallennettu")
    assert weeks() == 8
    page.wait_for_function(
        "!localStorage.getItem(Object.keys(localStorage).find((each) => each.includes('-')))?.includes('q-weeks')"
    )
    page.goto("/sign-out/")
    page.locator("main form button").first.click()
    page.wait_for_url("**/sign-in/")
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_form_is_filled_without_javascript(visit: Visit, resident: User) -> None:
    page = visit("/forms/back/", width=390, user=resident, javascript=False)
    page.locator("main button").first.click()
    page.locator("input[name=q-weeks]").fill("8")
    page.locator("input[name=q-numb][value=no]").check()
    page.get_by_role("button", name="Seuraava").click()
    page.get_by_role("button", name="Lopeta ja katso tulos").click()
    expect(page.locator("main")).to_contain_text("Kipu on kestänyt 8 viikkoa.")
