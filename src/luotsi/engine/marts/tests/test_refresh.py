"""Marts are filled from a real vault: merged, resolved to masters, incremental, and as of a date."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County, read_county
from luotsi.engine import marts
from luotsi.engine.duck.keys import key_in_python
from luotsi.engine.vault import load, open_vault
from luotsi.engine.vault.tests.fabricated import LABEL, attribute, land, write_county

UNIT = f"""
concept: unit
label: {LABEL}
definition: d
standard: s
key: [unit_code]
attributes:
  unit_code: {attribute("text", required="true")}
  title: {attribute("text")}
  kind: {attribute("text")}
"""
CLINIC = f"""
source: clinic
label: {LABEL}
definition: d
owner: o
connector: csv
priority: 10
tables:
  visits:
    files: ["x*"]
    changed_at: changed
    deleted: gone = '1'
    columns: {{id: {{}}, person: {{}}, unit: {{}}, at: {{}}, place: {{}}, changed: {{}}, gone: {{}}}}
    into:
      - concept: contact
        key: {{contact_id: {{value: id, system: shared}}}}
        attributes:
          person: {{value: person, system: $instance}}
          happened_at: {{value: at}}
          place: {{value: place}}
  clients:
    files: ["y*"]
    columns: {{id: {{}}, temporary: {{}}, hetu: {{}}, town: {{}}}}
    into:
      - concept: person
        key: {{person_id: {{value: id, system: $instance}}}}
        attributes: {{town: {{value: town}}}}
        same_as:
          - member: {{value: id, system: $instance}}
            master: {{value: temporary, system: temporary}}
          - member: {{value: temporary, system: temporary}}
            master: {{value: hetu, system: hetu}}
  units:
    files: ["u*"]
    columns: {{local: {{}}, code: {{}}, title: {{}}}}
    into:
      - concept: unit
        key: {{unit_code: {{value: local, system: $instance}}}}
        attributes: {{title: {{value: title}}}}
        same_as:
          - member: {{value: local, system: $instance}}
            master: {{value: code, system: sote}}
  answers:
    files: ["z*"]
    changed_at: changed
    columns: {{id: {{}}, variable: {{}}, value: {{}}, changed: {{}}}}
    into:
      - concept: contact
        many: answers
        key: {{contact_id: {{value: id, system: shared}}}}
        attributes: {{variable: {{value: variable}}, value: {{value: value}}}}
"""
REGISTER = f"""
source: register
label: {LABEL}
definition: d
owner: o
connector: csv
priority: 5
tables:
  residents:
    files: ["r*"]
    columns: {{hetu: {{}}, town: {{}}, tongue: {{}}}}
    into:
      - concept: person
        key: {{person_id: {{value: hetu, system: hetu}}}}
        attributes: {{town: {{value: town}}, tongue: {{value: tongue}}}}
  units:
    files: ["v*"]
    columns: {{code: {{}}, kind: {{}}}}
    into:
      - concept: unit
        key: {{unit_code: {{value: code, system: sote}}}}
        attributes: {{kind: {{value: kind}}}}
