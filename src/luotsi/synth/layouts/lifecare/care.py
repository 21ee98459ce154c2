"""Lifecare: laboratory results, measurements, medicines, vaccines and care plans of the health centres."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from luotsi.synth import clinical
from luotsi.synth.layouts.lifecare.database import Database
from luotsi.synth.rows import pick
from luotsi.synth.sheets import Sheet
from luotsi.synth.text import codes, days, decimals, flags, results, stamps, whole

TESTS = (
    ("6128", "6591"),
    ("4599", "6433"),
    ("4516", "4516"),
    ("4515", "4515"),
    ("4568", "4568"),
    ("4600", "4600"),
    ("6354", "6354"),
    ("4520", "6341"),
    ("4511", "4511"),
    ("1468", "1468"),
)
TEST_NAMES = (
    ("B-HbA1c", "B-HbA1cVt"),
    ("fP-Kol-LDL", "P-Kol-LDL"),
    ("fP-Kol-HDL", "P-Kol-HDL"),
    ("fP-Kol", "P-Kol"),
    ("fP-Trigly", "P-Trigly"),
    ("P-Krea", "P-Krea"),
    ("Pt-GFRe", "Pt-GFReEPI"),
    ("P-TT-INR", "cB-TT-INR"),
    ("U-AlbKre", "U-AlbKre"),
    ("fP-Gluk", "fP-Gluk"),
)
MITAT = ("mmol/mol", "mmol/l", "mmol/l", "mmol/l", "mmol/l", "umol/l", "ml/min/173m2", None, "mg/mmol", "mmol/l", "%")
LAJIT = ("RR_SYS", "RR_DIA", "PAINO", "PITUUS", "VYOTARO", "TUPAKOINTI", "JALAT", "SILMANPOHJA")
LAJIMITAT = ("mmHg", "mmHg", "kg", "cm", "cm", None, None, None)
PERUSTEET = ("ohjelma", "riskiryhmä", "ikä")


def sheets(db: Database) -> Iterator[Sheet]:
    """Laboratory, measurements, medicines, vaccines and care plans."""
    block = db.block
    rows = pick(block.laboratory, db.mine(block.laboratory, block.laboratory["day"]))
    place = db.world.places.nearest("terveysasema")[block.people.municipality[rows["person"]]]
    name = rows["test"] * 2 + rows["name"]
    columns = {
        "TULOS_ID": whole(block.base + db.mine(block.laboratory, block.laboratory["day"])),
        "POTILAS_ID": db.person(rows["person"]),
        "YKSIKKO": codes(db.units, place),
        "TUTKIMUS": codes([code for pair in TESTS for code in pair], name),
        "NIMI": codes([code for pair in TEST_NAMES for code in pair], name),
        "ARVO": results(rows["value"], rows["above"], ","),
        "YKSIKKO_MITTA": codes(MITAT, np.where(rows["unitless"], -1, np.where(rows["percent"], 10, rows["test"]))),
        "OTETTU": stamps(rows["time"], "fi"),
        "TILA": codes(("F", "C"), (rows["name"] * (rows["time"] % 50 == 0)).astype(int)),
    }
    yield db.sheet(
        "laboratorio",
        columns,
        rows["changed"],
        dates="OTETTU",
        coded="TUTKIMUS",
        counts="measurements",
        marked={"no_unit": rows["unitless"] & (rows["test"] == 0), "percent": rows["percent"]},
    )
    yield _measurements(db)
    yield from _care(db)


def _measurements(db: Database) -> Sheet:
    mine = db.mine(db.block.measurements, db.block.measurements["time"] // 1440)
    rows = pick(db.block.measurements, mine)
    columns = {
        "MITTAUS_ID": whole(db.block.base + 50_000_000 + mine),
        "POTILAS_ID": db.person(rows["person"]),
        "LAJI": codes(LAJIT, rows["what"]),
        "ARVO": decimals(rows["value"], 1, ","),
        "YKSIKKO_MITTA": codes(LAJIMITAT, rows["what"]),
        "AIKA": stamps(rows["time"], "fi"),
        "PAIKKA": codes(("vastaanotto", "koti"), rows["home"].astype(int)),
    }
    return db.sheet("mittaus", columns, rows["changed"], counts="measurements")


def _care(db: Database) -> Iterator[Sheet]:
    block = db.block
    mine = db.mine(block.medication, block.medication["start"])
    rows = pick(block.medication, mine)
    columns = {
        "LAAKE_ID": whole(block.base + mine),
        "POTILAS_ID": db.person(rows["person"]),
        "LAJI": codes(("M", "T"), rows["kind"]),
        "ATC": codes([drug[1] for drug in clinical.DRUGS], rows["drug"]),
        "VNR": codes([drug[2] for drug in clinical.DRUGS], rows["drug"]),
        "ALKU": days(rows["start"], "fi"),
        "LOPPU": days(rows["end"], "fi"),
        "PAKKAUKSIA": whole(1 + rows["kind"] * (rows["drug"] % 2)),
    }
    yield db.sheet("laake", columns, rows["changed"])
    mine = db.mine(block.vaccinations, block.vaccinations["day"])
    rows = pick(block.vaccinations, mine)
    columns = {
        "ROKOTUS_ID": whole(block.base + mine),
        "POTILAS_ID": db.person(rows["person"]),
        "YKSIKKO": codes(db.units, db.world.places.nearest("neuvola")[block.people.municipality[rows["person"]]]),
        "PVM": days(rows["day"], "fi"),
        "ATC": codes([vaccine[0] for vaccine in clinical.VACCINES], rows["vaccine"]),
        "VALMISTE": codes([vaccine[1] for vaccine in clinical.VACCINES], rows["vaccine"]),
        "ERA": codes([f"E{number:03d}" for number in range(400)], rows["day"] // 20 % 400),
        "ANNOS": whole(rows["dose"]),
        "PERUSTE": codes(PERUSTEET, rows["reason"]),
    }
    yield db.sheet("rokotus", columns, rows["changed"])
    mine = db.mine(block.plans, block.plans["updated"])
    rows = pick(block.plans, mine)
    columns = {
        "SUUNNITELMA_ID": whole(block.base + mine),
        "POTILAS_ID": db.person(rows["person"]),
        "LAJI": codes(("terveys- ja hoitosuunnitelma", "kuntoutussuunnitelma"), rows["rehabilitation"].astype(int)),
        "LAADITTU": days(rows["created"], "fi"),
        "PAIVITETTY": days(rows["updated"], "fi"),
        "KANTA": flags(rows["kanta"], "K", "E"),
    }
    yield db.sheet("hoitosuunnitelma", columns, rows["changed"])
