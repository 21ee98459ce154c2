"""Fills marts with made-up rows by SQL alone: every relation of the county's content, sized for a benchmark.

Values follow from a row's number by hashing, so that a run can be repeated. Times of one row lie near each other;
nothing else is true to life.
"""

from __future__ import annotations

import duckdb

from luotsi.concepts.calendar import calendar
from luotsi.concepts.reading import County
from luotsi.engine.duck.types import SQL_TYPES
from luotsi.engine.marts.relations import Relation, all_relations

PERSONS, CONTACTS = 270_000, 30_000_000
FIRST, DAYS = "2020-01-01", 1826

SHARES = {
    "contact": 1.0, "measurement": 0.33, "diagnosis": 0.27, "medication": 0.17, "appointment": 0.17, "stay": 0.02,
    "cost_line": 0.15, "calendar_slot": 0.07, "shift": 0.07, "vaccination": 0.03, "ledger_entry": 0.03,
    "referral": 0.017, "queue_entry": 0.01, "feedback": 0.01, "procedure": 0.03, "needs_assessment": 0.05,
    "assessment": 0.004, "assessment_answers": 0.04, "service_period": 0.002, "social_matter": 0.003,
    "social_decision": 0.003, "care_plan": 0.007, "absence": 0.007, "residence": 0.015,
}  # fmt: skip
"""Rows of a relation for each contact."""
FIXED = {"unit": 60, "professional": 3000, "staff_member": 8000, "bed_day": 91_300, "population": 22_000, "service": 50}

CODES = {
    "code_system": "['ICD10', 'ICD10', 'ICPC2']",
    "vaccination.atc": "['J07BB02', 'J07BX03', 'J07AL02']",
    "municipality": "['179', '077', '172', '182', '216', '226', '249', '256', '265', '275', '291', '312', '410']",
    "contact.service_form": "['T11', 'T11', 'T11', 'T40', 'T41', 'T51', 'T60', 'T71', 'T21', 'T26']",
    "contact.status": "['7', '7', '7', '7', '7', '4', '9']",
    "appointment.status": "['7', '7', '7', '7', '4', '9']",
    "measurement.test": "['hba1c', 'ldl', 'inr', 'bp_sys', 'bp_dia', 'weight', 'egfr', 'glucose', 'other', 'other']",
    "status": "['final', NULL]",
}
CHRONIC = {
    "diagnosis.code": (
        "['E11.9', 'I10', 'K86', 'T90', 'I25.1', 'F32', 'I48', 'J45']",
        "['J06.9', 'M54.5', 'Z00', 'R05', 'A09', 'L03', 'N30', 'H66']",
    ),
    "medication.atc": (
        "['A10BA02', 'C10AA05', 'B01AA03', 'A10AB05', 'C07AB02', 'B01AF02', 'C09AA05', 'H03AA01']",
        "['N02BE01', 'J01CA04', 'M01AE01', 'R05DA04', 'N05CF01', 'A02BC02', 'J01FA09', 'R06AE07']",
    ),
}
"""What one person in six has for years, and what anybody has: eight values each."""
SPREAD = {
    "contact.received_at": -3, "contact.assessed_at": -15, "contact.reached_at": -2, "contact.first_attempt_at": -2,
    "stay.ended_at": 9, "stay.ready_on": 7, "referral.handled_at": 30, "social_matter.started_on": 14,
    "social_matter.finished_on": 120, "appointment.booked_at": -40, "queue_entry.ended_at": 300,
    "queue_entry.decided_at": 40, "service_period.ended_on": 900, "shift.ends_at": 1,
}  # fmt: skip
"""How many days a date may lie after (before: negative) the row's own day; others lie on it."""


