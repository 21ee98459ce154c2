"""Client segments come from the engine to the persons that the web knows: whose, which, and what is left alone."""

from __future__ import annotations

import dataclasses
import datetime
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection

from luotsi.concepts.reading import County
from luotsi.concepts.records import Segments
from luotsi.engine import marts, segments, vault
from luotsi.jobs import demonstration
from luotsi.jobs.dividing import divide
from luotsi.jobs.landing import land
from luotsi.jobs.tests.fabricated import LABEL, county, hetu
from luotsi.synth.population import born, cells
from luotsi.web.events.models import Event
from luotsi.web.people.management.commands.demonstration_users import RESIDENTS
from luotsi.web.people.models import ClientSegment
from luotsi.web.people.tests.made_up import person
from luotsi.web.results.tests import fabricated

RELEASE = "20250101T080000Z-aaaa"
MONTHS = {"first_month": datetime.date(2024, 11, 1), "last_month": datetime.date(2024, 12, 1)}


@pytest.fixture
def divided(tmp_path: Path) -> County:
    """A county that divides persons into the young and the others."""
    rules = [{"segment": "young", "label": LABEL, "when": "years < 30"}]
    rules.append({"segment": "others", "label": LABEL, "when": "TRUE"})
    main = Segments.model_validate(
        {
            "segments": "main", "version": 1, "label": LABEL, "definition": LABEL, "source": "s", "owner": "o",
            "review": "2027-01-01", "status": "unconfirmed", "let": {"years": "age(birth_date, period_end)"},
            "rules": rules, "examples": [],
        }
    )  # fmt: skip
    return dataclasses.replace(county(tmp_path / "county"), segments={"main": main})


def released(root: Path, told: County, born: dict[int, int], day: int = 20250101) -> Path:
    """A home whose release knows persons by number, with their years of birth."""
    home, inbox = root / "home", root / "inbox"
    inbox.mkdir(exist_ok=True)
    path = inbox / f"clinic_north_persons_{day}_full.csv"
    lines = [f"L{number};{hetu(number)};{year}-05-05;Nimi {number};Katu;1" for number, year in born.items()]
    path.write_text("\n".join(["LOCAL;HETU;BORN;NAME;STREET;NUMBER", *lines]) + "\n", "utf-8")
    (landed,) = land(home, told, "clinic", [path], accept_unusual=True)
    assert landed.error is None
    vault.load(home, told)
    con = vault.open_vault(home)
    marts.refresh(con, told)
    segments.compute(con, told, **MONTHS)
    con.close()
    if not (home / "releases" / RELEASE).exists():
        fabricated.write(home, RELEASE)
    (home / "releases" / "current").write_text(RELEASE)
    return home


def known() -> dict[str, str]:
    rows = ClientSegment.objects.select_related("person").values_list("person__name", "segment")
    return dict(rows)


@pytest.mark.django_db
def test_only_persons_whom_the_web_knows_get_the_segment_of_the_newest_release(tmp_path: Path, divided: County) -> None:
    home = released(tmp_path, divided, {1: 2010, 2: 1950, 3: 1960})
    person(hetu(1), "Ykkönen", municipality="179")
    person(hetu(2), "Kakkonen", municipality="179")
    person(hetu(9), "Tuntematon", municipality="179")
    assert divide(home, divided) == 2
    assert known() == {"Ykkönen": "young", "Kakkonen": "others"}
    assert set(ClientSegment.objects.values_list("period_end", flat=True)) == {datetime.date(2024, 12, 31)}
    event = Event.objects.get(name="segments.renewed")
    assert (event.payload, event.by) == ({}, None)


@pytest.mark.django_db
def test_a_changed_segment_is_renewed_and_one_who_has_left_the_data_or_the_web_has_none(
    tmp_path: Path, divided: County
) -> None:
    home = released(tmp_path, divided, {1: 2010, 2: 1950, 3: 2011})
    for number in (1, 2, 3):
        person(hetu(number), f"N{number}", municipality="179")
    divide(home, divided)
    assert known() == {"N1": "young", "N2": "others", "N3": "young"}
    released(tmp_path, divided, {1: 1970, 3: 2011}, day=20250102)
    ClientSegment.objects.get(person__name="N3").person.delete()
    divide(home, divided)
    assert known() == {"N1": "others"}


@pytest.mark.django_db
@pytest.mark.parametrize("lost", ["vault", "release", "segments"])
def test_a_release_without_segments_leaves_no_one_in_any(tmp_path: Path, divided: County, lost: str) -> None:
    home = released(tmp_path, divided, {1: 2010})
    person(hetu(1), "Ykkönen", municipality="179")
    divide(home, divided)
    if lost == "vault":
        shutil.rmtree(home / "vault")
    elif lost == "release":
        (home / "releases" / "current").unlink()
    else:
        divided = dataclasses.replace(divided, segments={})
    assert divide(home, divided) == 0
    assert known() == {}


@pytest.mark.django_db
def test_nothing_that_names_a_person_is_written_into_the_home(tmp_path: Path, divided: County) -> None:
    home = released(tmp_path, divided, {1: 2010})
    one = person(hetu(1), "Ykkönen", municipality="179")
    before = {path for path in home.rglob("*") if path.is_file()}
    divide(home, divided)
    after = {path for path in home.rglob("*") if path.is_file()}
    assert {path for path in after - before if path.name != "persons.key"} == set()
    kept = b"".join(path.read_bytes() for path in after)
    assert not any(each.encode() in kept for each in (hetu(1), str(one.pk), one.pk.hex))


def test_those_of_the_demonstration_who_have_a_segment_live_in_its_synthetic_county() -> None:
    table = cells(demonstration.RESIDENTS, *demonstration.YEARS)
    codes = set(born(table, np.arange(table.total)).hetu.astype(str).tolist())
    assert {each.name for each in RESIDENTS if each.code in codes} == {"Aino Asukas", "Helmi Heikkilä", "Leevi Lehto"}


KILLED = """
import datetime, os, signal, sys, uuid
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from luotsi.web.people import actions
actions.record = lambda *_args, **_words: os.kill(os.getpid(), signal.SIGKILL)
actions.renew_segments(by=None, found={uuid.UUID(sys.argv[2]): "new"}, period_end=datetime.date(2025, 1, 31))
"""


@pytest.mark.django_db(transaction=True)
def test_killed_before_its_end_it_leaves_the_segments_that_were(tmp_path: Path) -> None:
    one = person(hetu(1), "Ykkönen", municipality="179")
    ClientSegment.objects.create(person=one, segment="old", period_end="2024-12-31")
    name: Any = connection.settings_dict["NAME"]
    environment = {**os.environ, "LUOTSI_HOME": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", KILLED, name, str(one.pk)], env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert known() == {"Ykkönen": "old"}
