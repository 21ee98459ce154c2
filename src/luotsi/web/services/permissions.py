"""Who may do what in the directory. To search and read it needs no permission: it is for everyone."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luotsi.web.people.permissions import EVERYONE, Role

ALLOWED: dict[str, frozenset[Role]] = {
    "favourite.keep": EVERYONE,
}

WORDS: dict[str, Promise] = {
    "favourite.keep": _("Keep services to find them again"),
}
"""What each action is called where people see who may do what."""
