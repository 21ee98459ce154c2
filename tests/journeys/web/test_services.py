"""The service directory in a browser: a stranger finds help, a resident keeps it, a keeper writes to the county."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from luotsi.web.people.models import ClientSegment, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import DAY, person, user_with
from luotsi.web.services.actions import appoint_keeper, keep, share
from luotsi.web.services.models import Organisation, Service

Visit = Callable[..., Page]
EachPage = Callable[..., None]
Check = Callable[..., None]
Keep = Callable[[Page, str], None]


@pytest.fixture
def keeper(transactional_db: None) -> User:
    """A keeper of an association of the made-up directory."""
    call_command("demonstration_services")
    user, county = user_with(Role.KEEPER), user_with(Role.ADMINISTRATOR)
    organisation = Organisation.objects.get(name__fi="Ystävätupa ry")
    appoint_keeper(by=county, user=user, organisation=organisation)
    return user


def test_each_page_of_the_directory_is_accessible_and_fits(each_page: EachPage, keeper: User) -> None:
    county = User.objects.get(email__startswith="administrator")
    organisation = Organisation.objects.get(name__fi="Ystävätupa ry").entry
    professional = user_with(Role.PROFESSIONAL)
    keep(by=professional, service=Service.objects.get(entry="demo-14"), kept=True)
    shared = share(by=professional, name="Seuraa arkeen").key
    resident = user_with(Role.RESIDENT)
    helmi = person("061043-9002", "Helmi Heikkilä", municipality="179", carer=professional)
    for each in (helmi, resident.person):
        ClientSegment.objects.create(person=each, segment="older_with_services", period_end=DAY)
    rounds: list[tuple[User | None, dict[str, str]]] = [
        (
            None,
            {
                "services": "/services/",
                "services-found": "/services/?q=yksinäinen&area=179",
                "services-near": "/services/?q=yksinäinen&postal=40100&within=25&target_group=KR1.1",
                "services-nothing": "/services/?q=xyzzyq&postal=00100",
                "service": "/services/demo-14/",
                "services-embedded": "/embed/services/?q=velka",
            },
        ),
        (
            professional,
            {
                "services-kept": "/services/kept/",
                "services-list": f"/services/lists/{shared}/",
                "services-fitting": f"/persons/{helmi.pk}/services/?need=housing",
            },
        ),
        (resident, {"services-own-fitting": "/services/for-me/"}),
        (keeper, {"services-own": "/services/own/", "service-write": f"/services/own/{organisation}/new/"}),
        (county, {"services-proposals": "/services/proposals/", "services-inventory": "/services/inventory/"}),
    ]
    each_page("services", rounds)


def test_someone_lonely_finds_company_and_keeps_it(visit: Visit, keeper: User) -> None:
    page = visit("/services/", user=user_with(Role.RESIDENT))
    page.get_by_label("Mitä tarvitset?").fill("olen yksinäinen")
    page.get_by_role("button", name="Hae").click()
    page.get_by_role("link", name="Ystävätoiminta").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ystävätoiminta")
    page.get_by_role("button", name="Tallenna").click()
    page.goto("/services/kept/")
    expect(page.get_by_role("link", name="Ystävätoiminta")).to_be_visible()


def test_help_is_found_near_home_and_a_professional_hands_it_over_as_a_list(visit: Visit, keeper: User) -> None:
    page = visit("/services/?q=yksinäinen", user=user_with(Role.PROFESSIONAL), width=390)
    page.get_by_label("Postinumeron lähellä").fill("40100")
    page.get_by_label("Enintään näin kaukana").select_option("25")
    page.get_by_role("button", name="Rajaa").click()
    page.get_by_role("link", name="Ystävätoiminta").click()
    page.get_by_role("button", name="Tallenna").click()
    page.goto("/services/kept/")
    page.get_by_label("Luettelon nimi").fill("Seuraa arkeen")
    page.get_by_role("button", name="Tee luettelo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Seuraa arkeen")
    address = page.url
    resident = visit(address, width=390)
    expect(resident.get_by_role("link", name="Ystävätoiminta")).to_be_visible()


def test_a_keeper_says_that_an_entry_still_holds(visit: Visit, keeper: User) -> None:
    Service.objects.filter(organisation__name__fi="Ystävätupa ry").update(checked_on=None, modified_at=None)
    page = visit("/services/own/", user=keeper)
    button = page.get_by_role("button", name="pitää yhä paikkansa").first
    name = button.inner_text()
    button.click()
    expect(page.get_by_text("merkitty tänään tarkistetuksi")).to_be_visible()
    expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)


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


def test_a_professional_finds_what_fits_a_person_by_segment_keeps_it_and_shares_it(visit: Visit, keeper: User) -> None:
    professional = user_with(Role.PROFESSIONAL)
    helmi = person("061043-9002", "Helmi Heikkilä", municipality="179", carer=professional)
    ClientSegment.objects.create(person=helmi, segment="older_with_services", period_end=DAY)
    page = visit(f"/persons/{helmi.pk}/", width=390, user=professional)
    page.get_by_role("link", name="Henkilölle sopivia palveluja").click()
    first = page.locator(".services-card").first
    expect(first).to_contain_text("sopii asiakassegmenttiin Palveluja saava ikääntynyt")
    name = first.get_by_role("heading").inner_text()
    first.get_by_role("button", name="Tallenna").click()
    expect(page.locator(".services-card").first.get_by_role("button", name="Poista suosikeista")).to_be_visible()
    page.get_by_role("link", name="Suosikkipalvelut: jaa tai tulosta luettelona").click()
    page.get_by_label("Luettelon nimi").fill("Arjen tueksi")
    page.get_by_role("button", name="Tee luettelo").click()
    expect(page.locator("main")).to_contain_text(name)
