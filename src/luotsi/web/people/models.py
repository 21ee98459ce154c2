"""Who signs in, what they are to the county, who cares and who acts for whom, and who has read whose data.

Rules that rows must hold are constraints of the database here. Who may read or write is in permissions.py, queries.py
and actions.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

from luotsi.web.people.permissions import Role

SECTORS = ("health", "social")
"""Whose records a matter belongs to, and what a mandate can cover."""


HELD = """
SELECT role, unit FROM people_membership
WHERE user_id = %(user)s AND since <= %(today)s AND (until IS NULL OR until >= %(today)s)
UNION ALL SELECT 'resident', '' FROM people_person WHERE user_id = %(user)s
"""
"""The roles that a user holds on a day, each with its unit; the same days as `holds`."""


def holds(day: date | None = None) -> Q:
    """The condition that a row with `since` and `until`, both days included, holds today or on another day."""
    day = day or timezone.localdate()
    return Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))


class Users(BaseUserManager):
    """Makes users."""

    def create_user(self, email: str | None, password: str | None = None, **fields: Any) -> User:
        """A user with a password, or with none who then signs in elsewhere."""
        user = self.model(email=self.normalize_email(email) or None, **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """Someone who signs in: staff or resident. What they may do comes from their roles."""

    email = models.EmailField(unique=True, null=True, blank=True)
    """Who staff are; a resident known by the national identification has none."""
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="fi")
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0)
    """Counted up to sign the user out everywhere: it is part of what a session is checked against."""

    objects = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]  # noqa: RUF012

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        constraints = (
            models.CheckConstraint(
                condition=Q(language__in=[code for code, _ in settings.LANGUAGES]), name="user_language"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @cached_property
    def held(self) -> frozenset[tuple[Role, str]]:
        """Each role held today with the unit it is held in, "" for the whole county. Read once for each object."""
        with connection.cursor() as cursor:
            # Each request asks: by the ORM, putting this together costs more than all the rest of the asking
            cursor.execute(HELD, {"user": self.pk, "today": timezone.localdate()})
            return frozenset((Role(role), unit) for role, unit in cursor.fetchall())

    def get_session_auth_hash(self) -> str:
        """What a session must match: changes with the password and with each signing out everywhere."""
        return f"{super().get_session_auth_hash()}:{self.session_epoch}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under each older secret key that still holds."""
        return (f"{each}:{self.session_epoch}" for each in super().get_session_auth_fallback_hash())


class Membership(models.Model):
    """A role of a user in a unit, or in the whole county where the unit is "". Residents are known by their person."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role if role != Role.RESIDENT])
    unit = models.CharField(max_length=100, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role if role != Role.RESIDENT]), name="membership_role"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="membership_dates"),
            models.UniqueConstraint(
                fields=["user", "role", "unit"], condition=Q(until=None), name="membership_open_once"
            ),
        )


class Person(models.Model):
    """A resident. Identifying: read only through queries.py, which writes the access log."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, blank=True, related_name="person")
    name = models.CharField(max_length=200)
    sealed_code = models.BinaryField()
    """Personal identity code, encrypted by identity.py."""
    code_digest = models.BinaryField(max_length=32, unique=True)
    language = models.CharField(max_length=3, blank=True)
    municipality = models.CharField(max_length=3, blank=True)
    """Code of the municipality, as in the county's code list."""
    security_block = models.BooleanField(default=False)
    """Non-disclosure for personal safety: no place of the person is shown to anyone but themselves."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="person_name"),
            models.CheckConstraint(condition=Q(municipality__regex=r"^(\d{3})?$"), name="person_municipality_form"),
        )


class ClientSegment(models.Model):
    """The segment that the newest release finds a person in, at the end of its last month. Renewed whole by a job."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    segment = models.CharField(max_length=100)
    period_end = models.DateField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(segment=""), name="client_segment_named"),)


