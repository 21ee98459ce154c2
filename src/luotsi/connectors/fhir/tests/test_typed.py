"""The typed reading of large files: the same rows as the careful one, or none at all."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import read_record
from luotsi.concepts.records import Column, Label, Source, Table
from luotsi.connectors.database import connect
from luotsi.connectors.fhir import read, typed
from luotsi.connectors.fhir.uniform import START, uniform
from luotsi.connectors.reading import Reading

ROOT = Path(__file__).parents[5]
NDJSON = ROOT.parent / "shared" / "data" / "synthea-fhir-r4" / "ndjson"
FILES = sorted(NDJSON.glob("*.ndjson.gz"))
NEVER = 1 << 60


def _shipped() -> Source:
    source, _, faults = read_record(ROOT / "county" / "sources" / "fhir.yaml", Source)
    assert source is not None, faults
    return source


def _table(columns: dict[str, str], resource: str = "Observation", each: str | None = None) -> Table:
    return Table(
        files=("*",),
        resource=resource,
        each=each,
        columns={column: Column(path=path) for column, path in columns.items()},
    )


def _source(**tables: Table) -> Source:
    return Source(
        source="hospital",
        label=Label(fi="x", sv="x", en="x"),
        definition="x",
        owner="x",
        connector="fhir",
        tables=tables,
    )


def _lines(path: Path, *members: str) -> Path:
    """Observations with the members given as JSON."""
    lines = ("{" + ",".join(filter(None, ('"resourceType":"Observation"', each))) + "}\n" for each in members)
    path.write_text("".join(lines), "utf-8")
    return path


def _rows(reading: Reading) -> list[tuple[Any, ...]]:
    """The rows as the lake takes them: of the careful twin where the typed reading stops."""
    try:
        return duckdb.sql(reading.select).fetchall()
    except duckdb.Error:
        assert reading.careful
        return duckdb.sql(reading.careful().select).fetchall()


def _both(source: Source, path: Path) -> tuple[list[Reading], list[Reading]]:
    quick, careful = read(source, path, large=0), read(source, path, large=NEVER)
    assert all("read_json(" in each.select and each.careful for each in quick)
    assert not any("read_json(" in each.select for each in careful)
    return quick, careful


def test_every_table_of_the_shipped_mapping_that_has_no_depth_of_its_own_has_a_typed_reading() -> None:
    tables = _shipped().tables
    untyped = [name for name, table in tables.items() if typed.select(table, Path("x.ndjson")) is None]
    assert untyped == ["questionnaire_answer"]  # items in items: no columns can tell their shape


@pytest.mark.skipif(not FILES, reason="the shared data are not beside the repository")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_all_shared_resources_give_the_same_rows_in_the_same_order_both_ways(path: Path) -> None:
    source = _shipped()
    kind = path.name.split(".")[0]
    if kind not in {table.resource for table in source.tables.values()}:
        with pytest.raises(UserError, match="maps none of them"):
            read(source, path, large=0)
        return
    quick, careful = _both(source, path)
    assert [(each.table, each.columns, each.notes) for each in quick] == [
        (each.table, each.columns, each.notes) for each in careful
    ]
    for one, other in zip(quick, careful, strict=True):
        mine, theirs = duckdb.sql(one.select), duckdb.sql(other.select)
        assert mine.columns == theirs.columns
        assert set(map(str, mine.types)) == {"VARCHAR"}
        assert mine.fetchall() == theirs.fetchall()


VALUES = [
    "1.50", "1.0", "-0.0", "-0", "176.35499866729558", "0.1234567890123456789012", "12345678901234567890123",
    "18446744073709551615", "-9223372036854775809", "1e3", "1E+3", "1e22", "1e-7", "0.00001", "100000000000000000000.0",
    "1.7976931348623157e308", "5e-324", "1e400", "true", "false", "null", '"007"', '"1e+21"', '"1e-07"', '""', '" "',
    r'"a\u0000b"', r'"\u00e4\n\"\\"', '"ä€😀"', '"[sic]"', '"[pH]"', '"{score}"', '"[1]"', '"{}"', "[]", "[1]",
    "[1.0,2]", '["a","b"]', "[null]", '[null,"a"]', '{"a": 1}', "{}", '[{"a":1e22}]',
]  # fmt: skip


@pytest.mark.parametrize(
    ("member", "path"),
    [
        ('"id":{0}', "id"),
        ('"id":{0}', "getResourceKey()"),
        ('"code":{{"coding":[{{"code":{0}}}]}}', "code.coding[0].code"),
        (
            '"code":{{"coding":[{{"system":{0},"code":{0}}},{{"code":"z","system":"a"}}]}}',
            "code.coding.where(system = 'a').code.first()",
        ),
        ('"note":[{{"text":{0}}}]', "note.first().text & '!'"),
        ('"given":[{0},"z"]', "given.join('-')"),
        ('"given":{0}', "given.join('-')"),
        ('"given":{0}', "given[0]"),
        ('"subject":{{"reference":{0}}}', "subject.getReferenceKey()"),
        ('"subject":{0}', "subject.getReferenceKey()"),
        ('"participant":[{{"actor":{{"reference":{0}}}}}]', "participant.actor.getReferenceKey(Patient).first()"),
        ('"participant":[{{"actor":{0}}}]', "participant.actor.getReferenceKey(Patient).first()"),
        ('"meta":{{"security":[{{"code":{0}}}]}}', "meta.security.where(code = 'a').exists()"),
        ('"meta":{{"security":{0}}}', "meta.security.where(code = 'a').exists()"),
        ('"valueQuantity":{{"value":{0}}}', "value.ofType(Quantity).value"),
        ('"valueQuantity":{0}', "value.ofType(Quantity).value"),
        (
            '"identifier":[{{"system":"a","value":{0}}}]',
            "identifier.where(system = 'a').value.first().replace('a', 'b')",
        ),
    ],
)  # fmt: skip
def test_any_value_anywhere_is_the_same_text_both_ways(tmp_path: Path, member: str, path: str) -> None:
    table = _table({"found": path})
    whole = _lines(tmp_path / "all.ndjson", *(member.format(value) for value in VALUES))
    careful = duckdb.sql(read(_source(o=table), whole, large=NEVER)[0].select).fetchall()
    stopped: list[str] = []
    for place, (value, row) in enumerate(zip(VALUES, careful, strict=True)):
        select = typed.select(table, _lines(tmp_path / f"{place}.ndjson", member.format(value)))
        assert select
        try:
            assert (value, duckdb.sql(select).fetchall()) == (value, [row])
        except duckdb.Error:
            stopped.append(value)
    assert 0 < len(stopped) < len(VALUES)


@pytest.mark.parametrize(
    "path",
    [
        "code.coding.code",
        "value.unit",
        "a.where(b > 3).c",
        "code.text.exists() and x",
        "a.b | c",
        "a.last()",
        "a.count()",
    ],
)
def test_a_path_that_asks_for_more_gives_no_typed_reading(path: str) -> None:
    try:
        assert typed.select(_table({"found": path}), Path("x.ndjson")) is None
    except UserError:
        assert "|" in path


@pytest.mark.parametrize(
    "paths", [("name", "name.text"), ("name[0].text", "name.text"), ("name", "name[0]"), ("a", "A")]
)
def test_two_paths_that_want_two_shapes_of_one_place_give_no_typed_reading(paths: tuple[str, str]) -> None:
    assert typed.select(_table({f"c{place}": path for place, path in enumerate(paths)}), Path("x.ndjson")) is None


PARTS = [
    '[{"code":"s","value":1},{"code":"d"}]', "[]", "null", "[null]", '[null,{"code":"s"}]', '{"code":"s"}', '"x"',
    '["x"]', '[{"code":["s"]}]', '[[{"code":"s"}]]',
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_loop_gives_the_same_rows_and_places_both_ways(tmp_path: Path, part: str) -> None:
    columns = {"id": "%resource.id", "place": "%rowIndex", "code": "code"}
    source = _source(part=_table(columns, each="component"))
    file = _lines(tmp_path / "o.ndjson", f'"id":1,"component":{part}', '"id":2', '"id":3,"component":[{"code":"z"}]')
    careful = duckdb.sql(read(source, file, large=NEVER)[0].select).fetchall()
    assert _rows(read(source, file, large=0)[0]) == careful


WHOLE = b'{"resourceType":"Observation","id":"a"}\n'


@pytest.mark.parametrize(
    "bad",
    [
        b'{"resourceType":"Observation","id":"b\n',
        WHOLE[:-1] + WHOLE,
        WHOLE[:-1] + b" xyz\n",
        WHOLE[:-1] + b"\x00\n",
        b'{"resourceType":"Observation","id":"\x01"}\n',
        b'{"resourceType":"Observation",\n"id":"b"}\n',
        b'{"resourceType":"Observation","id":"b","id":"c"}\n',
        b'{"resourceType":"Observation","x":01}\n',
        b"\n",
        b'{"id":"d"}\n',
        b'{"resourceType":"Claim","id":"d"}\n',
        b'{"resourceType":"Observation","id":"b"}\r\n',
        b'{"resourceType":"Observation",\r"id":"b"}\n',
        b'{"id":"b","resourceType":"Observation"}\n',
        b'  {"resourceType":"Observation","id":"b"}\n',
        b'{"resourceType":"Observation","id":NaN,}\n',
    ],
)
def test_a_faulty_line_has_the_same_outcome_both_ways(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "o.ndjson"
    path.write_bytes(WHOLE + bad + WHOLE)
    source = _source(o=_table({"id": "id"}))
    careful = read(source, path, large=NEVER)[0]
    quick = read(source, path, large=0)[0]
    try:
        rows = duckdb.sql(quick.select).fetchall()
    except duckdb.Error:
        assert quick.careful
        quick = quick.careful()
        rows = duckdb.sql(quick.select).fetchall()
    con = connect()
    assert rows == duckdb.sql(careful.select).fetchall()
    assert (quick.rejects(con), quick.first_line, quick.notes) == (
        careful.rejects(con),
        careful.first_line,
        careful.notes,
    )


def test_a_large_file_that_is_not_utf8_is_refused_in_a_sentence_by_its_careful_twin(tmp_path: Path) -> None:
    path = tmp_path / "o.ndjson"
    path.write_bytes(WHOLE + b'{"resourceType":"Observation","x":"\xe4"}\n')
    reading = read(_source(o=_table({"id": "id"})), path, large=0)[0]
    with pytest.raises(duckdb.Error):
        duckdb.sql(reading.select).fetchall()
    assert reading.careful
    with pytest.raises(UserError, match="not UTF-8"):
        reading.careful()


def test_a_compressed_file_cut_short_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "o.ndjson.gz"
    path.write_bytes(gzip.compress(WHOLE * 9000)[:-30])
    with pytest.raises(UserError, match="cut short"):
        read(_source(o=_table({"id": "id"})), path, large=0)


def test_a_table_without_a_typed_reading_has_its_file_looked_through(tmp_path: Path) -> None:
    path = _lines(tmp_path / "o.ndjson", '"id":"a","code":{"coding":[{"code":"x"},{"code":"y"}]}')
    readings = read(_source(o=_table({"id": "id"}), p=_table({"all": "code.coding.code"})), path, large=0)
    assert [each.careful for each in readings] == [None, None]
    assert [_rows(each) for each in readings] == [[("a",)], [('["x","y"]',)]]


def test_rows_of_a_file_of_many_blocks_stay_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "o.ndjson"
    count = 60_000
    with path.open("w", encoding="utf-8") as stream:
        for place in range(count):
            stream.write(json.dumps({"resourceType": "Observation", "id": place, "x": "y" * 1500}) + "\n")
    assert path.stat().st_size > 80e6
    select = read(_source(o=_table({"id": "id"})), path)[0].select
    assert "read_json(" in select
    con = duckdb.connect(config={"threads": 4})
    con.execute(f"COPY ({select}) TO '{tmp_path}/rows.parquet' (FORMAT parquet)")
    kept = [int(row[0]) for row in con.execute(f"SELECT id FROM '{tmp_path}/rows.parquet'").fetchall()]
    numbered = con.execute(
        f"SELECT count(*) FROM (SELECT row_number() OVER () - 1 AS n, * FROM ({select})) WHERE n <> id::INT"
    )
    assert kept == list(range(count))
    assert numbered.fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text, "Observation"),
        (lambda text: text.replace(b'{"resourceType":', b'{ "resourceType" : '), "Observation"),
        (lambda text: text + b'{"resourceType":"Patient"}\n', None),
        (lambda text: text + b"\n", None),
        (lambda text: text + b'{"resourceType":"ObservationOther"}\n', None),
        (lambda text: text.replace(b"\n", b"\r\n"), None),
        (lambda text: text.replace(b"Observation", b"Bundle"), None),
        (lambda _: b"", None),
    ],
)
def test_only_lines_that_all_start_alike_are_one_type(
    tmp_path: Path, change: Callable[[bytes], bytes], told: str | None
) -> None:
    path = tmp_path / "o.ndjson"
    path.write_bytes(change(WHOLE * 3))
    assert uniform(path) == told
    (tmp_path / "o.json").write_bytes(path.read_bytes())
    assert uniform(tmp_path / "o.json") is None


@given(
    lines=st.lists(
        st.sampled_from([b"", b'{"resourceType":"A","x":1}', b'{"resourceType":"AB"}', b'{"resourceType":"A"}'])
    ),
    end=st.sampled_from([b"", b"\n", b'{"resourceType":"A', b'{"resourceType":"A"}']),
    block=st.integers(24, 80),
)
def test_a_file_is_uniform_wherever_its_blocks_end(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], end: bytes, block: int
) -> None:
    path = tmp_path_factory.mktemp("uniform") / "o.ndjson"
    written = b"".join(each + b"\n" for each in lines) + end
    path.write_bytes(written)
    every = written.removesuffix(b"\n").split(b"\n")
    first = START.match(every[0])
    alike = first is not None and all(each.startswith(first[0]) for each in every)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("luotsi.connectors.fhir.uniform.BLOCK", block)
        assert uniform(path) == (first[1].decode() if first and alike else None)
