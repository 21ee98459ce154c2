"""`luotsi up`: brings a home up to date, or shows the demonstration county where nothing has landed."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.table import Table

from luotsi.commands.formats import HIDDEN, number, rendered
from luotsi.commands.options import HOME, Home, Overlay
from luotsi.commands.progress import watching
from luotsi.commands.release import told
from luotsi.concepts.checking import check
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.connectors import known
from luotsi.engine.release import Release
from luotsi.jobs.building import build
from luotsi.jobs.demonstration import RESIDENTS, demonstrate, is_empty
from luotsi.jobs.headlines import Headline, headlines


def up(home: Home = HOME, county: Overlay = None) -> None:
    """Check the content, load what has landed, release it, and show the headline measures."""
    content = open_county(county)
    faults = [*check(content), *known.check(content)]
    if faults:
        raise UserError(f"County content has {len(faults)} faults, the first: {faults[0]} Run `luotsi check` for all.")
    if is_empty(home):
        _demonstration(home, content)
    with watching("Loading") as progress:
        built = build(home, content, progress=progress)
    rows = sum(each.rows for each in built.reports)
    typer.echo(f"Loaded {number(rows)} rows of {sum(len(each.extracts) for each in built.reports)} extracts")
    release = Release(built.folder)
    typer.echo(told(built.folder))
    typer.echo(shown(headlines(release)), nl=False)
    typer.echo("Ask for more: luotsi ask MEASURE --by unit,month; luotsi explain MEASURE; luotsi status")


def _demonstration(home: Path, content: County) -> None:
    typer.echo(
        f"Nothing has landed in {home}: making a demonstration county of {number(RESIDENTS)} synthetic residents"
    )
    with watching("Demonstration") as progress:
        made = demonstrate(home, content, progress=progress)
    typer.echo(
        f"Landed {made.files} files of {made.folder}: {number(made.rows)} rows, {made.quarantined} in quarantine"
    )
    for each in made.refused:
        typer.echo(f"luotsi: {each.error}", err=True)


def shown(found: list[Headline]) -> str:
    """The headline measures as a table, Finnish names first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("mittari", "measure", "period"):
        table.add_column(name, no_wrap=True)
    for name in ("value", "before", "target"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    for each in found:
        share = each.measure.result in ("share", "top_share") and each.measure.scale == 1
        table.add_row(
            each.measure.label.fi,
            each.measure.measure,
            each.period,
            HIDDEN if each.suppressed else number(each.value, share=share),
            number(each.before, share=share),
            number(float(each.target.value), share=share) if each.target else "",
            each.measure.unit,
        )
    return rendered(table)
