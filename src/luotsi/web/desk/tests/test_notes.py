"""Notes: who may pin them, what they leave behind, and what came after."""

import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client

from luotsi.web.desk import actions, notes
from luotsi.web.desk.models import Note
from luotsi.web.desk.tests.four_years import rows, write
from luotsi.web.desk.tests.test_pages import text
from luotsi.web.events.models import Event
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import sign_in, user_with
from luotsi.web.results import actions as publishing
from luotsi.web.results.models import Release


def pinned(by: User, **changes: object) -> Note:
    said = {"kind": "comment", "measure": "seen", "period": "2024-06", "text": "A new way of booking began."}
    return actions.pin_note(by=by, **{**said, **changes})  # pyright: ignore[reportArgumentType]


def test_a_note_keeps_the_number_of_its_time_and_leaves_one_event(release: Release, leader: User) -> None:
    note = pinned(leader)
    assert note.value == pytest.approx(0.662)
    assert note.release == release.name
    event = Event.objects.get(name="note.pinned")
    assert event.by == leader
    assert event.payload["note"]["text"] == "A new way of booking began."
    assert event.payload["note"]["note_id"] == str(note.note_id)


def test_a_leader_of_a_unit_pins_there_and_nowhere_else(release: Release) -> None:
    nurse = user_with(Role.OPERATIONAL_LEADER, "1")
    assert pinned(nurse, unit="1").unit == "1"
    for unit in ("2", ""):
        with pytest.raises(PermissionDenied):
            pinned(nurse, unit=unit)
    assert Event.objects.filter(name="note.pinned").count() == 1


@pytest.mark.parametrize("role", [None, Role.RESIDENT, Role.PROFESSIONAL, Role.ANALYST, Role.ADMINISTRATOR])
def test_who_does_not_lead_may_not_pin(release: Release, role: Role | None) -> None:
    with pytest.raises(PermissionDenied):
        pinned(user_with(role))


def test_a_note_taken_off_is_not_shown_and_is_told_once(release: Release, leader: User) -> None:
    note = pinned(leader)
    actions.remove_note(by=leader, note=note)
    actions.remove_note(by=leader, note=note)
    assert notes.standing() == []
    assert Event.objects.filter(name="note.removed").count() == 1
    with pytest.raises(PermissionDenied):
        actions.remove_note(by=user_with(Role.OPERATIONAL_LEADER, "1"), note=pinned(leader))


def test_the_next_release_shows_what_came_after_a_note(release: Release, leader: User, tmp_path: Path) -> None:
    note = pinned(leader, period="2024-12", kind="target", target=0.9)
    [before] = notes.follow(release, [note])
    assert not before.newer
    later = [
        {**row, "period": f"2025-{row['period'][5:]}", "numerator": 930.0, "value": 0.93}
        for row in rows()
        if row["period"] in ("2024-01", "2024-02", "2024-03") and (row["name"], row["group"]) == ("seen", "")
    ]
    newer = publishing.take_in(
        by=None, folder=write(tmp_path, "20250410T080000Z-next", results=[*rows(), *later], last_month="2025-03")
    )
    [after] = notes.follow(newer, [note])
    assert after.newer
    assert after.now is not None
    assert after.now.value == pytest.approx(0.93)
    assert after.difference == pytest.approx(0.93 - note.value)
    assert after.met is True
    assert after.after is not None
    assert after.after[0] == "good"


def test_a_note_whose_measure_is_gone_says_so(release: Release, leader: User, reader: Client) -> None:
    pinned(leader, measure="given_up", unit="1")
    assert "The release no longer has these numbers" in text(reader.get("/notes/"))


@pytest.mark.parametrize(("language", "target"), [("fi", "80,5"), ("sv", "80,5"), ("en", "80.5")])
def test_a_target_is_read_the_way_the_readers_language_writes_it(
    release: Release, reader: Client, language: str, target: str
) -> None:
    sent = {"kind": "target", "period": "2024-10", "unit": "", "text": "Eighty by summer", "target": target}
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert reader.post("/notes/new/?measure=seen", sent).status_code == 302
    assert Note.objects.get().target == pytest.approx(0.805)


def test_a_leader_pins_by_the_form_and_sees_it_on_the_chart_and_in_the_list(release: Release, reader: Client) -> None:
    sent = {"kind": "target", "period": "2024-10", "unit": "", "text": "Eighty by summer", "target": "80,5"}
    wrong = reader.post("/notes/new/?measure=seen", {**sent, "target": ""})
    assert wrong.status_code == 422
    assert "Write the value aimed at" in text(wrong)
    response = reader.post("/notes/new/?measure=seen", {**sent, "target": "80.5", "due_on": "2025-06-30"}, follow=True)
    assert response.status_code == 200
    said = text(response)
    assert "The note is pinned." in said
    assert "Eighty by summer" in said
    assert Note.objects.get().target == pytest.approx(0.805)
    assert Note.objects.get().due_on == datetime.date(2025, 6, 30)
    listed = text(reader.get("/notes/"))
    assert "Eighty by summer" in listed
    assert "Short of target" in listed


def test_a_post_that_removes_needs_the_right_to_do_so(release: Release, leader: User, client: Client) -> None:
    note = pinned(leader)
    sign_in(client, user_with(Role.OPERATIONAL_LEADER, "1"), 1)
    assert client.post(f"/notes/{note.note_id}/remove/").status_code == 403
    sign_in(client, leader, 1)
    assert client.post(f"/notes/{note.note_id}/remove/").status_code == 302
    assert not notes.standing()


def test_pins_of_one_period_share_a_mark(release: Release, leader: User) -> None:
    found = [pinned(leader, period="2024-05"), pinned(leader, period="2024-06"), pinned(leader, period="2024-06")]
    followed = notes.follow(release, list(reversed(found)))
    assert notes.pins(followed, "month") == [("2024-05", "1"), ("2024-06", "2,3")]
    assert notes.pins(followed, "year") == [("2024", "1,2,3")]
