"""Systems that know residents by identity code or not at all: social care, RAI, moves, costs, calls, feedback."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from luotsi.synth import social
from luotsi.synth.block import Block
from luotsi.synth.layouts.patients import postal, town_codes
from luotsi.synth.places import PACKAGES, SERVICES
from luotsi.synth.residents import FAR
from luotsi.synth.rows import Rows, length, pick, repeated
from luotsi.synth.seasons import is_day_off
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import (
    MISSING,
    Array,
    codes,
    day_number,
    days,
    decimals,
    fixed,
    flags,
    prefixed,
    stamps,
    utc,
    whole,
)

LAJIT = (
    "lastensuojeluilmoitus",
    "palvelutarpeen arviointi",
    "toimeentulotuki",
    "vammaispalveluhakemus",
    "palveluhakemus",
)
JAKSOT = ("kotihoito", "ympärivuorokautinen", "omaishoito")
REASONS = ("first", "routine", "change")


def social_care(block: Block) -> Iterator[Sheet]:
    """Matters, decisions and service periods."""
    cuts, people, places = block.world.cuts, block.people, block.world.places
    oids = [unit.oid for unit in places.units]
    services = [service.code for service in SERVICES]

    def sheet(table: str, columns: dict[str, pa.Array], changed: Array) -> Sheet:
        columns["MUUTETTU"] = stamps(changed, "fi")
        return Sheet("social", "social", table, columns, cuts, changed, "MUUTETTU")

    rows = block.matters
    number = block.base + np.arange(length(rows))
    office = places.nearest("sosiaalitoimisto")[people.municipality[rows["person"]]]
    columns = {
        "ASIA_ID": whole(number),
        "HENKILOTUNNUS": fixed(people.hetu[rows["person"]]),
        "YKSIKKO_OID": codes(oids, office),
        "PALVELUTEHTAVA": codes(social.TASKS, rows["kind"]),
        "LAJI": codes(LAJIT, rows["kind"]),
        "SAAPUNUT": stamps(rows["arrived"], "fi"),
        "TAYDENNETTY": stamps(rows["completed"], "fi"),
        "ALOITETTU": days(rows["started"], "fi"),
        "VALMIS": days(rows["finished"], "fi"),
        "RYHMA": codes(social.GROUPS, rows["group"]),
        "KIIREELLINEN": flags(rows["urgent"], "Kyllä", "Ei"),
        "PAATETTY": days(rows["closed"], "fi"),
    }
    closed = np.where(rows["closed"] > 0, rows["closed"], rows["finished"])
    yield sheet("asia", columns, closed * 1440 + 720)
    rows = block.decisions
    columns = {
        "PAATOS_ID": whole(block.base + np.arange(length(rows))),
        "ASIA_ID": whole(number[rows["matter"]]),
        "HENKILOTUNNUS": fixed(people.hetu[rows["person"]]),
        "PALVELU": codes(services, rows["service"]),
        "HAETTU": days(rows["applied"], "fi"),
        "PAATETTY": days(rows["decided"], "fi"),
        "VOIMAAN": days(rows["from"], "fi"),
        "PAATTYY": days(rows["to"], "fi"),
        "TULOS": codes(("myönteinen", "osittain", "kielteinen"), rows["result"]),
        "ALKANUT": days(rows["started"], "fi"),
    }
    yield sheet("paatos", columns, np.maximum(rows["decided"], rows["started"]) * 1440 + 700)
    rows = _with_ends(block.periods)
    columns = {
        "JAKSO_ID": whole(block.base + rows["id"]),
        "HENKILOTUNNUS": fixed(people.hetu[rows["person"]]),
        "YKSIKKO_OID": codes(oids, social.unit_of(rows, people, places)),
        "PALVELU": codes(services, rows["service"]),
        "LAJI": codes(JAKSOT, rows["kind"]),
        "ALKOI": days(rows["start"], "fi"),
        "PAATTYI": days(rows["end"], "fi"),
        "PAATOS_ID": pa.nulls(length(rows), pa.string()),
    }
    yield sheet("palvelujakso", columns, rows["changed"])


def _with_ends(periods: Rows) -> Rows:
    """Each period as it begins, and again when it has ended."""
    begun = {**periods, "id": np.arange(length(periods)), "changed": periods["start"] * 1440 + 540}
    ended = pick(begun, periods["end"] != social.NEVER)
    ended["changed"] = ended["end"] * 1440 + 600
    begun["end"] = np.full(length(begun), MISSING)
    return {name: np.concatenate([begun[name], ended[name]]) for name in begun}


def rai(block: Block) -> Iterator[Sheet]:
    """RAI assessments, wide. Headings of three columns are older in the first extract."""
    rows, people, places = block.assessments, block.people, block.world.places
    homes = {**rows, "start": rows["day"]}
    columns = {
        "AssessmentID": whole(block.base + np.arange(length(rows))),
        "ClientID": fixed(people.hetu[rows["person"]]),
        "Instrument": codes(("HC", "LTCF"), rows["kind"]),
        "UnitCode": codes([unit.oid for unit in places.units], social.unit_of(homes, people, places)),
        "ARD": days(rows["day"], "iso"),
        "Locked": flags(rows["locked"], "1", "0"),
        "LockedDate": days(np.where(rows["locked"], rows["locked_day"], MISSING), "iso"),
        "ReasonForAssessment": codes(REASONS, rows["reason"]),
        "Participated": flags(rows["took_part"], "1", "0"),
        "Item_N1": whole(rows["medicines"]),
        **{f"Scale_{scale}": pa.array(rows[scale]) for scale in social.SCALES},
        "CAP_Falls": whole(rows["falls"]),
        "Changed": days(rows["changed"] // 1440, "iso"),
    }
    yield Sheet(
        "rai",
        "rai",
        "assessment",
        columns,
        block.world.cuts,
        rows["changed"],
        None,
        dates="ARD",
        coded="Instrument",
        marked={"unlocked": ~rows["locked"]},
    )


def residents(block: Block) -> Iterator[Sheet]:
    """Where each resident has lived: from birth or an earlier move, and from a move within the years."""
    people, places = block.people, block.world.places
    first = block.world.calendar.first
    who = np.arange(len(people))
    came = np.maximum(people.birth, first - 200 - people.number * 37 % 9000)
    movers = np.flatnonzero(people.moved < FAR)
    moved = people.moved[movers]
    person = np.concatenate([who, movers, movers])
    start = np.concatenate([came, came[movers], moved])
    until = np.concatenate([np.full(len(who), MISSING), moved - 1, np.full(len(movers), MISSING)])
    town = np.concatenate([people.municipality, people.municipality[movers], people.new_municipality[movers]])
    area = np.concatenate([people.postal, people.postal[movers], people.new_postal[movers]])
    changed = np.concatenate([np.maximum(came, first - 100), moved + 3, moved + 3])
    columns = {
        "HETU": fixed(people.hetu[person]),
        "MUUTTOPVM": days(start, "iso"),
        "KUNTA": codes(town_codes(places), town),
        "POSTINUMERO": postal(places, town, area),
        "LOPPUPVM": days(until, "iso"),
        "MUUTOSAIKA": days(changed, "iso"),
    }
    yield Sheet("residents", "residents", "asuminen", columns, block.world.cuts, changed * 1440, None, late=0.0)


def cost_lines(block: Block, costs: Array) -> Iterator[Sheet]:
    """Costs of each resident by package and month, for one year a time."""
    years, months = block.world.years, costs.shape[2]
    person, package, month = np.nonzero(costs > 0)
    starts = np.array([day_number(years[0] + number // 12, number % 12 + 1) for number in range(months + 1)])
    columns = {
        "Rivi": whole(block.base + np.arange(len(person))),
        "Henkilötunnus": fixed(block.people.hetu[person]),
        "Tietopaketti": codes([code for code, _ in PACKAGES], package),
        "Kuukausi": days(starts[month], "fi"),
        "Euroa": decimals(costs[person, package, month], 2, ","),
    }
    yield Sheet(
        "ledger",
        "ledger",
        "asiakaskustannukset",
        columns,
        block.world.cuts,
        starts[month + 1] * 1440 - 600,
        None,
        duplicates=0.0,
    )


def call_centre(block: Block, rng: np.random.Generator) -> Iterator[Sheet]:
    """Calls (callers unknown) and chats (users known)."""
    yield _calls(block, rng)
    people, calendar, places = block.people, block.world.calendar, block.world.places
    age = people.age(calendar.first)
    rate = np.where((age > 16) & (age < 75), 0.42, 0.04) * (calendar.end - calendar.first) / 365.25
    who = repeated(rng, rate)
    day = calendar.seasons["phone"].draw(rng, len(who))
    kept = (day >= people.birth[who]) & (day < people.died[who])
    who, day = who[kept], day[kept]
    start = day * 1440 + 480 + rng.integers(0, 470, len(who))
    answer = start + rng.gamma(1.2, 5, len(who)).astype(np.int64) + np.where(rng.random(len(who)) < 0.03, 1300, 0)
    columns = {
        "chat_id": prefixed("C", block.base + np.arange(len(who))),
        "person": fixed(people.hetu[who]),
        "queue": pa.array(["chat"] * len(who), pa.string()),
        "unit_oid": codes(
            [unit.oid for unit in places.units], places.nearest("terveysasema")[people.municipality[who]]
        ),
        "started": stamps(utc(start), "utc"),
        "first_agent_message": stamps(utc(answer), "utc"),
        "ended": stamps(utc(answer + rng.integers(3, 30, len(who))), "utc"),
        "open": pa.array(["true"] * len(who), pa.string()),
    }
    yield Sheet("callcentre", "callcentre", "chats", columns, block.world.cuts, answer + 60, None, counts="contacts")


def _calls(block: Block, rng: np.random.Generator) -> Sheet:
    people, calendar, places = block.people, block.world.calendar, block.world.places
    count = rng.poisson(1.25 * len(people) * (calendar.end - calendar.first) / 365.25)
    who = rng.integers(0, len(people), count)
    day = calendar.seasons["phone"].draw(rng, count)
    minute = np.where(
        rng.random(count) < 0.95,
        480 + (480 * rng.beta(1.2, 2.0, count)).astype(np.int64),
        rng.integers(960, 1200, count),
    )
    arrived = day * 1440 + minute
    robot = rng.random(count) < 0.25
    solved = robot & (rng.random(count) < 0.3)
    lot = rng.random(count)
    abandoned = ~solved & (lot < 0.09)
    back = ~solved & (lot >= 0.05) & (lot < 0.52)
    direct = ~solved & ~abandoned & ~back
    delay = np.where(rng.random(count) < 0.84, rng.integers(10, 260, count), 1440 + rng.integers(0, 1500, count))
    attempt = np.where(
        back, arrived + delay, np.where(direct, arrived + rng.gamma(1.2, 4, count).astype(np.int64), MISSING)
    )
    missed = back & (rng.random(count) < 0.12)
    reached = np.where(missed, np.where(rng.random(count) < 0.8, attempt + 1100, MISSING), attempt)
    open_days = np.array([not is_day_off(each) for each in range(calendar.first, calendar.end)])
    opened = open_days[day - calendar.first] & (minute < 960)
    answered = np.where(direct, attempt, MISSING)
    columns = {
        "call_id": prefixed("P", block.base + np.arange(count)),
        "queue": codes(
            ("terveysasema", "suun terveydenhuolto", "sosiaalipalvelut"),
            np.searchsorted([0.72, 0.92], rng.random(count)),
        ),
        "unit_oid": codes(
            [unit.oid for unit in places.units], places.nearest("terveysasema")[people.municipality[who]]
        ),
        "arrived_at": stamps(utc(arrived), "utc"),
        "answered_at": stamps(utc(answered), "utc"),
        "ended_at": stamps(utc(np.where(direct, attempt + rng.integers(2, 15, count), arrived + 2)), "utc"),
        "abandoned": flags(abandoned, "true", "false"),
        "callback_requested": flags(back, "true", "false"),
        "first_attempt_at": stamps(utc(attempt), "utc"),
        "reached_at": stamps(utc(reached), "utc"),
        "robot_outcome": codes(
            ("solved", "callback", "transfer"), np.where(solved, 0, np.where(robot, np.where(back, 1, 2), -1))
        ),
        "open": flags(opened, "true", "false"),
        "municipality": codes(town_codes(places), people.municipality[who]),
    }
    changed = np.maximum(np.maximum(reached, attempt), arrived) + 30
    cuts = block.world.cuts
    return Sheet(
        "callcentre", "callcentre", "calls", columns, cuts, changed, None, counts="contacts", dates="arrived_at"
    )


def feedback(block: Block, rng: np.random.Generator) -> Iterator[Sheet]:
    """Answers after 1.5 % of the visits. No one is named; the open text is made up."""
    rows = block.contacts
    mine = np.flatnonzero((rows["status"] == 0) & (rows["type"] <= 4) & (rng.random(length(rows)) < 0.015))
    visit, count = pick(rows, mine), len(mine)
    mood = rng.normal(0, 1, count) + 0.3 * ((visit["unit"] * 7) % 5 - 2) / 2
    items = {}
    for item in range(1, 8):
        value = np.clip(np.rint(4.1 + 0.8 * mood + rng.normal(0, 0.6, count)), 1, 5).astype(np.int64)
        lot = rng.random(count)
        items[f"b{item}"] = whole(np.where(lot < 0.04, 6, np.where(lot < 0.07, -1, value)))
    given = visit["end"] + rng.integers(30, 4000, count)
    columns = {
        "answer_id": prefixed("F", block.base + np.arange(count)),
        "answered_at": stamps(given, "iso"),
        "channel": codes(("sms", "web", "terminal"), np.searchsorted([0.6, 0.9], rng.random(count))),
        "service_code": codes([service.code for service in SERVICES], visit["service"]),
        "unit_code": codes([unit.oid for unit in block.world.places.units], visit["unit"]),
        "language": codes(("fi", "sv", "en"), np.searchsorted([0.95, 0.97], rng.random(count))),
        "respondent": codes(("self", "proxy", "child"), np.searchsorted([0.85, 0.98], rng.random(count))),
        "nps": whole(np.clip(np.rint(7.6 + 1.9 * mood), 0, 10).astype(np.int64)),
        **items,
        "open_text": codes(
            ("Kiitos hyvästä hoidosta", "Jonotin liian kauan", "Hoitaja Onni Kallio oli ystävällinen", None),
            np.searchsorted([0.1, 0.18, 0.2], rng.random(count)),
        ),
    }
    yield Sheet("feedback", "feedback", "answers", columns, block.world.cuts, given + 5, None)
