"""Filling a form as a resident: pages, saving, going on, the result, the red flag, the event."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from luotsi.web.assessments.models import Change, FormVersion, Response
from luotsi.web.events.models import Event

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return response.content.decode()


def begun(client: Client) -> str:
    """The address of a form just begun."""
    return client.post("/forms/back/")["location"]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page of a form, by which it is sent."""
    found = dict(re.findall(r'<input type="hidden" name="([a-z]+)"[^>]* value="([^"]*)"', page))
    assert found["token"]
    return found


def post(client: Client, address: str, go: str = "save", page: str | None = None, **answers: Any) -> Any:
    """Sends a page as a browser does that has just opened it."""
    said = page or text(client.get(address))
    sent = {f"q-{name}": value for name, value in answers.items()}
    return client.post(address, {**hidden(said), "go": go, **sent})


def kept(name: str) -> Any:
    """The answers kept to a question of the last response."""
    found: list[Any] = []

    def walk(items: list[Any]) -> None:
        for each in items:
            if each["linkId"] == name:
                found.extend(each.get("answer", []))
            walk(each.get("item", []))

    walk(Response.objects.latest("started_at").kept.get("item", []))
    return [next(iter(each.values())) for each in found]


def test_a_resident_fills_a_form_page_by_page_and_sees_what_it_means(resident: Client) -> None:
    assert "Selkä (en)" in text(resident.get("/forms/"))
    assert "demonstration content" in text(resident.get("/forms/back/"))
    address = begun(resident)
    page = text(resident.get(address))
    assert "Page 1 of 2" in page
    assert "demonstration content" in page
    assert "Kerro lisää" not in page
    on = post(resident, address, "next", weeks="8", numb="no")
    assert on.status_code == 302
    second = text(resident.get(on["location"]))
    assert "Page 2 of 2" in second
    done = post(
        resident, address, "finish", page=second, **{"name:0": "Panadol", "signs": ["~other", "fever", "cough"]}
    )
    assert done["location"] == f"{address}result/"
    result = text(resident.get(done["location"]))
    assert "Varaa aika fysioterapeutille. (en)" in result
    assert "Kipu on kestänyt 8 viikkoa. (en)" in result
    assert "Korkea (en)" in result
    assert "demonstration content" in result


def test_the_whole_form_can_be_answered_on_one_page(resident: Client) -> None:
    address = begun(resident)
    led = post(resident, address, "whole", weeks="8")["location"]
    assert led.endswith("?page=all")
    page = text(resident.get(led))
    assert 'value="8"' in page
    assert "Oireet (en)" in page
    assert "Page 1" not in page
    assert post(resident, led, "finish", page=page, weeks="8", numb="no")["location"] == f"{address}result/"


def test_completing_writes_one_event_with_the_assessment_and_no_personal_identity_code(resident: Client) -> None:
    address = begun(resident)
    post(resident, address, "finish", weeks="8", numb="no")
    event = Event.objects.get(name="response.completed")
    said = event.payload["assessment"]
    row = Response.objects.get()
    assert said["assessment_id"] == str(row.pk)
    assert said["person"] == str(row.person_id)
    assert said["instrument"] == "back_pain"
    answers = {each["variable"]: each for each in said["answers"]}
    assert answers["weeks"]["number"] in (8, "8")
    assert answers["points.class"]["value"] == "high"
    assert "900P" not in str(event.payload)
    again = resident.get(address)
    assert again["location"] == f"{address}result/"
    assert Event.objects.filter(name="response.completed").count() == 1


def test_a_question_appears_when_its_condition_holds_and_its_answer_stays_while_it_is_hidden(resident: Client) -> None:
    address = begun(resident)
    assert post(resident, address, weeks="8", numb="no").status_code == 302
    assert "Kerro lisää" in text(resident.get(address))
    post(resident, address, weeks="8", why="Kaaduin")
    post(resident, address, weeks="2", why="Kaaduin")
    assert "Kerro lisää" not in text(resident.get(address))
    post(resident, address, weeks="8")
    assert "Kaaduin" in text(resident.get(address))


def test_a_red_flag_stops_the_form_at_once_with_the_number_to_call(resident: Client) -> None:
    address = begun(resident)
    assert post(resident, address, weeks="1", numb="yes")["location"] == f"{address}stopped/"
    page = text(resident.get(f"{address}stopped/"))
    assert "Soita 112 heti. (en)" in page
    assert 'href="tel:112"' in page
    assert 'href="tel:116117"' in page
    part = resident.post(
        address,
        {**hidden(text(resident.get(address))), "go": "autosave", "q-weeks": "1"},
        headers={"hx-request": "true"},
    )
    assert part["HX-Redirect"] == f"{address}stopped/"
    assert resident.post(f"{address}stopped/")["location"] == f"{address}result/"
    assert Response.objects.get().outcome == "emergency"


def test_what_is_missing_or_wrong_is_told_at_its_question_and_nothing_else_is_lost(resident: Client) -> None:
    address = begun(resident)
    page = post(resident, address, "next", weeks="many", numb="no")
    assert page.status_code == 422
    assert 'value="many"' in text(page)
    assert 'href="#f-weeks"' in text(page)
    assert kept("numb")
    missing = post(resident, address, "finish", numb="no")
    assert missing.status_code == 422
    assert Response.objects.get().status == "in-progress"


