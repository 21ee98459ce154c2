"""FHIR NDJSON to rows: our connector, landing and views beside hand-written DuckDB SQL, sqlonfhir and Pathling.

Repeats the shared Synthea resources with new ids until there are 50,000 Patients and 500,000 Observations; ways that
write the same rows take turns, and their rows are compared, all of them. sqlonfhir and Pathling have environments of
their own and fewer resources; the public SQL on FHIR suite is run by our views and by sqlonfhir.

python benchmarks/fhir_landing/run.py [--patients 50000] [--observations 500000] [--times 5] [--short] [--quick]
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import duckdb

sys.path.append(str(Path(__file__).parents[1]))
from timing import ROOT, Figure, Taken, environment, interleaved, keep, timed

HERE = Path(__file__).parent
SHARED = ROOT.parent / "shared" / "data" / "synthea-fhir-r4" / "ndjson"
QUESTION = (
    "What do our FHIR connector, landing and views cost beside SQL written by hand for these very files, and peers?"
)
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
VIEWS = sorted(path.stem for path in (HERE / "views").glob("*.json"))
PEERS = 10
"""The peers have a tenth of the resources."""


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


def same(ours: str, other: str, changed: str = "") -> bool:
    """Whether two queries give the same rows; an empty text is the same as none. `changed`: columns told otherwise."""
    types = {row[0]: row[1] for row in duckdb.sql(f"DESCRIBE {ours}").fetchall()}
    texts = ", ".join(f'nullif("{name}", \'\') AS "{name}"' for name, kind in types.items() if kind == "VARCHAR")
    names = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in types.items())
    mine, theirs = (
        f"SELECT * {f'REPLACE ({changed})' if changed else ''} FROM "
        f"(SELECT * REPLACE ({texts}) FROM (SELECT {names} FROM ({each})))"
        for each in (ours, other)
    )
    query = f"SELECT (SELECT count(*) FROM (({mine}) EXCEPT ALL ({theirs}))) + (SELECT count(*) FROM (({theirs}) "
    return duckdb.sql(query + f"EXCEPT ALL ({mine})))").fetchall() == [(0,)]


def parquet(path: Path) -> str:
    """The query of a Parquet file, or of a folder of them."""
    return f"SELECT * FROM read_parquet('{path}{'/*.parquet' if path.is_dir() else ''}')"


class Views:
    """The rows of our views beside those of other ways, each way a process."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told = folder, folder / "told"
        self.alone: dict[str, list[Taken]] = {}

    def run(self, name: str, python: Path | str, script: str, way: str, agrees: Callable[[str], bool]) -> Taken:
        """One turn of a way; stops where its rows are not ours."""
        taken = timed([str(python), str(HERE / script), way, str(self.folder), str(self.told)])
        if (inner := json.loads(self.told.read_text())) is not None:
            self.alone.setdefault(name, []).append(Taken(*inner))
        if others := [view for view in VIEWS if not agrees(view)]:
            raise SystemExit(f"{name} gives other rows than our views: {', '.join(others)}.")
        return taken

    def ours(self) -> Taken:
        """Our views."""
        return self.run("Luotsi's views", sys.executable, "ours.py", "views", lambda _: True)

    def by_hand(self) -> Taken:
        """The SQL written by hand."""
        return self.run(
            "SQL by hand", sys.executable, "by_hand.py", "views", lambda view: self.equal(view, "by_hand_view")
        )

    def sqlonfhir(self) -> Taken:
        """sqlonfhir, whose rows are lines of JSON."""
        python = environment("sqlonfhir", HERE / "sqlonfhir.txt")

        def agrees(view: str) -> bool:
            mine = parquet(self.folder / f"ours_view.{view}")
            types = {row[0]: row[1] for row in duckdb.sql(f"DESCRIBE {mine}").fetchall()}
            shape = ", ".join(f"{name}: '{kind}'" for name, kind in types.items())
            peer = self.folder / f"peer.{view}"
            return same(mine, f"SELECT * FROM read_json('{peer}', format = 'newline_delimited', columns = {{{shape}}})")

        return self.run("sqlonfhir 0.0.2", python, "peer.py", "views", agrees)

    def pathling(self) -> Taken:
        """Pathling with its jar: its decimals have six places, and an instant is told as a time of its session."""
        python = environment("pathling-bundled", HERE / "pathling_bundled.txt")
        told = {"observation": "round(value, 4) AS value, left(replace(issued, 'T', ' '), 19) AS issued"}
        return self.run(
            "Pathling 6.3.1, encoded and selected", python, "pathling_views.py", "bundled",
            lambda view: self.equal(view, "pathling", told.get(view, "")),
        )  # fmt: skip

    def equal(self, view: str, prefix: str, changed: str = "") -> bool:
        """Whether the Parquet of another way holds our rows."""
        return same(parquet(self.folder / f"ours_view.{view}"), parquet(self.folder / f"{prefix}.{view}"), changed)


