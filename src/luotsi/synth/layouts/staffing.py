"""The shift system: staff of wards, care homes and home care, their shifts (split at midnight) and absences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from luotsi.synth.block import World
from luotsi.synth.layouts.patients import FULL_NAMES
from luotsi.synth.places import LH, SH
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import MISSING, Array, codes, days, decimals, flags, whole

TITLES = (
    "lääkäri",
    "sairaanhoitaja",
    "terveydenhoitaja",
    "hammaslääkäri",
    "suuhygienisti",
    "fysioterapeutti",
    "psykologi",
    "sosiaalityöntekijä",
    "lähihoitaja",
)
BEGINS = ("0700", "1400", "0800")
ENDS = ("1500", "2130", "1600")
HOURS = np.array([8.0, 7.5, 8.0])
ABSENCES = ("S", "H", "N", "G")
CHUNK = 500
"""Staff of a part."""


def staff_units(world: World) -> Array:
    """Unit of each member of staff: 0.9 a place on wards, 1 in care homes, 3.2 for 1,000 residents in home care.

    What is worked of it makes about 0.6 workers for each resident of a care home."""
    sizes: list[int] = []
    for unit in world.places.units:
        if unit.kind in ("osasto", "tk-osasto", "hoivakoti"):
            sizes.append(max(2, round((1.0 if unit.kind == "hoivakoti" else 0.9) * (unit.places or 0))))
        elif unit.kind == "kotihoito":
            share = float(world.places.share[[town.code for town in world.places.towns].index(unit.municipality)])
            sizes.append(max(2, round(3.2 * world.residents * share / 1000)))
        else:
            sizes.append(0)
    return np.repeat(np.arange(len(sizes)), sizes)


def work_unit(place: int) -> str:
    """The shift system's own code of a unit."""
    return f"T{place:04d}"


def units(world: World) -> Sheet:
    """Own codes of units and the national ones."""
    mine = np.unique(staff_units(world))
    labels = [work_unit(place) for place in range(len(world.places.units))]
    columns = {"TYOYKSIKKO": codes(labels, mine), "SOTE_OID": codes([unit.oid for unit in world.places.units], mine)}
    return Sheet("shifts", "shifts", "yksikot", columns, world.cuts, extract=0)


def staffing(world: World, number: int, rng: np.random.Generator) -> Iterator[Sheet]:
    """Staff, shifts and absences of one part of the staff."""
    unit = staff_units(world)[number * CHUNK : (number + 1) * CHUNK]
    count = len(unit)
    place = number * CHUNK + np.arange(count)
    first, end = world.calendar.first, min(world.calendar.end, world.cuts[-1])
    title = np.where(rng.random(count) < 0.35, SH, LH)
    since = np.maximum(first - rng.integers(0, 6000, count), first - 6000) + np.where(
        rng.random(count) < 0.3, rng.integers(0, end - first, count), 0
    )
    until = np.where(rng.random(count) < 0.25, since + rng.integers(200, 2200, count), MISSING)
    share = rng.choice([100, 100, 100, 80, 60], count)
    labels = [work_unit(each) for each in range(len(world.places.units))]
    columns = {
        "HENKILONRO": whole(10_000_000 + place),
        "NIMI": codes(FULL_NAMES, place * 17 % len(FULL_NAMES)),
        "SYNTYMAVUOSI": whole(rng.integers(1958, 2001, count)),
        "NIMIKE": codes(TITLES, title),
        "TYOYKSIKKO": codes(labels, unit),
        "ALKU": days(since, "compact"),
        "LOPPU": days(np.where(until < end, until, MISSING), "compact"),
        "TYOAIKAPROS": whole(share),
    }
    yield Sheet("shifts", "shifts", "henkilosto", columns, world.cuts, extract=len(world.cuts) - 1)
    stop = np.where(until > 0, np.minimum(until, end), end)
    begin = np.maximum(since, first)
    yield from _shifts(world, place, unit, title, share, begin, stop, labels, rng)
    yield _absences(world, place, unit, begin, stop, labels, rng)


