import csv
import datetime
import hashlib
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County, read_county
from luotsi.synth import Summary, wards, write
from luotsi.synth.block import block, world
from luotsi.synth.parts import Run, make
from luotsi.synth.writing import cuts_of

COUNTY = Path(__file__).parents[4] / "county"
YEARS = (2020, 2021)


@cache
def county() -> County:
    content, faults = read_county(COUNTY)
    assert not [fault for fault in faults if "sources" in fault.file]
    return content


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return write(tmp_path_factory.mktemp("made") / "out", county(), residents=1_500, years=YEARS)


def rows_of(path: Path) -> list[dict[str, str]]:
    said = json.loads(path.with_name(path.name + ".manifest.json").read_text())
    with path.open(encoding=said["encoding"], newline="") as stream:
        return list(csv.DictReader(stream, delimiter=said["delimiter"]))


def files(made: Summary, pattern: str) -> list[Path]:
    return sorted(path for path in made.folder.glob(pattern) if path.suffix == ".csv")


def test_equal_arguments_give_equal_bytes_and_another_seed_gives_others(made: Summary, tmp_path: Path) -> None:
    again = write(tmp_path / "again", county(), residents=1_500, years=YEARS)
    other = write(tmp_path / "other", county(), residents=1_500, years=YEARS, seed=2)
    assert {path.name: digest(path) for path in again.folder.iterdir()} == {
        path.name: digest(path) for path in made.folder.iterdir()
    }
    name = "lifecare_jyvaskyla_kaynti_20210701_delta.csv"
    assert digest(other.folder / name) != digest(made.folder / name)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_block_is_the_same_whatever_was_made_before_it(tmp_path: Path) -> None:
    run = Run(9_000, 1, (2021, 2021), cuts_of((2021, 2021), "few"))
    alone = make(run, ("block", 2), tmp_path / "alone")
    make(run, ("block", 0), tmp_path / "before")
    after = make(run, ("block", 2), tmp_path / "after")
    assert alone.path.read_bytes() == after.path.read_bytes()
    assert alone.counts == after.counts


def test_two_processes_write_the_same_bytes_as_one(tmp_path: Path) -> None:
    one = write(tmp_path / "one", county(), residents=8_000, years=(2021, 2021), processes=1)
    two = write(tmp_path / "two", county(), residents=8_000, years=(2021, 2021), processes=2)
    names = sorted(path.name for path in one.folder.iterdir())
    assert names == sorted(path.name for path in two.folder.iterdir())
    assert all(digest(one.folder / name) == digest(two.folder / name) for name in names)


def test_a_county_that_ends_before_mediatri_does_has_mediatri_in_use_to_its_last_day(tmp_path: Path) -> None:
    made = write(tmp_path / "out", county(), residents=1_500, years=(2024, 2024), until=datetime.date(2024, 3, 31))
    books = "20250115"  # the ledger closes a year when it is over
    assert {path.stem.split("_")[3] for path in files(made, "*_*_*.csv")} == {"20240401", books}
    (contacts,) = files(made, "mediatri_saarikka_palvelutapahtuma_*.csv")
    days = {row["Muokattu"].split(" ")[0] for row in rows_of(contacts)}
    assert {day.split("/")[1] for day in days if day} == {"01", "02", "03"}, sorted(days)[:5]


def test_a_last_day_outside_the_years_is_refused_with_the_days_that_would_do(tmp_path: Path) -> None:
    for day in (datetime.date(2024, 1, 30), datetime.date(2025, 1, 1)):
        with pytest.raises(UserError, match=f"The last day {day} must be between 2024-01-31 and the end of 2024"):
            write(tmp_path / "out", county(), residents=1_500, years=(2024, 2024), until=day)


class Unlucky(np.random.Generator):
    """Draws what one of many millions meets."""

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        return np.full(size, loc + 6 * scale)


def test_nobody_of_a_whole_country_waits_for_decades() -> None:
    shared = world(4_000, 1, (2024, 2024), cuts_of((2024, 2024), "year"))
    everyone = block(shared, 0).people
    drawn = wards.referrals(everyone, shared.places, shared.calendar, Unlucky(np.random.PCG64(1)))
    longest = (drawn["ended"] - drawn["handled"])[drawn["reason"] != 4].max() / 1440
    assert longest == wards.LONGEST + 1


def test_every_table_of_the_finnish_sources_is_written(made: Summary) -> None:
    written = {(path.name.split("_")[0], path.name.split("_")[2]) for path in files(made, "*_*_*.csv")}
    sources = {source for source, _ in written}
    assert len(sources) == 12
    assert written == {(name, table) for name in sources for table in county().sources[name].tables}


