"""Groups beside each other: a bar each, with its value in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from luotsi.web.ui import formats
from luotsi.web.ui.charts.house import SIZES, Size, Spec, colour, number_format, spec


@dataclass(frozen=True)
class Bar:
    """One group. low, high: the reach of its value, drawn as a thin line. kind: good, bad, or plain."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    kind: Literal["", "good", "attention", "bad"] = ""
    suppressed: bool = False


def bars(
    groups: Sequence[Bar],
    *,
    title: str,
    unit: str = "count",
    description: str = "",
    target: float | None = None,
    size: Size = "wide",
) -> Spec:
    """Bars from the top in the order given, each with its value; where it is not told, the words for why."""
    rows = [_row(group, unit) for group in groups]
    order = [group.label for group in groups]
    step = 24 if size == "tile" else 32
    label = {"labelLimit": SIZES[size][0] * 9 // 20, "labelColor": colour("ink"), "domain": False}
    y = {"field": "label", "type": "nominal", "sort": order, "axis": label, "scale": {"paddingInner": 0.35}}
    x = {
        "field": "value",
        "type": "quantitative",
        "axis": {"grid": True, "tickCount": 4, "format": number_format(unit)},
    }
    x["scale"] = {"zero": True, "domainMax": _reach(groups, target, size), "nice": False}
    return spec(
        title=title,
        description=description,
        size=size,
        height=max(2, len(rows)) * step + 28,
        data={"values": rows},
        encoding={"y": y, "x": x},
        layer=[*_marks(), *_target(target)],
    )


def _reach(groups: Sequence[Bar], target: float | None, size: Size) -> float:
    """The end of the axis: so far beyond the largest that its words have room."""
    told = [each for group in groups for each in (group.value, group.high) if each is not None]
    return max([*told, target or 0, 0]) * (1.15 if size == "wide" else 1.9) or 1


def _row(group: Bar, unit: str) -> dict[str, object]:
    if group.value is None:
        words = _("hidden: few people") if group.suppressed else _("not known")
    else:
        words = formats.measured(group.value, unit)
    row: dict[str, object] = {"label": group.label, "value": group.value, "words": words, "at": group.value or 0}
    row["fill"] = colour({"good": "good", "bad": "bad", "attention": "attention"}.get(group.kind, "chart-1"))
    if group.low is not None and group.high is not None:
        row |= {"low": group.low, "high": group.high, "at": group.high}
    return row


def _marks() -> list[Spec]:
    bar = {"type": "bar", "cornerRadiusEnd": 3}
    text = {"type": "text", "align": "left", "dx": 6, "color": colour("ink")}
    return [
        {
            "mark": bar,
            "transform": [{"filter": "isValid(datum.value)"}],
            "encoding": {"fill": {"field": "fill", "type": "nominal", "scale": None}},
        },
        {
            "mark": {"type": "rule", "color": colour("ink"), "strokeWidth": 1.5},
            "transform": [{"filter": "isValid(datum.low)"}],
            "encoding": {"x": {"field": "low"}, "x2": {"field": "high"}},
        },
        {"mark": text, "encoding": {"x": {"field": "at"}, "text": {"field": "words"}}},
    ]


def _target(target: float | None) -> list[Spec]:
    if target is None:
        return []
    rule = {"type": "rule", "color": colour("chart-target"), "strokeDash": [7, 4], "strokeWidth": 1.5}
    return [{"data": {"values": [{"target": target}]}, "mark": rule, "encoding": {"y": None, "x": {"field": "target"}}}]
