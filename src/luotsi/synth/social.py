"""Social care of the residents of a block: matters, decisions, service periods, and their RAI assessments."""

from __future__ import annotations

import numpy as np

from luotsi.synth.contacts import Calendars
from luotsi.synth.places import SERVICE, Places
from luotsi.synth.residents import Residents
from luotsi.synth.rows import Rows, join, length, pick, repeated
from luotsi.synth.text import MISSING, Array

KINDS = ("home_care", "care_home", "carer_support")
TASKS = ("lastensuojelu", "iäkkäät", "työikäiset", "vammaiset", "iäkkäät")
GROUPS = ("75 vuotta täyttänyt", "korkein hoitotuki", "erityisen tuen lapsi", "muu")
SCALES = ("CPS", "ADLH", "IADL", "DRS", "CHESS", "MAPLe", "PAIN")
TOPS = (6, 6, 8, 14, 5, 5, 4)
NEVER = 10**9


def service_periods(people: Residents, calendar: Calendars, rng: np.random.Generator) -> Rows:
    """Regular services of the old: home care, later a care home; `end` is NEVER while the service goes on."""
    middle = (calendar.first + calendar.end) // 2
    age = people.age(middle)
    chance = np.select([age >= 85, age >= 80, age >= 75, age >= 65], [0.46, 0.25, 0.13, 0.04], 0.003)
    chance = np.clip(chance * (0.5 + 0.5 * people.frailty) * (1 + 1.2 * people.has("dementia")), 0, 0.9)
    who = np.flatnonzero(rng.random(len(people)) < chance)
    start = calendar.first + rng.integers(-900, calendar.end - calendar.first - 30, len(who))
    lasts = rng.gamma(1.4, 560, len(who)).astype(np.int64) + 20
    end = np.minimum(start + lasts, people.died[who])
    kind = np.where(rng.random(len(who)) < 0.1, 2, 0)
    home = {"person": who, "kind": kind, "start": start, "end": end}
    on = (kind == 0) & (end < people.died[who]) & (rng.random(len(who)) < 0.45)
    stays = rng.gamma(1.8, 420, len(who)).astype(np.int64) + 30
    house = {"person": who, "kind": np.ones_like(kind), "start": end, "end": np.minimum(end + stays, people.died[who])}
    rows = join([home, pick(house, on)])
    rows = pick(rows, (rows["start"] < rows["end"]) & (rows["start"] < calendar.end))
    rows = pick(rows, rows["end"] > calendar.first - 60)
    rows["end"] = np.where(rows["end"] >= calendar.end, NEVER, rows["end"])
    rows["service"] = np.array([SERVICE["S201"], SERVICE["S202"], SERVICE["S203"]])[rows["kind"]]
    return rows


