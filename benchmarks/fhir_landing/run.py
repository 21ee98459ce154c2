"""FHIR NDJSON to rows: our connector and our whole landing beside hand-written DuckDB SQL, in one run.

Repeats the shared Synthea resources with new ids until there are 50,000 Patients and 500,000 Observations. Each way
writes the same columns to Parquet; the ways take turns, and the rows of ours and of the hand-written SQL are compared.

python benchmarks/fhir_landing/run.py [--patients 50000] [--observations 500000] [--times 5] [--short] [--quick]
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.append(str(Path(__file__).parents[1]))
from timing import ROOT, Figure, Taken, interleaved, keep, timed

HERE = Path(__file__).parent
SHARED = ROOT.parent / "shared" / "data" / "synthea-fhir-r4" / "ndjson"
QUESTION = "What do our FHIR connector and our whole landing cost beside SQL written by hand for these very files?"
CONNECTOR, LANDING, TYPED = (
    "Luotsi's connector",
    "Luotsi's whole landing, with the components",
    "SQL, one typed reading",
)
WAYS = {
    CONNECTOR: ("ours.py", "connector"),
    LANDING: ("ours.py", "landing"),
    TYPED: ("by_hand.py", "typed"),
    "Luotsi's connector, the careful reading": ("ours.py", "careful"),
    "Luotsi's connector, with the components": ("ours.py", "components"),
    "SQL, a path a column": ("by_hand.py", "arrows"),
}
SHORT = (CONNECTOR, LANDING, TYPED)


def made(folder: Path, kind: str, count: int) -> Path:
    """The shared resources of a type over and over, each round with ids of its own."""
    path = folder / f"{kind}.ndjson"
    lines = gzip.decompress((SHARED / f"{kind}.ndjson.gz").read_bytes()).decode("utf-8").split("\n")[:-1]
    with path.open("w", encoding="utf-8") as stream:
        for place in range(count):
            turn = f"{place // len(lines):04x}"
            line = lines[place % len(lines)].replace('"id":"', f'"id":"{turn}', 1)
            stream.write(line.replace("urn:uuid:", f"urn:uuid:{turn}") + "\n")
    return path


def same(ours_file: Path, by_hand_file: Path) -> bool:
    """Whether both files hold the same rows; an empty text is the same as none."""
    names = [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{ours_file}')").fetchall()]
    listed = ", ".join(f'nullif("{name}", \'\') AS "{name}"' for name in names)
    mine, theirs = (f"SELECT {listed} FROM read_parquet('{each}')" for each in (ours_file, by_hand_file))
    query = f"SELECT count(*) FROM (({mine}) EXCEPT ALL ({theirs}))"
    return duckdb.sql(query).fetchall() == [(0,)] and duckdb.sql(
        f"SELECT (SELECT count(*) FROM ({mine})) = (SELECT count(*) FROM ({theirs}))"
    ).fetchall() == [(True,)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=50_000)
    parser.add_argument("--observations", type=int, default=500_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--short", action="store_true", help="only our connector, our whole landing and the typed SQL")
    parser.add_argument("--quick", action="store_true", help="500 Patients, 5,000 Observations, two runs, nothing kept")
    given = parser.parse_args()
    if given.quick:
        given.patients, given.observations, given.times = 500, 5_000, 2
    if not SHARED.is_dir():
        raise SystemExit(f"The shared resources are not at {SHARED}.")
    names = SHORT if given.short else tuple(WAYS)
    alone: dict[str, list[Taken]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        counts = {"Patient": given.patients, "Observation": given.observations}
        size = sum(made(folder, kind, count).stat().st_size for kind, count in counts.items())
        told = folder / "told"

        def turn(name: str) -> Taken:
            script, way = WAYS[name]
            taken = timed([sys.executable, str(HERE / script), way, str(folder), str(told)])
            alone[name].append(Taken(*json.loads(told.read_text())))
            kinds = [kind.lower() for kind in counts]
            if name == TYPED and not all(same(folder / f"ours.{kind}", folder / f"by_hand.{kind}") for kind in kinds):
                raise SystemExit("The connector and the typed SQL give other rows.")
            return taken

        runs = interleaved({name: (lambda name=name: turn(name)) for name in names}, given.times)
    held = f"{given.patients:,} Patients, {given.observations:,} Observations, {size / 1e6:.0f} MB"
    figures = [Figure.of(name, held, "files to rows", runs[name]) for name in names]
    figures += [Figure.of(name, held, "files to rows, the work alone", alone[name][-given.times :]) for name in names]
    keep(HERE, QUESTION, figures, quick=given.quick)


if __name__ == "__main__":
    main()
