"""Following, and the weekly letter: what it tells, that it goes once, and that it can be stopped."""

import datetime
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.exceptions import PermissionDenied
from django.test import Client, override_settings
from django.urls import reverse

from luotsi.jobs import publishing
from luotsi.web.desk import actions, letters
from luotsi.web.desk.models import Following, Letter
from luotsi.web.events.models import Event
from luotsi.web.people.models import Membership, User
from luotsi.web.people.permissions import Role
from luotsi.web.results.tests import fabricated

MONDAY = datetime.date(2026, 11, 23)


class Caught:
    """What a local SMTP server has been given; refuses everything while `broken`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.broken = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.broken:
            return "451 Try later"
        self.letters.append(BytesParser(EmailMessage, policy=default).parsebytes(envelope.content))
        return "250 OK"


@pytest.fixture
def caught() -> Iterator[Caught]:
    """Every letter sent in a test, over SMTP on this machine."""
    handler = Caught()
    with socket.create_server(("127.0.0.1", 0)) as tried:
        port = tried.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_USE_TLS=False):
        yield handler
    server.stop()


@pytest.fixture
def released(db: None, tmp_path: Path) -> None:
    fabricated.write(tmp_path)
    (tmp_path / "releases" / "current").write_text(fabricated.NAME)
    publishing.publish(tmp_path)


def leader(email: str, language: str = "fi", role: Role = Role.STRATEGIC_LEADER) -> User:
    user = User.objects.create_user(email, name=email.split("@")[0], language=language)
    Membership.objects.create(user=user, role=role, unit="", since=datetime.date(2024, 1, 1))
    return user


@pytest.fixture
def liisa(released: None) -> User:
    return leader("liisa@luotsi.example")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return body.get_content()


def test_following_the_same_thing_twice_is_following_it_once(liisa: User) -> None:
    for _time in range(2):
        actions.follow(by=liisa, kind="measure", name="seen", query="unit=1")
    assert Following.objects.count() == 1
    assert Event.objects.filter(name="following.started").count() == 1


def test_a_professional_who_leads_nothing_follows_nothing(released: None) -> None:
    nurse = leader("hilkka@luotsi.example", role=Role.PROFESSIONAL)
    with pytest.raises(PermissionDenied):
        actions.follow(by=nurse, kind="measure", name="seen")


def test_no_one_ends_what_another_follows(liisa: User) -> None:
    mine = actions.follow(by=liisa, kind="measure", name="seen")
    actions.unfollow(by=leader("olli@luotsi.example"), following=mine.pk)
    assert Following.objects.count() == 1
    actions.unfollow(by=liisa, following=mine.pk)
    assert not Following.objects.exists()


def test_a_letter_tells_of_what_is_followed_with_a_link_that_keeps_the_filter(liisa: User, caught: Caught) -> None:
    actions.follow(by=liisa, kind="measure", name="seen", query="unit=1")
    assert letters.send_weekly(MONDAY) == (1, 0)
    (letter,) = caught.letters
    assert letter["To"] == "liisa@luotsi.example"
    assert "http://localhost:8000/measures/seen/?unit=1" in text_of(letter)
    html = letter.get_body(("html",))
    assert html is not None
    assert 'href="http://localhost:8000/measures/seen/?unit=1"' in html.get_content()
    assert 'lang="fi"' in html.get_content()


def test_a_letter_goes_once_a_week_though_the_job_is_run_again(liisa: User, caught: Caught) -> None:
    actions.follow(by=liisa, kind="measure", name="seen")
    for day in (MONDAY, MONDAY, MONDAY + datetime.timedelta(days=6)):
        letters.send_weekly(day)
    assert len(caught.letters) == 1
    letters.send_weekly(MONDAY + datetime.timedelta(days=7))
    assert len(caught.letters) == 2


def test_a_letter_that_the_server_refused_is_sent_when_the_job_is_run_again(liisa: User, caught: Caught) -> None:
    actions.follow(by=liisa, kind="measure", name="seen")
    caught.broken = True
    assert letters.send_weekly(MONDAY) == (0, 1)
    assert not Letter.objects.exists()
    caught.broken = False
    assert letters.send_weekly(MONDAY) == (1, 0)


def test_each_letter_is_in_the_language_of_its_reader(released: None, caught: Caught) -> None:
    for language in ("fi", "sv", "en"):
        actions.follow(by=leader(f"{language}@luotsi.example", language), kind="measure", name="seen")
    letters.send_weekly(MONDAY)
    subjects = {str(each["To"])[:2]: str(each["Subject"]) for each in caught.letters}
    assert len(set(subjects.values())) == 3
    assert "Name" in text_of(next(each for each in caught.letters if str(each["To"]).startswith("en")))
    assert "Namn" in text_of(next(each for each in caught.letters if str(each["To"]).startswith("sv")))


def test_no_letter_goes_to_those_who_may_not_read_any_more_or_follow_nothing(liisa: User, caught: Caught) -> None:
    actions.follow(by=liisa, kind="measure", name="seen")
    Membership.objects.filter(user=liisa).update(until=datetime.date(2024, 2, 1))
    leader("olli@luotsi.example")
    assert letters.send_weekly(MONDAY) == (0, 0)


def test_the_link_of_a_letter_stops_letters_without_sign_in(liisa: User, caught: Caught) -> None:
    actions.follow(by=liisa, kind="measure", name="seen")
    letters.send_weekly(MONDAY)
    link = str(caught.letters[0]["List-Unsubscribe"]).strip(" <>").removeprefix("http://localhost:8000")
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(link).status_code == 200
    assert Following.objects.get().letter
    assert stranger.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Following.objects.get().letter
    assert letters.send_weekly(MONDAY + datetime.timedelta(days=7)) == (0, 0)


def test_a_forged_or_cut_link_stops_nothing_and_says_so(liisa: User) -> None:
    actions.follow(by=liisa, kind="measure", name="seen")
    for token in ("x", letters.token(liisa)[:-1], letters.token(liisa).replace("1", "2", 1) + "x"):
        assert Client().post(reverse("stop_letters", args=[token])).status_code == 404
    assert Following.objects.get().letter


def test_the_page_follows_tells_and_stops_following(liisa: User) -> None:
    client = signed_in(liisa)
    client.post(reverse("follow"), {"what": "measure:seen", "unit": "1"})
    assert Following.objects.get().query == "unit=1"
    page = client.get(reverse("following"))
    assert b"/measures/seen/?unit=1" in page.content
    client.post(reverse("unfollow", args=[Following.objects.get().pk]))
    assert not Following.objects.exists()


def test_what_is_not_in_the_release_cannot_be_followed(liisa: User) -> None:
    for what in ("measure:nothing", "board:nothing", "user:1", "", "measure:"):
        assert signed_in(liisa).post(reverse("follow"), {"what": what}).status_code == 404
    assert not Following.objects.exists()


def test_something_followed_that_a_later_release_lacks_is_said_to_be_gone(liisa: User, caught: Caught) -> None:
    Following.objects.create(user=liisa, kind="measure", name="lost", query="unit=nowhere")
    assert signed_in(liisa).get(reverse("following")).status_code == 200
    assert letters.send_weekly(MONDAY) == (1, 0)
