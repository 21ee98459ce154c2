"""The command line: which commands there are, and how an error is told. Each command stands in its own module."""

from __future__ import annotations

import sys

import typer

from luotsi.commands.ask import ask
from luotsi.commands.check import check
from luotsi.commands.explain import explain
from luotsi.commands.land import land
from luotsi.commands.load import load
from luotsi.commands.release import release
from luotsi.commands.status import status
from luotsi.commands.synth import synth
from luotsi.commands.up import up
from luotsi.concepts.errors import UserError

COMMANDS = (check, synth, land, load, release, ask, explain, status, up)
"""Every command: a function whose name is the word typed and whose docstring is its help."""

app = typer.Typer(
    name="luotsi",
    help="Steer a wellbeing services county by its own data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in COMMANDS:
    app.command()(command)


@app.callback()
def luotsi() -> None:
    """Steer a wellbeing services county by its own data."""


def run() -> None:
    """Runs the command typed. What a user can mend is one sentence on stderr and exit code 1; wrong usage is 2."""
    try:
        app()
    except UserError as error:
        print(f"luotsi: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
