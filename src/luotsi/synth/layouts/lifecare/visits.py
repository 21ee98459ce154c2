"""Lifecare: visits and what belongs to them. Stays are in `hospital`, what is measured and prescribed in `care`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from luotsi.synth import clinical, contacts
from luotsi.synth.layouts.lifecare.database import AMMATIT, Database
from luotsi.synth.layouts.patients import town_codes
from luotsi.synth.places import SERVICES
from luotsi.synth.rows import Rows, length, pick
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import MISSING, Array, codes, days, flags, stamps, whole


def sheets(db: Database) -> Iterator[Sheet]:
    """Visits, migrated visits, assessments of need, bookings, diagnoses and procedures."""
    rows = db.block.contacts
    hospital = rows["form"] == contacts.FORMS.index("T90")
    day = rows["start"] // 1440
    here = hospital if db.region < 0 else ~hospital & (db.block.region[rows["person"]] == db.region)
    mine = np.flatnonzero(here & (day >= db.since))
    chosen = pick(rows, mine)
    yield db.sheet(
        "kaynti",
        {"KAYNTI_ID": whole(chosen["id"]), **_visit(db, chosen)},
        chosen["changed"],
        duplicates=0.02,
        corrects="KIIREELLISYYS",
        deletes=("POISTETTU", "K"),
        dates="ALKOI",
        coded="YHTEYSTAPA",
        counts="contacts",
        counted=chosen["status"] == 0,
        marked={"visit_before_assessment": chosen["early"], "no_professional": chosen["professional"] < 0},
    )
    if db.since:
        old = pick(rows, here & (day < db.since))
        changed = np.full(length(old), db.since * 1440 + 180)
        columns = {"VANHA_ID": whole(old["id"]), "KAYNTI_ID": whole(old["id"] + 5 * 10**15), **_visit(db, old)}
        yield db.sheet("siirtokaynti", columns, changed, duplicates=0.0)
    yield _assessments(db, chosen)
    yield _bookings(db, chosen)
    yield _diagnoses(db, mine)
    found = db.block.procedures
    done = pick(found, np.isin(found["row"], mine, assume_unique=False))
    yield _procedures(db, done)


def _visit(db: Database, rows: Rows) -> dict[str, pa.Array]:
    held = rows["status"] == 0
    return {
        "POTILAS_ID": db.person(rows["person"]),
        "YKSIKKO": codes(db.units, rows["unit"]),
        "AMMATTILAINEN": db.professional(rows["professional"]),
        "AMMATTI": codes(AMMATIT, rows["profession"]),
        "PALVELU": codes([service.code for service in SERVICES], rows["service"]),
        "PALVELUMUOTO": codes(contacts.FORMS, rows["form"]),
        "YHTEYSTAPA": codes(contacts.TYPES, rows["type"]),
        "LUONNE": codes(contacts.NATURES, rows["nature"]),
        "KIIREELLISYYS": codes(contacts.URGENCIES, rows["urgency"]),
        "KAVIJARYHMA": pa.array(["1"] * length(rows), pa.string()),
        "YHTEYDENOTTO": stamps(rows["received"], "fi"),
        "HTA": stamps(rows["assessed"], "fi"),
        "ALKOI": stamps(rows["start"], "fi"),
        "LOPPUI": stamps(np.where(held, rows["end"], MISSING), "fi"),
        "TILA": codes(contacts.STATUSES, rows["status"]),
        "SUUNNITELMAKAYNTI": flags(rows["plan"], "K", "E"),
        "TODISTUS": flags(rows["certificate"], "K", "E"),
        "ENSIKAYNTI": flags(rows["first"], "K", "E"),
        "SUORAVASTAANOTTO": flags(rows["direct"], "K", "E"),
        "ALAIKAISMERKINTA": whole(rows["minor"]),
        "KUNTA": codes(town_codes(db.world.places), rows["municipality"]),
        "MUUTETTU": stamps(rows["changed"], "fi"),
        "POISTETTU": pa.nulls(length(rows), pa.string()),
    }


def _assessments(db: Database, rows: Rows) -> Sheet:
    rows = pick(rows, rows["assessed"] > MISSING // 2)
    visit = rows["type"] == 0
    columns = {
        "HTA_ID": whole(rows["id"]),
        "POTILAS_ID": db.person(rows["person"]),
        "YKSIKKO": codes(db.units, rows["unit"]),
        "AMMATTILAINEN": db.professional(rows["professional"]),
        "AMMATTI": codes(AMMATIT, np.where(visit, 1, rows["profession"])),
        "KAYNTI_ID": whole(rows["id"]),
        "ARVIOITU": stamps(rows["assessed"], "fi"),
        "KIIREELLISYYS": codes(contacts.URGENCIES, rows["urgency"]),
        "TULOS": codes(("neuvottu", "varattu"), visit.astype(int)),
    }
    return db.sheet("hta", columns, np.maximum(rows["assessed"] + 15, db.since * 1440))


def _bookings(db: Database, rows: Rows) -> Sheet:
    rows = pick(rows, (rows["type"] == 0) & (rows["received"] > MISSING // 2))
    cancelled = np.where(rows["status"] == 1, rows["start"] - 60 * (1 + rows["id"] % 90), MISSING)
    columns = {
        "VARAUS_ID": whole(rows["id"]),
        "POTILAS_ID": db.person(rows["person"]),
        "YKSIKKO": codes(db.units, rows["unit"]),
        "AMMATTILAINEN": db.professional(rows["professional"]),
        "VARATTU": stamps(rows["received"], "fi"),
        "AIKA": stamps(rows["start"], "fi"),
        "PALVELUMUOTO": codes(contacts.FORMS, rows["form"]),
        "TILA": codes(contacts.STATUSES, rows["status"]),
        "PERUTTU": stamps(cancelled, "fi"),
        "PERUJA": codes(("asiakas", "yksikkö"), np.where(rows["status"] == 1, (rows["id"] % 5 == 0).astype(int), -1)),
        "MUISTUTUS": flags(rows["id"] % 10 < 6, "K", "E"),
    }
    return db.sheet("ajanvaraus", columns, rows["changed"])


def _diagnoses(db: Database, mine: Array) -> Sheet:
    block, rows = db.block, db.block.contacts
    found = block.diagnoses
    kept = pick(found, np.isin(found["row"], mine))
    row = kept["row"]
    labels = [*clinical.CHRONIC_ICD, *clinical.ACUTE_ICD]
    chronic = pick(block.chronic, db.mine(block.chronic, np.full(length(block.chronic), 10**6)))
    if db.region < 0:
        chronic = pick(chronic, np.zeros(0, dtype=np.int64))
    own = length(chronic)
    icpc = np.concatenate([np.zeros(len(row), dtype=bool), chronic["icpc"]])
    code = np.concatenate([kept["code"], chronic["disease"] + np.where(chronic["icpc"], len(labels), 0)])
    changed = np.concatenate([rows["changed"][row], chronic["changed"]])
    columns = {
        "DG_ID": whole(np.concatenate([rows["id"][row], block.base + 90_000_000 + np.arange(own)])),
        "POTILAS_ID": db.person(np.concatenate([rows["person"][row], chronic["person"]])),
        "KAYNTI_ID": whole(np.concatenate([rows["id"][row], np.full(own, -1)])),
        "JAKSO_ID": pa.nulls(len(row) + own, pa.string()),
        "LUOKITUS": codes(("ICD10", "ICPC2"), icpc.astype(int)),
        "KOODI": codes([*labels, *clinical.CHRONIC_ICPC], code),
        "JARJESTYS": whole(np.concatenate([np.zeros(len(row), dtype=np.int64), np.ones(own, dtype=np.int64)])),
        "PYSYVYYS": codes(("KER", "PYS"), np.concatenate([np.zeros(len(row), dtype=int), np.ones(own, dtype=int)])),
        "PVM": days(np.concatenate([rows["start"][row] // 1440, chronic["day"]]), "fi"),
        "AMMATTILAINEN": db.professional(np.concatenate([rows["professional"][row], np.full(own, -1)])),
    }
    return db.sheet("diagnoosi", columns, changed)


def _procedures(db: Database, done: Rows) -> Sheet:
    rows = pick(db.block.contacts, done["row"])
    columns = {
        "TP_ID": whole(rows["id"]),
        "POTILAS_ID": db.person(rows["person"]),
        "KAYNTI_ID": whole(rows["id"]),
        "YKSIKKO": codes(db.units, rows["unit"]),
        "LUOKITUS": codes(("ORAL", "NCSP"), (done["code"] > 2).astype(int)),
        "KOODI": codes(clinical.CODES, done["code"]),
        "AIKA": stamps(rows["start"], "fi"),
    }
    return db.sheet("toimenpide", columns, rows["changed"])
