"""`luotsi synth`: writes the extracts of a synthetic county. How the county is made stands in luotsi.synth."""

from __future__ import annotations

import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from luotsi import synth as making
from luotsi.commands.options import Overlay
from luotsi.commands.progress import watching
from luotsi.concepts.errors import UserError
from luotsi.concepts.shipped import open_county


class Cadence(str, Enum):  # noqa: UP042  the words as typed
    """How often extracts are sent."""

    few = "few"
    year = "year"
    quarter = "quarter"
    month = "month"


Residents = Annotated[int, typer.Option(help="How many residents the county has on the first day.")]
Seed = Annotated[int, typer.Option(help="Equal seeds give equal bytes.")]
Years = Annotated[str, typer.Option(metavar="FIRST..LAST", help="The years of history, both included.")]
Until = Annotated[
    datetime.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day of the last extract.")
]
Extracts = Annotated[Cadence, typer.Option(help="few: two; else one for each such period.")]
Processes = Annotated[int | None, typer.Option(help="How many processes make it; two unless said.")]


def synth(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="An empty or new folder for the extracts.")],
    residents: Residents = 10_000,
    seed: Seed = 1,
    years: Years = "2020..2024",
    until: Until = None,
    extracts: Extracts = Cadence.few,
    processes: Processes = None,
    county: Overlay = None,
) -> None:
    """Write the extracts of a synthetic county: made-up residents, real age structure, planted faults."""
    with watching("Writing") as moved:
        summary = making.write(
            out,
            open_county(county),
            residents=residents,
            seed=seed,
            years=_years(years),
            until=until.date() if until else None,
            cadence=extracts.value,
            processes=processes,
            progress=lambda done, total: moved(done, total, ""),
        )
    faults = sum(number for name, number in summary.counts.items() if name.startswith("fault."))
    typer.echo(
        f"{summary.files} files with {summary.rows} rows in {out}; "
        f"{faults} planted faults are listed in truth.csv, counts in truth.json"
    )


def _years(text: str) -> tuple[int, int]:
    first, dots, last = text.partition("..")
    if not (first.isdigit() and (last.isdigit() or not dots)):
        raise UserError(f"{text} is not a span of years; write it as 2020..2024")
    return int(first), int(last if dots else first)
