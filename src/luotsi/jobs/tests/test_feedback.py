"""What clients said is counted by measures the next morning: event, lake, vault, mart, measure."""

from pathlib import Path

import pytest
from django.utils import timezone

from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.engine import marts, vault
from luotsi.jobs import exporting
from luotsi.jobs.tests.test_exporting import settled
from luotsi.web.feedback import actions
from luotsi.web.feedback.models import Case
from luotsi.web.feedback.tests.made_up import answer, ask
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def county() -> County:
    return open_county()


def test_answers_invitations_and_cases_are_rows_of_the_marts_with_the_corrected_theme(
    tmp_path: Path, county: County
) -> None:
    leader = user_with(Role.OPERATIONAL_LEADER, HEALTH_CENTRE)
    first = answer("Lasku oli aivan liian kallis", scores={"nps": 2, "item1": 4}, contact="Maija, 0401234567")
    answer("Kiitos hyvästä hoidosta, Onni Kallio", scores={"nps": 10})
    actions.correct(by=leader, answer=first, themes=["access"], mood="negative")
    ask(age_group="75-84", sex="2", municipality="179", language="fi")
    actions.take_case(by=leader, case=Case.objects.get())
    settled()
    exporting.export(tmp_path, county)
    vault.load(tmp_path, county)
    con = vault.open_vault(tmp_path)
    try:
        marts.refresh(con, county)
        given = con.execute(
            "SELECT nps, item1, theme, mood, given_at::DATE FROM marts.feedback ORDER BY nps"
        ).fetchall()
        asked = con.execute(
            "SELECT age_group, sex, municipality, answered_at FROM marts.feedback_invitation"
        ).fetchall()
        waiting = con.execute("SELECT queue, origin, state, due_at > added_at FROM marts.work_item").fetchall()
    finally:
        con.close()
    today = timezone.localdate()
    assert given[0] == (2, 4, "access", "negative", today)
    assert (given[1][0], given[1][3]) == (10, "positive")
    assert asked == [("75-84", "2", "179", None)]
    assert waiting == [("feedback_answers", "feedback", "taken", True)]
    for path in (each for each in tmp_path.rglob("*") if each.is_file()):
        content = path.read_bytes()
        assert not any(word in content for word in (b"0401234567", b"Kallio", b"kallis")), path
