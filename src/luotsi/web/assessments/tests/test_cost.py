"""What answering asks of the database: so many statements and no more, as hundreds answer at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luotsi.web.assessments.tests.test_answering import begun, hidden, post, text

pytestmark = pytest.mark.django_db

PAGE = ["django_session", "people_user", "people_membership", "people_accesslog", "assessments_response"]
"""What every request of one who answers asks for: the session, the user, their roles, their person, the response."""


def asked(doing: Callable[[], object]) -> list[str]:
    """The tables that statements read or write, in order, without those that hold transactions together."""
    with CaptureQueriesContext(
        connection,
    ) as found:
        doing()
    known = [*PAGE, "assessments_unsent", "assessments_change", "events_event"]
    said = [each["sql"] for each in found if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return [next((name for name in known if name in each), each) for each in said]


def test_a_page_of_a_form_asks_six_statements(resident: Client) -> None:
    address = begun(resident)
    resident.get(address)
    assert asked(lambda: resident.get(address)) == [*PAGE, "assessments_unsent"]


def test_a_save_writes_the_response_what_was_before_and_the_event_and_asks_nothing_else(resident: Client) -> None:
    address = begun(resident)
    page = text(resident.get(address))
    saved = asked(lambda: post(resident, address, "autosave", page, weeks="2"))
    assert saved == [*PAGE, "assessments_response", "assessments_change", "events_event"]


def test_a_page_that_is_turned_after_its_answers_were_saved_writes_nothing(resident: Client) -> None:
    address = begun(resident)
    post(resident, address, "autosave", weeks="2")
    page = text(resident.get(address))
    assert hidden(page)["revision"] == "1"
    assert asked(lambda: post(resident, address, "next", page, weeks="2")) == PAGE
