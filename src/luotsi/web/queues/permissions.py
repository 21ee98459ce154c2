"""Who may do what with work queues. An item is of a unit: a role counts where it is held in that very unit."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luotsi.web.people.permissions import LEADERS, Role

ALLOWED: dict[str, frozenset[Role]] = {
    "work_item.read": frozenset({Role.PROFESSIONAL}),
    "work_item.handle": frozenset({Role.PROFESSIONAL}),
    "work_item.add": frozenset({Role.PROFESSIONAL, Role.RESIDENT}),
    "queue.count": LEADERS,
    "own_matter.read": frozenset({Role.RESIDENT}),
}

WORDS: dict[str, Promise] = {
    "work_item.read": _("See the work queue of one's own unit and open an item"),
    "work_item.handle": _("Take, hand over, return, resolve, cancel and comment items of one's own unit"),
    "work_item.add": _("Send a matter to a work queue"),
    "queue.count": _("See how long the queues of one's units are, without persons"),
    "own_matter.read": _("See one's own matters"),
}
"""What each action is called where people see who may do what."""
