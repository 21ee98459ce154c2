"""`luotsi form`: checks questionnaires of ours or others, and fills one with the answers of a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from luotsi.commands.options import Overlay
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import Codes, County
from luotsi.concepts.shipped import open_county
from luotsi.forms import questionnaire, soundness, trial, wire
from luotsi.forms.content import Form, read_forms
from luotsi.forms.filling import Filling
from luotsi.forms.lists import Lists, resources
from luotsi.forms.outcomes import Result, in_language
from luotsi.forms.questionnaire import Questionnaire
from luotsi.forms.receiving import received
from luotsi.forms.wire import Json

FormName = Annotated[str, typer.Argument(metavar="FORM", help="A form of the county by name, or a file.")]
Answers = Annotated[
    Path, typer.Argument(metavar="ANSWERS.json", help="A QuestionnaireResponse, or answers by linkId as a JSON object.")
]
Language = Annotated[str, typer.Option(help="The language of texts: fi, sv or en.")]
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Questionnaires, or Bundles of them, as FHIR JSON.")
]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def form() -> None:
    """Check questionnaires of ours or others, or fill one with answers."""


@app.command()
def check(files: Files, county: Overlay = None) -> None:
    """Check questionnaires: one JSON line each, saying whether it loads, renders and comes back as it went."""
    codes, failed = open_county(county).codes, False
    for path in files:
        for line in checked(path, codes):
            typer.echo(json.dumps(line, ensure_ascii=False))
            failed |= not (line["loads"] and line["renders"] and line["round_trips"])
    if failed:
        raise typer.Exit(1)


@app.command()
def fill(form: FormName, answers: Answers, language: Language = "en", county: Overlay = None) -> None:
    """Fill a form with answers: prints the response, scores and outcome, and says what is wrong."""
    content = open_county(county)
    own, read, lists = _opened(form, content)
    given = read_file(answers)[0]
    if given.get("resourceType") == "QuestionnaireResponse":
        page, found = received(read, given, lists, language)
        wrong = list(found)
    else:
        page = Filling(read, lists=lists)
        wrong = page.fill(given, language)
        told_already = {each.path for each in wrong}
        wrong += [each for each in page.problems(language) if each.path not in told_already]
    printed: Json = {"response": page.response("in-progress" if wrong else "completed")}
    if own is not None:
        printed |= told(own.judged(page), language)
    printed |= {"problems": [{"item": each.link_id, "says": each.message, "kind": each.kind} for each in wrong]}
    typer.echo(wire.dumps(printed, 1))
    for each in wrong:
        name = read.by_name[each.link_id].text(language) if each.link_id in read.by_name else read.title(language)
        typer.echo(f"{each.link_id} ({name}): {each.message}", err=True)
    for sentence in page.faults:
        typer.echo(sentence, err=True)
    if any(each.severity == "error" for each in wrong):
        raise typer.Exit(1)


def told(result: Result, language: str) -> Json:
    """Scores, classes and outcomes as JSON."""
    scores: Json = {}
    for name, scored in result.scores.items():
        scores[name] = {"value": scored.value}
        if scored.klass is not None:
            scores[name] |= {"class": scored.klass.code, "label": in_language(scored.klass.label, language)}
    outcomes = [
        {
            "outcome": each.record.outcome,
            "urgency": each.record.urgency,
            "stop": each.record.stop,
            "action": each.action(language),
            "reason": each.reason(language),
            "services": list(each.record.services),
            "queue": each.record.queue,
            "answer_within": each.record.answer_within,
        }
        for each in result.outcomes
    ]
    return {"scores": scores, "outcome": outcomes[0] if outcomes else None, "outcomes": outcomes}


def _opened(form: str, county: County) -> tuple[Form | None, Questionnaire, Lists]:
    """A form of the county by its name, or the first questionnaire of a file. Raises UserError."""
    path = Path(form)
    if path.suffix == ".json" or path.is_file():
        found = read_file(path)
        raw = next((each for each in found if each.get("resourceType") == "Questionnaire"), found[0] if found else None)
        return None, questionnaire.read(raw), Lists(resources(found), county.codes)
    forms, faults = read_forms(county)
    if form not in forms:
        fault = next((each for each in faults if f"/{form}/" in each.file), None)
        names = ", ".join(sorted(forms))
        raise UserError(str(fault) if fault else f"There is no form {form}. There are {names}.")
    return forms[form], forms[form].questionnaire, forms[form].lists


def checked(path: Path, codes: dict[str, Codes]) -> Iterator[dict[str, Any]]:
    """The line of each questionnaire in a file; a file that is none has a line that says so."""
    try:
        found = read_file(path)
    except UserError as error:
        yield _line(path, warnings=[str(error)])
        return
    forms = [each for each in found if each.get("resourceType") == "Questionnaire"]
    others = sorted({str(each.get("resourceType")) for each in found} - {"Questionnaire"})
    if others:
        typer.echo(f"{path}: {', '.join(others)} passed over; only Questionnaires are checked", err=True)
    lists = Lists(resources(found), codes)
    for raw in forms:
        yield _tried(path, raw, lists)


def _tried(path: Path, raw: Json, lists: Lists) -> dict[str, Any]:
    try:
        read = questionnaire.read(raw)
    except questionnaire.FormError as error:
        return _line(path, warnings=[str(error)])
    unprinted, lost = trial.renders(read, lists), trial.round_trips(read, lists)
    faults = trial.answered(read, lists).faults
    warnings = [*soundness.warnings(read, lists), *unprinted, *lost, *faults]
    return _line(path, True, not unprinted, not lost, list(dict.fromkeys(warnings)))


def _line(
    path: Path, loads: bool = False, renders: bool = False, round_trips: bool = False, warnings: list[str] | None = None
) -> dict[str, Any]:
    return {
        "file": str(path),
        "loads": loads,
        "renders": renders,
        "round_trips": round_trips,
        "warnings": warnings or [],
    }


def read_file(path: Path) -> list[Json]:
    """The resources of a file: one, or those of a Bundle. Raises UserError."""
    try:
        found = wire.loads(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}. Give the path of a file.") from error
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    if not isinstance(found, dict):
        raise UserError(f"{path} holds no FHIR resource. Give a Questionnaire or a Bundle as JSON.")
    if found.get("resourceType") != "Bundle":
        return [found]
    entries = (each.get("resource") for each in found.get("entry", []) if isinstance(each, dict))
    return [each for each in entries if isinstance(each, dict)]
