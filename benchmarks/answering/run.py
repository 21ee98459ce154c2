"""Residents answering a form at once: how long a page takes to arrive, and whether any answer is lost.

Starts `luotsi serve` in an empty home, makes residents with sessions, and lets each fill the diabetes risk test:
every answer is saved when it is given, as a browser does, then the page is turned. All traffic goes to 127.0.0.1.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
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

FOLDER = Path(__file__).parent
FORM = "findrisc"
PAGES = (
    {"diabetes": "no", "sex": "female", "age": "55"},
    {"height": "170", "weight": "", "waist": "85"},
    {"q4": "no", "q5": "not_daily"},
    {"q6": "no", "q7": "no", "q8": "no"},
)
"""The answers of each page; each resident has a weight of their own, by which their answers are known again."""


@dataclass
class Resident:
    """One resident with a browser: a connection that is kept, and a session."""

    port: int
    session: str
    weight: str
    times: dict[str, list[float]] = field(default_factory=lambda: {"page": [], "save": []})
    wrong: list[str] = field(default_factory=list)
    connection: http.client.HTTPConnection | None = None

    def ask(self, kind: str, path: str, data: dict[str, str] | None = None, *, part: bool = False) -> tuple[str, str]:
        """(body, where it leads) of one request, whose time is kept."""
        begun = time.perf_counter()
        for again in (False, True):
            try:
                found = self._ask(path, data, part)
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection = None
                if again:
                    raise
        self.times[kind].append((time.perf_counter() - begun) * 1000)
        status, body, to = found
        if status not in (200, 302):
            self.wrong.append(f"{status} at {path}: {body[:200]}")
        return body, to

    def _ask(self, path: str, data: dict[str, str] | None, part: bool) -> tuple[int, str, str]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": f"luotsi_session={self.session}; luotsi_csrf={'c' * 32}", "Accept-Language": "fi"}
        if part:
            headers["HX-Request"] = "true"
        if data is None:
            self.connection.request("GET", path, headers=headers)
        else:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
            self.connection.request("POST", path, urlencode(data), headers)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        if answer.will_close:
            self.connection.close()
            self.connection = None
        return answer.status, body, answer.getheader("Location") or ""

    def fill(self, think: float, chance: random.Random) -> None:
        """Begins the form, answers it page by page and finishes it."""
        time.sleep(chance.uniform(0, think))
        _body, address = self.ask("page", f"/forms/{FORM}/", {"csrfmiddlewaretoken": "c" * 32})
        to = address
        for number, answers in enumerate(PAGES):
            body, _to = self.ask("page", to)
            hidden = dict(re.findall(r'<input type="hidden" name="([a-z]+)"[^>]* value="([^"]*)"', body))
            given: dict[str, str] = {}
            for name, value in answers.items():
                time.sleep(chance.uniform(0.5, 1.5) * think)
                given[f"q-{name}"] = self.weight if name == "weight" else value
                body, _to = self.ask("save", address, {**hidden, **given, "go": "autosave"}, part=True)
                hidden |= dict(re.findall(r'name="(revision|shape)"[^>]* value="([^"]*)"', body))
            last = number == len(PAGES) - 1
            _body, to = self.ask("page", address, {**hidden, **given, "go": "finish" if last else "next"})
            if not to:
                self.wrong.append(f"page {number + 1} led nowhere")
                return
        self.ask("page", to)


def percentiles(times: list[float]) -> str:
    """Median, 95th and 99th percentile and the greatest, in milliseconds."""
    cut = statistics.quantiles(times, n=100, method="inclusive")
    return f"{len(times):6} asked  p50 {cut[49]:6.0f}  p95 {cut[94]:6.0f}  p99 {cut[98]:6.0f}  max {max(times):6.0f} ms"


def served(home: Path, port: int) -> subprocess.Popen[str]:
    """`luotsi serve` of an empty home, when it is open."""
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


def inside(home: Path, *command: str) -> list:
    """What residents.py prints when it is run beside the server."""
    environment = {**os.environ, "LUOTSI_HOME": str(home), "LUOTSI_DEMONSTRATION": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "luotsi.web.project.settings"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(FOLDER / "residents.py"), *command],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def work(server: psutil.Process, home: Path) -> float:
    """CPU seconds of a server and all it has started, its PostgreSQL included."""
    database = psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().split()[0]))
    found = [each for top in (server, database) for each in (top, *top.children(recursive=True))]
    return sum(sum(each.cpu_times()[:4]) for each in found if each.is_running())


def measured(home: Path, count: int, think: float, settle: float) -> None:
    """Starts, lets everyone fill, tells, looks whether all is there, stops."""
    with socket.create_server(("127.0.0.1", 0)) as tried:
        port = tried.getsockname()[1]
    process = served(home, port)
    try:
        sessions = inside(home, "make", str(count))
        residents = [Resident(port, key, f"{60 + place / 10:.1f}") for place, key in enumerate(sessions)]
        time.sleep(settle)
        load, before = os.getloadavg()[0], work(psutil.Process(process.pid), home)
        begun = time.monotonic()
        threads = [
            threading.Thread(target=each.fill, args=(think, random.Random(place)))
            for place, each in enumerate(residents)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        spent = work(psutil.Process(process.pid), home) - before
        asked = sum(len(times) for one in residents for times in one.times.values())
        print(f"work {spent / max(1, asked) * 1000:.1f} ms a request")
        print(
            f"{count} residents, {think:.0f} s to think on average, {time.monotonic() - begun:.0f} s, load {load:.1f}"
        )
        for kind in ("page", "save"):
            print(f"{kind}  {percentiles([each for one in residents for each in one.times[kind]])}")
        wrong = [each for one in residents for each in one.wrong]
        kept = dict(inside(home, "told"))
        lost = [
            place
            for place, each in enumerate(residents)
            if f'"valueDecimal": "{each.weight}"' not in kept.get(f"Asukas {place}", "")
            and f'"valueDecimal": {each.weight.removesuffix(".0")}' not in kept.get(f"Asukas {place}", "")
        ]
        print(f"wrong {len(wrong)}  forms completed {len(kept)}  residents whose answers are not all there {len(lost)}")
        for each in wrong[:3]:
            print(each)
    finally:
        process.terminate()
        process.wait(60)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=500)
    parser.add_argument("--think", type=float, default=10, help="seconds between answers, on average")
    parser.add_argument("--settle", type=float, default=20, help="seconds for the start's own jobs to end")
    parser.add_argument("--quick", action="store_true", help="ten residents who think for a second")
    given = parser.parse_args()
    count, think = (10, 1) if given.quick else (min(given.residents, 3000), given.think)
    with tempfile.TemporaryDirectory() as folder:
        measured(Path(folder) / "home", count, think, 3 if given.quick else given.settle)


if __name__ == "__main__":
    main()
