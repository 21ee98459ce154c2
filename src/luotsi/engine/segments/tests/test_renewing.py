"""Dividing only the persons of whom new loads speak gives what dividing all would give."""

import datetime
import random
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from luotsi.concepts.reading import County, read_county
from luotsi.engine import marts
from luotsi.engine.segments import compute, followed, place, renewed
from luotsi.engine.vault.load import prepare
from luotsi.engine.vault.model import model

ROOT = Path(__file__).parents[5]
FIRST, LAST = datetime.date(2023, 1, 1), datetime.date(2024, 12, 1)
SPANS = "SELECT person, segments, segment, since, until FROM marts.segment_spans ORDER BY ALL"


def key(number: int) -> str:
    return str(uuid.UUID(int=number))


class County24:
    """A vault in memory whose versions a test writes itself, load by load."""

    def __init__(self, county: County, con: duckdb.DuckDBPyConnection) -> None:
        self.county, self.con, self.load = county, con, 0
        prepare(con, county, model(county))

    def say(self, table: str, at: str = "2024-12-01", deleted: bool = False, **content: Any) -> None:
        """A version of a key, as the present load sends it."""
        row = {"instance": "i", "recorded_at": at, "seq": self.load, "deleted": deleted, "load": self.load, **content}
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self.con.execute(f"INSERT INTO vault.{table} ({names}) VALUES ({marks})", [*row.values()])

    def person(self, number: int, born: str, died: str | None = None) -> None:
        self.say("sat_person__lifecare__potilas__plain", person_key=key(number))
        self.say("sat_person__lifecare__potilas__sensitive", person_key=key(number), birth_date=born, died_on=died)

    def contact(self, number: int, person: int, day: str, deleted: bool = False) -> None:
        feed = "contact__lifecare__kaynti"
        self.say(f"link_{feed}", contact_key=key(number), person_key=key(person), deleted=deleted)
        told = {"contact_type": "R10", "happened_at": day, "status": "7"}
        self.say(f"sat_{feed}__plain", contact_key=key(number), deleted=deleted, **told)

    def service(self, number: int, person: int, day: str) -> None:
        feed = "service_period__social__palvelujakso"
        self.say(f"link_{feed}", service_period_key=key(number), person_key=key(person))
        self.say(f"sat_{feed}__plain", service_period_key=key(number), service_kind="home_care", started_on=day)

    def same(self, member: int, master: int) -> None:
        self.say("same_person__lifecare__potilas", member_key=key(member), master_key=key(master))

    def divided(self) -> list[tuple[Any, ...]]:
        """The spans after all are divided anew."""
        compute(self.con, self.county, first_month=FIRST, last_month=LAST)
        return self.con.execute(SPANS).fetchall()

    def follows(self) -> bool:
        """Brings marts and segments up to the present load by the persons concerned; whether spans have moved."""
        marts.refresh(self.con, self.county)
        renewed(self.con, self.county, self.load - 1, first_month=FIRST, last_month=LAST)
        return place(self.con)


@pytest.fixture(scope="module")
def content() -> County:
    """The shipped county with few tables and concepts, so that its marts are quickly made."""
    county = read_county(ROOT / "county")[0]
    few = {"lifecare": ("potilas", "kaynti", "diagnoosi"), "social": ("palvelujakso", "asia")}
    sources = {
        name: county.sources[name].model_copy(
            update={"tables": {each: county.sources[name].tables[each] for each in kept}}
        )
        for name, kept in few.items()
    }
    into = {each.concept for source in sources.values() for table in source.tables.values() for each in table.into}
    refers = {each.refers or name for concept in into for name, each in county.concepts[concept].attributes.items()}
    concepts = {name: each for name, each in county.concepts.items() if name in into | refers}
    return replace(county, sources=sources, concepts=concepts)


@pytest.fixture
def vault(content: County) -> Iterator[County24]:
    with duckdb.connect() as con:
        made = County24(content, con)
        made.load = 1
        for number in range(1, 31):
            made.person(number, f"{1930 + 3 * number}-05-05")
        for number in range(100, 250):
            made.contact(number, 1 + number % 7, f"{2023 + number % 2}-{1 + number % 12:02}-10 10:00")
        made.service(300, 2, "2023-06-01")
        marts.refresh(con, content)
        assert len(made.divided()) > 30
        yield made


def test_what_is_followed_are_the_concepts_that_segments_look_at(content: County) -> None:
    assert followed(content) == {"person", "contact", "diagnosis", "social_matter", "service_period"}


def test_new_rows_move_the_spans_of_their_persons_alone(vault: County24) -> None:
    vault.load = 2
    vault.service(301, 3, "2024-03-01")
    assert vault.follows()
    got = vault.con.execute(SPANS).fetchall()
    assert got == vault.divided()


def test_rows_that_move_nobody_leave_the_spans_unmoved(vault: County24) -> None:
    before = vault.con.execute(SPANS).fetchall()
    vault.load = 2
    vault.contact(900, 20, "2024-01-10 09:00")
    assert not vault.follows()
    assert vault.con.execute(SPANS).fetchall() == before == vault.divided()


def test_a_row_given_to_another_person_is_taken_from_the_first(vault: County24) -> None:
    vault.load = 2
    vault.say("link_service_period__social__palvelujakso", service_period_key=key(300), person_key=key(4))
    assert vault.follows()
    assert vault.con.execute(SPANS).fetchall() == vault.divided()


def test_two_persons_that_become_one_are_divided_as_one(vault: County24) -> None:
    vault.load = 2
    vault.same(2, 5)
    assert vault.follows()
    assert vault.con.execute(SPANS).fetchall() == vault.divided()


@pytest.mark.parametrize("seed", range(2))
def test_any_loads_one_after_another_give_what_dividing_all_gives(vault: County24, seed: int) -> None:
    chance = random.Random(seed)
    for load in range(2, 6):
        vault.load = load
        for _ in range(chance.randint(1, 12)):
            person, number = chance.randint(1, 34), chance.randint(100, 270)
            day = f"{chance.randint(2022, 2025)}-{chance.randint(1, 12):02}-15"
            match chance.randint(1, 6):
                case 1 | 2:
                    vault.contact(number, person, day, deleted=chance.random() < 0.3)
                case 3:
                    vault.service(chance.randint(300, 305), person, day)
                case 4:
                    vault.person(person, "1950-05-05", day if chance.random() < 0.5 else None)
                case 5:
                    vault.same(person, chance.randint(1, 34))
                case _:
                    vault.contact(number + 500, person, day)
        before = vault.con.execute(SPANS).fetchall()
        moved = vault.follows()
        got = vault.con.execute(SPANS).fetchall()
        assert moved == (got != before)
        assert got == vault.divided()
