"""The options that many commands share. What each command does stands in its own module."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Home = Annotated[
    Path,
    typer.Option("--home", envvar="LUOTSI_HOME", help="The folder with the keys, lake, vault and releases."),
]
"""Where the data of a county is: `home: Home = HOME`."""

HOME = Path("var")

Overlay = Annotated[
    Path | None,
    typer.Option("--county", metavar="DIR", help="A county's own content, laid over the content that comes along."),
]
"""A county's own content: `county: Overlay = None`, opened by `luotsi.concepts.shipped.open_county`."""
