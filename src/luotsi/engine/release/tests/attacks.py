"""What a reader with time and algebra can do to a suppressed table; shares no code with the suppression it attacks.

A table is {(period, group): (numerator, denominator)}; the attacker sees which cells are hidden, and knows the sums.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

Cell = tuple[str, str]
Table = dict[Cell, tuple[int, int]]
Sum = tuple[Cell, list[Cell]]


def sums(cells: set[Cell], *, census: bool = False) -> Iterator[Sum]:
    """Every (parent, children) that the names of the cells allow: over each dimension, and over time."""
    inside: dict[tuple[Cell, str], list[Cell]] = {}
    for period, group in sorted(cells):
        parts = group.split(";") if group else []
        for part in parts:
            rest = ";".join(each for each in parts if each != part)
            if (period, rest) in cells:
                inside.setdefault(((period, rest), part.split("=")[0]), []).append((period, group))
        year = period[:4]
        if "-Q" in period:
            if (year, group) in cells:
                inside.setdefault(((year, group), "time"), []).append((period, group))
        elif "-" in period:
            quarter = f"{year}-Q{(int(period[5:]) + 2) // 3}"
            last = int(period[5:]) % 3 == 0
            if (quarter, group) in cells and (last or not census):
                inside.setdefault(((quarter, group), "time"), []).append((period, group))
    for (parent, kind), children in inside.items():
        if census and kind == "time" and "-" not in parent[0]:
            yield parent, [max(children)]
        else:
            yield parent, children


def by_subtraction(table: Table, hidden: set[Cell], *, small: int = 5, census: bool = False) -> list[str]:
    """Single sums that give one hidden cell, or a small count of the hidden ones together."""
    found: list[str] = []
    for parent, children in sums(set(table), census=census):
        unknown = [each for each in (parent, *children) if each in hidden]
        if len(unknown) == 1:
            found.append(f"{unknown[0]} follows from the sum at {parent}")
        covered = [each for each in children if each in hidden]
        if parent not in hidden and covered:
            numerator, denominator = (sum(table[each][at] for each in covered) for at in (0, 1))
            for count in (numerator, denominator, denominator - numerator):
                if 0 < count < small:
                    found.append(f"{covered} are {count} together")
    return found


def by_algebra(table: Table, hidden: set[Cell], *, census: bool = False) -> list[Cell]:
    """Hidden cells that the sums, taken all together, leave only one value: exact elimination over whole numbers."""
    order = {cell: at for at, cell in enumerate(sorted(hidden))}
    pivots: dict[int, dict[int, int]] = {}
    for parent, children in sums(set(table), census=census):
        row = {order[each]: 1 for each in children if each in order}
        if parent in order:
            row[order[parent]] = -1
        # No pivot's row holds another pivot, so taking one out brings none in.
        for pivot in [at for at in row if at in pivots]:
            row = _without(row, pivots[pivot], pivot)
        if row:
            pivot = min(row)
            for at, known in pivots.items():
                if pivot in known:
                    pivots[at] = _without(known, row, pivot)
            pivots[pivot] = row
    names = sorted(hidden)
    return [names[pivot] for pivot, row in pivots.items() if len(row) == 1]


def _without(row: dict[int, int], other: dict[int, int], pivot: int) -> dict[int, int]:
    """The row without the pivot, which a multiple of the other takes away, by its greatest common divisor."""
    times, less = other[pivot], row[pivot]
    out = {at: times * value for at, value in row.items()}
    for at, value in other.items():
        out[at] = out.get(at, 0) - less * value
    divisor = math.gcd(*out.values()) or 1
    return {at: value // divisor for at, value in out.items() if value}


def by_bounds(counts: dict[Cell, int], hidden: set[Cell], most: int) -> dict[Cell, tuple[int, int]]:
    """The lowest and highest count each hidden cell can have, given that none is negative: tries every table.

    Only for tables of a few hidden cells: the work grows as most ** cells.
    """
    names = sorted(hidden)
    places = {name: at for at, name in enumerate(names)}
    equations: list[tuple[int, list[tuple[int, int]]]] = []
    for parent, children in sums(set(counts)):
        if hidden & {parent, *children}:
            signed = [(parent, 1), *((each, -1) for each in children)]
            known = sum(sign * counts[each] for each, sign in signed if each not in hidden)
            equations.append((known, [(places[each], sign) for each, sign in signed if each in hidden]))
    seen: dict[Cell, list[int]] = {name: [] for name in names}
    for guess in itertools.product(range(most + 1), repeat=len(names)):
        if all(known + sum(sign * guess[at] for at, sign in unknown) == 0 for known, unknown in equations):
            for name, each in zip(names, guess, strict=True):
                seen[name].append(each)
    return {name: (min(values), max(values)) for name, values in seen.items()}
