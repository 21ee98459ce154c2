"""Makes the same synthetic patients twice: as the input layer of The Tuva Project, and as extracts of a hospital for Luotsi.

Also writes the value sets that Tuva would load from public cloud storage: small ones of our own. Everything follows
from row numbers by hashing, so that a size always gives the same files. No real person is in it. Figures are not
true to life; what matters is that every rule of the compared tables is met by some rows.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import duckdb

PERSONS = 20_000
ROOT = Path(__file__).parent
DIAGNOSES = ROOT / "county/codes/ccs_diagnosis/codes.csv"
PROCEDURES = ROOT / "county/codes/ccs_procedure/codes.csv"

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
CHRONIC = (("E10", 60), ("E11", 8), ("I1", 4), ("I50", 25), ("J44", 30), ("N18", 30), ("F3", 15))
"""How the codes of a lasting illness begin, and that one person in so many has it."""
GROUPS = {
    "acute_diagnosis_ccs": ("ccs_diagnosis_category", (2, 55, 100, 109, 122, 127, 131, 142, 159, 226)),
    "always_planned_ccs_diagnosis_category": ("ccs_diagnosis_category", (45, 254)),
    "always_planned_ccs_procedure_category": ("ccs_procedure_category", (64, 105)),
    "potentially_planned_ccs_procedure_category": ("ccs_procedure_category", (45, 84, 152, 153)),
    "exclusion_ccs_diagnosis_category": ("ccs_diagnosis_category", (19, 24, 45, 254, 657, 659)),
}
"""A value set of readmissions, its column and its groups."""
DRG = ("065", "190", "193", "247", "291", "392", "470", "637", "683", "690", "871", "885", "945")
DISPOSITION = ("01", "01", "01", "01", "01", "06", "06", "03", "03", "02", "07", "20")
KNOTS = 20
"""Persons for each of the planted patterns on which the two are known to differ (wards K3, K4 and KU)."""


def write(folder: Path, persons: int = PERSONS) -> None:
    """Writes `tuva/` (patient, encounter, condition, procedure and value_sets), and `extracts/` (patient, admission, diagnosis)."""
    for each in ("tuva/value_sets", "extracts"):
        (folder / each).mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute("SET threads = 1")
    _codes(con)
    _stays(con, persons)
    _faults(con)
    _knots(con, persons)
    _diagnoses(con, persons)
    for name, query in _tuva(persons).items():
        con.execute(f"COPY ({query}) TO '{folder}/tuva/{name}.csv' (HEADER)")
    for name, query in _extracts(persons).items():
        con.execute(f"COPY ({query}) TO '{folder}/extracts/hospital_central_{name}_20250101_full.csv' (HEADER)")
    _value_sets(folder / "tuva/value_sets")


def _codes(con: duckdb.DuckDBPyConnection) -> None:
    for name, file in (("dx", DIAGNOSES), ("px", PROCEDURES)):
        con.execute(
            f"CREATE TABLE {name} AS SELECT row_number() OVER () - 1 AS place, code, national "
            f"FROM read_csv('{file}', header = true, all_varchar = true)"
        )


def _pick(table: str, salt: str) -> str:
    """A code of a list, picked by the row's number."""
    return f"(SELECT code FROM {table} WHERE place = hash(n, '{salt}') % (SELECT count(*) FROM {table}))"


def _listed(values: tuple[str, ...], salt: str) -> str:
    return f"{list(values)}[CAST(hash(n, '{salt}') % {len(values)} AS INTEGER) + 1]"


def _stays(con: duckdb.DuckDBPyConnection, persons: int) -> None:
    """Stays one after another (1 to 90 days apart, 0 to 8 nights), and for some a second record that overlaps the first."""
    con.execute(
        "CREATE TABLE plain AS WITH asked AS (SELECT p, k, p * 8 + k AS n FROM range(1, "
        f"{persons} + 1) AS persons(p), range(7) AS stays(k) WHERE k < [0, 0, 0, 0, 1, 1, 1, 2, 2, 4, 7]"
        "[CAST(hash(p, 'stays') % 11 AS INTEGER) + 1]), paced AS (SELECT *, CAST(hash(n, 'nights') % 9 AS INTEGER) AS nights, "
        "CASE k WHEN 0 THEN CAST(hash(p, 'first') % 1000 AS INTEGER) ELSE 1 + CAST(hash(n, 'gap') % 90 AS INTEGER) END AS gap "
        "FROM asked), dated AS (SELECT *, DATE '2022-01-01' + CAST(sum(gap + nights) OVER (PARTITION BY p ORDER BY k) - nights "
        "AS INTEGER) AS came FROM paced) SELECT n, p, came, came + nights AS went, 'W' || hash(n, 'ward') % 12 AS ward, "
        "lead(gap, 1, 99) OVER (PARTITION BY p ORDER BY k) AS free FROM dated"
    )
    con.execute("DELETE FROM plain WHERE went > DATE '2024-12-28'")
    second = "SELECT n + 10000000 AS n, p, came + 1 AS came, went + CAST(hash(n, 'late') % 3 AS INTEGER) AS went, ward, 'second' "
    con.execute(
        "CREATE TABLE recorded AS SELECT n, p, came, went, ward, CASE WHEN n % 25 = 3 AND went > came AND free > 5 THEN 'first' END "
        f"AS pair FROM plain UNION ALL {second} FROM plain WHERE n % 25 = 3 AND went > came AND free > 5"
    )


