"""Forms before a visit, in a browser: the professional asks, child and guardian answer, the visit shows both."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from luotsi.web.assessments.inviting import actions
from luotsi.web.assessments.inviting.models import Invitation
from luotsi.web.assessments.tests.made_up import publish
from luotsi.web.people.actions import begin_care, record_mandate
from luotsi.web.people.models import Mandate, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import DAY, HEALTH_CENTRE, user_with
from luotsi.web.queues.tests.made_up import of_age

Visit = Callable[..., Page]
EachPage = Callable[..., None]
Check = Callable[..., None]
Keep = Callable[[Page, str], None]


@pytest.fixture
def rauha(transactional_db: None) -> User:
    """A resident asked before a visit, and guardian of a child who is asked before a check."""
    publish(confidential=["numb"], kind="previsit")
    user = user_with(Role.RESIDENT)
    child = of_age(9, 950)
    child.user = User.objects.create_user(None, name="Kukka")
    child.save()
    at = timezone.now() + datetime.timedelta(days=7)
    asked = {"form": "back", "unit": HEALTH_CENTRE, "until": timezone.localdate(at)}
    actions.ask(by=None, person=user.person.pk, visit_at=at, **asked)
    actions.ask(by=None, person=child.pk, age=9, **asked)
    kind, source = Mandate.Kind.GUARDIAN, Mandate.Source.DVV
    both = ["health", "social"]
    record_mandate(by=None, principal=child.pk, agent=user.person.pk, kind=kind, covers=both, source=source)
    return user


def fill(page: Page, weeks: str, *, whole: bool) -> None:
    """Begins, fills and finishes the form that the page asks for."""
    page.locator("main form button").click()
    page.wait_for_url("**/answers/**")
    page.locator("[name=q-weeks]").fill(weeks)
    if whole:
        page.locator("input[name=q-numb][value=no]").check()
    page.locator(".form-steps button[value=next]").click()
    page.wait_for_url("**?page=**")
    page.locator(".form-steps button[value=finish]").click()
    page.wait_for_url("**/result/")


def test_each_page_before_a_visit_is_accessible_and_fits(each_page: EachPage, rauha: User) -> None:
    own = Invitation.objects.get(reason="appointment")
    professional = user_with(Role.PROFESSIONAL, HEALTH_CENTRE)
    begin_care(by=None, person=rauha.person, user=professional, since=DAY)
    person = f"/persons/{rauha.person.pk}"
    rounds: list[tuple[User | None, dict[str, str]]] = [
        (rauha, {"matters": "/matters/", "forms": "/forms/", "asked": f"/asked/{own.pk}/"}),
        (
            professional,
            {
                "ask": f"{person}/ask-form/",
                "visit-empty": f"{person}/visits/{own.pk}/",
                "visits": "/visits/",
                "client": f"{person}/forms/",
            },
        ),
    ]
    each_page("pre-visit", rounds, widths=(390, 1440))


@pytest.mark.parametrize(("language", "javascript"), [("fi", True), ("en", False)])
def test_a_child_and_a_guardian_answer_and_the_visit_shows_both_side_by_side(
    visit: Visit, axe: Check, fits: Check, picture: Keep, rauha: User, language: str, javascript: bool
) -> None:
    row, mandate = Invitation.objects.get(reason="age_check"), Mandate.objects.get()
    common = {"language": language, "width": 390, "javascript": javascript}

    def seen(page: Page, name: str) -> None:
        """In Swedish and wide too, where there are scripts to judge it by; last as the story goes on."""
        for tongue, width in [*([("sv", 1440)] if javascript else []), (language, 390)]:
            page.context.add_cookies(
                [{"name": settings.LANGUAGE_COOKIE_NAME, "value": tongue, "url": urljoin(page.url, "/")}]
            )
            page.set_viewport_size({"width": width, "height": 900})
            page.reload()
            assert page.get_attribute("html", "lang") == tongue
            fits(page)
            if javascript:
                axe(page)
            picture(page, f"pre-visit-{name}-{tongue}-{width}")

    child = visit("/matters/", user=row.person.user, **common)
    child.locator(f"a[href='/asked/{row.pk}/']").click()
    fill(child, "3", whole=True)
    guardian = visit("/me/acting/", user=rauha, **common)
    guardian.locator(f"form[action='/me/acting/{mandate.pk}/begin/'] button").click()
    guardian.wait_for_url("**/me/")
    guardian.goto("/matters/")
    guardian.locator(f"a[href='/asked/{row.pk}/']").click()
    guardian.wait_for_url(f"**/asked/{row.pk}/")
    seen(guardian, "guardian")
    fill(guardian, "5", whole=False)
    expect(guardian.locator("main")).not_to_contain_text("tunnoton")
    professional = visit("/visits/", user=user_with(Role.PROFESSIONAL, HEALTH_CENTRE), **common)
    professional.locator(f"a[href$='/visits/{row.pk}/']").click()
    professional.wait_for_url(f"**/visits/{row.pk}/")
    expect(professional.locator("main section.stack > h2")).to_have_count(2)
    seen(professional, "visit")
