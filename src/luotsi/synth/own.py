"""What residents and professionals do in Luotsi's own pages, for a block: answers, work items, referrals, feedback.

Draws the rows alone; as which extracts they leave is said in `layouts.own`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from luotsi.synth.block import Block
from luotsi.synth.rows import Rows, join, length, pick, repeated
from luotsi.synth.text import MISSING, Array

DAY = 1440
OLDER, ADULTS, WHO5, PHQ9 = range(4)
"""The forms that are answered."""
RATE = 0.024
"""Wellbeing referrals of an adult of usual frailty in a year; one with none has four tenths of it."""
FOLLOWED = ((-7, 0.9, 0.0), (84, 0.8, 0.3), (168, 0.7, 0.5))
"""When those referred are asked how they are, as days from the first contact (each has a week): at the start, at three
and at six months; the share that answers, and by how much the burden has eased. Who stops answering does not return."""


def drawing(block: Block) -> np.random.Generator:
    """Where the draws of a block's own events come from: their own, so that no other system's draws move them."""
    return np.random.default_rng([block.world.seed, block.world.residents, 6, block.number])


def referrals(block: Block, rng: np.random.Generator) -> Rows:
    """Wellbeing referrals with all their times, in minutes; what has not happened is MISSING.

    Of a hundred, six are never sent, fifteen declined and eight left without an answer; most of the others meet.
    """
    people, calendar = block.people, block.world.calendar
    age = people.age((calendar.first + calendar.end) // 2)
    years = (calendar.end - calendar.first) / 365.25
    rate = RATE * (age >= 18) * (0.4 + 0.6 * people.frailty) * years
    who = repeated(rng, rate)
    day = calendar.seasons["office"].draw(rng, len(who))
    alive = (day > people.birth[who]) & (day + 120 < people.died[who])
    who, day = who[alive], day[alive]
    count = len(who)
    made = day * DAY + 500 + rng.integers(0, 400, count)
    lot = rng.random(count)
    sent = np.where(lot < 0.06, MISSING, made + rng.integers(5, 3 * DAY, count))
    due = np.where(sent > 0, sent + 14 * DAY, MISSING)
    answered = np.where(lot >= 0.14, sent + rng.gamma(1.5, 3 * DAY, count).astype(np.int64), MISSING)
    accepted = np.where(lot >= 0.29, answered, MISSING)
    met = np.where(lot >= 0.36, accepted + rng.gamma(2.0, 6 * DAY, count).astype(np.int64), MISSING)
    closed = np.where(
        (lot >= 0.29) & (rng.random(count) < 0.9),
        np.maximum(accepted, met) + rng.integers(60, 240, count) * DAY,
        MISSING,
    )
    before = np.clip(rng.normal(38, 16, count), 0, 100).astype(np.int64) // 4 * 4
    after = np.clip(before + rng.normal(11, 15, count), 0, 100).astype(np.int64) // 4 * 4
    lots = rng.random(count)
    return {
        "person": who,
        "made": made,
        "sent": sent,
        "due": due,
        "answered": answered,
        "accepted": accepted,
        "met": met,
        "closed": closed,
        "receiver": rng.integers(0, 4, count),
        "reason": np.where((lot >= 0.14) & (lot < 0.29), rng.integers(0, 4, count), -1),
        "outcome": np.where(met > 0, np.searchsorted([0.55, 0.9], lots), 2),
        "before": np.where((met > 0) & (rng.random(count) < 0.85), before, MISSING),
        "after": np.where((met > 0) & (rng.random(count) < 0.65), after, MISSING),
        "link": rng.random(count) < 0.3,
        "origin": np.searchsorted([0.5, 0.8], rng.random(count)),
    }


def answered(block: Block, referred: Rows, rng: np.random.Generator) -> Rows:
    """Self-assessments: of residents now and then, and of those referred from the first contact on."""
    people, calendar = block.people, block.world.calendar
    age = people.age((calendar.first + calendar.end) // 2)
    years = (calendar.end - calendar.first) / 365.25
    who = repeated(rng, np.where(age >= 18, 0.06, 0) * years)
    day = calendar.seasons["office"].draw(rng, len(who))
    form = np.where(age[who] >= 65, OLDER, ADULTS)
    usual = _answers(who, day, form, people.frailty[who] - 1, rng)
    met = pick(referred, referred["met"] > 0)
    rows = join([usual, *_followed(met, age[met["person"]] >= 65, rng), *_who5(met, rng)])
    alive = (rows["day"] > people.birth[rows["person"]]) & (rows["day"] < people.died[rows["person"]])
    return pick(rows, alive)


def _followed(met: Rows, older: Array, rng: np.random.Generator) -> Iterator[Rows]:
    """Loneliness and mood around the first contact: older people tell both on one form, the others on two."""
    burden, lot = rng.normal(1.3, 0.4, length(met)), rng.random(length(met))
    for since, share, ease in FOLLOWED:
        mine = np.flatnonzero(lot < share)
        day = met["met"][mine] // DAY + since + rng.integers(0, 7, len(mine))
        forms = np.where(older[mine], OLDER, ADULTS)
        yield _answers(met["person"][mine], day, forms, burden[mine] - ease, rng)
        young = ~older[mine]
        mine, day = mine[young], day[young]
        yield _answers(met["person"][mine], day, np.full(len(mine), PHQ9), burden[mine] - ease, rng)


def _who5(met: Rows, rng: np.random.Generator) -> Iterator[Rows]:
    """The wellbeing that referrals tell of, as it was answered: at the first contact and at the closing."""
    for moment, value in (("met", "before"), ("closed", "after")):
        mine = pick(met, (met[moment] > 0) & (met[value] >= 0))
        count = length(mine)
        rows = _answers(mine["person"], mine[moment] // DAY, np.full(count, WHO5), np.zeros(count), rng)
        yield {**rows, "who5": mine[value]}


def _answers(who: Array, day: Array, form: Array, burden: Array, rng: np.random.Generator) -> Rows:
    """Answers that are the heavier, the greater the burden of a person; a question that a form lacks is MISSING."""
    count = len(who)
    lonely = np.clip(np.rint(1.3 + 0.7 * burden + rng.normal(0, 1.0, count)), 0, 4).astype(np.int64)
    mood = np.clip(np.rint(1.4 + 0.9 * burden + rng.normal(0, 1.3, count)), 0, 6).astype(np.int64)
    index = np.clip(58 - 12 * burden + rng.normal(0, 15, count), 0, 100).astype(np.int64) // 4 * 4
    risk = (rng.random(count) < 0.22).astype(np.int64)
    return {
        "person": who,
        "day": day,
        "form": form,
        "lonely": np.where(form <= ADULTS, lonely, MISSING),
        "phq2": np.where((form == OLDER) | (form == PHQ9), mood, MISSING),
        "who5": np.where(form == WHO5, index, MISSING),
        "alcohol_use": np.where(form == OLDER, risk, MISSING),
    }


def work_items(block: Block, rng: np.random.Generator) -> Rows:
    """Matters in work queues: when they came, by when they are promised, when they were taken and ended."""
    people, calendar = block.people, block.world.calendar
    years = (calendar.end - calendar.first) / 365.25
    who = repeated(rng, 0.12 * people.frailty * years)
    day = calendar.seasons["office"].draw(rng, len(who))
    kept = (day > people.birth[who]) & (day < people.died[who])
    who, day = who[kept], day[kept]
    count = len(who)
    added = day * DAY + 480 + rng.integers(0, 420, count)
    urgency = np.searchsorted([0.05, 0.25, 0.7, 0.8], rng.random(count))
    due = added + np.array([120, 480, 3 * DAY, 7 * DAY, 7 * DAY])[urgency]
    taken = added + rng.gamma(1.1, np.array([30, 120, 900, 1800, 1800])[urgency]).astype(np.int64) + 1
    ended = taken + rng.integers(5, 240, count)
    return {
        "person": who,
        "added": added,
        "due": due,
        "taken": taken,
        "ended": ended,
        "urgency": urgency,
        "queue": np.searchsorted([0.6, 0.75, 0.9], rng.random(count)),
        "outcome": np.searchsorted([0.35, 0.65, 0.8, 0.92, 0.97], rng.random(count)),
        "cancelled": rng.random(count) < 0.03,
    }


def invitations(block: Block, rng: np.random.Generator) -> Rows:
    """Invitations to feedback after 2 % of visits, and what three in ten of those asked answered."""
    rows = block.contacts
    mine = np.flatnonzero((rows["status"] == 0) & (rows["type"] <= 4) & (rng.random(length(rows)) < 0.02))
    visit, count = pick(rows, mine), len(mine)
    mood = rng.normal(0, 1, count)
    sent = visit["end"] + rng.integers(60, 1400, count)
    given = np.where(rng.random(count) < 0.3, sent + rng.integers(10, 5 * DAY, count), MISSING)
    found: Rows = {"person": visit["person"], "unit": visit["unit"], "service": visit["service"]}
    found |= {"sent": sent, "given": given, "channel": np.searchsorted([0.7], rng.random(count))}
    for item in range(1, 8):
        value = np.clip(np.rint(4.1 + 0.8 * mood + rng.normal(0, 0.6, count)), 1, 5).astype(np.int64)
        found[f"item{item}"] = np.where(rng.random(count) < 0.05, MISSING, value)
    found["nps"] = np.clip(np.rint(7.6 + 1.9 * mood), 0, 10).astype(np.int64)
    found["theme"] = np.where(rng.random(count) < 0.4, rng.integers(0, 10, count), -1)
    found["mood"] = np.where(found["theme"] >= 0, np.where(mood > 0.3, 0, np.where(mood < -0.6, 1, 2)), -1)
    return found
