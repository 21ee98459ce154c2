"""A release as the web holds it: its numbers, definitions, words and loads, and the pointer to the one that is shown.

Rows are written by `actions.take_in` only and never changed. Everything here is published: aggregates whose small
cells are hidden. No person and no key of one.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Release(models.Model):
    """One release that has been taken in. `digest` is of its numbers, `content` of the definitions it was made by."""

    name = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField()
    first_month = models.CharField(max_length=7)
    last_month = models.CharField(max_length=7)
    small = models.PositiveSmallIntegerField()
    """Counts of people from 1 up to this, itself not included, are hidden."""
    digest = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    suppressed = models.PositiveIntegerField()
    engine = models.JSONField(default=dict)
    """Versions of what made it, by package."""
    taken_in_at = models.DateTimeField(auto_now_add=True)
    seconds = models.FloatField(default=0)
    """How long taking it in took."""

    class Meta:
        ordering = ("-created_at", "-name")

    def __str__(self) -> str:
        return self.name


class Current(models.Model):
    """The one pointer: which release is shown. The key can only be true, so that there is never a second."""

    one = models.BooleanField(primary_key=True, default=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(one=True), name="results_one_pointer"),)


class Definition(models.Model):
    """The definition that the numbers of a measure in a release were made by, with its SQL and the loads behind it."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="definitions")
    measure = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    record = models.JSONField()
    sql = models.TextField()
    loads = models.JSONField(default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["release", "measure"], name="results_one_definition"),)


class SegmentList(models.Model):
    """The rules by which a release divides residents. How many each segment holds are series of kind `segment`."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="segment_lists")
    name = models.CharField(max_length=80)
    record = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["release", "name"], name="results_one_segment_list"),)


class Label(models.Model):
    """The word for a code of a dimension, in three languages."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="labels", db_index=False)
    dimension = models.CharField(max_length=80)
    code = models.CharField(max_length=120)
    fi = models.TextField()
    sv = models.TextField()
    en = models.TextField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["release", "dimension", "code"], name="results_one_label"),)


class Load(models.Model):
    """One extract that a release rests on. `number` is the load's number in the vault."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="loads", db_index=False)
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=80)
    instance = models.CharField(max_length=80)
    table = models.CharField(max_length=80)
    extract = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    """The time the extract speaks for."""
    delivery = models.CharField(max_length=10)
    rows = models.BigIntegerField()
    quarantined = models.BigIntegerField(null=True)
    """Rows set aside in landing and loading; null where the release does not tell."""
    loaded_at = models.DateTimeField()
    seconds = models.FloatField(null=True)
    """How long loading took, of the whole group of extracts that was loaded together."""
    undeclared = models.JSONField(default=list)
    """Columns that no definition names; they landed encrypted."""
    unusual = models.JSONField(default=list)
    """What a person should look at, a sentence each."""

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["release", "number"], name="results_one_load"),)


class Series(models.Model):
    """The numbers of one measure or segment list for one group at one grain; `dimensions` are those of the group."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="series", db_index=False)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=80)
    grain = models.CharField(max_length=7)
    group = models.CharField(max_length=300)
    dimensions = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["release", "kind", "name", "grain", "group"], name="results_one_series"),
        )
        indexes = (models.Index(fields=["release", "kind", "name", "grain", "dimensions"], name="results_across"),)


class Result(models.Model):
    """One published number. A hidden one has no numbers at all."""

    pk = models.CompositePrimaryKey("series_id", "period")
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="results", db_index=False)
    period = models.CharField(max_length=7)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    n = models.BigIntegerField(null=True)
    suppressed = models.BooleanField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(suppressed=False)
                | Q(
                    numerator__isnull=True,
                    denominator__isnull=True,
                    value__isnull=True,
                    low__isnull=True,
                    high__isnull=True,
                    n__isnull=True,
                ),
                name="results_hidden_is_empty",
            ),
        )


class Run(models.Model):
    """One run of jobs on the way from events to a release that is shown. What it found stays as it was then."""

    class Kind(models.TextChoices):
        """What a run is for: the whole way, showing a release that is there, or only a look at how things stand."""

        NIGHTLY = "nightly"
        PUBLISH = "publish"
        LOOK = "look"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NIGHTLY)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    """Empty while it goes on, and where it was killed and no run has come after it."""
    step = models.CharField(max_length=20, blank=True)
    """The step it is at, or ended at."""
    error = models.TextField(blank=True)
    """Why it failed, one sentence; empty where it did not."""
    release = models.ForeignKey(Release, on_delete=models.SET_NULL, null=True, related_name="runs")
    """The release it has brought, if any."""
    seconds = models.JSONField(default=dict)
    """How long each step took."""
    sources = models.JSONField(null=True)
    """How each source stood, see `luotsi.jobs.surveying`; null where the run did not come so far."""
    faults = models.JSONField(null=True)
    """The faults of county content: file, line, what, right. Null where the run did not look."""

    class Meta:
        ordering = ("-started_at", "-pk")
