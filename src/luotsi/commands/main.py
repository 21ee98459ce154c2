"""The command line: which commands there are, and how an error is told. Each command stands in its own module."""

from __future__ import annotations

import ast
import os
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from luotsi.concepts.errors import UserError

COMMANDS = (
    "check",
    "synth",
    "land",
    "load",
    "release",
    "ask",
    "explain",
    "status",
    "up",
    "serve",
    "export",
    "directory",
    "form",
    "referral",
)
"""Every command: the word typed names a module, and in it the function whose docstring is its help."""
HELP = {"help_option_names": ["-h", "--help"]}


class Commands(TyperGroup):
    """The commands, each imported when it is the one typed: none waits for what only another needs."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command itself, with what was typed after it."""
        name, shown, rest = super().resolve_command(ctx, args)
        return name, shown and _imported(shown.name or ""), rest


def _docstring(name: str) -> str | None:
    """The docstring of a command's function, read and not run."""
    module = ast.parse(Path(__file__).with_name(f"{name}.py").read_text("utf-8"))
    found = (each for each in module.body if isinstance(each, ast.FunctionDef) and each.name == name)
    return ast.get_docstring(next(found))


def _imported(name: str) -> Any:
    module = import_module(f"luotsi.commands.{name}")
    if isinstance(inner := getattr(module, "app", None), typer.Typer):
        return typer.main.get_command(inner)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, context_settings=HELP)
    alone.command(name)(getattr(module, name))
    return typer.main.get_command(alone)


app = typer.Typer(
    cls=Commands,
    name="luotsi",
    help="Steer a wellbeing services county by its own data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings=HELP,
)
for command in COMMANDS:
    app.command(command, help=_docstring(command))(lambda: None)


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
