"""What is found, measured, prescribed and given: diagnoses, laboratory, measurements, medicines, vaccines, plans.

Times are minutes, days day numbers. Rows hold the resident's place in the block; `region` is his or her home system.
"""

from __future__ import annotations

import numpy as np

from luotsi.synth.contacts import FORMS, TYPES
from luotsi.synth.places import HL, LK
from luotsi.synth.residents import FAR, NAMES, Residents
from luotsi.synth.rows import Rows, join, length, pick, repeated
from luotsi.synth.seasons import Season, season
from luotsi.synth.text import MISSING, Array, day_number

CHRONIC_ICD = (
    "E11.9",
    "E10.9",
    "I10",
    "I25.1",
    "I48.2",
    "I50.9",
    "I63.9",
    "J45.9",
    "J44.9",
    "F32.9",
    "F00.9",
    "N18.3",
    "M17.9",
    "Z95.2",
)
CHRONIC_ICPC = ("T90", "T89", "K86", "K76", "K78", "K77", "K90", "R96", "R95", "P76", "P70", "U99", "L90", "K83")
ACUTE_ICD = (
    "J06.9",
    "N39.0",
    "M54.5",
    "J01.9",
    "L30.9",
    "R10.4",
    "S93.4",
    "H66.9",
    "K59.0",
    "Z00.0",
    "F41.9",
    "M75.1",
    "R05",
    "O80.0",
)
ACUTE_ICPC = ("R74", "U71", "L03", "R75", "S88", "D01", "L77", "H71", "D12", "A97", "P74", "L92", "R05", "W90")
DELIVERY = len(ACUTE_ICD) - 1
"""The last of the acute: given to deliveries alone."""

# test, disease that calls for it (or none), tests a year, level, spread between people, spread within, drift a year
TESTS = ("hba1c", "ldl", "hdl", "cholesterol", "triglycerides", "creatinine", "egfr", "inr", "acr", "glucose")
PLANS: tuple[tuple[str, str | None, float, float, float, float, float], ...] = (
    ("hba1c", "diabetes_t2", 1.5, 51, 9, 4, 0.5),
    ("hba1c", "diabetes_t1", 2.6, 63, 11, 5, 0.0),
    ("hba1c", None, 0.06, 38, 3, 1.5, 0.1),
    ("ldl", "diabetes_t2", 0.9, 2.2, 0.7, 0.3, -0.05),
    ("ldl", "coronary", 1.0, 1.7, 0.6, 0.25, -0.06),
    ("ldl", None, 0.15, 3.0, 0.8, 0.3, 0.0),
    ("hdl", "diabetes_t2", 0.5, 1.3, 0.3, 0.1, 0.0),
    ("cholesterol", "hypertension", 0.5, 4.7, 0.9, 0.4, -0.03),
    ("triglycerides", "diabetes_t2", 0.5, 1.7, 0.7, 0.3, 0.0),
    ("creatinine", "hypertension", 1.0, 80, 18, 6, 0.8),
    ("creatinine", None, 0.3, 74, 14, 6, 0.2),
    ("egfr", "kidney", 2.0, 48, 10, 4, -1.2),
    ("egfr", "diabetes_t2", 0.9, 78, 16, 5, -0.9),
    ("inr", "atrial_fibrillation", 4.5, 2.4, 0.15, 0.45, 0.0),
    ("inr", "mechanical_valve", 13, 2.9, 0.2, 0.4, 0.0),
    ("acr", "diabetes_t2", 0.7, 2.4, 1.9, 0.9, 0.15),
    ("glucose", "diabetes_t2", 0.6, 7.8, 1.5, 0.8, 0.05),
    ("glucose", None, 0.12, 5.5, 0.5, 0.3, 0.01),
)

