"""The command line: which commands there are, and how an error is told. Each command stands in its own module."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from typing import NoReturn

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
    """Runs the command typed. What a user can mend is one sentence on stderr and exit code 1; wrong usage is 2.

    A fault of our own is a sentence too, and its traceback a file that can be sent to us.
    """
    try:
        app()
    except UserError as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("Stopped. What was done stands; run the same command again to go on.")
    except Exception as error:  # noqa: BLE001 - the last place where a traceback can be kept from a reader
        handle, name = tempfile.mkstemp(prefix="luotsi-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            traceback.print_exc(file=stream)
        fail(f"An unexpected fault, {type(error).__name__}, stopped this. Please report it with {name}.")


def fail(sentence: str) -> NoReturn:
    """Ends the command with a sentence."""
    print(f"luotsi: {sentence}", file=sys.stderr)  # noqa: T201
    raise SystemExit(1) from None
