"""What people do to users, roles, care, mandates and sessions. What they may read is in queries.py, what a role allows
in permissions.py.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping

from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from luotsi.concepts.errors import UserError
from luotsi.concepts.identifiers import hetu_fault, normal_hetu
from luotsi.web.events.actions import record
from luotsi.web.people import identity, mandates, queries
from luotsi.web.people.mandates import ADULT, Acting, age_of
from luotsi.web.people.models import (
    BreakGlass,
    CareRelationship,
    ClientSegment,
    Mandate,
    Membership,
    Person,
    SignIn,
    User,
)
from luotsi.web.people.permissions import Role, require

BREAK_GLASS_HOURS = 12
"""How long break-glass lasts at most."""


@transaction.atomic
def add_user(*, by: User | None, email: str, name: str, language: str = "fi", password: str | None = None) -> User:
    """A new member of staff, with no role yet. Signing in by the county's own identity provider gives no `by`."""
    if by is not None:
        require(by, "membership.grant")
    user = User.objects.create_user(email, password, name=name, language=language)
    record("user.added", by=by, subject=f"user:{user.pk}")
    return user


@transaction.atomic
def grant_membership(
    *,
    by: User | None,
    user: User,
    role: Role,
    unit: str = "",
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> Membership:
    """Gives a user a role in a unit or in the whole county (""). Jobs give no `by`.

    Raises UserError when it is oneself, the user holds it already without an end, or it would end before it begins.
    """
    if by is not None:
        require(by, "membership.grant", unit=unit)
    if by == user:
        raise UserError(_("No one gives a role to themself. Ask another administrator."))
    since = since or timezone.localdate()
    if until is not None and until < since:
        raise UserError(_("A role cannot end before it begins. Give a later end."))
    if Membership.objects.filter(user=user, role=role, unit=unit, until=None).exists():
        raise UserError(_("The user has this role here already. End it first, or choose another."))
    membership = Membership.objects.create(user=user, role=role, unit=unit, since=since, until=until)
    vars(user).pop("held", None)
    record("membership.granted", by=by, subject=f"membership:{membership.pk}")
    return membership


@transaction.atomic
def end_membership(*, by: User, membership: Membership) -> None:
    """Ends a role with yesterday, or takes it back whole when it began today or later: from now on it does not hold."""
    require(by, "membership.end", unit=membership.unit)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    if membership.since > yesterday:
        Membership.objects.filter(pk=membership.pk).delete()
    else:
        Membership.objects.filter(pk=membership.pk).update(until=yesterday)
    record("membership.ended", by=by, subject=f"membership:{membership.pk}")


@transaction.atomic
def add_person(
    *,
    by: None,
    code: str,
    name: str,
    language: str = "",
    municipality: str = "",
    security_block: bool = False,
    user: User | None = None,
) -> Person:
    """A resident, known by the personal identity code. Only jobs and signing in do this: no one is asked.

    Raises UserError when the code is not one, or is someone's already.
    """
    code = normal_hetu(code)
    if fault := hetu_fault(code):
        raise UserError(f"The personal identity code is not right ({fault}). Check it.")
    if Person.objects.filter(code_digest=identity.digest(code)).exists():
        raise UserError("Someone with this personal identity code is here already. Find them by it.")
    person = Person.objects.create(
        user=user,
        name=name,
        sealed_code=identity.seal(code),
        code_digest=identity.digest(code),
        language=language,
        municipality=municipality,
        security_block=security_block,
    )
    record("person.added", by=by, subject=f"person:{person.pk}")
    return person


@transaction.atomic
def give_user(*, by: None, person: Person, language: str = "fi") -> User:
    """The user by whom a person signs in; made at their first sign-in, when no one else is there to be asked."""
    user = User.objects.create_user(None, name=person.name, language=language)
    Person.objects.filter(pk=person.pk).update(user=user)
    record("person.signed_up", by=by, subject=f"person:{person.pk}")
    return user


@transaction.atomic
def renew_segments(*, by: None, found: Mapping[uuid.UUID, str], period_end: datetime.date) -> None:
    """Puts the segments of persons at the end of a month in place of all that were known: who is not told has none.

    Only the job that follows a release does this, so that no one is asked. Persons who have gone meanwhile are left.
    """
    table = ClientSegment._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE renewed (person_id uuid, segment varchar) ON COMMIT DROP")
        with cursor.copy("COPY renewed FROM STDIN") as copy:
            for row in found.items():
                copy.write_row(row)
        cursor.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute(
            f"INSERT INTO {table} (person_id, segment, period_end) SELECT r.person_id, r.segment, %s "
            "FROM renewed AS r JOIN people_person AS p ON p.id = r.person_id FOR KEY SHARE OF p",
            [period_end],
        )
        cursor.execute("DROP TABLE renewed")
    record("segments.renewed", by=by, subject=f"segments:{period_end}")


@transaction.atomic
def begin_care(
    *,
    by: None,
    person: Person,
    user: User | None = None,
    unit: str = "",
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> CareRelationship:
    """Someone, or a unit, begins to care for a person. Only jobs do this, as patient systems say: no one is asked."""
    care = CareRelationship.objects.create(
        person=person, user=user, unit=unit, since=since or timezone.localdate(), until=until
    )
    record("care.begun", by=by, subject=f"person:{person.pk}")
    return care


@transaction.atomic
def record_mandate(
    *,
    by: User | None,
    principal: uuid.UUID,
    agent: uuid.UUID,
    kind: Mandate.Kind,
    covers: Iterable[str],
    source: Mandate.Source,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
) -> Mandate:
    """Records that one person may act for another. Jobs that fetch mandates give no `by`.

    Raises queries.NoBasis where a professional has no tie to the person, and UserError where the mandate cannot be.
    """
    if by is not None:
        require(by, "mandate.record")
        queries.read_person(by=by, person=principal, what="mandates")
    if principal == agent:
        raise UserError(_("No one needs a mandate to act for themself. Give another person's code."))
    child = age_of(Person.objects.get(pk=principal)) < ADULT
    if child != (kind == Mandate.Kind.GUARDIAN):
        raise UserError(
            _("A child does not authorise anyone: record the guardian.")
            if child
            else _("The person is 18 or older and has no guardian of a child: record whom they have authorised.")
        )
    since = since or timezone.localdate()
    if until is not None and until < since:
        raise UserError(_("A mandate cannot end before it begins. Give a later end."))
    same = Mandate.objects.filter(principal=principal, agent=agent, kind=kind, until=None, ended_at=None)
    if until is None and same.exists():
        raise UserError(_("This mandate is recorded already. End it first, if it has changed."))
    mandate = Mandate.objects.create(
        principal_id=principal,
        agent_id=agent,
        kind=kind,
        covers=sorted(set(covers)),
        source=source,
        since=since,
        until=until,
        recorded_by=by,
    )
    record("mandate.recorded", by=by, subject=f"person:{principal}")
    return mandate


@transaction.atomic
def end_mandate(*, by: User | None, mandate: uuid.UUID) -> None:
    """Ends a mandate now; one that has ended stays as it is. Jobs give no `by`.

    An adult ends what they have given themself. Raises PermissionDenied where it is neither theirs nor, for a
    professional, of a person they may read.
    """
    found = Mandate.objects.select_related("principal").select_for_update(of=("self",)).get(pk=mandate)
    if by is not None:
        require(by, "mandate.end")
        own = found.principal.user_id == by.pk  # pyright: ignore[reportAttributeAccessIssue]
        if own and found.kind != Mandate.Kind.AUTHORISED:
            raise PermissionDenied(_("A guardian's right is not given by the child. Ask the county."))
        if not own:
            queries.read_person(by=by, person=found.principal.pk, what="mandates")
    if found.ended_at is None:
        Mandate.objects.filter(pk=mandate).update(ended_at=timezone.now(), ended_by=by)
        record("mandate.ended", by=by, subject=f"person:{found.principal.pk}")


@transaction.atomic
def begin_acting(*, by: User, mandate: uuid.UUID) -> Acting:
    """Lets a resident act for another; the log tells that their name was seen. Raises queries.NoBasis."""
    require(by, "mandate.use")
    acting = mandates.act_by(by=by, mandate=mandate)
    if acting is None:
        raise queries.NoBasis(_("You may not act for this person."))
    queries.own_data(by=by, acting=acting, what="acting")
    record("acting.begun", by=by, subject=f"person:{acting.person}")
    return acting


@transaction.atomic
def open_break_glass(*, by: User, person: uuid.UUID, reason: str, hours: int) -> BreakGlass:
    """Lets a professional read a person's data without a care relationship, for a reason, for some hours.

    Raises UserError when the reason says too little, or the time is longer than allowed.
    """
    require(by, "person.break_glass")
    if len(reason.strip()) < 10:
        raise UserError(_("Write the reason in a few words, so that the resident and the privacy officer understand."))
    if not 1 <= hours <= BREAK_GLASS_HOURS:
        raise UserError(_("Choose between 1 and %(most)s hours.") % {"most": BREAK_GLASS_HOURS})
    now = timezone.now()
    opened = BreakGlass.objects.create(
        user=by, person_id=person, reason=reason.strip()[:500], starts=now, ends=now + datetime.timedelta(hours=hours)
    )
    record("break_glass.opened", by=by, subject=f"person:{person}")
    return opened


@transaction.atomic
def end_break_glass(*, by: User, person: uuid.UUID) -> None:
    """Ends what one opened oneself, now."""
    require(by, "person.break_glass")
    now = timezone.now()
    BreakGlass.objects.filter(user=by, person_id=person, starts__lt=now, ends__gt=now).update(ends=now)
    record("break_glass.ended", by=by, subject=f"person:{person}")


@transaction.atomic
def set_language(*, by: User, language: str) -> None:
    """Keeps the language a user wants to see."""
    require(by, "account.change")
    User.objects.filter(pk=by.pk).update(language=language)
    record("user.language_set", by=by, subject=f"user:{by.pk}")


@transaction.atomic
def end_session(*, by: User, sign_in: SignIn) -> None:
    """Signs a user out of one of their own sessions. Raises PermissionDenied when it is someone else's."""
    require(by, "account.change")
    if sign_in.user_id != by.pk:  # pyright: ignore[reportAttributeAccessIssue]
        raise PermissionDenied(_("This is not a session of yours."))
    Session.objects.filter(pk=sign_in.session_id).delete()  # pyright: ignore[reportAttributeAccessIssue]
    record("session.ended", by=by, subject=f"user:{by.pk}")


@transaction.atomic
def sign_out_everywhere(*, by: User) -> None:
    """Ends every session of a user: no session that began before holds any more, wherever it is kept."""
    require(by, "account.change")
    User.objects.filter(pk=by.pk).update(session_epoch=F("session_epoch") + 1)
    Session.objects.filter(pk__in=SignIn.objects.filter(user=by).values("session")).delete()
    record("session.ended_everywhere", by=by, subject=f"user:{by.pk}")
