"""`luotsi form`: checks questionnaires of ours or others, and fills one with the answers of a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from luotsi.commands.options import Overlay
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import Codes
from luotsi.concepts.shipped import open_county
from luotsi.forms import questionnaire, soundness, trial, wire
from luotsi.forms.lists import Lists, resources
from luotsi.forms.wire import Json

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
