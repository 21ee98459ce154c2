"""Whatever a file holds, each of its records lands or goes to quarantine, under its own number."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luotsi.concepts.identifiers import IN_TEXT
from luotsi.connectors.csv.records import lines, records
from luotsi.engine.lake import identity
from luotsi.engine.lake.keys import derived
from luotsi.engine.lake.pseudonyms import pseudonym
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
        held = list(records(lines([path.read_bytes()], "utf-8"), ";", "utf-8", 3))[1:]
        if result.error is not None:  # an open quote may take the codes of the next rows into the note
            assert "looks like a personal identity code" in result.error
            assert any(not each.fault and re.search(IN_TEXT, each.fields[2] or "") for each in held)
            return
        landed = result.manifests[0]
        assert landed.rows_sent == landed.rows_landed + landed.rows_quarantined
        there = {row[0]: row for row in rows(root / "home", landed, "_line, ID, NOTE")}
        aside = {row[0] for row in quarantine(root / "home", landed)}
        assert len(held) == landed.rows_sent
        assert (len(there), len(aside)) == (landed.rows_landed, landed.rows_quarantined)
        for record in held:
            if record.fault or record.fields[1] == "wrong":
                assert record.line in aside
            else:
                assert there[record.line] == (record.line, record.fields[0] or None, record.fields[2] or None)


COUNT = 300_000


@pytest.mark.parametrize("table", ["contacts", "units"])
def test_a_large_file_keeps_its_record_numbers_through_all_threads(tmp_path: Path, table: str) -> None:
    units = {"files": ["clinic_*_units_*.csv"], "columns": {"ID": {}, "PATIENT": {}, "NOTE": {}}}
    codes = [hetu(n) if table == "contacts" else "u" for n in range(3000)]
    path = contacts(tmp_path, [f"{n};{codes[n % 3000] if n % 3 else ''};ok" for n in range(COUNT)])
    path = path.rename(path.with_name(f"clinic_north_{table}_20240102_delta.csv"))
    read = county(tmp_path / "county", tables={**SOURCE["tables"], "units": units})
    (result,) = land(tmp_path / "home", read, "clinic", [path])
    wrong = "count(*) FILTER (WHERE _line <> ID::BIGINT + 2)"
    assert rows(tmp_path / "home", result.manifests[0], f"count(*), {wrong}") == [(COUNT, 0)]


def test_every_row_of_a_large_file_keeps_its_own_pseudonym_and_its_own_fault(tmp_path: Path) -> None:
    codes = [hetu(n) for n in range(3000)]
    faults = {n: f"{n}X" for n in range(50_001, COUNT, 997)}
    path = contacts(tmp_path, [f"{n};{faults.get(n, codes[n % 3000]) if n % 3 else ''};ok" for n in range(COUNT)])
    (result,) = land(tmp_path / "home", county(tmp_path / "county"), "clinic", [path])
    landed, home, key = result.manifests[0], tmp_path / "home", derived(tmp_path / "home", "pseudonym")
    wanted = [pseudonym(key, "hetu", code) for code in codes]
    faulty = {n for n in faults if n % 3}
    sound = [n for n in range(COUNT) if n not in faulty]
    assert rows(home, landed, "_line, ID, PATIENT") == [
        (n + 2, str(n), wanted[n % 3000] if n % 3 else None) for n in sound
    ]
    assert quarantine(home, landed) == [(n + 2, "PATIENT", "wrong form") for n in sorted(faulty)]
    kept = identity.read(home, "clinic", "contacts", landed.extract, "rejects").to_pylist()
    assert [(each["line"], f'"{faults[each["line"] - 2]}"' in each["raw"]) for each in kept] == [
        (n + 2, True) for n in sorted(faulty)
    ]


def test_a_table_of_nothing_but_identifiers_lands(tmp_path: Path) -> None:
    mapping = {"concept": "person", "key": {"person_id": {"value": "HETU", "system": "hetu"}}}
    table = {"files": ["clinic_*_codes_*.csv"], "columns": {"HETU": {}}, "into": [mapping]}
    path = tmp_path / "clinic_north_codes_20240102_delta.csv"
    path.write_text("\n".join(["HETU", hetu(1), "wrong", hetu(2), hetu(1)]) + "\n", "utf-8")
    (result,) = land(tmp_path / "home", county(tmp_path / "county", tables={"codes": table}), "clinic", [path])
    key = derived(tmp_path / "home", "pseudonym")
    wanted = [(2, hetu(1)), (4, hetu(2)), (5, hetu(1))]
    assert result.error is None
    assert rows(tmp_path / "home", result.manifests[0]) == [(n, pseudonym(key, "hetu", code)) for n, code in wanted]
