import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from luotsi.commands import main
from luotsi.concepts.errors import UserError

SIMPLE: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "url": "urn:test",
    "item": [{"linkId": "a", "type": "decimal", "text": "How much?", "required": True}],
}


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main.app, ["form", *arguments])


def written(folder: Path, name: str, content: Any) -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return str(path)


def test_check_prints_one_line_of_json_for_each_questionnaire(tmp_path: Path) -> None:
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": SIMPLE}, {"resource": {"resourceType": "Patient"}}, {"resource": SIMPLE}],
    }
    files = [written(tmp_path, "one.json", SIMPLE), written(tmp_path, "two.json", bundle)]
    result = run("check", *files)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [line["file"] for line in lines] == [files[0], files[1], files[1]]
    assert lines[0] == {"file": files[0], "loads": True, "renders": True, "round_trips": True, "warnings": []}
    assert "Patient passed over" in result.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "This is not JSON"),
        ("[]", "no FHIR resource"),
        ({"resourceType": "Questionnaire", "item": [{"type": "string"}]}, "item[0] has no linkId"),
    ],
)
def test_check_says_what_does_not_load_and_ends_with_one(tmp_path: Path, content: Any, says: str) -> None:
    result = run("check", written(tmp_path, "bad.json", content), written(tmp_path, "good.json", SIMPLE))
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert result.exit_code == 1
    assert (first["loads"], first["renders"], first["round_trips"]) == (False, False, False)
    assert says in first["warnings"][0]
    assert second["loads"]


def test_a_file_that_is_not_there_is_a_line_too(tmp_path: Path) -> None:
    result = run("check", str(tmp_path / "none.json"))
    assert "cannot be read" in json.loads(result.stdout)["warnings"][0]


def test_fill_prints_response_scores_and_outcome_of_a_form_of_the_county(tmp_path: Path) -> None:
    answers = {"sex": "female", "age": 40, "a1": "two_to_four_a_month", "a2": "three_or_four", "a3": "monthly"}
    result = run("fill", "audit_c", written(tmp_path, "answers.json", answers))
    printed = json.loads(result.stdout)
    assert result.exit_code == 0, result.stderr
    assert printed["response"]["status"] == "completed"
    assert printed["scores"]["audit_c"]["value"] == 5
    assert printed["outcome"]["outcome"] == "alcohol_counselling"
    assert printed["problems"] == []


def test_fill_says_what_is_wrong_and_missing_and_ends_with_one(tmp_path: Path) -> None:
    form = written(tmp_path, "form.json", SIMPLE)
    result = run("fill", form, written(tmp_path, "answers.json", {"a": "much"}))
    assert result.exit_code == 1
    assert "a (How much?): Write a number, such as 36.6." in result.stderr
    assert json.loads(result.stdout)["problems"][0]["item"] == "a"
    missing = run("fill", form, written(tmp_path, "none.json", {}), "--language", "sv")
    assert "Svara på den här frågan." in missing.stderr


def test_fill_takes_a_response_and_gives_it_back(tmp_path: Path) -> None:
    given = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "urn:test",
        "status": "completed",
        "item": [{"linkId": "a", "answer": [{"valueDecimal": 1.5}]}],
    }
    result = run("fill", written(tmp_path, "form.json", SIMPLE), written(tmp_path, "response.json", given))
    assert json.loads(result.stdout)["response"] == given
    assert result.exit_code == 0


@pytest.mark.parametrize(("form", "says"), [("nothing", "There is no form nothing"), ("findriskk", "There is no form")])
def test_a_form_that_is_not_there_is_told_with_those_that_are(tmp_path: Path, form: str, says: str) -> None:
    result = run("fill", form, written(tmp_path, "answers.json", {}))
    assert isinstance(result.exception, UserError)
    assert says in str(result.exception)
    assert "audit_c" in str(result.exception)
