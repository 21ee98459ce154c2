"""What a person may do with releases."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from luotsi.web.people.permissions import Role

ALLOWED: dict[str, frozenset[Role]] = {
    "release.point_to": frozenset({Role.ADMINISTRATOR}),
}

WORDS: dict[str, Promise] = {"release.point_to": _("Choose the release that is shown")}
"""What each action is called where people see who may do what."""
