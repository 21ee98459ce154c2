"""Reading XML as rows by element path."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Column, Label, Source, Table
from luotsi.connectors.reading import Reading
from luotsi.connectors.xml import read

TITANIA = """<?xml version="1.0" encoding="{encoding}"?>
<t:units xmlns:t="urn:titania"><schedulingUnit><code>10</code>
  <person><SSN>x</SSN><employeeId>00001234</employeeId><name>ÄÄRI AINO</name><events>
    <event><date>20240101</date><code>U</code><begin unit="hm">0700</begin><end/></event>
    <event><date>20240102</date><code> V </code></event></events></person>
  <person><employeeId>00000007</employeeId><events><event kind="a"><date>20240103</date></event></events></person>
</schedulingUnit></t:units>"""
COLUMNS = {
    "employee": Column(path="../../employeeId"),
    "unit": Column(path="../../../code"),
    "date": Column(),
    "code": Column(),
    "begin": Column(),
    "form": Column(path="begin/@unit"),
    "end": Column(),
    "kind": Column(path="@kind"),
}


def _source() -> Source:
    return Source(
        source="s",
        label=Label(fi="x", sv="x", en="x"),
        definition="x",
        owner="x",
        connector="xml",
        tables={
            "event": Table(files=("*.xml",), each="events/event", columns=COLUMNS),
            "person": Table(files=("*.xml",), each="person", columns={"name": Column()}),
            "absent": Table(files=("*.xml",), each="shift", columns={"name": Column()}),
        },
    )


def _rows(reading: Reading) -> list[tuple[object, ...]]:
    con = duckdb.connect()
    assert reading.prepare is not None
    reading.prepare(con)
    return con.execute(reading.select).fetchall()


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_each_element_on_the_path_is_a_row_with_what_stands_around_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.xml"
    path.write_bytes(TITANIA.format(encoding=encoding).encode(encoding))
    event, person = read(_source(), path)
    assert (event.table, event.columns) == ("event", tuple(COLUMNS))
    assert _rows(event) == [
        (1, "00001234", "10", "20240101", "U", "0700", "hm", None, None),
        (2, "00001234", "10", "20240102", "V", None, None, None, None),
        (3, "00000007", "10", "20240103", None, None, None, None, "a"),
    ]
    assert _rows(person) == [(1, "ÄÄRI AINO"), (2, None)]


def test_a_reading_can_be_run_twice(tmp_path: Path) -> None:
    path = tmp_path / "t.xml.gz"
    path.write_bytes(gzip.compress(TITANIA.format(encoding="utf-8").encode()))
    event = read(_source(), path)[0]
    assert _rows(event) == _rows(event)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TITANIA.format(encoding="utf-8")[:-40], "is not whole XML at line"),
        ("", "is not whole XML"),
        ("<a><b/></a>", "does not hold events/event"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "declares a document type"),
    ],
)
def test_a_file_at_fault_is_refused_in_a_sentence(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "t.xml"
    path.write_text(content, "utf-8")
    with pytest.raises(UserError, match=said):
        read(_source(), path)


def test_a_name_no_table_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="meets no `files` pattern"):
        read(_source(), tmp_path / "t.csv")
