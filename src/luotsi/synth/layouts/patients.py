"""What the three patient systems share: local ids, names, the patients of an extract, units and professionals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from luotsi.synth.block import Block, World
from luotsi.synth.places import GIVEN, STREETS, SURNAMES, Places
from luotsi.synth.residents import FAR
from luotsi.synth.text import MISSING, Array, codes, fixed, prefixed, whole

FULL_NAMES = tuple(f"{surname} {given}" for surname in SURNAMES for given in GIVEN)
ADDRESSES = tuple(f"{street} {number}" for number in range(1, 90) for street in STREETS)

LOCAL = {
    "jyvaskyla": 1_000_000_000,
    "nova": 2_000_000_000,
    "pohjoinen": 7_000_000_000,
    "seutu": 30_000_000,
    "saarikka": 80_000_000,
}
"""Where the local patient numbers of each sending system start."""


@dataclass(frozen=True)
class Patients:
    """The patients of one sending system on the day of an extract, as columns that every system needs."""

    choice: Array
    local: pa.Array
    hetu: pa.Array
    name: pa.Array
    birth: Array
    sex: Array
    language: Array
    municipality: Array
    postal: pa.Array
    address: pa.Array
    phone: pa.Array
    died: Array
    blocked: Array
    test: Array


def patients(block: Block, instance: str, choice: Array, cut: int) -> Patients:
    """The patients at the given places who are born before the day of the extract, as known then."""
    people = block.people
    choice = choice[people.birth[choice] < cut]
    moved = people.moved[choice] < cut
    town = np.where(moved, people.new_municipality[choice], people.municipality[choice])
    area = np.where(moved, people.new_postal[choice], people.postal[choice])
    number = people.number[choice]
    return Patients(
        choice=choice,
        local=local(block, instance, choice),
        hetu=fixed(people.hetu[choice]),
        name=codes(FULL_NAMES, number * 7 % len(FULL_NAMES)),
        birth=people.birth[choice],
        sex=people.sex[choice],
        language=people.language[choice],
        municipality=town,
        postal=postal(block.world.places, town, area),
        address=codes(ADDRESSES, (number * 13 + moved * 5) % len(ADDRESSES)),
        phone=prefixed("040 ", 1_000_000 + number * 7919 % 9_000_000),
        died=np.where(people.died[choice] < cut, people.died[choice], MISSING),
        blocked=people.blocked[choice],
        test=people.test[choice],
    )


def local(block: Block, instance: str, who: Array) -> pa.Array:
    """Local patient numbers of residents, by their places in the block."""
    return whole(LOCAL[instance] + block.people.number[who])


def postal(places: Places, town: Array, area: Array) -> pa.Array:
    """Postal codes from municipality and place of the area within it."""
    starts = np.cumsum([0, *(len(each.postal) for each in places.towns)])
    return codes([code for each in places.towns for code in each.postal], starts[town] + area)


def town_codes(places: Places) -> list[str]:
    """Codes of the municipalities, in order."""
    return [town.code for town in places.towns]


def units_of(world: World, instance: str) -> Array:
    """The units that send with a system: the hospital's, or those of a region."""
    hospital = ("poliklinikka", "osasto", "päivystys")
    region = {"nova": -1, "jyvaskyla": 0, "seutu": 1, "saarikka": 2, "pohjoinen": 2}[instance]
    chosen = [
        place
        for place, unit in enumerate(world.places.units)
        if (
            unit.kind in hospital
            if region < 0
            else unit.region == region and unit.kind not in ("hoivakoti", "sosiaalitoimisto")
        )
    ]
    return np.array(chosen)


def registration(world: World) -> list[str]:
    """Valvira numbers of all professionals of the county."""
    return [f"{19_870_000_000 + 37 * place}" for place in range(len(world.places.staff[0]))]


def alive_count(block: Block, cut: int) -> int:
    """Residents who are born and alive on the day."""
    people = block.people
    return int(((people.birth < cut) & (np.minimum(people.died, FAR) >= cut)).sum())
