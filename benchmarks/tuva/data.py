"""Makes the same synthetic patients twice: as Tuva's input layer, and as extracts of a hospital for Luotsi.

Also writes the value sets that Tuva would load from public cloud storage: small ones of our own. Everything follows
from row numbers by hashing (`patients.sql`), so that a size always gives the same files with one version of DuckDB.
Figures are not true to life; what matters is that every rule of the compared tables is met by some rows.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import duckdb

PERSONS = 20_000
KNOTS = 20
"""Persons for each planted pattern on which the two are known to differ (wards K3, K4 and KU)."""
ROOT = Path(__file__).parent
CODES = ROOT / "county/codes"

CONCEPTS = {
    "Type 1 Diabetes Mellitus": ("E10",),
    "Type 2 Diabetes Mellitus": ("E11",),
    "Hypertension": ("I10", "I11"),
    "Heart Failure": ("I50", "I11.0"),
    "Chronic Obstructive Pulmonary Disease": ("J44",),
    "Chronic Kidney Disease": ("N18",),
    "Major Depressive Disorder": ("F32", "F33"),
}
"""Tuva's name of a condition, and how its codes begin."""
LASTING = (("E10", 60), ("E11", 8), ("I1", 4), ("I50", 25), ("J44", 30), ("N18", 30), ("F3", 15))
"""How the codes of a lasting illness begin, and that one person in so many has it."""
GROUPS = {
    "acute_diagnosis_ccs": ("ccs_diagnosis_category", (2, 55, 100, 109, 122, 127, 131, 142, 159, 226)),
    "always_planned_ccs_diagnosis_category": ("ccs_diagnosis_category", (45, 254)),
    "always_planned_ccs_procedure_category": ("ccs_procedure_category", (64, 105)),
    "potentially_planned_ccs_procedure_category": ("ccs_procedure_category", (45, 84, 152, 153)),
    "exclusion_ccs_diagnosis_category": ("ccs_diagnosis_category", (19, 24, 45, 254, 657, 659)),
    "acute_diagnosis_icd_10_cm": ("icd_10_cm", ("I5033",)),
    "potentially_planned_icd_10_pcs": ("icd_10_pcs", ("0JH60DZ",)),
}
"""A value set of readmissions, its column and its members."""
COHORTS = [
    ("153", "Surgery/Gynecology", "Procedure"),
    ("122", "Cardiorespiratory", "Diagnosis"),
    ("109", "Neurology", "Diagnosis"),
]
DRG = ("065", "190", "193", "247", "291", "392", "470", "637", "683", "690", "871", "885", "945")
DISPOSITION = ("01", "01", "01", "01", "01", "06", "06", "03", "03", "02", "07", "20")
INPUT_LAYER = {
    "patient": (
        "name_suffix first_name middle_name last_name race death_date social_security_number address city state "
        "zip_code county latitude longitude phone email ethnicity"
    ),
    "encounter": (
        "length_of_stay admit_source_code admit_source_description admit_type_code admit_type_description "
        "discharge_disposition_description attending_provider_id attending_provider_name facility_name "
        "primary_diagnosis_description drg_description allowed_amount charge_amount"
    ),
    "condition": (
        "payer claim_id onset_date resolved_date source_description normalized_code_type normalized_code "
        "normalized_description present_on_admit_code present_on_admit_description"
    ),
    "procedure": (
        "claim_id source_description normalized_code_type normalized_code normalized_description modifier_1 modifier_2 "
        "modifier_3 modifier_4 modifier_5 practitioner_id"
    ),
}
"""A table of Tuva's input layer, and its columns that are left empty."""
EVERY = ", 'hospital' AS data_source, 'made' AS file_name, '2025-01-01 00:00:00' AS ingest_datetime"


