"""`luotsi status`: what has landed from each source and what is late, what is loaded, which release is current."""

from __future__ import annotations

import typer
from rich.table import Table

from luotsi.commands.formats import number, rendered
from luotsi.commands.options import HOME, Home, Overlay
from luotsi.concepts.shipped import open_county
from luotsi.jobs.standing import standing


def status(home: Home = HOME, county: Overlay = None) -> None:
    """Tell how things stand: sources and their lateness, the vault, the current release and its age."""
    found = standing(home, open_county(county))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("source", "schedule", "newest extract"):
        table.add_column(name, no_wrap=True)
    for name in ("extracts", "rows", "quarantined"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for each in found.sources:
        newest = each.newest.isoformat(sep=" ", timespec="minutes") if each.newest else ""
        state = (
            "nothing landed" if each.newest is None else f"late by {each.late_days} days" if each.late_days else "ok"
        )
        counts = (number(each.extracts), number(each.rows), number(each.quarantined))
        table.add_row(each.source, each.schedule, newest, *counts, state)
    typer.echo(rendered(table), nl=False)
    waiting = found.extracts - found.loaded
    typer.echo(
        f"Vault: {found.loaded} of {found.extracts} extracts loaded" + ("; run luotsi load" if waiting > 0 else "")
    )
    if found.release is None or found.release_age is None:
        typer.echo("Release: none yet; run luotsi release" if found.extracts else "Release: none yet; run luotsi up")
    else:
        days, hours = found.release_age.days, found.release_age.seconds // 3600
        typer.echo(f"Release: {found.release.name}, made {days} days {hours} hours ago")
