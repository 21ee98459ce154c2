"""Organisations, services and the ways to get them, what they are found by, and what people keep of them.

Texts are {language: text} in JSON. Who may write is in permissions.py, how entries of an import get here in actions.py.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from luotsi.connectors.entries import KINDS, ORGANISATIONS


class Source(models.TextChoices):
    """Where an entry is kept. Only those of our own are written here."""

    PTV = "ptv"
    HSDS = "hsds"
    CSV = "csv"
    OWN = "own"


def _texts() -> Any:
    return models.JSONField(default=dict)


def _codes(**more: Any) -> Any:
    return ArrayField(models.CharField(max_length=100), default=list, blank=True, **more)


class Entry(models.Model):
    """What every entry has: its id in its own source, its texts, when it was changed there, when it went away."""

    entry = models.CharField(max_length=100, unique=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    name = models.JSONField()
    description = _texts()
    modified_at = models.DateTimeField(null=True)
    """When its own source last changed it, where that is told."""
    digest = models.CharField(max_length=32)
    """Of what was taken in, so that the same import changes nothing."""
    removed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(condition=Q(source__in=Source.values), name="%(class)s_source"),
            models.CheckConstraint(condition=~Q(name={}), name="%(class)s_name"),
            models.CheckConstraint(condition=Q(entry__regex=r"^[A-Za-z0-9_.:~-]{1,100}$"), name="%(class)s_entry"),
        )


class Organisation(Entry):
    """Who provides services and keeps their entries."""

    kind = models.CharField(max_length=20, default="other")
    business_id = models.CharField(max_length=20, blank=True)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="children")
    municipality = models.CharField(max_length=3, blank=True)
    contact = models.JSONField(default=dict)
    known = models.BooleanField(default=True)
    """False while others have only mentioned it."""

    class Meta(Entry.Meta):
        constraints = (
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=ORGANISATIONS), name="organisation_kind"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="organisation_not_own_parent"),
        )


class Channel(Entry):
    """One way to get a service: a place, a phone number, a service online, a web page, a form."""

    kind = models.CharField(max_length=10)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="channels")
    contact = models.JSONField(default=dict)
    languages = _codes()
    authentication = models.BooleanField(null=True)
    accessibility = models.CharField(max_length=50, blank=True)
    named = _codes()
    """Entries of the services it says it belongs to; those that are here become `services`."""

    if TYPE_CHECKING:
        hours: Any
        places: Any

    class Meta(Entry.Meta):
        constraints = (
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="channel_kind"),
        )
        indexes = (GinIndex(fields=["named"], name="channel_named"),)


class Service(Entry):
    """What is offered, to whom, where, at what price."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="services")
    channels = models.ManyToManyField(Channel, related_name="services")
    named = _codes()
    """Entries of the channels it says it has; those that are here become `channels`."""
    also = _texts()
    summary = _texts()
    instructions = _texts()
    eligibility = _texts()
    fee = models.CharField(max_length=10, blank=True)
    fee_text = _texts()
    nationwide = models.BooleanField(null=True)
    municipalities = _codes()
    languages = _codes()
    target_groups = _codes()
    life_events = _codes()
    classes = _codes()
    keywords = _texts()
    needs = _codes()
    """Areas of life that its source, its keeper or the county says it serves."""
    least_age = models.PositiveSmallIntegerField(null=True)
    most_age = models.PositiveSmallIntegerField(null=True)
    keeper = models.EmailField(blank=True)
    """Who is asked whether it still holds; where empty, the organisation is."""
    checked_on = models.DateField(null=True)
    """When someone last said that it holds."""
    asked_at = models.DateTimeField(null=True)
    """When its keeper was last asked."""
    added_at = models.DateTimeField(default=timezone.now)
    indexed_by = models.CharField(max_length=32, blank=True)
    """The digest of the words and rules it was last made findable by."""

    class Meta(Entry.Meta):
        constraints = (
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(fee__in=["", "free", "charged", "other"]), name="service_fee"),
            models.CheckConstraint(
                condition=Q(least_age=None) | Q(most_age=None) | Q(least_age__lte=F("most_age")), name="service_ages"
            ),
        )
        indexes = (
            GinIndex(fields=["named"], name="service_named"),
            GinIndex(fields=["municipalities"], name="service_municipalities"),
            models.Index(fields=["nationwide"], name="service_nationwide"),
        )


class Hours(models.Model):
    """When a channel is open: on a weekday, or on the days of an exception, which wins. Times in minutes of the day."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(null=True)
    opens = models.PositiveSmallIntegerField(null=True)
    closes = models.PositiveSmallIntegerField(null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    note = _texts()

    class Meta:
        ordering = ("weekday", "since", "opens")
        constraints = (
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), opens__isnull=False)
                | Q(weekday=None, since__isnull=False, until__isnull=False),
                name="hours_regular_or_exception",
            ),
            models.CheckConstraint(
                condition=Q(opens=None, closes=None) | Q(closes__gt=F("opens"), closes__lte=1440), name="hours_times"
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(since__lte=F("until")), name="hours_days"
            ),
        )
        indexes = (models.Index(fields=["weekday", "closes"], name="hours_weekday"),)


class Place(models.Model):
    """Where a channel can be visited. Metres east and north are of ETRS-TM35FIN."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="places")
    street = _texts()
    postal_code = models.CharField(max_length=20, blank=True)
    town = _texts()
    municipality = models.CharField(max_length=3, blank=True)
    east = models.IntegerField(null=True)
    north = models.IntegerField(null=True)
    accessibility = _texts()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(east=None, north=None) | Q(east__isnull=False, north__isnull=False), name="place_point"
            ),
        )
        indexes = (models.Index(fields=["east", "north"], name="place_near"),)


class Posting(models.Model):
    """Which services of a block a term finds, and how well, packed as postings.py says. Terms are of language.py.

    Areas of life are terms `need:x`.
    """

    pk = models.CompositePrimaryKey("term", "block")
    term = models.CharField(max_length=100)
    block = models.IntegerField(db_index=True)
    found = models.BinaryField()


class Term(models.Model):
    """A term that some service is found by, in how many, and for a word its three-letter pieces, for misspellings.

    The term "" stands for all services.
    """

    term = models.CharField(max_length=100, primary_key=True)
    services = models.IntegerField(default=0)
    pieces = ArrayField(models.CharField(max_length=3), default=list)

    class Meta:
        indexes = (GinIndex(fields=["pieces"], name="term_pieces"),)


class Favourite(models.Model):
    """A service that someone wants to find again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at",)
        constraints = (models.UniqueConstraint(fields=["user", "service"], name="favourite_once"),)


class Selection(models.Model):
    """Services that a professional has chosen for someone, shared by its address. It names no person."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    services = models.ManyToManyField(Service, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-at",)


class Keeper(models.Model):
    """That a user writes the entries of an organisation, which the county approves."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="keeps")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="keepers")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "organisation"], name="keeper_once"),)


class State(models.TextChoices):
    """Where a proposal stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class Proposal(models.Model):
    """An entry as its keeper wants it, until the county says yes or no. `said`: the fields of the form."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="proposals")
    entry = models.CharField(max_length=100)
    said = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=State.values), name="proposal_state"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="proposal_decided",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="proposal_refused_why"),
            models.UniqueConstraint(fields=["entry"], condition=Q(state="waiting"), name="proposal_waits_once"),
        )