def test_autosave_says_that_it_saved_and_draws_questions_anew_only_where_they_changed(resident: Client) -> None:
    address = begun(resident)
    first = hidden(text(resident.get(address)))
    small = resident.post(address, {**first, "go": "autosave", "q-weeks": "1"}, headers={"hx-request": "true"})
    assert small["HX-Reswap"] == "none"
    assert 'name="revision" id="revision" value="1"' in text(small)
    whole = resident.post(
        address, {**first, "revision": "1", "go": "autosave", "q-weeks": "8"}, headers={"hx-request": "true"}
    )
    assert "Kerro lisää (en)" in text(whole)
    assert kept("weeks") == [8]


def test_repetitions_are_added_and_removed_and_keep_their_order(resident: Client) -> None:
    address = begun(resident) + "?page=drugs"
    page = text(resident.get(address))
    for number, name in enumerate(["Panadol", "Burana", "Ketorin"]):
        go = "add drug" if number < 2 else "save"
        post(resident, address, go, page=page, **{f"name:{number}": name})
        page = text(resident.get(address))
    assert kept("name") == ["Panadol", "Burana", "Ketorin"]
    post(resident, address, "up drug:2", page=page)
    assert kept("name") == ["Panadol", "Ketorin", "Burana"]
    post(resident, address, "remove drug:0", page=text(resident.get(address)))
    assert kept("name") == ["Ketorin", "Burana"]


def test_check_boxes_are_cleared_and_an_answer_of_ones_own_is_kept(resident: Client) -> None:
    address = begun(resident) + "?page=drugs"
    post(resident, address, signs=["~other", "fever", "cough"])
    post(resident, address, signs=["~other"])
    assert kept("signs") == []
    page = text(resident.get(address))
    resident.post(address, {**hidden(page), "go": "save", "q-own": ["", "~other"], "o-own": "Luotsi"})
    assert kept("own") == ["Luotsi"]
    assert 'value="Luotsi"' in text(resident.get(address))


def test_a_pasted_script_is_shown_as_text(resident: Client) -> None:
    address = begun(resident)
    post(resident, address, weeks="8", numb="no")
    post(resident, address, weeks="8", why="<script>alert(1)</script>")
    page = text(resident.get(address))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_a_text_of_five_megabytes_is_refused_with_a_sentence_and_the_other_answers_are_saved(resident: Client) -> None:
    address = begun(resident)
    post(resident, address, weeks="8", numb="no")
    fields = {**hidden(text(resident.get(address))), "go": "save", "q-weeks": "9", "q-why": "a" * 5_000_000}
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    page = resident.post(address, body, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 422
    assert "longer than" in text(page)
    assert kept("weeks") == [9]
    assert kept("why") == []
    too_big = resident.post(address, body + "a" * 9_000_000, content_type="application/x-www-form-urlencoded")
    assert too_big.status_code == 413
    assert kept("weeks") == [9]


def test_a_new_version_published_in_mid_answer_does_not_disturb(resident: Client) -> None:
    from luotsi.web.assessments.tests.made_up import BACK, publish

    address = begun(resident)
    post(resident, address, weeks="8", numb="no")
    publish({**BACK, "item": BACK["item"][1:]}, version="2", scores={}, outcomes=[])
    assert "Montako viikkoa?" in text(resident.get(address))
    assert begun(resident) == address
    post(resident, address, "finish", weeks="8", numb="no")
    assert Response.objects.get().version == FormVersion.objects.get(version="1")
    new = begun(resident)
    assert new != address
    assert "Montako viikkoa?" not in text(resident.get(new))


def test_answers_go_on_on_another_device_and_are_no_one_elses(resident: Client, rauha: Any) -> None:
    from luotsi.web.assessments.tests.conftest import signed_in
    from luotsi.web.people.models import User
    from luotsi.web.people.tests.made_up import person

    address = begun(resident)
    post(resident, address, weeks="8", numb="no")
    assert 'value="8"' in text(signed_in(rauha).get(address))
    other = User.objects.create_user("veikko@luotsi.example", name="Veikko")
    stranger = person("230368-9116", "Veikko Verrokki", municipality="179")
    stranger.user = other
    stranger.save()
    for path in ("", "result/", "stopped/", "print/"):
        assert signed_in(other).get(address + path).status_code == 404
    for path in ("", "send/", "correct/"):
        assert signed_in(other).post(address + path).status_code in (403, 404)
    assert Change.objects.filter(by=other).count() == 0


def test_each_save_leaves_what_was_there_before_and_by_whom(resident: Client, rauha: Any) -> None:
    address = begun(resident)
    post(resident, address, weeks="8", numb="no")
    post(resident, address, weeks="9", numb="no")
    change = Change.objects.get(path="weeks", revision=2)
    assert (change.before, change.by) == (["8"], rauha)
    assert Event.objects.filter(name="response.saved").count() == 2
