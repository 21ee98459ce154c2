"""The pages and the JSON interface of the directory, as anyone sees them."""

import json
from typing import Any

import pytest
from django.test import Client

from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import sign_in, user_with
from luotsi.web.services.models import Favourite, Service
from luotsi.web.services.tests.made_up import delivery, service, small, take

pytestmark = pytest.mark.django_db


def test_anyone_searches_and_the_page_says_why(client: Client) -> None:
    small()
    page = client.get("/services/", {"q": "yksinäinen"}).content.decode()
    assert "Juttukahvila yksinäisille" in page
    assert '<svg class="services-map"' in page


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "need=nothing",
        "area=Atlantis",
        "within=x&area=179",
        "language=zz",
        "fee=all",
        "open=maybe",
        "life_event=KE99&target_group=x",
        "postal=%F0%9F%98%80&within=5",
        "q=" + "a" * 999,
    ],
)
def test_no_address_of_the_search_breaks_it(client: Client, query: str) -> None:
    small()
    assert client.get(f"/services/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("postal=40100", True),
        ("postal=40100&within=5", True),
        ("postal=19650", False),  # Joutsa
        ("postal=19650&within=5&area=179", False),  # the postal code counts before the municipality
        ("area=179&within=50", True),
        ("postal=00100", True),  # not of the county, so passed over
    ],
)
def test_a_distance_is_from_a_postal_code_or_a_municipality(client: Client, query: str, there: bool) -> None:
    small()
    page = client.get(f"/services/?q=yksinäinen&{query}").content.decode()
    assert ("Juttukahvila yksinäisille" in page) is there
    assert ('id="postal-unknown"' in page) is ("00100" in query)


def test_an_area_of_life_is_browsed(client: Client) -> None:
    small()
    page = client.get("/services/?need=friends").content.decode()
    assert "Juttukahvila" in page


def test_the_page_of_a_service_tells_how_to_get_it(client: Client) -> None:
    small()
    page = client.get("/services/kahvila/").content.decode()
    for told in ("Kauppakatu 1, 40100 Jyväskylä", 'href="tel:+358142660000"', "ma–pe", "9–16", "Juttuseura ry"):
        assert told in page


def test_search_engines_are_told_of_a_service_and_no_text_ends_the_script(client: Client) -> None:
    take(delivery(service("a", "Kerho </script><script>alert(1)</script>")))
    page = client.get("/services/a/").content.decode()
    data = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(data)["name"] == "Kerho </script><script>alert(1)</script>"
    assert "<script>alert" not in page
    assert "/services/a/</loc>" in client.get("/sitemap.xml").content.decode()


def test_a_service_that_has_gone_says_so(client: Client) -> None:
    small()
    Service.objects.filter(entry="velka").update(removed_at="2026-01-01T00:00:00Z")
    assert client.get("/services/velka/").status_code == 410
    assert client.get("/api/services/velka/").status_code == 404


def test_only_the_embedded_search_may_stand_in_a_frame(client: Client) -> None:
    assert "X-Frame-Options" not in client.get("/embed/services/").headers
    assert client.get("/services/").headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in client.get("/services/").headers["Content-Security-Policy"]


def test_a_user_keeps_a_service_and_lets_it_go(client: Client) -> None:
    small()
    resident = user_with(Role.RESIDENT)
    sign_in(client, resident, 0)
    client.post("/services/kahvila/keep/", {"kept": "yes"})
    client.post("/services/kahvila/keep/", {"kept": "yes"})
    assert Favourite.objects.filter(user=resident).count() == 1
    assert "Juttukahvila" in client.get("/services/kept/").content.decode()
    client.post("/services/kahvila/keep/", {"kept": "no"})
    assert not Favourite.objects.exists()


def found(client: Client, **query: Any) -> Any:
    return client.get("/api/services/", query).json()


def test_the_interface_answers_as_the_command_line_does(client: Client) -> None:
    small()
    (first, *_rest) = found(client, q="yksinäinen", area="Jyväskylä", limit=1)["services"]
    assert (first["id"], set(first)) == ("kahvila", {"id", "name", "score", "reason"})


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": " "},
        {"q": "a", "limit": "0"},
        {"q": "a", "limit": "x"},
        {"q": "a", "area": "Atlantis"},
        {"q": "a", "lang": "zz"},
    ],
)
def test_a_wrong_request_is_told_in_a_sentence(client: Client, query: dict[str, str]) -> None:
    answer = client.get("/api/services/", query)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


def test_a_service_is_given_as_open_referral_has_it(client: Client) -> None:
    small()
    said = client.get("/api/services/kahvila/").json()
    (at,) = said["service_at_locations"]
    assert (said["id"], said["status"], at["schedules"][0]["opens_at"]) == ("kahvila", "active", "09:00")
    assert at["location"]["latitude"] == pytest.approx(62.242, abs=0.01)
