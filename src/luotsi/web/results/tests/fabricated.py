"""A small release on disk, in the shape the engine leaves it: for tests of any app to take in."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

NAME = "20240301T080000Z-aaaa"

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("kind", "name")]
    + [("version", pa.int32())]
    + [(name, pa.string()) for name in ("subject", "period", "group")]
    + [(name, pa.float64()) for name in ("numerator", "denominator", "value", "low", "high")]
    + [("n", pa.int64()), ("suppressed", pa.bool_())]
)
TEXT = {"fi": "Nimi", "sv": "Namn", "en": "Name"}


def definition(measure: str, **changes: Any) -> dict[str, Any]:
    record = {
        "measure": measure,
        "also": [f"{measure}_before"],
        "version": 1,
        **dict.fromkeys(("label", "definition", "why"), TEXT),
        "source": "Law 1326/2010",
        "owner": "Director",
        "review": "2027-01-31",
        "status": "unconfirmed",
        "direction": "up",
        "unit": "share",
        "family": "access",
        "headline": False,
        "target": [{"value": "0.8", "since": "2024-01-01", "until": None, "source": "Law"}],
        "result": "share",
        "scale": "1",
        "counts": "events",
        "dimensions": ["unit", "sex"],
        "pairs": [["sex", "unit"]],
        "periods": ["month", "year"],
        "examples": [{"name": "one", "given": {}, "period": "2024", "group": {}, "expect": {"n": "0"}}],
        **changes,
    }
    return {"digest": "d" * 64, "concepts": ["contact"], "loads": [2], "record": record}


def load(number: int, source: str, day: str, **more: Any) -> dict[str, Any]:
    return {
        "load": number,
        "source": source,
        "instance": source,
        "table": "visits",
        "extract": f"{day}-{number}",
        "created_at": f"{day}T02:00:00",
        "delivery": "delta",
        "rows": 100,
        "loaded_at": "2024-03-01T08:00:00+00:00",
        **more,
    }


def row(name: str, period: str, group: str, numerator: float | None, n: int | None, **more: Any) -> dict[str, Any]:
    hidden = numerator is None
    value = None if numerator is None or not n else numerator / n
    filled = {"kind": "measure", "version": 1, "subject": None, "low": value, "high": value, "suppressed": hidden}
    own = {"name": name, "period": period, "group": group, "numerator": numerator, "denominator": n, "value": value}
    return {**filled, **own, "n": n, **more}


def rows() -> list[dict[str, Any]]:
    months = [row("seen", f"2024-{month:02}", "", 10.0 + month, 40) for month in range(1, 13)]
    units = [row("seen", "2024", f"unit={code}", 40.0, 90) for code in ("1", "2")]
    pair = [row("seen", "2024", "sex=2;unit=1", 20.0, 50), row("seen", "2024", "unit=3", None, None)]
    money = [row("cost", "2024", "", 2.0, 3)]
    sizes = {"kind": "segment", "low": None, "high": None, "denominator": None}
    segments = [row("main", "2024-01", group, 60.0, 60, **sizes) for group in ("", "segment=rest")]
    return [*months, *units, *pair, row("seen", "2024", "", 200.0, 480), *money, *segments]


def write(home: Path, name: str = NAME, *, results: list[dict[str, Any]] | None = None, **said: Any) -> Path:
    """Writes a release below a home and gives its folder; `said` changes its manifest."""
    folder = home / "releases" / name
    (folder / "sql").mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(results or rows(), schema=SCHEMA), folder / "results.parquet")
    labels = [{"dimension": "unit", "code": "1", "fi": "Ykkönen", "sv": "Ettan", "en": "One"}]
    pq.write_table(pa.Table.from_pylist(labels), folder / "labels.parquet")
    definitions = {
        "seen": definition("seen"),
        "cost": definition("cost", counts="money", result="ratio", direction="down", target=[]),
    }
    for each in definitions:
        (folder / "sql" / f"{each}.sql").write_text(f"SELECT '{each}'\n", "utf-8")
    rules = [{"segment": "rest", "label": TEXT, "when": "TRUE"}]
    known = {"label": TEXT, "definition": TEXT, "owner": "Director", "source": "Own", "status": "confirmed"}
    manifest = {
        "release": name,
        "created_at": f"{name[:4]}-{name[4:6]}-{name[6:8]}T08:00:00+00:00",
        "content": "c" * 64,
        "results": hashlib.sha256((folder / "results.parquet").read_bytes()).hexdigest(),
        "first_month": "2024-01",
        "last_month": "2024-12",
        "small": 5,
        "definitions": definitions,
        "segments": {"main": {**known, "rules": rules}},
        "loads": [
            load(1, "residents", "2024-02-01"),
            load(2, "records", "2024-02-02", quarantined=7, seconds=1.5, unusual=["7 rows stand twice"]),
            load(3, "records", "2024-02-20", undeclared=["NOTES"]),
        ],
        "engine": {"luotsi": "0.1.0"},
        **said,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder
