"""Units of different size beside each other: value by size, in or out of the funnel that chance alone would fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from luotsi.web.ui.charts.house import Size, Spec, colour, number_format, spec, text_size
from luotsi.web.ui.charts.line import COLOURS, SHAPES, Judgement


@dataclass(frozen=True)
class Spot:
    """One unit. size: its denominator. signal: what its being outside the funnel means, "" inside."""

    label: str
    size: float
    value: float
    signal: Judgement = ""


@dataclass(frozen=True)
class Limit:
    """The funnel at one size: the inner pair holds 95 % of units, the outer 99.8 %, when all are alike."""

    size: float
    outer_low: float
    inner_low: float
    inner_high: float
    outer_high: float


def funnel(
    spots: Sequence[Spot],
    limits: Sequence[Limit],
    *,
    centre: float,
    title: str,
    unit: str = "share",
    x_title: str = "",
    description: str = "",
    target: float | None = None,
    size: Size = "wide",
) -> Spec:
    """A funnel plot. Units outside are named; x_title says what size is."""
    x = {"field": "size", "type": "quantitative", "scale": {"zero": True, "nice": True}}
    x["axis"] = {
        "title": x_title or None,
        "titleColor": colour("chart-axis"),
        "titleFontWeight": "normal",
        "titleFontSize": text_size(size),
        "tickCount": 5,
    }
    y = {"field": "value", "type": "quantitative", "scale": _reach(spots, centre, target)}
    y["axis"] = {"format": number_format(unit), "tickCount": 3 if size == "tile" else 5}
    funnel_rows = {"values": [asdict(limit) for limit in limits]}
    edges = [_edge(funnel_rows, name) for name in ("outer_low", "inner_low", "inner_high", "outer_high")]
    levels = [_level(centre, "chart-limit", [1, 0])]
    if target is not None:
        levels.append(_level(target, "chart-target", [7, 4]))
    return spec(
        title=title,
        description=description,
        size=size,
        data={"values": [asdict(spot) for spot in spots]},
        encoding={"x": x, "y": y},
        layer=[*edges, *levels, *_spots(size)],
    )


def _reach(spots: Sequence[Spot], centre: float, target: float | None) -> Spec:
    """The axis of values: around the units, not around the mouth of the funnel, which opens to everything."""
    told = [*(spot.value for spot in spots), centre, *([] if target is None else [target])]
    room = (max(told) - min(told)) * 0.35 or abs(centre) * 0.1 or 1
    low = min(told) - room
    return {"domain": [max(0, low) if min(told) >= 0 else low, max(told) + room], "nice": True, "zero": False}


def _edge(rows: Spec, name: str) -> Spec:
    dash = [2, 3] if name.startswith("inner") else [1, 0]
    mark = {"type": "line", "color": colour("chart-limit"), "strokeWidth": 1, "strokeDash": dash, "clip": True}
    return {"data": rows, "mark": mark, "encoding": {"x": {"field": "size"}, "y": {"field": name}}}


def _level(value: float, token: str, dash: list[int]) -> Spec:
    mark = {"type": "rule", "color": colour(token), "strokeWidth": 1.5, "strokeDash": dash}
    return {"data": {"values": [{"level": value}]}, "mark": mark, "encoding": {"x": None, "y": {"field": "level"}}}


def _spots(size: Size) -> list[Spec]:
    area = 60 if size == "tile" else 110
    look = {"type": "point", "filled": True, "opacity": 1, "stroke": colour("chart-paper"), "strokeWidth": 1}
    inside = {
        "mark": {**look, "size": area * 0.7, "color": colour("chart-1")},
        "transform": [{"filter": "datum.signal === ''"}],
    }
    outside = [
        {
            "mark": {**look, "size": area, "shape": shape, "color": colour(COLOURS[word])},
            "transform": [{"filter": f"datum.signal === '{word}'"}],
        }
        for word, shape in SHAPES.items()
    ]
    names = {
        "mark": {"type": "text", "align": "left", "dx": 8, "color": colour("ink"), "limit": 180},
        "transform": [{"filter": "datum.signal !== ''"}],
        "encoding": {"text": {"field": "label"}},
    }
    return [inside, *outside] if size == "tile" else [inside, *outside, names]
