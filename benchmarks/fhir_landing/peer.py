"""sqlonfhir over the suite, or over views of NDJSON, as a process of an environment of its own (sqlonfhir.txt).

python benchmarks/fhir_landing/peer.py suite|views FOLDER TOLD, run by `run.py`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import sqlonfhir
from suite import counted

VIEWS = Path(__file__).with_name("views")


def evaluate(resources: list[Any], view: Any) -> tuple[list[str] | None, list[dict[str, Any]]]:
    """The rows of a view, and the columns in their order where there are rows."""
    rows = sqlonfhir.evaluate(resources, view)
    return list(rows[0]) if rows else None, rows


def write(folder: Path) -> None:
    """Writes the rows of each view as lines of JSON, which this engine's users would write as well."""
    for path in sorted(VIEWS.glob("*.json")):
        view = json.loads(path.read_text("utf-8"))
        with (folder / f"{view['resource']}.ndjson").open(encoding="utf-8") as lines:
            rows = sqlonfhir.evaluate([json.loads(line) for line in lines], view)
        with (folder / f"peer.{path.stem}").open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, default=str) + "\n" for row in rows)


if __name__ == "__main__":
    way, folder, told = sys.argv[1], *map(Path, sys.argv[2:])
    told.write_text(json.dumps(counted(evaluate) if way == "suite" else write(folder)))
