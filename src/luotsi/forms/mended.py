"""Functions of FHIRPath that the library lacks, gets wrong, or runs too slowly. Each has its test in `test_paths`.

Given to fhirpathpy beside its own functions; ours win. Where the library is right and quick, nothing stands here.
"""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from fhirpathpy.engine import util
from fhirpathpy.engine.evaluators import evaluators
from fhirpathpy.engine.invocations import equality
from fhirpathpy.engine.nodes import FP_DateTime, FP_Quantity, FP_Time, ResourceNode

from luotsi.forms import boundaries, units

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
    link = _link_id(node)
    if link is not None:
        node["type"], node["value"] = "OfLinkId", link


def _escaped(found: re.Match[str]) -> str:
    word = found[1]
    # a pattern written with one backslash (\d) is no FHIRPath, but is common and can mean one thing only
    return chr(int(word[1:], 16)) if len(word) > 1 else ESCAPES.get(word, found[0])


def _link_id(node: Any) -> str | None:
    """The linkId of a node that is `where(linkId = 'x')`, which most expressions of forms begin with."""
    if node.get("type") != "FunctionInvocation":
        return None
    name, *given = node["children"][0]["children"]
    conditions = given[0].get("children", ()) if given else ()
    if name["text"] != "where" or len(conditions) != 1 or conditions[0]["type"] != "EqualityExpression":
        return None
    sides = conditions[0]["children"]
    spelled = sides[1]
    while len(spelled.get("children", ())) == 1:
        spelled = spelled["children"][0]
    plain = conditions[0]["terminalNodeText"] == ["="] and sides[0].get("text") == "linkId"
    return spelled["value"] if plain and spelled["type"] == "Spelled" else None


def _of_link_id(ctx: Any, values: Values, node: Any) -> Values:
    wanted = node["value"]
    datas = ((each, each.data if isinstance(each, ResourceNode) else each) for each in values)
    return [each for each, data in datas if isinstance(data, dict) and data.get("linkId") == wanted]


evaluators["Spelled"] = lambda ctx, values, node: [node["value"]]
evaluators["OfLinkId"] = _of_link_id


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


def _repeat(ctx: Any, values: Values, step: Callable[[Any], Values]) -> Values:
    """All that repeated steps find, each once. The library compares by writing every item out as JSON."""
    found: Values = []
    seen: dict[Any, Values] = {}
    left = list(values)
    while left:
        new: Values = []
        for each in left:
            for one in step(each):
                data = util.get_data(one)
                same = seen.setdefault(data.get("linkId") if isinstance(data, dict) else str(data), [])
                if all(data is not other and data != other for other in same):
                    same.append(data)
                    new.append(one)
        found += new
        left = new
    return found


def _exists(ctx: Any, values: Values, condition: Callable[[Any], Values] | None = None) -> bool:
    return bool(values if condition is None else _where(ctx, values, condition))


def _rounded(ctx: Any, values: Values, decimals: Any = 0) -> Any:
    """Rounded half away from zero: the library rounds half to even, and wants the number of decimals said."""
    if not values:
        return []
    number = Decimal(_exact(_numbers(values)[0]))
    return number.quantize(Decimal(1).scaleb(-int(decimals or 0)), ROUND_HALF_UP)


def _compared(compare: Callable[..., Any]) -> Callable[..., Any]:
    """A comparison whose sides are quantities where they are; the library compares what holds them, and fails."""

    def fn(ctx: Any, one: Values, other: Values) -> Any:
        sides = [*_quantities(one)[:1], *_quantities(other)[:1]]
        if len(sides) == 2 and all(isinstance(each, FP_Quantity) for each in sides):
            same = units.base(*sides)
            return [] if same is None else compare(ctx, [same[0]], [same[1]])
        return compare(ctx, _quantities(one), _quantities(other))

    return fn


def _quantities(values: Values) -> Values:
    return [
        found if isinstance(each, ResourceNode) and isinstance(found := each.convert_data(), FP_Quantity) else each
        for each in values
    ]


def _text(ctx: Any, values: Values) -> Any:
    """As text; true and false in lower case."""
    found = [util.get_data(each) for each in values]
    return [] if len(found) != 1 else str(found[0]).lower() if isinstance(found[0], bool) else str(found[0])


def _sorted(ctx: Any, values: Values, key: Callable[[Any], Values] | None = None) -> Values:
    """In order, by an expression if one is given."""
    by = (lambda each: [util.get_data(found) for found in key(each)]) if key else (lambda each: [util.get_data(each)])
    return sorted(values, key=by)


def _has_value(ctx: Any, values: Values) -> bool:
    return len(values) == 1 and util.get_data(values[0]) is not None and not isinstance(util.get_data(values[0]), dict)


def _matches_full(ctx: Any, values: Values, pattern: str) -> Any:
    found = [util.get_data(each) for each in values]
    return [re.fullmatch(pattern, str(each)) is not None for each in found[:1]]


def _conforms(ctx: Any, values: Values, profile: str) -> Any:
    """Whether a resource is of a type of FHIR. Profiles of others are not known here, and are refused."""
    wanted = profile.removeprefix(TYPES)
    data = [util.get_data(each) for each in values]
    if wanted == profile or not wanted.isalpha() or len(data) != 1 or not isinstance(data[0], dict):
        raise ValueError(f"{profile} is no type of FHIR that can be asked of one resource")
    return data[0].get("resourceType") == wanted


TYPES = "http://hl7.org/fhir/StructureDefinition/"
JSON_ESCAPES = {value: f"\\{key}" for key, value in ESCAPES.items() if key in 'rntf\\"'}
WAYS: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "html": (html.escape, html.unescape),
    "json": (
        lambda text: "".join(JSON_ESCAPES.get(each, each) for each in text),
        lambda text: ESCAPE.sub(_escaped, text),
    ),
}
"""Way of escaping -> (how a text is escaped, how it is read back)."""


def _escape(at: int) -> Callable[..., Any]:
    def fn(ctx: Any, values: Values, way: str) -> Any:
        found = [util.get_data(each) for each in values]
        return [WAYS[way][at](str(each)) for each in found[:1]] if way in WAYS else []

    return fn


PLAIN: dict[str, Any] = {
    "sum": {"fn": _sum},
    "min": {"fn": _least},
    "max": {"fn": _most},
    "avg": {"fn": _mean},
    "where": {"fn": _where, "arity": {1: ["Expr"]}},
    "repeat": {"fn": _repeat, "arity": {1: ["Expr"]}},
    "exists": {"fn": _exists, "arity": {0: [], 1: ["Expr"]}},
    "round": {"fn": _rounded, "arity": {0: [], 1: ["Number"]}},
    "toString": {"fn": _text},
    "sort": {"fn": _sorted, "arity": {0: [], 1: ["Expr"]}},
    "hasValue": {"fn": _has_value},
    "matchesFull": {"fn": _matches_full, "arity": {1: ["String"]}, "nullable_input": True},
    "conformsTo": {"fn": _conforms, "arity": {1: ["String"]}},
    "escape": {"fn": _escape(0), "arity": {1: ["String"]}},
    "unescape": {"fn": _escape(1), "arity": {1: ["String"]}},
    "comparable": {
        "fn": lambda ctx, one, other: units.comparable(ctx, _quantities(one), _quantities(other)),
        "arity": {1: ["Any"]},
    },
    **boundaries.TABLE,
    **{
        sign: {"fn": _compared(compare), "arity": {2: ["Any", "Any"]}, "nullable": True}
        for sign, compare in (("<", equality.lt), (">", equality.gt), ("<=", equality.lte), (">=", equality.gte))
    },
}
