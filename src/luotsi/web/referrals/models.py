"""Referrals, what a person lets be passed on and to whom, meetings, scores; who receives referrals and how many.

A row of `Transition` is what moves a referral: a trigger of the database (migration 0002) takes the referral along,
lets nothing be passed on without a consent that holds, and erases what a person has withdrawn. From consent on, what a
referral says stands as it is.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from luotsi.concepts.referrals import (
    BEFORE_MEETING,
    CLOSED,
    CONSENTED,
    DECLINED,
    DRAFT,
    ITEMS,
    OUTCOMES,
    PASSED,
    STATES,
    WAITING,
    WITHDRAWN,
    pairs,
)

ORIGINS = ("page", "work_item", "assessment", "service", "fhir")
"""Kinds of what a referral comes from."""


class Receiver(models.Model):
    """Who takes referrals: an organisation of the directory, or one service of it, and how many at a time."""

    organisation = models.ForeignKey("services.Organisation", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("services.Service", on_delete=models.PROTECT, null=True, related_name="+")
    places = models.PositiveSmallIntegerField(default=0)
    email = models.EmailField(blank=True)
    """Where the receiver is reminded."""
    told_at = models.DateTimeField(auto_now_add=True)
    """When the places were last told."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "service"], nulls_distinct=False, name="referrals_receiver_once"
            ),
        )


class Volunteer(models.Model):
    """That a user receives the referrals of an organisation, while they hold the role of a volunteer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="volunteers")
    organisation = models.ForeignKey("services.Organisation", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "organisation"], name="referrals_volunteer_once"),)


class Referral(models.Model):
    """A referral of a person. Withdrawn, it is a bare row: no person and no words, so that it can be counted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.CharField(max_length=100)
    """The unit that refers."""
    referrer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """No one where it came from another system."""
    link_worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """The volunteer who goes along, where one does: then no other of the organisation sees it."""
    receiver = models.ForeignKey(Receiver, on_delete=models.PROTECT, null=True, related_name="referrals")
    origin = models.CharField(max_length=30)
    origin_id = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    goals = models.CharField(max_length=1000, blank=True)
    """In the person's own words."""
    language = models.CharField(max_length=3, blank=True)
    """What the person wishes to be spoken to in, where it is not their own language."""
    access_needs = models.CharField(max_length=500, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    state = models.CharField(max_length=15, default=DRAFT)
    outcome = models.CharField(max_length=15, blank=True)
    decline_reason = models.CharField(max_length=30, blank=True)
    """Of the last decline: a code of `wellbeing_referral_decline`."""
    decline_text = models.CharField(max_length=500, blank=True)
    closing = models.CharField(max_length=1000, blank=True)
    """How it went, in the receiver's words."""
    own_words = models.CharField(max_length=1000, blank=True)
    """How it went, in the person's words."""
    minor_mark = models.CharField(max_length=1, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True)
    """When the receiver got a letter that it had come."""
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["receiver", "state"], name="referrals_of_receiver"),
            models.Index(fields=["person", "-made_at"], name="referrals_of_person"),
            models.Index(fields=["unit", "-made_at"], name="referrals_of_unit"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=STATES), name="referrals_state"),
            models.CheckConstraint(condition=Q(origin__in=ORIGINS), name="referrals_origin"),
            models.CheckConstraint(condition=~Q(unit=""), name="referrals_unit"),
            models.CheckConstraint(condition=Q(minor_mark__regex=r"^[1-4]?$"), name="referrals_mark"),
            models.CheckConstraint(
                condition=~Q(state__in=(CONSENTED, WAITING, *PASSED, CLOSED)) | Q(receiver__isnull=False),
                name="referrals_to_someone",
            ),
            models.CheckConstraint(
                condition=Q(state=CLOSED, outcome__in=OUTCOMES) | Q(state=WITHDRAWN) | ~Q(state=CLOSED) & Q(outcome=""),
                name="referrals_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state=WITHDRAWN) & Q(person__isnull=False)
                | Q(
                    state=WITHDRAWN,
                    person=None,
                    reason="",
                    goals="",
                    language="",
                    access_needs="",
                    phone="",
                    email="",
                    decline_text="",
                    closing="",
                    own_words="",
                    origin_id="",
                    minor_mark="",
                ),
                name="referrals_withdrawn_is_bare",
            ),
        )


