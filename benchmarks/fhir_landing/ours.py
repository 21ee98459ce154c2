"""Our FHIR connector from bulk NDJSON to Parquet, or our whole landing, as a process.

python benchmarks/fhir_landing/ours.py connector|careful|components|landing FOLDER TOLD, run by `run.py`
"""

from __future__ import annotations

import datetime
import json
import sys
import tempfile
from pathlib import Path

import duckdb

from luotsi.concepts.reading import read_county, read_record
from luotsi.concepts.records import Source
from luotsi.connectors.fhir import read
from luotsi.connectors.fhir.reader import LARGE
from luotsi.jobs.landing import land

sys.path.append(str(Path(__file__).parents[1]))
from timing import within

COUNTY = Path(__file__).parents[2] / "county"
TWO = ("patient", "observation")


def write(source: Source, paths: list[Path], folder: Path, tables: tuple[str, ...], large: int) -> None:
    """Writes the connector's rows of some tables to Parquet, as the lake would run it."""
    for path in paths:
        for reading in read(source, path, large=large):
            if reading.table in tables:
                with duckdb.connect() as con:
                    con.execute("SET temp_directory = ''")
                    con.execute(f"COPY ({reading.select}) TO '{folder / 'ours'}.{reading.table}' (FORMAT parquet)")


def main() -> None:
    way, folder, told = sys.argv[1], *map(Path, sys.argv[2:])
    paths = sorted(folder.glob("*.ndjson"))
    if way == "landing":
        county, _ = read_county(COUNTY)
        with tempfile.TemporaryDirectory(dir=folder) as home:
            landed = []
            at = datetime.datetime(2025, 1, 1)
            taken = within(lambda: landed.extend(land(Path(home), county, "fhir", paths, created_at=at)))
            if faults := [each.error for each in landed if each.error]:
                raise SystemExit("\n".join(faults))
    else:
        source, _, faults = read_record(COUNTY / "sources" / "fhir.yaml", Source)
        if source is None:
            raise SystemExit(str(faults))
        tables = (*TWO, "observation_component") if way == "components" else TWO
        taken = within(lambda: write(source, paths, folder, tables, 1 << 60 if way == "careful" else LARGE))
    told.write_text(json.dumps(taken))


if __name__ == "__main__":
    main()
