"""Quantities of different units side by side: which can be compared, and how they compare.

Units are codes of UCUM (https://ucum.org/ucum): those that forms of health and social services use. An unknown unit is
compared with itself alone.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fhirpathpy.engine.nodes import FP_Quantity

PREFIXES = {
    "k": Decimal(1000),
    "h": Decimal(100),
    "d": Decimal("0.1"),
    "c": Decimal("0.01"),
    "m": Decimal("0.001"),
    "u": Decimal("0.000001"),
    "n": Decimal("0.000000001"),
}
METRIC = {
    "m": "length",
    "g": "mass",
    "s": "time",
    "L": "volume",
    "l": "volume",
    "mol": "amount",
    "J": "energy",
    "Pa": "pressure",
    "W": "power",
    "Hz": "frequency",
}
"""Units that take prefixes -> what they measure."""
OTHERS = {
    "[in_i]": ("length", Decimal("0.0254")),
    "[ft_i]": ("length", Decimal("0.3048")),
    "[mi_i]": ("length", Decimal("1609.344")),
    "[lb_av]": ("mass", Decimal("453.59237")),
    "[oz_av]": ("mass", Decimal("28.349523125")),
    "t": ("mass", Decimal(1_000_000)),
    "min": ("time", Decimal(60)),
    "h": ("time", Decimal(3600)),
    "d": ("time", Decimal(86_400)),
    "wk": ("time", Decimal(604_800)),
    "mo": ("time", Decimal("2629800")),
    "a": ("time", Decimal("31557600")),
    "cal": ("energy", Decimal("4.184")),
    "kcal": ("energy", Decimal(4184)),
    "mm[Hg]": ("pressure", Decimal("133.322")),
    "%": ("number", Decimal("0.01")),
    "1": ("number", Decimal(1)),
}
"""Other units -> what they measure, and how many of its base unit one is, as UCUM has it."""
WORDS = {"year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s"}
WORDS |= {f"{word}s": code for word, code in WORDS.items()} | {
    "millisecond": "ms",
    "milliseconds": "ms",
    "lbs": "[lb_av]",
}


def measured(unit: str) -> tuple[str, Decimal]:
    """What a unit measures, and how many of its base unit one is; an unknown one measures itself."""
    code = unit.strip("'")
    code = WORDS.get(code, code)
    if code in OTHERS:
        return OTHERS[code]
    if code in METRIC:
        return METRIC[code], Decimal(1)
    base, prefix = METRIC.get(code[1:]), PREFIXES.get(code[:1])
    return (base, prefix) if base and prefix else (code, Decimal(1))


def comparable(ctx: Any, values: list[Any], other: list[Any]) -> Any:
    """Whether two quantities are of units of one kind."""
    found = [each for each in (*values, *other) if isinstance(each, FP_Quantity)]
    if len(found) != 2:
        return []
    return measured(str(found[0].unit))[0] == measured(str(found[1].unit))[0]


def base(one: Any, other: Any) -> tuple[Decimal, Decimal] | None:
    """Two quantities as numbers of one unit; None where they are of different kinds."""
    kinds = [measured(str(each.unit)) for each in (one, other)]
    if kinds[0][0] != kinds[1][0]:
        return None
    first, second = (
        Decimal(str(each.value)) * factor for each, (_kind, factor) in zip((one, other), kinds, strict=True)
    )
    return first, second
