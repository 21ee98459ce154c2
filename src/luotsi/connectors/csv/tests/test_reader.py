"""A broken file read in whole lines: the rows and the rejects are those of its records, cut one by one."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from luotsi.concepts.errors import UserError
from luotsi.concepts.records import Column, Format, Label, Source, Table
from luotsi.connectors.csv import read
from luotsi.connectors.csv.records import lines, records

LINES = st.sampled_from(
    [b"a;b;c", b";;", b"\xc3\xa4; b ;c", b"1;2;3;;", b"1;2", b"1;2;3;4", b"", b"\r", b'"a;b";"";c', b'a;"b', b'c";d',
     b'x"y;1;2', b"a\rb;c;d", b"\xef\xbb\xbfa;b;c", b"\xff;b;c", b"\x81;b;c", b"\x93;b;c", b"a;\xe2\x80\xa8;\x0b"]
)  # fmt: skip


def source() -> Source:
    return Source(
        source="s",
        label=Label(fi="x", sv="x", en="x"),
        definition="x",
        owner="x",
        connector="csv",
        format=Format(encoding=("utf-8", "latin-1"), delimiter=";"),
        tables={"t": Table(files=("s_*_t_*.csv",), columns={each: Column() for each in "ABC"})},
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(LINES, max_size=12), st.sampled_from([b"\n", b"\r\n"]))
def test_the_careful_way_gives_the_rows_and_rejects_of_the_records(body: list[bytes], end: bytes) -> None:
    data = end.join([b"A;B;C", *body, b""])
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "s_x_t_20240101_delta.csv"
        path.write_bytes(data)
        try:
            (reading,) = read(source(), path)
        except UserError:  # nobody can tell the encoding of the file
            reject()
        careful = reading.careful() if reading.careful else reading
        with duckdb.connect() as con:
            assert careful.prepare
            careful.prepare(con)
            rows = con.sql(careful.select).fetchall()
            rejects = [(each.line, each.reason, each.raw) for each in careful.rejects(con)]
    held = [*records(lines([data], reading.encoding), ";", reading.encoding, 3)][1:]
    assert rows == [(each.line, *(field or None for field in each.fields)) for each in held if not each.fault]
    assert rejects == [(each.line, each.fault, each.raw) for each in held if each.fault]
