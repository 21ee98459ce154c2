"""`luotsi directory`: takes other directories of services in, searches, and writes the directory out."""

from __future__ import annotations

import importlib
import json
from enum import Enum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from luotsi.commands.formats import rendered
from luotsi.commands.options import HOME, Home, Overlay
from luotsi.concepts.errors import UserError


class Source(str, Enum):  # noqa: UP042  the words as typed
    """The form of the files that are taken in."""

    ptv = "ptv"
    hsds = "hsds"
    csv = "csv"


class Standard(str, Enum):  # noqa: UP042  the words as typed
    """The form in which the directory is written out."""

    hsds = "hsds"
    fhir = "fhir"


class Shape(str, Enum):  # noqa: UP042  the words as typed
    """The form of an answer."""

    table = "table"
    json = "json"


app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def directory() -> None:
    """Take services in from PTV, HSDS or a spreadsheet, search them as people speak, and write them out."""


@app.command("import")
def take_in(
    source: Annotated[Source, typer.Argument(help="The form of the files.")],
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders of them.")],
    complete: Annotated[
        bool, typer.Option("--complete", help="The files are all there is: entries that they lack are gone.")
    ] = False,
    home: Home = HOME,
    county: Overlay = None,
) -> None:
    """Take the services of files in. The same files again change nothing; entries with faults are told and left out."""
    taken = _jobs().take_in(home, county, source.value, paths, complete)
    for fault in taken.faults:
        typer.echo(f"luotsi: {fault}", err=True)
    typer.echo(
        f"{taken.new} entries new, {taken.changed} changed, {taken.same} as they were, {taken.removed} gone,"
        f" {len(taken.faults)} faults"
    )


@app.command("export")
def write_out(form: Annotated[Standard, typer.Argument(help="The form to write.")], home: Home = HOME) -> None:
    """Write the whole directory to standard output, as HSDS JSON or a FHIR Bundle of HealthcareService."""
    typer.echo(json.dumps(_jobs().write_out(home, None, form.value), ensure_ascii=False))


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What is needed, in one's own words.")],
    area: Annotated[str, typer.Option(help="A municipality that must be served: its name or code.")] = "",
    lang: Annotated[str, typer.Option(help="A language that must be served: fi, sv, en ...")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many services at most.")] = 20,
    form: Annotated[Shape, typer.Option("--format", help="The form of the answer.")] = Shape.table,
    home: Home = HOME,
    county: Overlay = None,
) -> None:
    """Search the directory in people's own words; the best answer is first, and each says why it is there."""
    found = _jobs().search(home, county, text, area, lang, limit)
    if form is Shape.json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("score", "name", "reason", "id"):
        table.add_column(name, justify="right" if name == "score" else "left")
    for each in found:
        table.add_row(f"{each['score']:.2f}", each["name"], each["reason"], each["id"])
    typer.echo(rendered(table), nl=False)


def _jobs() -> Any:
    if not find_spec("django"):
        raise UserError("The web half is not installed. Install it with `pip install 'luotsi[web]'`.")
    # Named in words: without the web half there is nothing to import.
    return importlib.import_module("luotsi.jobs.directory")
