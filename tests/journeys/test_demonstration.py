"""The whole way, once: synthetic extracts land, load, become measures, and their release stands against an attack."""

from __future__ import annotations

import datetime
import importlib.util
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection

import luotsi
from luotsi import synth
from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.engine import lake, release
from luotsi.engine.lake import identity
from luotsi.engine.release import Release
from luotsi.engine.release.suppression import SMALL
from luotsi.jobs import demonstration, landing
from luotsi.jobs.building import Built, build
from luotsi.jobs.demonstration import demonstrate
from luotsi.jobs.headlines import headlines
from luotsi.jobs.publishing import publish
from luotsi.synth.block import block, world
from luotsi.synth.layouts import own
from luotsi.synth.writing import cuts_of
from luotsi.web.results.models import Result

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location(
    "attacks", ROOT / "src" / "luotsi" / "engine" / "release" / "tests" / "attacks.py"
)
assert _spec is not None
assert _spec.loader is not None
attacks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(attacks)

RESIDENTS = 900
YEARS = (2023, 2024)
PSEUDONYM = re.compile("[0-9a-f]{32}")
EXACT = 1000
"""Hidden cells up to which exact elimination is quick."""

pytestmark = pytest.mark.xdist_group("demonstration")


@pytest.fixture(scope="module")
def county() -> County:
    return open_county()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, county: County) -> tuple[Path, Built]:
    folder = tmp_path_factory.mktemp("county")
    shown = demonstrate(folder, county, residents=RESIDENTS, years=YEARS)
    assert not shown.refused
    return folder, build(folder, county)


def raw(home: Path) -> dict[str, dict[Any, tuple[float, float, int, bool]]]:
    found: dict[str, dict[Any, tuple[float, float, int, bool]]] = {}
    with duckdb.connect(str(home / "vault" / "luotsi.duckdb"), read_only=True) as con:
        rows = con.execute('SELECT name, "period", "group", numerator, denominator, n, hidden FROM results.raw')
        for name, period, group, *numbers in rows.fetchall():
            found.setdefault(name, {})[period, group] = tuple(numbers)
    return found


def test_every_row_that_was_sent_has_landed_or_stands_in_quarantine(home: tuple[Path, Built]) -> None:
    manifests = lake.manifests(home[0])
    assert manifests
    assert all(each.rows_sent == each.rows_landed + each.rows_quarantined for each in manifests)


@pytest.mark.parametrize("measure", ["contacts", "stays", "measurements", "persons"])
def test_a_plain_count_is_the_number_that_was_planted(home: tuple[Path, Built], measure: str) -> None:
    truth = json.loads((home[0] / "demonstration" / "truth.json").read_text("utf-8"))["counts"]
    values = [row["value"] for row in luotsi.open(home[0]).ask(measure).to_pylist()]
    assert (values[-1] if measure == "persons" else sum(values)) == truth[measure]


def test_every_measure_is_in_the_release_and_has_a_value(home: tuple[Path, Built], county: County) -> None:
    manifest = json.loads((home[1].folder / "manifest.json").read_text("utf-8"))
    assert set(manifest["definitions"]) == set(county.measures)
    table = pq.read_table(home[1].folder / "results.parquet", columns=["name", "value", "suppressed"])
    known = {row["name"] for row in table.to_pylist() if row["value"] is not None or row["suppressed"]}
    assert known >= set(county.measures)
    assert all(each["loads"] for each in manifest["definitions"].values())


def test_the_headline_measures_of_the_last_year_are_there(home: tuple[Path, Built]) -> None:
    found = headlines(Release(home[1].folder))
    assert {each.period[:4] for each in found} == {"2024"}
    assert "contacts" in {each.measure.measure for each in found}


