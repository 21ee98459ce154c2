"""Makes the parts of a run, each in its own file and from its own seed, so that any process can make any of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from luotsi.synth import money
from luotsi.synth.block import Block, World, block, world
from luotsi.synth.layouts import county, lifecare, mediatri, own, pegasos, people, staffing
from luotsi.synth.layouts.patients import alive_count
from luotsi.synth.sheets import Noted, Part, Piece, Sheet
from luotsi.synth.text import Array, day_number

SLOTS = 3000
"""Professionals whose calendars make a part."""


@dataclass(frozen=True)
class Run:
    """What a run is asked for. Two equal runs give the same bytes."""

    residents: int
    seed: int
    years: tuple[int, int]
    cuts: tuple[int, ...]


@dataclass(frozen=True)
class Made:
    """A part that is written: its file, what is in it, and what the parts after it need to know."""

    path: Path
    pieces: list[Piece]
    faults: list[Noted]
    counts: Counter[str]
    totals: dict[str, Array] = field(default_factory=dict)


@cache
def shared(run: Run) -> World:
    """The world of a run; made once in each process."""
    return world(run.residents, run.seed, run.years, run.cuts)


def tasks(run: Run) -> list[tuple[str, int]]:
    """The parts of a run in the order of their bytes; the last, `county`, needs the totals of all before it."""
    here = shared(run)
    blocks = [("block", number) for number in range(here.blocks)]
    staff = [("staff", number) for number in range(-(-len(staffing.staff_units(here)) // staffing.CHUNK))]
    slots = [("slots", number) for number in range(-(-len(here.places.staff[0]) // SLOTS))]
    return [*blocks, *staff, *slots]


def make(run: Run, task: tuple[str, int], path: Path, totals: dict[str, Array] | None = None) -> Made:
    """Writes one part to `path`."""
    here = shared(run)
    kind, number = task
    seed = [run.seed, run.residents, {"block": 2, "staff": 3, "slots": 4, "county": 5}[kind], number]
    rng = np.random.default_rng(seed)
    found: dict[str, Array] = {}
    with path.open("wb") as stream:
        part = Part(stream, rng)
        if kind == "block":
            drawn = block(here, number)
            found = _totals(drawn)
            costs = money.costs(drawn)
            found["costs"] = np.stack([costs[drawn.region == region].sum(axis=0) for region in range(3)])
            sheets = _block_sheets(drawn, costs, rng)
            part.counts["persons"] += int((drawn.people.birth < run.cuts[-1]).sum())
            part.counts["persons_alive"] += alive_count(drawn, run.cuts[-1])
        elif kind == "staff":
            sheets = staffing.staffing(here, number, rng)
        elif kind == "slots":
            everyone = np.arange(len(here.places.staff[0]))
            sheets = county.calendars(here, everyone[number * SLOTS : (number + 1) * SLOTS], rng)
        else:
            sheets = _county_sheets(here, totals or {}, rng)
        for sheet in sheets:
            part.add(sheet)
    return Made(path, part.pieces, part.faults, part.counts, found)


def _block_sheets(drawn: Block, costs: Array, rng: np.random.Generator) -> Iterator[Sheet]:
    for instance in lifecare.INSTANCES:
        yield from lifecare.sheets(drawn, instance)
    yield from pegasos.Pegasos(drawn).sheets()
    yield from mediatri.Mediatri(drawn).sheets()
    yield from people.social_care(drawn)
    yield from people.rai(drawn)
    yield from people.residents(drawn)
    yield from people.cost_lines(drawn, costs)
    yield from people.call_centre(drawn, rng)
    yield from people.feedback(drawn, rng)
    yield from own.sheets(drawn)


def _county_sheets(here: World, totals: dict[str, Array], rng: np.random.Generator) -> Iterator[Sheet]:
    for instance in lifecare.INSTANCES:
        yield from lifecare.registers(here, instance)
    yield from pegasos.registers(here)
    yield from mediatri.registers(here)
    yield from county.register(here)
    yield staffing.units(here)
    yield county.population(here, totals["population"])
    yield from county.ledger(here, totals["costs"], rng)
    yield from county.bed_days(here, np.cumsum(totals["moves"], axis=1))
    yield from county.care_home_days(here, rng)
    yield from own.surveys(here, rng)
    yield from own.directory(here, rng)


def _totals(drawn: Block) -> dict[str, Array]:
    here, people_ = drawn.world, drawn.people
    years = range(here.years[0] - 1, here.years[1] + 1)
    counted = np.zeros((len(here.places.towns), len(years), 101, 2), dtype=np.int64)
    for place, year in enumerate(years):
        day = day_number(year + 1)
        alive = (people_.birth < day) & (people_.died >= day)
        town = np.where(people_.moved < day, people_.new_municipality, people_.municipality)[alive]
        age = np.minimum(year - _birth_year(people_.birth[alive]), 100)
        np.add.at(counted[:, place], (town, age, people_.sex[alive] - 1), 1)
    moves = np.zeros((len(here.places.units), here.calendar.end - here.calendar.first + 1), dtype=np.int64)
    stays = drawn.stays
    for when, step in ((stays["start"], 1), (stays["end"], -1)):
        day = np.clip(when // 1440 - here.calendar.first, 0, moves.shape[1] - 1)
        np.add.at(moves, (stays["unit"], day), step)
    return {"population": counted, "moves": moves}


def _birth_year(birth: Array) -> Array:
    return birth.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