class CareRelationship(models.Model):
    """Someone, or a unit, cares for a person from one day to another: why they may read the person's data."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="care")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.CharField(max_length=100, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(Q(user=None) & ~Q(unit="")) | (Q(user__isnull=False) & Q(unit="")), name="care_user_or_unit"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="care_dates"),
            models.UniqueConstraint(
                fields=["person", "user", "unit"],
                condition=Q(until=None),
                nulls_distinct=False,
                name="care_open_once",
            ),
        )


class BreakGlass(models.Model):
    """Reading a person's data in need without a care relationship: always with a reason and an end."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    starts = models.DateTimeField()
    ends = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="break_glass_ends"),
            models.CheckConstraint(condition=~Q(reason__regex=r"^\s*$"), name="break_glass_reason"),
        )


class Mandate(models.Model):
    """A recorded right of one person to act for another: as guardian of a child, or authorised by an adult.

    It covers matters of health care, of social welfare or both. It holds on its days until someone ends it.
    """

    class Kind(models.TextChoices):
        """Whence the right comes. An adult's public guardian is authorised: `guardian` is of a child alone."""

        GUARDIAN = "guardian"
        AUTHORISED = "authorised"

    class Source(models.TextChoices):
        """Where the right was seen."""

        SUOMI_FI = "suomi_fi"
        DVV = "dvv"
        PAPER = "paper"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandates")
    agent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acts_by")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    covers = ArrayField(models.CharField(max_length=10))
    """Some of `SECTORS`."""
    source = models.CharField(max_length=10, choices=Source.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """No one where a job has fetched it."""
    recorded_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(principal=F("agent")), name="mandate_for_another"),
            models.CheckConstraint(condition=Q(kind__in=("guardian", "authorised")), name="mandate_kind"),
            models.CheckConstraint(condition=Q(source__in=("suomi_fi", "dvv", "paper")), name="mandate_source"),
            models.CheckConstraint(
                condition=Q(covers__contained_by=list(SECTORS), covers__len__gt=0), name="mandate_covers"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="mandate_dates"),
            models.CheckConstraint(condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="mandate_ended"),
            models.UniqueConstraint(
                fields=["principal", "agent", "kind"], condition=Q(ended_at=None, until=None), name="mandate_open_once"
            ),
        )


class Basis(models.TextChoices):
    """Why someone might read a person's data."""

    OWN = "own"
    MANDATE = "mandate"
    CARE = "care"
    TASK = "task"
    REFERRAL = "referral"
    BREAK_GLASS = "break_glass"
    PRIVACY_OFFICER = "privacy_officer"


class AccessLog(models.Model):
    """One reading of one person's data. A trigger of the database lets rows in and never changes or removes them."""

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="readings")
    what = models.CharField(max_length=100)
    """What was read, as a word queries.py names: person, name, access_log ..."""
    basis = models.CharField(max_length=30, choices=Basis.choices)
    break_glass = models.ForeignKey(BreakGlass, on_delete=models.PROTECT, null=True, related_name="+")
    """The reason, where the basis is break-glass."""
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    """By what the user acts for the person, where the basis is a mandate."""

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["person", "-at"]), models.Index(fields=["user", "-at"]))
        constraints = (
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="access_log_basis"),
            models.CheckConstraint(
                condition=Q(basis=Basis.BREAK_GLASS, break_glass__isnull=False)
                | (~Q(basis=Basis.BREAK_GLASS) & Q(break_glass=None)),
                name="access_log_reason",
            ),
            models.CheckConstraint(
                condition=Q(basis=Basis.MANDATE, mandate__isnull=False) | (~Q(basis=Basis.MANDATE) & Q(mandate=None)),
                name="access_log_mandate",
            ),
            models.CheckConstraint(condition=~Q(what=""), name="access_log_what"),
        )


class SignIn(models.Model):
    """A session of a user, so that they see where they are signed in. Goes when the session goes."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField(auto_now_add=True)
    agent = models.CharField(max_length=300, blank=True)
    """What the browser calls itself."""

    class Meta:
        ordering = ("-at", "-id")
