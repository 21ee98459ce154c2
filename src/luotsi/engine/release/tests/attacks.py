"""What a reader with time and algebra can do to a suppressed table; shares no code with the suppression it attacks.

A table is {(period, group): (numerator, denominator)}; the attacker sees which cells are hidden, and knows the sums.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

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
    """Hidden cells that the sums, taken all together, leave only one value: exact elimination over fractions."""
    order = {cell: at for at, cell in enumerate(sorted(hidden))}
    rows: list[dict[int, Fraction]] = []
    for parent, children in sums(set(table), census=census):
        row = {order[each]: Fraction(1) for each in children if each in order}
        if parent in order:
            row[order[parent]] = Fraction(-1)
        if row:
            rows.append(row)
    pivots: dict[int, dict[int, Fraction]] = {}
    for row in rows:
        for pivot, known in pivots.items():
            if pivot in row:
                row = _minus(row, known, row[pivot])
        if row:
            pivot = min(row)
            row = {at: value / row[pivot] for at, value in row.items()}
            pivots = {at: _minus(known, row, known[pivot]) if pivot in known else known for at, known in pivots.items()}
            pivots[pivot] = row
    names = sorted(hidden)
    return [names[pivot] for pivot, row in pivots.items() if len(row) == 1]


def _minus(row: dict[int, Fraction], other: dict[int, Fraction], times: Fraction) -> dict[int, Fraction]:
    out = dict(row)
    for at, value in other.items():
        out[at] = out.get(at, Fraction(0)) - times * value
        if not out[at]:
            del out[at]
    return out


def by_bounds(counts: dict[Cell, int], hidden: set[Cell], most: int) -> dict[Cell, tuple[int, int]]:
    """The lowest and highest count each hidden cell can have, given that none is negative: tries every table.

    Only for tables of a few hidden cells: the work grows as most ** cells.
    """
    names = sorted(hidden)
    equations = [(parent, children) for parent, children in sums(set(counts)) if hidden & {parent, *children}]
    seen: dict[Cell, list[int]] = {name: [] for name in names}
    for guess in itertools.product(range(most + 1), repeat=len(names)):
        value = {**counts, **dict(zip(names, guess, strict=True))}
        if all(value[parent] == sum(value[each] for each in children) for parent, children in equations):
            for name, each in zip(names, guess, strict=True):
                seen[name].append(each)
    return {name: (min(values), max(values)) for name, values in seen.items()}
