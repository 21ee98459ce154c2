"""Charts: builders that turn plain numbers into Vega-Lite specs in the house's look, and their drawing as SVG or PNG.

    svg(line([Dot("2024-01-01", 0.61), ...], title="...", unit="share", target=0.8))

Not here: what is a signal or a limit (desk/signals), the table of numbers beside a chart (the component `chart`).
"""

from luotsi.web.ui.charts.bars import Bar, bars
from luotsi.web.ui.charts.drawing import png, svg
from luotsi.web.ui.charts.funnel import Limit, Spot, funnel
from luotsi.web.ui.charts.house import Size, Spec
from luotsi.web.ui.charts.line import Dot, Judgement, line, multiples
from luotsi.web.ui.charts.map import map
from luotsi.web.ui.charts.sparkline import sparkline

__all__ = [
    "Bar",
    "Dot",
    "Judgement",
    "Limit",
    "Size",
    "Spec",
    "Spot",
    "bars",
    "funnel",
    "line",
    "map",
    "multiples",
    "png",
    "sparkline",
    "svg",
]
