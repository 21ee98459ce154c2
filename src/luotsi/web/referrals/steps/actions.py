"""What every step of a referral shares: finding it for whoever acts, the transition, and what the event says of it.

Nothing here is an action by itself: who may act is asked, and the event recorded, where the step is named.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luotsi.concepts import referrals as moves
from luotsi.concepts.errors import UserError
from luotsi.concepts.referrals import MOVES
from luotsi.web.people import queries as people
from luotsi.web.people.mandates import Acting
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.queues import actions as queue_actions
from luotsi.web.referrals import queries
from luotsi.web.referrals.models import Receiver, Referral, Score, Transition, Volunteer
from luotsi.web.referrals.queries import NoReferral

WHY = {
    "receiver": gettext_lazy("Wellbeing referral: a receiver is to be found"),
    "back": gettext_lazy("Wellbeing referral: it has come back, another receiver is to be found"),
    "silent": gettext_lazy("Wellbeing referral: the receiver has not answered"),
    "follow_up": gettext_lazy("Wellbeing referral: time to ask how it goes"),
}
"""Why a referral comes to its coordinators."""
VARIABLES = {Score.Instrument.WHO_5: "who5", Score.Instrument.LONELY: "lonely"}
"""What forms call the same in their answers."""


@dataclass(frozen=True)
class Draft:
    """What a referral says. `receiver` and `link_worker` are ids, None where no one is chosen yet."""

    receiver: int | None = None
    reason: str = ""
    goals: str = ""
    language: str = ""
    access_needs: str = ""
    phone: str = ""
    email: str = ""
    link_worker: int | None = None


def locked(seen: Q, pk: uuid.UUID) -> Referral:
    """A referral among those that someone may see, held until the transaction ends. Raises NoReferral."""
    found = Referral.objects.select_for_update(of=("self",)).filter(seen, pk=pk).first()
    if found is None:
        raise NoReferral(str(pk))
    return found


def own(by: User, pk: uuid.UUID, acting: Acting | None) -> Referral:
    """A referral of the user themself or of whom they act for, held; the reading is logged.

    Raises NoReferral, and people.queries.NoBasis where they may not act for the person any more.
    """
    people.own_data(by=by, acting=acting, what=queries.WHAT)
    found = locked(queries.of_resident(by=by, acting=acting), pk)
    if not queries.shown_to(acting, found):
        raise NoReferral(str(pk))
    return found


def speaking(by: User, pk: uuid.UUID, acting: Acting | None) -> tuple[Referral, bool]:
    """A referral held for the person themself, who acts for them, or a professional whose referral it is; whether it
    is the person's own doing. Raises as `own` does.
    """
    mine = queries.of_resident(by=by, acting=acting)
    if acting is not None or Referral.objects.filter(mine, pk=pk).exists():
        return own(by, pk, acting), True
    return locked(queries.of_staff(by), pk), False


def move(referral: Referral, name: str, by: User | None, *, outcome: str = "", decline_reason: str = "") -> None:
    """Adds the transition by which the database moves the referral. Raises UserError where it is in no state for it."""
    ready(referral, name)
    Transition.objects.create(
        referral=referral,
        before=referral.state,
        after=MOVES[name].after,
        by=by,
        outcome=outcome,
        decline_reason=decline_reason,
    )
    referral.refresh_from_db()


def ready(referral: Referral, name: str) -> None:
    """Raises UserError where a referral is in no state to be moved so: where it is, and what to do."""
    if referral.state in MOVES[name].before:
        return
    if referral.state == moves.WITHDRAWN:
        raise UserError(_("The person has withdrawn this referral. Nothing more is to be done."))
    if referral.state == moves.CLOSED:
        raise UserError(_("This referral has ended already. Nothing more is to be done."))
    if referral.state == moves.DRAFT:
        raise UserError(_("The person has not consented to this yet. Ask for the consent first."))
    if referral.state in (moves.CONSENTED, moves.WAITING):
        raise UserError(_("This referral has not been sent yet. Send it first."))
    if referral.state in (moves.DECLINED, moves.LAPSED):
        raise UserError(_("No one has this referral now. Choose another receiver."))
    if referral.state == moves.SENT:
        raise UserError(_("The receiver has not accepted this referral yet. It is to be accepted first."))
    raise UserError(_("This referral has gone on already. Open it again to see where it is."))


def coordinate(referral: Referral, what: str) -> None:
    """Puts a referral into the coordinators' queue, once for each `what`. The matter says nothing of the person."""
    programme = queries.programme()
    with translation.override(settings.LANGUAGE_CODE):
        reason = str(WHY[what.partition(":")[0]])
    queue_actions.add_item(
        by=None,
        person=referral.person_id,  # pyright: ignore[reportAttributeAccessIssue]
        queue=programme.queue,
        reason=reason,
        urgency="non_urgent",
        source=("referral", f"{referral.pk}:{what}"),
        within=programme.contact,
        minor_mark=referral.minor_mark,
    )


