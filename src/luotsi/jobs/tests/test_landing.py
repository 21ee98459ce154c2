"""Files of a source through its connector into the lake: what lands, what is noticed, what is refused."""

from __future__ import annotations

import gzip
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from luotsi.concepts.errors import UserError
from luotsi.engine import vault
from luotsi.engine.lake import Manifest, manifests
from luotsi.engine.lake.keys import derived
from luotsi.engine.lake.pseudonyms import pseudonym
from luotsi.jobs.landing import Landed, land
from luotsi.jobs.tests.fabricated import SOURCE, contacts, county, hetu, manifest, quarantine, rows, sound, tree

TABLES = SOURCE["tables"]


class Clinic:
    """A home, a county and an inbox."""

    def __init__(self, root: Path) -> None:
        self.root, self.home, self.inbox = root, root / "home", root / "inbox"
        self.county = county(root / "county")

    def land(self, *paths: Path, **words: Any) -> list[Landed]:
        return land(self.home, self.county, "clinic", paths, **words)

    def lands(self, path: Path, **words: Any) -> Manifest:
        (landed,) = self.land(path, **words)
        assert landed.error is None, landed.error
        return landed.manifests[0]

    def refuses(self, path: Path, **words: Any) -> str:
        """The sentence of a refusal, which changed nothing."""
        before = tree(self.home)
        (landed,) = self.land(path, **words)
        assert landed.error is not None
        assert tree(self.home).keys() - before.keys() <= {"keys/county.key"}
        assert {name: data for name, data in tree(self.home).items() if name in before} == before
        return landed.error


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return Clinic(tmp_path)


def test_a_sound_file_lands_whole_with_record_numbers_and_pseudonyms(clinic: Clinic) -> None:
    landed = clinic.lands(contacts(clinic.inbox, sound(3)))
    key = derived(clinic.home, "pseudonym")
    found = rows(clinic.home, landed, "_line, ID, PATIENT, NOTE")
    assert found == [(2 + n, str(n), pseudonym(key, "hetu", hetu(n)), "ok") for n in range(3)]
    assert (landed.rows_sent, landed.rows_landed, landed.rows_quarantined) == (3, 3, 0)
    assert (landed.instance, landed.delivery, landed.created_at) == ("north", "delta", datetime(2024, 1, 2))
    assert landed.extract == f"20240102T000000-{landed.sha256[:12]}"
    assert landed.unusual == ()


def test_landing_the_same_file_twice_adds_nothing(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, sound(3))
    clinic.lands(path)
    before = tree(clinic.home)
    assert clinic.land(path) == [Landed(path)]
    assert tree(clinic.home) == before


def test_the_same_bytes_for_a_later_time_are_news(clinic: Clinic) -> None:
    first = clinic.lands(contacts(clinic.inbox, sound(3)))
    clinic.lands(contacts(clinic.inbox, sound(4), day=20240103))
    assert clinic.lands(contacts(clinic.inbox, sound(3), day=20240104)).sha256 == first.sha256


def test_a_file_whose_time_is_only_guessed_is_known_by_its_bytes(clinic: Clinic) -> None:
    clinic.county = county(
        clinic.root / "county", tables={"contacts": {**TABLES["contacts"], "files": ["visits*.csv"]}}
    )
    path = contacts(clinic.inbox, sound(3)).rename(clinic.inbox / "visits.csv")
    assert clinic.refuses(path).endswith("--delivery full or --delivery delta.")
    landed = clinic.lands(path, delivery="full")
    assert (landed.instance, landed.delivery) == ("clinic", "full")
    os.utime(path, (0, 0))
    assert clinic.land(path, delivery="full") == [Landed(path)]


def test_the_same_bytes_of_two_instances_land_twice(clinic: Clinic) -> None:
    clinic.lands(contacts(clinic.inbox, []))
    clinic.lands(contacts(clinic.inbox, [], instance="south"))
    assert {each.instance for each in manifests(clinic.home)} == {"north", "south"}