def _faults(con: duckdb.DuckDBPyConnection) -> None:
    """The stays with codes, numbered in order of coming, some with what a hospital gets wrong; those that overlap only lack something."""
    con.execute(
        "CREATE TABLE stays AS WITH marked AS (SELECT *, hash(n, 'fault') % 120 AS fault FROM recorded), "
        "judged AS (SELECT *, CASE WHEN fault > 8 OR pair IS NOT NULL AND fault > 2 OR fault = 8 AND went = came THEN 99 "
        "ELSE fault END AS f FROM marked) SELECT 'S' || lpad(CAST(row_number() OVER (ORDER BY p, came, n) AS VARCHAR), 8, '0') "
        "AS id, n, p, ward, CAST(CASE WHEN f = 8 THEN went ELSE came END AS VARCHAR) AS came, "
        "CAST(CASE WHEN f = 8 THEN came ELSE went END AS VARCHAR) AS went, f, "
        f"CASE f WHEN 0 THEN NULL WHEN 3 THEN '99' ELSE {_listed(DISPOSITION, 'disposition')} END AS disposition, "
        f"CASE f WHEN 1 THEN NULL WHEN 4 THEN 'X99.9' ELSE {_pick('dx', 'dx')} END AS dx, "
        f"CASE f WHEN 2 THEN NULL WHEN 5 THEN '000' ELSE {_listed(DRG, 'drg')} END AS drg, "
        f"CASE WHEN hash(n, 'px') % 10 < 5 THEN {_pick('px', 'px1')} END AS px1, "
        f"CASE WHEN hash(n, 'px') % 10 < 2 THEN {_pick('px', 'px2')} END AS px2 FROM judged"
    )
    con.execute("UPDATE stays SET went = NULL WHERE f = 6")
    con.execute("UPDATE stays SET came = '2023-02-30' WHERE f = 7")


def _knots(con: duckdb.DuckDBPyConnection, persons: int) -> None:
    """Persons with nothing but a pattern on which the definitions differ, and one who leaves on the last day of all."""
    patterns = {
        "K3": (("03-01", "03-05", "J18.9"), ("03-04", "03-09", "J18.9"), ("03-08", "03-12", "J18.9")),
        "K4": (("03-01", "03-05", "J18.9"), ("03-04", "03-09", "J18.9"), ("03-08", "03-12", "J18.9"), ("03-11", "03-15", "J18.9")),
        "KU": (("03-01", "03-05", "J18.9"), ("03-10", "03-14", "X99.9"), ("03-13", "03-16", "J18.9")),
    }  # fmt: skip
    number, person = 0, persons
    for ward, stays in patterns.items():
        for _ in range(KNOTS):
            person += 1
            for came, went, dx in stays:
                number += 1
                row = (f"T{number:08d}", person, ward, f"2023-{came}", f"2023-{went}", dx)
                con.execute(f"INSERT INTO stays VALUES (?, {-number}, ?, ?, ?, ?, 99, '01', ?, '193', NULL, NULL)", row)
    con.execute(
        "INSERT INTO stays VALUES ('T99999999', -999999, ?, 'W0', '2024-12-29', '2024-12-31', 99, '01', 'J18.9', '193', NULL, NULL)",
        [person + 1],
    )