class Consent(models.Model):
    """What a person lets be passed on and to whom. It ends when the referral is opened again or withdrawn."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="consents")
    organisation = models.ForeignKey("services.Organisation", on_delete=models.PROTECT, related_name="+")
    items = ArrayField(models.CharField(max_length=20))
    """Some of `concepts.referrals.ITEMS`; none are left when it is withdrawn."""
    reads_closing = models.BooleanField(default=False)
    """Whether the referrer may read how it went."""
    own = models.BooleanField()
    """Whether the person said so themself in their own page; else a professional recorded what they said."""
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """No one where another system has told of it."""
    given_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("given_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(items__contained_by=list(ITEMS)), name="referrals_consent_items"),
            models.CheckConstraint(
                condition=Q(items__len__gt=0) | Q(ended_at__isnull=False), name="referrals_consent_to_something"
            ),
            models.UniqueConstraint(fields=["referral"], condition=Q(ended_at=None), name="referrals_one_consent"),
        )


class Transition(models.Model):
    """A step on the way of a referral: from which state to which, when, by whom. It holds no words of anyone."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="transitions")
    at = models.DateTimeField(default=timezone.now)
    before = models.CharField(max_length=15, blank=True)
    """"" for the first."""
    after = models.CharField(max_length=15)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=15, blank=True)
    decline_reason = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(*(Q(before=before, after=after) for before, after in pairs()), _connector=Q.OR),
                name="referrals_move_allowed",
            ),
            models.CheckConstraint(
                condition=Q(after=CLOSED, outcome__in=OUTCOMES) | ~Q(after=CLOSED) & Q(outcome=""),
                name="referrals_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(before__in=("accepted", "proposed"), after=CLOSED) | Q(outcome__in=BEFORE_MEETING),
                name="referrals_reached_by_meeting",
            ),
            models.CheckConstraint(
                condition=Q(after=DECLINED) & ~Q(decline_reason="") | ~Q(after=DECLINED) & Q(decline_reason=""),
                name="referrals_declined_why",
            ),
            models.UniqueConstraint(fields=["referral"], condition=Q(before=""), name="referrals_begins_once"),
        )


class Meeting(models.Model):
    """A time that the receiver proposes, what the person says to it, and whether they came."""

    class Answer(models.TextChoices):
        """What the person says."""

        ACCEPTED = "accepted"
        ANOTHER = "another"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    wish = models.CharField(max_length=300, blank=True)
    """What other time would do, in the person's words."""
    attended = models.BooleanField(null=True)

    class Meta:
        ordering = ("starts_at", "proposed_at")
        constraints = (
            models.CheckConstraint(
                condition=Q(answer__in=("", "accepted", "another")), name="referrals_meeting_answer"
            ),
            models.CheckConstraint(condition=~Q(place=""), name="referrals_meeting_place"),
        )


class Score(models.Model):
    """How the person is: their wellbeing (WHO-5, 0 to 100) or loneliness (0 to 4), before, after or at follow-up."""

    class Moment(models.TextChoices):
        """When it was asked."""

        BEFORE = "before"
        AFTER = "after"
        FOLLOW_UP = "follow_up"

    class Instrument(models.TextChoices):
        """What was asked."""

        WHO_5 = "who_5"
        LONELY = "lonely"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="scores")
    moment = models.CharField(max_length=10, choices=Moment.choices)
    instrument = models.CharField(max_length=10, choices=Instrument.choices)
    value = models.PositiveSmallIntegerField()
    response = models.ForeignKey("assessments.Response", on_delete=models.PROTECT, null=True, related_name="+")
    """The answers it was computed from, where they were given to a form."""
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(fields=["referral", "moment", "instrument"], name="referrals_score_once"),
            models.CheckConstraint(condition=Q(moment__in=("before", "after", "follow_up")), name="referrals_moment"),
            models.CheckConstraint(
                condition=Q(instrument="who_5", value__lte=100) | Q(instrument="lonely", value__lte=4),
                name="referrals_score_value",
            ),
        )
