"""`luotsi land`: lands extracts of a source and tells what became of each file."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from luotsi.commands.options import HOME, Home, Overlay
from luotsi.concepts.shipped import open_county
from luotsi.jobs import landing


class Kind(str, Enum):  # noqa: UP042  the words as typed
    """What a file holds: everything there is, or what has changed."""

    full = "full"
    delta = "delta"


CreatedAt = Annotated[
    datetime.datetime | None,
    typer.Option(help="The time the files speak for, where neither name nor manifest says it."),
]
Delivery = Annotated[Kind | None, typer.Option(help="What the files hold, where neither name nor manifest says it.")]
AcceptUnusual = Annotated[bool, typer.Option(help="Land files whose size or faults are far from usual.")]


def land(
    source: Annotated[str, typer.Argument(help="The source system, as named in county/sources.")],
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders or patterns.")],
    home: Home = HOME,
    county: Overlay = None,
    created_at: CreatedAt = None,
    delivery: Delivery = None,
    accept_unusual: AcceptUnusual = False,
) -> None:
    """Land extracts of a source: as they were sent, once, and what cannot be read in quarantine."""
    out, err = Console(), Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        disable=not err.is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task("Landing", total=None)

        def progress(done: int, total: int, path: Path) -> None:
            bar.update(task, completed=done, total=total, description=path.name)

        results = landing.land(
            home,
            open_county(county),
            source,
            paths,
            created_at=created_at,
            delivery=delivery.value if delivery else None,
            accept_unusual=accept_unusual,
            progress=progress,
        )
    _tell(results, out)
    for each in results:
        if each.error:
            typer.echo(f"luotsi: {each.error}", err=True)
    if any(each.error for each in results):
        raise typer.Exit(1)


def _tell(results: Sequence[landing.Landed], out: Console) -> None:
    manifests = [manifest for each in results for manifest in each.manifests]
    if out.is_terminal and manifests:
        table = Table("file", "table", "delivery", "rows sent", "landed", "quarantined")
        for each in manifests:
            counts = (each.rows_sent, each.rows_landed, each.rows_quarantined)
            table.add_row(each.file, each.table, each.delivery, *(f"{count:,}".replace(",", " ") for count in counts))
        out.print(table)
    for manifest in manifests:
        for sentence in manifest.unusual:
            typer.echo(f"{manifest.file}: {sentence}")
    known = sum(not each.manifests and not each.error for each in results)
    refused = sum(each.error is not None for each in results)
    rows, quarantined = sum(each.rows_landed for each in manifests), sum(each.rows_quarantined for each in manifests)
    typer.echo(
        f"{len(results)} files: {len(results) - known - refused} landed with {rows} rows, {quarantined} in quarantine; "
        f"{known} had landed before, {refused} refused"
    )