def test_the_whole_release_gives_nothing_to_subtraction_and_algebra(home: tuple[Path, Built], county: County) -> None:
    table = pq.read_table(home[1].folder / "results.parquet")
    for name, cells in raw(home[0]).items():
        measure = county.measures.get(name)
        if measure is None or measure.counts not in ("persons", "events"):
            continue
        rows = table.filter((table["name"].to_numpy(zero_copy_only=False) == name).tolist()).to_pylist()
        hidden = {(row["period"], row["group"]) for row in rows if row["suppressed"]}
        assert hidden == {cell for cell, numbers in cells.items() if numbers[3]}
        assert {cell for cell, numbers in cells.items() if 0 < (numbers[2] or 0) < 5} <= hidden
        census = measure.each == "period_end"
        if measure.result in ("share", "count"):
            shares = {cell: (int(num or 0), int(den or num or 0)) for cell, (num, den, *_) in cells.items()}
            assert not attacks.by_subtraction(shares, hidden, census=census), name
        counts = {cell: (0, int(numbers[2] or 0)) for cell, numbers in cells.items()}
        assert not attacks.by_subtraction(counts, hidden, census=census), name
        if len(hidden) <= EXACT:
            alive = {cell: n for cell, n in counts.items() if any(cells[cell][:3]) or cell in hidden}
            assert not attacks.by_algebra(alive, hidden, census=census), name


WELLBEING = {"lonely": "lonely", "low_mood": "phq2"}
"""Measures around a wellbeing referral -> the answers that they are of."""


def around_first_contacts(extracts: Path, variable: str) -> dict[str, list[int]]:
    """Year -> how many answered on both sides of a first contact, with 3 or more before it, and after it; of files."""
    files = {"referrals": "wellbeing_referral", "answers": "assessment_answers", "forms": "assessment"}
    given = {name: str(extracts / f"luotsi_*_{table}_[0-9]*.parquet") for name, table in files.items()}
    rows = duckdb.execute(
        """
        WITH referral AS (SELECT DISTINCT referral_id, person, first_contact_at[:10]::date AS met
                          FROM read_parquet($referrals) WHERE first_contact_at IS NOT NULL),
        answer AS (SELECT person, assessed_on::date AS day, number::int AS points FROM read_parquet($answers)
                   JOIN read_parquet($forms) USING (assessment_id) WHERE variable = $variable),
        sides AS (SELECT met + INTERVAL 6 MONTH AS full_on,
                        max_by(points, day) FILTER (day BETWEEN met - INTERVAL 6 MONTH AND met) AS earlier,
                        max_by(points, day) FILTER (day > met AND day <= met + INTERVAL 6 MONTH) AS later
                 FROM referral JOIN answer USING (person) GROUP BY referral_id, met)
        SELECT year(full_on)::text, count(*), count(*) FILTER (earlier >= 3), count(*) FILTER (later >= 3)
        FROM sides WHERE earlier IS NOT NULL AND later IS NOT NULL GROUP BY 1
        """,
        {**given, "variable": variable},
    ).fetchall()
    return {year: counts for year, *counts in rows}


@pytest.mark.parametrize("measure", WELLBEING)
def test_loneliness_and_mood_around_a_wellbeing_referral_are_those_of_the_files(
    home: tuple[Path, Built], measure: str
) -> None:
    told, found = raw(home[0]), around_first_contacts(home[0] / "demonstration", WELLBEING[measure])
    years = [str(year) for year in range(YEARS[0], YEARS[1] + 1)]
    assert sum(found[year][0] for year in years) > 5
    for place, side in enumerate(("before", "after"), 1):
        cells = told[f"wellbeing_{measure}_{side}"]
        assert {year: cells[year, ""][:2] for year in years} == {
            year: (found[year][place], found[year][0]) for year in years
        }


def test_the_county_that_luotsi_up_makes_shows_loneliness_and_mood_around_wellbeing_referrals(tmp_path: Path) -> None:
    asked = (demonstration.RESIDENTS, demonstration.SEED, demonstration.YEARS)
    drawn = block(world(*asked, cuts_of(demonstration.YEARS, "few")), 0)
    for sheet in own.sheets(drawn):
        if sheet.table in ("wellbeing_referral", "assessment", "assessment_answers"):
            pq.write_table(pa.table(sheet.columns), tmp_path / f"luotsi_drawn_{sheet.table}_0.parquet")
    for variable in WELLBEING.values():
        shown = [
            all(SMALL <= count <= both - SMALL for count in counts)
            for year, (both, *counts) in around_first_contacts(tmp_path, variable).items()
            if int(year) <= demonstration.YEARS[1]
        ]
        assert sum(shown) >= 3