def test_a_pseudonym_is_the_same_for_every_spelling_of_a_code_and_in_every_table(clinic: Clinic) -> None:
    path = clinic.inbox / "clinic_north_persons_20240102_full.csv"
    code = hetu(5)
    contact = clinic.lands(contacts(clinic.inbox, [f"1;{code.lower()};x", f"2; {code} ;x", "3;;x"]))
    path.write_text(f"LOCAL;HETU;BORN;NAME;STREET;NUMBER\n7;{code};1.1.2000;Aino;Katu;1\n", "utf-8")
    person = clinic.lands(path)
    found = [row[0] for row in rows(clinic.home, contact, "PATIENT")]
    assert found == [*rows(clinic.home, person, "HETU")[0] * 2, None]
    assert rows(clinic.home, person, "LOCAL") != rows(clinic.home, person, "HETU")
    assert person.columns == ("LOCAL", "HETU", "BORN")


def test_a_person_code_with_a_wrong_check_character_goes_to_quarantine(clinic: Clinic) -> None:
    wrong = hetu(1)[:-1] + ("A" if hetu(1)[-1] != "A" else "B")
    landed = clinic.lands(contacts(clinic.inbox, [*sound(2), f"9;{wrong};x", f"10;{hetu(4)};x", "11;nonsense;x"]))
    assert [row[0] for row in rows(clinic.home, landed, "_line")] == [2, 3, 5]
    assert quarantine(clinic.home, landed) == [(4, "PATIENT", "wrong check character"), (6, "PATIENT", "wrong form")]
    assert (landed.rows_sent, landed.rows_quarantined) == (5, 2)
    assert "went to quarantine" in landed.unusual[0]


def test_the_key_of_a_row_in_quarantine_is_kept_where_it_can_be_read(clinic: Clinic) -> None:
    landed = clinic.lands(contacts(clinic.inbox, [*sound(9), "9;nonsense;secret", "10;too;many;columns"]))
    path = clinic.home / "lake/clinic/contacts" / landed.extract / "quarantine_keys.parquet"
    assert duckdb.sql(f"FROM read_parquet('{path}')").columns == ["_line", "ID"]
    assert duckdb.sql(f"FROM read_parquet('{path}')").fetchall() == [(11, "9"), (12, None)]


def test_a_person_whose_row_is_in_quarantine_is_not_taken_for_deleted(clinic: Clinic) -> None:
    def person(number: int, code: str) -> str:
        return f"{number};{code};2000-01-01;n;s;1"

    def alive() -> int:
        vault.load(clinic.home, clinic.county)
        with vault.open_vault(clinic.home, read_only=True) as con:
            (told,) = (each for each in vault.tables(clinic.county) if each.name.endswith("persons__sensitive"))
            return len(con.execute(vault.state_of(told)).fetchall())

    heading, codes = "LOCAL;HETU;BORN;NAME;STREET;NUMBER", [person(n, hetu(n)) for n in range(10)]
    found: list[int] = []
    for day, broken in enumerate(("", person(0, "nonsense"), "x;a row cut short", ""), 1):
        path = clinic.inbox / f"clinic_north_persons_2024010{day}_full.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([heading, *codes[min(day - 1, 1) :], *([broken] if broken else [])]) + "\n", "utf-8")
        clinic.lands(path)
        found.append(alive())
    assert found == [10, 10, 10, 9]


