"""`luotsi release`: computes what is loaded and publishes it as an immutable release."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from luotsi.commands.options import HOME, Home, Overlay
from luotsi.commands.progress import watching
from luotsi.concepts.errors import UserError
from luotsi.concepts.shipped import open_county
from luotsi.engine import release as releases
from luotsi.engine.release import Release
from luotsi.engine.release.periods import parse_period

First = Annotated[str | None, typer.Option("--first", metavar="MONTH", help="The first month, such as 2021-01.")]
Last = Annotated[str | None, typer.Option("--last", metavar="MONTH", help="The last month, such as 2023-12.")]


def release(home: Home = HOME, county: Overlay = None, first: First = None, last: Last = None) -> None:
    """Compute segments and measures of what is loaded, hide small cells, and publish the results."""
    months = {"first_month": month(first), "last_month": month(last)}
    with watching("Releasing") as progress:
        folder = releases.build(home, open_county(county), progress=progress, **months)
    typer.echo(told(folder))


def month(text: str | None) -> datetime.date | None:
    """The first day of a month as typed. Raises UserError where it is none."""
    if text is None:
        return None
    period = parse_period(text)
    if period.grain != "month":
        raise UserError(f"{text} is not a month. Write it as 2023-01.")
    return period.start


def told(folder: Path) -> str:
    """What a release holds, in a line, and where it is."""
    manifest = Release(folder).manifest
    rows, hidden = sum(manifest["rows"].values()), sum(manifest["suppressed"].values())
    months = f"{manifest['first_month']} to {manifest['last_month']}"
    measures = len(manifest["definitions"])
    return f"{measures} measures, {rows} rows of {months}, {hidden} of them suppressed: {folder}"
