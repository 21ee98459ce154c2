"""`luotsi ask`: the results of a measure, from a release or as of a date."""

from __future__ import annotations

import datetime
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from luotsi.commands.formats import Form, Words, as_bytes, as_table
from luotsi.commands.options import HOME, Home, Overlay
from luotsi.concepts.errors import UserError
from luotsi.concepts.shipped import open_county
from luotsi.engine import release as releases
from luotsi.engine.release import Release
from luotsi.jobs.notebook import Luotsi

Name = Annotated[str | None, typer.Argument(metavar="MEASURE", help="The measure; without it, all are listed.")]
By = Annotated[list[str] | None, typer.Option(help="Dimensions, and month, quarter or year; with commas: unit,month.")]
Period = Annotated[str | None, typer.Option(help="2023, 2023-Q1, 2023-01, or a range such as 2023-01..2023-12.")]
Where = Annotated[list[str] | None, typer.Option(help="One code of a dimension: municipality=179.")]
ReleaseId = Annotated[str | None, typer.Option("--release", metavar="ID", help="A release; the current one if left.")]
AsOf = Annotated[
    datetime.datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Compute from what was known at the end of this day."),
]
Format = Annotated[Form, typer.Option("--format", help="How to write the answer.")]
Out = Annotated[Path | None, typer.Option(help="Write to this file.")]


def ask(
    measure: Name = None,
    by: By = None,
    period: Period = None,
    where: Where = None,
    release: ReleaseId = None,
    as_of: AsOf = None,
    form: Format = Form.table,
    out: Out = None,
    home: Home = HOME,
    county: Overlay = None,
) -> None:
    """Ask for the results of a measure: by dimension and period, from a release or as of a date."""
    if measure is None:
        table = Luotsi(home, county).measures().select(["measure", "fi", "en", "unit"])
        for row in table.to_pylist():
            typer.echo(f"{row['measure']:<40} {row['fi']} / {row['en']} ({row['unit']})")
        return
    if form is Form.parquet and out is None and sys.stdout.isatty():
        raise typer.BadParameter("Parquet is not for a screen: give --out FILE or a pipe.", param_hint="--format")
    dimensions = [name.strip() for each in by or () for name in each.split(",") if name.strip()]
    answer = releases.ask(
        home,
        open_county(county) if as_of else None,
        measure,
        by=dimensions,
        period=period,
        where=where,
        release=release,
        as_of=as_of.date() if as_of else None,
    )
    if form is Form.table:
        found = releases.find(home, release) if release or not as_of else releases.current(home)
        share = pure_share(found, measure) if found else False
        _write(as_table(answer, words_of(found) if found else {}, share).encode(), out)
    else:
        _write(as_bytes(answer, form), out)


def words_of(release: Release) -> Words:
    """The Finnish word of every code of a release."""
    return {(row["dimension"], row["code"]): row["fi"] for row in release.labels().to_pylist()}


def pure_share(release: Release, measure: str) -> bool:
    """Whether a measure's values are shares from 0 to 1."""
    record = release.manifest["definitions"].get(measure, {}).get("record", {})
    return record.get("result") in ("share", "top_share") and float(record.get("scale", 1)) == 1


def _write(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    temporary = out.with_name(f".{out.name}.part")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, out)
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}. Give another --out.") from error
