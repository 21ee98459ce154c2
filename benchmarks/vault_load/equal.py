"""Whether the ways made the same vault: rows of each table, and a checksum of every key and version in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

PLAIN = "v.happened_at, v.kind, v.unit_code, v.profession, v.urgent"
SENSITIVE = "v.code, v.amount, v.note"


@dataclass(frozen=True)
class Names:
    """What a way calls its link, its satellites, its keys, and since when a version holds."""

    link: str
    plain: str
    sensitive: str
    contact: str
    person: str
    since: str


LUOTSI = Names(
    "link_contact__bench__contacts",
    "sat_contact__bench__contacts__plain",
    "sat_contact__bench__contacts__sensitive",
    "contact_key",
    "person_key",
    "recorded_at",
)
BY_HAND = Names("link", "plain", "sensitive", "contact_key", "person_key", "recorded_at")
AUTOMATE_DV = Names(
    "link_contact_person", "sat_contact_plain", "sat_contact_sensitive", "contact_hk", "person_hk", "effective_from"
)

Summary = dict[str, tuple[int, int]]


def summary(database: Path, names: Names, spill: Path) -> Summary:
    """Table -> rows and the sum of hashes of its business keys, times and payload; comparable within one DuckDB."""
    contact = f"vault.{{}} AS v JOIN vault.hub_contact AS c ON v.{names.contact} = c.{names.contact}"
    person = f"JOIN vault.hub_person AS p ON v.{names.person} = p.{names.person}"
    asked = {
        "hub_contact": ("contact_id", "vault.hub_contact"),
        "hub_person": ("person_id", "vault.hub_person"),
        "link": ("contact_id, person_id", f"{contact.format(names.link)} {person}"),
        "plain": (f"contact_id, v.{names.since}, {PLAIN}", contact.format(names.plain)),
        "sensitive": (f"contact_id, v.{names.since}, {SENSITIVE}", contact.format(names.sensitive)),
    }
    found: Summary = {}
    with duckdb.connect(str(database), read_only=True, config={"temp_directory": str(spill)}) as con:
        con.execute("SET memory_limit = '4GB'")
        for name, (values, source) in asked.items():
            (row,) = con.execute(f"SELECT count(*), sum(hash({values})::HUGEINT) FROM {source}").fetchall()
            found[name] = row
    return found
