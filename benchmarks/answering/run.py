"""Residents answering a form at once: how long a page takes to arrive, and whether any answer is lost.

Starts `luotsi serve` in an empty home, makes residents with sessions, and lets each fill the diabetes risk test:
every answer is saved when it is given, as a browser does, then the page is turned. All traffic goes to 127.0.0.1.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
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
HIDDEN = re.compile(r'<input type="hidden" name="([a-z]+)"[^>]* value="([^"]*)"')
CHANGED = re.compile(r'name="(revision|shape)"[^>]* value="([^"]*)"')
"""What a page sends with its answers, and what of it a save tells anew."""
PATIENCE = 120
"""Seconds that a resident waits for an answer."""


@dataclass
class Resident:
    """One resident with a browser: a connection that is kept, and a session."""

    port: int
    session: str
    weight: str
    times: dict[str, list[float]] = field(default_factory=lambda: {"page": [], "save": []})
    wrong: list[str] = field(default_factory=list)
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, kind: str, path: str, data: dict[str, str] | None = None, *, part: bool = False
    ) -> tuple[str, str]:
        """(body, where it leads) of one request, whose time is kept."""
        begun = time.perf_counter()
        try:
            status, body, to = await self._ask(path, data, part)
        except (asyncio.IncompleteReadError, ConnectionError):
            # a server may close a connection that was quiet
            self.streams = None
            status, body, to = await self._ask(path, data, part)
        self.times[kind].append((time.perf_counter() - begun) * 1000)
        if status not in (200, 302):
            self.wrong.append(f"{status} at {path}: {body[:200]}")
        return body, to

    async def _ask(self, path: str, data: dict[str, str] | None, part: bool) -> tuple[int, str, str]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        reader, writer = self.streams
        writer.write(self._request(path, data, part))
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)).decode("latin-1")
        first, *lines = head.split("\r\n")
        told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(told["content-length"]))
        if told.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        if told.get("connection") == "close":
            writer.close()
            self.streams = None
        return int(first.split()[1]), body.decode(), told.get("location", "")

    def _request(self, path: str, data: dict[str, str] | None, part: bool) -> bytes:
        """What a browser sends, as far as the server looks at it."""
        lines = [
            f"{'GET' if data is None else 'POST'} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Cookie: luotsi_session={self.session}; luotsi_csrf={'c' * 32}",
            "Accept-Encoding: gzip",
            "Accept-Language: fi",
            *(["HX-Request: true"] if part else []),
        ]
        if data is None:
            return "\r\n".join([*lines, "", ""]).encode()
        body = urlencode(data)
        lines += [f"Origin: http://127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "Content-Type: application/x-www-form-urlencoded", "", body]).encode()

    async def fill(self, think: float, chance: random.Random) -> None:
        """Begins the form, answers it page by page and finishes it."""
        await asyncio.sleep(chance.uniform(0, think))
        _body, address = await self.ask("page", f"/forms/{FORM}/", {"csrfmiddlewaretoken": "c" * 32})
        to = address
        for number, answers in enumerate(PAGES):
            body, _to = await self.ask("page", to)
            hidden = dict(HIDDEN.findall(body))
            given: dict[str, str] = {}
            for name, value in answers.items():
                await asyncio.sleep(chance.uniform(0.5, 1.5) * think)
                given[f"q-{name}"] = self.weight if name == "weight" else value
                body, _to = await self.ask("save", address, {**hidden, **given, "go": "autosave"}, part=True)
                hidden |= dict(CHANGED.findall(body))
            last = number == len(PAGES) - 1
            _body, to = await self.ask("page", address, {**hidden, **given, "go": "finish" if last else "next"})
            if not to:
                self.wrong.append(f"page {number + 1} led nowhere")
                return
        await self.ask("page", to)


async def everyone(residents: list[Resident], think: float) -> None:
    """All residents fill at once; one whose connection breaks twice is told as wrong, and the others go on."""
    filling = (each.fill(think, random.Random(place)) for place, each in enumerate(residents))
    for each, fault in zip(residents, await asyncio.gather(*filling, return_exceptions=True), strict=True):
        if fault is not None:
            each.wrong.append(f"{type(fault).__name__}: {fault}")


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


def spent(server: psutil.Process, home: Path) -> dict[str, float]:
    """CPU seconds of the web server, of its PostgreSQL, of the worker of jobs and of the residents' own side."""
    database = psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().split()[0]))
    found = {"web": 0.0, "database": _seconds(database), "jobs": 0.0, "residents": time.process_time()}
    for each in server.children():
        found["web" if "gunicorn" in each.cmdline() else "jobs"] += _seconds(each)
    return found


def _seconds(top: psutil.Process) -> float:
    """CPU seconds of a process and all it has started."""
    return sum(sum(each.cpu_times()[:2]) for each in (top, *top.children(recursive=True)))


def measured(home: Path, count: int, think: float, settle: float) -> None:
    """Starts, lets everyone fill, tells, looks whether all is there, stops."""
    with socket.create_server(("127.0.0.1", 0)) as tried:
        port = tried.getsockname()[1]
    process = served(home, port)
    try:
        sessions = inside(home, "make", str(count))
        residents = [Resident(port, key, f"{60 + place / 10:.1f}") for place, key in enumerate(sessions)]
        time.sleep(settle)
        server = psutil.Process(process.pid)
        load, before, begun = os.getloadavg()[0], spent(server, home), time.monotonic()
        asyncio.run(everyone(residents, think))
        lasted, after = time.monotonic() - begun, spent(server, home)
        asked = sum(len(times) for one in residents for times in one.times.values())
        print(f"{count} residents, {think:.0f} s to think on average, {lasted:.0f} s, load {load:.1f} before")
        print(
            f"CPU ms a request: {', '.join(f'{who} {(after[who] - before[who]) / asked * 1000:.1f}' for who in after)}"
        )
        tell(residents, dict(inside(home, "told")))
    finally:
        process.terminate()
        process.wait(60)


def tell(residents: list[Resident], kept: dict[str, str]) -> None:
    """Prints the times, and whether each resident's completed form holds what they answered. `kept`: by name."""
    for kind in ("page", "save"):
        print(f"{kind}  {percentiles([each for one in residents for each in one.times[kind]])}")
    wrong = [each for one in residents for each in one.wrong]
    lost = [
        place
        for place, each in enumerate(residents)
        if f'"valueDecimal": "{each.weight}"' not in kept.get(f"Asukas {place}", "")
        and f'"valueDecimal": {each.weight.removesuffix(".0")}' not in kept.get(f"Asukas {place}", "")
    ]
    print(f"wrong {len(wrong)}  forms completed {len(kept)}  residents whose answers are not all there {len(lost)}")
    for each in wrong[:3]:
        print(each)


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