def test_headings_are_those_the_source_declares(made: Summary) -> None:
    for path in files(made, "*_*_*.csv"):
        said = json.loads(path.with_name(path.name + ".manifest.json").read_text())
        record = county().sources[said["source"]]
        assert said["encoding"] in record.format.encoding
        assert said["delimiter"] == record.format.delimiter
        heading = path.read_bytes().splitlines()[0].decode(said["encoding"]).split(said["delimiter"])
        columns = record.tables[said["table"]].columns
        for name, column in columns.items():
            assert any(each in heading for each in (name, *column.also)), f"{path.name} lacks {name}"


def test_manifests_tell_the_rows_and_the_digest(made: Summary) -> None:
    total = 0
    for path in files(made, "*_*_*.csv"):
        said = json.loads(path.with_name(path.name + ".manifest.json").read_text())
        assert said["sha256"] == digest(path)
        assert said["rows"] == path.read_bytes().count(b"\n") - 1
        total += said["rows"]
    for path in made.folder.glob("*.parquet"):
        said = json.loads(path.with_name(path.name + ".manifest.json").read_text())
        assert said["sha256"] == digest(path)
        assert said["rows"] == pq.read_metadata(path).num_rows
        total += said["rows"]
    assert total == made.rows


OWN = {"wellbeing_referral", "work_item", "assessment", "assessment_answers", "feedback", "feedback_invitation"}
OWN |= {"service_entry", "service_check"}


def own(made: Summary, table: str) -> list[dict[str, str | None]]:
    paths = sorted(made.folder.glob(f"luotsi_demonstration_{table}_2*.parquet"))
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def test_our_own_events_come_as_parquet_with_the_columns_that_the_source_declares(made: Summary) -> None:
    tables = county().sources["luotsi"].tables
    for table in OWN:
        rows = own(made, table)
        assert rows
        assert set(rows[0]) <= set(tables[table].columns)
        assert {name for name, column in tables[table].columns.items() if column.required} <= set(rows[0])
        assert not [row for row in rows if "" in row.values()]


def test_a_check_of_the_directory_is_of_an_entry_that_is_there_on_that_day(made: Summary) -> None:
    rows = sorted(own(made, "service_entry"), key=lambda each: str(each["changed_at"]))
    entries = {row["entry_id"]: row for row in rows}
    checks = own(made, "service_check")
    assert len(checks) > len(entries)
    for each in checks:
        entry, day = entries[each["service_entry"]], str(each["checked_on"])
        assert str(entry["added_at"])[:10] <= day < (entry["removed_at"] or "9")[:10]


def test_a_referral_knows_nothing_of_what_comes_later(made: Summary) -> None:
    times = ("made_at", "sent_at", "accepted_at", "first_contact_at", "closed_at")
    rows = own(made, "wellbeing_referral")
    assert {row["state"] for row in rows} >= {"draft", "sent", "accepted", "met", "closed", "declined"}
    for row in rows:
        assert max(row[time] or "" for time in times) <= str(row["changed_at"])
        assert bool(row["outcome"]) == (row["state"] == "closed")
    by_state = {state: [row for row in rows if row["state"] == state] for state in ("sent", "closed")}
    assert {row["referral_id"] for row in by_state["closed"]} < {row["referral_id"] for row in by_state["sent"]}


def test_the_wellbeing_that_a_referral_tells_is_that_which_the_person_answered_on_that_day(made: Summary) -> None:
    forms = {row["assessment_id"]: row for row in own(made, "assessment")}
    answers = {
        (forms[row["assessment_id"]]["person"], forms[row["assessment_id"]]["assessed_on"], row["number"])
        for row in own(made, "assessment_answers")
        if row["variable"] == "who5"
    }
    moments = (("first_contact_at", "who5_before"), ("closed_at", "who5_after"))
    told = {
        (row["person"], str(row[at])[:10], row[value])
        for row in own(made, "wellbeing_referral")
        for at, value in moments
        if row[value]
    }
    assert answers
    assert answers <= told


def test_each_planted_fault_stands_on_the_line_the_truth_gives(made: Summary) -> None:
    lines: dict[str, list[str]] = {}
    found: Counter[str] = Counter()
    with (made.folder / "truth.csv").open(newline="") as stream:
        for fault in csv.DictReader(stream):
            path = made.folder / fault["file"]
            said = json.loads(path.with_name(path.name + ".manifest.json").read_text())
            if fault["file"] not in lines:
                lines[fault["file"]] = path.read_text(said["encoding"]).splitlines()
            line = lines[fault["file"]][int(fault["line"]) - 1]
            assert line.split(said["delimiter"])[0] == fault["key"]
            if fault["fault"] == "unknown_code":
                assert "QQ9" in line
            if fault["fault"] == "ragged":
                assert line.count(said["delimiter"]) == lines[fault["file"]][0].count(said["delimiter"]) - 2
            found[fault["fault"]] += 1
    assert set(found) >= {"duplicate", "late", "correction", "deletion", "ragged", "impossible_date", "wrong_check"}
    assert {f"fault.{name}": number for name, number in found.items()} == {
        name: number for name, number in made.counts.items() if name.startswith("fault.")
    }


