"""Lifecare: ward stays, emergency visits, referrals and the queue to specialised care."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from luotsi.synth.layouts.lifecare.database import Database
from luotsi.synth.places import SPECIALITIES
from luotsi.synth.rows import length, pick
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import MISSING, codes, days, flags, stamps, whole

JATKOT = ("koti", "kotihoito", "osasto", "asumispalvelu", "kuollut", "muu")
POISTUMAT = ("hoidettu", "palveluseteli", "perui", "ei tarvetta", "kuollut")
PAATOKSET = ("hyväksytty", "konsultaatiovastaus", "palautettu")


def stays(db: Database) -> Iterator[Sheet]:
    """Ward stays: open ones as they stand at an extract, and all when they have ended."""
    rows = db.block.stays
    hospital = rows["speciality"] >= 0
    mine = hospital if db.region < 0 else ~hospital & (db.block.region[rows["person"]] == db.region)
    place = np.flatnonzero(mine)
    rows = pick(rows, place)
    wall = db.world.cuts[-1] * 1440
    open_ = (rows["start"] + 60 < wall) & (rows["changed"] >= wall)
    crossing = np.flatnonzero(
        np.searchsorted(np.array(db.world.cuts) * 1440, rows["start"] + 60, side="right")
        != np.searchsorted(np.array(db.world.cuts) * 1440, rows["changed"], side="right")
    )
    early = pick({**rows, "id": place}, crossing)
    for name in ("end", "ready"):
        early[name] = np.full(len(crossing), MISSING)
    for name in ("destination", "waited"):
        early[name] = np.full(len(crossing), -1)
    counted = np.concatenate([np.ones(len(place), dtype=bool), open_[crossing]])
    early["changed"] = early["start"] + 60
    rows = {name: np.concatenate([values, early[name]]) for name, values in {**rows, "id": place}.items()}
    columns = {
        "JAKSO_ID": whole(db.block.base + rows["id"]),
        "POTILAS_ID": db.person(rows["person"]),
        "OSASTO": codes(db.units, rows["unit"]),
        "ERIKOISALA": codes(
            [*SPECIALITIES, "98"], np.where(rows["speciality"] < 0, len(SPECIALITIES), rows["speciality"])
        ),
        "TULOAIKA": stamps(rows["start"], "fi"),
        "LAHTOAIKA": stamps(rows["end"], "fi"),
        "KIIREELLISYYS": codes(("3", "4"), (rows["kind"] > 0).astype(int)),
        "SUUNNITELTU": codes(("E", "K", "P"), rows["kind"]),
        "JATKOHOITO": codes(JATKOT, rows["destination"]),
        "SIIRTOVALMIS": days(rows["ready"], "fi"),
        "ODOTTAA": codes(JATKOT, rows["waited"]),
        "SIIRTO": flags(rows["transferred"], "K", "E"),
        "PALLIATIIVINEN": flags(rows["palliative"], "K", "E"),
        "MUUTETTU": stamps(rows["changed"], "fi"),
        "POISTETTU": pa.nulls(len(rows["id"]), pa.string()),
    }
    yield db.sheet(
        "osastojakso",
        columns,
        rows["changed"],
        dates="TULOAIKA",
        coded="JATKOHOITO",
        counts="stays",
        counted=counted,
    )


def hospital(db: Database) -> Iterator[Sheet]:
    """Emergency visits, referrals and the queue."""
    rows = db.block.emergency
    unit = db.world.places.of("päivystys")[0]
    columns = {
        "PAIVYSTYS_ID": whole(db.block.base + 60_000_000 + np.arange(length(rows))),
        "POTILAS_ID": db.person(rows["person"]),
        "YKSIKKO": codes(db.units, np.full(length(rows), unit)),
        "SAAPUI": stamps(rows["start"], "fi"),
        "LAHTI": stamps(rows["end"], "fi"),
        "KIIREELLISYYS": codes(("1", "6", "V"), rows["urgency"]),
        "JATKOHOITO": codes(JATKOT, rows["destination"]),
        "OSASTOLLE": flags(rows["admitted"], "K", "E"),
        "SOVITTU": flags(rows["agreed"], "K", "E"),
    }
    yield db.sheet("paivystys", columns, rows["changed"], dates="SAAPUI", coded="KIIREELLISYYS", counts="stays")
    yield from _queue(db)


def _queue(db: Database) -> Iterator[Sheet]:
    rows = db.block.referrals
    number = db.block.base + np.arange(length(rows))
    person, unit = db.person(rows["person"]), codes(db.units, rows["unit"])
    speciality = codes(SPECIALITIES, rows["speciality"])
    columns = {
        "LAHETE_ID": whole(number),
        "POTILAS_ID": person,
        "LAHETTAJA": codes([each.oid for each in db.world.places.units], rows["from"]),
        "VASTAANOTTAJA": unit,
        "ERIKOISALA": speciality,
        "LAHETETTY": stamps(rows["sent"], "fi"),
        "SAAPUNUT": stamps(rows["received"], "fi"),
        "KASITELTY": stamps(rows["handled"], "fi"),
        "PAATOS": codes(PAATOKSET, rows["decision"]),
    }
    yield db.sheet("lahete", columns, rows["changed"])
    place = np.flatnonzero(rows["decision"] == 0)
    begun = pick({**rows, "id": number}, place)
    over = {**begun, "changed": begun["ended"] + 45}
    begun["ended"] = np.full(len(place), MISSING)
    begun["reason"] = np.full(len(place), -1)
    rows = {name: np.concatenate([begun[name], over[name]]) for name in begun}
    columns = {
        "JONO_ID": whole(rows["id"]),
        "POTILAS_ID": db.person(rows["person"]),
        "YKSIKKO": codes(db.units, rows["unit"]),
        "ERIKOISALA": codes(SPECIALITIES, rows["speciality"]),
        "LAHETE": stamps(rows["received"], "fi"),
        "KASITELTY": stamps(rows["handled"], "fi"),
        "JONOPVM": stamps(rows["handled"], "fi"),
        "POISTUI": stamps(rows["ended"], "fi"),
        "POISTUMISSYY": codes(POISTUMAT, rows["reason"]),
        "POTILAAN_SIIRTO": flags(rows["own_wish"], "K", "E"),
        "KIIREELLISYYS": codes(("E",), np.zeros(len(rows["id"]), dtype=int)),
    }
    yield db.sheet("jono", columns, rows["changed"])
