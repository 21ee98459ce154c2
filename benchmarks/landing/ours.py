"""Landing as a process: of one large file of visits, or of a folder of small files of the shipped county.

python benchmarks/landing/ours.py visits|small HOME FILE-OR-FOLDER TOLD, run by `run.py`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from luotsi.concepts.reading import County, read_county
from luotsi.jobs.landing import land
from luotsi.jobs.tests.fabricated import CONCEPTS, attribute, county

sys.path.append(str(Path(__file__).parents[1]))
from timing import within

COLUMNS = (
    "visit_id", "person", "professional", "unit", "started", "ended", "kind", "form", "urgency", "status", "minutes",
    "nature",
)  # fmt: skip


def of_visits(folder: Path) -> County:
    """A county whose clinic sends visits."""
    ward = {"key": ["professional_id"], "attributes": {"professional_id": attribute("text", "identifying")}}
    visit = {
        "key": ["visit_id"],
        "attributes": {
            "visit_id": attribute("text"),
            "person": attribute("reference", refers="person"),
            "professional": attribute("reference", refers="professional"),
            **{column: attribute("code") for column in COLUMNS[3:]},
        },
    }
    CONCEPTS.update(professional=ward, visit=visit)
    own = {column: {"value": column} for column in COLUMNS[3:]}
    of = {column: {"value": column, "system": "$instance"} for column in COLUMNS[1:3]}
    key = {"visit_id": {"value": "visit_id", "system": "$instance"}}
    into = [{"concept": "visit", "key": key, "attributes": {**own, **of}}]
    table = {"files": ["clinic_*_visits_*.csv"], "columns": {column: {} for column in COLUMNS}, "into": into}
    return county(folder / "county", tables={"visits": table})


def small(files: Path, home: Path) -> None:
    """Lands every separated file of a folder; the reading of the county's content is part of it."""
    of = read_county(Path(__file__).parents[2] / "county")[0]
    for name, source in of.sources.items():
        mine = sorted(files.glob(f"{name}_*.csv")) if source.connector == "csv" else []
        if faults := [each.error for each in land(home, of, name, mine) if each.error]:
            raise SystemExit("\n".join(faults))


def main() -> None:
    home, given, told = map(Path, sys.argv[2:])
    if sys.argv[1] == "small":
        taken = within(lambda: small(given, home))
    else:
        of = of_visits(home)

        def visits() -> None:
            (result,) = land(home, of, "clinic", [given])
            if result.error:
                raise SystemExit(result.error)

        taken = within(visits)
    told.write_text(json.dumps(taken))


if __name__ == "__main__":
    main()
