"""The pages: signing in and out, showing again who one is, persons and break-glass, roles, the log."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from luotsi.web.people import words
from luotsi.web.people.models import AccessLog, BreakGlass, Membership, Person, SignIn, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE

pytestmark = pytest.mark.django_db
Login = Callable[..., None]
PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en", "user-agent": "Firefox on Linux"})


@pytest.fixture
def signs_in(hilkka: User) -> User:
    hilkka.set_password(PASSWORD)
    hilkka.language = "en"
    hilkka.save()
    return hilkka


def post(client: Client, email: str, password: str, after: str = "") -> Any:
    return client.post(f"/sign-in/{after}", {"email": email, "password": password})


def text(response: Any) -> str:
    return response.content.decode()


def test_the_right_password_signs_in_and_leads_on(client: Client, signs_in: User) -> None:
    response = post(client, signs_in.email or "", PASSWORD, "?next=/account/")
    assert (response.status_code, response["location"]) == (302, "/account/")
    assert "Firefox, Linux" in text(client.get("/account/"))


def test_signing_in_does_not_lead_to_someone_elses_site(client: Client, signs_in: User) -> None:
    for address in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        assert post(client, signs_in.email or "", PASSWORD, f"?next={address}")["location"] == "/work/"


def test_a_wrong_password_and_a_user_who_is_not_look_the_same(client: Client, signs_in: User) -> None:
    known = text(post(client, signs_in.email or "", "wrong"))
    unknown = text(post(client, "no.one@luotsi.example", "wrong"))
    marker = "The e-mail address or the password is not right"
    assert known.count(marker) == unknown.count(marker) >= 1


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize(
    ("language", "told"), [("fi", "liian monta"), ("sv", "för många"), ("en", "too many wrong passwords")]
)
def test_five_wrong_passwords_lock_out_in_three_languages_whether_the_user_exists_or_not(
    signs_in: User, exists: bool, language: str, told: str
) -> None:
    client = Client(headers={"accept-language": language})
    email = (signs_in.email or "") if exists else "no.one@luotsi.example"
    answers = [post(client, email, "wrong").status_code for _ in range(4)]
    response = post(client, email, "wrong")
    assert answers == [200] * 4
    assert response.status_code == 429
    assert told in text(response).lower()
    assert post(client, email, PASSWORD).status_code == 429


def test_passwords_are_for_the_demonstration_alone(client: Client, signs_in: User, settings: Any) -> None:
    settings.DEMONSTRATION = False
    assert 'type="password"' not in text(client.get("/sign-in/"))
    assert post(client, signs_in.email or "", PASSWORD).status_code == 404


def test_a_closed_user_does_not_sign_in_and_is_signed_out(client: Client, signs_in: User, login: Login) -> None:
    login(signs_in)
    User.objects.update(is_active=False)
    assert client.get("/account/").status_code == 302
    assert post(client, signs_in.email or "", PASSWORD).status_code == 200


def test_a_session_key_changes_at_signing_in(client: Client, signs_in: User, settings: Any) -> None:
    client.get("/sign-in/")
    session = client.session
    session["something"] = "before"
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = str(before)
    post(client, signs_in.email or "", PASSWORD)
    assert client.session.session_key != before


def test_a_protected_page_leads_to_signing_in_and_back(client: Client) -> None:
    assert client.get("/persons/?x=1")["location"] == "/sign-in/?next=%2Fpersons%2F%3Fx%3D1"


def test_a_users_language_comes_with_signing_in_and_is_kept_when_changed(client: Client, signs_in: User) -> None:
    signs_in.language = "sv"
    signs_in.save()
    post(client, signs_in.email or "", PASSWORD)
    assert '<html lang="sv"' in text(client.get("/account/"))
    response = client.post("/language/", {"language": "fi", "next": "/account/"})
    assert response["location"] == "/account/"
    assert '<html lang="fi"' in text(client.get("/account/"))
    assert User.objects.get(pk=signs_in.pk).language == "fi"


def test_an_unknown_language_changes_nothing(client: Client, hilkka: User, login: Login) -> None:
    login(hilkka)
    client.post("/language/", {"language": "xx", "next": "/account/"})
    assert User.objects.get(pk=hilkka.pk).language == "fi"


def test_signing_out_everywhere_ends_every_session_of_that_user_alone(
    signs_in: User, administrator: User, login: Login, client: Client
) -> None:
    login(administrator)
    phone, desk = Client(), Client()
    for each in (phone, desk):
        post(each, signs_in.email or "", PASSWORD)
        assert each.get("/account/").status_code == 200
    desk.post("/account/sign-out-everywhere/")
    assert [each.get("/account/").status_code for each in (phone, desk, client)] == [302, 302, 200]
    assert not SignIn.objects.filter(user=signs_in).exists()


def test_a_session_kept_anywhere_else_ends_too_by_the_epoch(client: Client, hilkka: User, login: Login) -> None:
    login(hilkka)
    User.objects.filter(pk=hilkka.pk).update(session_epoch=1)
    assert client.get("/account/").status_code == 302


def test_one_session_is_ended_from_another_and_no_one_elses(signs_in: User, administrator: User) -> None:
    phone, desk = Client(), Client()
    for each in (phone, desk):
        post(each, signs_in.email or "", PASSWORD)
    of_phone = SignIn.objects.get(session_id=phone.session.session_key)
    stranger = Client()
    stranger.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.post(f"/account/sessions/{of_phone.pk}/end/").status_code == 404
    assert phone.get("/account/").status_code == 200
    desk.post(f"/account/sessions/{of_phone.pk}/end/")
    assert (phone.get("/account/").status_code, desk.get("/account/").status_code) == (302, 200)


def test_a_user_without_roles_sees_so_and_can_sign_out(client: Client, stranger: User, login: Login) -> None:
    login(stranger)
    assert "You have no role here yet" in text(client.get("/account/"))
    assert client.post("/sign-out/")["location"] == "/sign-in/"
    assert client.get("/account/").status_code == 302


def test_an_old_identification_is_asked_again_before_break_glass(
    client: Client, signs_in: User, veikko: Person, login: Login
) -> None:
    login(signs_in, minutes=20)
    address = reverse("break_glass", args=[veikko.pk])
    ask = client.get(address)
    assert ask["location"].startswith("/identify/?next=")
    assert "The password is not right" in text(client.post(ask["location"], {"password": "wrong"}))
    assert client.get(address).status_code == 302
    assert client.post(ask["location"], {"password": PASSWORD})["location"] == address
    assert client.get(address).status_code == 200
    assert [each.session_id for each in SignIn.objects.all()] == [client.session.session_key]


def test_guessing_at_the_page_that_asks_again_locks_out_too(client: Client, signs_in: User, login: Login) -> None:
    login(signs_in, minutes=20)
    answers = [client.post("/identify/?next=/account/", {"password": "wrong"}) for _ in range(5)]
    assert [each.status_code for each in answers] == [200] * 4 + [429]
    assert "Too many wrong passwords" in text(answers[-1])
    assert "aria-invalid" not in text(answers[-1])
    assert client.post("/identify/", {"password": PASSWORD}).status_code == 429


def test_break_glass_is_opened_with_a_reason_shown_to_the_resident_and_closed(
    client: Client, hilkka: User, rauha: User, login: Login
) -> None:
    login(hilkka)
    person = Person.objects.get(user=rauha)
    page = client.get(f"/persons/{person.pk}/")
    assert page.status_code == 403
    assert "Rauha" not in text(page)
    assert "You have no care relationship" in text(page)
    short = client.post(f"/persons/{person.pk}/break-glass/", {"reason": "why not", "hours": "1"})
    assert not BreakGlass.objects.exists()
    assert 'aria-invalid="true"' in text(short)
    opened = client.post(
        f"/persons/{person.pk}/break-glass/", {"reason": "Found unconscious", "hours": "2"}, follow=True
    )
    assert "Rauha Asukas" in text(opened)
    client.post(f"/persons/{person.pk}/break-glass/end/")
    assert client.get(f"/persons/{person.pk}/").status_code == 403
    resident = Client(headers={"accept-language": "en"})
    resident.force_login(rauha, backend="django.contrib.auth.backends.ModelBackend")
    log = text(resident.get("/me/access-log/"))
    assert "Found unconscious" in log
    assert "The professional" in log


def test_a_person_is_found_by_code_and_no_address_holds_the_code(
    client: Client, hilkka: User, aino: Person, login: Login
) -> None:
    login(hilkka)
    assert client.post("/persons/", {"code": " 140251-9083"})["location"] == f"/persons/{aino.pk}/"
    assert "Aino Autettu" in text(client.get("/persons/"))
    assert "There is no one" in text(client.post("/persons/", {"code": "010190-900P"}))
    assert "not a personal identity code" in text(client.post("/persons/", {"code": "140251-9084"}))
    assert client.get(f"/persons/{uuid.uuid4()}/").status_code == 404


def test_each_opening_of_a_page_of_a_person_is_one_row_of_the_log(
    client: Client, hilkka: User, aino: Person, login: Login
) -> None:
    login(hilkka)
    for count in (1, 2):
        client.get(f"/persons/{aino.pk}/")
        assert AccessLog.objects.filter(person=aino, user=hilkka, what="person").count() == count


def test_a_resident_sees_their_own_data_and_municipality(client: Client, rauha: User, login: Login) -> None:
    login(rauha)
    page = text(client.get("/me/"))
    assert "010190-900P" in page
    assert "Jyväskylä" in page
    assert "No one has read your data" in text(client.get("/me/access-log/"))


def test_the_privacy_officer_searches_the_log_and_never_all_of_it(
    client: Client, officer: User, hilkka: User, aino: Person, login: Login
) -> None:
    login(hilkka)
    client.get(f"/persons/{aino.pk}/")
    login(officer)
    assert "The professional" in text(client.post("/admin/access-log/", {"code": "140251-9083"}))
    assert "The professional" in text(client.post("/admin/access-log/", {"email": hilkka.email}))
    assert "Give a person or a reader" in text(client.post("/admin/access-log/", {"since": "2026-01-01"}))
    assert "There is no one" in text(client.post("/admin/access-log/", {"code": "010190-900P"}))


def test_an_administrator_gives_and_ends_a_role_on_the_users_page(
    client: Client, administrator: User, stranger: User, login: Login
) -> None:
    login(administrator)
    page = f"/admin/users/{stranger.pk}/"
    assert client.post(f"{page}grant/", {"role": "analyst", "unit": "*"})["location"] == page
    assert "Read boards" in text(client.get(page))
    again = client.post(f"{page}grant/", {"role": "analyst", "unit": "*"})
    assert (again.status_code, "already" in text(again)) == (422, True)
    membership = Membership.objects.get(user=stranger)
    client.post(f"/admin/memberships/{membership.pk}/end/")
    assert not User.objects.get(pk=stranger.pk).held


def test_a_role_is_not_given_where_no_place_or_an_unknown_one_is_chosen(
    client: Client, administrator: User, stranger: User, login: Login
) -> None:
    login(administrator)
    for unit in ("", "1.2.3.4"):
        answer = client.post(f"/admin/users/{stranger.pk}/grant/", {"role": "analyst", "unit": unit})
        assert answer.status_code == 422
    assert not Membership.objects.filter(user=stranger).exists()


def test_units_are_shown_by_the_names_that_an_app_above_gives(
    client: Client, administrator: User, hilkka: User, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {HEALTH_CENTRE: {"fi": "Terveysasema", "sv": "Hälsostation", "en": "Health centre"}}
    monkeypatch.setattr(words, "_units", [lambda: given])
    login(administrator)
    page = f"/admin/users/{hilkka.pk}/"
    assert "Health centre" in text(client.get(page))
    assert "Health centre" in text(client.get("/admin/users/"))
    client.post(f"{page}grant/", {"role": "operational_leader", "unit": HEALTH_CENTRE})
    assert Membership.objects.get(role="operational_leader").unit == HEALTH_CENTRE


def test_giving_a_role_needs_a_fresh_identification_and_leads_back_to_the_user(
    client: Client, administrator: User, stranger: User, login: Login
) -> None:
    login(administrator, minutes=20)
    grant = f"/admin/users/{stranger.pk}/grant/"
    assert client.post(grant, {"role": "analyst"})["location"] == f"/identify/?next={grant.replace('/', '%2F')}"
    login(administrator)
    assert client.get(grant)["location"] == f"/admin/users/{stranger.pk}/"
    assert not Membership.objects.filter(user=stranger).exists()


def test_the_table_of_roles_shows_every_action(client: Client, officer: User, login: Login) -> None:
    login(officer)
    page = text(client.get("/admin/roles/"))
    assert "Read a person&#x27;s data" in page
    assert page.count('<th scope="col">') == len(Role) + 1


def test_what_is_shown_of_people_is_never_kept_by_the_browser(client: Client, rauha: User, login: Login) -> None:
    login(rauha)
    for address in ("/me/", "/me/access-log/", "/account/", "/sign-in/"):
        assert "no-store" in client.get(address)["cache-control"]
