"""Areas on a map, coloured in steps, with the steps in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from luotsi.web.ui import formats
from luotsi.web.ui.charts.house import Size, Spec, colour, spec, text_size

STEPS = 5


def map(
    features: Sequence[Mapping[str, Any]],
    values: Mapping[str, float | None],
    *,
    title: str,
    unit: str = "share",
    description: str = "",
    size: Size = "wide",
    planar: bool = False,
) -> Spec:
    """A choropleth. features: GeoJSON features whose `id` is the area's code. values: code -> value.

    planar: coordinates are metres on a plane (ETRS-TM35FIN), not longitude and latitude. An area without a value has
    a colour of its own, outside the steps.
    """
    told = sorted(value for value in values.values() if value is not None)
    edges = _edges(told)
    names = [_words(edges, step, unit) for step in range(len(edges) - 1)]
    none = _("not told")
    shapes = [_shape(feature, values, edges, names, none) for feature in features]
    tokens = [f"step-{_place(step, len(names))}" for step in range(len(names))]
    steps = dict(zip(names, tokens, strict=True))
    if any(shape["properties"]["step"] == none for shape in shapes):
        steps[none] = "chart-none"
    fill = {
        "field": "properties.step",
        "type": "nominal",
        "scale": {"domain": list(steps), "range": [colour(token) for token in steps.values()]},
        "legend": {
            "title": None,
            "orient": "bottom" if size != "wide" else "right",
            "columns": 2 if size != "wide" else 1,
            "labelColor": colour("ink"),
            "labelFontSize": text_size(size),
            "symbolType": "square",
            "symbolStrokeWidth": 0,
            "symbolSize": 180,
        },
    }
    return spec(
        title=title,
        description=description,
        size=size,
        height={"tile": 210, "narrow": 380, "wide": 520}[size],
        data={"values": shapes},
        projection={"type": "identity", "reflectY": True} if planar else {"type": "mercator"},
        mark={"type": "geoshape", "stroke": colour("chart-paper"), "strokeWidth": 1},
        encoding={"fill": fill},
    )


def _edges(told: Sequence[float]) -> list[float]:
    """The ends of the steps: about as many areas in each, no step twice."""
    if not told:
        return []
    cuts = [told[min(len(told) - 1, round(step * len(told) / STEPS))] for step in range(STEPS)]
    distinct = sorted({*cuts, told[-1]})
    return distinct if len(distinct) > 1 else [told[0], told[0]]


def _place(step: int, count: int) -> int:
    """Which of the colours a step has: the palest and the darkest at the ends; one alone stands out from "not told"."""
    return 1 + round(step * (STEPS - 1) / (count - 1)) if count > 1 else 1 + STEPS // 2


def _words(edges: Sequence[float], step: int, unit: str) -> str:
    low, high = formats.brief(edges[step], unit), formats.brief(edges[step + 1], unit)
    return low if low == high else f"{low} – {high}"


def _shape(
    feature: Mapping[str, Any],
    values: Mapping[str, float | None],
    edges: Sequence[float],
    names: Sequence[str],
    none: str,
) -> dict[str, Any]:
    value = values.get(str(feature["id"]))
    step = none
    if value is not None:
        step = names[max(at for at in range(len(names)) if at == 0 or value >= edges[at])]
    return {"type": "Feature", "geometry": feature["geometry"], "properties": {"step": step}}
