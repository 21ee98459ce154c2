"""Asking a person to fill a form, beginning what was asked, taking the request back."""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.web.assessments import actions, published
from luotsi.web.assessments.inviting import queries
from luotsi.web.assessments.inviting.models import Invitation, Reason
from luotsi.web.assessments.models import AnsweredBy, Response
from luotsi.web.assessments.queries import Whose
from luotsi.web.events.actions import record
from luotsi.web.people.models import User
from luotsi.web.people.permissions import require


@transaction.atomic
def ask(
    *,
    by: User | None,
    person: uuid.UUID,
    form: str,
    unit: str,
    until: datetime.date,
    visit_at: datetime.datetime | None = None,
    age: int | None = None,
    minor_mark: str = "",
) -> Invitation:
    """Asks a person to fill a form before a visit, or at an age; asked already, that request stands. Jobs give no `by`.

    Whoever asks has opened the person first, which is logged. Raises UserError where the form is none that people
    fill themselves, or its time is over.
    """
    if by is not None:
        require(by, "form.fill_for", unit=unit)
    offered = published.newest(form)
    if offered is None or not queries.askable(offered.record):
        raise UserError(_("People do not fill this form themselves. Choose another."))
    if until < timezone.localdate():
        raise UserError(_("The last day to answer is over. Choose a later one."))
    # a visit can be asked for anew, an age comes once
    visit = {"visit_at": visit_at, "reason": Reason.APPOINTMENT, "cancelled_at": None}
    what = visit if visit_at else {"age": age, "reason": Reason.AGE_CHECK}
    more = {"unit": unit, "until": until, "minor_mark": minor_mark, "asked_by": by}
    made, new = Invitation.objects.get_or_create(person_id=person, form=form, **what, defaults=more)
    if new:
        record("form.asked", by=by, subject=f"invitation:{made.pk}")
    return made


@transaction.atomic
def begin(*, by: User, whose: Whose, invitation: uuid.UUID) -> Response:
    """Begins what was asked, or goes on with what has been begun of the same form. Raises NoInvitation."""
    require(by, "form.answer")
    asked = queries.opened(whose, invitation)
    there = asked.own
    if there is not None:
        return there
    row = asked.invitation
    answered_by = AnsweredBy(whose.acting.kind) if whose.acting else AnsweredBy.SELF
    response = actions.start(by=by, whose=whose, version=asked.offered.version, answered_by=answered_by)
    about = {"context": row.reason, "context_id": str(row.pk), "unit": row.unit}
    if not response.minor_mark:
        about["minor_mark"] = row.minor_mark
    Response.objects.filter(pk=response.pk).update(**about)
    record("invitation.opened", by=by, subject=f"invitation:{row.pk}")
    return response


@transaction.atomic
def take_back(*, by: User, whose: Whose, invitation: uuid.UUID) -> None:
    """Takes a request back; what has been answered stays. Taken back already, it stays so. Raises NoInvitation."""
    row = queries.of_client(whose, invitation)
    require(by, "form.fill_for", unit=row.unit)
    if row.cancelled_at is None:
        Invitation.objects.filter(pk=row.pk).update(cancelled_at=timezone.now())
        record("invitation.cancelled", by=by, subject=f"invitation:{row.pk}")
