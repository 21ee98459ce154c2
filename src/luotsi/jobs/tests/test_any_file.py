"""Whatever a file holds, each of its records lands or goes to quarantine, under its own number."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luotsi.connectors.csv.records import lines, records
from luotsi.jobs.landing import land
from luotsi.jobs.tests.fabricated import SOURCE, contacts, county, hetu, quarantine, rows

CELL = st.sampled_from(["", "a", "ä", '"q"', '"a;b"', '"two\nlines"', '"""x"""', 'in"ner', " ", "\ufffd", "x" * 50])
CODE = st.sampled_from(["", hetu(1), hetu(2), hetu(3).lower(), "wrong", '"' + hetu(4) + '"'])
SOUND = st.builds(lambda cells, code: ";".join([cells[0], code, cells[1]]), st.tuples(CELL, CELL), CODE)
BROKEN = st.sampled_from(
    ["", "a", "a;b", "a;b;c;d", 'a;;"open', 'a;;"shut"x', '"', ";;;;", '"\n', "\r", ";;", 'a;;"b\n']
)
ANY = st.lists(st.one_of(SOUND, SOUND, SOUND, BROKEN), max_size=30)
ENDS = st.sampled_from(["\n", "\r\n"])


@settings(max_examples=60, deadline=None)
@given(ANY, ENDS, st.booleans())
def test_every_record_of_any_file_lands_or_goes_to_quarantine(body: list[str], end: str, closed: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        path = contacts(root, [])
        path.write_bytes((end.join(["ID;PATIENT;NOTE", *body]) + end * closed).encode())
        (result,) = land(root / "home", county(root / "county"), "clinic", [path], accept_unusual=True)
        assert result.error is None
        landed = result.manifests[0]
        assert landed.rows_sent == landed.rows_landed + landed.rows_quarantined
        held = list(records(lines([path.read_bytes()], "utf-8"), ";", "utf-8", 3))[1:]
        there = {row[0]: row for row in rows(root / "home", landed, "_line, ID, NOTE")}
        aside = {row[0] for row in quarantine(root / "home", landed)}
        assert len(held) == landed.rows_sent
        assert (len(there), len(aside)) == (landed.rows_landed, landed.rows_quarantined)
        for record in held:
            if record.fault or record.fields[1] == "wrong":
                assert record.line in aside
            else:
                assert there[record.line] == (record.line, record.fields[0] or None, record.fields[2] or None)


@pytest.mark.parametrize("table", ["contacts", "units"])
def test_a_large_file_keeps_its_record_numbers_through_all_threads(tmp_path: Path, table: str) -> None:
    count = 300_000
    units = {"files": ["clinic_*_units_*.csv"], "columns": {"ID": {}, "PATIENT": {}, "NOTE": {}}}
    codes = [hetu(n) if table == "contacts" else "u" for n in range(3000)]
    path = contacts(tmp_path, [f"{n};{codes[n % 3000] if n % 3 else ''};ok" for n in range(count)])
    path = path.rename(path.with_name(f"clinic_north_{table}_20240102_delta.csv"))
    read = county(tmp_path / "county", tables={**SOURCE["tables"], "units": units})
    (result,) = land(tmp_path / "home", read, "clinic", [path])
    wrong = "count(*) FILTER (WHERE _line <> ID::BIGINT + 2)"
    assert rows(tmp_path / "home", result.manifests[0], f"count(*), {wrong}") == [(count, 0)]
