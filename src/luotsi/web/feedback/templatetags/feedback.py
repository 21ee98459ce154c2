"""`{% load feedback %}`: options of a form in a language, results as people read them, the staff's tabs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from luotsi.forms.items import Option
from luotsi.forms.showing import Shown
from luotsi.web.feedback.published import Line
from luotsi.web.people.permissions import may
from luotsi.web.ui import formats
from luotsi.web.ui.templatetags import ui

register = template.Library()

TABS = (
    ("feedback_answers", "feedback.read"),
    ("feedback_cases", "feedback.reply"),
    ("feedback_invite", "feedback.invite"),
    ("feedback_places", "feedback.place"),
    ("feedback_deeds", "feedback.tell"),
)


@register.filter
def in_language(option: Option, language: str) -> str:
    """The words of an option."""
    return option.text(language)


@register.filter
def steps(shown: Shown) -> str:
    """The class of a question's options: numbers stand in a row, a few words in columns, others under each other."""
    codes = [str(option.answer.get("valueCoding", {}).get("code", "")) for option in shown.options or ()]
    numbers = sum(code.isdigit() for code in codes)
    return " numbers" if numbers > 6 else " columns" if numbers >= 3 else ""


@register.filter
def of(found: Mapping[str, str], key: str) -> str:
    """What a mapping has for a key; "" for nothing."""
    return (found or {}).get(key, "")


@register.filter
def others(counts: Mapping[str, int]) -> int:
    """Those of a theme that are neither positive nor negative."""
    return counts.get("mixed", 0) + counts.get("neutral", 0) + counts.get("", 0)


@register.filter
def result(line: Line) -> str:
    """The value of a published line: a share, or a score; words where it is hidden or not there."""
    if line.point is None:
        return formats.MISSING
    if line.point.suppressed:
        return _("few answers")
    return formats.share(line.point.value, 0) if line.unit == "share" else formats.number(line.point.value, 0)


@register.filter
def named_period(text: str) -> str:
    """A month, quarter or year (2024-01, 2024-Q1, 2024) in words."""
    year, _, part = text.partition("-")
    if not part:
        return year
    month = 3 * int(part[1:]) - 2 if part.startswith("Q") else int(part)
    return formats.period(f"{year}-{month:02}-01", "quarter" if part.startswith("Q") else "month")


@register.filter
def named_periods(periods: Iterable[str]) -> list[tuple[str, str]]:
    """Periods with their words, to choose from."""
    return [(each, named_period(each)) for each in periods]


@register.simple_tag(takes_context=True)
def staff_tabs(context: template.Context) -> SafeString:
    """The tabs of the staff's pages that the user may see."""
    request: Any = context["request"]
    words = (_("Answers"), _("Waiting for an answer"), _("Ask for feedback"), _("Places"), _("What was done"))
    named = zip(words, TABS, strict=True)
    items = [(word, reverse(name)) for word, (name, action) in named if may(request.user, action)]
    if not items:
        return SafeString()
    return render_to_string("ui/components/tabs.html", ui.tabs(items, request.path, _("Feedback")))