def matters(people: Residents, calendar: Calendars, rng: np.random.Generator) -> Rows:
    """Matters pending in social care with their statutory steps; some take too long."""
    age = people.age((calendar.first + calendar.end) // 2)
    years = (calendar.end - calendar.first) / 365.25
    rates = (
        np.where(age < 18, 0.075, 0),
        np.where(age > 75, 0.13, np.where(age > 65, 0.03, 0.006)),
        np.where((age > 18) & (age < 65), 0.035, 0),
        np.full(len(age), 0.006),
        np.where(age > 70, 0.05, 0.002),
    )
    parts: list[Rows] = []
    for kind, rate in enumerate(rates):
        who = repeated(rng, rate * people.frailty * years)
        day = calendar.seasons["office"].draw(rng, len(who))
        parts.append({"person": who, "kind": np.full(len(who), kind), "day": day})
    rows = join(parts)
    rows = pick(rows, (rows["day"] > people.birth[rows["person"]]) & (rows["day"] < people.died[rows["person"]]))
    return _steps(rows, people, rng)


def _steps(rows: Rows, people: Residents, rng: np.random.Generator) -> Rows:
    count = length(rows)
    kind, day = rows["kind"], rows["day"]
    rows["arrived"] = day * 1440 + 480 + rng.integers(0, 480, count)
    late = rng.random(count) < 0.08
    rows["started"] = day + np.where(late, rng.integers(10, 25, count), rng.integers(0, 8, count))
    long = rng.random(count) < np.where(kind == 0, 0.12, 0.16)
    usual = np.select(
        [kind == 0, kind == 1, kind == 2],
        [rng.integers(20, 84, count), rng.integers(10, 80, count), rng.integers(1, 8, count)],
        rng.integers(14, 85, count),
    )
    over = np.where(kind == 2, rng.integers(8, 20, count), rng.integers(92, 170, count))
    rows["finished"] = rows["started"] + np.where(long, over, usual)
    asked = (kind == 2) & (rng.random(count) < 0.3)
    rows["completed"] = np.where(asked, rows["arrived"] + 1440 * rng.integers(1, 5, count), MISSING)
    rows["finished"] = rows["finished"] + np.where(asked, 5, 0)
    rows["closed"] = np.where(rng.random(count) < 0.9, rows["finished"] + rng.integers(0, 30, count), MISSING)
    age = (day - people.birth[rows["person"]]) / 365.25
    lot = rng.random(count)
    rows["group"] = np.where(age >= 75, 0, np.where((age < 18) & (lot < 0.4), 2, np.where(lot > 0.97, 1, 3)))
    rows["urgent"] = rng.random(count) < 0.1
    rows["decided"] = (kind >= 2) | ((kind == 1) & (lot < 0.7))
    return rows


def decisions(found: Rows, rng: np.random.Generator) -> Rows:
    """A decision for applications and most assessments; granted services begin, most within three months."""
    place = np.flatnonzero(found["decided"])
    rows = pick(found, place)
    count = len(place)
    codes = np.array([SERVICE[code] for code in ("S101", "S201", "S401", "S301", "S203")])
    lot = rng.random(count)
    begins = rows["finished"] + np.where(
        rng.random(count) < 0.1, rng.integers(80, 150, count), rng.integers(0, 45, count)
    )
    result = np.where(lot < 0.74, 0, np.where(lot < 0.86, 1, 2))
    return {
        "matter": place,
        "person": rows["person"],
        "service": codes[rows["kind"]],
        "applied": rows["day"],
        "decided": rows["finished"],
        "result": result,
        "from": np.where(result < 2, rows["finished"], MISSING),
        "to": np.where(result < 2, rows["finished"] + 365, MISSING),
        "started": np.where(result < 2, begins, MISSING),
    }


def assessments(periods: Rows, people: Residents, calendar: Calendars, rng: np.random.Generator) -> Rows:
    """RAI about every half year of a service for most clients; 4 % stay unlocked drafts. Scales worsen slowly."""
    end = np.minimum(periods["end"], calendar.end)
    low = np.maximum(periods["start"], calendar.first)
    times = np.where(rng.random(len(end)) < 0.9, np.maximum((end - low) // 182, 0) + 1, 0)
    row = np.repeat(np.arange(len(end)), times)
    order = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    day = low[row] + order * 182 + rng.integers(0, 30, len(row))
    kept = (day < end[row]) & (periods["kind"][row] < 2) & (rng.random(len(row)) < 0.93)
    row, order, day = row[kept], order[kept], day[kept]
    count = len(row)
    person = periods["person"][row]
    need = rng.normal(0, 1, len(people))[person] + 0.12 * order + 0.8 * (periods["kind"][row] == 1)
    need = need + 1.0 * people.has("dementia")[person]
    rows: Rows = {
        "person": person,
        "kind": periods["kind"][row],
        "day": day,
        "locked": rng.random(count) > 0.04,
        "locked_day": day + rng.integers(0, 14, count),
        "reason": np.where(order == 0, 0, np.where(rng.random(count) < 0.12, 2, 1)),
        "took_part": rng.random(count) < 0.72,
        "medicines": rng.poisson(8, count),
        "falls": (rng.random(count) < 0.2).astype(np.int64),
    }
    for scale, top in zip(SCALES, TOPS, strict=True):
        level = np.clip(
            np.rint(top * (0.36 + 0.17 * need + rng.normal(0, 0.1, count))), 1 if scale == "MAPLe" else 0, top
        )
        rows[scale] = np.where(rng.random(count) < 0.02, -1, level).astype(np.int64)
    rows["changed"] = rows["locked_day"] * 1440 + 800
    return rows


def unit_of(periods: Rows, people: Residents, places: Places) -> Array:
    """The unit that gives the service: home care of the municipality, a care home of the region, or its office."""
    town = people.municipality[periods["person"]]
    homes = [places.nearest(kind)[town] for kind in ("kotihoito", "hoivakoti", "sosiaalitoimisto")]
    return np.choose(periods["kind"], homes)