BROKEN = {
    "ragged": "2;too few",
    "long": "2;a;b;c",
    "quote": '2;"never closed;x',
    "after": '2;"closed"again;x',
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_row_goes_to_quarantine_and_every_other_row_lands(clinic: Clinic, line: str) -> None:
    more = [f'{n};{hetu(n)};"two\nlines"' for n in range(5)]
    landed = clinic.lands(contacts(clinic.inbox, [*more, line, "", *sound(300, start=10)]))
    numbers = [row[0] for row in rows(clinic.home, landed, "_line")]
    assert quarantine(clinic.home, landed)[0][0] == 7
    assert numbers == [*range(2, 7), *range(9, 309)]
    assert landed.rows_sent == 306


def test_a_row_with_wrong_bytes_goes_to_quarantine(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, [f"{n};{hetu(n)};ää" for n in range(50)])
    data = path.read_bytes().split(b"\n")
    data[7] = data[7].replace("ä".encode(), b"\xe4")
    path.write_bytes(b"\n".join(data))
    landed = clinic.lands(path)
    assert quarantine(clinic.home, landed) == [(8, None, "bytes that are not in the encoding of the file")]
    assert landed.rows_landed == 49


def test_a_file_in_the_wrong_encoding_is_refused(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, [f"{n};{hetu(n)};ää" for n in range(50)])
    path.write_bytes(path.read_text("utf-8").encode("latin-1"))
    assert "is not UTF-8" in clinic.refuses(path)


def test_a_text_encoded_twice_is_refused(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, [f"{n};{hetu(n)};ää" for n in range(50)])
    path.write_bytes(path.read_bytes().decode("latin-1").encode("utf-8"))
    assert "Ã¤" in clinic.refuses(path)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-8-sig"])
def test_a_file_in_another_of_the_agreed_encodings_lands_and_that_is_said(clinic: Clinic, encoding: str) -> None:
    clinic.county = county(
        clinic.root / "county", format={"delimiter": ";", "encoding": ["utf-8", "latin-1", "utf-16"]}
    )
    text = "–" if encoding == "cp1252" else "öä"
    path = contacts(clinic.inbox, [f"{n};{hetu(n)};{text}" for n in range(10)])
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    landed = clinic.lands(path)
    assert {row[0] for row in rows(clinic.home, landed, "NOTE")} == {text}
    assert bool(landed.unusual) == (encoding != "utf-8-sig")


def test_a_renamed_required_column_is_refused_with_where_to_mend_it(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, sound(3))
    path.write_text(path.read_text("utf-8").replace("ID;PATIENT", "ID;CLIENT"), "utf-8")
    sentence = clinic.refuses(path)
    assert "required column PATIENT is missing" in sentence
    assert "no column claims: CLIENT" in sentence
    line = clinic.county.line("sources", "clinic", "tables", "contacts", "columns", "PATIENT")
    assert f"clinic.yaml line {line}" in sentence


def test_headings_are_matched_through_white_space_line_breaks_and_other_names(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, sound(2))
    path.write_text(path.read_text("utf-8").replace("ID;PATIENT", '"Contact\n  id "; patient '), "utf-8")
    landed = clinic.lands(path)
    assert [row[0] for row in rows(clinic.home, landed, "ID")] == ["0", "1"]
    assert landed.columns == ("ID", "PATIENT", "NOTE")


def test_an_absent_column_lands_empty_and_an_undeclared_one_is_named(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, sound(2))
    path.write_text(path.read_text("utf-8").replace("NOTE", "REMARK"), "utf-8")
    landed = clinic.lands(path)
    assert rows(clinic.home, landed, "NOTE") == [(None,), (None,)]
    assert landed.undeclared == ("REMARK",)
    assert any("NOTE is not in the file" in each for each in landed.unusual)
    assert any("REMARK" in each for each in landed.unusual)


def test_a_code_in_free_text_stops_the_landing(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, [*sound(3), f"4;{hetu(4)};mother {hetu(8)} came along"])
    assert "NOTE holds what looks like a personal identity code, record 5" in clinic.refuses(path)


def test_an_empty_full_extract_is_refused_and_an_empty_delta_lands(clinic: Clinic) -> None:
    assert "without rows" in clinic.refuses(contacts(clinic.inbox, [], kind="full"))
    assert clinic.lands(contacts(clinic.inbox, [])).rows_sent == 0


def test_a_file_without_even_a_heading_is_refused(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, [])
    path.write_bytes(b"")
    assert "is empty" in clinic.refuses(path)


def test_a_tenfold_extract_is_refused_unless_it_is_accepted(clinic: Clinic) -> None:
    for day in range(1, 4):
        clinic.lands(contacts(clinic.inbox, sound(10, start=day * 10), day=20240100 + day))
    path = contacts(clinic.inbox, sound(100), day=20240105)
    assert "100 rows, where 10 are usual: 10-fold" in clinic.refuses(path)
    assert clinic.lands(path, accept_unusual=True).rows_sent == 100


def test_a_full_extract_that_would_delete_most_is_refused_and_a_small_delta_lands(clinic: Clinic) -> None:
    clinic.lands(contacts(clinic.inbox, sound(100), kind="full"))
    assert "would delete most" in clinic.refuses(contacts(clinic.inbox, sound(19), day=20240103, kind="full"))
    clinic.lands(contacts(clinic.inbox, sound(100, start=200)))
    assert "usual" in clinic.lands(contacts(clinic.inbox, sound(3), day=20240103)).unusual[0]


def test_a_file_cut_short_of_its_manifest_is_refused(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, sound(10))
    manifest(path, rows=11)
    assert "has 10 rows, its manifest says 11" in clinic.refuses(path)
    manifest(path, rows=10)
    path.write_bytes(path.read_bytes()[:-5])
    assert "sha256 differs" in clinic.refuses(path)


def test_rows_in_quarantine_count_as_sent(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, [*sound(5), "broken", '6;"x', *sound(5, start=10)])
    manifest(path, rows=12, created_at="2024-01-02T04:05:06", delivery="full")
    landed = clinic.lands(path)
    assert (landed.rows_landed, landed.rows_quarantined) == (10, 2)
    assert (landed.created_at, landed.delivery) == (datetime(2024, 1, 2, 4, 5, 6), "full")


def test_a_source_that_must_send_manifests_is_held_to_it(clinic: Clinic) -> None:
    clinic.county = county(clinic.root / "county", manifest="required")
    path = contacts(clinic.inbox, sound(2))
    assert "has no manifest beside it" in clinic.refuses(path)
    manifest(path, source="another")
    assert "speaks of the source another" in clinic.refuses(path)
    manifest(path, rows=2)
    assert clinic.lands(path).rows_sent == 2


def test_a_compressed_file_lands_and_a_cut_one_is_refused(clinic: Clinic) -> None:
    plain = contacts(clinic.inbox, sound(5000))
    path = plain.with_name(plain.name + ".gz")
    path.write_bytes(gzip.compress(plain.read_bytes())[:-2000])
    assert "is cut" in clinic.refuses(path)
    path.write_bytes(gzip.compress(plain.read_bytes()))
    assert clinic.lands(path).rows_landed == 5000


def test_a_file_that_is_mostly_broken_is_refused(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, [*sound(10), *["broken"] * 30])
    assert "30 of 40 rows cannot be read" in clinic.refuses(path)


def test_a_wrong_separator_is_told(clinic: Clinic) -> None:
    path = contacts(clinic.inbox, sound(3))
    path.write_text(path.read_text("utf-8").replace(";", ","), "utf-8")
    assert "separated by ';'" in clinic.refuses(path)


def test_a_folder_lands_by_day_and_a_refused_file_stops_no_other(clinic: Clinic) -> None:
    for day in (20240103, 20240101, 20240102):
        contacts(clinic.inbox, sound(3, start=day % 100), day=day)
    (clinic.inbox / "clinic_north_contacts_20240102_delta.csv").write_bytes(b"A;B\n1;2\n")
    (clinic.inbox / "readme.txt").write_text("not of a table", "utf-8")
    results = clinic.land(clinic.inbox)
    assert [each.error is None for each in results] == [True, False, True]
    assert [each.created_at.day for each in manifests(clinic.home)] == [1, 3]


def test_a_pattern_finds_files_and_one_that_finds_none_is_told(clinic: Clinic) -> None:
    contacts(clinic.inbox, sound(3))
    assert len(clinic.land(clinic.inbox / "*_contacts_*.csv")) == 1
    with pytest.raises(UserError, match="There is no file"):
        clinic.land(clinic.inbox / "*.parquet")


def test_a_file_that_may_not_be_read_is_told(clinic: Clinic) -> None:
    path = clinic.inbox / "clinic_north_contacts_20240102_delta.csv"
    clinic.inbox.mkdir()
    path.symlink_to(clinic.inbox / "gone")
    with pytest.raises(UserError, match="There is no file"):
        clinic.land(path)
    folder = clinic.inbox / "clinic_north_contacts_20240103_delta.csv"
    folder.mkdir()
    with pytest.raises(UserError, match="No file in"):
        clinic.land(folder)
