"""Reads persons, the access log and memberships. A person's data come from here alone, and each reading is written
into the access log in the same transaction: what cannot be logged is not read. For whom one may act is in mandates.py.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.calendar import full_years
from luotsi.concepts.identifiers import hetu_birth_date
from luotsi.web.people import identity
from luotsi.web.people.mandates import ADULT, OWN_SAY, Acting, Agent, act_by, age_of, agents
from luotsi.web.people.mandates import visible_to_guardian as visible_to_guardian
from luotsi.web.people.models import (
    AccessLog,
    Basis,
    BreakGlass,
    CareRelationship,
    ClientSegment,
    Membership,
    Person,
    User,
    holds,
)
from luotsi.web.people.permissions import Role, require

LOG_ROWS = 500
"""How many rows of the access log are shown at once."""
OPENINGS_DAYS = 30
"""How long back each break-glass is shown to the privacy officer without being asked for."""


class NoPerson(LookupError):  # noqa: N818
    """There is no such person."""


class NoBasis(PermissionDenied):
    """The user may read persons, but has nothing that ties them to this one; break-glass would."""


@dataclass(frozen=True)
class Resident:
    """A person's own data. `municipality` is "" where it is not known, or hidden for personal safety."""

    id: uuid.UUID
    name: str
    code: str
    language: str
    municipality: str
    security_block: bool
    basis: Basis
    until: datetime.datetime | None
    """When break-glass ends, where that is the basis."""

    @property
    def age(self) -> int:
        """Full years today."""
        return full_years(hetu_birth_date(self.code), timezone.localdate())

    @property
    def needs_mark(self) -> bool:
        """Whether a professional has to say what guardians see of each event: from 12 to 17 years."""
        return OWN_SAY <= self.age < ADULT


@dataclass(frozen=True)
class Reading:
    """One row of the access log. `reason` is that of break-glass, else ""."""

    at: datetime.datetime
    user: str
    person: uuid.UUID
    what: str
    basis: Basis
    reason: str


def _opened(by: User, person: Person) -> BreakGlass | None:
    now = timezone.now()
    return BreakGlass.objects.filter(user=by, person=person, starts__lte=now, ends__gt=now).order_by("-ends").first()


def _cares(by: User, person: Person) -> bool:
    units = [unit for role, unit in by.held if role == Role.PROFESSIONAL and unit]
    care = CareRelationship.objects.filter(holds(), person=person)
    return care.filter(user=by).exists() or care.filter(unit__in=units).exists()


Ties = Callable[[User, uuid.UUID], bool]
_ties: list[Ties] = []


def gives_task(asked: Ties) -> Ties:
    """Marks a function of an app above that says whether open work of a professional's unit ties them to a person."""
    _ties.append(asked)
    return asked


Passes = Callable[[User, uuid.UUID, uuid.UUID], frozenset[str]]
_passes: list[Passes] = []


def passes_on(asked: Passes) -> Passes:
    """Marks a function of an app above that says what a person lets a user know by one matter: user, person, matter.

    It gives names of fields of `PassedOn`, none where the matter is not the user's to see.
    """
    _passes.append(asked)
    return asked


@dataclass(frozen=True)
class PassedOn:
    """What a person has let someone outside the county know of them; "" for what they have not."""

    name: str = ""
    language: str = ""
    municipality: str = ""


@transaction.atomic
def read_passed_on(*, by: User, person: uuid.UUID, matter: uuid.UUID, what: str) -> PassedOn:
    """What a person has let a user know by one matter, and nothing else of them. `what` is the word the log shows.

    Raises PermissionDenied where the user receives no one, and NoBasis where nothing of the person is passed to them.
    """
    require(by, "person.read_passed_on")
    fields = frozenset[str]().union(*(asked(by, person, matter) for asked in _passes))
    if not fields:
        raise NoBasis(_("Nothing of this person has been passed on to you."))
    found = Person.objects.get(pk=person)
    AccessLog.objects.create(user=by, person=found, what=what, basis=Basis.REFERRAL)
    known = _resident(found, Basis.REFERRAL)
    return PassedOn(**{name: getattr(known, name) for name in ("name", "language", "municipality") if name in fields})


def _basis(by: User, person: Person) -> tuple[Basis, BreakGlass | None]:
    """Why a user may read a person's data, the nearest tie first. Raises NoBasis where there is none."""
    held = {role for role, _unit in by.held}
    if Role.PROFESSIONAL in held:
        if _cares(by, person):
            return Basis.CARE, None
        if any(asked(by, person.pk) for asked in _ties):
            return Basis.TASK, None
        if opened := _opened(by, person):
            return Basis.BREAK_GLASS, opened
    if Role.PRIVACY_OFFICER in held:
        return Basis.PRIVACY_OFFICER, None
    raise NoBasis(_("You have no care relationship with this person."))


