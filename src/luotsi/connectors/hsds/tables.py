"""Joins the tables of an HSDS package in CSV into objects as its JSON has them. What they mean is the reader's."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from luotsi.connectors.documents import Document
from luotsi.connectors.entries import Delivery

Rows = list[dict[str, str]]


def tables(paths: Iterable[Path], into: Delivery) -> Iterator[Document]:
    """The organisations and services of a package, with their phones, languages, places and opening hours."""
    read = {path.stem: _rows(path, into) for path in paths}
    phones, languages = read.get("phones", []), read.get("languages", [])
    schedules = [*read.get("schedules", []), *read.get("regular_schedules", [])]
    addresses = _by([*read.get("addresses", []), *read.get("physical_addresses", [])], "location_id")
    access = _by([*read.get("accessibility", []), *read.get("accessibility_for_disabilities", [])], "location_id")
    locations = {row["id"]: row for row in read.get("locations", []) if row.get("id")}
    joins = _by([*read.get("services_at_location", []), *read.get("service_at_location", [])], "service_id")
    for row in read.get("organizations", []):
        own = [each for each in phones if each.get("organization_id") == row.get("id") and not each.get("service_id")]
        yield {**row, "services": [], "phones": own}
    for row in read.get("services", []):
        service = row.get("id", "")
        yield {
            **row,
            "organization_id": row.get("organization_id", ""),
            "phones": [each for each in phones if each.get("service_id") == service],
            "languages": [each for each in languages if each.get("service_id") == service],
            "service_at_locations": [
                {
                    **join,
                    "location": {
                        **locations[join["location_id"]],
                        "addresses": addresses[join["location_id"]],
                        "accessibility": [
                            {"description": each.get("description") or each.get("accessibility", "")}
                            for each in access[join["location_id"]]
                        ],
                        "phones": [each for each in phones if each.get("location_id") == join["location_id"]],
                    },
                    "schedules": [
                        each
                        for each in schedules
                        if each.get("service_at_location_id") == join.get("id")
                        or (not each.get("service_at_location_id") and each.get("service_id") == service)
                    ],
                }
                for join in joins[service]
                if join.get("location_id") in locations
            ],
        }


def _rows(path: Path, into: Delivery) -> Rows:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        into.fault(path.name, "The file is not UTF-8 and was left out. Have it sent anew.")
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""))
    return [
        {name: value or "" for name, value in row.items() if name and isinstance(value, str | None)} for row in reader
    ]


def _by(rows: Rows, column: str) -> defaultdict[str, Rows]:
    found: defaultdict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row.get(column, "")].append(row)
    return found
