"""What someone follows, with what the release says of it now. Who gets a letter of it stands in `letters`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse

from luotsi.web.desk import filters as choosing
from luotsi.web.desk import headlines, readings, words
from luotsi.web.desk.filters import Filters
from luotsi.web.desk.headlines import News
from luotsi.web.desk.judging import Judged
from luotsi.web.desk.models import Following
from luotsi.web.people.models import User
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release
from luotsi.web.results.queries import Definition


@dataclass(frozen=True)
class Followed:
    """One thing followed. `group`: what it is narrowed to, in words; `news`: its measures by their verdicts.

    `gone`: whether the release has it no longer.
    """

    following: Following
    label: str
    group: str
    address: str
    news: News
    gone: bool


def query(filters: Filters) -> str:
    """What of a reader's choices is followed: the group, not time or release, which go on."""
    return Filters(area=filters.area, service=filters.service, unit=filters.unit, segment=filters.segment).query()[1:]


def followed(user: User, release: Release, *, letters: bool = False) -> list[Followed]:
    """Everything a user follows, or only what their letter tells of."""
    found = user.followings.all()  # pyright: ignore[reportAttributeAccessIssue]
    return [_followed(each, release) for each in (found.filter(letter=True) if letters else found)]


def label(kind: str, name: str, release: Release) -> str | None:
    """The words for a measure or a board; None where the release, or the content, has none of the name."""
    if kind == Following.Kind.BOARD:
        board = results.boards().get(name)
        return words.said(board.label.model_dump()) if board else None
    measure = results.definitions(release).get(name)
    return words.said(measure.label) if measure else None


def _followed(following: Following, release: Release) -> Followed:
    codes = choosing.read(QueryDict(following.query), release).codes
    measures = _measures(following, release)
    text = label(following.kind, following.name, release)
    address = reverse(following.kind, args=[following.name]) + (f"?{following.query}" if following.query else "")
    return Followed(
        following=following,
        label=text or following.name,
        group=words.group(release, readings.group(codes)),
        address=address,
        news=headlines.sort(headlines.judged(release, measures, codes)),
        gone=text is None,
    )


def _measures(following: Following, release: Release) -> list[Definition]:
    known = results.definitions(release)
    if following.kind == Following.Kind.MEASURE:
        return [known[following.name]] if following.name in known else []
    board = results.boards().get(following.name)
    names = dict.fromkeys(tile.measure for tile in board.tiles) if board else {}
    return [known[each] for each in names if each in known]


def signals(found: Sequence[Followed]) -> int:
    """How many of the measures have a signal."""
    return sum(each.news.loud for each in found)


def loud(news: News) -> list[Judged]:
    """What has a signal, the worse first."""
    return [*news.worse, *news.better, *news.changed]
