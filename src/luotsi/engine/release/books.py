"""What landing and loading told of each load, for the manifest of a release: quarantine, time taken, what was unusual.

Counts, names of columns and sentences; no value of any row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from luotsi.engine import lake
from luotsi.engine.duck.connection import Connection


def told(home: Path, con: Connection, loads: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The loads with four things more each, and the zone of `loaded_at` (the vault writes UTC).

    `quarantined`: rows set aside in landing and in loading; null where its extract is not in the lake any more.
    `seconds`: of loading, the group's shared evenly. `undeclared`: columns no definition names. `unusual`: sentences,
    those of a group of extracts at its last.
    """
    landed = {(each.source, each.instance, each.table, each.extract): each for each in lake.manifests(home)}
    query = "SELECT load, count(DISTINCT line) FROM vault.quarantine GROUP BY load"
    aside = dict(con.execute(query).fetchall())
    reports = {
        load: json.loads(text or "{}") for load, text in con.execute("SELECT load, report FROM vault.loads").fetchall()
    }
    return [
        _with(each, reports[each["load"]], landed.get(_extract(each)), aside.get(each["load"], 0)) for each in loads
    ]


def _extract(load: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return load["source"], load["instance"], load["table"], load["extract"]


def _with(load: Mapping[str, Any], report: Mapping[str, Any], landed: Any, aside: int) -> dict[str, Any]:
    group = report.get("loads") or [load["load"]]
    last = load["load"] == max(group)
    return {
        **load,
        "loaded_at": f"{load['loaded_at']}+00:00",
        "quarantined": None if landed is None else landed.rows_quarantined + aside,
        "seconds": round(float(report.get("seconds", 0.0)) / len(group), 3),
        "undeclared": [] if landed is None else list(landed.undeclared),
        "unusual": [*(() if landed is None else landed.unusual), *(report.get("unusual", ()) if last else ())],
    }