def subject(referral: Referral) -> str:
    """What events call a referral."""
    return f"referral:{referral.pk}"


def said(referral: Referral) -> dict[str, Any]:
    """The referral as the concept `wellbeing_referral` has it: no words of anyone; times come from the transitions."""
    steps = list(Transition.objects.filter(referral=referral))
    scores = {(each.instrument, each.moment): each.value for each in Score.objects.filter(referral=referral)}
    receiver, service = referral.receiver, referral.receiver and referral.receiver.service

    def first(state: str) -> str:
        return next((each.at.isoformat() for each in steps if each.after == state), "")

    def last(state: str) -> str:
        return next((each.at.isoformat() for each in reversed(steps) if each.after == state), "")

    sent = first(moves.SENT)
    return {
        "referral_id": str(referral.pk),
        "person": str(referral.person_id) if referral.person_id else "",  # pyright: ignore[reportAttributeAccessIssue]
        "unit": referral.unit,
        "organisation": (receiver.organisation.business_id or receiver.organisation.entry) if receiver else "",
        "organisation_name": receiver.organisation.name.get("fi", "") if receiver else "",
        "service": service.entry if service else "",
        "origin": referral.origin,
        "language": referral.language,
        "state": referral.state,
        "outcome": referral.outcome,
        "decline_reason": referral.decline_reason,
        "made_at": referral.made_at.isoformat(),
        "sent_at": sent,
        "answer_due_at": queries.answer_due(referral).isoformat() if sent else "",
        "accepted_at": last(moves.ACCEPTED),
        "first_contact_at": last(moves.MET),
        "closed_at": last(moves.CLOSED),
        "who5_before": scores.get((Score.Instrument.WHO_5, Score.Moment.BEFORE), ""),
        "who5_after": scores.get((Score.Instrument.WHO_5, Score.Moment.AFTER), ""),
        "link_worker": referral.link_worker_id is not None,  # pyright: ignore[reportAttributeAccessIssue]
    }


def assessed(referral: Referral, moment: str) -> dict[str, Any]:
    """The scores of one moment as the concept `assessment` has them; answered again, it is the same assessment."""
    scores = list(Score.objects.filter(referral=referral, moment=moment))
    today = timezone.localdate().isoformat()
    return {
        "assessment_id": str(uuid.uuid5(referral.pk, moment)),
        "person": str(referral.person_id),  # pyright: ignore[reportAttributeAccessIssue]
        "unit": referral.unit,
        "instrument": "WHO5" if Score.Instrument.WHO_5 in {each.instrument for each in scores} else "OTHER",
        "assessed_on": today,
        "locked": True,
        "locked_on": today,
        "reason": None,
        "answers": [
            {"variable": VARIABLES[each.instrument], "value": str(each.value), "number": str(each.value)}
            for each in scores
        ],
    }


def written(draft: Draft) -> dict[str, Any]:
    """The columns that a draft fills, each within its length. Raises UserError where the receiver does not fit."""
    cells = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(draft).items()}
    for name, value in cells.items():
        longest = getattr(Referral._meta.get_field(name), "max_length", None)
        if isinstance(value, str) and longest and len(value) > longest:
            raise UserError(_("Something is too long. Write it in %(most)s characters.") % {"most": longest})
    receiver = Receiver.objects.filter(pk=draft.receiver).first() if draft.receiver else None
    if draft.receiver and (receiver is None or not receiver.places):
        raise UserError(_("That receiver takes no referrals. Choose one of the list."))
    goes = draft.link_worker
    if goes and (receiver is None or not _volunteers(receiver, goes)):
        raise UserError(_("That volunteer is not of the receiver. Choose one of theirs."))
    receiver_id, link_worker_id = cells.pop("receiver"), cells.pop("link_worker")
    return {**cells, "receiver_id": receiver_id, "link_worker_id": link_worker_id}


def _volunteers(receiver: Receiver, user: int) -> bool:
    """Whether a user is a volunteer of a receiver today."""
    found = Volunteer.objects.filter(organisation=receiver.organisation, user=user).select_related("user").first()
    return found is not None and Role.VOLUNTEER in {role for role, _unit in found.user.held}