# disease, ATC, VNR, share of the ill who take it
DRUGS = (
    ("diabetes_t2", "A10BA02", "012345", 0.78),
    ("diabetes_t2", "A10BK01", "057832", 0.24),
    ("diabetes_t2", "A10AE04", "003421", 0.16),
    ("diabetes_t1", "A10AB05", "007755", 1.0),
    ("coronary", "C10AA05", "118822", 0.8),
    ("coronary", "B01AC06", "004410", 0.72),
    ("atrial_fibrillation", "B01AF02", "441290", 0.58),
    ("atrial_fibrillation", "B01AA03", "000871", 0.24),
    ("hypertension", "C09AA05", "093311", 0.55),
    ("hypertension", "C08CA01", "090210", 0.35),
    ("heart_failure", "C07AB07", "071523", 0.7),
    ("asthma", "R03AK07", "066120", 0.6),
    ("depression", "N06AB10", "022001", 0.55),
    ("dementia", "N06DA02", "039912", 0.5),
    ("mechanical_valve", "B01AA03", "000871", 1.0),
)

VACCINES = (
    ("J07BB02", "Influenssarokote", 0),
    ("J07BN01", "Koronarokote", 1),
    ("J07BD52", "MPR-rokote", 2),
    ("J07AL02", "Pneumokokkirokote", 2),
)
REASONS = ("programme", "risk_group", "age")
RISKS = ("diabetes_t2", "diabetes_t1", "coronary", "heart_failure", "asthma", "copd", "kidney")


def visit_diagnoses(contacts: Rows, people: Residents, rng: np.random.Generator) -> Rows:
    """A diagnosis for most doctor's visits, a chronic one the resident has or an acute one, and for each delivery.
    `code` indexes chronic then acute lists; `row` is the place of the contact."""
    doctor = (contacts["profession"] == LK) & (contacts["status"] == 0) & (contacts["type"] <= TYPES.index("R50"))
    row = np.flatnonzero(doctor & (rng.random(length(contacts)) < 0.84))
    who = contacts["person"][row]
    lot = rng.integers(0, len(NAMES), len(row))
    known = people.onset[lot, who] <= contacts["start"][row] // 1440
    acute = len(NAMES) + rng.integers(0, DELIVERY, len(row))
    born = np.flatnonzero(contacts["type"] == TYPES.index("R40"))
    code = np.concatenate([np.where(known, lot, acute), np.full(len(born), len(NAMES) + DELIVERY)])
    return {"row": np.concatenate([row, born]), "code": code}


def chronic_diagnoses(people: Residents, first: int, rng: np.random.Generator) -> Rows:
    """The permanent diagnosis of each chronic disease, dated the day it was found."""
    disease, who = np.nonzero(people.onset < FAR)
    day = people.onset[disease, who]
    changed = np.maximum(day, first - 400) * 1440 + 600 + rng.integers(0, 400, len(day))
    return {"person": who, "disease": disease, "day": day, "changed": changed, "icpc": rng.random(len(who)) < 0.3}


def laboratory(people: Residents, span: tuple[int, int], days: Season, rng: np.random.Generator) -> Rows:
    """Results with a level of each person's own that drifts. HbA1c: 24 % come without unit, 4.5 % in %."""
    parts: list[Rows] = []
    for test, disease, rate, level, between, within, drift in PLANS:
        ill = people.has(disease) if disease else people.age(span[0]) > 25
        who = repeated(rng, np.where(ill, rate * (span[1] - span[0]) / 365.25, 0) * np.minimum(people.frailty + 0.3, 2))
        day = days.draw(rng, len(who))
        since = people.onset[NAMES.index(disease), who] if disease else people.birth[who]
        kept = (day > since) & (day < people.died[who])
        who, day = who[kept], day[kept]
        own = rng.normal(0, 1, len(people))[who]
        value = level + between * own + drift * (day - span[0]) / 365.25 + rng.normal(0, within, len(who))
        parts.append(
            {"person": who, "day": day, "test": np.full(len(who), TESTS.index(test)), "value": np.abs(value) + 0.1}
        )
    rows = join(parts)
    return _laboratory_form(rows, rng)


def _laboratory_form(rows: Rows, rng: np.random.Generator) -> Rows:
    count = length(rows)
    lot = rng.random(count)
    hba1c = rows["test"] == TESTS.index("hba1c")
    percent = hba1c & (lot < 0.045)
    rows["value"] = np.where(percent, rows["value"] * 0.09148 + 2.152, rows["value"])
    unitless = np.array([0.24, 0.18, 0.1, 0.1, 0.1, 0.08, 0.35, 0.35, 0.53, 0.05])[rows["test"]]
    rows["percent"] = percent
    rows["unitless"] = (lot > 0.5) & (lot < 0.5 + unitless * 0.5 / 0.5)
    rows["above"] = (rows["test"] == TESTS.index("egfr")) & (rows["value"] > 90)
    rows["name"] = rng.integers(0, 2, count)
    rows["time"] = rows["day"] * 1440 + 420 + rng.integers(0, 240, count)
    rows["changed"] = rows["time"] + rng.integers(60, 2000, count)
    return rows


