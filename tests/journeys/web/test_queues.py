"""Work queues in a browser: take and resolve by keyboard, one's own matters, acting for another."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Literal
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from luotsi.web.people.actions import record_mandate
from luotsi.web.people.models import Mandate, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, person, user_with
from luotsi.web.queues import actions, queries
from luotsi.web.queues.models import WorkItem
from luotsi.web.queues.tests.made_up import QUEUES, item, of_age, professional

Visit = Callable[..., Page]
EachPage = Callable[..., None]
Check = Callable[..., None]
Keep = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _queues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "queues", lambda: QUEUES)


@pytest.fixture
def hilkka(transactional_db: None) -> User:
    """A professional whose unit has a late item, an urgent one, one of a young person and one that a colleague has."""
    user = user_with(Role.PROFESSIONAL, HEALTH_CENTRE)
    veikko = person("230368-9116", "Veikko Verrokki", municipality="179", hidden=True)
    late = item(veikko, reason="Kysymys uudesta lääkkeestä")
    WorkItem.objects.filter(pk=late.pk).update(due_at=timezone.now() - datetime.timedelta(hours=3))
    item(veikko, reason="Yskä ja kuume kolmatta päivää", urgency="now", team="nurses")
    item(of_age(15), reason="Päänsärkyä useana koulupäivänä viikossa")
    taken = item(veikko, reason="Selkä on ollut kipeä viikon", urgency="non_urgent", queue="social")
    actions.take(by=professional("Matti", HEALTH_CENTRE), item=taken.pk)
    return user


@pytest.fixture
def rauha(hilkka: User) -> User:
    """A resident with an open and an ended matter, who may act for a child."""
    user = user_with(Role.RESIDENT)
    item(user.person, reason="Korvakipu")
    done = item(user.person, reason="Rokotuksen ajankohta")
    actions.take(by=hilkka, item=done.pk)
    actions.resolve(by=hilkka, item=done.pk, outcome="answered")
    child = of_age(9, 950)
    item(child, reason="Ihottuma")
    kind, source = Mandate.Kind.GUARDIAN, Mandate.Source.DVV
    both = ["health", "social"]
    record_mandate(by=None, principal=child.pk, agent=user.person.pk, kind=kind, covers=both, source=source)
    return user


def of(reason: str) -> str:
    return f"/work/{WorkItem.objects.get(reason=reason).pk}/"


def test_each_page_of_queues_and_mandates_is_accessible_and_fits(each_page: EachPage, rauha: User) -> None:
    hilkka = User.objects.get(name="The professional")
    actions.take(by=hilkka, item=WorkItem.objects.get(reason__startswith="Päänsärkyä").pk)
    of_veikko = queries.open_item(by=hilkka, item=WorkItem.objects.get(reason__startswith="Kysymys").pk).person.id
    rounds: list[tuple[User | None, dict[str, str]]] = [
        (
            hilkka,
            {
                "list": "/work/",
                "narrowed": "/work/?state=mine&urgency=now",
                "new": of("Kysymys uudesta lääkkeestä"),
                "minor": of("Päänsärkyä useana koulupäivänä viikossa"),
                "mandates": f"/persons/{of_veikko}/mandates/",
                "new-mandate": f"/persons/{of_veikko}/mandates/new/",
            },
        ),
        (rauha, {"matters": "/matters/", "acting": "/me/acting/"}),
        (user_with(Role.OPERATIONAL_LEADER, HEALTH_CENTRE), {"lengths": "/queues/"}),
        (user_with(Role.PROFESSIONAL), {"no-unit": "/work/"}),
    ]
    each_page("queues", rounds)


def test_each_page_for_another_is_accessible_and_fits(visit: Visit, whole: Check, picture: Keep, rauha: User) -> None:
    page = visit("/me/acting/", user=rauha)
    page.locator(f"form[action='/me/acting/{Mandate.objects.get().pk}/begin/'] button").click()
    page.wait_for_url("**/me/")
    home = urljoin(page.url, "/")
    seen: list[tuple[str, Literal["light", "dark"], int]] = [("fi", "light", 1440), ("sv", "dark", 390)]
    for language, scheme, width in [*seen, ("en", "light", 320)]:
        page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": home}])
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        for name, address in {"me": "/me/", "matters": "/matters/"}.items():
            page.goto(address)
            whole(page, language)
            picture(page, f"queues-acting-{name}-{language}-{scheme}-{width}")


def test_a_professional_takes_and_resolves_by_keyboard_alone_without_javascript_too(
    visit: Visit, tab_to: Callable[[Page, str], None], hilkka: User
) -> None:
    page = visit("/work/", user=hilkka)
    tab_to(page, "Ota seuraava")
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/*-*/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kysymys uudesta lääkkeestä")
    expect(page.locator("main")).to_contain_text("Veikko Verrokki")
    page.locator("input[name=outcome]").first.focus()
    page.keyboard.press("Space")
    tab_to(page, "Merkitse hoidetuksi")
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/")
    expect(page.get_by_role("status").first).to_contain_text("hoidettu")
    expect(page.get_by_text("Kysymys uudesta lääkkeestä")).to_have_count(0)
    assert WorkItem.objects.get(reason="Kysymys uudesta lääkkeestä").outcome == "answered"
    plain = visit("/work/", user=hilkka, javascript=False)
    plain.get_by_role("button", name="Ota seuraava").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Yskä ja kuume kolmatta päivää")


def test_the_list_is_narrowed_in_place_and_the_address_can_be_sent(visit: Visit, hilkka: User) -> None:
    page = visit("/work/", user=hilkka)
    page.locator("summary", has_text="Rajaa luetteloa").click()
    page.get_by_label("Kiireellisyys").select_option("now")
    page.get_by_role("button", name="Näytä").click()
    page.wait_for_url("**urgency=now**")
    expect(page.locator(".work-item")).to_have_count(1)
    again = visit(page.url, user=hilkka)
    expect(again.locator(".work-item")).to_have_count(1)


def test_a_young_persons_matter_is_marked_before_it_is_resolved(visit: Visit, axe: Check, hilkka: User) -> None:
    actions.take(by=hilkka, item=WorkItem.objects.get(reason__startswith="Päänsärkyä").pk)
    page = visit(of("Päänsärkyä useana koulupäivänä viikossa"), user=hilkka)
    page.get_by_role("button", name="Tallenna, mitä huoltajat näkevät").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    axe(page)
    page.get_by_label("Päätöskykyinen alaikäinen, kieltää").check()
    page.get_by_role("button", name="Tallenna, mitä huoltajat näkevät").click()
    expect(page.get_by_text("Merkintä on tallennettu.")).to_be_visible()
    assert WorkItem.objects.get(reason__startswith="Päänsärkyä").minor_mark == "3"


def test_every_page_tells_for_whom_one_acts_until_one_stops(visit: Visit, rauha: User) -> None:
    page = visit("/me/acting/", user=rauha, width=390)
    page.get_by_role("button", name="Asioi hänen puolestaan").click()
    page.wait_for_url("**/me/")
    for address in ("/me/", "/matters/", "/account/"):
        page.goto(address)
        expect(page.get_by_role("region", name="Toisen puolesta asiointi")).to_contain_text("Ikä 9")
    page.goto("/matters/")
    expect(page.locator("main")).to_contain_text("Ihottuma")
    page.get_by_role("button", name="Asioi taas omasta puolestasi").click()
    page.goto("/matters/")
    expect(page.locator("main")).to_contain_text("Korvakipu")
    expect(page.get_by_role("region", name="Toisen puolesta asiointi")).to_have_count(0)
