"""Nothing is lost: two windows, double submit, the back button, a session that ends, a page sent too late."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from luotsi.web.assessments.models import Response, ResponseStatus, Unsent
from luotsi.web.assessments.tests.test_answering import begun, hidden, kept, post, text

pytestmark = pytest.mark.django_db


def sent(page: str, go: str = "save", **answers: Any) -> dict[str, Any]:
    return {**hidden(page), "go": go, **{f"q-{name}": value for name, value in answers.items()}}


def test_two_windows_that_answer_different_questions_are_both_kept(resident: Client) -> None:
    address = begun(resident)
    one = two = text(resident.get(address))
    assert resident.post(address, sent(one, weeks="3", numb="")).status_code == 302
    assert resident.post(address, sent(two, weeks="", numb="no")).status_code == 302
    assert (kept("weeks"), kept("numb")[0]["code"]) == ([3], "no")


def test_two_windows_that_answer_one_question_show_both_answers_and_the_person_chooses(resident: Client) -> None:
    address = begun(resident)
    one = two = text(resident.get(address))
    resident.post(address, sent(one, weeks="3"))
    asked = resident.post(address, sent(two, weeks="5"))
    assert asked.status_code == 409
    assert "<strong>5</strong>" in text(asked)
    assert "<strong>3</strong>" in text(asked)
    assert kept("weeks") == [3]
    resident.post(address, {**sent(text(asked), weeks="5"), "keep-weeks": "saved"})
    assert kept("weeks") == [3]
    resident.post(address, {**sent(two, weeks="5"), "keep-weeks": "mine"})
    assert kept("weeks") == [5]


def test_a_conflict_in_the_background_puts_the_choice_into_the_page(resident: Client) -> None:
    address = begun(resident)
    two = text(resident.get(address))
    post(resident, address, weeks="3")
    part = resident.post(address, sent(two, "autosave", weeks="5"), headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Retarget"]) == (200, "#questions")
    assert "keep-weeks" in text(part)


def test_sending_a_page_twice_or_again_after_the_back_button_changes_nothing(resident: Client) -> None:
    address = begun(resident)
    page = text(resident.get(address))
    for _time in range(3):
        assert resident.post(address, sent(page, weeks="3", numb="no")).status_code == 302
    assert Response.objects.get().revision == 1


def test_finishing_twice_finishes_once_and_leads_to_the_result(resident: Client) -> None:
    address = begun(resident)
    page = text(resident.get(address))
    for _time in range(2):
        done = resident.post(address, sent(page, "finish", weeks="3", numb="no"))
        assert done["location"] == f"{address}result/"
    assert Response.objects.count() == 1


def test_a_page_sent_after_the_form_was_finished_offers_a_correction_with_what_it_sent(resident: Client) -> None:
    address = begun(resident)
    page = text(resident.get(address))
    post(resident, address, "finish", weeks="3", numb="no")
    late = resident.post(address, sent(page, weeks="9", numb="no"))
    assert late.status_code == 409
    assert 'name="q-weeks" value="9"' in text(late)
    assert kept("weeks") == [3]
    new = resident.post(f"{address}correct/", {"q-weeks": "9"})["location"]
    assert kept("weeks") == [9]
    post(resident, new, "finish", weeks="9", numb="no")
    assert [each.status for each in Response.objects.order_by("started_at")] == [
        ResponseStatus.COMPLETED,
        ResponseStatus.AMENDED,
    ]
    assert text(resident.get("/forms/")).count("/result/") == 1


def test_what_is_sent_when_the_session_has_ended_is_there_after_signing_in_again(resident: Client, rauha: Any) -> None:
    from luotsi.web.assessments.tests.conftest import signed_in

    address = begun(resident)
    page = text(resident.get(address))
    resident.logout()
    away = resident.post(address, sent(page, "next", weeks="8", numb="no"))
    assert away["location"].startswith("/sign-in/?next=")
    assert kept("weeks") == []
    part = resident.post(address, sent(page, "autosave", weeks="8", numb="no"), headers={"hx-request": "true"})
    assert "/sign-in/?next=" in text(part)
    back = signed_in(rauha)
    assert "What you wrote before you were signed out has been saved." in text(back.get(address))
    assert kept("weeks") == [8]
    assert not Unsent.objects.exists()


def test_what_was_sent_signed_out_and_differs_from_what_was_saved_meanwhile_is_asked_about(
    resident: Client, rauha: Any
) -> None:
    from luotsi.web.assessments.tests.conftest import signed_in

    address = begun(resident)
    page = text(resident.get(address))
    Client().post(address, sent(page, weeks="8"))
    assert Unsent.objects.count() == 1
    resident.post(address, sent(page, weeks="3"))
    back = signed_in(rauha)
    asked = back.get(address)
    assert asked.status_code == 409
    assert Unsent.objects.count() == 1
    back.post(address, {**sent(text(asked), weeks="8"), "keep-weeks": "mine"})
    assert kept("weeks") == [8]
    assert not Unsent.objects.exists()


def test_a_page_without_our_token_saves_nothing_and_says_so(resident: Client) -> None:
    address = begun(resident)
    page = text(resident.get(address))
    for forged in ("", "x", sent(page)["token"][:-2]):
        refused = resident.post(address, {**sent(page, weeks="8"), "token": forged})
        assert refused.status_code == 403
        assert Client().post(address, {**sent(page, weeks="8"), "token": forged})["location"].startswith("/sign-in/")
    assert kept("weeks") == []
    assert not Unsent.objects.exists()


def test_a_page_that_another_user_opened_is_kept_for_them_and_not_saved_by_the_next(
    resident: Client, rauha: Any
) -> None:
    from luotsi.web.assessments.tests.conftest import signed_in
    from luotsi.web.people.models import User
    from luotsi.web.people.tests.made_up import person

    address = begun(resident)
    page = text(resident.get(address))
    other = User.objects.create_user("veikko@luotsi.example", name="Veikko")
    veikko = person("230368-9116", "Veikko Verrokki", municipality="179")
    veikko.user = other
    veikko.save()
    refused = signed_in(other).post(address, sent(page, weeks="8"))
    assert refused.status_code == 403
    assert Unsent.objects.get().user == rauha
    assert "has been saved" in text(resident.get(address))
    assert kept("weeks") == [8]