def measurements(people: Residents, span: tuple[int, int], days: Season, rng: np.random.Generator) -> Rows:
    """Blood pressure in pairs, weight, height, waist, smoking, and the foot and eye checks of diabetics."""
    years = (span[1] - span[0]) / 365.25
    age = people.age(span[0])
    pressure = np.where(people.has("hypertension"), 1.6, np.where(age > 40, 0.25, 0.03)) * years
    diabetic = people.has("diabetes_t2") | people.has("diabetes_t1")
    who = repeated(rng, pressure)
    day = days.draw(rng, len(who))
    own = rng.normal(0, 1, len(people))
    upper = 133 + 11 * own[who] + 6 * people.has("hypertension")[who] + rng.normal(0, 8, len(who))
    home = rng.random(len(who)) < 0.3
    time = day * 1440 + 480 + rng.integers(0, 480, len(who))
    parts = [
        {"person": who, "time": time, "what": np.zeros_like(who), "value": np.rint(upper - 4 * home), "home": home},
        {"person": who, "time": time, "what": np.ones_like(who), "value": np.rint(upper * 0.6), "home": home},
    ]
    for what, rate, level, spread in (
        (2, np.where(age > 30, 0.35, 0.1), 79, 15),
        (3, np.full(len(age), 0.08), 171, 9),
        (4, np.where(diabetic, 0.4, 0.02), 99, 12),
        (5, np.where(age > 18, 0.12, 0), 0, 0),
        (6, np.where(diabetic, 0.55, 0), 1, 0),
        (7, np.where(diabetic, 0.42, 0), 1, 0),
    ):
        who = repeated(rng, rate * years)
        value = (
            level + spread * rng.normal(0, 1, len(people))[who]
            if spread
            else (rng.random(len(who)) < (0.16 if what == 5 else 1)).astype(float)
        )
        time = days.draw(rng, len(who)) * 1440 + 480 + rng.integers(0, 480, len(who))
        none = np.zeros(len(who), dtype=bool)
        parts.append(
            {"person": who, "time": time, "what": np.full(len(who), what), "value": np.rint(value), "home": none}
        )
    rows = join(parts)
    rows = pick(rows, _alive(people, rows["person"], rows["time"] // 1440))
    rows["changed"] = rows["time"] + rng.integers(1, 300, length(rows))
    return rows


def _alive(people: Residents, who: Array, day: Array) -> Array:
    return (day >= people.birth[who]) & (day < people.died[who])


def medication(people: Residents, span: tuple[int, int], rng: np.random.Generator) -> Rows:
    """A prescription a year and three to four dispensings for each long-term medicine. `drug` indexes DRUGS."""
    parts: list[Rows] = []
    for place, (disease, _, _, share) in enumerate(DRUGS):
        onset = people.onset[NAMES.index(disease)]
        takers = np.flatnonzero((onset < FAR) & (rng.random(len(people)) < share))
        begin = np.maximum(onset[takers], span[0] - 30) + rng.integers(0, 60, len(takers))
        end = np.minimum(people.died[takers], span[1])
        for gap, kind in ((365, 0), (97, 1)):
            times = np.maximum((end - begin) // gap, 0) + (end > begin)
            who = np.repeat(np.arange(len(takers)), times)
            order = np.arange(len(who)) - np.repeat(np.cumsum(times) - times, times)
            day = begin[who] + order * gap + rng.integers(0, 12, len(who))
            parts.append(
                {"person": takers[who], "drug": np.full(len(who), place), "kind": np.full(len(who), kind), "start": day}
            )
    rows = join(parts)
    rows = pick(rows, _alive(people, rows["person"], rows["start"]))
    rows["end"] = np.where(rows["kind"] == 0, rows["start"] + 365, MISSING)
    rows["changed"] = rows["start"] * 1440 + 600 + rng.integers(0, 400, length(rows))
    return rows


def vaccinations(people: Residents, years: tuple[int, int], rng: np.random.Generator) -> Rows:
    """Influenza each autumn, Covid-19 from 2021, MMR for small children, pneumococcus for some of the old."""
    parts: list[Rows] = []
    risk = np.any([people.has(name) for name in RISKS], axis=0)

    def give(who: Array, low: int, high: int, vaccine: int, dose: int, reason: int) -> None:
        day = (low + rng.beta(2, 4, len(who)) * (high - low)).astype(np.int64)
        count = len(who)
        parts.append(
            {
                "person": who,
                "day": day,
                "vaccine": np.full(count, vaccine),
                "dose": np.full(count, dose),
                "reason": np.full(count, reason),
            }
        )

    for year in range(years[0], years[1] + 1):
        age = people.age(day_number(year, 11))
        lot = rng.random(len(people))
        groups = (
            (age >= 65, 0.62, 2),
            ((age < 65) & (age >= 7) & risk, 0.38, 1),
            ((age < 7) & (age > 0.5), 0.34, 0),
            ((age >= 18) & (age < 65) & ~risk, 0.08, 0),
        )
        for group, share, reason in groups:
            give(np.flatnonzero(group & (lot < share)), day_number(year, 10, 8), day_number(year, 12, 28), 0, 1, reason)
        small = (people.birth >= day_number(year - 1)) & (people.birth < day_number(year))
        give(np.flatnonzero(small & (lot < 0.95)), day_number(year, 2), day_number(year, 12, 20), 2, 1, 0)
        old = (age >= 65) & (age < 66)
        give(np.flatnonzero(old & (lot > 0.7)), day_number(year, 2), day_number(year, 11), 3, 1, 2)
        if year in (2021, 2022):
            share = np.where(age >= 65, 0.9, np.where(age >= 12, 0.78, 0.12))
            for dose, first in ((1, 4), (2, 7)) if year == 2021 else ((3, 1),):
                give(
                    np.flatnonzero(lot < share * (1 - 0.06 * dose)),
                    day_number(year, first),
                    day_number(year, first + 4),
                    1,
                    dose,
                    0,
                )
    rows = join(parts)
    rows = pick(rows, _alive(people, rows["person"], rows["day"]))
    rows["changed"] = rows["day"] * 1440 + 540 + rng.integers(0, 420, length(rows))
    return rows


def care_plans(people: Residents, span: tuple[int, int], rng: np.random.Generator) -> Rows:
    """A care plan for some of the chronically ill, revised once a year or so; each revision keeps the plan's number."""
    ill = (people.onset < FAR).sum(axis=0)
    who = np.flatnonzero(rng.random(len(people)) < np.minimum(0.22 * ill, 0.6))
    onset = people.onset[:, who].min(axis=0)
    created = np.maximum(onset, span[0]) + rng.integers(10, 300, len(who))
    updated = created + rng.integers(0, 700, len(who))
    late = np.minimum(people.died[who], span[1]) - 1
    rows = {
        "person": who,
        "created": created,
        "updated": np.where(updated < late, updated, created),
        "rehabilitation": rng.random(len(who)) < 0.08,
        "kanta": rng.random(len(who)) < 0.55,
    }
    rows = pick(rows, created < late)
    rows["changed"] = rows["updated"] * 1440 + 700 + rng.integers(0, 300, length(rows))
    return rows


def procedures(contacts: Rows, rng: np.random.Generator) -> Rows:
    """Procedures of oral and hospital visits; `row` is the place of the contact, `code` indexes CODES."""
    done = contacts["status"] == 0
    oral = done & (contacts["profession"] == HL) & (rng.random(length(contacts)) < 0.8)
    other = (
        done & (contacts["form"] == FORMS.index("T90")) & (contacts["type"] == 0) & (rng.random(length(contacts)) < 0.3)
    )
    row = np.flatnonzero(oral | other)
    code = rng.integers(0, 3, len(row)) + np.where(oral[row], 0, 3)
    return {"row": row, "code": code}


CODES = ("SFA10", "SDA01", "EBA00", "NGA30", "CJE10", "JKA20")


def seasons_of_samples(years: tuple[int, int]) -> Season:
    """Laboratory and measurement days."""
    return season(*years, closed=0.04, seasonal=0.9, pandemic=0.55)
