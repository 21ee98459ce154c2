"""What a person is asked to fill, how far each has come, and which visits of a unit have forms. Names no persons."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from luotsi.forms.records import FormRecord
from luotsi.web.assessments import published, queries
from luotsi.web.assessments.inviting.models import Invitation
from luotsi.web.assessments.models import Response
from luotsi.web.assessments.published import Offered
from luotsi.web.assessments.queries import Whose
from luotsi.web.people.mandates import visible_to_guardian
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role, require

WRITTEN_UP = datetime.timedelta(days=30)
"""How long after its last day a request still ties the unit's professionals to the person: for writing up the visit."""
NOT_ASKED = ("feedback", "survey", "maturity")
"""Kinds of forms that are about no one's own care."""


class NoInvitation(LookupError):  # noqa: N818
    """There is no such request, or the reader may not see it."""


def askable(record: FormRecord) -> bool:
    """Whether a person can be asked to fill a form."""
    return record.audience != "professional" and record.kind not in NOT_ASKED


@dataclass(frozen=True)
class Asked:
    """A request as one reader has it: the form it is for, and the responses to it that the reader sees."""

    invitation: Invitation
    offered: Offered
    responses: tuple[Response, ...]
    acting: bool = False

    @property
    def own(self) -> Response | None:
        """What the reader has begun or filled; each their own, where a form asks in confidence."""
        mine = [each for each in self.responses if (each.answered_by in queries.OTHERS) == self.acting]
        found = mine if self.offered.record.confidential else self.responses
        return next(iter(found), None)

    @property
    def done(self) -> bool:
        """Whether the reader has nothing more to do."""
        return self.own is not None and self.own.completed_at is not None


def of(whose: Whose) -> list[Asked]:
    """What the person, or who acts for them, is asked to fill today, that with the nearest last day first."""
    rows = Invitation.objects.filter(person=whose.resident.id, cancelled_at=None, until__gte=timezone.localdate())
    return _asked(whose, [each for each in rows if _sees(whose, each)])


def of_person(whose: Whose) -> list[Asked]:
    """All that a client has been asked, the last first: for the professional who has the client open."""
    rows = Invitation.objects.filter(person=whose.resident.id, cancelled_at=None).order_by("-until", "-asked_at")
    return _asked(whose, list(rows))


def _asked(whose: Whose, rows: list[Invitation]) -> list[Asked]:
    given = responses(whose, rows)
    forms = {each: published.newest(each) for each in {row.form for row in rows}}
    return [
        Asked(row, offered, tuple(given.get(str(row.pk), ())), whose.acting is not None)
        for row in rows
        if (offered := forms[row.form]) is not None
    ]


def _sees(whose: Whose, row: Invitation) -> bool:
    if whose.acting is None:
        return True
    offered = published.newest(row.form)
    about = queries.sector(offered.form) if offered else ""
    return visible_to_guardian(acting=whose.acting, sector=about, mark=row.minor_mark)


def responses(whose: Whose, rows: Iterable[Invitation]) -> dict[str, list[Response]]:
    """The responses to requests that the reader sees, by the request; the last changed first, none replaced."""
    found: dict[str, list[Response]] = {}
    ids = {str(each.pk) for each in rows}
    for each in queries.responses(whose) if ids else ():
        if each.context_id in ids:
            found.setdefault(each.context_id, []).append(each)
    return found


def opened(whose: Whose, invitation: uuid.UUID) -> Asked:
    """One request to the person. Raises NoInvitation, also where it has been taken back or its last day is over."""
    found = next((each for each in of(whose) if each.invitation.pk == invitation), None)
    if found is None:
        raise NoInvitation(str(invitation))
    return found


def of_client(whose: Whose, invitation: uuid.UUID) -> Invitation:
    """One request to a client, whatever has become of it. Raises NoInvitation."""
    found = Invitation.objects.filter(pk=invitation, person=whose.resident.id).first()
    if found is None:
        raise NoInvitation(str(invitation))
    return found


def units_of(by: User) -> list[str]:
    """The units in which a user is a professional."""
    return sorted({unit for role, unit in by.held if role == Role.PROFESSIONAL and unit})


def coming(*, by: User) -> list[tuple[Invitation, bool]]:
    """What has been asked in the user's units and is not over, by time, and whether it is answered. No persons."""
    require(by, "answers.read")
    rows = Invitation.objects.filter(unit__in=units_of(by), cancelled_at=None, until__gte=timezone.localdate())
    found = list(rows.order_by("visit_at", "until")[:500])
    ids = [str(each.pk) for each in found]
    filled = Response.objects.filter(context_id__in=ids, completed_at__isnull=False).values_list(
        "context_id", flat=True
    )
    answered = set(filled)
    return [(each, str(each.pk) in answered) for each in found]


def ties(user: User, person: uuid.UUID) -> bool:
    """Whether a professional's unit has asked a person to fill a form for a visit or check that is coming or recent."""
    since = timezone.localdate() - WRITTEN_UP
    return Invitation.objects.filter(
        person=person, unit__in=units_of(user), cancelled_at=None, until__gte=since
    ).exists()
