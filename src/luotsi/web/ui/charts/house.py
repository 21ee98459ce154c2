"""The look every chart shares: colours by token, sizes, axes, the language of numbers. Each form has its module."""

from __future__ import annotations

from typing import Any, Literal

from luotsi.web.ui import formats

Spec = dict[str, Any]
Size = Literal["tile", "narrow", "wide"]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "Inter"

SIZES: dict[Size, tuple[int, int]] = {"tile": (260, 124), "narrow": (280, 240), "wide": (880, 360)}
"""Width and height of the picture in pixels: on a board's tile, on a phone, on a page."""

PRINT = {
    "chart-1": "#005a70",
    "chart-2": "#b9530b",
    "chart-3": "#6a4c9c",
    "chart-4": "#3b7420",
    "chart-5": "#a5316c",
    "chart-grid": "#dfe4e8",
    "chart-axis": "#3b4751",
    "chart-limit": "#73828e",
    "chart-band": "#edf3f5",
    "chart-target": "#17693a",
    "chart-paper": "#ffffff",
    "chart-none": "#dfe4e8",
    "step-1": "#dff0f4",
    "step-2": "#a9d4de",
    "step-3": "#66aebf",
    "step-4": "#26819a",
    "step-5": "#004a5c",
    "ink": "#000000",
    "good": "#17693a",
    "attention": "#7f5300",
    "bad": "#ae231c",
}
"""What a token is on paper and in a picture file; print.css says the same, and a test holds them together."""


def colour(token: str) -> str:
    """A token as a chart names it; the page gives it its light or dark value."""
    return f"var(--{token})"


def text_size(size: Size) -> int:
    """Height of a chart's text in pixels of the picture."""
    return {"tile": 12, "narrow": 13, "wide": 14}[size]


def number_format(unit: str) -> str:
    """How an axis writes a measure's values; the decimals follow from the steps of the axis."""
    return "%" if unit == "share" else ",f"


def number_locale() -> dict[str, Any]:
    """How the active language writes numbers, as d3-format reads it."""
    if formats.language() == "en":
        return {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["€", ""], "minus": formats.MINUS}
    return {
        "decimal": ",",
        "thousands": formats.SPACE,
        "grouping": [3],
        "currency": ["", f"{formats.SPACE}€"],
        "percent": f"{formats.SPACE}%",
        "minus": formats.MINUS,
    }


def spec(
    *, title: str, description: str, size: Size, height: int | None = None, axes: bool = True, **parts: Any
) -> Spec:
    """A chart's whole spec. title and description are read to those who do not see the picture, not drawn."""
    width, usual = SIZES[size]
    letters = text_size(size)
    axis = {
        "labelColor": colour("chart-axis"),
        "labelFontSize": letters,
        "gridColor": colour("chart-grid"),
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "title": None,
    }
    return {
        "$schema": SCHEMA,
        "usermeta": {"title": title, "description": description},
        "background": None,
        "padding": 2,
        "width": width,
        "height": height or usual,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": {
            "aria": False,
            "font": FONT,
            "view": {"stroke": None},
            "axis": axis,
            "axisX": {"grid": False},
            "text": {"fontSize": letters, "color": colour("chart-axis")},
        },
        **parts,
    }
