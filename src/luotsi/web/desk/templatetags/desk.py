"""`{% load desk %}`: words for verdicts, groups and periods, drawn charts, and addresses that keep the filters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from luotsi.web.desk import periods, words
from luotsi.web.desk.filters import Filters
from luotsi.web.desk.forms import KINDS
from luotsi.web.desk.headlines import COURSE
from luotsi.web.desk.judging import Judged
from luotsi.web.desk.models import Note, NoteKind
from luotsi.web.desk.notes import Followed
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
def last_value(found: Judged) -> str:
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
    text = formats.difference(difference, found.measure.unit)
    moved = any(figure in "123456789" for figure in text)
    direction = "same" if not moved else "up" if difference > 0 else "down"
    said = {"text": text, "direction": direction, "words": _("in a year")}
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


@register.simple_tag
def narrow(filters: Filters, word: str, code: str) -> str:
    """The address narrowed by one more choice: {% narrow filters "unit" "1.2.3" %}."""
    return filters.query(**{word: code})


@register.filter
def target_in(value: Any, unit: str) -> str:
    """A target of content, a decimal, in a measure's unit."""
    return formats.measured(float(value), unit)


@register.filter
def target_words(found: Judged) -> str:
    """The target with its unit; "" where there is none."""
    return formats.brief(found.target, found.measure.unit) if found.target is not None else ""


@register.filter
def target_and_status(found: Judged) -> SafeString | str:
    """The target with its unit, and whether it is reached; "" where there is none."""
    status = words.target(found)
    if status is None:
        return target_words(found)
    drawn = render_to_string("ui/components/status.html", {"kind": status[0], "text": status[1]})
    return format_html("{} {}", target_words(found), drawn)


@register.filter
def missing(found: Judged) -> str:
    """Why the last period has no number."""
    return words.missing(found)


@register.filter
def year_change(found: Judged) -> str:
    """The change from a year earlier, written; "" where a number is missing."""
    return formats.difference(found.change.difference, found.measure.unit) if found.change else ""


@register.filter
def signed_share(value: float) -> str:
    """A relative change in per cent with its sign."""
    return formats.share(value, 0 if abs(value) >= 0.1 else 1, signed=True)


@register.filter
def course(found: Judged) -> SafeString:
    """The last two years of a series as a small line."""
    return charts.sparkline([mark.value for mark in found.drawn.marks][-COURSE:])


@register.filter
def sparkline(values: Sequence[float | None]) -> SafeString:
    """Values as a small line."""
    return charts.sparkline(values[-COURSE:])


@register.filter
def note_kind(note: Note) -> str:
    """The word for what a note is."""
    return str(dict(KINDS).get(NoteKind(note.kind), note.kind))


@register.filter
def note_then(found: Followed) -> str:
    """The value when a note was pinned."""
    return formats.measured(found.note.value, found.measure.unit if found.measure else "")


@register.filter
def note_target(found: Followed) -> str:
    """The value a note aims at."""
    return formats.measured(found.note.target, found.measure.unit if found.measure else "")


@register.filter
def note_address(found: Followed) -> str:
    """The address of the measure of a note, narrowed to its unit and at its length of period."""
    chosen = Filters(unit=found.note.unit, grain=periods.grain(found.note.period))
    return reverse("measure", args=[found.note.measure]) + chosen.query()
