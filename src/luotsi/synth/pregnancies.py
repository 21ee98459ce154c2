"""Pregnancies of the residents of a block: visits to the maternity clinic and the delivery, as contacts."""

from __future__ import annotations

import numpy as np

from luotsi.synth.contacts import FORMS, NATURES, TYPES, Calendars
from luotsi.synth.places import LK, SERVICE, TH, Places
from luotsi.synth.residents import Residents
from luotsi.synth.rows import Rows
from luotsi.synth.text import MISSING, Array

BIRTHS = 0.05
"""Deliveries a year of a woman of 18 to 44; at most one in the years of a run."""
LAST_VISIT, SPAN = 8, 225
"""Days before the delivery: the last visit, and how long before that the first one."""


def pregnancies(people: Residents, places: Places, calendar: Calendars, rng: np.random.Generator) -> Rows:
    """Eight to twelve checks by a nurse, one to three by a doctor, and the delivery in hospital (type R40)."""
    first, end = calendar.first, calendar.end
    age = people.age((first + end) // 2)
    fertile = (people.sex == 2) & (age >= 18) & (age < 45)
    mother = np.flatnonzero(fertile & (rng.random(len(people)) < BIRTHS * (end - first) / 365.25))
    day = rng.integers(first, end, len(mother))
    nurse, doctor = rng.integers(8, 13, len(mother)), rng.choice(3, len(mother), p=[0.1, 0.7, 0.2]) + 1
    parts = [_checks(mother, day, times, rng) for times in (nurse, doctor)]
    who = np.concatenate([*(part[0] for part in parts), mother])
    when = np.concatenate([*(part[1] for part in parts), day])
    what = np.repeat([0, 1, 2], [len(parts[0][0]), len(parts[1][0]), len(mother)])
    kept = (when >= first) & (when < people.died[who])
    who, when, what = who[kept], when[kept], what[kept]
    clinic, hospital = places.nearest("neuvola"), places.of("poliklinikka")[3]  # 3: obstetrics among SPECIALITIES
    count, born = len(who), what == 2
    start = when * 1440 + 480 + 5 * rng.integers(0, 96, count)
    return {
        "person": who,
        "start": start,
        "end": start + np.where(born, 600, 40),
        "received": np.full(count, MISSING),
        "assessed": np.full(count, MISSING),
        "form": np.where(born, FORMS.index("T90"), FORMS.index("T21")),
        "type": np.where(born, TYPES.index("R40"), TYPES.index("R10")),
        "profession": np.where(what == 0, TH, LK),
        "service": np.where(born, SERVICE["P801"], SERVICE["P301"]),
        "nature": np.where(born, NATURES.index("SH"), NATURES.index("TH")),
        "urgency": np.zeros(count, dtype=np.int64),
        "unit": np.where(born, hospital, clinic[people.municipality[who]]),
    }


def _checks(mother: Array, day: Array, times: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Mother and day of each check, spread evenly over the pregnancy, none on a weekend."""
    row = np.repeat(np.arange(len(mother)), times)
    order = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    when = day[row] - LAST_VISIT - (SPAN * (order + rng.random(len(row))) / times[row]).astype(np.int64)
    weekday = (when + 3) % 7
    return mother[row], when - np.where(weekday >= 5, weekday - 4, 0)
