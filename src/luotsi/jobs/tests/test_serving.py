"""The running house: opens, tells how to sign in, survives being killed, stops everything it started."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from luotsi.commands import serve as command
from luotsi.concepts.errors import UserError
from luotsi.jobs import serving
from luotsi.web.results.tests import fabricated

RUN = "from luotsi.commands.main import run; run()"
STARTED = re.compile(r"Luotsi is open at http://localhost:\d+")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as tried:
        return int(tried.getsockname()[1])


class Served:
    """`luotsi serve` of a home, in a process of its own."""

    def __init__(self, home: Path, port: int) -> None:
        without = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "LUOTSI_SECRET_KEY")
        environment = {name: value for name, value in os.environ.items() if name not in without}
        self.port = port
        self.log = home / f"serve-{time.monotonic_ns()}.txt"
        with self.log.open("w") as stream:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-W",
                    "ignore",
                    "-c",
                    RUN,
                    "serve",
                    "--home",
                    str(home),
                    "--port",
                    str(port),
                ],
                env={**environment, "LUOTSI_DEMONSTRATION": "1"},
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def opened(self) -> str:
        """What it has told once it is open."""
        until = time.monotonic() + 300
        while not STARTED.search(told := self.log.read_text()):
            assert self.process.poll() is None, told
            assert time.monotonic() < until, told
            time.sleep(0.2)
        return told

    def status(self, path: str) -> int:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        asked.request("GET", path)
        return asked.getresponse().status

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def running(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those of processes that still run after so many seconds at most.

    One that has ended but whose new parent does not ask how, as the first process of some containers, runs no more.
    """
    until = time.monotonic() + seconds
    while (still := [each for each in processes if _runs(each)]) and time.monotonic() < until:
        time.sleep(0.1)
    return still


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_house_opens_again_after_it_was_killed_and_stops_all_it_started(tmp_path: Path) -> None:
    fabricated.write(tmp_path)
    (tmp_path / "releases" / "current").write_text(fabricated.NAME)
    port = free_port()
    first = Served(tmp_path, port)
    told = first.opened()
    assert f"Showing the release {fabricated.NAME}" in told
    assert "strategic_leader@luotsi.example" in told
    assert first.status("/sign-in/") == 200
    assert first.status("/data/") == 302
    children = first.children()
    assert len(children) >= 3
    first.process.kill()
    assert not running(children, 60)
    second = Served(tmp_path, port)
    second.opened()
    assert second.status("/sign-in/") == 200
    server = psutil.Process(int((tmp_path / "postgres" / "postmaster.pid").read_text().split()[0]))
    children = second.children()
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(60) == 0
    assert second.log.read_text().rstrip().endswith("Stopped")
    assert not running([*children, server], 10)


def house(home: Path, port: int) -> serving.House:
    return serving.House(home, None, "127.0.0.1", port)


def test_a_port_that_is_taken_is_told_before_anything_starts(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(UserError, match=r"Nothing can listen on 127\.0\.0\.1:\d+ \(Address already in use\).*--port"),
    ):
        serving.serve(house(tmp_path, other.getsockname()[1]), print)
    assert not list(tmp_path.iterdir())


def test_a_database_that_cannot_be_reached_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://luotsi:verysecret@127.0.0.1:{free_port()}/luotsi")
    with pytest.raises(UserError, match=r"The database of DATABASE_URL cannot be reached: .*refused") as told:
        serving.serve(house(tmp_path, free_port()), print)
    assert "verysecret" not in str(told.value)


def test_without_the_web_half_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda _name: None)
    with pytest.raises(UserError, match=r"pip install 'luotsi\[web\]'"):
        command.serve(home=tmp_path)
