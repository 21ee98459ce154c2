"""`luotsi directory import` killed at many moments: the directory is as before, and the next import completes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from typer.testing import CliRunner

from luotsi.commands.directory import app
from luotsi.web.events.models import Event
from luotsi.web.services import queries
from luotsi.web.services.models import Service
from luotsi.web.services.tests.made_up import rows

HEADING = "jarjesto,nimi_fi,kuvaus_fi,puhelin,osoite,paikkakunta,aukiolo,id"
MOMENTS = ("_lock", "_write", "_join_parents", "_write_parts", "_remove", "_join", "_rewrite", "_count", "record")
KILLED = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from luotsi.jobs import directory
from luotsi.web.services import actions
def killed_at(moment):
    before = getattr(actions, moment)
    def killed(*args, **kwargs):
        before(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(actions, moment, killed)
    directory.take_in(Path(sys.argv[1]), None, "csv", [Path(sys.argv[2])], False)
for moment in sys.argv[3:]:
    child = os.fork()
    if not child:
        killed_at(moment)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL, moment
"""


def written(folder: Path, *lines: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "palvelut.csv"
    path.write_text("\n".join([HEADING, *lines]) + "\n", "utf-8")
    return path


def imported(home: Path, path: Path) -> str:
    done = CliRunner().invoke(app, ["import", "csv", str(path), "--home", str(home)])
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_at_any_moment_leaves_the_directory_as_it_was_and_the_next_completes_it(
    tmp_path: Path,
) -> None:
    place = "Esimerkkikatu 1,Jyväskylä,ma-pe 9-15"
    old = written(tmp_path / "old", f"Seura,Kuoro,Laulua,014,{place},a", f"Seura,Kerho,Pelejä,014,{place},b")
    new = written(tmp_path / "new", f"Seura,Shakkipiiri,Pelejä,015,{place},a", f"Seura,Muskari,Laulua,014,{place},c")
    imported(tmp_path, old)
    before, events = rows(), Event.objects.count()
    server = urlsplit(os.environ["DATABASE_URL"])
    address = urlunsplit(server._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = {**os.environ, "DATABASE_URL": address, "LUOTSI_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(new), *MOMENTS], env=environment, check=True)
    assert rows() == before
    assert Event.objects.count() == events
    assert imported(tmp_path, new) == "2 entries new, 2 changed, 1 as they were, 1 gone, 0 faults"
    assert sorted(Service.objects.filter(removed_at=None).values_list("entry", flat=True)) == ["a", "c"]
    assert [hit.service.entry for hit in queries.search("shakki")] == ["a"]
    assert {hit.service.entry for hit in queries.search("kerho")} <= {"a", "c"}
    complete = rows()
    assert imported(tmp_path, new) == "0 entries new, 0 changed, 5 as they were, 0 gone, 0 faults"
    assert rows() == complete