def test_the_wellbeing_referrals_that_were_planted_are_counted_and_their_measures_answer(
    home: tuple[Path, Built], county: County
) -> None:
    truth = json.loads((home[0] / "demonstration" / "truth.json").read_text("utf-8"))["counts"]
    years = [str(year) for year in range(YEARS[0], YEARS[1] + 1)]
    cells, opened = raw(home[0])["wellbeing_referrals"], luotsi.open(home[0])
    assert sum(cells[year, ""][0] for year in years) == truth["wellbeing_referrals"]
    small = {f"wellbeing_{name}_{side}" for name in WELLBEING for side in ("before", "after")}
    for measure in (name for name in county.measures if name.startswith("wellbeing_") and name not in small):
        assert [row for row in opened.ask(measure, by=["year"]).to_pylist() if row["value"] is not None], measure


def test_asking_the_release_gives_its_rows(home: tuple[Path, Built]) -> None:
    table = luotsi.open(home[0]).ask("contacts", by=["month"], period="2024")
    assert table.num_rows == 12
    year = luotsi.open(home[0]).ask("contacts", period="2024")
    assert sum(table["value"].to_pylist()) == year["value"].to_pylist()[0]


def test_a_question_as_of_the_last_day_gives_what_the_release_gives(home: tuple[Path, Built]) -> None:
    opened = luotsi.open(home[0])
    now = opened.ask("contacts", by=["year", "sex"])
    then = opened.ask("contacts", by=["year", "sex"], as_of=datetime.date(2025, 1, 31))
    assert then.to_pylist() == now.to_pylist()


def test_no_pseudonym_is_in_a_release(home: tuple[Path, Built]) -> None:
    with duckdb.connect(str(home[0] / "vault" / "luotsi.duckdb"), read_only=True) as con:
        known = [row[0] for row in con.execute("SELECT person_id FROM vault.hub_person").fetchall()]
    tables = [pq.read_table(path).to_pylist() for path in home[1].folder.glob("*.parquet")]
    words = {str(value) for rows in tables for row in rows for value in row.values()}
    files = [path.read_text("utf-8") for path in home[1].folder.rglob("*") if path.suffix in (".json", ".sql")]
    assert known
    assert all(PSEUDONYM.fullmatch(each) for each in known)
    assert not within("\n".join([*words, *files])) & {*known}


def within(text: str) -> set[str]:
    """Every run of characters of a text that may be a pseudonym, overlapping ones too."""
    return {found[1] for found in re.finditer(f"(?=({PSEUDONYM.pattern}))", text)}


def test_landing_loading_and_releasing_again_changes_no_number(
    home: tuple[Path, Built], county: County, tmp_path: Path
) -> None:
    again = tmp_path / "home"
    shutil.copytree(home[0], again)
    for name in sorted({each.source for each in lake.manifests(again)}):
        assert not [each for each in landing.land(again, county, name, [again / "demonstration"]) if each.manifests]
    built = build(again, county)
    assert not built.reports
    assert (built.folder / "results.parquet").read_bytes() == (home[1].folder / "results.parquet").read_bytes()


def test_a_day_in_the_past_is_answered_by_what_was_known_then(home: tuple[Path, Built], county: County) -> None:
    first = min(each.created_at for each in lake.manifests(home[0]) if each.table == "kaynti")
    then, now = (
        sum(row["value"] for row in release.ask(home[0], county, "contacts", as_of=day).to_pylist())
        for day in (first.date(), None)
    )
    assert 0 < then < now


def test_the_staff_of_care_homes_is_near_the_least_the_law_allows(home: tuple[Path, Built]) -> None:
    years = luotsi.open(home[0]).ask("staffing_ratio").to_pylist()
    assert all(0.5 < row["value"] < 0.75 for row in years)


