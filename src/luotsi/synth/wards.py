"""Stays: emergency visits, ward stays and transfers between wards; referrals and the queue to specialised care."""

from __future__ import annotations

import numpy as np

from luotsi.synth.contacts import BANDS, Calendars
from luotsi.synth.places import Places
from luotsi.synth.residents import Residents
from luotsi.synth.rows import Rows, join, length, pick, repeated
from luotsi.synth.text import MISSING, Array

EMERGENCY = np.array([0.34, 0.17, 0.2, 0.27, 0.22, 0.24, 0.34, 0.62, 0.95])
PLANNED = np.array([0.02, 0.015, 0.015, 0.02, 0.03, 0.05, 0.08, 0.07, 0.04])
REFERRALS = np.array([0.09, 0.08, 0.1, 0.14, 0.17, 0.24, 0.33, 0.34, 0.22])
LONGEST = 3650
"""Days that anyone waits in a queue at most: of millions some would be drawn to wait for decades."""


def emergency(people: Residents, calendar: Calendars, rng: np.random.Generator) -> Rows:
    """Emergency visits, some of them returns within two days; `admitted` ones go on to a ward."""
    band = np.searchsorted(BANDS, people.age((calendar.first + calendar.end) // 2), side="right")
    who = repeated(rng, EMERGENCY[band] * people.frailty * (calendar.end - calendar.first) / 365.25)
    start = calendar.seasons["always"].draw(rng, len(who)) * 1440 + rng.integers(0, 1440, len(who))
    lasts = (60 + rng.gamma(2.0, 110, len(who))).astype(np.int64)
    again = np.flatnonzero(rng.random(len(who)) < 0.052)
    agreed = np.zeros(len(who) + len(again), dtype=bool)
    agreed[len(who) :] = rng.random(len(again)) < 0.2
    later = start[again] + lasts[again] + rng.integers(120, 2 * 1440, len(again))
    who, start = np.concatenate([who, who[again]]), np.concatenate([start, later])
    lasts = np.concatenate([lasts, (60 + rng.gamma(2.0, 110, len(again))).astype(np.int64)])
    kept = _alive(people, who, start)
    who, start, lasts, agreed = who[kept], start[kept], lasts[kept], agreed[kept]
    age = (start // 1440 - people.birth[who]) / 365.25
    admitted = rng.random(len(who)) < np.where(age > 75, 0.42, np.where(age > 50, 0.26, 0.13))
    lot = rng.random(len(who))
    away = np.where(lot < 0.9, 0, np.where(lot < 0.97, 1, 5))
    return {
        "person": who,
        "start": start,
        "end": start + lasts,
        "admitted": admitted,
        "agreed": agreed,
        "urgency": np.where(lot < 0.5, 0, np.where(lot < 0.93, 1, 2)),
        "destination": np.where(admitted, 2, away),
        "changed": start + lasts + 30,
    }


def ward_stays(people: Residents, places: Places, calendar: Calendars, ed: Rows, rng: np.random.Generator) -> Rows:
    """Hospital stays, urgent from the emergency visits and planned, and the stays at health centre wards after them."""
    wards = places.of("osasto")
    urgent = pick(ed, ed["admitted"])
    band = np.searchsorted(BANDS, people.age((calendar.first + calendar.end) // 2), side="right")
    who = repeated(rng, PLANNED[band] * people.frailty * (calendar.end - calendar.first) / 365.25)
    start = calendar.seasons["contact"].draw(rng, len(who)) * 1440 + 430 + rng.integers(0, 120, len(who))
    kept = _alive(people, who, start)
    who, start = who[kept], start[kept]
    person = np.concatenate([urgent["person"], who])
    begin = np.concatenate([urgent["end"], start])
    planned = np.arange(len(person)) >= length(urgent)
    day = planned & (rng.random(len(person)) < 0.4)
    lasts = np.where(day, rng.integers(240, 600, len(person)), 1440 * rng.gamma(1.3, 3.8, len(person)) + 600).astype(
        np.int64
    )
    age = (begin // 1440 - people.birth[person]) / 365.25
    on = ~day & (rng.random(len(person)) < np.where(age > 75, 0.42, 0.05))
    first = _stay(person, begin, lasts, wards[rng.integers(0, len(wards), len(person))], people, rng)
    first["kind"] = np.where(day, 2, np.where(planned, 1, 0))
    first["destination"] = np.where(on & (first["destination"] != 4), 2, np.where(day, 0, first["destination"]))
    first["transferred"] = np.zeros(len(person), dtype=bool)
    first["speciality"] = first["unit"] - wards[0]
    _delay(first, on, rng)
    onward = pick(first, (first["destination"] == 2) & (first["end"] < calendar.end * 1440))
    near = places.nearest("tk-osasto")[people.municipality[onward["person"]]]
    count = length(onward)
    rest = (1440 * rng.gamma(1.6, 8.5, count) + 900).astype(np.int64)
    second = _stay(onward["person"], onward["end"] + rng.integers(60, 300, count), rest, near, people, rng)
    second["kind"] = np.zeros(count, dtype=np.int64)
    second["transferred"] = np.ones(count, dtype=bool)
    second["speciality"] = np.full(count, -1)
    _delay(second, second["destination"] == 3, rng)
    return join([first, second])


def _stay(person: Array, start: Array, lasts: Array, unit: Array, people: Residents, rng: np.random.Generator) -> Rows:
    death = people.died[person] * 1440 + 700
    end = np.minimum(start + lasts, death)
    end = np.where(end <= start, start + 60, end)
    age = (start // 1440 - people.birth[person]) / 365.25
    lot = rng.random(len(person))
    old = age > 75
    place = np.where(old & (lot < 0.28), 1, np.where(old & (lot < 0.36), 3, np.where(lot > 0.985, 5, 0)))
    return {
        "person": person,
        "start": start,
        "end": end,
        "unit": unit,
        "destination": np.where(end >= death, 4, place),
        "palliative": rng.random(len(person)) < 0.012,
        "changed": end + 60,
    }


def _delay(rows: Rows, delayed: Array, rng: np.random.Generator) -> None:
    """Some who move on wait some days for a place after they are ready; the wait lengthens the stay."""
    count = length(rows)
    waits = delayed & (rng.random(count) < 0.45) & (rows["destination"] != 4)
    ready = rows["end"] // 1440
    extra = np.where(waits, 1 + rng.gamma(1.2, 2.2, count).astype(np.int64), 0)
    rows["end"] = rows["end"] + extra * 1440
    rows["changed"] = rows["changed"] + extra * 1440
    rows["ready"] = np.where(delayed & (rows["destination"] != 4), ready, MISSING)
    rows["waited"] = np.where(rows["ready"] > 0, rows["destination"], -1)


def referrals(people: Residents, places: Places, calendar: Calendars, rng: np.random.Generator) -> Rows:
    """Referrals to specialised care with handling, and for most the wait in the queue. Waits grew after spring 2020."""
    band = np.searchsorted(BANDS, people.age((calendar.first + calendar.end) // 2), side="right")
    who = repeated(rng, REFERRALS[band] * people.frailty * (calendar.end - calendar.first) / 365.25)
    day = calendar.seasons["office"].draw(rng, len(who))
    kept = _alive(people, who, day * 1440)
    who, day = who[kept], day[kept]
    count = len(who)
    sent = day * 1440 + 480 + rng.integers(0, 480, count)
    received = sent + rng.integers(1, 600, count)
    slow = rng.random(count) < 0.055
    handled = (
        received + (1440 * np.where(slow, rng.uniform(21, 60, count), rng.gamma(1.1, 4.2, count))).astype(np.int64) + 15
    )
    decision = np.searchsorted(np.array([0.8, 0.92]), rng.random(count))
    late = np.where((day > calendar.first + 75) & (day < calendar.first + 900), 1.35, 1.0)
    wait = (1440 * np.minimum(np.exp(rng.normal(4.15, 0.85, count)) * late, LONGEST)).astype(np.int64) + 1440
    clinic = places.of("poliklinikka")
    speciality = np.minimum((rng.random(count) ** 1.3 * len(clinic)).astype(np.int64), len(clinic) - 1)
    reason = np.searchsorted(np.array([0.86, 0.91, 0.96]), rng.random(count))
    died = handled + wait > people.died[who] * 1440
    return {
        "person": who,
        "sent": sent,
        "received": received,
        "handled": handled,
        "decision": decision,
        "speciality": speciality,
        "unit": clinic[speciality],
        "from": places.nearest("terveysasema")[people.municipality[who]],
        "ended": np.where(died, people.died[who] * 1440 + 600, handled + wait),
        "reason": np.where(died, 4, reason),
        "own_wish": rng.random(count) < 0.06,
        "changed": handled + 20,
    }


def _alive(people: Residents, who: Array, minute: Array) -> Array:
    return (minute >= (people.birth[who] + 1) * 1440) & (minute < people.died[who] * 1440)