def test_true_number_of_contacts_is_what_careful_reading_of_the_files_gives(made: Summary) -> None:
    broken: set[tuple[str, str]] = set()
    with (made.folder / "truth.csv").open(newline="") as stream:
        for fault in csv.DictReader(stream):
            if fault["fault"] in ("ragged", "impossible_date", "unknown_code"):
                broken.add((fault["file"], fault["key"]))
    state: dict[tuple[str, str], bool] = {}
    for pattern, key, held in (
        ("lifecare_*_kaynti_*", "KAYNTI_ID", lambda row: row["TILA"] == "7" and row["POISTETTU"] != "K"),
        ("lifecare_*_siirtokaynti_*", "VANHA_ID", lambda row: row["TILA"] == "7"),
        ("pegasos_*_tapahtuma_*", "tapnro", lambda row: row["tila"] == "T" and row["tietue"] != "D"),
        ("mediatri_*_palvelutapahtuma_*", "TapahtumaTunnus", lambda row: row["Tila"] == "Toteutunut"),
        ("callcentre_*_calls_*", "call_id", lambda row: True),
        ("callcentre_*_chats_*", "chat_id", lambda row: True),
    ):
        for path in files(made, pattern):
            system = "mediatri" if "siirto" in pattern else path.name.split("_")[0] + path.name.split("_")[1]
            system = "mediatri" if system.startswith("mediatri") else system
            for row in rows_of(path):
                if (path.name, row[key]) in broken:
                    continue
                known = (system, row[key])
                gone = row.get("POISTETTU") == "K" or row.get("tietue") == "D"
                state[known] = held(row) and (not gone) and state.get(known, True)
    assert sum(state.values()) == made.counts["contacts"]


def test_migrated_visits_carry_the_numbers_the_old_system_gave_them(made: Summary) -> None:
    old = {row["TapahtumaTunnus"] for path in files(made, "mediatri_*_palvelutapahtuma_*") for row in rows_of(path)}
    again = {row["VANHA_ID"] for path in files(made, "lifecare_*_siirtokaynti_*") for row in rows_of(path)}
    assert again
    assert again <= old


def test_planted_faults_come_at_about_their_known_rates(made: Summary) -> None:
    visits = sum(len(rows_of(path)) for path in files(made, "lifecare_*_kaynti_*"))
    assert made.counts["lifecare.kaynti.duplicate"] / visits == pytest.approx(0.02, abs=0.004)
    assert made.counts["lifecare.kaynti.no_professional"] / visits == pytest.approx(0.04, abs=0.006)
    tests = [row for path in files(made, "lifecare_*_laboratorio_*") for row in rows_of(path)]
    hba1c = [row for row in tests if row["TUTKIMUS"] in ("6128", "6591") and row["ARVO"]]
    bare = sum(not row["YKSIKKO_MITTA"] for row in hba1c) / len(hba1c)
    percent = sum(row["YKSIKKO_MITTA"] == "%" for row in hba1c) / len(hba1c)
    assert bare == pytest.approx(0.24, abs=0.08)
    assert percent == pytest.approx(0.045, abs=0.03)


def test_contacts_dip_in_the_pandemic_spring_and_are_few_on_weekends(made: Summary) -> None:
    months: Counter[str] = Counter()
    weekdays: Counter[bool] = Counter()
    for path in files(made, "lifecare_*_kaynti_*"):
        for row in rows_of(path):
            if row["PALVELUMUOTO"] in ("T11", "T60") and row["YHTEYSTAPA"] == "R10" and row["ALKOI"]:
                day, month, year = row["ALKOI"][:10].split(".")
                months[f"{year}-{month}"] += 1
                if row["ALKOI"] != "31.02.2021 10:00":
                    weekdays[bool(np.is_busday(f"{year}-{month}-{day}"))] += 1
    assert months["2020-04"] < 0.8 * months["2021-04"]
    assert weekdays[False] < 0.05 * weekdays[True]


def test_a_total_row_ends_each_ledger_file_and_headings_change_by_year(made: Summary) -> None:
    headings: set[str] = set()
    for path in files(made, "ledger_*_tapahtumat_*"):
        lines = path.read_text("latin-1").splitlines()
        headings.add(lines[0])
        amounts = [line.split(";")[6].replace(" ", "").replace(",", ".") for line in lines[1:]]
        assert sum(map(float, amounts[:-1])) == pytest.approx(float(amounts[-1]), abs=0.01)
        assert lines[-1].startswith(";;;;;;")
    assert len(headings) == len(range(YEARS[0], YEARS[1] + 1))


def test_a_folder_with_files_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty"):
        write(tmp_path, county(), residents=1_000)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_years_that_run_backwards_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="run backwards"):
        write(tmp_path / "out", county(), residents=1_000, years=(2024, 2020))
