"""Signing in, accounts, a person's data and who read them, users and roles, in a browser: as each of them sees them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from luotsi.web.people.actions import open_break_glass
from luotsi.web.people.models import Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, person, user_with

Visit = Callable[..., Page]
EachPage = Callable[..., None]
Check = Callable[..., None]
Keep = Callable[[Page, str], None]


SIGN_IN = {"fi": "Kirjaudu sisään", "sv": "Logga in", "en": "Sign in"}


@pytest.fixture
def professional(transactional_db: None) -> User:
    """A professional with one person in care."""
    user = user_with(Role.PROFESSIONAL, HEALTH_CENTRE)
    person("140251-9083", "Aino Autettu", municipality="077", carer=user)
    return user


@pytest.fixture
def resident(professional: User) -> User:
    """A resident whose data the professional has opened with a reason."""
    user = user_with(Role.RESIDENT)
    open_break_glass(by=professional, person=Person.objects.get(user=user).pk, reason="Löydetty tajuttomana", hours=2)
    return user


def test_each_page_of_people_is_accessible_and_fits_for_who_may_open_it(each_page: EachPage, resident: User) -> None:
    opened, own = Person.objects.get(user=resident), Person.objects.exclude(user=resident).get()
    stranger = person("230368-9116", "Veikko Verrokki", municipality="179", hidden=True)
    professional = User.objects.get(name="The professional")
    rounds: list[tuple[User | None, dict[str, str]]] = [
        (None, {"sign-in": "/sign-in/"}),
        (
            professional,
            {
                "account": "/account/",
                "identify": "/identify/?next=/account/",
                "persons": "/persons/",
                "person-in-care": f"/persons/{own.pk}/",
                "person-opened": f"/persons/{opened.pk}/",
                "person-closed": f"/persons/{stranger.pk}/",
                "break-glass": f"/persons/{stranger.pk}/break-glass/",
            },
        ),
        (resident, {"me": "/me/", "own-readings": "/me/access-log/"}),
        (
            user_with(Role.ADMINISTRATOR),
            {"users": "/admin/users/", "user": f"/admin/users/{professional.pk}/", "roles": "/admin/roles/"},
        ),
        (user_with(Role.PRIVACY_OFFICER), {"access-log": "/admin/access-log/"}),
    ]
    each_page("people", rounds, answer={"person-closed": 403})


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_demonstration_user_signs_in_and_out_by_keyboard(visit: Visit, professional: User, language: str) -> None:
    User.objects.filter(pk=professional.pk).update(language=language)
    professional.refresh_from_db()
    professional.set_password("a long enough password")
    professional.save()
    page = visit("/sign-in/?next=/account/", language=language, width=390)
    page.locator("input[type=email]").focus()
    page.keyboard.type(professional.email or "")
    page.keyboard.press("Tab")
    page.keyboard.type("a long enough password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator("form[action='/sign-out/'] button").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/")
    expect(page.get_by_role("heading", level=1)).to_have_text(SIGN_IN[language])


def test_a_professional_opens_a_persons_data_with_a_reason_by_keyboard_and_the_person_sees_it(
    visit: Visit, axe: Check, tab_to: Callable[[Page, str], None], professional: User
) -> None:
    resident = user_with(Role.RESIDENT)
    page = visit(f"/persons/{Person.objects.get(user=resident).pk}/", user=professional)
    tab_to(page, "Avaa")
    page.keyboard.press("Enter")
    page.wait_for_url("**/break-glass/")
    page.locator("textarea, input[name=reason]").first.focus()
    page.keyboard.type("ei")
    page.locator("main button").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    axe(page)
    page.locator("textarea, input[name=reason]").first.fill("Löydetty tajuttomana kotoaan")
    page.locator("main button").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rauha Asukas")
    seen = visit("/me/access-log/", user=resident)
    expect(seen.locator("main")).to_contain_text("Löydetty tajuttomana kotoaan")
