"""Who may do what on the desk. Results are suppressed aggregates: every leader may read every board."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luotsi.web.people.permissions import LEADERS, Role

READERS = LEADERS | {Role.ANALYST, Role.ADMINISTRATOR}

ALLOWED: dict[str, frozenset[Role]] = {
    "board.read": READERS,
    "measure.read": READERS,
    "measure.follow": READERS,
    "note.read": READERS,
    "note.pin": LEADERS,
    "note.remove": LEADERS,
    "monitor.read": frozenset({Role.ADMINISTRATOR, Role.ANALYST}),
}
"""A note is pinned and removed in the unit it is about, or in the whole county by who leads the whole county."""

WORDS: dict[str, Promise] = {
    "board.read": _("Read boards"),
    "measure.read": _("Read measures"),
    "measure.follow": _("Follow measures"),
    "note.read": _("Read notes"),
    "note.pin": _("Pin comments, decisions and targets"),
    "note.remove": _("Remove notes"),
    "monitor.read": _("Read the monitor of data"),
}
"""What each action is called where people see who may do what."""