"""
Connection = duckdb.DuckDBPyConnection
REFRESH = sys.modules["luotsi.engine.marts.refresh"]


@pytest.fixture
def county(tmp_path: Path) -> County:
    return small_county(tmp_path / "county")


def small_county(root: Path) -> County:
    write_county(root)
    person = (root / "concepts/person.yaml").read_text("utf-8")
    person += f"  town: {attribute('text')}\n  tongue: {attribute('text')}\n"
    (root / "concepts/person.yaml").write_text(person, "utf-8")
    (root / "concepts/unit.yaml").write_text(UNIT, "utf-8")
    (root / "sources/clinic.yaml").write_text(CLINIC, "utf-8")
    (root / "sources/register.yaml").write_text(REGISTER, "utf-8")
    county, faults = read_county(root)
    assert not faults, faults
    return county


def person_key(text: str, system: str) -> Any:
    return key_in_python(system, text)


def rows(con: Connection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def visit(number: str, person: str, changed: str, place: str = "a", gone: str = "0") -> dict[str, str | None]:
    return {
        "id": number,
        "person": person,
        "at": "2024-01-01 10:00:00",
        "place": place,
        "changed": changed,
        "gone": gone,
    }


def opened(home: Path, county: County) -> Connection:
    load(home, county)
    con = open_vault(home)
    marts.refresh(con, county)
    return con


def test_a_reference_is_followed_from_the_local_id_over_the_temporary_to_the_master(
    tmp_path: Path, county: County
) -> None:
    land(tmp_path, "visits", "2024-01-02T00:00", [visit("v1", "p1", "2024-01-02 00:00:00")])
    client = {"id": "p1", "temporary": "t1", "hetu": "h1", "town": "X"}
    land(tmp_path, "clients", "2024-01-02T00:00", [client], delivery="full")
    with opened(tmp_path, county) as con:
        assert rows(con, "SELECT person FROM marts.contact") == [(person_key("h1", "hetu"),)]
        assert rows(con, "SELECT key, town FROM marts.person") == [(person_key("h1", "hetu"), "X")]


def test_feeds_that_meet_on_a_master_are_merged_attribute_by_attribute_by_priority(
    tmp_path: Path, county: County
) -> None:
    client = {"id": "p1", "temporary": None, "hetu": None, "town": "clinic town"}
    known = {"id": "p2", "temporary": "t2", "hetu": "h2", "town": "clinic town"}
    land(tmp_path, "clients", "2024-01-02T00:00", [client, known], delivery="full")
    residents = [
        {"hetu": "h2", "town": None, "tongue": "fi"},
        {"hetu": "h3", "town": "register town", "tongue": "sv"},
    ]
    land(tmp_path, "residents", "2024-01-02T00:00", residents, delivery="full", source="register", instance="register")
    with opened(tmp_path, county) as con:
        found = {row[0]: row[1:] for row in rows(con, "SELECT key, town, tongue FROM marts.person")}
    assert found == {
        person_key("p1", "clinic"): ("clinic town", None),
        person_key("h2", "hetu"): ("clinic town", "fi"),
        person_key("h3", "hetu"): ("register town", "sv"),
    }


@pytest.mark.parametrize("together", [1, 7, 1000])
def test_rows_are_joined_and_merged_a_range_of_keys_at_a_time_with_the_same_rows(
    tmp_path: Path, county: County, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    for each in ("COMPARED", "JOINED", "MERGED"):
        monkeypatch.setattr(REFRESH, each, together)
    clients = [
        {"id": f"p{n}", "temporary": f"t{n}" if n % 3 else None, "hetu": f"h{n}" if n % 3 else None, "town": f"c{n}"}
        for n in range(60)
    ]
    land(tmp_path, "clients", "2024-01-02T00:00", clients, delivery="full")
    residents = [{"hetu": f"h{n}", "town": f"r{n}" if n % 2 else None, "tongue": "fi"} for n in range(30, 90)]
    land(tmp_path, "residents", "2024-01-02T00:00", residents, delivery="full", source="register", instance="register")
    with opened(tmp_path, county) as con:
        found = {row[0]: row[1:] for row in rows(con, "SELECT key, town, tongue FROM marts.person")}
    expected: dict[Any, tuple[str | None, str | None]] = {}
    for n in range(60):
        if n % 3:
            known = n >= 30
            town = f"r{n}" if known and n % 2 else f"c{n}"
            expected[person_key(f"h{n}", "hetu")] = (town, "fi" if known else None)
        else:
            expected[person_key(f"p{n}", "clinic")] = (f"c{n}", None)
    for n in range(30, 90):
        if n % 3 == 0 or n >= 60:
            expected[person_key(f"h{n}", "hetu")] = (f"r{n}" if n % 2 else None, "fi")
    assert found == expected


def test_a_unit_has_the_code_of_its_master_and_one_row(tmp_path: Path, county: County) -> None:
    land(tmp_path, "units", "2024-01-02T00:00", [{"local": "12", "code": "1.2.3", "title": "Keskus"}], delivery="full")
    kinds = [{"code": "1.2.3", "kind": "ward"}]
    land(tmp_path, "units", "2024-01-02T00:00", kinds, delivery="full", source="register", instance="register")
    with opened(tmp_path, county) as con:
        assert rows(con, "SELECT unit_code, title, kind FROM marts.unit") == [("1.2.3", "Keskus", "ward")]


def test_a_deleted_row_vanishes_from_its_mart_and_its_groups(tmp_path: Path, county: County) -> None:
    land(tmp_path, "visits", "2024-01-02T00:00", [visit("v1", "p1", "2024-01-02 00:00:00")])
    answer = {"id": "v1", "variable": "q", "value": "1", "changed": "2024-01-02 00:00:00"}
    land(tmp_path, "answers", "2024-01-02T00:00", [answer])
    with opened(tmp_path, county) as con:
        assert rows(con, "SELECT variable, value, happened_at FROM marts.contact_answers") == [
            ("q", "1", datetime.datetime(2024, 1, 1, 10))
        ]
    land(tmp_path, "visits", "2024-01-03T00:00", [visit("v1", "p1", "2024-01-03 00:00:00", gone="1")])
    with opened(tmp_path, county) as con:
        assert rows(con, "SELECT count(*) FROM marts.contact") == [(0,)]
        assert rows(con, "SELECT count(*) FROM marts.contact_answers") == [(0,)]


def test_marts_as_of_a_date_know_only_what_was_known_then(tmp_path: Path, county: County) -> None:
    land(tmp_path, "visits", "2024-01-02T00:00", [visit("v1", "p1", "2024-01-02 00:00:00", "old")])
    land(tmp_path, "visits", "2024-02-02T00:00", [visit("v1", "p1", "2024-02-02 00:00:00", "new")])
    opened(tmp_path, county).close()
    with open_vault(tmp_path, read_only=True) as con:
        for day, place in ((datetime.date(2024, 1, 15), "old"), (datetime.date(2024, 2, 2), "new")):
            marts.as_of(con, county, day, ["contact"])
            assert rows(con, "SELECT place FROM as_of.contact") == [(place,)]
        assert rows(con, "SELECT working FROM as_of.calendar WHERE date = DATE '2024-12-06'") == [(False,)]


def test_a_refresh_without_new_loads_leaves_the_marts_alone(tmp_path: Path, county: County) -> None:
    land(tmp_path, "visits", "2024-01-02T00:00", [visit("v1", "p1", "2024-01-02 00:00:00")])
    with opened(tmp_path, county) as con:
        con.execute("UPDATE marts.contact SET place = 'touched'")
        marts.refresh(con, county)
        assert rows(con, "SELECT place FROM marts.contact") == [("touched",)]


def test_the_columns_of_every_mart_are_those_told_from_the_records(tmp_path: Path, county: County) -> None:
    land(tmp_path, "visits", "2024-01-02T00:00", [visit("v1", "p1", "2024-01-02 00:00:00")])
    told = marts.relations(county)
    with opened(tmp_path, county) as con:
        for name in ("person", "contact", "contact_answers", "unit", "calendar"):
            assert [row[0] for row in rows(con, f"DESCRIBE marts.{name}")] == list(told[name])


NAMES = st.sampled_from(["p1", "p2", "p3"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("visit"), st.sampled_from(["v1", "v2", "v3"]), NAMES, st.sampled_from(["0", "0", "1"])),
        st.tuples(st.just("client"), NAMES, st.sampled_from([None, "t1", "t2"]), st.sampled_from([None, "h1", "h2"])),
        st.tuples(st.just("resident"), st.sampled_from(["h1", "h2"]), st.sampled_from(["A", "B"]), st.just("")),
    ),
    min_size=2,
    max_size=5,
)


@given(steps=STEPS)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_marts_refreshed_load_by_load_are_those_made_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, str | None, str | None]]
) -> None:
    home = tmp_path_factory.mktemp("home")
    county = small_county(tmp_path_factory.mktemp("county"))
    for place, step in enumerate(steps):
        moment = datetime.datetime(2024, 1, 1) + datetime.timedelta(days=place)
        _land(home, step, moment)
        opened(home, county).close()
    with open_vault(home) as con:
        grown = list(_content(con))
        for rows_at_once in (1_000_000, 1):
            with pytest.MonkeyPatch.context() as patch:
                for each in ("COMPARED", "JOINED", "MERGED"):
                    patch.setattr(REFRESH, each, rows_at_once)
                con.execute("DROP TABLE marts.versions")
                marts.refresh(con, county)
            assert grown == list(_content(con))


def _land(home: Path, step: tuple[str, str, str | None, str | None], moment: datetime.datetime) -> None:
    kind, one, two, three = step
    created, stamp = moment.isoformat(), moment.strftime("%Y-%m-%d %H:%M:%S")
    if kind == "visit":
        land(home, "visits", created, [visit(one, str(two), stamp, place=stamp, gone=str(three))])
    elif kind == "client":
        row = {"id": one, "temporary": two, "hetu": three, "town": stamp}
        land(home, "clients", created, [row])
    else:
        row = {"hetu": one, "town": two, "tongue": None}
        land(home, "residents", created, [row], source="register", instance="register")


def _content(con: Connection) -> Iterator[list[tuple[Any, ...]]]:
    for name in ("person", "contact", "unit"):
        yield sorted(rows(con, f"SELECT * FROM marts.{name}"), key=repr)


def test_a_feed_without_rows_is_left_out_of_its_mart_until_its_first_rows_come(tmp_path: Path, county: County) -> None:
    client = {"id": "p1", "temporary": "t1", "hetu": "h1", "town": None}
    land(tmp_path, "clients", "2024-01-02T00:00", [client], delivery="full")
    shape = "SELECT shape FROM marts.versions WHERE concept = 'person'"
    town = "SELECT key, town FROM marts.person"
    with opened(tmp_path, county) as con:
        (before,) = rows(con, shape)
        assert rows(con, town) == [(person_key("h1", "hetu"), None)]
    residents = [{"hetu": "h1", "town": "register town", "tongue": "fi"}]
    land(tmp_path, "residents", "2024-01-03T00:00", residents, delivery="full", source="register", instance="register")
    with opened(tmp_path, county) as con:
        (after,) = rows(con, shape)
        assert rows(con, town) == [(person_key("h1", "hetu"), "register town")]
    assert after != before
    residents.append({"hetu": "h2", "town": "far", "tongue": "sv"})
    land(tmp_path, "residents", "2024-01-04T00:00", residents, delivery="full", source="register", instance="register")
    with opened(tmp_path, county) as con:
        assert rows(con, shape) == [after]
        assert rows(con, f"{town} WHERE town = 'far'") == [(person_key("h2", "hetu"), "far")]


def test_content_that_gained_a_table_since_the_last_load_is_told_in_a_sentence(tmp_path: Path, county: County) -> None:
    land(tmp_path, "visits", "2024-01-02T00:00", [visit("v1", "p1", "2024-01-02 00:00:00")])
    opened(tmp_path, county).close()
    source = tmp_path / "county" / "sources" / "register.yaml"
    text = source.read_text("utf-8").replace("source: register", "source: newcomer")
    (source.parent / "newcomer.yaml").write_text(text, "utf-8")
    wider, faults = read_county(tmp_path / "county")
    assert not faults
    with open_vault(tmp_path) as con, pytest.raises(UserError, match="Run `luotsi load` first"):
        marts.refresh(con, wider)
