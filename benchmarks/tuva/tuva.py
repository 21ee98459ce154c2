"""The Tuva Project's way to the compared tables: dbt on DuckDB, in a folder of its own.

Packages are copied from a folder or got by `dbt deps`; no file of them is changed. README.md says what of Tuva is left
out, and why.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import duckdb
import timing

ROOT = Path(__file__).parent
VERSION = "0.18.0"
TABLES = ("readmissions__readmission_summary", "chronic_conditions__tuva_chronic_conditions_wide")
ABSENT = (
    "appointment",
    "eligibility",
    "immunization",
    "lab_result",
    "location",
    "medical_claim",
    "medication",
    "observation",
    "pharmacy_claim",
    "practitioner",
    "provider_attribution",
)
"""Tables of the input layer that no compared table reads: dbt wants a model of the name, and never builds it."""
CONDITIONS = {
    "t1d": "tuva_type_1_diabetes",
    "t2d": "tuva_type_2_diabetes",
    "hypertension": "tuva_hypertension",
    "heart_failure": "tuva_heart_failure",
    "copd": "tuva_copd",
    "ckd": "tuva_ckd",
    "depression": "tuva_depression",
}
"""Tuva's column of a condition, and our measure of it."""
Months = dict[tuple[str, str], tuple[int, int]]
"""(month, ward) -> unplanned readmissions, index admissions."""


@dataclass(frozen=True)
class Tuva:
    """A dbt project that is ready to run: its folder, the `dbt` command and the folder of the input layer."""

    folder: Path
    dbt: Path
    data: Path

    @property
    def database(self) -> Path:
        """The database file it fills."""
        return self.folder.parent / "tuva.duckdb"

    @property
    def env(self) -> dict[str, str]:
        """What the project reads from the environment."""
        return {
            "TUVA_DATA": str(self.data),
            "TUVA_DATABASE": str(self.database),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }

    def build(self) -> timing.Taken:
        """Everything the compared tables need, into an empty database: value sets, input layer, core and the tables."""
        self.database.unlink(missing_ok=True)
        return self._run(
            "build", "--exclude-resource-type", "test", "unit_test", "-s", *(f"+{each}" for each in TABLES)
        )

    def tables(self) -> timing.Taken:
        """The models of the two data marts alone, over what a build has left."""
        return self._run("run", "-s", *(f"+{each},the_tuva_project.data_marts.*" for each in TABLES))

    def _run(self, *words: str) -> timing.Taken:
        return timing.timed([str(self.dbt), *words, "--profiles-dir", "."], cwd=self.folder, env=self.env)

    def readmissions(self) -> Months:
        """Unplanned readmissions and index admissions by the month a patient left, and ward."""
        rows = self._rows(
            "SELECT strftime(discharge_date, '%Y-%m'), facility_npi, sum(unplanned_readmit_30_flag), count(*) "
            "FROM main_readmissions.readmission_summary WHERE index_admission_flag = 1 GROUP BY ALL"
        )
        return {(str(month), str(ward)): (int(back), int(all_)) for month, ward, back, all_ in rows}

    def conditions(self) -> dict[str, int]:
        """Our name of each condition, and for how many persons Tuva finds it."""
        sums = ", ".join(f"sum({column})" for column in CONDITIONS)
        (row,) = self._rows(f"SELECT {sums} FROM main_chronic_conditions.tuva_chronic_conditions_wide")
        return dict(zip(CONDITIONS.values(), map(int, row), strict=True))

    def longest(self) -> int:
        """The longest length that Tuva gives a stay when it chooses among overlapping ones.

        Stays that end before they begin are left out.
        """
        (row,) = self._rows(
            "SELECT max(actual_length_of_stay) FROM main_readmissions._int_encounter_overlap "
            "WHERE admit_date <= discharge_date"
        )
        return int(row[0])

    def _rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(self.database), read_only=True) as con:
            return con.execute(query).fetchall()


def ready(work: Path, data: Path, envs: Path, packages: Path | None) -> Tuva:
    """A fresh project in `work`, its packages copied from a folder or got by `dbt deps`.

    Raises SystemExit where packages cannot be got or are of another version.
    """
    python = timing.environment("tuva", ROOT / "requirements.txt", envs)
    made = Tuva(work / "project", python.parent / "dbt", data)
    shutil.copytree(ROOT / "project", made.folder)
    for name in ABSENT:
        (made.folder / f"models/{name}.sql").write_text("select 1 as nothing\n", "utf-8")
    there = made.folder / "dbt_packages"
    if packages:
        shutil.copytree(packages, there)
    else:
        found = subprocess.run(
            [made.dbt, "deps", "--profiles-dir", "."], cwd=made.folder, env=made.env, capture_output=True, text=True
        )
        if found.returncode:
            (*_, last) = found.stdout.strip().splitlines() or [""]
            raise SystemExit(f"dbt deps could not get The Tuva Project; give its packages with --tuva FOLDER. {last}")
    # Models about the run itself, which no compared table reads: without them Tuva is quicker.
    shutil.rmtree(there / "elementary", ignore_errors=True)
    listed = there / "the_tuva_project/dbt_project.yml"
    if not listed.exists() or f"version: '{VERSION}'" not in listed.read_text("utf-8"):
        raise SystemExit(f"{packages or there} holds no folder the_tuva_project of version {VERSION}.")
    return made
