"""Counting only the persons of whom new loads speak gives, to the byte, the release that counting all gives."""

from __future__ import annotations

import datetime
import shutil
import sys
import uuid
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luotsi.concepts.reading import County, read_county
from luotsi.engine import measures, release
from luotsi.engine.measures.parts import adds_over_persons
from luotsi.engine.release import concerned, kept
from luotsi.engine.vault.load import prepare
from luotsi.engine.vault.model import model

ROOT = Path(__file__).parents[5]
FIRST, LAST = datetime.date(2023, 1, 1), datetime.date(2024, 12, 1)
TABLES = {
    "lifecare": ("potilas", "kaynti", "diagnoosi", "osastojakso", "yksikko"),
    "ledger": ("asiakaskustannukset",),
    "social": ("palvelujakso", "asia"),
}
NAMES = (
    "callback_minutes", "coc_index", "coding_completeness", "contacts", "cost_per_client", "high_use_share",
    "high_use_top10_cost_share", "readmit_30d_share", "residents", "school_check_coverage", "senior_checks_65",
    "ward_length_of_stay", "ward_length_of_stay_median",
)  # fmt: skip
"""One measure at least of each way of counting: cells, methods, looks, a census, things told apart, medians."""
FOLLOWED = ("contact", "cost_line", "person", "population", "segment_spans", "stay", "unit")
PERSONS = range(1, 41)
Rows = list[dict[str, Any]]


def key(number: int) -> str:
    return str(uuid.UUID(int=number))


class Home:
    """A home whose vault a test writes itself, load by load."""

    def __init__(self, folder: Path, county: County) -> None:
        self.folder, self.county, self.load = folder, county, 0

    def connect(self) -> duckdb.DuckDBPyConnection:
        (self.folder / "vault").mkdir(parents=True, exist_ok=True)
        return duckdb.connect(str(self.folder / "vault/luotsi.duckdb"))

    def copied(self, folder: Path) -> Home:
        shutil.copytree(self.folder, folder)
        made = Home(folder, self.county)
        made.load = self.load
        return made

    def send(self, sent: Rows) -> None:
        """One load with versions of keys in tables."""
        self.load += 1
        with self.connect() as con:
            con.execute("BEGIN")
            con.execute(
                "INSERT INTO vault.loads (load, source, instance, \"table\", extract, created_at, delivery, rows) "
                "VALUES (?, 'lifecare', 'i', 'kaynti', 'x', '2024-12-31 23:00', 'delta', 1)",
                [self.load],
            )  # fmt: skip
            for each in sent:
                table, content = each["table"], {k: v for k, v in each.items() if k != "table"}
                passport = {"instance": "i", "recorded_at": "2024-12-01", "seq": self.load, "deleted": False}
                row = {**passport, "load": self.load, **content}
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                con.execute(f"INSERT INTO vault.{table} ({names}) VALUES ({marks})", [*row.values()])
            con.execute("COMMIT")

    def build(self) -> bytes:
        folder = release.build(self.folder, self.county, first_month=FIRST, last_month=LAST)
        return (folder / "results.parquet").read_bytes()

    def forget_parts(self) -> None:
        """Lets the next release count all."""
        with self.connect() as con:
            con.execute("DELETE FROM results.fingerprints WHERE name LIKE 'parts/%'")

    def kept(self) -> list[tuple[Any, ...]]:
        """The raw rows of the last release."""
        with self.connect() as con:
            query = "SELECT name, * EXCLUDE (name, version, hidden) FROM results.raw WHERE name NOT LIKE 'segments/%'"
            return sorted(con.execute(query).fetchall())

    def whole(self) -> list[tuple[Any, ...]]:
        """The raw rows of all measures, counted whole from the marts."""
        with self.connect() as con:
            table = measures.compute(con, self.county, first_month=FIRST, last_month=LAST)
        names = ("measure", "period", "group", "numerator", "denominator", "value", "n")
        return sorted(tuple(row[name] for name in names) for row in table.to_pylist())


