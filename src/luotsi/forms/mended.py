"""Functions of FHIRPath that the library lacks, gets wrong, or runs too slowly. Each has its test in `test_paths`.

Given to fhirpathpy beside its own functions; ours win. Where the library is right and quick, nothing stands here.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from fhirpathpy.engine import util
from fhirpathpy.engine.evaluators import evaluators
from fhirpathpy.engine.nodes import FP_DateTime, FP_Quantity, FP_Time, ResourceNode

Values = list[Any]


def functions(weights: Callable[[Any], Decimal | None] | None, now: datetime.datetime | None) -> dict[str, Any]:
    """The table of our functions, as fhirpathpy takes it. `now`: what today() and now() say."""
    table = dict(PLAIN)
    for name in ("weight", "ordinal"):
        table[name] = {"fn": lambda ctx, values: _weights(values, weights)}
    if now is not None:
        table |= _clock(now.replace(tzinfo=now.tzinfo or datetime.UTC))
    return table


ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "f": "\f", "\\": "\\", "'": "'", '"': '"', "`": "`", "/": "/"}
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)


def spell(node: Any) -> None:
    """Reads the texts in a tree once. The library takes `\\\\n` for a new line and knows no letters in `\\u00e4`."""
    if node.get("type") == "StringLiteral":
        node["type"], node["value"] = "Spelled", ESCAPE.sub(_escaped, node["text"][1:-1])
    for child in node.get("children", ()):
        spell(child)


def _escaped(found: re.Match[str]) -> str:
    word = found[1]
    # a pattern written with one backslash (\d) is no FHIRPath, but is common and can mean one thing only
    return chr(int(word[1:], 16)) if len(word) > 1 else ESCAPES.get(word, found[0])


evaluators["Spelled"] = lambda ctx, values, node: [node["value"]]


@lru_cache(maxsize=16)
def _clock(now: datetime.datetime) -> dict[str, Any]:
    day, moment = FP_DateTime(now.date().isoformat()), FP_DateTime(now.isoformat(timespec="milliseconds"))
    hour = FP_Time(now.strftime("%H:%M:%S"))
    return {
        "today": {"fn": lambda ctx, values: day},
        "now": {"fn": lambda ctx, values: moment},
        "timeOfDay": {"fn": lambda ctx, values: hour},
    }


def _weights(values: Values, weights: Callable[[Any], Decimal | None] | None) -> Values:
    found = (weights(each.data if isinstance(each, ResourceNode) else each) for each in values) if weights else ()
    return [each for each in found if each is not None]


def _converted(node: ResourceNode) -> Any:
    """A value as the library counts with it. The library's own fails on a coding or quantity that names no system."""
    data = node.data
    if not isinstance(data, dict) or "system" in data:
        return CONVERT(node)
    if "value" not in data:
        return data
    unit = data.get("code") or data.get("unit") or "1"
    return FP_Quantity(_exact(data["value"]), FP_Quantity.timeUnitsToUCUM.get(unit, f"'{unit}'"))


CONVERT = ResourceNode.convert_data
ResourceNode.convert_data = _converted  # pyright: ignore[reportAttributeAccessIssue]


def _numbers(values: Values) -> Values:
    """The numbers themselves: the library adds and compares the nodes that hold them, and fails."""
    return [util.val_data_converted(each) if isinstance(each, ResourceNode) else each for each in values]


def _exact(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float) else value


def _sum(ctx: Any, values: Values) -> Any:
    numbers = [_exact(each) for each in _numbers(values)]
    if not numbers:
        return []
    if any(isinstance(each, FP_Quantity) for each in numbers):
        return FP_Quantity(sum(each.value for each in numbers), numbers[0].unit)
    return sum(numbers[1:], start=numbers[0])


def _least(ctx: Any, values: Values) -> Any:
    return min((_exact(each) for each in _numbers(values)), default=[])


def _most(ctx: Any, values: Values) -> Any:
    return max((_exact(each) for each in _numbers(values)), default=[])


def _mean(ctx: Any, values: Values) -> Any:
    numbers = [Decimal(_exact(each)) for each in _numbers(values)]
    return sum(numbers, start=Decimal(0)) / len(numbers) if numbers else []


def _where(ctx: Any, values: Values, condition: Callable[[Any], Values]) -> Values:
    """Those for which the condition is true, asked once each: the library asks twice."""
    chosen: Values = []
    for place, each in enumerate(values):
        ctx["$index"] = place
        if util.is_true(condition(each)):
            chosen.append(each)
    return chosen


def _exists(ctx: Any, values: Values, condition: Callable[[Any], Values] | None = None) -> bool:
    return bool(values if condition is None else _where(ctx, values, condition))


def _rounded(ctx: Any, values: Values, decimals: Any = 0) -> Any:
    """Rounded half away from zero: the library rounds half to even, and wants the number of decimals said."""
    if not values:
        return []
    number = Decimal(_exact(_numbers(values)[0]))
    return number.quantize(Decimal(1).scaleb(-int(decimals or 0)), ROUND_HALF_UP)


PLAIN: dict[str, Any] = {
    "sum": {"fn": _sum},
    "min": {"fn": _least},
    "max": {"fn": _most},
    "avg": {"fn": _mean},
    "where": {"fn": _where, "arity": {1: ["Expr"]}},
    "exists": {"fn": _exists, "arity": {0: [], 1: ["Expr"]}},
    "round": {"fn": _rounded, "arity": {0: [], 1: ["Number"]}},
}
