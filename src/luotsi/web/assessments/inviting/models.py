"""Invitations to fill a form. What is answered stands in `Response`, which names the invitation by its context."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Reason(models.TextChoices):
    """What a form is filled for; the words of `Response.context`."""

    APPOINTMENT = "appointment"
    AGE_CHECK = "age_check"


class Invitation(models.Model):
    """A person, and who acts for them, is asked to fill a form until a day: before a visit, or at an age."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=80)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    visit_at = models.DateTimeField(null=True)
    """When the appointment is."""
    age = models.PositiveSmallIntegerField(null=True)
    """The full years at which the check is made."""
    unit = models.CharField(max_length=100)
    until = models.DateField()
    minor_mark = models.CharField(max_length=1, blank=True)
    """Code of county/codes/minor_mark, for a person of 12 to 17 years."""
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Nobody where a job asks all of an age."""
    asked_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("until", "visit_at", "asked_at")
        indexes = (
            models.Index(fields=["person", "until"], name="invitation_of_person"),
            models.Index(fields=["unit", "until"], name="invitation_of_unit"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(reason="appointment", visit_at__isnull=False, age=None)
                | Q(reason="age_check", visit_at=None, age__isnull=False),
                name="invitation_for_one_thing",
            ),
            models.CheckConstraint(condition=Q(minor_mark__regex=r"^[1-4]?$"), name="invitation_minor_mark"),
            models.CheckConstraint(condition=~Q(unit=""), name="invitation_unit"),
            models.UniqueConstraint(
                fields=["person", "form", "age"], condition=Q(reason="age_check"), name="invitation_once_at_an_age"
            ),
            models.UniqueConstraint(
                fields=["person", "form", "visit_at"],
                condition=Q(reason="appointment", cancelled_at=None),
                name="invitation_once_for_a_visit",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None) | Q(cancelled_at__gte=F("asked_at")), name="invitation_cancelled_after"
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)
