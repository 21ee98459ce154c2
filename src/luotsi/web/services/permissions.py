"""Who may do what in the directory. To search and read it needs no permission: it is for everyone."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luotsi.web.people.permissions import EVERYONE, LEADERS, Role

ALLOWED: dict[str, frozenset[Role]] = {
    "favourite.keep": EVERYONE,
    "selection.make": frozenset({Role.PROFESSIONAL}),
    "fitting.read": frozenset({Role.PROFESSIONAL}),
    "entry.propose": frozenset({Role.KEEPER}),
    "entry.approve": frozenset({Role.ADMINISTRATOR}),
    "inventory.read": LEADERS | {Role.ANALYST, Role.ADMINISTRATOR},
}

WORDS: dict[str, Promise] = {
    "favourite.keep": _("Keep services to find them again"),
    "selection.make": _("Share the services one has kept as a list"),
    "fitting.read": _("See which services fit a person whose data one may read"),
    "entry.propose": _("Write the services of one's own organisation"),
    "entry.approve": _("Approve what keepers write, and choose keepers"),
    "inventory.read": _("Read the inventory of digital services"),
}
"""What each action is called where people see who may do what."""
