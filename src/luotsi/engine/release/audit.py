"""The proof that a suppressed table keeps its secrets: finds every hidden cell that the sums together determine.

A hidden cell is determined exactly when it is 0 in every vector that can be added to the hidden cells without
changing any sum. One such vector is drawn at random by projection onto the null space of all equations at once: a
cell that differs from 0 in it is safe, and the vector proves it. See docs/explanation/suppression.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from luotsi.engine.release.equations import Family, Ints

DRAWS = 2
ROUNDS = 3000
SETTLED = 1e-11
"""The largest error left in any sum when the projection is done."""
FREE = 1e-5
"""A cell this far from 0 is free. To be wrong, a cell would have to follow from the sums with weights that add up to
more than FREE / SETTLED, a million."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class _System:
    """All equations over the hidden cells, as triples (equation, cell, sign)."""

    def __init__(self, families: Sequence[Family], hidden: Bools) -> None:
        self.cells: Ints = np.flatnonzero(hidden).astype(np.int64)
        number = np.full(len(hidden), -1, dtype=np.int64)
        number[self.cells] = np.arange(len(self.cells))
        equations: list[Ints] = []
        cells: list[Ints] = []
        signs: list[Floats] = []
        base = 0
        for each in families:
            inside = hidden[each.child]
            above = np.flatnonzero(hidden[each.parent])
            equations += [each.equation[inside] + base, above + base]
            cells += [number[each.child[inside]], number[each.parent[above]]]
            signs += [np.ones(int(inside.sum())), -np.ones(len(above))]
            base += len(each.parent)
        rows: Ints = np.concatenate([np.empty(0, dtype=np.int64), *equations])
        used, self.row = np.unique(rows, return_inverse=True)
        self.size = len(used)
        self.column: Ints = np.concatenate([np.empty(0, dtype=np.int64), *cells])
        self.sign: Floats = np.concatenate([np.empty(0), *signs])

    def sums(self, cells: Floats) -> Floats:
        """What each equation gives for these values of the cells."""
        return np.bincount(self.row, self.sign * cells[self.column], self.size).astype(np.float64)

    def spread(self, weights: Floats) -> Floats:
        """The transpose: what each cell gets from weights on the equations."""
        return np.bincount(self.column, self.sign * weights[self.row], len(self.cells)).astype(np.float64)

    def null_vector(self, start: Floats) -> tuple[Floats, float]:
        """The part of `start` that changes no sum, and the error left in the worst sum (conjugate gradients)."""
        scale = 1.0 / np.bincount(self.row, minlength=self.size)
        vector = start.copy()
        rest = self.sums(vector)
        smoothed = scale * rest
        direction = smoothed.copy()
        size = float(rest @ smoothed)
        for _ in range(ROUNDS):
            if float(np.abs(rest).max(initial=0.0)) <= SETTLED:
                break
            step = self.spread(direction)
            length = size / float(step @ step)
            vector -= length * step
            rest = rest - length * self.sums(step)
            smoothed = scale * rest
            size, before = float(rest @ smoothed), size
            direction = smoothed + (size / before) * direction
        return vector, float(np.abs(self.sums(vector)).max(initial=0.0))


def determined(families: Sequence[Family], hidden: Bools) -> Ints:
    """The rows of hidden cells whose value follows from the visible ones; deterministic for the same input."""
    system = _System(families, hidden)
    free = np.zeros(len(system.cells), dtype=np.bool_)
    draw = np.random.default_rng(20231)
    for _ in range(DRAWS):
        vector, error = system.null_vector(draw.standard_normal(len(system.cells)))
        free |= np.abs(vector) > max(FREE, error * FREE / SETTLED)
        if free.all():
            break
    return system.cells[~free]
