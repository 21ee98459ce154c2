"""Luotsi's own events as the nightly run takes them to the lake: one Parquet table for each concept they carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from luotsi.synth import own
from luotsi.synth.block import Block, World
from luotsi.synth.layouts.patients import town_codes
from luotsi.synth.places import SERVICES
from luotsi.synth.residents import LANGUAGES
from luotsi.synth.rows import Rows, join, length, pick
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import MISSING, Array, codes, day_number, days, fixed, flags, prefixed, stamps, whole

SOURCE, INSTANCE = "luotsi", "demonstration"
RECEIVERS = (
    ("3221360-9", "Keinoystävät ry"),
    ("3221361-7", "Keinokylän kulttuuriyhdistys ry"),
    ("3221362-5", "Keinolan liikunta ry"),
    ("3221363-3", "Keinolan seurakunta"),
)
"""Made-up receivers of wellbeing referrals."""
DECLINES = ("full", "not_fitting", "distance", "other")
OUTCOMES = ("reached", "partly", "not_started")
ORIGINS = ("work_item", "assessment", "page")
QUEUES = ("symptom_contacts", "physiotherapy", "family_health", "social_contacts")
URGENCIES = ("now", "today", "days", "self_care", "non_urgent")
RESULTS = ("answered", "booked", "referred", "self_care", "not_reached", "no_need")
INSTRUMENTS = ("older_functioning", "needs_adults", "WHO5", "PHQ9")
NUMBERS = ("lonely", "phq2", "who5")
BANDS = ("0-6", "7-17", "18-29", "30-64", "65-74", "75-84", "85+")
FIRST_AGES = (7, 18, 30, 65, 75, 85)
THEMES = (
    *("access", "encounter", "information", "participation", "competence"),
    *("safety", "continuity", "digital", "premises", "fees"),
)
MOODS = ("positive", "negative", "mixed")
ENTRIES = 400
"""Entries of the service directory."""
STEPS = (
    ("made", "draft"),
    ("sent", "sent"),
    ("lapses", "lapsed"),
    ("declined", "declined"),
    ("accepted", "accepted"),
    ("met", "met"),
    ("closed", "closed"),
)
"""What happens to a referral, and the state it is in after that."""


def sheets(block: Block) -> Iterator[Sheet]:
    """Everything that people of a block do in our pages."""
    rng = own.drawing(block)
    made = own.referrals(block, rng)
    yield _referrals(block, made)
    yield from _answers(block.world, block.base, own.answered(block, made, rng), block.people.hetu)
    yield _work_items(block, own.work_items(block, rng))
    yield from _feedback(block, own.invitations(block, rng))


def surveys(world: World, rng: np.random.Generator) -> Iterator[Sheet]:
    """The forms that teams fill in of themselves once a year: data maturity and the fidelity of IPS."""
    units = np.concatenate([world.places.of(kind) for kind in ("terveysasema", "mielenterveys")])
    years = range(world.years[0], world.years[1] + 1)
    unit = np.tile(units, len(years))
    day = np.repeat([day_number(year, 10) for year in years], len(units)) + rng.integers(0, 30, len(unit))
    fidelity = np.isin(unit, world.places.of("mielenterveys"))
    points = np.where(fidelity, rng.integers(70, 118, len(unit)), rng.integers(2, 5, len(unit)))
    columns = {
        "assessment_id": prefixed("survey-", np.arange(len(unit))),
        "unit": codes([each.oid for each in world.places.units], unit),
        "instrument": codes(("data_maturity", "ips_fidelity"), fidelity.astype(np.int64)),
        "assessed_on": days(day, "iso"),
        "locked": flags(np.ones(len(unit), dtype=bool), "1", "0"),
    }
    nobody = {"person": pa.nulls(len(unit), pa.string())}
    yield _sheet(world, "assessment", {**columns, **nobody}, day * own.DAY + 900)
    answers = {
        "assessment_id": columns["assessment_id"],
        "variable": codes(("maturity", "ips_fidelity"), fidelity.astype(np.int64)),
        "value": whole(points).cast(pa.string()),
        "number": whole(points).cast(pa.string()),
    }
    yield _sheet(world, "assessment_answers", answers, day * own.DAY + 900)


def directory(world: World, rng: np.random.Generator) -> Iterator[Sheet]:
    """The service directory as it grows and ages, and the days on which its entries were checked."""
    calendar, count = world.calendar, ENTRIES
    kind = np.searchsorted([0.45, 0.6, 0.92], rng.random(count))
    added = calendar.first + np.where(rng.random(count) < 0.6, 0, rng.integers(0, calendar.end - calendar.first, count))
    removed = np.where(rng.random(count) < 0.08, added + rng.integers(90, 900, count), MISSING)
    removed = np.where(removed < calendar.end, removed, MISSING)
    language = np.where(rng.random(count) < 0.1, MISSING, rng.random(count) < np.where(kind == 0, 0.35, 0.15))
    entries: Rows = {"id": np.arange(count), "kind": kind, "language": language, "added": added}
    entries["digital"] = (rng.random(count) < np.where(kind == 2, 0.3, 0.55)).astype(np.int64)
    gone = pick({**entries, "removed": removed, "changed": removed}, removed > 0)
    rows = join([{**entries, "removed": np.full(count, MISSING), "changed": added}, gone])
    columns = {
        "entry_id": prefixed("demonstration-", rows["id"]),
        "origin": codes(("ptv", "ptv", "csv", "csv"), rows["kind"]),
        "kind": codes(("public", "private", "association", "other"), rows["kind"]),
        "in_swedish": codes(("0", "1"), rows["language"]),
        "digital": codes(("0", "1"), rows["digital"]),
        "added_at": stamps(rows["added"] * own.DAY + 600, "own"),
        "removed_at": stamps(np.where(rows["removed"] > 0, rows["removed"] * own.DAY + 600, MISSING), "own"),
    }
    yield _sheet(world, "service_entry", columns, rows["changed"] * own.DAY + 600)
    years = np.arange(world.years[1] - world.years[0] + 1)
    entry, year = np.repeat(np.arange(count), len(years)), np.tile(years, count)
    day = added[entry] + year * 365 + np.where(year == 0, 0, rng.integers(-60, 90, len(entry)))
    kept = (day < calendar.end) & ((removed[entry] < 0) | (day < removed[entry]))
    kept &= (year == 0) | (rng.random(len(entry)) < np.where(kind[entry] == 2, 0.55, 0.75))
    entry, day = entry[kept], day[kept]
    columns = {
        "check_id": prefixed("demonstration-", entry * 100_000 + day),
        "service_entry": prefixed("demonstration-", entry),
        "checked_on": days(day, "iso"),
    }
    yield _sheet(world, "service_check", columns, day * own.DAY + 600)


def _sheet(world: World, table: str, columns: dict[str, pa.Array], changed: Array) -> Sheet:
    """A sheet without faults: what we write ourselves comes whole, once and in time.

    Its columns are in the order of their names, as the parts of a file must have the same.
    """
    columns = dict(sorted({**columns, "changed_at": stamps(changed, "own")}.items()))
    return Sheet(SOURCE, INSTANCE, table, columns, world.cuts, changed, "changed_at", duplicates=0.0, late=0.0)


def _referrals(block: Block, made: Rows) -> Sheet:
    people, places = block.people, block.world.places
    made = {**made, "id": np.arange(length(made))}
    made["lapses"] = np.where((made["sent"] > 0) & (made["answered"] < 0), made["due"], MISSING)
    made["declined"] = np.where(made["accepted"] < 0, made["answered"], MISSING)
    rows = join([_after(made, time, place) for place, (time, _) in enumerate(STEPS)])
    sent, closed = rows["sent"] > 0, rows["closed"] > 0
    columns = {
        "referral_id": prefixed("demonstration-", block.base + rows["id"]),
        "person": fixed(people.hetu[rows["person"]]),
        "unit": codes(
            [unit.oid for unit in places.units], places.nearest("terveysasema")[people.municipality[rows["person"]]]
        ),
        "organisation": codes([each for each, _ in RECEIVERS], np.where(sent, rows["receiver"], -1)),
        "organisation_name": codes([name for _, name in RECEIVERS], np.where(sent, rows["receiver"], -1)),
        "origin": codes(ORIGINS, rows["origin"]),
        "language": codes(LANGUAGES, people.language[rows["person"]]),
        "state": codes([state for _, state in STEPS], rows["step"]),
        "outcome": codes(OUTCOMES, np.where(closed, rows["outcome"], -1)),
        "decline_reason": codes(DECLINES, np.where(rows["declined"] > 0, rows["reason"], -1)),
        "link_worker": flags(rows["link"], "1", "0"),
        "made_at": stamps(rows["made"], "own"),
        "sent_at": stamps(rows["sent"], "own"),
        "answer_due_at": stamps(np.where(sent, rows["due"], MISSING), "own"),
        "accepted_at": stamps(rows["accepted"], "own"),
        "first_contact_at": stamps(rows["met"], "own"),
        "closed_at": stamps(rows["closed"], "own"),
        "who5_before": whole(np.where(rows["met"] > 0, rows["before"], -1)).cast(pa.string()),
        "who5_after": whole(np.where(closed, rows["after"], -1)).cast(pa.string()),
    }
    first_sent = np.array([state for _, state in STEPS])[rows["step"]] == "sent"
    told = _sheet(block.world, "wellbeing_referral", columns, rows["changed"])
    return replace(told, counts="wellbeing_referrals", counted=first_sent)


def _after(rows: Rows, time: str, step: int) -> Rows:
    """The rows as they are after one thing has happened: what comes later is not known yet."""
    chosen = pick(rows, rows[time] > 0)
    now = chosen[time]
    known = {name: np.where(chosen[name] <= now, chosen[name], MISSING) for name, _ in STEPS}
    return {**chosen, **known, "changed": now, "step": np.full(len(now), step)}


def _answers(world: World, base: int, rows: Rows, hetu: Array) -> Iterator[Sheet]:
    number = base + np.arange(length(rows))
    changed = rows["day"] * own.DAY + 720
    columns = {
        "assessment_id": prefixed("self-", number),
        "person": fixed(hetu[rows["person"]]),
        "unit": pa.nulls(length(rows), pa.string()),
        "instrument": codes(INSTRUMENTS, rows["form"]),
        "assessed_on": days(rows["day"], "iso"),
        "locked": flags(np.ones(length(rows), dtype=bool), "1", "0"),
    }
    yield _sheet(world, "assessment", columns, changed)
    parts: list[Rows] = []
    for place, name in enumerate((*NUMBERS, "alcohol_use")):
        given = np.flatnonzero(rows[name] >= 0)
        parts.append({"row": given, "variable": np.full(len(given), place), "value": rows[name][given]})
    said = join(parts)
    classed = said["variable"] == len(NUMBERS)
    points = whole(np.where(classed, -1, said["value"])).cast(pa.string())
    answers = {
        "assessment_id": prefixed("self-", number[said["row"]]),
        "variable": codes((*NUMBERS, "alcohol_use"), said["variable"]),
        "value": pc.call_function("coalesce", [codes(("low", "risk"), np.where(classed, said["value"], -1)), points]),
        "number": points,
    }
    yield _sheet(world, "assessment_answers", answers, changed[said["row"]])


def _work_items(block: Block, rows: Rows) -> Sheet:
    people, places = block.people, block.world.places
    begun = {**rows, "id": np.arange(length(rows)), "changed": rows["added"], "state": np.zeros(length(rows), np.int64)}
    ended = {**begun, "changed": rows["ended"], "state": np.where(rows["cancelled"], 2, 1)}
    waiting = {name: np.full(length(rows), MISSING) for name in ("taken", "ended")}
    both = join([{**begun, **waiting}, ended])
    columns = {
        "work_item_id": prefixed("demonstration-", block.base + both["id"]),
        "person": fixed(people.hetu[both["person"]]),
        "unit": codes(
            [unit.oid for unit in places.units], places.nearest("terveysasema")[people.municipality[both["person"]]]
        ),
        "queue": codes(QUEUES, both["queue"]),
        "origin": codes(("assessment",), np.zeros(length(both), np.int64)),
        "urgency": codes(URGENCIES, both["urgency"]),
        "state": codes(("new", "resolved", "cancelled"), both["state"]),
        "outcome": codes(RESULTS, np.where(both["state"] == 1, both["outcome"], -1)),
        "added_at": stamps(both["added"], "own"),
        "due_at": stamps(both["due"], "own"),
        "by_statute": flags(np.zeros(length(both), dtype=bool), "1", "0"),
        "taken_at": stamps(both["taken"], "own"),
        "ended_at": stamps(both["ended"], "own"),
        "hand_overs": codes(("0",), np.zeros(length(both), np.int64)),
    }
    return _sheet(block.world, "work_item", columns, both["changed"])


def _feedback(block: Block, rows: Rows) -> Iterator[Sheet]:
    """Invitations as they are sent and, where someone answers, again with the answer."""
    rows = {**rows, "id": block.base + np.arange(length(rows))}
    answered = pick(rows, rows["given"] > 0)
    asked = {**rows, "changed": rows["sent"], "given": np.full(length(rows), MISSING)}
    both = join([asked, {**answered, "changed": answered["given"]}])
    people, places = block.people, block.world.places
    age = (both["sent"] // own.DAY - people.birth[both["person"]]) / 365.25
    columns = {
        "invitation_id": prefixed("demonstration-", both["id"]),
        **_place(block, both),
        "sent_at": stamps(both["sent"], "own"),
        "answered_at": stamps(both["given"], "own"),
        "age_group": codes(BANDS, np.searchsorted(FIRST_AGES, age, side="right")),
        "sex": whole(people.sex[both["person"]]).cast(pa.string()),
        "language": codes(LANGUAGES, people.language[both["person"]]),
        "municipality": codes(town_codes(places), people.municipality[both["person"]]),
    }
    yield _sheet(block.world, "feedback_invitation", columns, both["changed"])
    columns = {
        "feedback_id": prefixed("demonstration-", answered["id"]),
        **_place(block, answered),
        "form": _same("feedback_visit|1", length(answered)),
        "invitation": prefixed("demonstration-", answered["id"]),
        "given_at": stamps(answered["given"], "own"),
        "respondent": _same("self", length(answered)),
        "language": codes(LANGUAGES, people.language[answered["person"]]),
        "nps": whole(answered["nps"]).cast(pa.string()),
        **{f"item{item}": whole(answered[f"item{item}"]).cast(pa.string()) for item in range(1, 8)},
        "theme": codes(THEMES, answered["theme"]),
        "mood": codes(MOODS, answered["mood"]),
    }
    yield _sheet(block.world, "feedback", columns, answered["given"])


def _place(block: Block, rows: Rows) -> dict[str, pa.Array]:
    """What the feedback is of, and how it was asked for."""
    return {
        "unit": codes([unit.oid for unit in block.world.places.units], rows["unit"]),
        "service": codes([service.code for service in SERVICES], rows["service"]),
        "channel": codes(("sms", "web"), rows["channel"]),
    }


def _same(text: str, count: int) -> pa.Array:
    return codes((text,), np.zeros(count, np.int64))
