"""Leaders reading boards at once: how long a page of a board takes to arrive, beside static pages of the same server.

Starts the server of a home that has a release, signs readers in, and lets them read in turns with time to think.
All traffic goes to 127.0.0.1, and ends after the number of seconds given.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil

from luotsi.concepts.shipped import open_county

PASSWORD = "luotsi-demo-2026"
READER = "strategic_leader@luotsi.example"
TILES = 12
NARROWED = 0.3
"""How many of the readings are narrowed to an area."""
PLAIN = "/static/ui/tokens.css"


@dataclass
class Reader:
    """One leader with a browser: a connection that is kept, and cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def get(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, body, where it leads) of one request."""
        try:
            return self._get(path, data)
        except http.client.RemoteDisconnected:
            # A connection that was idle too long is opened again, as browsers do.
            self.connection = None
            return self._get(path, data)

    def _get(self, path: str, data: dict[str, str] | None) -> tuple[int, str, str]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if data is None:
            self.connection.request("GET", path, headers=headers)
        else:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
            self.connection.request("POST", path, urlencode(data), headers)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _rest = value.split(";", 1)
                self.cookies.update([cookie.split("=", 1)])
        if answer.will_close:
            self.connection.close()
            self.connection = None
        return answer.status, body, answer.getheader("Location") or ""

    def sign_in(self) -> None:
        """Signs in as a reader of the demonstration."""
        _status, page, _to = self.get("/sign-in/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, page[:500]
        said = {"csrfmiddlewaretoken": found[1], "email": READER, "password": PASSWORD, "next": "/"}
        status, page, _to = self.get("/sign-in/", said)
        assert status == 302, page[:500]


def percentiles(times: list[float]) -> str:
    """Median, 95th and 99th percentile and the greatest, in milliseconds."""
    cut = statistics.quantiles(times, n=100, method="inclusive")
    return f"p50 {cut[49]:6.0f}  p95 {cut[94]:6.0f}  p99 {cut[98]:6.0f}  max {max(times):6.0f} ms"


def read(readers: list[Reader], paths: list[str], seconds: float, think: float) -> tuple[list[float], int]:
    """Every reader opens pages in turn until time is up; gives milliseconds of each, and how many were no page."""
    times: list[float] = []
    wrong: list[int] = []
    until = time.monotonic() + seconds

    def one(reader: Reader, chance: random.Random) -> None:
        time.sleep(chance.uniform(0, think))
        while time.monotonic() < until:
            path = chance.choice(paths)
            begun = time.perf_counter()
            status, _body, _to = reader.get(path)
            (times if status == 200 else wrong).append((time.perf_counter() - begun) * 1000)
            time.sleep(chance.uniform(0.5, 1.5) * think)

    threads = [
        threading.Thread(target=one, args=(reader, random.Random(place))) for place, reader in enumerate(readers)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return times, len(wrong)


def work(server: psutil.Process, home: Path) -> float:
    """CPU seconds of a server and all it has started, its PostgreSQL included."""
    database = psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().split()[0]))
    found = [each for top in (server, database) for each in (top, *top.children(recursive=True))]
    return sum(sum(each.cpu_times()[:4]) for each in found if each.is_running())


def served(home: Path, port: int) -> subprocess.Popen[str]:
    """`luotsi serve` of a home, when it is open."""
    command = [sys.executable, "-W", "ignore", "-c", "from luotsi.commands.main import run; run()", "serve"]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(
        [*command, "--home", str(home), "--port", str(port)],
        env={**environment, "LUOTSI_DEMONSTRATION": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    for line in process.stdout:
        if "is open at" in line:
            return process
    raise SystemExit("The server did not start")


def measured(home: Path, count: int, seconds: float, think: float, settle: float) -> None:
    """Starts, reads, tells, stops."""
    with socket.create_server(("127.0.0.1", 0)) as tried:
        port = tried.getsockname()[1]
    process = served(home, port)
    try:
        readers = [Reader(port) for _each in range(count)]
        for each in readers:
            each.sign_in()
        boards = [f"/boards/{name}/" for name, each in open_county().boards.items() if len(each.tiles) == TILES]
        first = readers[0]
        page = first.get(boards[0])[1]
        choices = re.search(r'<select[^>]*name="area".*?</select>', page, re.DOTALL)
        areas = re.findall(r'<option value="([^"]+)"', choices[0]) if choices else []
        whole, narrowed = boards, [f"{board}?area={area}" for board in boards for area in areas]
        share = max(1, round(len(narrowed) * (1 - NARROWED) / NARROWED / len(whole))) if narrowed else 1
        paths = whole * share + narrowed
        print(
            f"{count} readers, {think:.0f} s to think on average, {seconds:.0f} s; "
            f"{len(boards)} boards of {TILES} tiles, {len(areas)} areas"
        )
        cold = []
        for path in paths if len(paths) < 200 else [*whole, *narrowed]:
            begun = time.perf_counter()
            first.get(path)
            cold.append((time.perf_counter() - begun) * 1000)
        print(f"first opening of each page  {percentiles(cold)}", flush=True)
        time.sleep(settle)
        for name, asked in (("static file", [PLAIN]), ("account page", ["/account/"]), ("board", paths)):
            load = os.getloadavg()[0]
            before = work(psutil.Process(process.pid), home)
            times, wrong = read(readers, asked, seconds, think)
            spent = work(psutil.Process(process.pid), home) - before
            each = spent / max(1, len(times)) * 1000
            print(
                f"{name:13} {len(times):5} pages  {percentiles(times)}  work {each:5.1f} ms a page  "
                f"wrong {wrong}  load {load:.1f}",
                flush=True,
            )
    finally:
        process.terminate()
        process.wait(60)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="a home with a release; it is copied, and the copy is used")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60, help="of each kind of page, at most 600")
    parser.add_argument("--think", type=float, default=5, help="seconds between pages, on average")
    parser.add_argument("--settle", type=float, default=20, help="seconds for the start's own jobs to end")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        shutil.copytree(given.home / "releases", home / "releases")
        measured(home, min(given.readers, 200), min(given.seconds, 600), given.think, given.settle)


if __name__ == "__main__":
    main()
