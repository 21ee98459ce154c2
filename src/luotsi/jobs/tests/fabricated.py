"""A small county with one source of persons and contacts, and files of it. Holds no tests."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import yaml

from luotsi.concepts.reading import County, read_county
from luotsi.engine.lake import Manifest

LABEL = {"fi": "a", "sv": "a", "en": "a"}


def attribute(kind: str, privacy: str = "plain", **more: Any) -> dict[str, Any]:
    """One attribute of a concept."""
    return {"type": kind, "privacy": privacy, "label": LABEL, "definition": "x", "standard": "x", **more}


CONCEPTS: dict[str, dict[str, Any]] = {
    "person": {
        "key": ["person_id"],
        "attributes": {
            "person_id": attribute("text", "identifying"),
            "birth_date": attribute("date", "sensitive"),
            "name": attribute("text", "identifying"),
            "address": attribute("text", "identifying"),
        },
    },
    "contact": {
        "key": ["contact_id"],
        "attributes": {
            "contact_id": attribute("text"),
            "person": attribute("reference", refers="person"),
            "outcome": attribute("text"),
        },
    },
}
PERSON = {
    "concept": "person",
    "key": {"person_id": {"value": "LOCAL", "system": "$instance"}},
    "attributes": {
        "birth_date": {"value": "date(BORN)"},
        "name": {"value": "NAME"},
        "address": {"value": "concat(STREET, ' ', NUMBER)"},
    },
    "same_as": [{"member": {"value": "LOCAL", "system": "$instance"}, "master": {"value": "HETU", "system": "hetu"}}],
}
CONTACT = {
    "concept": "contact",
    "key": {"contact_id": {"value": "ID", "system": "$instance"}},
    "attributes": {"person": {"value": "PATIENT", "system": "hetu"}, "outcome": {"value": "NOTE"}},
}
SOURCE: dict[str, Any] = {
    "owner": "x",
    "connector": "csv",
    "format": {"delimiter": ";"},
    "tables": {
        "persons": {
            "files": ["clinic_*_persons_*.csv"],
            "columns": {each: {} for each in ("LOCAL", "HETU", "BORN", "NAME", "STREET", "NUMBER")},
            "into": [PERSON],
        },
        "contacts": {
            "files": ["clinic_*_contacts_*.csv"],
            "columns": {"ID": {"required": True, "also": ["Contact  id"]}, "PATIENT": {"required": True}, "NOTE": {}},
            "into": [CONTACT],
        },
    },
}


def county(root: Path, **changes: Any) -> County:
    """The county, its source changed as said."""
    for kind, name, record in (
        *(("concepts", name, {"concept": name, **concept}) for name, concept in CONCEPTS.items()),
        ("sources", "clinic", {"source": "clinic", **SOURCE, **changes}),
    ):
        path = root / kind / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        extra = {"standard": "x"} if kind == "concepts" else {}
        path.write_text(
            yaml.safe_dump({"label": LABEL, "definition": "x", **extra, **record}, sort_keys=False), "utf-8"
        )
    read, faults = read_county(root)
    assert not faults, faults
    return read


def hetu(number: int) -> str:
    """A personal identity code that is right in form and given to nobody."""
    day, serial = f"{1 + number % 28:02}{1 + number // 28 % 12:02}{number // 336 % 100:02}", 900 + number % 100
    return f"{day}-{serial}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(f'{day}{serial}') % 31]}"


def contacts(folder: Path, lines: list[str], day: int = 20240102, kind: str = "delta", instance: str = "north") -> Path:
    """A file of contacts with its heading line."""
    path = folder / f"clinic_{instance}_contacts_{day}_{kind}.csv"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["ID;PATIENT;NOTE", *lines]) + "\n", "utf-8", newline="")
    return path


def sound(count: int, start: int = 0) -> list[str]:
    """So many contacts that nothing is wrong with."""
    return [f"{each};{hetu(each)};ok" for each in range(start, start + count)]


def manifest(path: Path, **words: Any) -> Path:
    """Puts a sender's manifest beside a file."""
    said = {"rows": None, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **words}
    place = path.with_name(path.name + ".manifest.json")
    place.write_text(json.dumps({word: value for word, value in said.items() if value is not None}), "utf-8")
    return place


def rows(home: Path, landed: Manifest, columns: str = "*") -> list[tuple[Any, ...]]:
    """The rows of a landed extract, as they were sent."""
    path = home / "lake" / landed.source / landed.table / landed.extract / "rows.parquet"
    return duckdb.sql(f"SELECT {columns} FROM (FROM read_parquet('{path}') ORDER BY _line)").fetchall()


def quarantine(home: Path, landed: Manifest) -> list[tuple[Any, ...]]:
    """The quarantine of a landed extract."""
    path = home / "lake" / landed.source / landed.table / landed.extract / "quarantine.parquet"
    return duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()


def tree(home: Path) -> dict[str, bytes]:
    """Every file below a home, its locks aside."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.parent.name != ".landing"
    }
