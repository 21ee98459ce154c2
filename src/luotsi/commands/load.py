"""`luotsi load`: loads what has landed into the vault and tells what each load did and what was unusual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import typer
from rich.console import Console
from rich.table import Table

from luotsi.commands.options import HOME, Home, Overlay
from luotsi.commands.progress import watching
from luotsi.concepts.shipped import open_county
from luotsi.engine import vault
from luotsi.engine.vault import LoadReport


def load(home: Home = HOME, county: Overlay = None) -> None:
    """Load every landed extract that is not loaded yet; loading again continues and never doubles."""
    with watching("Loading") as progress:
        reports = vault.load(home, open_county(county), progress=progress)
    for line in tell(reports, Console()):
        typer.echo(line)


def tell(reports: Sequence[LoadReport], out: Console) -> Iterable[str]:
    """Shows a table of the loads where someone watches; gives the lines of what was unusual and the sums."""
    if out.is_terminal and reports:
        headings = ("source", "table", "extracts", "rows", "quarantined", "new keys", "versions", "late", "seconds")
        table = Table(*headings)
        for each in reports:
            name = each.source if each.instance == each.source else f"{each.source} {each.instance}"
            counts = (len(each.extracts), each.rows, each.quarantined, each.keys, each.versions, each.late)
            table.add_row(
                name, each.table, *(f"{count:,}".replace(",", " ") for count in counts), f"{each.seconds:.1f}"
            )
        out.print(table)
    for each in reports:
        for sentence in each.unusual:
            yield f"{each.source} {each.instance} {each.table} {each.extracts[0][:8]}: {sentence}"
    extracts, rows = sum(len(each.extracts) for each in reports), sum(each.rows for each in reports)
    quarantined, versions = sum(each.quarantined for each in reports), sum(each.versions for each in reports)
    if not reports:
        yield "Nothing new has landed: the vault is up to date"
    else:
        yield f"{extracts} extracts loaded with {rows} rows, {quarantined} in quarantine; {versions} versions written"
