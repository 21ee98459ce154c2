"""Luotsi's way to the compared tables, as one process: from files to the measures, or the measures alone.

python benchmarks/tuva/ours.py {build,measures} HOME EXTRACTS
"""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County, read_county
from luotsi.engine import marts, measures, vault
from luotsi.jobs.landing import land

ROOT = Path(__file__).parent
COUNTIES = (ROOT.parents[1] / "county", ROOT / "county")
FIRST, LAST = datetime.date(2022, 1, 1), datetime.date(2024, 12, 1)


def compared(county: County) -> list[str]:
    """The measures that say Tuva's definitions."""
    return [name for name, each in county.measures.items() if each.family == "tuva"]


def results(home: Path) -> Path:
    """Where the result rows of the compared measures are written."""
    return home / "compared.parquet"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("step", choices=("build", "measures"))
    words.add_argument("home", type=Path)
    words.add_argument("extracts", type=Path)
    given = words.parse_args()
    county, faults = read_county(*COUNTIES)
    if faults:
        raise UserError("\n".join(str(each) for each in faults))
    if given.step == "build":
        land(given.home, county, "hospital", [given.extracts])
        vault.load(given.home, county)
    con: Any = vault.open_vault(given.home, read_only=False)
    marts.refresh(con, county)
    found = measures.compute(con, county, compared(county), first_month=FIRST, last_month=LAST)
    parquet.write_table(found, results(given.home))
    con.close()


if __name__ == "__main__":
    main()
