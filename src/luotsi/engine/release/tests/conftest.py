"""A small county with a vault of its own, whose measures are computed by a stand-in from plain tables.

What is tested here is the release: the marts and the measures have tests of their own.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from luotsi.concepts.reading import Codes, County
from luotsi.concepts.records import CodeList, Concept, Measure, Source
from luotsi.engine import marts, measures, segments, vault

WORDS = {"fi": "nimi", "sv": "namn", "en": "name"}


def measure(name: str, **changes: Any) -> Measure:
    """A measure of contacts; `changes` over a share by unit and sex with their pair."""
    return Measure.model_validate(
        {
            "measure": name,
            "version": 1,
            "label": WORDS,
            "definition": WORDS,
            "why": WORDS,
            "source": "measures.md",
            "owner": "Data team",
            "review": "2030-01-01",
            "status": "confirmed",
            "direction": "up",
            "unit": "share",
            "family": "access",
            "rows": "contact",
            "result": "share",
            "numerator": "remote",
            "counts": "events",
            "dimensions": ["unit", "sex"],
            "pairs": [["unit", "sex"]],
            "headline": True,
            "examples": [],
            **changes,
        }
    )


def county() -> County:
    """Contacts of persons in units, from one source, with a share and a count."""
    attribute = {"privacy": "plain", "label": WORDS, "definition": "x", "standard": "x"}
    unit = {"unit_code": {**attribute, "type": "text"}, "name": {**attribute, "type": "text"}}
    unit["area"] = {**attribute, "type": "text"}
    contact = {
        "contact_id": {**attribute, "type": "text"},
        "unit": {**attribute, "type": "reference", "refers": "unit"},
        "sex": {**attribute, "type": "code", "codes": "sex"},
        "happened_at": {**attribute, "type": "timestamp"},
        "remote": {**attribute, "type": "boolean"},
    }
    concepts = {
        "unit": Concept(concept="unit", label=WORDS, definition="x", standard="x", key=("unit_code",), attributes=unit),
        "contact": Concept(
            concept="contact",
            label=WORDS,
            definition="x",
            standard="x",
            key=("contact_id",),
            happens="happened_at",
            attributes=contact,
            dimensions={"unit": "unit.unit_code", "sex": "sex", "area": "unit.area"},
        ),
    }
    sex = CodeList(codes="sex", label=WORDS, version="1", source="x", licence="x")
    rows = {"1": {"code": "1", "fi": "mies", "sv": "man", "en": "man"}, "2": {"code": "2", **WORDS}}
    contacts = {"concept": "contact", "key": {"contact_id": {"value": "ID"}}}
    units = {"concept": "unit", "key": {"unit_code": {"value": "ID"}}}
    source = Source.model_validate(
        {
            "source": "visits",
            "label": WORDS,
            "definition": "x",
            "owner": "x",
            "connector": "csv",
            "tables": {
                "visits": {"files": ["v*"], "columns": {"ID": {}}, "into": [contacts]},
                "units": {
                    "files": ["u*"],
                    "columns": {"ID": {}},
                    "into": [units],
                },
                "other": {"files": ["o*"], "columns": {"ID": {}}},
            },
        }
    )
    known = [
        measure("remote_share"),
        measure("contacts", result="count", unit="contacts", pairs=[], periods=["quarter", "year"]),
    ]
    return County(
        roots=(),
        concepts=concepts,
        codes={"sex": Codes(sex, rows)},
        sources={"visits": source},
        measures={each.measure: each for each in known},
        segments={},
        files={},
        lines={},
    )


Event = tuple[int, str, str, bool]
"""Month from January 2022, unit, sex, remote."""


@dataclass
class World:
    """A home, its county, the events that its measures count, and how often they were computed."""

    home: Path
    county: County
    events: list[Event]
    computed: list[list[str]] = field(default_factory=list)

    def connect(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.home / "small.duckdb"))

    def change(self, events: Iterable[Event]) -> None:
        """New events, by a new load."""
        self.events = list(events)
        with self.connect() as con:
            con.execute("INSERT INTO marts.versions SELECT 'contact', max(load) + 1, '' FROM marts.versions")


def tabulated(events: Iterable[Event], record: Measure, until: datetime.date) -> pa.Table:
    """The result rows of a measure over events, up to the month of `until`, cut or not."""
    cells: dict[tuple[str, str], list[int]] = {}
    groupings = [(), *((name,) for name in record.dimensions), *record.pairs]
    for month, unit, sex, remote in events:
        year, within = 2022 + month // 12, month % 12
        if datetime.date(year, within + 1, 1) > until:
            continue
        names = {"month": f"{year}-{within + 1:02}", "quarter": f"{year}-Q{within // 3 + 1}", "year": str(year)}
        codes = {"unit": unit, "sex": sex, "area": unit[0]}
        for grouping in groupings:
            group = ";".join(f"{name}={codes[name]}" for name in sorted(grouping))
            for grain in record.periods:
                cell = cells.setdefault((names[grain], group), [0, 0])
                cell[0] += remote
                cell[1] += 1
    share = record.result == "share"
    count = [cell[1] for cell in cells.values()]
    numerator = [cell[0] for cell in cells.values()] if share else count
    size = len(cells)
    return pa.table(
        {
            "measure": pa.array([record.measure] * size, pa.string()),
            "version": pa.array([record.version] * size, pa.int32()),
            "period": pa.array([period for period, _ in cells], pa.string()),
            "group": pa.array([group for _, group in cells], pa.string()),
            "numerator": pa.array(numerator, pa.float64()),
            "denominator": pa.array(count if share else [None] * size, pa.float64()),
            "value": pa.array([a / b if share else b for a, b in zip(numerator, count, strict=True)], pa.float64()),
            "n": pa.array(count, pa.int64()),
        }
    )


def events(seed: int = 1) -> list[Event]:
    """Some hundreds of contacts over two years, many of them in cells that are small."""
    draw = np.random.default_rng(seed)
    units = draw.choice(["n1", "n2", "s1", "s2", "s3"], 1500, p=[0.4, 0.3, 0.25, 0.04, 0.01])
    months, sexes = draw.integers(0, 24, 1500), draw.choice(["1", "2"], 1500, p=[0.3, 0.7])
    remote = draw.random(1500) < 0.3
    return [(int(m), str(u), str(s), bool(r)) for m, u, s, r in zip(months, units, sexes, remote, strict=True)]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A loaded home: a release can be built from it."""
    made = World(tmp_path, county(), events())
    with made.connect() as con:
        con.execute("CREATE SCHEMA vault; CREATE SCHEMA marts")
        con.execute(
            'CREATE TABLE vault.loads (load INTEGER, source VARCHAR, instance VARCHAR, "table" VARCHAR, '
            "extract VARCHAR, created_at TIMESTAMP, delivery VARCHAR, rows BIGINT, loaded_at TIMESTAMP, report JSON)"
        )
        con.execute("CREATE TABLE vault.quarantine (load INTEGER, line BIGINT)")
        for load, table in enumerate(("visits", "units", "other"), start=1):
            con.execute(
                "INSERT INTO vault.loads VALUES (?, 'visits', 'visits', ?, 'x', '2023-12-31 23:00', 'full', 9, now(), "
                "NULL)",
                [load, table],
            )
        con.execute("CREATE TABLE marts.versions AS SELECT 'contact' AS concept, 1 AS load, '' AS shape")
        con.execute("CREATE TABLE marts.unit (key UUID, unit_code VARCHAR, name VARCHAR, area VARCHAR)")
        for code in ("n1", "n2", "s1", "s2", "s3"):
            con.execute("INSERT INTO marts.unit VALUES (uuid(), ?, ?, ?)", [code, f"Unit {code}", code[0]])

    def compute(con: Any, county: County, names: list[str], *, last_month: datetime.date, **_: Any) -> pa.Table:
        made.computed.append(list(names))
        return pa.concat_tables([tabulated(made.events, county.measures[name], last_month) for name in names])

    stand_in = SimpleNamespace(
        open_vault=lambda home, read_only: made.connect(),
        refresh=lambda con, county, **_: {},
        segment=lambda con, county, **_: None,
        sql=lambda county, name: "SELECT * FROM marts.contact AS c JOIN marts.unit AS u ON u.key = c.unit",
    )
    monkeypatch.setattr(vault, "open_vault", stand_in.open_vault, raising=False)
    monkeypatch.setattr(marts, "refresh", stand_in.refresh, raising=False)
    monkeypatch.setattr(marts, "as_of", lambda con, county, date, concepts: None, raising=False)
    monkeypatch.setattr(segments, "compute", stand_in.segment, raising=False)
    monkeypatch.setattr(measures, "compute", compute)
    monkeypatch.setattr(measures, "sql", stand_in.sql)
    return made
