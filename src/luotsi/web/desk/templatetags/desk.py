"""`{% load desk %}`: words for verdicts, groups and periods, drawn charts, and addresses that keep the filters."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from luotsi.web.desk import periods, words
from luotsi.web.desk.filters import Filters
from luotsi.web.desk.judging import Judged
from luotsi.web.desk.signals.charts import Assurance, Verdict
from luotsi.web.desk.words import Status
from luotsi.web.results.models import Release
from luotsi.web.ui import charts, formats
from luotsi.web.ui.charts import Spec

register = template.Library()
register.filter("said", words.said)
register.filter("period_label", periods.label)
register.filter("period_short", periods.short)
register.filter("dimension", words.dimension)
register.filter("family", words.family)
register.filter("level", words.level)
register.filter("grain", words.grain)


@register.filter
def verdict(found: Verdict) -> Status:
    """(kind, words) of a verdict."""
    return words.verdict(found)


@register.filter
def reason(found: Verdict) -> str:
    """The rule behind a verdict, a sentence."""
    return words.reason(found)


@register.filter
def target_status(found: Judged) -> Status | None:
    """(kind, words) of the target; None where nothing can be said."""
    return words.target(found)


@register.filter
def assurance(found: Assurance) -> str:
    """Whether the target will be reached as things are."""
    return words.assurance(found)


@register.filter
def measured(found: Judged) -> str:
    """The last value with its unit."""
    return formats.measured(found.value, found.measure.unit)


@register.filter
def drawn(spec: Spec | None) -> SafeString:
    """A spec as a picture whose colours follow the page; nothing for None."""
    return charts.svg(spec) if spec else SafeString("")


@register.filter
def drawn_for_print(spec: Spec | None) -> SafeString:
    """A spec as a picture with colours of its own."""
    return charts.svg(spec, theme="print") if spec else SafeString("")


@register.filter
def change_from_before(found: Judged) -> SafeString | str:
    """The change from a year earlier with its arrow; "" where a number is missing."""
    if found.change is None:
        return ""
    difference = found.change.difference
    direction = "up" if difference > 0 else "down" if difference < 0 else "same"
    said = {"text": formats.difference(difference, found.measure.unit), "direction": direction, "words": _("in a year")}
    return render_to_string("ui/components/change.html", said)


@register.simple_tag
def narrowed(filters: Filters, **changes: str) -> str:
    """The filters as the end of an address, with changes: {% narrowed filters grain="year" %}. `since` and `until`
    name the months from and to."""
    return filters.query(**changes)


@register.simple_tag
def of_tile(filters: Filters, tile: Any) -> str:
    """The end of the address of a tile's measure."""
    return filters.query(**tile.query)


@register.simple_tag
def group_words(release: Release, group: str) -> str:
    """The words for a group."""
    return words.group(release, group)
