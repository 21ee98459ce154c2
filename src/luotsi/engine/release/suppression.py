"""Which cells of a measure are hidden: the small ones, and as few others as keep them from being won back.

Rules (the reasons and the limits stand in docs/explanation/suppression.md): a count of 1 to k-1 people is hidden; no
sum of published cells may give a hidden cell, nor a small count of hidden cells together. Zero may be shown.
What the sums are is in `equations`; the proof that nothing can be solved for is in `audit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from luotsi.concepts.records import Measure
from luotsi.engine.release.arrow import Table, pa
from luotsi.engine.release.audit import determined
from luotsi.engine.release.equations import Family, Ints, Nesting, families

SMALL = 5
"""k: counts of 1 to k-1 are small. The one place where it is set."""

ABOUT_PEOPLE = ("persons", "events")

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """What of a measure decides its suppression."""

    people: bool
    """False: money, things and professionals are shown as they are."""
    complement: bool
    """Denominator minus numerator is a count of people too."""
    numerator: bool
    """The numerator may be a count (it is one where all its values are whole)."""
    census: bool
    small: int = SMALL


def rule_of(measure: Measure, small: int = SMALL) -> Rule:
    """The rule that a measure's record asks for."""
    return Rule(
        people=measure.counts in ABOUT_PEOPLE,
        complement=measure.result == "share",
        numerator=measure.result in ("share", "ratio", "count", "distinct"),
        census=measure.each == "period_end",
        small=small,
    )


def hidden_rows(rows: Table, rule: Rule, *, nesting: Nesting | None = None, already: Bools | None = None) -> Bools:
    """True for each row of one measure (period, group, numerator, denominator, n) that must not be shown.

    `already`: rows that were hidden in the release before and have not changed since; they stay hidden, so that two
    releases laid side by side tell no more than one. Rows that are zero throughout are never hidden.
    """
    none: Bools = np.zeros(int(rows.num_rows), dtype=np.bool_)
    if not rule.people:
        return none
    periods, groups = rows["period"].to_pylist(), rows["group"].to_pylist()
    cells = Cells(periods, groups, counts_of(rows, rule), alive_rows(rows, rule))
    already = none if already is None else already
    return hidden_cells(cells, already, census=rule.census, small=rule.small, nesting=nesting)


@dataclass(frozen=True)
class Cells:
    """Cells to hide among: where they stand, every count of people they tell, and which are not zero throughout."""

    periods: Sequence[str]
    groups: Sequence[str]
    counts: list[Floats]
    alive: Bools


def hidden_cells(cells: Cells, already: Bools, *, census: bool, small: int, nesting: Nesting | None) -> Bools:
    """True for each cell that must not be shown; `already` hidden ones stay so unless they are zero throughout."""
    hidden: Bools = already & cells.alive
    for each in cells.counts:
        hidden |= _small(each, small)
    if not hidden.any():
        return hidden
    weight = np.maximum.reduce([*cells.counts, np.zeros(len(hidden))])
    sums = families(cells.periods, cells.groups, census=census, nesting=nesting)
    table = _Table(_alive(sums, cells.alive), cells.counts, weight, small, hidden)
    table.protect()
    while len(solved := determined(table.families, table.hidden)) and table.cover(solved):
        table.protect()
    return table.hidden


def _small(count: Floats, small: int) -> Bools:
    return (count > 0) & (count < small)


def alive_rows(rows: Table, rule: Rule) -> Bools:
    """True for each row that is not zero throughout."""
    return np.logical_or.reduce([each > 0 for each in (*counts_of(rows, rule), *_numbers(rows))])


def _numbers(rows: Table) -> list[Floats]:
    """Numerator, denominator and n as they are, null as 0, without their sign."""
    return [np.abs(_floats(rows[name])) for name in ("numerator", "denominator", "n")]


def _floats(column: Any) -> Floats:
    return column.cast(pa.float64()).fill_null(0.0).to_numpy()


def counts_of(rows: Table, rule: Rule) -> list[Floats]:
    """The columns that count people: n always, numerator and denominator where they are whole, the complement."""
    numerator, denominator, n = _numbers(rows)
    counts = [n]
    whole = bool(np.all(numerator == np.rint(numerator)))
    if rule.numerator and whole:
        counts.append(numerator)
    if np.all(denominator == np.rint(denominator)) and not np.array_equal(denominator, n):
        counts.append(denominator)
    if rule.complement and whole:
        counts.append(np.where(denominator > 0, np.abs(denominator - numerator), 0.0))
    return counts


