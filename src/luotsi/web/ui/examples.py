"""What the living page shows: an example a component, with made-up numbers. No real unit's figures."""

from __future__ import annotations

import datetime
import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luotsi.web.ui import charts, formats
from luotsi.web.ui.templatetags.ui import register

FOLDER = Path(__file__).parent / "templates" / "ui" / "examples"
ORDER = [
    "button",
    "link",
    "card",
    "tile",
    "status",
    "change",
    "notice",
    "fields",
    "filters",
    "tabs",
    "breadcrumb",
    "pagination",
    "table",
    "facts",
    "details",
    "dialog",
    "empty",
    "progress",
    "chart",
    "date",
]
COURSE = (0.58, 0.61, 0.57, 0.6, 0.62, 0.59, None, 0.61, 0.6, 0.44, 0.62, 0.6, 0.71, 0.7, 0.73, 0.72, 0.69, 0.74)
NAMES = ("Kivijärvi", "Saarela", "Pohjanranta", "Keskusta", "Harjula", "Lehtola")


class Sample(forms.Form):
    """A form with every kind of field."""

    name = forms.CharField(label=gettext_lazy("Name"))
    since = forms.DateField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("For example 5.2.2024"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea, required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=[(name, name) for name in NAMES])
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        widget=forms.RadioSelect,
        choices=[("comment", gettext_lazy("Comment")), ("decision", gettext_lazy("Decision"))],
    )
    agree = forms.BooleanField(label=gettext_lazy("Show it to the whole county"), required=False)


@dataclass(frozen=True)
class Example:
    """One part of the living page. tags: the tags it uses, and what each says of itself."""

    name: str
    shown: SafeString
    source: str
    tags: list[dict[str, str]]


def examples(request: Any) -> list[Example]:
    """Every example, drawn in the active language."""
    context = {**_numbers(), **_pictures(), **_lists(), "wrong": Sample({"since": "31.2.2024", "unit": NAMES[1]})}
    return [_example(name, context, request) for name in ORDER]


def _example(name: str, context: dict[str, Any], request: Any) -> Example:
    source = (FOLDER / f"{name}.html").read_text("utf-8")
    used = dict.fromkeys(re.findall(r"{% (\w+)", source))
    says = [{"name": tag, "says": _says(tag)} for tag in used if tag in register.tags and tag != "icon"]
    shown = render_to_string(f"ui/examples/{name}.html", context, request)
    return Example(name, SafeString(shown), source.strip(), says)


def _says(tag: str) -> str:
    return inspect.cleandoc(inspect.unwrap(register.tags[tag]).__doc__ or "")


def _numbers() -> dict[str, Any]:
    return {
        "share": 0.74,
        "target": 0.8,
        "days": 6.2,
        "period": formats.period("2024-06-01"),
        "change": formats.points(0.05),
        "today": datetime.date(2024, 2, 5),
        "now": datetime.datetime(2024, 2, 5, 7, 15, tzinfo=datetime.UTC),
    }


def _dots() -> list[charts.Dot]:
    dots: list[charts.Dot] = []
    for at, value in enumerate(COURSE):
        centre, phase = (0.6, 0) if at < 12 else (0.715, 1)
        signal: charts.Judgement = "bad" if value == 0.44 else "good" if at == 12 else ""
        period = f"{2023 + at // 12}-{at % 12 + 1:02d}-01"
        dots.append(charts.Dot(period, value, centre, centre - 0.09, centre + 0.09, phase, signal))
    return dots


def _pictures() -> dict[str, Any]:
    title, dots = _("Access within seven days"), _dots()
    groups = [charts.Bar(name, 0.82 - at * 0.05) for at, name in enumerate(NAMES[:3])]
    bars = [*groups, charts.Bar(NAMES[3], 0.55, kind="bad"), charts.Bar(NAMES[4], None, suppressed=True)]
    spots = [charts.Spot(name, 120 + at * 140, 0.7 + (at % 3 - 1) * 0.015) for at, name in enumerate(NAMES[:5])]
    spots.append(charts.Spot(NAMES[5], 500, 0.6, "bad"))
    reach = [(size, 0.46 / size**0.5) for size in range(40, 900, 20)]
    limits = [charts.Limit(n, 0.7 - 3.09 * e, 0.7 - 1.96 * e, 0.7 + 1.96 * e, 0.7 + 3.09 * e) for n, e in reach]
    panels: dict[str, Sequence[charts.Dot]] = dict.fromkeys(NAMES, dots)
    notes = [("2023-12-01", "1")]
    return {
        "dots": dots,
        "line_tile": charts.svg(charts.line(dots, title=title, unit="share", target=0.8, size="tile")),
        "line_narrow": charts.svg(charts.line(dots, title=title, unit="share", target=0.8, notes=notes, size="narrow")),
        "line_wide": charts.svg(charts.line(dots, title=title, unit="share", target=0.8, notes=notes)),
        "bars_tile": charts.svg(charts.bars(groups, title=title, unit="share", size="tile")),
        "bars": charts.svg(charts.bars(bars, title=title, unit="share", target=0.8, size="narrow")),
        "funnel": charts.svg(charts.funnel(spots, limits, centre=0.7, title=title, x_title=_("People"), size="narrow")),
        "multiples": charts.svg(charts.multiples(panels, title=title, unit="share")),
        "multiples_narrow": charts.svg(charts.multiples(panels, title=title, unit="share", size="narrow")),
    }


def _lists() -> dict[str, Any]:
    states = (("good", _("Reaches the target")), ("neutral", _("Chance only")), ("bad", _("Misses the target")))
    rows = [
        {
            "name": name,
            "value": 0.82 - at * 0.06,
            "size": 1240 - at * 310,
            "line": charts.sparkline([value and value - at * 0.02 for value in COURSE]),
            "kind": kind,
            "words": words,
        }
        for at, (name, (kind, words)) in enumerate(zip(NAMES, states, strict=False))
    ]
    return {
        "rows": rows,
        "areas": [(name.lower(), name) for name in NAMES],
        "grains": [("month", _("month")), ("quarter", _("quarter")), ("year", _("year"))],
        "views": [(_("Chart"), "#tabs"), (_("Definition"), "#definition"), (_("Notes"), "#notes")],
        "pages": Paginator(range(200), 10).page(4),
        "pairs": [
            (_("Owner"), _("Director of health services")),
            (_("Source"), _("Patient records")),
            (_("Next review"), formats.date("2025-01-31")),
        ],
    }
