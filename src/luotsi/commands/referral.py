"""`luotsi referral`: takes in wellbeing referrals that other systems send."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from luotsi.commands.options import HOME, Home, Overlay
from luotsi.concepts.errors import UserError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def referral() -> None:
    """Take in wellbeing referrals that other systems send as FHIR."""


@app.command("import")
def take_in(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="FHIR R4 Bundles as JSON, a referral each.")],
    unit: Annotated[str, typer.Option(help="The unit whose professionals go on with them: its OID.")],
    home: Home = HOME,
    county: Overlay = None,
) -> None:
    """Take referrals in. The same one again changes nothing; what cannot be right is told, and the rest waits."""
    if not find_spec("django"):
        raise UserError("The web half is not installed. Install it with `pip install 'luotsi[web]'`.")
    # Named in words: without the web half there is nothing to import.
    jobs = importlib.import_module("luotsi.jobs.referrals")
    for path, id, new in jobs.take_in(home, county, unit, files):
        typer.echo(f"{path.name}: referral {id} {'taken in' if new else 'is here already'}")
