"""Our own database server: one home's server is never taken for another's, and dead processes are forgotten."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from luotsi.web.project import database

ASK = "import sys; from pathlib import Path; from luotsi.web.project.database import address; "
SAY = ASK + "print(address(Path(sys.argv[1])))"
DIE = SAY + "; sys.stdout.flush(); import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


def ask(home: Path, program: str = SAY) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, str(home)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout.strip()


def server_of(home: Path) -> psutil.Process:
    return psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().split("\n")[0]))


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose user was killed while its server ran on."""
    home = tmp_path_factory.mktemp("killed")
    ask(home, DIE)
    return home


def test_a_server_that_outlived_its_killed_user_is_taken_over_and_stopped(killed: Path) -> None:
    server = server_of(killed)
    assert server.is_running()
    assert json.loads((killed / "postgres" / ".handle_pids.json").read_text())
    assert str(killed) in ask(killed)
    server.wait(10)
    assert not (killed / "postgres" / "postmaster.pid").exists()


def test_a_copied_home_does_not_send_its_data_to_the_server_of_the_first(killed: Path, tmp_path: Path) -> None:
    ask(killed, DIE)
    server = server_of(killed)
    copied = tmp_path / "copied"
    shutil.copytree(killed, copied, ignore=shutil.ignore_patterns(".s.PGSQL*"))
    database.clear_stale(copied / "postgres")
    assert not (copied / "postgres" / "postmaster.pid").exists()
    database.clear_stale(killed / "postgres")
    assert server_of(killed) == server
    server.terminate()
    server.wait(10)


def test_a_half_written_note_of_a_server_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text("")
    database.clear_stale(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()
