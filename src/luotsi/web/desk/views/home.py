"""The start page: what has changed, and my boards."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from luotsi.concepts.records import Board
from luotsi.web.desk import headlines, words
from luotsi.web.desk.headlines import News
from luotsi.web.desk.views.arriving import Here, on_release, page
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role, may, permitted
from luotsi.web.people.sessions import landing
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release

KEPT = 24 * 60 * 60
LEVELS = ("strategic", "tactical", "operational")
OWN = {
    Role.STRATEGIC_LEADER: "strategic",
    Role.TACTICAL_LEADER: "tactical",
    Role.OPERATIONAL_LEADER: "operational",
}


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The front page: the desk for those who read boards; who may not is led to the first page that is theirs."""
    user = request.user
    if isinstance(user, User) and not may(user, "board.read"):
        return redirect(landing(user))
    return _desk(request)


@permitted("board.read")
@on_release
def _desk(request: HttpRequest, here: Here) -> HttpResponse:
    """What has changed in the whole county, and the boards with the reader's own level first."""
    return page(
        request,
        here,
        "home",
        {"news": _news(here.release), "levels": _levels(here.user), "failure": results.failure()},
    )


def _news(release: Release) -> News:
    key = f"news:{release.pk}"
    found = cache.get(key)
    if found is None:
        found = headlines.news(release)
        cache.set(key, found, KEPT)
    return found


def _levels(user: User) -> list[tuple[str, bool, list[tuple[Board, str, str]]]]:
    """(level, whether it is the reader's own, its boards with their words), own levels first."""
    own = {OWN[role] for role, _unit in user.held if role in OWN}
    boards = results.boards().values()
    found = [
        (
            level,
            level in own,
            [
                (each, words.said(each.label.model_dump()), words.said(each.question.model_dump()))
                for each in boards
                if each.level == level
            ],
        )
        for level in LEVELS
    ]
    return sorted(found, key=lambda level: not level[1])
