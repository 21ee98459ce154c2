"""What pages read of answers. Whose answers they are, and why they are read, is a `Resident` that `people` has logged.

`people.queries` gives a Resident only to who may read that person, and writes the access log; these functions take
it as the proof.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from luotsi.concepts.identifiers import hetu_birth_date
from luotsi.forms import confidential
from luotsi.forms.content import Form
from luotsi.forms.filling import Filling
from luotsi.forms.outcomes import Reached, Result
from luotsi.forms.wire import Json
from luotsi.web.assessments import published
from luotsi.web.assessments.models import AnsweredBy, Change, Response, ResponseStatus, Unsent
from luotsi.web.assessments.saving import Texts
from luotsi.web.people.mandates import Acting, visible_to_guardian
from luotsi.web.people.models import User
from luotsi.web.people.queries import Resident

OTHERS = (AnsweredBy.GUARDIAN, AnsweredBy.AUTHORISED)
"""Who answers for another. Where a form asks in confidence, they and the person each have responses of their own."""


class NoResponse(LookupError):  # noqa: N818
    """There is no such response of this person, or the reader may not see it."""


@dataclass(frozen=True)
class Sitting:
    """A response opened: its row, its form, its answers at work, as far as the reader may see them."""

    response: Response
    form: Form
    filling: Filling
    entire: Sitting | None = None
    """The same with what is confidential, where the reader acts for the person and may not see that."""

    @property
    def whole(self) -> Sitting:
        """The response with all its answers: for what is kept and told to professionals, never for the page."""
        return self.entire or self

    @property
    def open(self) -> bool:
        """Whether it can still be answered."""
        return self.response.status == ResponseStatus.IN_PROGRESS

    @property
    def stops(self) -> tuple[Reached, ...]:
        """The red flags that are up. Where the form has none, nothing is computed: each save asks."""
        return self.result().stops if any(each.stop for each in self.form.record.outcomes) else ()

    def result(self) -> Result:
        """Scores, classes and outcomes of the answers as they are."""
        day = timezone.localdate(self.response.completed_at or timezone.now())
        return self.form.judged(self.filling, day)


@dataclass(frozen=True)
class Whose:
    """Whose forms are open, who has opened them, and for whom they act where they do."""

    resident: Resident
    by: User
    acting: Acting | None = None

    def sees(self, response: Response) -> bool:
        """Whether the one who acts for another sees a response: their own, and what guardians may see."""
        if self.acting is None or response.author_id == self.by.pk:  # pyright: ignore[reportAttributeAccessIssue]
            return True
        about = sector(published.answered(response))
        return visible_to_guardian(acting=self.acting, sector=about, mark=response.minor_mark)


def sector(form: Form) -> str:
    """Whose records answers to a form belong to: those of social welfare where it leads to one of its queues."""
    known = published.county().queues
    named = [each.queue for each in form.record.outcomes if each.queue]
    return "social" if any(name in known and known[name].sector == "social" for name in named) else "health"


def patient(resident: Resident) -> dict[str, Any]:
    """The person as the FHIR Patient that expressions of a form may ask: sex and day of birth, nothing that names."""
    code = resident.code
    return {
        "resourceType": "Patient",
        "gender": "male" if int(code[7:10]) % 2 else "female",
        "birthDate": hetu_birth_date(code).isoformat(),
    }


def age(resident: Resident) -> int:
    """Whole years of age today."""
    born, today = hetu_birth_date(resident.code), timezone.localdate()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def sitting(response: Response, resident: Resident, *, acting: bool = False) -> Sitting:
    """A response at work. A completed one is read on the day it was completed, so that nothing in it moves.

    acting: the reader acts for the person, and sees nothing that is confidential or depends on it.
    """
    form, moment = published.answered(response), response.completed_at or timezone.now()
    found = Sitting(response, form, filled(form, response.kept or None, resident, moment))
    if not acting or not form.record.confidential:
        return found
    kept = confidential.without(response.kept, form.record.confidential)
    return Sitting(response, form.for_others, filled(form.for_others, kept, resident, moment), found)


def scores(result: Result) -> dict[str, dict[str, str]]:
    """The scores of answers as a row keeps them: score -> value and class as texts."""
    return {
        name: {"value": "" if each.value is None else str(each.value), "class": each.klass.code if each.klass else ""}
        for name, each in result.scores.items()
    }


def filled(
    form: Form,
    kept: dict[str, Any] | None,
    resident: Resident,
    moment: datetime.datetime,
    observations: Sequence[Json] = (),
) -> Filling:
    """The answers of a form at work: those kept, or a new one with what is known filled in."""
    return form.begin(kept, context={"patient": patient(resident)}, observations=observations, now=moment)


def opened(whose: Whose, pk: uuid.UUID, *, locked: bool = False) -> Sitting:
    """One response of a person. Raises NoResponse. `locked`: it waits for another who saves, and makes them wait."""
    # In SQL, as each page and each save asks: putting it together by the ORM costs as much again
    asked = f"SELECT * FROM assessments_response WHERE id = %s AND person_id = %s{' FOR UPDATE' if locked else ''}"
    response = next(iter(Response.objects.raw(asked, [pk, whose.resident.id])), None)
    if response is None or not whose.sees(response):
        raise NoResponse(str(pk))
    return sitting(response, whose.resident, acting=whose.acting is not None)


def responses(whose: Whose) -> list[Response]:
    """The responses of a person but those that a finished correction has replaced, the last changed first."""
    rows = Response.objects.filter(person_id=whose.resident.id).select_related("version")
    rows = rows.defer("version__questionnaire", "version__record")
    replaced = rows.filter(corrects__isnull=False, completed_at__isnull=False).values("corrects")
    return [each for each in rows.exclude(pk__in=replaced) if whose.sees(each)]


def bases(response: Response, revision: int) -> Texts:
    """Path -> the answer at a revision, for each answer that has changed since then."""
    found: Texts = {}
    for each in Change.objects.filter(response=response, revision__gt=revision).order_by("revision", "id"):
        found.setdefault(each.path, each.before)
    return found


def has_unsent(by: User, response: Response) -> bool:
    """Whether `unsent` has anything; each page asks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM assessments_unsent WHERE user_id = %s AND response_id = %s)",
            [by.pk, response.pk],
        )
        return cursor.fetchone()[0]


def unsent(by: User, response: Response) -> Sequence[Unsent]:
    """What pages of the user sent when they were not signed in any more, the first first."""
    return list(Unsent.objects.filter(user=by, response=response))


def earlier(whose: Whose, response: Response) -> Sitting | None:
    """The person's response to the same form before this one, whatever its version."""
    until = response.completed_at or timezone.now()
    rows = Response.objects.filter(
        person_id=whose.resident.id, version__form=response.version.form, completed_at__lt=until
    )
    if published.answered(response).record.confidential:
        # a guardian's answers are not what the child's were before
        theirs = rows.filter(answered_by__in=OTHERS)
        rows = theirs if response.answered_by in OTHERS else rows.exclude(pk__in=theirs.values("pk"))
    found = rows.exclude(pk__in=[response.pk, response.corrects_id]).order_by("-completed_at").first()  # pyright: ignore[reportAttributeAccessIssue]
    return sitting(found, whose.resident) if found else None