def write(folder: Path, persons: int = PERSONS) -> None:
    """Writes `tuva/` (four tables and value_sets) and `extracts/` (patient, admission, diagnosis) into a folder."""
    for each in ("tuva/value_sets", "extracts"):
        (folder / each).mkdir(parents=True, exist_ok=True)
    diagnoses, procedures = _codes("ccs_diagnosis"), _codes("ccs_procedure")
    con = duckdb.connect()
    con.execute("SET threads = 1")
    _lists(con, [code for code, _, _ in diagnoses], [code for code, _, _ in procedures])
    con.execute(f"SET VARIABLE persons = {persons}; SET VARIABLE knots = {KNOTS}")
    for script in ("patients.sql", "views.sql"):
        con.execute((ROOT / script).read_text("utf-8"))
    for name, empty in INPUT_LAYER.items():
        nothing = "".join(f", NULL AS {column}" for column in empty.split())
        con.execute(f"COPY (SELECT *{nothing}{EVERY} FROM tuva_{name}) TO '{folder}/tuva/{name}.csv' (HEADER)")
    for name in ("patient", "admission", "diagnosis"):
        file = folder / f"extracts/hospital_central_{name}_20250101_full.csv"
        con.execute(f"COPY (SELECT * FROM extract_{name}) TO '{file}' (HEADER)")
    _value_sets(folder / "tuva/value_sets", diagnoses, procedures)


def _codes(name: str) -> list[tuple[str, str, str]]:
    """Code, English name and group of each code of a list."""
    with (CODES / name / "codes.csv").open(encoding="utf-8") as lines:
        return [(row["code"], row["en"], row["national"]) for row in csv.DictReader(lines)]


def _lists(con: duckdb.DuckDBPyConnection, diagnoses: list[str], procedures: list[str]) -> None:
    """What the script picks from: lists by name, and the codes of lasting and passing illnesses."""
    lists = {"diagnoses": diagnoses, "procedures": procedures, "drgs": DRG, "dispositions": DISPOSITION}
    con.execute("CREATE TABLE lists (name VARCHAR, listed VARCHAR[])")
    con.executemany("INSERT INTO lists VALUES (?, ?)", [(name, list(codes)) for name, codes in lists.items()])
    con.execute(
        "CREATE MACRO picked(asked, number) AS "
        "(SELECT listed[CAST(number % len(listed) AS INTEGER) + 1] FROM lists WHERE name = asked)"
    )
    con.execute("CREATE TABLE lasting (place INTEGER, begins VARCHAR, one_in INTEGER, codes VARCHAR[])")
    for place, (begins, one_in) in enumerate(LASTING):
        codes = [code for code in diagnoses if code.startswith(begins)]
        con.execute("INSERT INTO lasting VALUES (?, ?, ?, ?)", [place, begins, one_in, codes])
    known = tuple(begins for begins, _ in LASTING)
    passing = [code for code in diagnoses if not code.startswith(known)]
    con.execute("CREATE TABLE passing AS SELECT ?::VARCHAR[] AS codes", [passing])


def _value_sets(folder: Path, diagnoses: list[tuple[str, str, str]], procedures: list[tuple[str, str, str]]) -> None:
    """Tuva's value sets by the name of the file it would load: the codes of our two lists, and the groups above."""
    bare = [(code.replace(".", ""), text, group) for code, text, group in diagnoses]
    members = [
        (f"{place}-{code}", place, code.replace(".", ""))
        for place, begins in enumerate(CONCEPTS.values())
        for code, _, _ in diagnoses
        if code.startswith(begins)
    ]
    tables: dict[str, tuple[str, list[tuple[object, ...]]]] = {
        "icd_10_cm": ("icd_10_cm,short_description", [each[:2] for each in bare]),
        "icd_10_pcs": ("icd_10_pcs,description", [each[:2] for each in procedures]),
        "ms_drg": ("ms_drg_code", [(each,) for each in DRG]),
        "discharge_disposition": ("discharge_disposition_code", [(each,) for each in sorted(set(DISPOSITION))]),
        "readmissions__icd_10_cm_to_ccs": ("icd_10_cm,description,ccs_diagnosis_category", [*bare]),
        "readmissions__icd_10_pcs_to_ccs": ("icd_10_pcs,description,ccs_procedure_category", [*procedures]),
        "readmissions__specialty_cohort": ("ccs,specialty_cohort,procedure_or_diagnosis", [*COHORTS]),
        "clinical_concepts": ("concept_id,concept_name", [*enumerate(CONCEPTS)]),
        "value_set_members": ("value_set_member_id,concept_id,code", [*members]),
    }
    for name, (column, groups) in GROUPS.items():
        tables[f"readmissions__{name}"] = (column, [(each,) for each in groups])
    for name, (heading, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([heading.split(","), *rows])


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--persons", type=int, default=PERSONS)
    given = words.parse_args()
    write(given.folder, given.persons)
