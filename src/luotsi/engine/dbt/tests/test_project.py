"""The folder of a project: what is replaced and what is left, and what it says of the county."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from luotsi.commands import main
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County, read_county
from luotsi.engine.dbt import export
from luotsi.engine.dbt.tests.running import Project, every_table, on_duckdb
from luotsi.engine.duck.connection import connect
from luotsi.engine.vault.tests.fabricated import SOURCE, land, write_county

VISIT = [{"id": "1", "person": "a", "at": "2024-02-01", "kind": "K", "changed": "2024-02-01"}]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    land(tmp_path / "home", "visits", "2024-03-02T00:00:00", VISIT)
    return tmp_path / "home"


@pytest.fixture
def county(tmp_path: Path) -> County:
    return write_county(tmp_path / "county")


def test_writing_again_replaces_our_files_and_leaves_all_others(tmp_path: Path, home: Path, county: County) -> None:
    out = tmp_path / "out"
    export(out, county, home, "duckdb")
    ours = {path: path.read_text("utf-8") for path in out.rglob("*") if path.is_file()}
    (out / "models" / "mine.sql").write_text("select 1", "utf-8")
    (out / "README.md").write_text("changed", "utf-8")
    (out / "models" / "vault" / "hub_gone.sql").write_text("was made of a concept that is no more", "utf-8")
    listed = json.loads((out / "luotsi-export.json").read_text("utf-8"))
    (out / "luotsi-export.json").write_text(json.dumps({"files": [*listed["files"], "models/vault/hub_gone.sql"]}))
    export(out, county, home, "duckdb")
    assert (out / "models" / "mine.sql").read_text("utf-8") == "select 1"
    assert not (out / "models" / "vault" / "hub_gone.sql").exists()
    assert {path: path.read_text("utf-8") for path in ours} == ours


def test_a_folder_that_holds_something_else_is_refused_and_left_alone(
    tmp_path: Path, home: Path, county: County
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("x", "utf-8")
    with pytest.raises(UserError, match="holds something else"):
        export(out, county, home, "duckdb")
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


def test_a_file_of_the_countys_own_is_never_overwritten(tmp_path: Path, home: Path, county: County) -> None:
    out = tmp_path / "out"
    export(out, county, home, "duckdb")
    own = out / "models" / "staging" / "staged_person__clinic__clients.sql"
    own.write_text("mine", "utf-8")
    land(home, "clients", "2024-03-02T00:00:00", [{"id": "a", "hetu": "h"}])
    with pytest.raises(UserError, match="a file of your own"):
        export(out, county, home, "duckdb")
    assert own.read_text("utf-8") == "mine"


def test_a_home_where_nothing_has_landed_is_told(tmp_path: Path, county: County) -> None:
    with pytest.raises(UserError, match="Nothing has landed"):
        export(tmp_path / "out", county, tmp_path / "empty", "duckdb")
    assert not (tmp_path / "out").exists()


def test_a_mapping_that_the_dialect_has_no_word_for_is_told(tmp_path: Path, home: Path) -> None:
    source = SOURCE.replace("hours: {value: hours}", "hours: {value: weekday_of(date(day))}")
    county = write_county(tmp_path / "other", source)
    with pytest.raises(UserError, match=r"sources/clinic, table visits: weekday_of cannot be written for snowflake"):
        export(tmp_path / "out", county, home, "snowflake")
    export(tmp_path / "out", county, home, "duckdb")


def test_marts_are_described_in_three_languages_and_tested(tmp_path: Path, home: Path, county: County) -> None:
    export(tmp_path / "out", county, home, "duckdb")
    told = yaml.safe_load((tmp_path / "out" / "models" / "marts" / "marts.yml").read_text("utf-8"))["models"]
    columns = {each["name"]: each for each in next(m for m in told if m["name"] == "contact")["columns"]}
    assert columns["key"]["data_tests"] == ["unique", "not_null"]
    to = {"to": "ref('hub_person')", "field": "person_key"}
    assert columns["person"]["data_tests"] == [{"relationships": {"arguments": to}}]
    assert columns["kind"]["data_tests"] == [{"accepted_values": {"arguments": {"values": ["visit", "call"]}}}]
    assert "data_tests" not in columns["code"], "an open list holds a part of its codes only"
    assert columns["note"]["config"]["meta"]["privacy"] == "sensitive"
    assert {"fi", "sv", "en"} <= {*columns["note"]["config"]["meta"]}


def test_no_identifying_attribute_is_in_any_file(tmp_path: Path) -> None:
    source = SOURCE.replace("{id: {}, hetu: {}}", "{id: {}, hetu: {}, surname: {}}").replace(
        "        same_as:", "        attributes: {name: {value: surname}}\n        same_as:"
    )
    county = write_county(tmp_path / "county", source)
    land(tmp_path / "home", "clients", "2024-03-02T00:00:00", [{"id": "a", "hetu": "h"}])
    for dialect in ("duckdb", "fabric"):
        export(tmp_path / dialect, county, tmp_path / "home", dialect)
        for path in (path for path in (tmp_path / dialect).rglob("*") if path.is_file()):
            assert "surname" not in path.read_text("utf-8"), path


def test_a_name_that_postgresql_cannot_hold_is_shortened(tmp_path: Path) -> None:
    long = "a_table_whose_name_was_given_by_a_person_who_likes_names"
    source = SOURCE.replace("\n  clients:", f"\n  {long}:")
    county = write_county(tmp_path / "county", source)
    land(tmp_path / "home", long, "2024-03-02T00:00:00", [{"id": "a", "hetu": "h"}])
    project = Project(county, frozenset([("clinic", long)]), "postgres", tmp_path / "home")
    names = [project.table(name) for name in project.models]
    assert max(map(len, names)) == 63
    assert len({*names}) == len(names)


def test_long_code_lists_are_a_seed_of_texts(tmp_path: Path) -> None:
    county = write_county(tmp_path / "county")
    codes = tmp_path / "county" / "codes" / "kind" / "codes.csv"
    codes.write_text("code,fi,sv,en\n" + "".join(f"{n:04},a,a,a\n" for n in range(500)), "utf-8")
    county, faults = read_county(tmp_path / "county")
    assert not faults
    project = Project(county, every_table(county), "postgres", tmp_path)
    assert project.files["seeds/code_values.csv"].splitlines()[:2] == ["list,code,national", "kind,0000,0000"]
    assert "ref('code_values')" in project.models["staged_contact__clinic__visits"]
    assert yaml.safe_load(project.files["dbt_project.yml"])["seeds"]["luotsi"]["+column_types"]["code"] == "text"


def test_the_command_says_what_it_wrote(tmp_path: Path, home: Path) -> None:
    result = CliRunner().invoke(main.app, ["export", str(tmp_path / "out"), "--home", str(home), "--dialect", "oracle"])
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()
    with pytest.raises(UserError, match="Nothing has landed"):  # what landed is of a source that the content has not
        CliRunner().invoke(main.app, ["export", str(tmp_path / "out"), "--home", str(home)], catch_exceptions=False)


def test_columns_that_no_extract_holds_yet_are_null(tmp_path: Path, home: Path, county: County) -> None:
    project = Project(county, frozenset([("clinic", "visits")]), "duckdb", home)
    with connect(None) as con:
        on_duckdb(con, project)
        assert con.execute("SELECT kind, note, times FROM marts.contact").fetchall() == [("visit", None, None)]
