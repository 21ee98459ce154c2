"""Any order of extracts, any split into loads and any repetition give the same state at every date.

The vault is compared with a model in plain Python that sees all extracts at once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luotsi.concepts.reading import County
from luotsi.engine.duck.connection import connect
from luotsi.engine.duck.keys import canonical_in_python, key_in_python
from luotsi.engine.vault import Versions, load_into, tables
from luotsi.engine.vault.tests.fabricated import LABEL, land, state, write_county

SOURCE = f"""
source: clinic
label: {LABEL}
definition: d
owner: o
connector: csv
tables:
  things:
    files: ["x*"]
    changed_at: changed
    deleted: gone = '1'
    columns: {{id: {{}}, person: {{}}, place: {{}}, note: {{}}, kind: {{}}, changed: {{}}, gone: {{}}}}
    into:
      - concept: contact
        key: {{contact_id: {{value: id, system: shared}}}}
        where: place <> 'out' or place is null
        attributes:
          person: {{value: person, system: hetu}}
          place: {{value: place}}
          note: {{value: note}}
          kind: {{value: kind}}
  answers:
    files: ["z*"]
    changed_at: changed
    columns: {{id: {{}}, variable: {{}}, value: {{}}, changed: {{}}}}
    into:
      - concept: contact
        many: answers
        where: value <> 'out'
        key: {{contact_id: {{value: id, system: shared}}}}
        attributes: {{variable: {{value: variable}}, value: {{value: value}}}}
