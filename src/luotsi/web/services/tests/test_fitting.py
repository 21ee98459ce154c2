"""What fits a person: by segment, need, age, home and language, on the pages of a professional and of a resident."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from luotsi.web.people.models import AccessLog, ClientSegment, Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import DAY, HEALTH_CENTRE, person, sign_in, user_with
from luotsi.web.services import actions, queries, searching
from luotsi.web.services.models import Favourite, Posting, Service
from luotsi.web.services.tests.made_up import delivery, service, small, take

pytestmark = pytest.mark.django_db

OLDER = "older_with_services"
HELP = {"fi": "Apua kotiin, kun arki on raskasta."}


def two() -> None:
    """Two services that answer alike, one of which is for older people."""
    take(
        delivery(
            service("kaikille", "Kotiapu", summary=HELP),
            service("vanhoille", "Kotiapu", summary=HELP, target_groups=("KR1.1",)),
            service("nuorille", "Elokuvakerho", target_groups=("KR1.3",), most_age=20),
        )
    )


def names(**asked: Any) -> list[str]:
    return [each.service.entry for each in queries.fitting(asked.pop("needs", ["kotiapu"]), **asked)]


def test_a_service_for_the_persons_segment_comes_before_one_that_answers_alike() -> None:
    two()
    assert names() == ["kaikille", "vanhoille"]
    assert names(segment=OLDER) == ["vanhoille", "kaikille"]


def test_the_segment_alone_finds_what_fits_it_and_says_so_in_the_readers_language() -> None:
    two()
    (hit,) = queries.fitting([], segment=OLDER, age=80)
    assert hit.service.entry == "vanhoille"
    for code, said in (
        ("fi", "sopii asiakassegmenttiin Palveluja saava ikääntynyt"),
        ("sv", "passar klientsegmentet Äldre med service"),
        ("en", "fits the client segment Older person with services"),
    ):
        with override(code):
            assert said in queries.fitting([], segment=OLDER, told=code)[0].reasons


def test_a_segment_that_content_does_not_know_changes_nothing() -> None:
    two()
    assert names(segment="gone") == names()
    assert names(needs=[], segment="few_needs") == []


def test_age_and_language_of_the_person_are_among_the_reasons() -> None:
    take(delivery(service("ryhma", "Pratkafé", languages=("fi", "sv"), least_age=18)))
    with override("en"):
        (hit,) = queries.fitting(["pratkafé"], age=40, language="sv", told="en")
    assert {"is for people of this age", "is given in the person's language"} <= set(hit.reasons)


def test_a_service_of_an_area_of_life_that_fits_a_segment_fits_it() -> None:
    take(delivery(service("ryhma", "Ilta", needs=("self_esteem",)), service("muu", "Muu ilta")))
    assert names(needs=[], segment="mental_health") == ["ryhma"]


def test_what_was_made_findable_by_nothing_is_found_after_the_first_start_and_the_second_does_nothing() -> None:
    small()
    Posting.objects.all().delete()
    Service.objects.update(indexed_by="")
    assert not queries.search("yksinäinen")
    assert actions.index_old(by=None, known=searching.known()) == 3
    assert queries.search("yksinäinen")[0].service.entry == "kahvila"
    assert actions.index_old(by=None, known=searching.known()) == 0


@pytest.fixture
def nurse() -> User:
    return user_with(Role.PROFESSIONAL, HEALTH_CENTRE)


@pytest.fixture
def aino(nurse: User) -> Person:
    found = person("140251-9083", "Aino Autettu", municipality="179", carer=nurse)
    ClientSegment.objects.create(person=found, segment=OLDER, period_end=DAY)
    return found


def address(found: Person) -> str:
    return f"/persons/{found.pk}/services/"


def test_a_professional_sees_what_fits_a_person_in_care_and_why_and_the_log_tells(
    client: Client, nurse: User, aino: Person
) -> None:
    two()
    sign_in(client, nurse, 0)
    page = client.get(address(aino), {"q": "kotiapu"}).content.decode()
    assert "Palveluja saava ikääntynyt" in page
    assert page.index("/services/vanhoille/") < page.index("/services/kaikille/")
    assert list(AccessLog.objects.values_list("what", "basis")) == [("services", "care")]


def test_one_without_a_care_relationship_is_told_no_segment(client: Client, nurse: User) -> None:
    other = person("230368-9116", "Veikko Verrokki", municipality="179")
    ClientSegment.objects.create(person=other, segment=OLDER, period_end=DAY)
    sign_in(client, nurse, 0)
    answer = client.get(address(other))
    assert answer.status_code == 403
    assert "Palveluja saava" not in answer.content.decode()
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("role", [each for each in Role if each != Role.PROFESSIONAL])
def test_no_other_role_opens_it(client: Client, aino: Person, role: Role) -> None:
    sign_in(client, user_with(role), 0)
    assert client.get(address(aino)).status_code == 403


def test_a_resident_sees_their_own_segment_and_what_fits(client: Client) -> None:
    two()
    rauha = user_with(Role.RESIDENT)
    ClientSegment.objects.create(person=Person.objects.get(user=rauha), segment=OLDER, period_end=DAY)
    sign_in(client, rauha, 0)
    page = client.get("/services/for-me/").content.decode()
    assert "Palveluja saava ikääntynyt" in page
    assert "/services/vanhoille/" in page


def test_a_service_is_kept_from_the_page_and_one_is_back_there(client: Client, nurse: User, aino: Person) -> None:
    two()
    sign_in(client, nurse, 0)
    back = f"{address(aino)}?q=kotiapu"
    answer = client.post("/services/vanhoille/keep/", {"kept": "yes", "next": back})
    assert answer["Location"] == back
    assert Favourite.objects.get().service.entry == "vanhoille"
    elsewhere = client.post("/services/vanhoille/keep/", {"kept": "no", "next": "https://example.org/"})
    assert elsewhere["Location"] == "/services/vanhoille/"
