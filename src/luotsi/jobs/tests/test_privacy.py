"""Who people are is written to the encrypted store alone: every file below a home is searched for it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from luotsi.concepts.errors import UserError
from luotsi.engine.lake import Manifest, identity
from luotsi.jobs.landing import land
from luotsi.jobs.tests.fabricated import contacts, county, hetu, sound, tree

COUNT = 300
WRONG = hetu(77)[:-1] + ("A" if hetu(77)[-1] != "A" else "B")
SECRETS = {
    "name": "Aleksanteri Öhman-",
    "street": "Salakatu",
    "local id": "LOCALID",
    "code": "-9",
    "undeclared": "undeclaredsecret",
    "broken row": "brokensecret",
    "wrong code": WRONG,
}


def persons(folder: Path) -> Path:
    """A file with names, addresses, codes, a broken row, a row with a wrong code, and a column no one declared."""
    lines = ["LOCAL;HETU;BORN;NAME;STREET;NUMBER;EXTRA"]
    for n in range(COUNT):
        lines.append(f"LOCALID{n};{hetu(n)};1.1.2000;Aleksanteri Öhman-{n};Salakatu;{n};undeclaredsecret{n}")
    lines.insert(50, "brokensecret;row")
    lines.append(f"LOCALID999;{WRONG};1.1.2000;Aleksanteri Öhman-999;Salakatu;999;undeclaredsecret999")
    path = folder / "clinic_north_persons_20240102_full.csv"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def landed(home: Path, tmp_path: Path) -> Manifest:
    results = land(home, county(tmp_path / "county"), "clinic", [persons(tmp_path), contacts(tmp_path, sound(COUNT))])
    assert [each.error for each in results] == [None, None]
    return next(each for result in results for each in result.manifests if each.table == "persons")


def test_no_identifying_value_is_in_any_open_file(home: Path, tmp_path: Path) -> None:
    landed(home, tmp_path)
    codes = [hetu(n).encode() for n in range(COUNT)]
    for name, data in tree(home).items():
        values = data
        if name.endswith(".parquet") and not name.startswith("identity"):
            table = pq.read_table(home / name)
            values += "\n".join(str(value) for column in table.columns for value in column.to_pylist()).encode()
        assert not [code for code in codes if code in values], name
        for what, secret in SECRETS.items():
            if what != "code":
                assert secret.encode() not in values, (name, what)


def test_the_search_would_find_what_it_looks_for(home: Path, tmp_path: Path) -> None:
    sent = persons(tmp_path).read_bytes()
    assert all(secret.encode() in sent for secret in SECRETS.values())
    assert gzip.compress(sent) != sent


def test_the_encrypted_store_gives_everything_back_with_the_key(home: Path, tmp_path: Path) -> None:
    made = landed(home, tmp_path)
    where = (home, "clinic", "persons", made.extract)
    values = sorted(identity.read(*where).to_pylist(), key=lambda row: row["_line"])
    assert len(values) == COUNT
    assert values[0] == {"_line": 2, "NAME": "Aleksanteri Öhman-0", "STREET": "Salakatu", "NUMBER": "0"}
    assert [row["_line"] for row in values] == [*range(2, 51), *range(52, COUNT + 3)]
    known = {
        (row["system"], row["value"]): row["pseudonym"] for row in identity.read(*where, "identifiers").to_pylist()
    }
    rows = (
        pq.read_table(home / "lake" / "clinic" / "persons" / made.extract / "rows.parquet").sort_by("_line").to_pylist()
    )
    assert rows[0]["HETU"] == known["hetu", hetu(0)]
    assert rows[0]["LOCAL"] == known["clinic:north", "LOCALID0"]
    rejects = identity.read(*where, "rejects").to_pylist()
    assert rejects[0] == {"line": 51, "raw": "brokensecret;row"}
    assert WRONG in rejects[1]["raw"]
    assert identity.read(*where, "undeclared").to_pylist()[0] == {"_line": 2, "EXTRA": "undeclaredsecret0"}


def test_another_key_opens_nothing(home: Path, tmp_path: Path) -> None:
    made = landed(home, tmp_path)
    key = home / "keys" / "county.key"
    key.write_bytes(bytes(32))
    with pytest.raises(UserError, match="cannot be read with this county's key"):
        identity.read(home, "clinic", "persons", made.extract)


def test_the_store_and_the_key_are_closed_to_other_users(home: Path, tmp_path: Path) -> None:
    landed(home, tmp_path)
    assert (home / "identity").stat().st_mode & 0o077 == 0
    assert (home / "keys" / "county.key").stat().st_mode & 0o077 == 0
    (home / "keys" / "county.key").chmod(0o644)
    with pytest.raises(UserError, match="chmod 600"):
        identity.Store(home)


def test_a_column_that_both_identifies_and_lands_open_is_refused(home: Path, tmp_path: Path) -> None:
    tables = {
        "persons": {
            "files": ["clinic_*_persons_*.csv"],
            "columns": {"LOCAL": {}, "NAME": {}},
            "into": [
                {
                    "concept": "person",
                    "key": {"person_id": {"value": "LOCAL"}},
                    "attributes": {"name": {"value": "NAME"}, "birth_date": {"value": "date(NAME)"}},
                }
            ],
        }
    }
    (result,) = land(home, county(tmp_path / "county", tables=tables), "clinic", [persons(tmp_path)])
    assert "the column NAME identifies people" in str(result.error)
    assert not (home / "lake").exists()
