"""The plain-Python reference and DuckDB give the same numbers for random small counties."""

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from luotsi.concepts.reading import County, read_county
from luotsi.engine.measures import compute
from luotsi.engine.measures.example_tables import Tables
from luotsi.engine.measures.examples import key_of, rows_of, run_segments
from luotsi.engine.measures.reference import Period, World, segmented
from luotsi.engine.measures.reference.measure import of_rows, period_rows
from luotsi.engine.segments.compute import at

ROOT = Path(__file__).parents[2]
FIRST, LAST = datetime.date(2024, 1, 1), datetime.date(2024, 12, 31)
PERIODS = ("2024-01", "2024-03", "2024-04", "2024-06", "2024-Q1", "2024-Q2", "2024")
CLOSE = 1e-9

DAYS = [str(datetime.date(2023, 12, 25) + datetime.timedelta(days=each)) for each in range(0, 190, 3)]
TIMES = [f"{day} {clock}" for day in DAYS[::4] for clock in ("00:00", "07:59", "16:00")]
FEW_DAYS = DAYS[20:26]
PERSONS = ["1", "2", "3", "4", ""]
YES_NO = ["true", "false", ""]

RELATIONS: dict[str, dict[str, list[str]]] = {
    "person": {
        "birth_date": ["1940-02-29", "1959-03-15", "2002-04-01", "2010-01-01", ""],
        "sex": ["1", "2", ""],
        "municipality": ["179", "077", ""],
        "died_on": ["", "", "", "2024-03-31"],
        "security_block": YES_NO,
        "is_test": ["", "", "true"],
    },
    "contact": {
        "person": PERSONS,
        "professional": ["1", "2", ""],
        "profession": ["LK", "SH"],
        "service_form": ["T11", "T11", "T60"],
        "nature": ["SH", "SH", "TH"],
        "urgency": ["E", "E", "K", ""],
        "contact_type": ["R10", "R10", "R50", "R52", "R70", ""],
        "assessed_at": [*TIMES[::3], "", ""],
        "received_at": [*TIMES[1::4], ""],
        "reached_at": [*TIMES[2::4], ""],
        "happened_at": [*TIMES, ""],
        "cancelled": ["", "false", "true"],
        "status": ["7", "7", "9", ""],
        "queue": ["a", ""],
        "callback_requested": YES_NO,
        "abandoned": YES_NO,
    },
    "stay": {
        "person": PERSONS,
        "kind": ["ward", "ward", "ed"],
        "started_at": [f"{day} 10:00" for day in DAYS[18:40]],
        "ended_at": [*(f"{day} 09:00" for day in DAYS[20:40]), ""],
        "planned": YES_NO,
        "destination": ["home", "home_care", "died", ""],
        "admitted": YES_NO,
        "palliative": ["", "", "true"],
        "agreed_return": ["", "", "true"],
        "ready_on": [*DAYS[20:30:2], ""],
    },
    "measurement": {
        "person": PERSONS,
        "test": ["inr", "inr", "hba1c", "ldl"],
        "value": ["1.4", "2.0", "2.7", "3.6", "7.0", "52.9", "53", "400", ""],
        "taken_at": [f"{day} 08:00" for day in DAYS],
        "status": ["final", "", "cancelled"],
    },
    "medication": {"person": PERSONS, "atc": ["B01AA03", "B01AA03", "A10BA02"], "started_on": DAYS[:2]},
    "diagnosis": {
        "person": PERSONS,
        "contact": ["1", "2", "3", ""],
        "code_system": ["ICD10", "ICPC2", ""],
        "code": ["E11.9", "T90", "I25.1", "F32", "K86", ""],
        "recorded_on": [*DAYS[::7], "2012-05-01"],
    },
    "cost_line": {
        "person": PERSONS,
        "month": ["2024-01-01", "2024-02-01", "2024-05-01"],
        "amount": ["10.25", "3.333333", "0", "-2.5", "99", ""],
    },
    "calendar_slot": {
        "calendar": ["a", "b", "c"],
        "profession": ["LK", "SH", ""],
        "measured_on": [FEW_DAYS[0], FEW_DAYS[4]],
        "starts_at": [*(f"{day} 12:00" for day in FEW_DAYS), ""],
        "slot_kind": ["nonurgent", "nonurgent", "nonurgent", "urgent"],
        "status": ["free", "free", "free", "booked"],
        "queue_book": ["", "", "", "", "true"],
    },
    "queue_entry": {
        "person": PERSONS,
        "referral_at": ["2023-07-01 10:00", "2023-10-01 10:00", "2024-03-01 10:00", ""],
        "decided_at": ["", "2023-09-15 10:00", "2024-01-15 10:00"],
        "ended_at": ["", "2024-03-31 10:00", "2024-04-01 00:00"],
        "patient_delay": YES_NO,
    },
    "population": {
        "municipality": ["179", "077"],
        "year": ["2024", "2023"],
        "age": ["40", "65", "80"],
        "sex": ["1", "2"],
        "persons": ["10", "7"],
        "need_coefficient": ["1.08", "0.95"],
    },
    "ledger_entry": {
        "booked_on": DAYS[::9],
        "amount": ["100.5", "-3.25", ""],
        "municipality": ["179", "077", ""],
        "internal": YES_NO,
        "service_package": ["suun", "akuutti", ""],
    },
    "social_matter": {
        "person": PERSONS,
        "kind": ["child_protection", "needs_assessment"],
        "arrived_at": TIMES[::5],
        "started_on": [*DAYS[::4], ""],
        "person_group": ["age_75", ""],
    },
}
MEASURES = (
    "contacts", "persons", "residents", "access_7d_share", "access_guarantee_share", "contact_same_day_share",
    "callback_delay_days", "coc_index", "readmit_30d_share", "ward_length_of_stay", "ed_return_48h_share",
    "transfer_delay_days", "ttr_inr", "hba1c_in_target_share", "high_use_top10_cost_share", "cost_per_client",
    "t3_days", "specialised_wait_over_180d", "senior_checks_65", "need_adjusted_cost", "cost_per_inhabitant",
    "coding_completeness", "cp_assessment_start_7wd_share",
)  # fmt: skip


