"""What people do with forms: begin, save, complete, correct, send, judge.

Each is permitted, whole or not at all, with one event. Making and publishing forms is in making/actions.py, what a form
means in `luotsi.forms`.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.concepts.queues import Within
from luotsi.forms import assessment, wire
from luotsi.forms.outcomes import Reached, Result
from luotsi.web.assessments import published, queries, saving
from luotsi.web.assessments.known import queries as known
from luotsi.web.assessments.models import (
    AnsweredBy,
    FormVersion,
    Observation,
    Override,
    Plan,
    Response,
    ResponseStatus,
    Unsent,
)
from luotsi.web.assessments.queries import Sitting, Whose
from luotsi.web.assessments.saving import Taken, Texts
from luotsi.web.events.actions import record
from luotsi.web.people import codes
from luotsi.web.people.models import Basis, User
from luotsi.web.people.permissions import require
from luotsi.web.queues import actions as queues

SAVED = "UPDATE assessments_response SET revision = %s, kept = %s, changed_at = %s WHERE id = %s"
CHANGED = """
INSERT INTO assessments_change (response_id, revision, path, before, by_id, at) VALUES (%s, %s, %s, %s, %s, %s)
"""
"""An answer as it was before a save."""

OWN = (Basis.OWN, Basis.MANDATE)
"""Why a resident, and no professional, has a person's answers open."""


def _right(whose: Whose) -> str:
    """The action that answering is, by why the person's data are open."""
    return "form.answer" if whose.resident.basis in OWN else "form.fill_for"


@transaction.atomic
def start(
    *,
    by: User,
    whose: Whose,
    version: FormVersion,
    answered_by: AnsweredBy = AnsweredBy.SELF,
    context: str = "",
    context_id: str = "",
    unit: str = "",
    minor_mark: str = "",
) -> Response:
    """Begins a form; one of the same form already begun is gone on with, in the version it was begun with."""
    require(by, _right(whose))
    form = published.form_of(version)
    begun = Response.objects.select_for_update().filter(
        person_id=whose.resident.id, version__form=version.form, status=ResponseStatus.IN_PROGRESS, corrects=None
    )
    if form.record.confidential:
        # each answers alone: what one has begun, the other does not go on with
        theirs = begun.filter(answered_by__in=queries.OTHERS)
        begun = theirs if whose.acting else begun.exclude(pk__in=theirs.values("pk"))
    found = begun.order_by("-changed_at").first()
    if found is not None:
        return found
    response = Response.objects.create(
        version=version,
        person_id=whose.resident.id,
        kept=queries.filled(form, None, whose.resident, timezone.now(), known.of(whose, form)).kept(),
        author=by,
        answered_by=answered_by,
        context=context,
        context_id=context_id,
        unit=unit,
        minor_mark=minor_mark,
    )
    record("response.started", by=by, subject=f"response:{response.pk}")
    return response


@dataclass
class Saved:
    """What a save did: the response as it is now, and what could not be taken in."""

    sitting: Sitting
    taken: Taken
    late: bool = False
    """It had been completed before this page was sent; nothing was changed."""


@dataclass(frozen=True)
class Sent:
    """What a page sends: its revision, its answers, the choices between two answers, and what is done to a group."""

    revision: int
    answers: Texts = field(default_factory=Texts)
    chosen: Mapping[str, str] = field(default_factory=dict[str, str])
    group: tuple[str, str] = ("", "")
    """(add, remove, up or down; the path of the group or repetition)."""


@transaction.atomic
def save(*, by: User, whose: Whose, response: uuid.UUID, sent: Sent, language: str) -> Saved:
    """Takes in what a page sent. What would overwrite another's answer is given back as a conflict, and not taken in.

    Raises NoResponse, and UserError where a group cannot be repeated more.
    """
    require(by, _right(whose))
    sitting = queries.opened(whose, response, locked=True)
    row = sitting.response
    bases = queries.bases(row, sent.revision) if sent.revision != row.revision else {}
    whole = sitting.whole.filling
    taken = saving.take(whole, sent.answers, bases, sent.chosen, language, sitting.filling)
    if not sitting.open:
        return Saved(queries.opened(whose, response), taken, late=True)
    if sent.chosen:
        Unsent.objects.filter(user=by, response=row).delete()
    regrouped = _regroup(sitting, *sent.group)
    if taken.before or regrouped:
        row.revision += 1
        row.kept = whole.kept()
        row.changed_at = timezone.now()
        _write(row, taken, by)
        record("response.saved", by=by, subject=f"response:{row.pk}")
        if sitting.entire:
            sitting = queries.sitting(row, whose.resident, acting=True)
    return Saved(sitting, taken)


