"""Brings the engine's releases to the web: takes one in, then points to it; and points back again."""

from __future__ import annotations

from pathlib import Path

from luotsi.concepts.errors import UserError
from luotsi.engine.release import find
from luotsi.web.results import actions, queries
from luotsi.web.results.models import Release


def publish(home: Path, name: str | None = None) -> Release:
    """Takes in a release of a home, the engine's current one unless named, and shows it; gives it.

    One that was taken in before is shown again only when it is named: a run of every night must not undo that someone
    has rolled back. A fault leaves what is shown as it is. Raises UserError.
    """
    found = find(home, name)
    known = {each.name for each in queries.releases()}
    release = actions.take_in(by=None, folder=found.folder)
    if name is not None or release.name not in known or queries.current() is None:
        actions.point_to(by=None, release=release.name)
    actions.drop_old(by=None)
    return release


def roll_back() -> Release:
    """Shows the release before the one that is shown; gives it. Raises UserError when there is none older."""
    shown = queries.current()
    older = [each for each in queries.releases() if shown and each.created_at < shown.created_at]
    if not older:
        raise UserError("There is no older release to go back to.")
    return actions.point_to(by=None, release=older[0].name)
