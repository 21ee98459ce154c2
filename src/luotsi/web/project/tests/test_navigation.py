"""The main navigation: everyone sees what they may open, and nothing else."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override

from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import sign_in, user_with
from luotsi.web.project.navigation import ITEMS, Link, navigation


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.django_db
def test_every_link_that_someone_sees_opens(role: Role, rf: RequestFactory, client: Client) -> None:
    request = rf.get("/measures/")
    request.user = user_with(role)
    links: list[Link] = navigation(request)["navigation"]  # type: ignore[assignment]
    sign_in(client, request.user, 1)
    assert {link.address: client.get(link.address).status_code for link in links} == {
        link.address: 200 for link in links
    }


def test_a_stranger_sees_what_is_for_anyone_and_the_way_to_sign_in(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    links: list[Link] = navigation(request)["navigation"]  # type: ignore[assignment]
    assert [link.address for link in links] == [reverse(item.name) for item in ITEMS if not item.permission]
    assert navigation(request)["sign_in_address"] == "/sign-in/"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.django_db
def test_the_first_links_stand_on_one_line_and_the_rest_behind_one_word(
    role: Role, language: str, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = user_with(role)
    with override(language):
        told = navigation(request)
        shown, more = told["navigation_line"]  # type: ignore[misc]
    assert [*shown, *more] == list(told["navigation"])  # type: ignore[call-overload]
    assert len(shown) >= 4 or not more
    assert len(more) != 1


@pytest.mark.django_db
def test_the_place_one_is_in_is_marked(rf: RequestFactory) -> None:
    request = rf.get("/measures/access_7d_share/")
    request.user = user_with(Role.STRATEGIC_LEADER)
    links: list[Link] = navigation(request)["navigation"]  # type: ignore[assignment]
    assert [link.current for link in links if link.address == "/measures/"] == ["true"]
    assert sum(bool(link.current) for link in links) == 1
    assert len(links) < len(ITEMS)