def _resident(person: Person, basis: Basis, opened: BreakGlass | None = None) -> Resident:
    hidden = person.security_block and basis != Basis.OWN
    return Resident(
        id=person.pk,
        name=person.name,
        code=identity.unseal(person.sealed_code),
        language=person.language,
        municipality="" if hidden else person.municipality,
        security_block=person.security_block,
        basis=basis,
        until=opened.ends if opened else None,
    )


def personal_codes(ids: Iterable[str]) -> dict[str, str]:
    """The personal identity code of each of some persons, by id; for the job that takes events to the lake alone."""
    rows = Person.objects.filter(pk__in=list(ids)).values_list("pk", "sealed_code")
    return {str(pk): identity.unseal(sealed) for pk, sealed in rows}


def every_code(*, by: None) -> Iterator[tuple[uuid.UUID, str]]:
    """Each person with the personal identity code; for the job that asks the segments of persons alone."""
    for pk, sealed in Person.objects.values_list("pk", "sealed_code").iterator():
        yield pk, identity.unseal(sealed)


def segment_of(resident: Resident) -> str:
    """The client segment of a person whose data were opened, and that logged; "" where none is known.

    It is told to the person and to the professionals who read them, not to those who act for the person nor to the
    privacy officer: it tells of care that a young person or an adult may keep to themself.
    """
    if resident.basis not in (Basis.OWN, Basis.CARE, Basis.TASK, Basis.BREAK_GLASS):
        return ""
    found = ClientSegment.objects.filter(person=resident.id).values_list("segment", flat=True)
    return found.first() or ""


def of_age(*, by: None, years: int) -> list[uuid.UUID]:
    """The persons who have so many full years today, as their personal identity codes say; for the job of age checks
    alone.
    """
    return [each.pk for each in Person.objects.order_by("pk") if age_of(each) == years]


def known_person(code: str) -> uuid.UUID | None:
    """The person with a personal identity code; for the job that takes referrals of other systems in alone."""
    return Person.objects.filter(code_digest=identity.digest(code)).values_list("pk", flat=True).first()


def groups_of(*, by: None, person: uuid.UUID) -> dict[str, str]:
    """Age in full years, sex, language and municipality of a person, and nothing that names them: for the job that asks
    for feedback alone. No municipality where the person has non-disclosure.
    """
    found = Person.objects.get(pk=person)
    code = identity.unseal(found.sealed_code)
    return {
        "age": str(age_of(found)),
        "sex": "1" if int(code[7:10]) % 2 else "2",
        "language": found.language,
        "municipality": "" if found.security_block else found.municipality,
    }


def find_person(*, by: User, code: str) -> uuid.UUID | None:
    """The person with a personal identity code; tells that they are here and nothing of them."""
    require(by, "person.find")
    return Person.objects.filter(code_digest=identity.digest(code)).values_list("pk", flat=True).first()


def is_here(*, by: User, person: uuid.UUID) -> bool:
    """Whether there is such a person; tells nothing of them."""
    require(by, "person.find")
    return Person.objects.filter(pk=person).exists()


@transaction.atomic
def read_person(*, by: User, person: uuid.UUID, what: str = "person") -> Resident:
    """A person's data for staff. `what` is the word the log shows for what is read.

    Raises PermissionDenied where the user's roles read no persons, NoPerson, and NoBasis where nothing ties the user
    to this person.
    """
    require(by, "person.read")
    found = Person.objects.filter(pk=person).first()
    if found is None:
        raise NoPerson(str(person))
    basis, opened = _basis(by, found)
    AccessLog.objects.create(user=by, person=found, what=what, basis=basis, break_glass=opened)
    return _resident(found, basis, opened)


@transaction.atomic
def mandates_of(*, by: User, person: uuid.UUID) -> tuple[Resident, list[Agent]]:
    """A person and every mandate given for them, those that hold first. Raises as `read_person` does."""
    found = read_person(by=by, person=person, what="mandates")
    return found, agents(person)


@transaction.atomic
def in_care(*, by: User) -> list[Resident]:
    """The persons a professional cares for today, by name; each is a reading of its own in the log."""
    require(by, "person.read")
    units = [unit for role, unit in by.held if role == Role.PROFESSIONAL and unit]
    if Role.PROFESSIONAL not in {role for role, _unit in by.held}:
        return []
    care = CareRelationship.objects.filter(holds())
    ids = care.filter(user=by).values("person").union(care.filter(unit__in=units).values("person"))
    found = list(Person.objects.filter(pk__in=ids).order_by("name"))
    AccessLog.objects.bulk_create(AccessLog(user=by, person=each, what="list", basis=Basis.CARE) for each in found)
    return [_resident(each, Basis.CARE) for each in found]