"""
BEGIN = datetime(2024, 1, 1)
DAYS = 6
Row = tuple[int, str, tuple[str | None, ...], bool]
"""Day of change, key, values, and whether the row says that the thing is gone."""


@dataclass(frozen=True)
class Sent:
    """One extract of the random history."""

    instance: str
    day: int
    full: bool
    rows: tuple[Row, ...]
    broken: tuple[tuple[bool, str | None], ...]
    """Rows that cannot be read: whether the load finds it or the lake did, and the key, if that can be read."""


def moment(day: int) -> datetime:
    return BEGIN + timedelta(days=day)


def histories(values: st.SearchStrategy[tuple[str | None, ...]], gone: st.SearchStrategy[bool]) -> Any:
    """Extracts in the order they are loaded, with the number of extracts of each load."""
    day = st.integers(0, DAYS - 1)
    rows = st.lists(st.tuples(day, st.sampled_from("12"), values, gone), max_size=4).map(tuple)
    broken = st.lists(st.tuples(st.booleans(), st.sampled_from(["1", "2", None])), max_size=1).map(tuple)
    sent = st.builds(Sent, st.sampled_from(["clinic", "other"]), day, st.booleans(), rows, broken)
    sent = sent.map(lambda s: replace(s, rows=tuple((min(r[0], s.day), *r[1:]) for r in s.rows)))
    return st.tuples(st.lists(sent, min_size=1, max_size=5), st.lists(st.integers(1, 3), min_size=5, max_size=5))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return write_county(tmp_path_factory.mktemp("county"), SOURCE)


@pytest.fixture(scope="module")
def vault(county: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    con, home = connect(None), tmp_path_factory.mktemp("home")
    load_into(con, home, county)
    yield con, home
    con.close()


def emptied(con: duckdb.DuckDBPyConnection, home: Path) -> None:
    shutil.rmtree(home / "lake", ignore_errors=True)
    for (name,) in con.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'vault' AND table_name <> 'definitions'"
    ).fetchall():
        con.execute(f"TRUNCATE vault.{name}")


def loaded(
    con: duckdb.DuckDBPyConnection, home: Path, county: County, table: str, history: Any, columns: tuple[str, ...]
) -> None:
    """Lands and loads a history, in its order and its split, and loads once more."""
    extracts, split = history
    emptied(con, home)
    waiting = list(enumerate(extracts))
    for size in (*split, len(extracts)):
        batch, waiting = waiting[:size], waiting[size:]
        for place, sent in batch:
            rows = [
                {"id": key, "changed": str(moment(day)), **dict(zip(columns, values, strict=True))}
                | ({"gone": "1" if gone else "0"} if "person" in columns else {})
                for day, key, values, gone in sent.rows
            ]
            # a code that is in no list, a member of a group without its name
            broken = {"changed": str(moment(sent.day)), "kind": "x", "value": "a"}
            rows += [{"id": key, **broken} for load, key in sent.broken if load]
            delivery = "full" if sent.full else "delta"
            names = ["id", "changed", *columns, *(["gone", "kind"] if "person" in columns else [])]
            land(
                home, table, moment(sent.day).isoformat(), rows,
                delivery=delivery, instance=sent.instance, columns=names, name=f"extract-{place}",
                quarantined=[{"id": key} for load, key in sent.broken if not load],
            )  # fmt: skip
        load_into(con, home, county)
    assert load_into(con, home, county) == []


Word = tuple[bool, str, Any]
"""What an extract says of one thing at one moment: is it there, rank of its content, content."""
GONE: Word = (False, "", None)


def told(extracts: list[Sent], instance: str, key: str, words: Any) -> dict[int, Word]:
    """Day -> the word that counts of what an instance says of a key; `words` reads the rows of one moment.

    What is missing is gone, unless a row that cannot be read may have been of it.
    """
    best: dict[int, Word] = {}
    for sent in extracts:
        if sent.instance != instance:
            continue
        days = {sent.day} if sent.full else {day for day, parent, _, _ in sent.rows if parent == key}
        for day in days:
            rows = [r for r in sent.rows if r[1] == key and (sent.full or r[0] == day)]
            unsure = any(spoken in (key, None) for _, spoken in sent.broken)
            for word in words(rows) or ([] if unsure else [GONE]):
                best[day] = max(best.get(day, GONE), word, key=lambda w: w[:2])
    return best


def in_force(lines: dict[str, dict[int, Word]], day: int) -> Any:
    """The content in force on a day: of the instances that still have the thing, the one with the newest word."""
    found: list[tuple[int, str, Any]] = []
    for instance, line in lines.items():
        now, since = GONE, -1
        for each in sorted(d for d in line if d <= day):
            if line[each] != now:
                now, since = line[each], each
        if now[0]:
            found.append((-since, instance, now[2]))
    return min(found, key=lambda each: each[:2])[2] if found else None


def word(content: tuple[Any, ...]) -> Word:
    text = canonical_in_python(*(None if each is None else str(each) for each in content))
    return True, hashlib.md5(text.encode()).hexdigest(), content


def check(
    con: duckdb.DuckDBPyConnection, table: Versions, extracts: list[Sent], words: Any, members: tuple[Any, ...]
) -> None:
    """Compares the state of a table with the model on every day."""
    for day in range(DAYS):
        expected: dict[Any, Any] = {}
        for parent in "12":
            for member in members:
                lines = {
                    i: told(extracts, i, parent, lambda rows, m=member: words(rows, m)) for i in ("clinic", "other")
                }
                content = in_force(lines, day)
                if content is not None:
                    expected[(key_in_python("shared", parent), *member)] = content
        assert state(con, table, str(moment(day))) == expected, (table.name, day)
        if day == DAYS - 1:
            assert state(con, table) == expected


def person_key(value: str | None) -> uuid.UUID | None:
    return None if value is None else key_in_python("hetu", value)


maybe = st.sampled_from([None, "a", "b"])
SETTINGS = settings(
    max_examples=int(os.environ.get("LUOTSI_EXAMPLES", "15")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@SETTINGS
@given(history=histories(st.tuples(maybe, st.sampled_from([None, "x", "out"]), maybe), st.booleans()))
def test_links_and_satellites_have_the_same_state_whatever_the_order_split_and_repetition(
    vault: tuple[duckdb.DuckDBPyConnection, Path], county: County, history: Any
) -> None:
    con, home = vault
    loaded(con, home, county, "things", history, ("person", "place", "note"))
    made = {each.name: each for each in tables(county) if each.many is None and each.kind != "same"}
    readings = {
        "link_contact__clinic__things": lambda values: (person_key(values[0]),),
        "sat_contact__clinic__things__plain": lambda values: (values[1], None),
        "sat_contact__clinic__things__sensitive": lambda values: (values[2],),
    }
    assert set(made) == set(readings)
    for name, content in readings.items():

        def words(rows: list[Row], _: Any, content: Any = content) -> list[Word]:
            there = [word(content(values)) for _, _, values, gone in rows if not gone and values[1] != "out"]
            return there or [GONE for _ in rows[:1]]

        check(con, made[name], history[0], words, ((),))


@SETTINGS
@given(
    history=histories(st.tuples(st.sampled_from(["p", "q"]), st.sampled_from([None, "a", "b", "out"])), st.just(False))
)
def test_multi_active_groups_have_the_same_state_whatever_the_order_split_and_repetition(
    vault: tuple[duckdb.DuckDBPyConnection, Path], county: County, history: Any
) -> None:
    con, home = vault
    loaded(con, home, county, "answers", history, ("variable", "value"))
    table = next(each for each in tables(county) if each.many == "answers")

    def words(rows: list[Row], member: tuple[str]) -> list[Word]:
        sent = [values for _, _, values, _ in rows if values[0] == member[0]]
        there = [word((value,)) for _, value in sent if value is not None and value != "out"]
        return there or [GONE for _ in sent[:1]]

    check(con, table, history[0], words, (("p",), ("q",)))