def _alive(sums: Sequence[Family], alive: Bools) -> list[Family]:
    """The families without cells that are zero throughout: those are shown, and add nothing to any sum."""
    from_alive: list[Family] = []
    for each in sums:
        kept = alive[each.child] & alive[each.parent[each.equation]]
        if kept.all():
            from_alive.append(each)
            continue
        child, equation = each.child[kept], each.equation[kept]
        if len(child):
            left, start = np.unique(equation, return_index=True)
            numbered = np.cumsum(np.diff(equation, prepend=equation[0]) != 0).astype(np.int64)
            ends: Ints = np.append(start, len(child)).astype(np.int64)
            from_alive.append(Family(each.parent[left], ends, child, numbered))
    return from_alive


class _Table:
    """The cells of one measure while they are being hidden; `hidden` only ever grows."""

    def __init__(self, sums: list[Family], counts: list[Floats], weight: Floats, small: int, hidden: Bools) -> None:
        self.families = sums
        self.counts = counts
        self.weight = weight
        self.small = small
        self.hidden = hidden.copy()

    def protect(self) -> None:
        """Hides further cells until no single equation gives a hidden cell or a small count of hidden cells."""
        clean = [-1] * len(self.families)
        total = int(self.hidden.sum())
        while True:
            before = total
            wanted = self._wanted()
            for place, each in enumerate(self.families):
                if clean[place] == total:
                    continue
                self._hide(each, np.flatnonzero(self._open(each)), wanted)
                total = int(self.hidden.sum())
                clean[place] = total if not self._open(each).any() else -1
            if total == before and all(at == total for at in clean):
                return

    def _open(self, sums: Family) -> Bools:
        """The equations that still tell: one hidden cell alone, or hidden children that are few together."""
        covered = self.hidden[sums.child].astype(np.float64)
        inside = np.add.reduceat(covered, sums.start[:-1])
        above = self.hidden[sums.parent]
        tells: Bools = inside + above == 1
        told = np.flatnonzero(~above & (inside > 1))
        if len(told):
            few: Bools = np.zeros(len(inside), dtype=np.bool_)
            for count in self.counts:
                few |= _small(np.add.reduceat(covered * count[sums.child], sums.start[:-1]), self.small)
            tells = tells | (few & ~above & (inside > 1))
        return tells

    def _wanted(self) -> Floats:
        """For each cell, how many open equations would be helped by hiding it."""
        wanted = np.zeros(len(self.hidden))
        for each in self.families:
            tells = self._open(each)
            if tells.any():
                wanted += np.bincount(each.child[tells[each.equation]], minlength=len(wanted))
        return wanted

    def _hide(self, sums: Family, equations: Ints, wanted: Floats) -> None:
        """Hides in each of the equations its cheapest visible child, or the parent where no child is left."""
        if not len(equations):
            return
        lengths = sums.start[equations + 1] - sums.start[equations]
        owner = np.repeat(np.arange(len(equations)), lengths)
        offset = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        child = sums.child[sums.start[equations][owner] + offset]
        seen = ~self.hidden[child]
        owner, child = owner[seen], child[seen]
        cost = self.weight[child] / np.maximum(wanted[child], 1.0) ** 2
        order = np.lexsort((child, cost, owner))
        served, first = np.unique(owner[order], return_index=True)
        self.hidden[child[order][first]] = True
        rest = np.ones(len(equations), dtype=np.bool_)
        rest[served] = False
        self.hidden[sums.parent[equations[rest]]] = True

    def cover(self, solved: Ints) -> bool:
        """Hides further cells beside those that the whole system gives away; False where none is left to hide.

        Where all cells of their own equations are hidden already, the equations around those are next, and so on. Of
        linked measures each may be split in ways that the other is not, so that their equations laid together solve
        cells of which neither tells; where nothing around such a cell is shown, there is nothing it could follow from.
        """
        given = np.zeros(len(self.hidden), dtype=np.bool_)
        given[solved] = True
        wanted = np.ones(len(self.hidden))
        before = self.hidden.copy()
        while np.array_equal(before, self.hidden):
            reached = given.copy()
            for each in self.families:
                touched = given[each.parent]
                touched |= np.add.reduceat(given[each.child].astype(np.int64), each.start[:-1]) > 0
                shown = np.add.reduceat((~before[each.child]).astype(np.int64), each.start[:-1]) > 0
                self._hide(each, np.flatnonzero(touched & (shown | ~before[each.parent])), wanted)
                reached[each.parent[touched]] = True
                reached[each.child[touched[each.equation]]] = True
            if np.array_equal(reached, given):
                return False
            given = reached
        return True
