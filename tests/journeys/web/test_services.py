"""The service directory in a browser: a stranger finds help, a resident keeps it, a keeper writes to the county."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import user_with
from luotsi.web.services.actions import appoint_keeper
from luotsi.web.services.models import Organisation

Visit = Callable[..., Page]
Check = Callable[[Page], None]
Keep = Callable[[Page, str], None]

AS_SEEN = [("fi", "light", 1440), ("sv", "dark", 390), ("en", "light", 320)]


@pytest.fixture
def keeper(transactional_db: None) -> User:
    """A keeper of an association of the made-up directory."""
    call_command("demonstration_services")
    user, county = user_with(Role.KEEPER), user_with(Role.ADMINISTRATOR)
    organisation = Organisation.objects.get(name__fi="Ystävätupa ry")
    appoint_keeper(by=county, user=user, organisation=organisation)
    return user


@pytest.mark.parametrize(("language", "scheme", "width"), AS_SEEN)
def test_each_page_of_the_directory_is_accessible_and_fits(
    visit: Visit, axe: Check, fits: Check, picture: Keep, keeper: User, language: str, scheme: str, width: int
) -> None:
    county = User.objects.get(email__startswith="administrator")
    organisation = Organisation.objects.get(name__fi="Ystävätupa ry").entry
    rounds: list[tuple[User | None, dict[str, str]]] = [
        (
            None,
            {
                "services": "/services/",
                "services-found": "/services/?q=yksinäinen&area=179",
                "services-nothing": "/services/?q=xyzzyq",
                "service": "/services/demo-14/",
                "services-embedded": "/embed/services/?q=velka",
            },
        ),
        (keeper, {"services-own": "/services/own/", "service-write": f"/services/own/{organisation}/new/"}),
        (county, {"services-proposals": "/services/proposals/", "services-inventory": "/services/inventory/"}),
    ]
    for user, pages in rounds:
        page = visit("/static/ui/tokens.css", language=language, scheme=scheme, width=width, user=user)
        for name, path in pages.items():
            page.goto(path)
            axe(page)
            fits(page)
            picture(page, f"{name}-{language}-{scheme}-{width}")


def test_someone_lonely_finds_company_and_keeps_it(visit: Visit, keeper: User) -> None:
    page = visit("/services/", user=user_with(Role.RESIDENT))
    page.get_by_label("Mitä tarvitset?").fill("olen yksinäinen")
    page.get_by_role("button", name="Hae").click()
    page.get_by_role("link", name="Ystävätoiminta").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ystävätoiminta")
    page.get_by_role("button", name="Tallenna").click()
    page.goto("/services/kept/")
    expect(page.get_by_role("link", name="Ystävätoiminta")).to_be_visible()


def test_a_keeper_writes_a_service_and_the_county_shows_it(visit: Visit, keeper: User) -> None:
    page = visit("/services/own/", user=keeper)
    page.get_by_role("link", name="Lisää palvelu").click()
    page.get_by_label("Nimi suomeksi").fill("Lautapelikerho")
    page.get_by_label("Mitä palvelu on, suomeksi").fill("Pelataan yhdessä joka tiistai.")
    page.get_by_role("button", name="Lähetä hyvinvointialueelle").click()
    expect(page.get_by_text("Odottaa")).to_be_visible()
    county = visit("/services/proposals/", user=User.objects.get(email__startswith="administrator"))
    county.get_by_role("button", name="Hyväksy").click()
    county.goto("/services/?q=lautapelit")
    expect(county.get_by_role("link", name="Lautapelikerho")).to_be_visible()
