"""`luotsi serve`: opens the web half of a home in a browser, with its jobs, until it is stopped."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from luotsi.commands.options import HOME, Home, Overlay
from luotsi.concepts.errors import UserError

Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 is all of this machine's.")]
Port = Annotated[int, typer.Option(min=1, max=65_535, help="The port to listen on.")]


def serve(home: Home = HOME, county: Overlay = None, host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the desk: database, web server and nightly jobs, until Ctrl-C."""
    if not find_spec("django") or not find_spec("gunicorn"):
        raise UserError("The web half is not installed. Install it with `pip install 'luotsi[web]'`.")
    # Named in words: without the web half there is nothing to import.
    serving = importlib.import_module("luotsi.jobs.serving")
    serving.serve(serving.House(_there(home), county, host, port), typer.echo)


def _there(home: Path) -> Path:
    if home.exists() and not home.is_dir():
        raise UserError(f"{home} is a file. Give the folder of a county's data with --home.")
    return home
