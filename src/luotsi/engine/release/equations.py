"""The sums a reader can make over the results of one measure: which cell is the sum of which others.

A cell is one row (period, group). Families of equations (parent = sum of children) come from the dimensions, from
dimensions nested in one another, and from the calendar. What is hidden, and why, is decided in `suppression`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from luotsi.engine.release.periods import Grain, Period, parse_period

Ints = npt.NDArray[np.int64]
Template = list[tuple[int, list[int]]]
"""(parent, children) over places of one axis: the groups, or the periods."""

Group = tuple[tuple[str, str], ...]
"""(dimension, code) pairs in alphabetical order; () is the total."""

Nesting = Mapping[tuple[str, str], Mapping[str, str]]
"""(coarse dimension, fine dimension) -> fine code -> the coarse code it lies in."""


@dataclass(frozen=True)
class Family:
    """Equations of one kind: `parent[q]` is the sum of `child[start[q]:start[q + 1]]`. All are row numbers."""

    parent: Ints
    start: Ints
    child: Ints
    equation: Ints
    """The equation of each child, so that `child` and `equation` are pairs."""


def parse_group(text: str) -> Group:
    """`age_group=65-74;sex=2` as (("age_group", "65-74"), ("sex", "2")); a code may itself hold `=`."""
    if not text:
        return ()
    return tuple((name, code) for name, _, code in (part.partition("=") for part in text.split(";")))


def families(
    periods: Sequence[str], groups: Sequence[str], *, census: bool, nesting: Nesting | None = None
) -> list[Family]:
    """Every family of equations over the rows (periods[i], groups[i]); rows may stand in any order.

    `census`: a quarter is not the sum of its months but the same count as its last month.
    """
    period_names, period_of = np.unique(np.asarray(periods, dtype=object).astype(str), return_inverse=True)
    group_names, group_of = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    grid: Ints = np.full((len(period_names), len(group_names)), -1, dtype=np.int64)
    grid[period_of, group_of] = np.arange(len(period_of))
    parsed = [parse_group(str(name)) for name in group_names]
    found: list[Family] = []
    for template in group_templates(parsed, nesting or {}):
        found += _expand(grid, template)
    for template in period_templates([parse_period(str(name)) for name in period_names], census=census):
        found += _expand(grid.T, template)
    return found


def group_templates(groups: Sequence[Group], nesting: Nesting) -> Iterator[Template]:
    """One template for each way a published group divides: by one further dimension, or by a nested finer one."""
    place = {group: at for at, group in enumerate(groups)}
    split: dict[tuple[tuple[str, ...], str], dict[int, list[int]]] = {}
    for group, at in place.items():
        for dimension, _ in group:
            rest = tuple(part for part in group if part[0] != dimension)
            if rest in place:
                key = (tuple(name for name, _ in rest), dimension)
                split.setdefault(key, {}).setdefault(place[rest], []).append(at)
        for (coarse, fine), inside in nesting.items():
            parts = dict(group)
            if fine not in parts or coarse in parts or parts[fine] not in inside:
                continue
            coded = inside[parts.pop(fine)]
            parent = place.get(tuple(sorted({**parts, coarse: coded}.items())))
            if parent is not None:
                key = ((*sorted(parts), "nested", coarse), fine)
                split.setdefault(key, {}).setdefault(parent, []).append(at)
    for key in sorted(split):
        yield sorted(split[key].items())


def period_templates(periods: Sequence[Period], *, census: bool) -> Iterator[Template]:
    """Quarters over months and years over quarters; years over months where no quarter is published."""
    place = {period: at for at, period in enumerate(periods)}
    grains = {period.grain for period in periods}
    steps: tuple[tuple[Grain, Grain], ...] = (("quarter", "month"), ("year", "quarter"), ("year", "month"))
    for coarse, fine in steps:
        if not {coarse, fine} <= grains or ((coarse, fine) == ("year", "month") and "quarter" in grains):
            continue
        template: Template = []
        for period in periods:
            if period.grain == coarse:
                parts = period.parts(fine)
                inside = [place[part] for part in (parts[-1:] if census else parts) if part in place]
                if inside:
                    template.append((place[period], inside))
        if template:
            yield template


def _expand(grid: Ints, template: Template) -> list[Family]:
    """Repeats a template over its axis 1 for every place of axis 0, and drops the cells that have no row."""
    parents = grid[:, [parent for parent, _ in template]].ravel()
    child = grid[:, [at for _, inside in template for at in inside]]
    local = np.repeat(np.arange(len(template)), [len(inside) for _, inside in template])
    equation = (np.arange(len(grid))[:, None] * len(template) + local[None, :]).ravel()
    child = child.ravel()
    kept = (child >= 0) & (parents[equation] >= 0)
    return family(parents, child[kept], equation[kept])


def family(parents: Ints, child: Ints, equation: Ints) -> list[Family]:
    """A family of the equations that still have children, numbered anew; none at all gives an empty list."""
    if not len(child):
        return []
    order = np.argsort(equation, kind="stable")
    alive, start = np.unique(equation[order], return_index=True)
    renumbered: Ints = np.repeat(np.arange(len(alive)), np.diff([*start, len(order)]))
    ends: Any = np.append(start, len(order))
    return [Family(parents[alive], ends.astype(np.int64), child[order], renumbered)]
