"""Measures that count the same people are hidden as one table, so that what one hides no other shows.

Two measures are linked where a count of the one (rows, numerator, denominator, or denominator minus numerator) is a
count of the other in every cell that both have: a share and the share of the rest, a median wait and the share of
long waits. What is hidden of a single table, and why, is decided in `suppression`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np

from luotsi.engine.release.arrow import Table
from luotsi.engine.release.equations import Ints, Nesting
from luotsi.engine.release.suppression import Bools, Cells, Floats, Rule, alive_rows, counts_of, hidden_cells

FEWEST = 5
"""Common cells that are not zero, from which equal counts are taken for the same count, not for chance."""


@dataclass(frozen=True)
class Counted:
    """The rows of one measure with what its suppression rests on."""

    rows: Table
    rule: Rule
    nesting: Nesting = field(default_factory=dict[tuple[str, str], Mapping[str, str]])
    already: Bools | None = None


def links(measures: Mapping[str, tuple[Table, Rule]]) -> list[list[str]]:
    """The measures in groups that are hidden together, each measure in one; most groups are of one alone."""
    seen = {name: _Beside(rows, rule) for name, (rows, rule) in measures.items()}
    group = {name: [name] for name in measures}
    for one, other in combinations(seen, 2):
        if group[one] is not group[other] and seen[one].same_as(seen[other]):
            joined = sorted([*group[one], *group[other]])
            group.update(dict.fromkeys(joined, joined))
    return [names for name, names in group.items() if names[0] == name]


def hidden_together(group: Sequence[Counted]) -> list[Bools]:
    """For each measure of a group, which of its rows must not be shown: the same cells in all of them."""
    periods = np.concatenate([_texts(each.rows, "period") for each in group])
    groups = np.concatenate([_texts(each.rows, "group") for each in group])
    names, first, place = np.unique(_joined(periods, groups), return_index=True, return_inverse=True)
    places = np.split(place, np.cumsum([each.rows.num_rows for each in group])[:-1])
    counts: list[Floats] = []
    alive, hidden = np.zeros(len(names), dtype=np.bool_), np.zeros(len(names), dtype=np.bool_)
    nesting: dict[tuple[str, str], Mapping[str, str]] = {}
    for each, at in zip(group, places, strict=True):
        for count in counts_of(each.rows, each.rule):
            spread = np.zeros(len(names))
            spread[at] = count
            counts.append(spread)
        alive[at] |= alive_rows(each.rows, each.rule)
        if each.already is not None:
            hidden[at] |= each.already
        for pair, inside in each.nesting.items():
            nesting[pair] = {**nesting.get(pair, {}), **inside}
    cells = Cells(periods[first].tolist(), groups[first].tolist(), counts, alive)
    rule = group[0].rule
    found = hidden_cells(cells, hidden, census=rule.census, small=rule.small, nesting=nesting)
    return [found[at] for at in places]


class _Beside:
    """The counts of one measure by cell, ready to be laid beside those of another."""

    def __init__(self, rows: Table, rule: Rule) -> None:
        self.census = rule.census
        groups = _texts(rows, "group")
        cells = _joined(_texts(rows, "period"), groups)
        order: Ints = np.argsort(cells).astype(np.int64)
        self.cells = cells[order]
        self.counts = [count[order] for count in counts_of(rows, rule)]
        self.total = groups[order] == ""

    def same_as(self, other: _Beside) -> bool:
        """Whether some count is the same in all common cells; the totals are looked at first, as they are few."""
        if self.census != other.census:
            return False
        pairs = list(product(range(len(self.counts)), range(len(other.counts))))
        for mine, theirs in ((self.total, other.total), (np.ones_like(self.total), np.ones_like(other.total))):
            left, right = np.flatnonzero(mine), np.flatnonzero(theirs)
            _, a, b = np.intersect1d(self.cells[left], other.cells[right], assume_unique=True, return_indices=True)
            a, b = left[a], right[b]
            pairs = [(i, j) for i, j in pairs if np.array_equal(self.counts[i][a], other.counts[j][b])]
            if not pairs:
                return False
        return any(np.count_nonzero(self.counts[i][a]) >= FEWEST for i, _ in pairs)


def _texts(rows: Table, name: str) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    return np.asarray(rows[name].to_pylist(), dtype=str)


def _joined(
    periods: np.ndarray[tuple[int], np.dtype[np.str_]], groups: np.ndarray[tuple[int], np.dtype[np.str_]]
) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    return np.char.add(np.char.add(periods, " "), groups)