@pytest.fixture(scope="module")
def county() -> County:
    content, _ = read_county(ROOT / "county")
    return replace(content, measures={name: content.measures[name] for name in MEASURES})


@pytest.fixture(scope="module")
def tables(county: County) -> Tables:
    return Tables(duckdb.connect(), county)


def pipe_table(columns: dict[str, list[str]], least: int, most: int) -> st.SearchStrategy[str]:
    row = st.tuples(*(st.sampled_from(values) for values in columns.values()))
    heading = " | ".join(columns)
    rows = st.lists(row, min_size=least, max_size=most)
    return rows.map(lambda found: "\n".join([heading, *(" | ".join(each) for each in found)]))


SIZES = {"person": (4, 4), "contact": (0, 40), "measurement": (0, 30), "population": (1, 6)}
GIVEN = st.fixed_dictionaries(
    {name: pipe_table(columns, *SIZES.get(name, (0, 12))) for name, columns in RELATIONS.items()}
)
FEW = settings(
    max_examples=4,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


def close(one: object, other: object) -> bool:
    if one is None or other is None:
        return one is other
    return abs(float(str(one)) - float(str(other))) <= CLOSE * max(1.0, abs(float(str(one))))


@FEW
@given(tables_given=GIVEN)
def test_both_engines_give_the_same_numbers_for_any_small_county(
    county: County, tables: Tables, tables_given: dict[str, str]
) -> None:
    world = World(county, {name: rows_of(county, name, text) for name, text in tables_given.items()})
    tables.fill(world)
    found = compute(tables.con, county, MEASURES, schema=tables.schema, first_month=FIRST, last_month=LAST).to_pylist()
    asked: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in found:
        asked.setdefault((row["measure"], row["period"]), []).append(row)
    for name in MEASURES:
        measure = county.measures[name]
        for period in (Period.read(text) for text in PERIODS):
            if period.grain not in measure.periods:
                continue
            rows = period_rows(world, measure, period)
            answers = {row["group"]: row for row in asked.get((name, str(period)), [])}
            if "" not in answers:
                assert of_rows(world, measure, period, {}, rows).n == 0, (name, period, "DuckDB gives no total")
            for text, row in answers.items():
                group = dict(part.split("=", 1) for part in text.split(";") if part)
                wanted = of_rows(world, measure, period, group, rows)
                for number in ("numerator", "denominator", "value", "n"):
                    told = (name, period, text, number, row[number], getattr(wanted, number))
                    assert close(row[number], getattr(wanted, number)), told


@FEW
@given(tables_given=GIVEN)
def test_both_engines_put_everybody_in_the_same_segment(
    county: County, tables: Tables, tables_given: dict[str, str]
) -> None:
    world = World(county, {name: rows_of(county, name, text) for name, text in tables_given.items()})
    tables.fill(world)
    for period in (Period.read("2024-03"), Period.read("2024-06")):
        found = at(tables.con, county, "main", period.last, tables.schema)
        wanted = segmented(world, county.segments["main"], period)
        assert found == {str(key): segment for key, segment in wanted.items()}


def test_keys_of_an_example_keep_their_order() -> None:
    assert sorted(["10", "9", "100"], key=key_of) == ["9", "10", "100"]


def test_the_examples_of_every_segment_list_hold_on_both_engines(county: County) -> None:
    assert [fault for name in county.segments for fault in run_segments(county, name, at)] == []