def _write(row: Response, taken: Taken, by: User) -> None:
    """Writes a save. In SQL, as this is what answering does most, and through the ORM it cost three times as much."""
    with connection.cursor() as cursor:
        cursor.execute(SAVED, [row.revision, wire.dumps(row.kept), row.changed_at, row.pk])
        for path, before in taken.before.items():
            cursor.execute(CHANGED, [row.pk, row.revision, path[:300], wire.dumps(before), by.pk, row.changed_at])


def _regroup(sitting: Sitting, what: str, path: str) -> bool:
    """Adds, removes or moves a repetition of a group that the sender may see."""
    if what not in ("add", "remove", "up", "down") or saving.item_of(sitting.filling, path) is None:
        return False
    filling = sitting.whole.filling
    if what == "add":
        filling.add(path)
    elif what == "remove":
        filling.remove(path)
    else:
        filling.move(path, -1 if what == "up" else 1)
    return True


@transaction.atomic
def complete(*, by: User, whose: Whose, response: uuid.UUID, stopped: bool = False) -> Sitting:
    """Completes a response, and tells the warehouse. Completed already, it stays as it is.

    stopped: a red flag has been reached, so that what is not answered yet need not be. Raises UserError otherwise.
    """
    require(by, _right(whose))
    sitting = queries.opened(whose, response, locked=True)
    if not sitting.open:
        return sitting
    enough = stopped and sitting.result().stops
    if not enough and any(each.severity == "error" for each in sitting.filling.problems("fi")):
        raise UserError(_("Some answers are missing or wrong. Mend them, then finish."))
    row, result = sitting.response, sitting.whole.result()
    row.status = ResponseStatus.AMENDED if row.corrects_id else ResponseStatus.COMPLETED  # pyright: ignore[reportAttributeAccessIssue]
    row.completed_at = row.changed_at = timezone.now()
    row.kept = sitting.whole.filling.kept()
    row.scores = queries.scores(result)
    if result.main:
        row.outcome, row.urgency = result.main.record.outcome, result.main.record.urgency or ""
    row.save()
    Unsent.objects.filter(response=row).delete()
    Observation.objects.bulk_create(known.extracted(whose, sitting))
    record("response.completed", by=by, subject=f"response:{row.pk}", assessment=_said(sitting.whole, result))
    return sitting


def _said(sitting: Sitting, result: Result) -> dict[str, Any]:
    """The response as the concept `assessment` has it; a correction is the same assessment, known better."""
    row = sitting.response
    first = row
    while first.corrects is not None:
        first = first.corrects
    return assessment.record(
        sitting.form,
        sitting.filling,
        result,
        assessment_id=str(first.pk),
        person=str(row.person_id),  # pyright: ignore[reportAttributeAccessIssue]
        unit=row.unit or None,
        assessed_on=timezone.localdate(row.completed_at),
    )


@transaction.atomic
def correct(*, by: User, whose: Whose, response: uuid.UUID) -> Response:
    """Opens completed answers for correction: a new response with the same answers, in the same version."""
    require(by, _right(whose))
    old = queries.opened(whose, response, locked=True).response
    if old.status == ResponseStatus.IN_PROGRESS:
        return old
    begun = Response.objects.filter(corrects=old).first()
    if begun is not None:
        return begun
    new = Response.objects.create(
        version=old.version,
        person_id=whose.resident.id,
        kept=old.kept,
        corrects=old,
        author=by,
        answered_by=old.answered_by,
        minor_mark=old.minor_mark,
        context=old.context,
        context_id=old.context_id,
        unit=old.unit,
    )
    record("response.reopened", by=by, subject=f"response:{new.pk}")
    return new


@transaction.atomic
def keep_unsent(*, by: None, user: int, response: uuid.UUID, revision: int, page: str, answers: Texts) -> None:
    """Keeps what a page sent after its user's session had ended. The page's own token has shown whose it is."""
    unsent = Unsent.objects.create(
        response_id=response, user_id=user, revision=revision, page=page[:300], answers=answers
    )
    record("response.kept_unsent", by=by, subject=f"response:{unsent.response_id}")  # pyright: ignore[reportAttributeAccessIssue]


@transaction.atomic
def take_unsent(*, by: User, whose: Whose, response: uuid.UUID, language: str) -> Taken:
    """Saves what pages of the user sent when they were not signed in any more. It is kept until no answer conflicts."""
    require(by, _right(whose))
    sitting = queries.opened(whose, response, locked=True)
    whole = Taken()
    for each in queries.unsent(by, sitting.response):
        saved = save(by=by, whose=whose, response=response, sent=Sent(each.revision, each.answers), language=language)
        whole.before |= saved.taken.before
        whole.typed |= saved.taken.typed
        whole.problems += saved.taken.problems
        whole.conflicts += saved.taken.conflicts
    if not whole.conflicts:
        Unsent.objects.filter(user=by, response=sitting.response).delete()
    record("response.taken_unsent", by=by, subject=f"response:{response}")
    return whole


