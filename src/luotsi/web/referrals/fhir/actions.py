"""Takes referrals of other systems in: as drafts, or consented where the Bundle tells of a consent."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.concepts.referrals import DRAFT
from luotsi.web.events.actions import record
from luotsi.web.people import queries as people
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.referrals.fhir import Told
from luotsi.web.referrals.models import Consent, Receiver, Referral, Transition
from luotsi.web.referrals.steps.actions import Draft, move, said, subject, written

TAKING_IN = 0x4C525246
"""The advisory lock that lets one process at a time take referrals in."""


@transaction.atomic
def take_in(*, by: None, told: Told, unit: str) -> tuple[Referral, bool]:
    """Takes a referral of another system in, which a professional of the unit goes on with; whether it is new.

    Where the Bundle tells of a consent to pass things on to the receiver, it is consented, else a draft. The one that
    has come already stays as it is. Raises UserError where person, receiver or texts do not fit.
    """
    if not User.objects.filter(memberships__role=Role.PROFESSIONAL, memberships__unit=unit).exists():
        raise UserError(
            _("No professional works in the unit %(unit)s. Name one whose professionals go on.") % {"unit": unit}
        )
    person = people.known_person(told.person)
    if person is None:
        raise UserError(_("The person of the referral is not known here. Add them first."))
    # Two that bring the same one at once go one after the other.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TAKING_IN])
    found = Referral.objects.filter(origin="fhir", origin_id=told.id).first()
    if found is not None:
        return found, False
    receiver = _receiver(told)
    draft = Draft(
        receiver=receiver.pk if receiver else None,
        reason=told.reason,
        goals=told.goals,
        language=told.language,
        access_needs=told.access_needs,
        phone=told.phone,
        email=told.email,
    )
    referral = Referral.objects.create(person_id=person, unit=unit, origin="fhir", origin_id=told.id, **written(draft))
    Transition.objects.create(referral=referral, at=referral.made_at, before="", after=DRAFT, by=by)
    if receiver and told.items:
        Consent.objects.create(
            referral=referral,
            organisation=receiver.organisation,
            items=list(told.items),
            reads_closing=told.reads_closing,
            own=False,
        )
        move(referral, "consent", by)
    record("referral.taken_in", by=by, subject=subject(referral), wellbeing_referral=said(referral))
    return referral, True


def _receiver(told: Told) -> Receiver | None:
    """Who is to receive what another system sends; None where it names no one. Raises UserError for an unknown one."""
    if not told.organisation:
        return None
    found = Receiver.objects.filter(organisation__entry=told.organisation, places__gt=0)
    found = found.filter(service__entry=told.service) if told.service else found.order_by("service_id")
    if not (receiver := found.first()):
        raise UserError(
            _("%(organisation)s takes no referrals here. Let it be opened as a receiver, or send without a receiver.")
            % {"organisation": told.organisation}
        )
    return receiver
