"""Referrals reach the warehouse without a word of anyone, and those of other systems come in by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from luotsi.commands.referral import app
from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.engine import marts, vault
from luotsi.jobs import directory, exporting
from luotsi.jobs.tests.test_exporting import settled
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, person
from luotsi.web.referrals import actions
from luotsi.web.referrals.fhir import Told
from luotsi.web.referrals.fhir.writing import bundle
from luotsi.web.referrals.models import Referral
from luotsi.web.referrals.tests.made_up import brought_to, nurse_of, place, referral, volunteer

CODE = "230368-9116"


@pytest.fixture(scope="module")
def county() -> County:
    return open_county()


def asked(home: Path, county: County, *queries: str) -> list[Any]:
    """What the marts answer when all events are in them."""
    settled()
    exporting.export(home, county)
    vault.load(home, county)
    con = vault.open_vault(home)
    try:
        marts.refresh(con, county)
        return [con.execute(each).fetchall() for each in queries]
    finally:
        con.close()


@pytest.mark.django_db(transaction=True)
def test_a_referral_and_its_scores_reach_the_warehouse_and_a_withdrawn_one_names_no_person(
    tmp_path: Path, county: County
) -> None:
    who, receiver = person(CODE, "Veikko", municipality="179"), place()
    nurse, helper = nurse_of(who), volunteer(receiver)
    one = referral(nurse, who, receiver, language="sv")
    actions.score(by=nurse, referral=one.pk, moment="before", who5=[1, 1, 1, 1, 1], lonely=4)
    brought_to("closed", one, nurse, helper)
    brought_to("withdrawn", referral(nurse, who, receiver), nurse, helper)
    rows, answers, organisations = asked(
        tmp_path,
        county,
        "SELECT state, outcome, language, who5_before, person IS NOT NULL, first_contact_at >= sent_at, organisation"
        " IS NOT NULL FROM marts.wellbeing_referral ORDER BY state",
        "SELECT variable, number::INTEGER FROM marts.assessment_answers ORDER BY variable",
        "SELECT name FROM marts.organisation",
    )
    assert rows == [
        ("closed", "reached", "sv", 20, True, True, True),
        ("withdrawn", None, None, None, False, None, True),
    ]
    assert answers == [("lonely", 4), ("who5", 20)]
    assert ("Juttuseura ry",) in organisations
    kept = b"".join(each.read_bytes() for each in (tmp_path / "lake").rglob("*") if each.is_file())
    assert "Yksinäisyys".encode() not in kept


@pytest.mark.django_db
def test_referrals_of_files_are_taken_in_once_and_a_wrong_one_is_told_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse_of(person(CODE, "Veikko", municipality="179"))
    place()
    told = Told(id="HUS-1", person=CODE, organisation="seura", reason="Yksin", items=("name",))
    good, wrong = tmp_path / "good.json", tmp_path / "wrong.json"
    good.write_text(json.dumps(bundle(told)), "utf-8")
    wrong.write_text("{}", "utf-8")

    class Opened:
        def __enter__(self) -> None:
            """The test's own database is open already."""

        def __exit__(self, *_fault: object) -> None:
            """And it stays so."""

    monkeypatch.setattr(directory, "opened", lambda *_given: Opened())
    run = CliRunner()
    command = ["import", "--unit", HEALTH_CENTRE, "--home", str(tmp_path)]
    first = run.invoke(app, [*command, str(good)])
    assert (first.exit_code, "taken in" in first.output) == (0, True), first.output
    again = run.invoke(app, [*command, str(good), str(wrong)])
    assert "is here already" in again.output
    assert isinstance(again.exception, UserError)
    assert str(again.exception).startswith("wrong.json: This is no FHIR Bundle.")
    missing = run.invoke(app, [*command, str(tmp_path / "none.json")])
    assert "no file" in str(missing.exception)
    assert [each.state for each in Referral.objects.all()] == ["consented"]