def fill(con: duckdb.DuckDBPyConnection, county: County, *, contacts: int = CONTACTS, persons: int = PERSONS) -> None:
    """Makes schema `marts` with every relation, for a number of contacts and persons."""
    con.execute("CREATE SCHEMA IF NOT EXISTS marts")
    relations = list(all_relations(county))
    sizes = {each.table: _size(each.table, contacts, persons) for each in relations}
    for each in relations:
        con.execute(f"CREATE OR REPLACE TABLE marts.{each.table} AS {_query(county, each, sizes)}")
    con.execute("CREATE OR REPLACE TABLE marts.calendar (date DATE, working BOOLEAN, nth INTEGER)")
    days = [list(column) for column in zip(*calendar(), strict=True)]
    con.execute("INSERT INTO marts.calendar SELECT unnest(?::DATE[]), unnest(?), unnest(?)", days)


def _size(table: str, contacts: int, persons: int) -> int:
    if table == "person":
        return persons
    return FIXED.get(table) or max(200, int(contacts * SHARES.get(table, 0)))


def _query(county: County, of: Relation, sizes: dict[str, int]) -> str:
    columns = ", ".join(f'{_column(county, of, word, kind, sizes)} AS "{word}"' for word, kind in of.columns.items())
    return f"SELECT {columns} FROM range({sizes[of.table]}) AS rows(i)"


def _column(county: County, of: Relation, word: str, kind: str, sizes: dict[str, int]) -> str:
    salt = f"hash(i, '{of.table}.{word}')"
    day = f"(DATE '{FIRST}' + CAST(hash(i, '{of.table}') % {DAYS} AS INTEGER))"
    if word == "key":
        base = of.concept
        return f"CAST(md5('{base}' || {f'i % {sizes[base]}' if of.table != base else 'i'}) AS UUID)"
    if f"{of.table}.{word}" in CHRONIC:
        ill, well = CHRONIC[f"{of.table}.{word}"]
        person = f"hash(i, '{of.table}.person') % {sizes['person']}"
        return f"(CASE WHEN {person} % 6 = 0 THEN {ill} ELSE {well} END)[CAST({salt} % 8 AS INTEGER) + 1]"
    if kind == "reference":
        concept = of.refers[word]
        return f"CAST(md5('{concept}' || ({salt} % {sizes[concept]})) AS UUID)"
    if of.table == "person" and word in ("birth_date", "died_on"):
        born = f"DATE '1930-01-01' + CAST({salt} % 33000 AS INTEGER)"
        return born if word == "birth_date" else f"CASE WHEN i % 40 = 0 THEN {day} END"
    if kind in ("date", "timestamp"):
        spread = SPREAD.get(f"{of.table}.{word}", 0)
        shift = f"CAST({salt} % {abs(spread) + 1} AS INTEGER)"
        moved = f"({day} {'-' if spread < 0 else '+'} {shift})"
        return moved if kind == "date" else f"({moved} + to_minutes(CAST({salt} % 1200 AS INTEGER)))"
    if word == "year":
        return f"CAST(2019 + {salt} % 7 AS BIGINT)"
    if kind == "boolean":
        return f"({salt} % 20 = 0)"
    if kind == "decimal":
        return f"CAST({salt} % 20000 / 100.0 AS DECIMAL(18, 6))"
    if kind == "integer":
        return f"CAST({salt} % 100 AS BIGINT)"
    place = f"CAST({salt} % 1000 AS INTEGER) % {_many(county, of, word)} + 1"
    return f"CAST({_text(county, of, word)}[{place}] AS {SQL_TYPES[kind]})"


def _listed(county: County, of: Relation, word: str) -> list[str]:
    concept = county.concepts[of.concept]
    many = concept.many.get(of.table.removeprefix(f"{of.concept}_"))
    attribute = (many.attributes if many and word in many.attributes else concept.attributes)[word]
    if attribute.codes and attribute.codes in county.codes:
        return list(county.codes[attribute.codes].rows)[:60]
    return [f"{word} {place}" for place in range(20)]


def _text(county: County, of: Relation, word: str) -> str:
    given = CODES.get(f"{of.table}.{word}") or CODES.get(word)
    return given or str(_listed(county, of, word))


def _many(county: County, of: Relation, word: str) -> int:
    given = CODES.get(f"{of.table}.{word}") or CODES.get(word)
    return given.count(",") + 1 if given else len(_listed(county, of, word))
