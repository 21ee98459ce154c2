"""Rows as columns of numpy arrays: picking, joining, counting up. Knows nothing of care."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from luotsi.synth.text import Array

Rows = dict[str, Array]
"""Column name -> values; all columns of the same length."""


def length(rows: Rows) -> int:
    """Number of rows."""
    return len(next(iter(rows.values()))) if rows else 0


def pick(rows: Rows, choice: Array) -> Rows:
    """The rows at the given places, or where a mask is true."""
    if choice.dtype == bool:
        choice = np.flatnonzero(choice)
    return {name: values[choice] for name, values in rows.items()}


def join(parts: Sequence[Rows]) -> Rows:
    """Rows of all parts, one after another; all have the same columns."""
    parts = [part for part in parts if length(part)] or list(parts[:1])
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def repeated(rng: np.random.Generator, rate: Array) -> Array:
    """Places of things that each happen a Poisson number of times."""
    return np.repeat(np.arange(len(rate)), rng.poisson(rate))