def _diagnoses(con: duckdb.DuckDBPyConnection, persons: int) -> None:
    """Diagnoses of visits (some 20 a person) and of stays; lasting illnesses come back, and one code in a hundred is none."""
    ill = " ".join(
        f"WHEN chosen = {place} AND hash(p, '{begins}') % {one_in} = 0 THEN (SELECT list(code ORDER BY place) FROM dx WHERE "
        f"starts_with(code, '{begins}'))"
        for place, (begins, one_in) in enumerate(CHRONIC)
    )
    other = "(SELECT list(code ORDER BY place) FROM dx WHERE NOT regexp_matches(code, '^(E1|I1|I50|J44|N18|F3)'))"
    con.execute(
        "CREATE TABLE diagnoses AS WITH asked AS (SELECT p, p * 32 + k AS n, hash(p * 32 + k, 'which') "
        f"% {len(CHRONIC) * 2} AS chosen FROM range(1, {persons} + 1) AS persons(p), range(30) AS visits(k) "
        f"WHERE k < 10 + hash(p, 'visits') % 20), offered AS (SELECT *, CASE {ill} ELSE {other} END AS codes FROM asked) "
        "SELECT n, p, CAST(DATE '2022-01-01' + CAST(hash(n, 'on') % 1096 AS INTEGER) AS VARCHAR) AS day, CAST(NULL AS VARCHAR) AS stay, "
        "CASE WHEN hash(n, 'none') % 100 = 0 THEN 'X99.9' ELSE codes[CAST(hash(n, 'code') % len(codes) AS INTEGER) + 1] END AS dx "
        "FROM offered"
    )
    con.execute(
        "INSERT INTO diagnoses SELECT n + 1000000000, p, came, id, dx FROM stays WHERE dx IS NOT NULL AND try_cast(came AS DATE) IS NOT NULL"
    )


def _persons(persons: int) -> str:
    born = "CAST(DATE '1930-01-01' + CAST(hash(p, 'born') % 30000 AS INTEGER) AS VARCHAR)"
    return f"SELECT p, 'P' || p AS person, {born} AS born, hash(p, 'sex') % 2 AS sex FROM range(1, {persons + 3 * KNOTS + 2}) AS r(p)"


ED = (
    "(SELECT 'E' || p AS id, 'P' || p AS person, DATE '2022-01-01' + CAST(hash(p, 'ed') % 1090 AS INTEGER) AS came "
    "FROM range(1, {persons} + 1) AS r(p))"
)
"""A visit to the emergency department for everyone: in both inputs, in none of the compared tables."""


def _tuva(persons: int) -> dict[str, str]:
    """The input layer, one query a file: every column Tuva asks for; what we do not have is empty."""

    def empty(*names: str) -> str:
        return "".join(f", NULL AS {name}" for name in names)

    source = ", 'hospital' AS data_source, 'made' AS file_name, '2025-01-01 00:00:00' AS ingest_datetime"
    patient = (
        f"SELECT person AS person_id, person AS patient_id, CASE sex WHEN 0 THEN 'male' ELSE 'female' END AS sex, born AS birth_date, "
        f"0 AS death_flag{empty('name_suffix', 'first_name', 'middle_name', 'last_name', 'race', 'death_date')}"
        f"{empty('social_security_number', 'address', 'city', 'state', 'zip_code', 'county', 'latitude', 'longitude', 'phone', 'email')}"
        f"{empty('ethnicity')}{source} FROM ({_persons(persons)}) ORDER BY p"
    )
    lacking = empty(
        "length_of_stay", "admit_source_code", "admit_source_description", "admit_type_code", "admit_type_description",
        "discharge_disposition_description", "attending_provider_id", "attending_provider_name", "facility_name",
        "primary_diagnosis_description", "drg_description", "allowed_amount", "charge_amount",
    )  # fmt: skip
    stay = (
        "SELECT id AS encounter_id, 'P' || p AS person_id, 'P' || p AS patient_id, 'acute inpatient' AS encounter_type, "
        "came AS encounter_start_date, went AS encounter_end_date, disposition AS discharge_disposition_code, ward AS facility_npi, "
        "'icd-10-cm' AS primary_diagnosis_code_type, replace(dx, '.', '') AS primary_diagnosis_code, "
        f"CASE WHEN drg IS NOT NULL THEN 'ms-drg' END AS drg_code_type, drg AS drg_code, 1000 AS paid_amount{lacking}{source} FROM stays"
    )
    visit = (
        "SELECT id, person, person, 'emergency department', CAST(came AS VARCHAR), CAST(came AS VARCHAR), '01', 'ED', 'icd-10-cm', "
        f"'R079', NULL, NULL, 100{lacking}{source} FROM {ED.format(persons=persons)}"
    )
    condition = (
        "SELECT 'D' || n AS condition_id, 'P' || p AS person_id, 'P' || p AS patient_id, stay AS encounter_id, day AS recorded_date, "
        "'active' AS status, 'discharge_diagnosis' AS condition_type, 'icd-10-cm' AS source_code_type, dx AS source_code, 1 AS condition_rank"
        f"{empty('payer', 'claim_id', 'onset_date', 'resolved_date', 'source_description', 'normalized_code_type', 'normalized_code')}"
        f"{empty('normalized_description', 'present_on_admit_code', 'present_on_admit_description')}{source} FROM diagnoses ORDER BY n"
    )
    procedure = (
        "SELECT id || '-' || i AS procedure_id, 'P' || p AS person_id, 'P' || p AS patient_id, id AS encounter_id, "
        "came AS procedure_date, 'icd-10-pcs' AS source_code_type, px AS source_code"
        f"{empty('claim_id', 'source_description', 'normalized_code_type', 'normalized_code', 'normalized_description')}"
        f"{empty('modifier_1', 'modifier_2', 'modifier_3', 'modifier_4', 'modifier_5', 'practitioner_id')}{source} FROM "
        "(SELECT *, 1 AS i, px1 AS px FROM stays UNION ALL SELECT *, 2, px2 FROM stays) WHERE px IS NOT NULL ORDER BY id, i"
    )
    encounter = f"SELECT * FROM ({stay} UNION ALL {visit}) ORDER BY encounter_id"
    return {"patient": patient, "encounter": encounter, "condition": condition, "procedure": procedure}