def person(number: int, born: int, sex: str = "1", town: str = "179") -> Rows:
    feed = "sat_person__lifecare__potilas__"
    return [
        {"table": f"{feed}plain", "person_key": key(number), "sex": sex, "municipality": town},
        {"table": f"{feed}sensitive", "person_key": key(number), "birth_date": f"{born}-05-05"},
    ]


def contact(number: int, whose: int | None, day: str, *, kind: int = 0, deleted: bool = False) -> Rows:
    feed, of = "contact__lifecare__kaynti", {"contact_key": key(1000 + number), "deleted": deleted}
    told = {"service_form": "T11", "nature": ("SH", "TH")[kind % 2], "urgency": "E", "contact_type": "R10"}
    told |= {"profession": ("LK", "SH")[kind // 2 % 2], "status": "7", "happened_at": f"{day} 10:00"}
    refers = {"person_key": whose and key(whose), "unit_key": key(9000), "professional_key": key(8000 + kind % 3)}
    return [{"table": f"link_{feed}", **of, **refers}, {"table": f"sat_{feed}__plain", **of, **told}]


def stay(number: int, whose: int | None, day: str, nights: int, *, deleted: bool = False) -> Rows:
    feed, of = "stay__lifecare__osastojakso", {"stay_key": key(3000 + number), "deleted": deleted}
    start = datetime.datetime.fromisoformat(f"{day} 08:00")
    end = start + datetime.timedelta(days=nights)
    told = {"kind": "ward", "started_at": start, "ended_at": end, "destination": "home", "planned": False}
    refers = {"person_key": whose and key(whose), "unit_key": key(9000)}
    return [{"table": f"link_{feed}", **of, **refers}, {"table": f"sat_{feed}__plain", **of, **told}]


def diagnosis(number: int, whose: int, of_contact: int, day: str) -> Rows:
    feed, of = "diagnosis__lifecare__diagnoosi", {"diagnosis_key": key(5000 + number)}
    told = {"code_system": "ICD10", "recorded_on": day}
    refers = {"person_key": key(whose), "contact_key": key(1000 + of_contact)}
    return [
        {"table": f"link_{feed}", **of, **refers},
        {"table": f"sat_{feed}__plain", **of, **told},
        {"table": f"sat_{feed}__sensitive", **of, "code": "E11"},
    ]


def cost(number: int, whose: int, day: str, cents: int) -> Rows:
    feed, of = "cost_line__ledger__asiakaskustannukset", {"cost_line_key": key(6000 + number)}
    told = {"service_package": "10", "month": day[:8] + "01", "amount": cents / 100}
    return [
        {"table": f"link_{feed}", **of, "person_key": key(whose)},
        {"table": f"sat_{feed}__plain", **of, **told},
    ]


def service(number: int, whose: int, day: str) -> Rows:
    feed, of = "service_period__social__palvelujakso", {"service_period_key": key(7000 + number)}
    return [
        {"table": f"link_{feed}", **of, "person_key": key(whose)},
        {"table": f"sat_{feed}__plain", **of, "service_kind": "home_care", "started_on": day},
    ]


def same(member: int, master: int) -> Rows:
    return [{"table": "same_person__lifecare__potilas", "member_key": key(member), "master_key": key(master)}]


@pytest.fixture(scope="module")
def county() -> County:
    """The shipped county with few sources, concepts and measures, so that a release is quickly made."""
    whole = read_county(ROOT / "county")[0]
    sources = {
        name: whole.sources[name].model_copy(
            update={"tables": {each: whole.sources[name].tables[each] for each in few}}
        )
        for name, few in TABLES.items()
    }
    into = {each.concept for source in sources.values() for table in source.tables.values() for each in table.into}
    into.add("population")
    for _ in range(3):
        into |= {a.refers or name for each in into for name, a in whole.concepts[each].attributes.items() if a.refers}
    into |= {look.of for each in whole.segments.values() for look in each.look.values()}
    return replace(
        whole,
        sources=sources,
        concepts={name: each for name, each in whole.concepts.items() if name in into},
        measures={name: whole.measures[name] for name in NAMES},
    )


@pytest.fixture(scope="module")
def released(county: County, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a first release, of two years."""
    made = Home(tmp_path_factory.mktemp("released"), county)
    with made.connect() as con:
        prepare(con, county, model(county))
    sent = [{"table": "sat_unit__lifecare__yksikko__plain", "unit_key": key(9000)}]
    for number in PERSONS:
        sent += person(number, 1925 + 2 * number, "12"[number % 2], ("179", "992")[number % 3 == 0])
    for number in range(400):
        day = f"{2023 + number % 2}-{1 + number * 7 % 12:02}-{1 + number % 27:02}"
        sent += contact(number, None if number % 23 == 0 else 1 + number * number % 37, day, kind=number % 6)
        if number % 5 == 0:
            sent += stay(number, None if number % 35 == 0 else 1 + number % 29, day, number % 9)
            sent += cost(number, 1 + number % 31, day, 1234 * number)
            sent += diagnosis(number, 1 + number * number % 37, number, day)
    sent += service(1, 30, "2023-06-01")
    made.send(sent)
    made.build()
    with made.connect() as con:  # what is nobody's, from a source that this county does without
        con.execute(
            "INSERT INTO marts.population BY NAME SELECT uuid() AS key, town AS municipality, year, age, sex, 7 AS "
            "persons FROM unnest(['179', '992']) AS t(town), unnest([2023, 2024]) AS y(year), unnest(['1', '2']) AS "
            "s(sex), range(60, 99) AS a(age)"
        )
        con.execute("UPDATE results.fingerprints SET fingerprint = '' WHERE name LIKE '%senior_checks_65'")
    made.build()
    return made


DAYS = st.builds("{}-{:02}-{:02}".format, st.integers(2022, 2025), st.integers(1, 12), st.integers(1, 28))
WHOSE = st.sampled_from([*PERSONS, 41, 42])
SENDS = st.one_of(
    st.builds(contact, st.integers(0, 420), st.none() | WHOSE, DAYS, kind=st.integers(0, 5), deleted=st.booleans()),
    st.builds(stay, st.integers(0, 410), st.none() | WHOSE, DAYS, st.integers(0, 40), deleted=st.booleans()),
    st.builds(diagnosis, st.integers(0, 410), WHOSE, st.integers(0, 400), DAYS),
    st.builds(cost, st.integers(0, 410), WHOSE, DAYS, st.integers(0, 10**7)),
    st.builds(service, st.integers(0, 4), WHOSE, DAYS),
    st.builds(person, WHOSE, st.integers(1920, 2015), st.sampled_from("12"), st.sampled_from(["179", "992"])),
    st.builds(same, WHOSE, WHOSE),
)


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[str]]:
    """What was laid out of the persons concerned, release by release."""
    seen: list[frozenset[str]] = []
    real = concerned.lay

    def lay(con: Any, county: County, tables: frozenset[str]) -> None:
        seen.append(tables)
        real(con, county, tables)

    monkeypatch.setattr(concerned, "lay", lay)
    return seen


@settings(max_examples=2, deadline=None, suppress_health_check=[*HealthCheck])
@given(sent=st.lists(SENDS, min_size=1, max_size=12), more=st.lists(SENDS, max_size=4))
def test_any_loads_one_after_another_give_the_rows_that_counting_all_gives(
    released: Home, tmp_path: Path, sent: list[Rows], more: list[Rows]
) -> None:
    with TemporaryDirectory(dir=tmp_path) as folder:
        home = released.copied(Path(folder) / "home")
        for load in (sent, more):
            home.send([row for each in load for row in each])
            home.build()
        assert home.kept() == home.whole()


def moves() -> list[Rows]:
    """Rows of every kind of change: new, changed, moved in time and to another, deleted, late, of nobody."""
    return [
        contact(500, 7, "2024-06-05"),
        contact(3, 9, "2023-02-02"),
        contact(5, 11, "2024-11-20", kind=3),
        contact(8, None, "2024-01-20"),
        contact(12, 2, "2024-03-03", deleted=True),
        contact(501, 41, "2023-01-15"),
        person(41, 1949, "2"),
        person(6, 1990, "2", "992"),
        stay(5, 3, "2024-05-01", 3),
        stay(500, 3, "2024-05-20", 2),
        cost(10, 14, "2024-02-01", 123456),
        service(2, 17, "2024-04-01"),
        same(20, 21),
    ]


def test_a_release_is_the_same_to_the_byte_as_one_that_counts_all(
    released: Home, tmp_path: Path, laid: list[frozenset[str]]
) -> None:
    home = released.copied(tmp_path / "home")
    home.send([row for each in moves() for row in each])
    other = home.copied(tmp_path / "other")
    other.forget_parts()
    got = home.build()
    assert laid == [frozenset(FOLLOWED)]
    assert got == other.build()
    assert len(laid) == 1
    assert home.kept() == home.whole()


@pytest.mark.parametrize("at", ["find", "keep_parts"])
def test_a_release_that_is_cut_short_leaves_nothing_half_counted(
    released: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    home = released.copied(tmp_path / "home")
    home.send([row for each in moves() for row in each])

    def cut(*_: Any, **__: Any) -> None:
        raise RuntimeError("cut short")

    with monkeypatch.context() as patch:
        patch.setattr(kept if at == "keep_parts" else concerned, at, cut)
        with pytest.raises(RuntimeError):
            home.build()
    home.send(contact(600, 5, "2024-07-07"))
    home.build()
    assert home.kept() == home.whole()


def test_spans_that_lie_behind_the_marts_after_a_cut_run_are_not_taken_for_those_of_the_last_load(
    released: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Costs by segment read no row of the first load, but the spans that it moves."""
    home = released.copied(tmp_path / "home")
    home.send(service(3, 4, "2023-03-01"))

    def cut(*_: Any, **__: Any) -> None:
        raise RuntimeError("cut short")

    with monkeypatch.context() as patch:
        patch.setattr(concerned, "find", cut)
        with pytest.raises(RuntimeError):
            home.build()
    home.send(service(4, 8, "2023-04-01"))
    home.build()
    assert home.kept() == home.whole()


def test_spans_that_too_many_rows_have_moved_are_not_taken_for_those_of_the_persons_known(
    released: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = released.copied(tmp_path / "home")
    monkeypatch.setattr(sys.modules["luotsi.engine.marts.refresh"], "FEW", 3)
    home.send([row for number in (5, 6, 7) for row in service(number, 2 * number, "2023-05-01")])
    home.send(cost(10, 3, "2024-02-01", 4711))
    home.build()
    assert home.kept() == home.whole()


def test_where_what_is_nobodys_has_changed_too_measures_that_read_it_are_counted_whole(
    released: Home, tmp_path: Path, laid: list[frozenset[str]]
) -> None:
    home = released.copied(tmp_path / "home")
    link = {"table": "same_unit__lifecare__yksikko", "member_key": key(9000), "master_key": key(9001)}
    home.send([link, *contact(700, 5, "2024-07-07")])
    home.build()
    assert all("unit" not in tables for tables in laid)
    assert home.kept() == home.whole()


def test_what_adds_up_over_persons_is_told_from_the_records(county: County) -> None:
    whole = {name for name in NAMES if not adds_over_persons(county, county.measures[name])}
    assert whole == {
        "callback_minutes", "coding_completeness", "high_use_top10_cost_share", "ward_length_of_stay_median",
    }  # fmt: skip
