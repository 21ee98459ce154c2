"""What the main navigation holds, and who sees which part of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from luotsi.web.people.permissions import may


class Item(NamedTuple):
    """A place to go: its words, the name of its address, the action one must be permitted or "" for anyone."""

    label: Promise | str
    name: str
    permission: str


class Link(NamedTuple):
    """A place to go as the page shows it; `current` is page, true or empty, as aria-current says."""

    label: str
    address: str
    current: str


class Line(NamedTuple):
    """The links that have room on one line of a wide screen, and those that open from its end."""

    shown: Sequence[Link]
    more: Sequence[Link]


ITEMS = (
    Item(_("Boards"), "home", "board.read"),
    Item(_("Measures"), "measures", "measure.read"),
    Item(_("Compare"), "compare", "measure.read"),
    Item(_("Notes"), "notes", "note.read"),
    Item(_("Following"), "following", "measure.follow"),
    Item(_("Data"), "data", "monitor.read"),
    Item(_("Work queue"), "work_items", "work_item.read"),
    Item(_("Pre-visit forms"), "visits", "answers.read"),
    Item(_("Queue lengths"), "queue_lengths", "queue.count"),
    Item(_("Referrals"), "referrals", "referral.read"),
    Item(_("Received referrals"), "received_referrals", "passed_referral.read"),
    Item(_("Services"), "services", ""),
    Item(_("Feedback"), "feedback", ""),
    Item(_("Persons"), "persons", "person.find"),
    Item(_("My matters"), "own_matters", "own_matter.read"),
    Item(_("Forms"), "forms", "form.answer"),
    Item(_("My data"), "me", "own_data.read"),
    Item(_("Making forms"), "makers", "form.edit"),
    Item(_("Forms by link"), "form_links", "link.make"),
    Item(_("Receivers of referrals"), "receiving", "receiver.open"),
    Item(_("Users"), "users", "membership.read"),
    Item(_("Access log"), "access_log", "access_log.search"),
)


ROOM, LETTER, SPACE = 580, 8, 24
"""Pixels: what links may take beside "More" of a line of 1,440 with a name and three languages; of a letter; around a
word."""


def line(links: Sequence[Link]) -> Line:
    """As many of the first links as have room. One that would be alone behind "More" takes the place of that word."""
    ends = list(accumulate(LETTER * len(each.label) + SPACE for each in links))
    fits = sum(end <= ROOM for end in ends)
    if len(links) - fits == 1:
        fits += 1
    return Line(links[:fits], links[fits:])


def _current(address: str, path: str) -> str:
    if path == address:
        return "page"
    inside = path.startswith(("/boards/", "/signals/")) if address == "/" else path.startswith(address)
    return "true" if inside else ""


@cache
def _address(name: str) -> str:
    """Where a page is that every page may lead to; looked up once in the life of a process."""
    return reverse(name)


def navigation(request: HttpRequest) -> dict[str, object]:
    """`navigation`: what the user may go to, `navigation_line`: the same as the header has room for it;
    `sign_in_address`, `account_address`: where to sign in, one's own page.
    """
    # A fault before sessions are read has no user, and still gets its page.
    user = getattr(request, "user", AnonymousUser())

    @cache
    def links() -> list[Link]:
        return [
            Link(str(item.label), address, _current(address, request.path))
            for item in ITEMS
            if (not item.permission or may(user, item.permission)) and (address := _address(item.name))
        ]

    # a part of a page has no navigation, and need not wait for it
    return {
        "navigation": SimpleLazyObject(links),
        "navigation_line": SimpleLazyObject(lambda: line(links())),
        "sign_in_address": _address("sign_in"),
        "account_address": _address("account"),
    }
