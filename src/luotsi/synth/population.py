"""How many people of each municipality, year of birth and sex the county has, and who number k of them is.

Who a resident is follows from his or her number alone, so that any block of residents can be made without the others:
numbers walk over the cells (municipality, year of birth, sex) in a fixed stride, and the ranks within a year of birth
and sex are spread over the days of that year. The numbers 900-999 of personal identity codes are for tests: 50 for
each sex a day and century sign. Both centuries have six signs, so a day of birth holds 300 of each sex, which a
county of 15 million residents would fill; 5.6 million use two or three signs.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from importlib import resources

import numpy as np

from luotsi.synth.text import Array, day_number

SIGNS = {18: "+", 19: "-YXWVU", 20: "ABCDEF"}
CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
BIRTHS = 0.0085
"""Births a year for each resident."""


@dataclass(frozen=True)
class Municipality:
    """A municipality of the county with its people by age and sex (males, females), and its postal areas."""

    code: str
    name: str
    ages: Array
    postal: tuple[str, ...]
    weights: Array


@dataclass(frozen=True)
class Cells:
    """Cells (municipality, year of birth, sex) in order; `starts` are positions of their first residents."""

    municipality: Array
    birth_year: Array
    sex: Array
    starts: Array
    rank: Array
    """Rank of the first resident of the cell among all of the same year of birth and sex."""
    group_size: Array
    group_stride: Array
    total: int
    stride: int


def municipalities() -> tuple[Municipality, ...]:
    """The 22 municipalities of Keski-Suomi, in order of code."""
    ages: dict[str, Array] = {}
    names: dict[str, str] = {}
    for row in _rows("population_2019.csv"):
        if row["municipality"] != "SSS":
            names[row["municipality"]] = row["name"]
            table = ages.setdefault(row["municipality"], np.zeros((101, 2)))
            table[int(row["age"])] = int(row["males"]), int(row["females"])
    postal: dict[str, list[tuple[str, int]]] = {}
    for row in _rows("postal_areas.csv"):
        postal.setdefault(row["municipality"], []).append((row["postal_code"], int(row["population"])))
    made: list[Municipality] = []
    for code in sorted(ages):
        weights = np.array([count for _, count in postal[code]], dtype=float)
        areas = tuple(area for area, _ in postal[code])
        made.append(Municipality(code, names[code], ages[code], areas, weights / weights.sum()))
    return tuple(made)


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("luotsi.synth") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def cells(residents: int, first_year: int, last_year: int) -> Cells:
    """Cells of all who live in the county in the years: `residents` on the first day, and those born later."""
    places = municipalities()
    start = np.array([place.ages for place in places])
    counts = _apportion(start, residents)
    newborn = _apportion(start[:, 0, :], round(residents * BIRTHS))
    municipality, year, sex, count = [], [], [], []
    for place in range(len(places)):
        for age in range(101):
            for side in (0, 1):
                municipality.append(place)
                year.append(first_year - 1 - age)
                sex.append(side + 1)
                count.append(int(counts[place, age, side]))
        for born in range(first_year, last_year + 1):
            for side in (0, 1):
                municipality.append(place)
                year.append(born)
                sex.append(side + 1)
                count.append(int(newborn[place, side]))
    return _cells(np.array(municipality), np.array(year), np.array(sex), np.array(count))


def _cells(municipality: Array, year: Array, sex: Array, count: Array) -> Cells:
    group = (year - year.min()) * 2 + sex - 1
    sizes = np.bincount(group, weights=count).astype(np.int64)
    rank = np.zeros(len(count), dtype=np.int64)
    met = np.zeros(len(sizes), dtype=np.int64)
    for place, (each, number) in enumerate(zip(group.tolist(), count.tolist(), strict=True)):
        rank[place] = met[each]
        met[each] += number
    strides = np.array([_stride(int(size)) for size in sizes], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    total = int(starts[-1])
    return Cells(municipality, year, sex, starts[:-1], rank, sizes[group], strides[group], total, _stride(total))


def _apportion(weights: Array, total: int) -> Array:
    """Whole numbers that add up to `total`, as near the weights as can be (largest remainders)."""
    exact = weights.ravel() / weights.sum() * total
    whole = np.floor(exact).astype(np.int64)
    left = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    return whole.reshape(weights.shape)


def _stride(size: int) -> int:
    """A step that visits each of `size` places once: about the golden section, without a common factor."""
    step = max(1, round(size * 0.6180339887))
    while math.gcd(step, max(size, 1)) != 1:
        step += 1
    return step


@dataclass(frozen=True)
class Born:
    """Who the residents with the given numbers are: index of municipality, sex 1 or 2, day of birth, identity code."""

    municipality: Array
    sex: Array
    birth: Array
    hetu: Array


def born(table: Cells, numbers: Array) -> Born:
    """Birth, sex, municipality and personal identity code (bytes) of the residents with these numbers."""
    place = (numbers * table.stride + 17) % table.total
    cell = np.searchsorted(table.starts, place, side="right") - 1
    size = table.group_size[cell]
    rank = (table.rank[cell] + place - table.starts[cell]) * table.group_stride[cell] % size
    year, sex = table.birth_year[cell], table.sex[cell]
    first = np.array([day_number(each) for each in range(int(year.min()), int(year.max()) + 2)])
    start, length = first[year - year.min()], np.diff(first)[year - year.min()]
    day = rank * length // size
    turn = rank - -(-day * size // length)
    return Born(table.municipality[cell], sex, start + day, _codes(start + day, sex, turn))


def _codes(birth: Array, sex: Array, turn: Array) -> Array:
    if int(turn.max(initial=0)) >= 300:
        raise ValueError("there are more residents born on one day than test numbers of identity codes: ask for fewer")
    dates = birth.astype("datetime64[D]")
    years = dates.astype("datetime64[Y]").astype(int) + 1970
    months = dates.astype("datetime64[M]").astype(int) % 12 + 1
    days = (dates - dates.astype("datetime64[M]")).astype(int) + 1
    number = 900 + 2 * (turn % 50) + (sex == 1)
    short = days * 10000 + months * 100 + years % 100
    rest = (short * 1000 + number) % 31
    digits = np.empty((len(birth), 11), dtype=np.uint8)
    for column, power in enumerate((100000, 10000, 1000, 100, 10, 1)):
        digits[:, column] = short // power % 10 + 48
    signs = np.array([[ord(SIGNS[c][min(t, len(SIGNS[c]) - 1)]) for t in range(6)] for c in (18, 19, 20)], np.uint8)
    digits[:, 6] = signs[years // 100 - 18, turn // 50]
    for column, power in enumerate((100, 10, 1)):
        digits[:, 7 + column] = number // power % 10 + 48
    digits[:, 10] = np.frombuffer(CHECK.encode(), dtype=np.uint8)[rest]
    return digits.view("S11").ravel()
