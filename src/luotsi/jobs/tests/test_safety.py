"""A landing is whole or not at all: killed at any moment, or out of disk."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from luotsi.engine.lake import identity, manifests
from luotsi.jobs.landing import land
from luotsi.jobs.tests.fabricated import contacts, county, rows, sound, tree

PROGRAM = """
import sys
from pathlib import Path
from luotsi.concepts.reading import read_county
from luotsi.jobs.landing import land
{before}
home, content, *paths = map(Path, sys.argv[1:])
print("ready", flush=True)
for result in land(home, read_county(content)[0], "clinic", paths):
    print(result.error or "landed", flush=True)
"""
ROWS = 5_000
FILES = 3


def start(root: Path, before: str = "") -> subprocess.Popen[str]:
    """A process of its own that lands the files of the inbox."""
    paths = sorted((root / "inbox").glob("*.csv"))
    arguments = [sys.executable, "-c", PROGRAM.format(before=before), root / "home", root / "county", *paths]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    county(tmp_path / "county")
    for day in range(1, FILES + 1):
        contacts(tmp_path / "inbox", sound(ROWS, start=day), day=20240100 + day)
    return tmp_path


def whole(root: Path) -> int:
    """Checks that every extract there is, is whole; gives their number."""
    home = root / "home"
    found = manifests(home)
    for each in found:
        assert rows(home, each, "count(*), count(DISTINCT _line)") == [(ROWS, ROWS)]
        assert len(identity.read(home, "clinic", "contacts", each.extract, "identifiers")) > 0
    return len(found)


def test_a_landing_killed_at_any_moment_leaves_whole_extracts_and_the_next_one_ends_it(root: Path) -> None:
    moments = random.Random(7)
    seen: set[int] = set()
    with start(root) as process:
        began = time.monotonic()
        process.wait()
        took = time.monotonic() - began
    for each in manifests(root / "home")[1:]:
        assert each.rows_sent == ROWS
    for _ in range(4):
        subprocess.run(["rm", "-r", root / "home"], check=True)
        with start(root) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(moments.random() * took * 0.8)
            process.send_signal(signal.SIGKILL)
        seen.add(whole(root))
    with start(root) as process:
        assert process.wait() == 0
    assert whole(root) == FILES
    assert [path.name for path in (root / "home" / ".landing").iterdir()] == ["clinic-north.lock"]
    assert len(list((root / "home" / "identity").glob("*/*/*"))) == FILES
    assert len(seen) > 1, "no landing was killed midway"


def test_a_landing_killed_between_its_two_renames_is_done_again(root: Path) -> None:
    kill = """
import os, signal
import luotsi.engine.lake.landing as landing
rename = os.rename
def cut(source, target):
    rename(source, target)
    if "identity" in str(target):
        os.kill(os.getpid(), signal.SIGKILL)
os.rename = cut
"""
    with start(root, kill) as process:
        assert process.wait() == -signal.SIGKILL
    assert whole(root) == 0
    with start(root) as process:
        assert process.wait() == 0
    assert whole(root) == FILES
    assert [path.name for path in (root / "home" / ".landing").iterdir()] == ["clinic-north.lock"]


def test_a_sender_lands_while_another_does_and_waits_for_itself(root: Path) -> None:
    locks = root / "home" / ".landing"
    locks.mkdir(parents=True)
    with (locks / "other.lock").open("w") as other, (locks / "clinic-north.lock").open("w") as same:
        fcntl.flock(other, fcntl.LOCK_EX)
        fcntl.flock(same, fcntl.LOCK_EX)
        with start(root) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.3)
            assert whole(root) == 0
            fcntl.flock(same, fcntl.LOCK_UN)
            assert process.wait() == 0
    assert whole(root) == FILES


def test_a_file_limit_is_told_in_a_sentence_and_changes_nothing(root: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))"
    with start(root, limit) as process:
        said, _ = process.communicate()
    assert "nothing has changed" in said
    assert manifests(root / "home") == []
    assert set(tree(root / "home")) == {"keys/county.key"}


def test_a_full_disk_is_told_in_a_sentence_and_changes_nothing(root: Path) -> None:
    home = root / "home"
    home.mkdir()
    small = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(home)]
    if os.geteuid() != 0 or subprocess.run(small, capture_output=True).returncode != 0:
        pytest.skip("a small disk can be mounted by root alone")
    try:
        results = land(home, county(root / "county"), "clinic", [root / "inbox"])
        assert all("The disk is full" in str(each.error) for each in results), results
        assert set(tree(home)) <= {"keys/county.key"}
        subprocess.run(["mount", "-o", "remount,size=64m", str(home)], check=True)
        assert all(each.error is None for each in land(home, county(root / "county"), "clinic", [root / "inbox"]))
        assert whole(root) == FILES
    finally:
        subprocess.run(["umount", str(home)], check=True)