READ_OWN = """
WITH found AS (SELECT * FROM people_person WHERE user_id = %(user)s),
logged AS (
    INSERT INTO people_accesslog (at, user_id, person_id, what, basis)
    SELECT %(at)s, user_id, id, %(what)s, 'own' FROM found
)
SELECT * FROM found
"""
"""Reads a user's own person and writes the reading into the log: in one statement, as each page of a resident asks."""


def _own(by: User, what: str) -> Person:
    given = {"user": by.pk, "what": what, "at": timezone.now()}
    for found in Person.objects.raw(READ_OWN, given):
        return found
    raise Person.DoesNotExist


@transaction.atomic
def _principal(by: User, acting: Acting, what: str) -> Person:
    if act_by(by=by, mandate=acting.mandate) is None:
        raise NoBasis(_("You may not act for this person any more."))
    found = Person.objects.get(pk=acting.person)
    AccessLog.objects.create(user=by, person=found, what=what, basis=Basis.MANDATE, mandate_id=acting.mandate)
    return found


def own_data(*, by: User, acting: Acting | None = None, what: str = "person") -> Resident:
    """What is known of the user themself, or of the person they act for. `what` is the word the log shows.

    Raises PermissionDenied where the user is no resident, and NoBasis where they may not act for the person any more.
    """
    require(by, "own_data.read")
    if acting is None:
        return _resident(_own(by, what), Basis.OWN)
    return _resident(_principal(by, acting, what), Basis.MANDATE)


def _readings(rows: Iterable[AccessLog]) -> list[Reading]:
    return [
        Reading(
            at=row.at,
            user=row.user.name,
            person=row.person_id,  # pyright: ignore[reportAttributeAccessIssue]
            what=row.what,
            basis=Basis(row.basis),
            reason=row.break_glass.reason if row.break_glass else "",
        )
        for row in rows
    ]


def own_readings(*, by: User) -> list[Reading]:
    """Who has read the user's own data, the last first, at most `LOG_ROWS`; what they read of themself is left out."""
    require(by, "own_data.read")
    rows = AccessLog.objects.filter(person__user=by).exclude(basis=Basis.OWN)
    return _readings(rows.select_related("user", "break_glass")[:LOG_ROWS])


@transaction.atomic
def search_log(
    *,
    by: User,
    person: uuid.UUID | None = None,
    email: str = "",
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> list[Reading]:
    """The access log by person, by reader, by days, the last first, at most `LOG_ROWS`.

    Searching by person is a reading of that person's data, and logged. Raises NoPerson.
    """
    require(by, "access_log.search")
    rows = AccessLog.objects.select_related("user", "break_glass")
    if person is not None:
        found = Person.objects.filter(pk=person).first()
        if found is None:
            raise NoPerson(str(person))
        rows = rows.filter(person=found)
    if email:
        rows = rows.filter(user__email__iexact=email)
    if since:
        rows = rows.filter(at__date__gte=since)
    if until:
        rows = rows.filter(at__date__lte=until)
    readings = _readings(rows[:LOG_ROWS])
    if person is not None:
        AccessLog.objects.create(user=by, person_id=person, what="access_log", basis=Basis.PRIVACY_OFFICER)
    return readings


@dataclass(frozen=True)
class Opening:
    """One break-glass: who opened whose data, from when to when, why."""

    starts: datetime.datetime
    ends: datetime.datetime
    user: str
    person: uuid.UUID
    reason: str


def openings(*, by: User) -> list[Opening]:
    """Each break-glass of the last `OPENINGS_DAYS` days, the last first, for the privacy officer to look at."""
    require(by, "access_log.search")
    since = timezone.now() - datetime.timedelta(days=OPENINGS_DAYS)
    rows = BreakGlass.objects.filter(starts__gte=since).select_related("user").order_by("-starts", "-id")
    return [
        Opening(row.starts, row.ends, row.user.name, row.person_id, row.reason)  # pyright: ignore[reportAttributeAccessIssue]
        for row in rows
    ]


@dataclass(frozen=True)
class Staff:
    """A member of staff and the roles they hold or will hold, by the day they begin."""

    user: User
    memberships: list[Membership]


def staff(*, by: User) -> list[Staff]:
    """Everyone who has an e-mail address and is no resident alone, by name, with the roles not ended yet."""
    require(by, "membership.read")
    today = timezone.localdate()
    held: dict[int, list[Membership]] = {}
    for each in Membership.objects.exclude(until__lt=today).order_by("since", "role", "unit"):
        held.setdefault(each.user_id, []).append(each)  # pyright: ignore[reportAttributeAccessIssue]
    return [Staff(user, held.get(user.pk, [])) for user in User.objects.filter(person=None).order_by("name")]


def member(*, by: User, pk: int) -> Staff | None:
    """One member of staff with every role they hold, held or will hold."""
    require(by, "membership.read")
    user = User.objects.filter(pk=pk, person=None).first()
    return Staff(user, list(Membership.objects.filter(user=user).order_by("-since", "role"))) if user else None
