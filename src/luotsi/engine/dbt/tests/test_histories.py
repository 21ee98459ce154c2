"""Models of all extracts at once give the history and the marts that loading them one after another gives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luotsi.concepts.reading import County
from luotsi.engine import marts
from luotsi.engine.dbt.tests.running import Project, every_table, on_duckdb, on_postgres
from luotsi.engine.duck.connection import connect
from luotsi.engine.marts.relations import all_relations
from luotsi.engine.vault import load_into, tables
from luotsi.engine.vault.state import listed, names_of
from luotsi.engine.vault.tests import test_any_order as any_order
from luotsi.engine.vault.tests.fabricated import SOURCE, land, state, write_county

SETTINGS = settings(
    max_examples=int(os.environ.get("LUOTSI_EXAMPLES", "4")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
maybe = st.sampled_from([None, "a", "b"])
CLIENTS = """
  clients:
    files: ["y*"]
    columns: {id: {}, hetu: {}, kind: {}, changed: {}}
    into:
      - concept: person
        key: {person_id: {value: id, system: $instance}}
        same_as:
          - member: {value: id, system: $instance}
            master: {value: hetu, system: hetu}
      - concept: contact
        key: {contact_id: {value: id, system: shared}}
        attributes: {person: {value: id, system: $instance}, kind: {value: kind}}
"""
Engine = tuple[duckdb.DuckDBPyConnection, Path, County, dict[str, Project]]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An open vault, its home, its county, and the project of each source table."""
    con, home = connect(None), tmp_path_factory.mktemp("home")
    county = write_county(tmp_path_factory.mktemp("county"), any_order.SOURCE + CLIENTS)
    load_into(con, home, county)
    made = {t: Project(county, frozenset([("clinic", t)]), "duckdb", home) for t in ("things", "answers", "clients")}
    yield con, home, county, made
    con.close()


def compare(engine: Engine, table: str, history: Any, columns: tuple[str, ...]) -> None:
    """Loads a history and makes the models of its lake: the same state on every day, and the same marts."""
    con, home, county, projects = engine
    any_order.loaded(con, home, county, table, history, columns)
    con.execute("DROP SCHEMA IF EXISTS marts CASCADE")  # emptied tables are no history that a refresh could follow
    marts.refresh(con, county)
    with connect(None) as whole:
        on_duckdb(whole, projects[table])
        for each in (each for each in tables(county) if each.name in projects[table].models):
            for day in range(any_order.DAYS):
                moment = str(any_order.moment(day))
                assert state(whole, each, moment) == state(con, each, moment), (each.name, day)
            assert state(whole, each) == state(con, each)
        for relation in all_relations(county):
            columns_of = ", ".join(f'"{each}"' for each in relation.columns)
            query = f"SELECT {columns_of} FROM marts.{relation.table} ORDER BY ALL"
            assert whole.execute(query).fetchall() == con.execute(query).fetchall(), relation.table


@SETTINGS
@given(history=any_order.histories(st.tuples(maybe, st.sampled_from([None, "x", "out"]), maybe), st.booleans()))
def test_links_and_satellites_of_random_extracts_are_those_of_the_loader(engine: Engine, history: Any) -> None:
    compare(engine, "things", history, ("person", "place", "note"))


@SETTINGS
@given(
    history=any_order.histories(
        st.tuples(st.sampled_from(["p", "q"]), st.sampled_from([None, "a", "b", "out"])), st.just(False)
    )
)
def test_multi_active_groups_of_random_extracts_are_those_of_the_loader(engine: Engine, history: Any) -> None:
    compare(engine, "answers", history, ("variable", "value"))


@SETTINGS
@given(history=any_order.histories(st.tuples(maybe), st.just(False)))
def test_same_as_links_of_random_extracts_are_those_of_the_loader(engine: Engine, history: Any) -> None:
    compare(engine, "clients", history, ("hetu",))


def test_postgresql_gives_the_marts_that_duckdb_gives(tmp_path: Path) -> None:
    county = write_county(tmp_path / "county", SOURCE)
    home = tmp_path / "home"
    visits = [
        {"id": "1", "person": "a", "at": "1.2.2024", "kind": "K", "code": "A1", "hours": "1,5", "times": "12",
         "urgent": "K", "day": "29.02.2024", "note": "n", "place": "NULL", "changed": "2024-02-01", "gone": "E"},
        {"id": "1", "person": "b", "at": "2024-02-01", "kind": "P", "hours": "1 000,25", "times": "12,0",
         "urgent": "E", "day": "2024-02-30", "changed": "2024-02-01", "gone": ""},
        {"id": "2", "person": "b", "at": "31.2.2024", "hours": "1.5", "changed": "2024-02-01"},
        {"id": "å,ä", "person": "ö", "at": "01.03.2024", "hours": "nan", "times": "1e3", "changed": "2024-02-01"},
        {"id": "4", "person": "a", "at": "01.03.2024", "times": "2", "place": "x", "changed": "2024-02-01"},
    ]  # fmt: skip
    land(home, "visits", "2024-03-02T00:00:00", visits)
    land(home, "visits", "2024-03-03T00:00:00", [{**visits[4], "place": "y", "changed": "03.03.2024"}])
    land(home, "visits", "2024-03-04T00:00:00", visits[:2], delivery="full", quarantined=[{"id": "4"}])
    land(home, "visits", "2024-03-04T00:00:00", [{**visits[0], "id": "9"}], instance="other", name="o")
    land(home, "clients", "2024-03-02T00:00:00", [{"id": "a", "hetu": "h1"}, {"id": "b", "hetu": "h1"}])
    answers = [
        {"id": "1", "variable": v, "value": w, "changed": None} for v, w in (("p", "1"), ("q", "-1"), ("r", "2"))
    ]
    land(home, "answers", "2024-03-02T00:00:00", answers)
    land(home, "answers", "2024-03-05T00:00:00", answers[:1])
    wide = [{"id": "4", "q1": "1", "q2": None, "other": "o"}, {"id": "9", "q1": "2", "q2": "3", "other": None}]
    land(home, "wide", "2024-03-05T00:00:00", wide, delivery="full")
    tables_of = every_table(county)
    duck, post = (Project(county, tables_of, dialect, home) for dialect in ("duckdb", "postgres"))
    with connect(None) as vault, connect(None) as whole, psycopg.connect(os.environ["DATABASE_URL"]) as con:
        load_into(vault, home, county)
        marts.refresh(vault, county)
        on_duckdb(whole, duck)
        on_postgres(con, post, duck.locations)
        for relation in all_relations(county):
            query = f'SELECT {listed(*relation.columns)} FROM marts."{relation.table}"'
            expected = sorted(vault.execute(query).fetchall(), key=repr)
            assert sorted(whole.execute(query).fetchall(), key=repr) == expected, relation.table
            assert sorted(con.execute(query.encode()).fetchall(), key=repr) == expected, relation.table
        for table in tables(county):
            query = f'SELECT {listed(*names_of(table))} FROM vault."{post.table(table.name)}"'
            expected = sorted(whole.execute(query.replace(post.table(table.name), table.name)).fetchall(), key=repr)
            assert expected
            assert sorted(con.execute(query.encode()).fetchall(), key=repr) == expected, table.name
        faults = "SELECT line, concept, fault FROM vault.quarantine ORDER BY line, concept, fault"
        found = con.execute(faults).fetchall()
        assert found == whole.execute(faults).fetchall()
        assert len(found) == vault.execute("SELECT count(*) FROM vault.quarantine").fetchall()[0][0] > 3
        con.rollback()
