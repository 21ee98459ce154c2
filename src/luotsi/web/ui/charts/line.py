"""A measure over time: the line, its mean and limits, target, signals, notes, and gaps where a value is not told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from luotsi.web.ui import formats
from luotsi.web.ui.charts.house import SIZES, Size, Spec, colour, number_format, spec, text_size

Judgement = Literal["", "good", "bad", "change"]
"""What a special cause means: nothing special, for the better, for the worse, neither."""

SHAPES = {"good": "circle", "bad": "triangle-up", "change": "diamond"}
COLOURS = {"good": "good", "bad": "bad", "change": "attention"}
PANEL = 70
"""Height of one of the small multiples."""

FOOT: Spec = {"expr": "height - 5"}
"""Where, from the top, what is not told leaves its mark."""

UNTOLD = {"missing": "cross", "suppressed": "stroke"}


@dataclass(frozen=True)
class Dot:
    """One period of a line. period: its first day, "2024-02-01". A value of None is a gap with a mark.

    centre, low, high: mean and control limits, which may change where a shift was confirmed; phase: which stretch of
    the same mean the period belongs to.
    """

    period: str
    value: float | None
    centre: float | None = None
    low: float | None = None
    high: float | None = None
    phase: int | None = None
    signal: Judgement = ""
    suppressed: bool = False


def line(
    dots: Sequence[Dot],
    *,
    title: str,
    unit: str = "count",
    description: str = "",
    target: float | None = None,
    notes: Sequence[tuple[str, str]] = (),
    size: Size = "wide",
) -> Spec:
    """The chart of one measure over time.

    unit: as measures name it. notes: (period, its short mark), drawn as pins. size: tile, narrow or wide.
    """
    told = [dot.value for dot in dots if dot.value is not None]
    layers = [
        *_limits(),
        _path(size),
        *_points(size),
        *_untold(FOOT),
        *_target(target, unit, size),
        *_notes(notes, size),
    ]
    return spec(
        title=title,
        description=description,
        size=size,
        data={"values": _rows(dots)},
        encoding={"x": _time(dots, size), "y": _value(unit, size)},
        layer=layers if told else [*_untold(FOOT), _nothing()],
    )


def multiples(
    panels: Mapping[str, Sequence[Dot]], *, title: str, unit: str = "count", description: str = "", size: Size = "wide"
) -> Spec:
    """Small multiples: one small line a panel, all on the same scale. panels: name -> its periods."""
    columns = {"tile": 2, "narrow": 1, "wide": 4}[size]
    width = SIZES[size][0] // columns - (30 if columns == 4 else 34)
    rows = [{**row, "panel": name} for name, dots in panels.items() for row in _rows(dots)]
    first = next(iter(panels.values()), ())
    whole = spec(title=title, description=description, size=size)
    for part in ("width", "height", "autosize"):
        whole.pop(part)
    header = {"title": None, "labelColor": colour("ink"), "labelFontSize": text_size(size), "labelAnchor": "start"}
    panel = {
        "width": width,
        "height": PANEL,
        "encoding": {"x": _time(first, "tile"), "y": _value(unit, "tile")},
        "layer": [_mean(), _path("tile"), *_points("tile"), *_untold(PANEL - 5)],
    }
    return {
        **whole,
        "data": {"values": rows},
        "facet": {"field": "panel", "type": "nominal", "sort": list(panels), "header": header},
        "columns": columns,
        "spacing": {"row": 12, "column": 12},
        "spec": panel,
    }


def _nothing() -> Spec:
    """What stands where no period has a value."""
    middle = {"x": {"value": {"expr": "width / 2"}}, "y": {"value": {"expr": "height / 2"}}}
    return {
        "data": {"values": [{}]},
        "mark": {"type": "text", "text": _("No numbers"), "align": "center", "color": colour("chart-axis")},
        "encoding": middle,
    }


def _rows(dots: Sequence[Dot]) -> list[dict[str, object]]:
    """What is drawn of each period; `end` where a stretch without gaps ends, which on a tile alone has a dot."""
    after = [*(dot.value is not None for dot in dots[1:]), False]
    return [{**_row(dot), "end": not more} for dot, more in zip(dots, after, strict=False)]


def _row(dot: Dot) -> dict[str, object]:
    row: dict[str, object] = {"t": f"{dot.period[:10]}T00:00", "v": dot.value, "signal": dot.signal}
    if dot.value is None:
        row["untold"] = "suppressed" if dot.suppressed else "missing"
    if dot.centre is not None:
        row |= {"centre": dot.centre, "low": dot.low, "high": dot.high, "phase": dot.phase or 0}
    return row


def _time(dots: Sequence[Dot], size: Size) -> Spec:
    years = {dot.period[:4] for dot in dots}
    flush = size == "wide"  # where there is little room, a first label moved inwards would touch the next
    axis: Spec = {"format": "%Y", "tickCount": {"interval": "year", "step": 1}, "labelFlush": flush}
    if len(years) <= 2 and size != "tile":
        axis = {
            "format": "%-m/%Y",
            "tickCount": {"interval": "month", "step": 3 if len(dots) > 6 else 1},
            "labelFlush": True,
        }
    return {"field": "t", "type": "temporal", "axis": {**axis, "labelOverlap": True}}


def _value(unit: str, size: Size) -> Spec:
    axis = {"format": number_format(unit), "tickCount": 3 if size == "tile" else 5}
    return {"field": "v", "type": "quantitative", "scale": {"zero": False, "nice": True}, "axis": axis}


def _limits() -> list[Spec]:
    band = {
        "mark": {
            "type": "area",
            "color": colour("chart-band"),
            "interpolate": "step",
            "invalid": "break-paths-show-domains",
        },
        "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
        "encoding": {"y": {"field": "low"}, "y2": {"field": "high"}, "detail": {"field": "phase"}},
    }
    edges = [
        {
            "mark": {
                "type": "line",
                "color": colour("chart-limit"),
                "strokeWidth": 1,
                "strokeDash": [2, 3],
                "interpolate": "step",
            },
            "transform": [{"filter": f"isValid(datum.{edge})"}],
            "encoding": {"y": {"field": edge}, "detail": {"field": "phase"}},
        }
        for edge in ("low", "high")
    ]
    return [band, *edges, _mean()]


def _mean() -> Spec:
    return {
        "mark": {"type": "line", "color": colour("chart-limit"), "strokeWidth": 1, "interpolate": "step"},
        "transform": [{"filter": "isValid(datum.centre)"}],
        "encoding": {"y": {"field": "centre"}, "detail": {"field": "phase"}},
    }


def _path(size: Size) -> Spec:
    width = 2.5 if size == "wide" else 2
    return {"mark": {"type": "line", "color": colour("chart-1"), "strokeWidth": width, "strokeJoin": "round"}}


def _points(size: Size) -> list[Spec]:
    """Small dots for all; where a cause is special, a larger sign whose shape says what its colour says."""
    area = {"tile": 60, "narrow": 80, "wide": 120}[size]
    plain = {
        "mark": {"type": "point", "filled": True, "size": area / 4, "opacity": 1, "color": colour("chart-1")},
        "transform": [
            {"filter": "isValid(datum.v) && datum.signal === ''" + (" && datum.end" if size == "tile" else "")}
        ],
    }
    special = [
        {
            "mark": {
                "type": "point",
                "filled": True,
                "opacity": 1,
                "size": area,
                "shape": shape,
                "color": colour(COLOURS[word]),
                "stroke": colour("chart-paper"),
                "strokeWidth": 1,
            },
            "transform": [{"filter": f"isValid(datum.v) && datum.signal === '{word}'"}],
        }
        for word, shape in SHAPES.items()
    ]
    return [plain, *special]


def _untold(foot: float | Spec) -> list[Spec]:
    """A value that is missing leaves a cross at the foot of its period, one that is suppressed a dash."""
    return [
        {
            "mark": {
                "type": "point",
                "shape": shape,
                "size": 16,
                "strokeWidth": 1.5,
                "color": colour("chart-limit"),
                "opacity": 1,
            },
            "transform": [{"filter": f"datum.untold === '{why}'"}],
            "encoding": {"y": {"value": foot}},
        }
        for why, shape in UNTOLD.items()
    ]


def _target(target: float | None, unit: str, size: Size) -> list[Spec]:
    if target is None:
        return []
    here: Spec = {"data": {"values": [{"target": target}]}}
    rule = {"type": "rule", "color": colour("chart-target"), "strokeDash": [7, 4], "strokeWidth": 1.5}
    words = f"{_('Target')} {formats.brief(target, unit)}"
    text = {
        "type": "text",
        "text": words,
        "align": "right",
        "baseline": "bottom",
        "dy": -3,
        "color": colour("chart-target"),
        "stroke": None,
    }
    layers: list[Spec] = [{**here, "mark": rule, "encoding": {"x": None, "y": {"field": "target"}}}]
    if size != "tile":
        edge = {"x": {"value": {"expr": "width"}}, "y": {"field": "target"}}
        layers.append({**here, "mark": text, "encoding": edge})
    return layers


def _notes(notes: Sequence[tuple[str, str]], size: Size) -> list[Spec]:
    if not notes:
        return []
    here: Spec = {"data": {"values": [{"t": f"{period[:10]}T00:00", "mark": mark} for period, mark in notes]}}
    rule = {"type": "rule", "color": colour("chart-axis"), "strokeWidth": 1}
    layers: list[Spec] = [{**here, "mark": rule, "encoding": {"y": None}}]
    if size != "tile":
        pin = {
            "type": "point",
            "shape": "circle",
            "filled": True,
            "size": 320,
            "opacity": 1,
            "color": colour("chart-axis"),
        }
        text = {"type": "text", "color": colour("chart-paper"), "fontWeight": "bold", "dy": 1}
        layers += [
            {**here, "mark": pin, "encoding": {"y": {"value": 10}}},
            {**here, "mark": text, "encoding": {"y": {"value": 10}, "text": {"field": "mark"}}},
        ]
    return layers
