"""The services that people have labelled with the needs they meet, and the halves they are divided in."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parents[3] / "shared" / "data" / "ptv-labelled-services"
NEEDS = {
    "terveys": "health",
    "vaikeuksien voittaminen": "coping",
    "asuminen": "housing",
    "opiskelu tai työ": "work",
    "perhe": "family",
    "ystävät": "friends",
    "raha-asiat": "money",
    "itsensä kehittäminen": "growth",
    "itsetunto": "self_esteem",
    "tyytyväisyys elämään": "life",
}


class Judged(NamedTuple):
    """A service and the needs it was labelled with."""

    id: str
    name: str
    summary: str
    needs: frozenset[str]


def judged(folder: Path) -> list[Judged]:
    """The services that people have judged, each once; labels of the two sheets together."""
    found: dict[str, Judged] = {}
    for name in ("national_services_labelled.csv", "chosen_services_national_turku_oulu_labelled.csv"):
        for row in csv.DictReader((folder / name).open(encoding="utf-8-sig")):
            needs = frozenset(need for label, need in NEEDS.items() if (row[label] or "").strip())
            before = found.get(row["id"])
            found[row["id"]] = Judged(
                row["id"], row["Name"], row["serviceSummary"] or "", needs | (before.needs if before else frozenset())
            )
    return [found[each] for each in sorted(found)]


def part(services: Sequence[Judged], wanted: str) -> list[Judged]:
    """Half of the services for looking and mending (tune), the other half for the figures (test), by their ids."""
    if wanted == "all":
        return list(services)
    return [each for each in services if (int(each.id[:2], 16) % 2 == 0) == (wanted == "tune")]
