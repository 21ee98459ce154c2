"""`luotsi check`: tells every fault of county content, what an overlay changed, and how much content there is."""

from __future__ import annotations

from pathlib import Path

import typer

from luotsi.commands.options import Overlay
from luotsi.commands.progress import watching
from luotsi.concepts.checking import check as checked
from luotsi.concepts.reading import Fault, read_county
from luotsi.concepts.shipped import roots
from luotsi.connectors import known
from luotsi.forms import judging
from luotsi.jobs.content import worked_examples

KINDS = ("concepts", "codes", "sources", "measures", "segments", "boards")


def check(county: Overlay = None) -> None:
    """Check county content: every fault with its file and line, and what would be right."""
    content, faults = read_county(*roots(county))
    for fault in faults:
        if not Path(fault.file).exists():  # a slip of the hand: what else there is to say is not waited for
            typer.echo(shown(fault))
            raise typer.Exit(1)
    faults = sorted({*faults, *checked(content), *known.check(content)})
    with watching("Worked examples") as moved:
        failed = worked_examples(content, faults, moved)
    with watching("Forms") as moved:
        forms, wrong = judging.check(content, moved)
    faults = sorted({*faults, *wrong})
    for fault in (*faults, *(failed or ())):
        typer.echo(shown(fault))
    for sentence in content.overlaid:
        typer.echo(sentence)
    counts = {kind: len(getattr(content, kind)) for kind in KINDS} | {"forms": len(forms)}
    typer.echo(", ".join(counted(count, kind) for kind, count in counts.items()))
    if failed is None:
        typer.echo("The worked examples wait until concepts and code lists are mended")
    typer.echo(counted(len(faults) + len(failed or ()), "faults"))
    if faults or failed:
        raise typer.Exit(1)


def shown(fault: Fault) -> str:
    """A fault as a line, its file named from the working directory where it lies below it."""
    path = Path(fault.file)
    here = Path.cwd()
    file = path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
    return f"{file}:{fault.line}: {fault.what}. {fault.right}"


def counted(count: int, kind: str) -> str:
    """A count with its word: 2 sources, 1 code list."""
    word = {"codes": "code lists", "segments": "segment lists"}.get(kind, kind)
    return f"{count} {word.removesuffix('s') if count == 1 else word}"