def _shifts(
    world: World,
    place: Array,
    unit: Array,
    title: Array,
    share: Array,
    begin: Array,
    stop: Array,
    labels: list[str],
    rng: np.random.Generator,
) -> Iterator[Sheet]:
    span = np.maximum(stop - begin, 0)
    who = np.repeat(np.arange(len(place)), span)
    day = begin[who] + np.arange(len(who)) - np.repeat(np.cumsum(span) - span, span)
    worked = rng.random(len(who)) < 0.6 * share[who] / 100 * np.where((day + 3) % 7 >= 5, 0.8, 1.08)
    who, day = who[worked], day[worked]
    kind = rng.choice(4, len(who), p=[0.45, 0.3, 0.1, 0.15])
    night = np.flatnonzero(kind == 3)
    kind = np.where(kind == 3, 0, kind)
    count, extra = len(who), len(night)
    start, finish, hours = kind.copy(), kind.copy(), HOURS[kind]
    start[night], finish[night], hours[night] = 3, 3, 3.0
    start, finish = np.concatenate([start, np.full(extra, 4)]), np.concatenate([finish, np.full(extra, 4)])
    hours = np.concatenate([hours, np.full(extra, 7.25)])
    who, day = np.concatenate([who, who[night]]), np.concatenate([day, day[night] + 1])
    agency = rng.random(count + extra) < 0.06
    columns = {
        "VUORO_ID": whole((10_000_000 + place[who]) * 100_000 + (day - world.calendar.first) * 10 + (start == 4)),
        "HENKILONRO": whole(10_000_000 + place[who]),
        "TYOYKSIKKO": codes(labels, unit[who]),
        "NIMIKE": codes(TITLES, title[who]),
        "PVM": days(day, "compact"),
        "ALKU": codes([*BEGINS, "2100", "0000"], start),
        "LOPPU": codes([*ENDS, "2400", "0715"], finish),
        "TUNNIT": decimals(hours, 2, ","),
        "VALITON": flags(rng.random(count + extra) < 0.93, "1", "0"),
        "VUOKRA": flags(agency, "1", "0"),
    }
    yield Sheet(
        "shifts",
        "shifts",
        "toteuma",
        columns,
        world.cuts,
        (day + 1) * 1440 + 300,
        None,
        dates="PVM",
        marked={"ends_2400": finish == 3},
    )


def _absences(
    world: World, place: Array, unit: Array, begin: Array, stop: Array, labels: list[str], rng: np.random.Generator
) -> Sheet:
    span = np.maximum(stop - begin, 0)
    who = np.repeat(np.arange(len(place)), rng.poisson(5.2 * span / 365.25))
    day = begin[who] + (rng.random(len(who)) * span[who]).astype(np.int64)
    kind = np.searchsorted([0.55, 0.88, 0.98], rng.random(len(who)))
    lasts = np.select(
        [kind == 0, kind == 1, kind == 2], [1 + rng.gamma(0.7, 5, len(who)), 5 + rng.gamma(2, 4, len(who)), 1], 120
    )
    columns = {
        "POISSAOLO_ID": whole((10_000_000 + place[who]) * 100_000 + np.arange(len(who)) % 100_000),
        "HENKILONRO": whole(10_000_000 + place[who]),
        "TYOYKSIKKO": codes(labels, unit[who]),
        "KOODI": codes(ABSENCES, kind),
        "ALKU": days(day, "compact"),
        "LOPPU": days(day + lasts.astype(np.int64), "compact"),
        "OSUUS": whole(np.where(rng.random(len(who)) < 0.95, 100, 50)),
    }
    return Sheet("shifts", "shifts", "poissaolot", columns, world.cuts, (day + 1) * 1440, None)
