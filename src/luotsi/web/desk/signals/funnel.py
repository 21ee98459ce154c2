"""Funnel limits: how far from the whole a unit of its size strays by chance. Drawing is not here."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

TAILS = (0.001, 0.025, 0.975, 0.999)
"""Outer and inner limits, as about three and two standard deviations (Spiegelhalter, Statistics in Medicine
24:1185-1202, 2005)."""


@lru_cache(maxsize=4096)
def binomial_limits(size: int, share: float) -> tuple[float, float, float, float]:
    """Limits of a share for a unit of `size` when the true share is `share`: (0.1 %, 2.5 %, 97.5 %, 99.9 %).

    Exact binomial quantiles, interpolated between whole numbers (Spiegelhalter 2005, appendix).
    """
    if size <= 0:
        raise ValueError("A unit without cases has no limits.")
    if share <= 0 or share >= 1:
        return (share, share, share, share)
    odds = math.log(share), math.log1p(-share)
    whole = math.lgamma(size + 1)

    def mass(hits: int) -> float:
        ways = whole - math.lgamma(hits + 1) - math.lgamma(size - hits + 1)
        return math.exp(ways + hits * odds[0] + (size - hits) * odds[1])

    middle, wide = size * share, math.sqrt(size * share * (1 - share))
    return _quantiles(mass, middle, wide, size, size)


@lru_cache(maxsize=4096)
def poisson_limits(exposure: float, rate: float) -> tuple[float, float, float, float]:
    """Limits of a rate for a unit of `exposure` when the true rate is `rate`; the same tails.

    Exact Poisson quantiles, interpolated (Spiegelhalter 2005, appendix).
    """
    if exposure <= 0:
        raise ValueError("A unit without exposure has no limits.")
    expected = exposure * rate
    if expected <= 0:
        return (0.0, 0.0, 0.0, 0.0)

    def mass(hits: int) -> float:
        return math.exp(hits * math.log(expected) - expected - math.lgamma(hits + 1))

    return _quantiles(mass, expected, math.sqrt(expected), None, exposure)


def _quantiles(
    mass: Callable[[int], float], middle: float, wide: float, most: int | None, size: float
) -> tuple[float, float, float, float]:
    """The four interpolated quantiles over `size`, walking up from ten standard deviations below the middle."""
    hits = max(0, math.floor(middle - 10 * wide))
    below, found = 0.0, []
    for tail in TAILS:
        while below + mass(hits) < tail and (most is None or hits < most):
            below += mass(hits)
            hits += 1
        part = (below + mass(hits) - tail) / mass(hits)
        found.append(max(0.0, min(hits - part, math.inf if most is None else most)) / size)
    return (found[0], found[1], found[2], found[3])


OUTER = 2


def place(value: float, limits: tuple[float, float, float, float]) -> int:
    """Where a unit stands: -2 or 2 beyond the outer limits, -1 or 1 between inner and outer, 0 within."""
    outer_low, inner_low, inner_high, outer_high = limits
    if value < outer_low:
        return -OUTER
    if value > outer_high:
        return OUTER
    return -1 if value < inner_low else 1 if value > inner_high else 0
