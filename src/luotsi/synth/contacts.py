"""Contacts of the residents of a block: what kinds, how often, when, with whom. No diagnoses, no layouts of systems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from luotsi.synth.places import FT, HL, LH, LK, PS, SERVICE, SH, SHG, TH, Places
from luotsi.synth.residents import FAR, Residents
from luotsi.synth.rows import Rows, join, length, pick, repeated
from luotsi.synth.seasons import Season, season
from luotsi.synth.text import MISSING, Array, day_number

FORMS = ("T11", "T21", "T22", "T26", "T27", "T40", "T51", "T60", "T71", "T73", "T90")
TYPES = ("R10", "R20", "R50", "R51", "R52", "R70", "R71", "R72", "R40")
URGENCIES = ("E", "K", "V")
NATURES = ("SH", "TH")
STATUSES = ("7", "4", "9")
"""Fulfilled, cancelled, no-show."""

BANDS = np.array([7, 13, 18, 30, 45, 65, 75, 85])
"""Upper limits of the age bands the rates stand for; the ninth is 85 and over."""


@dataclass(frozen=True)
class Stream:
    """One kind of contact: its codes, who gives it where, and how often a year by age band."""

    form: str
    type: str
    profession: int
    place: str
    service: str
    rates: tuple[float, ...]
    season: str = "office"
    ill: float = 0.0
    """Share by which the rate grows with each chronic disease."""
    urgent: float = 0.0
    nature: str = "SH"
    minutes: int = 20
    disease: str | None = None
    """The rate is eight times as high for those who have this disease, and half for others."""
    trend: float = 0.0


STREAMS = (
    Stream(
        "T11",
        "R10",
        LK,
        "terveysasema",
        "P101",
        (1.1, 0.5, 0.5, 0.7, 0.8, 1.0, 1.1, 1.3, 1.4),
        ill=0.22,
        urgent=0.3,
        minutes=20,
    ),
    Stream(
        "T11",
        "R50",
        LK,
        "terveysasema",
        "P103",
        (0.2, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9, 1.3, 1.6),
        "phone",
        0.25,
        0.1,
        minutes=10,
    ),
    Stream(
        "T11",
        "R10",
        SH,
        "terveysasema",
        "P102",
        (0.6, 0.4, 0.5, 0.7, 0.7, 0.8, 1.1, 1.6, 2.0),
        ill=0.3,
        urgent=0.25,
        minutes=30,
    ),
    Stream(
        "T11",
        "R50",
        SH,
        "terveysasema",
        "P103",
        (0.9, 0.4, 0.5, 0.9, 0.9, 1.0, 1.3, 1.9, 2.3),
        "phone",
        0.25,
        0.2,
        minutes=10,
    ),
    Stream(
        "T11",
        "R51",
        SH,
        "terveysasema",
        "P103",
        (0.2, 0.1, 0.3, 0.9, 0.9, 0.7, 0.5, 0.2, 0.1),
        "phone",
        0.1,
        trend=0.25,
        minutes=5,
    ),
    Stream(
        "T11",
        "R52",
        LK,
        "terveysasema",
        "P103",
        (0.05, 0.03, 0.05, 0.2, 0.25, 0.2, 0.1, 0.05, 0.02),
        "phone",
        trend=0.35,
        minutes=15,
    ),
    Stream(
        "T11", "R70", SH, "terveysasema", "P103", (0.4, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0, 1.4, 1.6), "phone", 0.2, minutes=5
    ),
    Stream(
        "T11",
        "R71",
        LK,
        "terveysasema",
        "P103",
        (0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.3, 0.6, 0.8),
        "phone",
        0.2,
        minutes=10,
    ),
    Stream(
        "T11", "R72", SH, "terveysasema", "P103", (0.3, 0.2, 0.2, 0.4, 0.5, 0.5, 0.7, 1.0, 1.2), "phone", 0.2, minutes=5
    ),
    Stream("T22", "R10", TH, "neuvola", "P301", (2.6, 0, 0, 0, 0, 0, 0, 0, 0), nature="TH", minutes=45),
    Stream("T26", "R10", TH, "neuvola", "P302", (0, 1.4, 1.3, 0, 0, 0, 0, 0, 0), "school", nature="TH", minutes=30),
    Stream("T90", "R10", TH, "terveysasema", "P101", (0, 0, 0, 0, 0, 0.01, 0.15, 0.2, 0.2), nature="TH", minutes=45),
    Stream("T27", "R10", TH, "neuvola", "P302", (0, 0, 0.2, 0.7, 0.05, 0, 0, 0, 0), "school", nature="TH", minutes=30),
    Stream(
        "T60",
        "R10",
        HL,
        "hammashoitola",
        "P201",
        (0.3, 0.9, 1.0, 0.5, 0.5, 0.7, 0.8, 0.6, 0.3),
        "contact",
        urgent=0.2,
        minutes=30,
    ),
    Stream(
        "T60", "R10", SHG, "hammashoitola", "P201", (0.6, 0.5, 0.4, 0.2, 0.3, 0.4, 0.5, 0.4, 0.2), "contact", minutes=30
    ),
    Stream(
        "T51",
        "R10",
        FT,
        "kuntoutus",
        "P601",
        (0.1, 0.1, 0.2, 0.3, 0.4, 0.6, 0.6, 0.6, 0.4),
        "contact",
        minutes=45,
        disease="musculoskeletal",
    ),
    Stream(
        "T71",
        "R10",
        SH,
        "mielenterveys",
        "P401",
        (0, 0.3, 0.7, 0.6, 0.4, 0.25, 0.1, 0.1, 0.05),
        minutes=45,
        disease="depression",
    ),
    Stream(
        "T71",
        "R52",
        PS,
        "mielenterveys",
        "P401",
        (0, 0.1, 0.3, 0.3, 0.2, 0.1, 0.05, 0, 0),
        "phone",
        minutes=45,
        disease="depression",
        trend=0.2,
    ),
    Stream("T73", "R10", SH, "mielenterveys", "P402", (0, 0, 0.05, 0.3, 0.3, 0.3, 0.1, 0.02, 0), minutes=45),
    Stream(
        "T90", "R10", LK, "poliklinikka", "P801", (0.7, 0.5, 0.6, 0.8, 0.9, 1.1, 1.5, 1.6, 1.1), ill=0.3, minutes=30
    ),
    Stream(
        "T90",
        "R50",
        SH,
        "poliklinikka",
        "P801",
        (0.2, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.7, 0.5),
        "phone",
        0.3,
        minutes=15,
    ),
)

LEVEL = 1.4
"""All rates of STREAMS are multiplied by this: with home care, calls and chats, about 21 contacts a resident a year."""

CARE_VISITS = 9.0
"""Home-care visits a week for a client, in the mean."""


@dataclass(frozen=True)
class Calendars:
    """The seasons contacts follow, made once for a run."""

    seasons: dict[str, Season]
    first: int
    end: int


def calendars(years: tuple[int, int]) -> Calendars:
    """Seasons of the years (both included)."""
    first, last = years
    made = {
        "office": season(first, last, closed=0.02, seasonal=1.0, pandemic=0.62),
        "phone": season(first, last, closed=0.06, seasonal=0.8, pandemic=1.15),
        "contact": season(first, last, closed=0.0, seasonal=1.2, pandemic=0.35),
        "school": season(first, last, closed=0.0, seasonal=2.2, pandemic=0.3),
        "always": season(first, last, closed=0.93, seasonal=0.25, pandemic=0.75),
        "care": season(first, last, closed=0.85, seasonal=0.05, pandemic=0.95),
    }
    return Calendars(made, day_number(first), day_number(last + 1))


def contacts(
    people: Residents,
    places: Places,
    calendar: Calendars,
    clients: Rows,
    expecting: Rows,
    rng: np.random.Generator,
    base: int,
) -> Rows:
    """All contacts of a block by stream, each with an id from `base` up; `expecting`: those of pregnancies.

    Times are minutes."""
    parts = [_stream(stream, people, places, calendar, rng) for stream in STREAMS]
    parts.append(_home_care(people, places, calendar, clients, rng))
    rows = join([*parts, expecting])
    count = length(rows)
    rows["id"] = base + np.arange(count)
    rows["professional"] = _professional(rows, people, places, rng)
    _mark(rows, people, rng)
    return rows


def _stream(stream: Stream, people: Residents, places: Places, calendar: Calendars, rng: np.random.Generator) -> Rows:
    middle = (calendar.first + calendar.end) // 2
    band = np.searchsorted(BANDS, people.age(middle), side="right")
    rate = np.array(stream.rates)[band] * people.frailty * LEVEL
    if stream.ill:
        rate = rate * (1 + stream.ill * (people.onset < calendar.end).sum(axis=0))
    if stream.disease:
        rate = rate * np.where(people.has(stream.disease), 8.0, 0.5)
    if stream.form == "T22":
        rate = rate * 1.4
    who = repeated(rng, rate * (calendar.end - calendar.first) / 365.25)
    day = calendar.seasons[stream.season].draw(rng, len(who))
    kept = (day >= people.birth[who]) & (day < people.died[who])
    if stream.trend:
        reach = 1 - stream.trend * (calendar.end - day) / (calendar.end - calendar.first)
        kept &= rng.random(len(who)) < reach
    who, day = who[kept], day[kept]
    count = len(who)
    urgent = rng.random(count) < stream.urgent
    start = day * 1440 + 480 + 5 * rng.integers(0, 96, count)
    visit = stream.type in ("R10", "R52") and stream.form in ("T11", "T60", "T51", "T71", "T90")
    wait = _waits(stream, urgent, day, calendar, rng) if visit else np.zeros(count, dtype=np.int64)
    received = np.where(wait > 0, _office(day - wait, rng), start - rng.integers(10, 90, count))
    assessed_share = 0.86 if visit and stream.form in ("T11", "T60", "T71") else 0.4 if stream.type == "R50" else 0.0
    assessed = np.where(rng.random(count) < assessed_share, received + rng.integers(1, 45, count), MISSING)
    if stream.type == "R50":
        assessed = np.where(assessed > 0, start, MISSING)
    received = np.where(visit | (stream.type in ("R50", "R51")), received, MISSING)
    unit = _unit(stream, people, places, who, rng)
    return {
        "person": who,
        "start": start,
        "end": start + np.maximum(5, (stream.minutes * rng.uniform(0.6, 1.6, count)).astype(np.int64)),
        "received": received,
        "assessed": np.where(assessed >= start, start, assessed) if stream.type != "R50" else assessed,
        "form": np.full(count, FORMS.index(stream.form)),
        "type": np.full(count, TYPES.index(stream.type)),
        "profession": np.full(count, stream.profession),
        "service": np.full(count, SERVICE[stream.service]),
        "nature": np.full(count, NATURES.index(stream.nature)),
        "urgency": np.where(urgent, np.where(rng.random(count) < 0.1, 2, 1), 0),
        "unit": unit,
    }


def _waits(stream: Stream, urgent: Array, day: Array, calendar: Calendars, rng: np.random.Generator) -> Array:
    """Days from contact to visit: the same day when urgent, else skewed, longer for teeth, shorter year by year."""
    scale = {"T11": 7.0, "T60": 34.0, "T51": 12.0, "T71": 16.0, "T90": 24.0}[stream.form]
    year = (day - calendar.first) / 365.25
    drawn = rng.gamma(0.9, scale * (1.15 - 0.06 * year), len(day))
    return np.where(urgent, 0, drawn.astype(np.int64))


def _office(day: Array, rng: np.random.Generator) -> Array:
    """A minute in office hours of the day, or of the Friday before when it is a weekend."""
    weekday = (day + 3) % 7
    day = day - np.where(weekday >= 5, weekday - 4, 0)
    return day * 1440 + 480 + rng.integers(0, 460, len(day))


def _unit(stream: Stream, people: Residents, places: Places, who: Array, rng: np.random.Generator) -> Array:
    if stream.place == "poliklinikka":
        clinics = places.of("poliklinikka")
        own = (people.number[who] * 7 + 3) % len(clinics)
        return clinics[np.where(rng.random(len(who)) < 0.6, own, rng.integers(0, len(clinics), len(who)))]
    unit = places.nearest(stream.place)[people.municipality[who]]
    if stream.place == "terveysasema":
        unit = unit + np.where(places.units_in_town[unit] > 1, people.postal[who] % places.units_in_town[unit], 0)
    return unit


def _home_care(people: Residents, places: Places, calendar: Calendars, clients: Rows, rng: np.random.Generator) -> Rows:
    """Home-care visits in the periods of regular home care, each client with a rhythm of his or her own."""
    home = pick(clients, clients["kind"] == 0)
    span = np.clip(home["end"], calendar.first, calendar.end) - np.clip(home["start"], calendar.first, calendar.end)
    weekly = rng.gamma(1.3, CARE_VISITS / 1.3, len(span))
    period = repeated(rng, weekly * span / 7)
    low = np.maximum(home["start"], calendar.first)[period]
    day = low + (rng.random(len(period)) * span[period]).astype(np.int64)
    who = home["person"][period]
    kept = day < np.minimum(people.died[who], FAR)
    who, day = who[kept], day[kept]
    count = len(who)
    remote = rng.random(count) < 0.03 + 0.03 * (day - calendar.first) / 365.25
    start = (
        day * 1440
        + rng.choice(np.array([435, 480, 540, 690, 720, 960, 1080, 1200]), count)
        + rng.integers(0, 45, count)
    )
    return {
        "person": who,
        "start": start,
        "end": start + rng.integers(8, 45, count),
        "received": np.full(count, MISSING),
        "assessed": np.full(count, MISSING),
        "form": np.full(count, FORMS.index("T40")),
        "type": np.where(remote, TYPES.index("R52"), TYPES.index("R20")),
        "profession": np.where(rng.random(count) < 0.12, SH, LH),
        "service": np.where(remote, SERVICE["P502"], SERVICE["P501"]),
        "nature": np.zeros(count, dtype=np.int64),
        "urgency": np.zeros(count, dtype=np.int64),
        "unit": places.nearest("kotihoito")[people.municipality[who]],
    }


def _professional(rows: Rows, people: Residents, places: Places, rng: np.random.Generator) -> Array:
    """The own professional for about two contacts of five, else anyone in the unit; 4 % are not recorded."""
    first, size = places.pools
    count = length(rows)
    pool = np.maximum(size[rows["unit"], rows["profession"]], 1)
    own = people.number[rows["person"]] * 31 % pool
    anyone = (rng.random(count) * pool).astype(np.int64)
    chosen = first[rows["unit"], rows["profession"]] + np.where(rng.random(count) < 0.42, own, anyone)
    return np.where(rng.random(count) < 0.04, -1, chosen)


def _mark(rows: Rows, people: Residents, rng: np.random.Generator) -> None:
    """Status, flags, minor's mark, municipality then; 1 % of assessed visits begin before the assessment."""
    count = length(rows)
    lot = rng.random(count)
    booked = (rows["type"] == 0) & (rows["form"] != FORMS.index("T40"))
    rows["status"] = np.where(booked & (lot < 0.055), 1, np.where(booked & (lot < 0.085), 2, 0))
    rows["plan"] = booked & (rng.random(count) < 0.04)
    rows["certificate"] = booked & (rng.random(count) < 0.03)
    rows["first"] = rng.random(count) < 0.22
    rows["direct"] = (rows["form"] == FORMS.index("T51")) & (rng.random(count) < 0.35)
    early = booked & (rows["assessed"] > MISSING // 2) & (rng.random(count) < 0.01)
    rows["assessed"] = np.where(early, rows["start"] + 60 * rng.integers(2, 60, count), rows["assessed"])
    rows["early"] = early
    person = rows["person"]
    day = rows["start"] // 1440
    age = (day - people.birth[person]) / 365.25
    mark = np.searchsorted(np.array([0.45, 0.62, 0.64]), rng.random(count)) + 1
    mark = np.where((age < 12) & (mark == 3), 1, mark)
    rows["minor"] = np.where(age < 18, mark, -1)
    rows["municipality"] = np.where(
        day >= people.moved[person], people.new_municipality[person], people.municipality[person]
    )
    rows["changed"] = rows["end"] + rng.integers(5, 480, count)
