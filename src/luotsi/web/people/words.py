"""What roles, bases, readings and languages are called on a page; actions are named in each app's permissions.py."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luotsi.web.people.models import Basis
from luotsi.web.people.permissions import Role

ROLES: dict[Role, Promise] = {
    Role.RESIDENT: _("Resident"),
    Role.PROFESSIONAL: _("Professional"),
    Role.OPERATIONAL_LEADER: _("Operational leader"),
    Role.TACTICAL_LEADER: _("Tactical leader"),
    Role.STRATEGIC_LEADER: _("Strategic leader"),
    Role.ANALYST: _("Analyst"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.PRIVACY_OFFICER: _("Privacy officer"),
}
BASES: dict[str, Promise] = {
    Basis.OWN: _("Own data"),
    Basis.CARE: _("Care relationship"),
    Basis.BREAK_GLASS: _("Break-glass"),
    Basis.PRIVACY_OFFICER: _("Privacy officer's task"),
}
READ: dict[str, Promise] = {
    "person": pgettext_lazy("what was read", "Personal details"),
    "list": pgettext_lazy("what was read", "Personal details in a list of those in care"),
    "access_log": pgettext_lazy("what was read", "Log of who has read the data"),
}
LANGUAGES: dict[str, Promise] = {"fi": _("Finnish"), "sv": _("Swedish"), "en": _("English")}
