"""Our FHIR connector from bulk NDJSON to Parquet, our whole landing, our views, or the public suite, as a process.

python benchmarks/fhir_landing/ours.py connector|careful|components|landing|views|suite FOLDER TOLD, run by `run.py`
"""

from __future__ import annotations

import datetime
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from suite import counted

from luotsi.concepts.reading import read_county, read_record
from luotsi.concepts.records import Source
from luotsi.connectors.fhir import read, views, written
from luotsi.connectors.fhir.reader import LARGE
from luotsi.jobs.landing import land

sys.path.append(str(Path(__file__).parents[1]))
from timing import Taken, within

COUNTY = Path(__file__).parents[2] / "county"
VIEWS = Path(__file__).with_name("views")
TWO = ("patient", "observation")


def write(source: Source, paths: list[Path], folder: Path, tables: tuple[str, ...], large: int) -> None:
    """Writes the connector's rows of some tables to Parquet, as the lake would run it."""
    for path in paths:
        for reading in read(source, path, large=large):
            if reading.table in tables:
                with duckdb.connect() as con:
                    con.execute("SET temp_directory = ''")
                    con.execute(f"COPY ({reading.select}) TO '{folder / 'ours'}.{reading.table}' (FORMAT parquet)")


def evaluate(resources: list[Any], view: Any) -> tuple[Sequence[str], list[dict[str, Any]]]:
    """The columns and rows of a view by the SQL that our connector makes of it."""
    with duckdb.connect() as con:
        con.execute("CREATE TABLE resources (resource JSON)")
        con.executemany("INSERT INTO resources VALUES (?)", [[json.dumps(each)] for each in resources])
        result = con.execute(views.select(view, "resources"))
        names = [each[0] for each in result.description or []]
        return names, [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def write_views(folder: Path) -> None:
    """Writes the rows of each view to Parquet."""
    for path in sorted(VIEWS.glob("*.json")):
        view = json.loads(path.read_text("utf-8"))
        written.write(view, folder / f"{view['resource']}.ndjson", folder / f"ours_view.{path.stem}")


def landed(folder: Path, paths: list[Path]) -> Taken:
    """What our whole landing takes."""
    county, _ = read_county(COUNTY)
    with tempfile.TemporaryDirectory(dir=folder) as home:
        found = []
        at = datetime.datetime(2025, 1, 1)
        taken = within(lambda: found.extend(land(Path(home), county, "fhir", paths, created_at=at)))
    if faults := [each.error for each in found if each.error]:
        raise SystemExit("\n".join(faults))
    return taken


def tables(folder: Path, paths: list[Path], way: str) -> Taken:
    """What the rows of the connector take."""
    source, _, faults = read_record(COUNTY / "sources" / "fhir.yaml", Source)
    if source is None:
        raise SystemExit(str(faults))
    wanted = (*TWO, "observation_component") if way == "components" else TWO
    return within(lambda: write(source, paths, folder, wanted, 1 << 60 if way == "careful" else LARGE))


def main() -> None:
    way, folder, told = sys.argv[1], *map(Path, sys.argv[2:])
    paths = sorted(folder.glob("*.ndjson"))
    match way:
        case "suite":
            given = counted(evaluate)
        case "views":
            given = within(lambda: write_views(folder))
        case "landing":
            given = landed(folder, paths)
        case _:
            given = tables(folder, paths, way)
    told.write_text(json.dumps(given))


if __name__ == "__main__":
    main()
