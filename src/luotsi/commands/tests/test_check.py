import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from luotsi.commands import main
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import Fault
from luotsi.concepts.shipped import open_county, shipped
from luotsi.connectors import known
from luotsi.jobs.content import worked_examples


def checked(*arguments: str):
    return CliRunner().invoke(main.app, ["check", *arguments])


def overlay(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, encoding="utf-8")


def test_check_tells_a_fault_of_an_overlay_with_its_line_and_ends_with_one(tmp_path) -> None:
    concept = (shipped() / "concepts" / "absence.yaml").read_text("utf-8")
    overlay(tmp_path, "concepts/absence.yaml", concept.replace("codes: absence_kind", "codes: absence_kinds"))
    line = concept[: concept.index("codes: absence_kind")].count("\n") + 1
    result = checked("--county", str(tmp_path))
    assert result.exit_code == 1
    file = tmp_path / "concepts" / "absence.yaml"
    assert f"{file}:{line}: there is no code list absence_kinds. Did you mean absence_kind?" in result.stdout
    assert f"concepts/absence is replaced by {file}" in result.stdout
    assert "The worked examples wait until concepts and code lists are mended" in result.stdout


def test_check_tells_a_connector_that_is_not_there_with_its_line(tmp_path) -> None:
    source = (shipped() / "sources" / "rai.yaml").read_text("utf-8")
    overlay(tmp_path, "sources/rai.yaml", source.replace("connector: csv", "connector: cvs"))
    line = source[: source.index("connector: csv")].count("\n") + 1
    found = known.check(open_county(tmp_path))
    file = str(tmp_path / "sources" / "rai.yaml")
    assert found == [Fault(file, line, "there is no connector cvs", "Did you mean csv?")]
    assert known.check(open_county()) == []
    concept = (shipped() / "concepts" / "absence.yaml").read_text("utf-8")  # a fault that spares the worked examples
    overlay(tmp_path, "concepts/absence.yaml", concept.replace("codes: absence_kind", "codes: absence_kinds"))
    result = checked("--county", str(tmp_path))
    assert result.exit_code == 1
    assert f"{file}:{line}: there is no connector cvs. Did you mean csv?" in result.stdout


def test_a_county_folder_that_is_not_there_is_told(tmp_path) -> None:
    with pytest.raises(UserError, match="there is no such county folder"):
        open_county(tmp_path / "nowhere")


def test_a_worked_example_that_does_not_hold_is_a_fault_of_its_measure(tmp_path) -> None:
    measure = (shipped() / "measures" / "contacts.yaml").read_text("utf-8")
    before, _, after = measure.partition("expect:")
    overlay(tmp_path, "measures/contacts.yaml", before + "expect:" + after.replace("numerator: ", "numerator: 9", 1))
    content = open_county(tmp_path)
    county = replace(content, measures={"contacts": content.measures["contacts"]}, segments={})
    failed = worked_examples(county, [])
    assert failed
    for fault in failed:
        assert fault.file == str(tmp_path / "measures" / "contacts.yaml")
        assert fault.line == measure[: measure.index("examples:")].count("\n") + 1
        assert "numerator should be 9" in fault.what


def test_the_worked_examples_of_a_faulty_file_wait_until_it_is_mended() -> None:
    content = open_county()
    county = replace(content, measures={"contacts": content.measures["contacts"]}, segments={})
    file = str(content.files["measures", "contacts"])
    assert worked_examples(county, [Fault(file, 1, "wrong", "right")]) == []
    assert worked_examples(county, []) == []


def test_wrong_usage_ends_with_two() -> None:
    assert checked("--countty", "x").exit_code == 2
    assert CliRunner().invoke(main.app, ["chekc"]).exit_code == 2


def test_a_fault_of_the_user_is_one_sentence_and_ends_with_one(monkeypatch, capsys) -> None:
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def fail() -> None:
        raise UserError("The file x.csv is empty. Send it again.")

    monkeypatch.setattr(main, "app", app)
    monkeypatch.setattr(sys, "argv", ["luotsi"])
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "luotsi: The file x.csv is empty. Send it again.\n"


def test_the_command_is_installed() -> None:
    command = Path(sys.executable).with_name("luotsi")
    told = subprocess.run([command, "--help"], capture_output=True, text=True, check=True).stdout
    assert "check" in told


def test_check_itself_tells_of_a_county_folder_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner().invoke(main.app, ["check", "--county", str(tmp_path / "nowhere")])
    assert result.exit_code == 1
    assert "there is no such county folder" in result.output