@transaction.atomic
def send(*, by: User, whose: Whose, response: uuid.UUID) -> Response:
    """Sends completed answers to the professionals, as the person has decided: an item in the queue of the outcome.

    Sent already, it stays as it is. Raises UserError where the outcome leads to no queue.
    """
    require(by, _right(whose))
    sitting = queries.opened(whose, response, locked=True)
    row, main = sitting.response, sitting.result().main
    if sitting.entire:
        main = _weightier(main, sitting.entire.result().main)
    if row.sent_at is not None:
        return row
    if row.completed_at is None or main is None or not main.record.queue:
        raise UserError(_("This form leads to no contact. Choose a service, or call."))
    queues.add_item(
        by=by,
        person=whose.resident.id,
        queue=main.record.queue,
        reason=_reason(sitting, whose),
        urgency=_urgency(main),
        source=("assessment", str(row.pk)),
        unit=row.unit if row.unit in published.county().queues[main.record.queue].units else "",
        within=_within(main),
        minor_mark=row.minor_mark,
    )
    row.sent_at = timezone.now()
    row.save(update_fields=["sent_at"])
    record("response.sent", by=by, subject=f"response:{row.pk}")
    return row


def _weightier(seen: Reached | None, whole: Reached | None) -> Reached | None:
    """The outcome that decides where one who acts for another sends: of all the answers, if they may send at all."""
    return whole if seen and seen.record.queue and whole and whole.record.queue else seen


def _reason(sitting: Sitting, whose: Whose) -> str:
    """Why an item is in the queue. Who acts for the person reads it too, so it tells nothing said in confidence."""
    label, main = sitting.form.record.label.fi, sitting.whole.result().main
    seen = queries.sitting(sitting.response, whose.resident, acting=True).result().main
    if main is None or seen is None or main.reason("fi") != seen.reason("fi"):
        return label
    return f"{label}: {main.reason('fi')}"


def _urgency(main: Reached) -> str:
    """The urgency of the outcome where queues know it; a form's own degrees are none of theirs."""
    wanted = main.record.urgency or ""
    return wanted if wanted in codes.rows("work_urgency") else "non_urgent"


def _within(main: Reached) -> Within | None:
    """The promise that the outcome makes, None to leave it to the queue."""
    if main.record.within is None:
        return None
    amount, unit = main.record.within
    if unit == "minutes":
        return Within(amount=-(-amount // 60), of="hours")
    return Within.model_validate({"amount": amount, "of": unit.replace(" ", "_")})


@transaction.atomic
def mark(*, by: User, whose: Whose, response: uuid.UUID, minor_mark: str) -> None:
    """Records whether a minor can decide on these answers, and whether guardians see them."""
    require(by, "answers.judge")
    row = queries.opened(whose, response, locked=True).response
    Response.objects.filter(pk=row.pk).update(minor_mark=minor_mark)
    record("response.marked", by=by, subject=f"response:{row.pk}")


@transaction.atomic
def override(*, by: User, whose: Whose, response: uuid.UUID, score: str, chosen: str, reason: str) -> Override:
    """Puts a professional's class in the place of the computed one. Raises UserError without a reason or a change."""
    require(by, "answers.judge")
    sitting = queries.opened(whose, response, locked=True)
    scored = sitting.result().scores.get(score)
    if sitting.open or scored is None or chosen not in {each.code for each in scored.record.classes}:
        raise UserError(_("Choose a class of this form."))
    computed = scored.klass.code if scored.klass else ""
    if chosen == computed and not Override.objects.filter(response=sitting.response, score=score).exists():
        raise UserError(_("That is the class the form gave. Choose another, or leave it."))
    if not reason.strip():
        raise UserError(_("Write why you choose another class; the client can read it."))
    made = Override.objects.create(
        response=sitting.response, score=score, computed=computed, chosen=chosen, reason=reason.strip(), author=by
    )
    record("class.overridden", by=by, subject=f"response:{response}", assessment=_overridden(sitting, score, chosen))
    return made


@transaction.atomic
def agree_plan(
    *, by: User, whose: Whose, response: uuid.UUID, text: str, review_on: datetime.date | None = None
) -> Plan:
    """Writes down what was agreed on with the client. The client sees it."""
    require(by, "answers.judge")
    row = queries.opened(whose, response, locked=True).response
    if not text.strip():
        raise UserError(_("Write what was agreed on."))
    plan = Plan.objects.create(response=row, text=text.strip(), review_on=review_on, author=by)
    record("plan.agreed", by=by, subject=f"response:{row.pk}")
    return plan


def _overridden(sitting: Sitting, score: str, chosen: str) -> dict[str, Any]:
    """The assessment with the class that a professional chose, for the warehouse."""
    said = _said(sitting, sitting.result())
    others = [each for each in said["answers"] if each["variable"] != f"{score}.class"]
    return {**said, "answers": [*others, {"variable": f"{score}.class", "value": chosen, "number": None}]}