def test_two_extracts_of_a_single_year_land_without_a_refusal(county: County, tmp_path: Path) -> None:
    written = synth.write(tmp_path / "extracts", county, residents=900, years=(2024, 2024))
    landed = [
        each
        for source in ("lifecare", "mediatri", "pegasos", "social")
        for each in landing.land(tmp_path / "home", county, source, [written.folder / f"{source}_*"])
    ]
    days = {manifest.created_at.date() for each in landed for manifest in each.manifests}
    assert days >= {datetime.date(2024, 11, 1), datetime.date(2025, 1, 1)}
    assert not [each.error for each in landed if each.error]


def identifying(home: Path) -> set[str]:
    """Every value of the identity store that is long enough not to be met by chance."""
    found: set[str] = set()
    for each in lake.manifests(home):
        for part in ("identifiers", "values"):
            table = identity.read(home, each.source, each.table, each.extract, part)
            for name in set(table.column_names) - {"_line", "pseudonym", "system"}:
                found |= {str(value) for value in table[name].to_pylist() if value and len(str(value)) >= 5}
    return found


def test_no_file_of_the_engine_but_the_identity_store_holds_an_identifying_value(home: tuple[Path, Built]) -> None:
    secrets = identifying(home[0])
    assert len(secrets) > RESIDENTS
    leaks: Counter[str] = Counter()
    for path in [*(home[0] / "lake").rglob("*.parquet"), *(home[0] / "releases").rglob("*.parquet")]:
        table = pq.read_table(path)
        for name in table.column_names:
            leaks[f"{path} {name}"] += len(secrets & {str(each) for each in table[name].unique().to_pylist()})
    with duckdb.connect(str(home[0] / "vault" / "luotsi.duckdb"), read_only=True) as con:
        columns = "SELECT table_schema, table_name, column_name FROM information_schema.columns"
        for schema, name, column in con.execute(f"{columns} WHERE data_type = 'VARCHAR'").fetchall():
            values = con.execute(f'SELECT DISTINCT "{column}" FROM "{schema}"."{name}"').fetchall()
            leaks[f"{schema}.{name}.{column}"] += len(secrets & {value for (value,) in values})
    assert not +leaks


def leaves(value: Any) -> Iterator[str]:
    """Every text and number within a value, however deep."""
    if isinstance(value, dict):
        yield from leaves([*value.keys(), *value.values()])
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    else:
        yield str(value)


def test_nothing_but_suppressed_results_reaches_the_database_of_the_web(home: tuple[Path, Built], db: None) -> None:
    publish(home[0])
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = [each.name for each in connection.introspection.get_table_description(cursor, table)]
            cursor.execute(" UNION ALL ".join(f'SELECT DISTINCT to_jsonb("{each}") FROM "{table}"' for each in columns))
            values = [json.loads(value) for (value,) in cursor.fetchall() if value is not None]
            found[table] = {text for value in values for text in leaves(value)}
        cursor.execute("SELECT count(*) FROM results_result")
        assert cursor.fetchone() == (pq.read_metadata(home[1].folder / "results.parquet").num_rows,)
    with duckdb.connect(str(home[0] / "vault" / "luotsi.duckdb"), read_only=True) as con:
        pseudonyms = {row[0] for row in con.execute("SELECT person_id FROM vault.hub_person").fetchall()}
    secrets = identifying(home[0])
    assert len(pseudonyms) >= RESIDENTS
    assert all(PSEUDONYM.fullmatch(each) for each in pseudonyms)
    assert "contacts" in found["results_definition"]
    assert {table: len(secrets & texts) for table, texts in found.items() if secrets & texts} == {}
    assert not pseudonyms & within("\n".join(found["results_definition"]))
    assert not {table for table, texts in found.items() if pseudonyms & texts}
    hidden = {(name, *cell) for name, cells in raw(home[0]).items() for cell, numbers in cells.items() if numbers[3]}
    shown = {(each.series.name, each.period, each.series.group) for each in told()}
    assert hidden
    assert not hidden & shown


def told() -> Iterable[Result]:
    """The numbers of measures that the web shows."""
    return Result.objects.filter(series__kind="measure", suppressed=False).select_related("series")