def _extracts(persons: int) -> dict[str, str]:
    """The extracts of the hospital, one query a file; times of day are made up."""
    admission = (
        "SELECT id AS STAY, 'P' || p AS PATIENT, 'ward' AS KIND, ward AS WARD, came || ' 09:00' AS CAME, went || ' 14:00' AS WENT, "
        "disposition AS DISPOSITION, dx AS DIAGNOSIS, drg AS DRG, px1 AS PROCEDURE_1, px2 AS PROCEDURE_2 FROM stays UNION ALL "
        "SELECT id, person, 'ed', 'ED', came || ' 10:00', came || ' 13:00', '01', 'R07.9', NULL, NULL, NULL "
        f"FROM {ED.format(persons=persons)}"
    )
    return {
        "patient": f"SELECT person AS PATIENT, born AS BORN, sex + 1 AS SEX FROM ({_persons(persons)}) ORDER BY p",
        "admission": f"SELECT * FROM ({admission}) ORDER BY STAY",
        "diagnosis": "SELECT 'D' || n AS DIAGNOSIS, 'P' || p AS PATIENT, day AS DAY, stay AS STAY, dx AS CODE FROM diagnoses ORDER BY n",
    }


def _value_sets(folder: Path) -> None:
    """Tuva's value sets, by the name of the file it would load: the codes of our two lists, and the groups above."""
    with DIAGNOSES.open(encoding="utf-8") as lines:
        diagnoses = [(row["code"], row["en"], row["national"]) for row in csv.DictReader(lines)]
    with PROCEDURES.open(encoding="utf-8") as lines:
        procedures = [(row["code"], row["en"], row["national"]) for row in csv.DictReader(lines)]
    bare = [(code.replace(".", ""), text, group) for code, text, group in diagnoses]
    tables: dict[str, tuple[str, list[tuple[object, ...]]]] = {
        "icd_10_cm": ("icd_10_cm,short_description", [each[:2] for each in bare]),
        "icd_10_pcs": ("icd_10_pcs,description", [each[:2] for each in procedures]),
        "ms_drg": ("ms_drg_code", [(each,) for each in DRG]),
        "discharge_disposition": ("discharge_disposition_code", [(each,) for each in sorted(set(DISPOSITION))]),
        "readmissions__icd_10_cm_to_ccs": ("icd_10_cm,description,ccs_diagnosis_category", [*bare]),
        "readmissions__icd_10_pcs_to_ccs": ("icd_10_pcs,description,ccs_procedure_category", [*procedures]),
        "readmissions__acute_diagnosis_icd_10_cm": ("icd_10_cm", [("I5033",)]),
        "readmissions__potentially_planned_icd_10_pcs": ("icd_10_pcs", [("0JH60DZ",)]),
        "readmissions__specialty_cohort": (
            "ccs,specialty_cohort,procedure_or_diagnosis",
            [("153", "Surgery/Gynecology", "Procedure"), ("122", "Cardiorespiratory", "Diagnosis"), ("109", "Neurology", "Diagnosis")],
        ),
        "clinical_concepts": ("concept_id,concept_name", [(place, name) for place, name in enumerate(CONCEPTS)]),
        "value_set_members": (
            "value_set_member_id,concept_id,code",
            [
                (f"{place}-{code}", place, code.replace(".", ""))
                for place, begins in enumerate(CONCEPTS.values())
                for code, _, _ in diagnoses
                if code.startswith(begins)
            ],
        ),
    }  # fmt: skip
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