def suites(folder: Path) -> list[Figure]:
    """How many tests of the public suite our views and sqlonfhir pass, counted now."""
    told, figures = folder / "told", list[Figure]()
    peer = environment("sqlonfhir", HERE / "sqlonfhir.txt")
    for name, python, script in (("Luotsi's views", sys.executable, "ours.py"), ("sqlonfhir 0.0.2", peer, "peer.py")):
        taken = timed([str(python), str(HERE / script), "suite", str(folder), str(told)])
        passed, total, failed = json.loads(told.read_text())
        note = f"passes {passed} of {total}"
        print(f"{name} {note}" + "".join(f"\n  fails {each}" for each in failed), flush=True)
        figures.append(Figure.of(name, f"{total} tests", "SQL on FHIR suite", [taken], note=note))
    return figures


def newest_pathling(folder: Path) -> None:
    """Tries the newest Pathling, which takes ViewDefinitions, and says what came of it."""
    try:
        python = environment("pathling", HERE / "pathling.txt")
        taken = timed([str(python), str(HERE / "pathling_views.py"), "newest", str(folder), str(folder / "told")])
    except SystemExit as stopped:
        said = [line.strip() for line in str(stopped).splitlines() if "not found" in line or "Exception" in line]
        print("Pathling 10.0.0 does not start: it fetches its jars from Maven.\n  " + "\n  ".join(said[:6]), flush=True)
    else:
        print(f"Pathling 10.0.0 starts here and wrote the views in {taken.wall:.1f} s: let it take turns.", flush=True)


def compared(folder: Path, sizes: Mapping[str, int], times: int, peers: bool) -> list[Figure]:
    """The figures of the views over so many resources."""
    folder.mkdir()
    size = sum(made(folder, kind, count).stat().st_size for kind, count in sizes.items())
    views = Views(folder)
    ways = {"Luotsi's views": views.ours, "SQL by hand": views.by_hand}
    if peers:
        ways |= {"sqlonfhir 0.0.2": views.sqlonfhir, "Pathling 6.3.1, encoded and selected": views.pathling}
    runs = interleaved(ways, times)
    held = told_size(sizes, size)
    alone = {name: taken[-times:] for name, taken in views.alone.items()}
    return [Figure.of(name, held, "three views to rows", taken) for name, taken in runs.items()] + [
        Figure.of(name, held, "three views to rows, the work alone", taken) for name, taken in alone.items()
    ]


def landing(folder: Path, sizes: Mapping[str, int], times: int, names: tuple[str, ...]) -> list[Figure]:
    """The figures of the connector and the landing."""
    folder.mkdir()
    size = sum(made(folder, kind, count).stat().st_size for kind, count in sizes.items())
    told = folder / "told"
    alone: dict[str, list[Taken]] = {name: [] for name in names}

    def turn(name: str) -> Taken:
        script, way = WAYS[name]
        taken = timed([sys.executable, str(HERE / script), way, str(folder), str(told)])
        alone[name].append(Taken(*json.loads(told.read_text())))
        pairs = [(folder / f"ours.{kind.lower()}", folder / f"by_hand.{kind.lower()}") for kind in sizes]
        if name == TYPED and not all(same(parquet(mine), parquet(theirs)) for mine, theirs in pairs):
            raise SystemExit("The connector and the typed SQL give other rows.")
        return taken

    runs = interleaved({name: partial(turn, name) for name in names}, times)
    held = told_size(sizes, size)
    return [Figure.of(name, held, "files to rows", runs[name]) for name in names] + [
        Figure.of(name, held, "files to rows, the work alone", alone[name][-times:]) for name in names
    ]


def told_size(sizes: Mapping[str, int], size: int) -> str:
    """What was read, in words."""
    return f"{sizes['Patient']:,} Patients, {sizes['Observation']:,} Observations, {size / 1e6:.0f} MB"


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
    sizes = {"Patient": given.patients, "Observation": given.observations}
    fewer = {kind: count // PEERS for kind, count in sizes.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = suites(folder)
        figures += compared(folder / "peers", fewer, given.times, peers=True)
        newest_pathling(folder / "peers")
        figures += compared(folder / "views", sizes, given.times, peers=False)
        figures += landing(folder / "tables", sizes, given.times, SHORT if given.short else tuple(WAYS))
    keep(HERE, QUESTION, figures, quick=given.quick)


if __name__ == "__main__":
    main()
