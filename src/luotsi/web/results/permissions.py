"""What a person may do with releases."""

from luotsi.web.people.permissions import Role

ALLOWED: dict[str, frozenset[Role]] = {
    "release.point_to": frozenset({Role.ADMINISTRATOR}),
}
