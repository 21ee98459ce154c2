"""The header of someone who may go to many places: one line, and the rest behind one word, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import user_with

Visit = Callable[..., Page]

ONE_LINE = 80
"""Pixels that no header of two lines is as low as."""


@pytest.mark.parametrize(("language", "role"), [("fi", Role.ADMINISTRATOR), ("sv", Role.TACTICAL_LEADER)])
def test_the_header_is_one_line_and_what_has_no_room_opens_from_the_keyboard(
    visit: Visit, transactional_db: None, language: str, role: Role
) -> None:
    page = visit("/account/", user=user_with(role), language=language, javascript=False)
    header = page.locator(".header").bounding_box()
    assert header is not None
    assert header["height"] < ONE_LINE
    last = page.locator(".more a").last
    expect(last).not_to_be_visible()
    page.locator(".more > summary").press("Enter")
    expect(last).to_be_visible()
    address = last.get_attribute("href")
    last.press("Enter")
    expect(page).to_have_url(re.compile(f"{address}$"))
