"""The running house: the database server, the web server and the worker of jobs, started together, stopped together.

What must be done before anyone is let in stands in `preparing`, what the worker does in `tasks`.
"""

from __future__ import annotations

import ctypes
import http.client
import importlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import django
import psycopg

from luotsi.concepts.errors import UserError
from luotsi.web.project import database

Tell = Callable[[str], None]

WORKERS, THREADS = 2, 4
START, STOP = 120, 15
"""Seconds that the web server has for its first answer, before which it reads all that it keeps, and for ending."""
PATIENCE = 3
"""Seconds that the worker has to end the job at hand. A letter is out by then; a longer job may be cut off anywhere,
and the next one goes on where it stood."""
KEEP = 30
"""Seconds that a browser's connection stays open between pages."""
PAUSE = 5
"""Seconds before a worker that has died is started again."""


@dataclass(frozen=True)
class House:
    """Where a running house keeps its data, and where it listens."""

    home: Path
    overlay: Path | None
    host: str
    port: int

    @property
    def address(self) -> str:
        """What a person types in a browser."""
        shown = {"127.0.0.1": "localhost", "0.0.0.0": "localhost"}.get(self.host, self.host)
        return f"http://{shown}:{self.port}"


def serve(house: House, tell: Tell) -> None:
    """Serves until Ctrl-C or SIGTERM. Raises UserError when it cannot start, or when the web server ends by itself."""
    _free(house)
    with _asked_to_stop() as stop, open_database(house.home) as address:
        told = environment(house.home, house.overlay, address)
        os.environ.update(told)
        django.setup()
        # It reads models, and they wait for the settings.
        for line in importlib.import_module("luotsi.jobs.preparing").prepare(house.home):
            tell(line)
        web = _start([*_gunicorn(house)], told, signal.SIGTERM)
        worker = _worker(told)
        try:
            _wait_for_answer(house, web, stop)
            if not stop.is_set():
                tell(f"Luotsi is open at {house.address} (Ctrl-C stops it)")
            while not stop.wait(0.5):
                if web.poll() is not None:
                    raise UserError(
                        "The web server ended by itself; the lines above say why. Run `luotsi serve` again."
                    )
                worker = _alive(worker, told, stop, tell)
        finally:
            _end({web: STOP, worker: PATIENCE})
    tell("Stopped")


def _free(house: House) -> None:
    """Raises UserError when the port is not to be had, before anything is started."""
    family = socket.AF_INET6 if ":" in house.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((house.host, house.port))
        except (OSError, OverflowError) as error:
            raise UserError(
                f"Nothing can listen on {house.host}:{house.port} ({getattr(error, 'strerror', None) or error}). "
                "Stop the program that is there, or give another port with --port."
            ) from error


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM and a closed terminal set."""
    stop = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in signals}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def open_database(home: Path) -> Iterator[str]:
    """The address of a database that answers. Our own server is stopped at the end, the county's own goes on."""
    named = os.environ.get("DATABASE_URL")
    try:
        address = database.address(home)
        psycopg.connect(address, connect_timeout=10).close()
    except (psycopg.Error, subprocess.SubprocessError, OSError, RuntimeError) as error:
        reason = "it does not start" if isinstance(error, subprocess.SubprocessError) else str(error).strip()
        reason = reason.splitlines()[0].rstrip(".")
        where = "of DATABASE_URL" if named else f"in {home / 'postgres'}"
        mend = "See that it runs and lets us in" if named else f"{home / 'postgres' / 'log'} says more"
        raise UserError(f"The database {where} cannot be reached: {reason}. {mend}.") from error
    try:
        yield address
    finally:
        if not named:
            database.stop(home)


def environment(home: Path, overlay: Path | None, address: str) -> Mapping[str, str]:
    """What the processes of the house are told."""
    told = {
        **os.environ,
        "LUOTSI_HOME": str(home.resolve()),
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "luotsi.web.project.settings",
    }
    if overlay is not None:
        told["LUOTSI_COUNTY"] = str(overlay.resolve())
    return told


def _gunicorn(house: House) -> Iterator[str]:
    host = f"[{house.host}]" if ":" in house.host else house.host
    yield from (sys.executable, "-m", "gunicorn", "luotsi.web.project.wsgi", "--bind", f"{host}:{house.port}")
    yield from ("--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket")
    # gunicorn takes a process for dead that says nothing for so long, and it says nothing while it starts
    yield from ("--timeout", str(START))
    yield from ("--log-level", "warning", "--graceful-timeout", str(STOP - 5), "--keep-alive", str(KEEP))


def _worker(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """The worker. It is killed with us: no one is left then who would end it after its patience."""
    return _start([sys.executable, "-m", "luotsi.jobs.worker"], environment, signal.SIGKILL)


def _start(command: list[str], environment: Mapping[str, str], last: signal.Signals) -> subprocess.Popen[bytes]:
    """A process that hears of no Ctrl-C but from us, and of our own death by a `last` signal (where Linux can tell)."""
    before = partial(_when_parent_dies, last)
    return subprocess.Popen(command, env=dict(environment), start_new_session=True, preexec_fn=before)


def _when_parent_dies(number: signal.Signals) -> None:
    set_option = getattr(ctypes.CDLL(None), "prctl", None)
    if set_option is not None:
        set_option(1, number)  # PR_SET_PDEATHSIG


def _wait_for_answer(house: House, web: subprocess.Popen[bytes], stop: threading.Event) -> None:
    """Returns when the web server answers, whatever it answers, or when it was asked to stop."""
    host = "127.0.0.1" if house.host == "0.0.0.0" else house.host
    until = time.monotonic() + START
    while not stop.wait(0.1):
        if web.poll() is not None:
            raise UserError("The web server did not start; the lines above say why.")
        if time.monotonic() > until:
            raise UserError(f"The web server did not answer in {START} seconds; the lines above may say why.")
        asked = http.client.HTTPConnection(host, house.port, timeout=START)
        try:
            asked.request("GET", "/static/")
            asked.getresponse()
            return
        except (OSError, http.client.HTTPException):
            continue
        finally:
            asked.close()


def _alive(
    worker: subprocess.Popen[bytes], environment: Mapping[str, str], stop: threading.Event, tell: Tell
) -> subprocess.Popen[bytes]:
    """The worker, or a new one in the place of one that has died: pages are served without it meanwhile."""
    if worker.poll() is None:
        return worker
    tell(f"The worker of jobs ended by itself (code {worker.returncode}); it is started again")
    stop.wait(PAUSE)
    return _worker(environment)


def _end(processes: Mapping[subprocess.Popen[bytes], float]) -> None:
    """Asks each process to end, and makes it where it does not in so many seconds."""
    for each in processes:
        if each.poll() is None:
            each.terminate()
    begun = time.monotonic()
    for each, seconds in sorted(processes.items(), key=lambda item: item[1]):
        try:
            each.wait(max(0.1, begun + seconds - time.monotonic()))
        except subprocess.TimeoutExpired:
            each.kill()
            each.wait()
