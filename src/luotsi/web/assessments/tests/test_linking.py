"""Forms answered by a secret link, without signing in: what can be answered so, by whom, and what is kept of it."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from luotsi.concepts.errors import UserError
from luotsi.forms import judging
from luotsi.forms.content import form_of
from luotsi.forms.records import FormRecord
from luotsi.web.assessments import published
from luotsi.web.assessments.linking import actions, queries
from luotsi.web.assessments.linking.models import Link, LinkResponse
from luotsi.web.assessments.tests.conftest import signed_in
from luotsi.web.assessments.tests.made_up import BACK, RECORD, publish, words
from luotsi.web.assessments.tests.test_answering import text
from luotsi.web.assessments.views import linked
from luotsi.web.events.models import Event
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, user_with

pytestmark = pytest.mark.django_db
PLAIN = [
    {"outcome": "self_care", "when": "weeks > 0", "urgency": "days", "action": words("Kiitos"), "reason": words("–")}
]


@pytest.fixture
def survey(db: None) -> Any:
    """The form of tests, as one that is answered by links."""
    return publish(by_link=True, outcomes=PLAIN, kind="survey")


@pytest.fixture
def leader(survey: Any) -> Client:
    """A leader of a unit."""
    return signed_in(user_with(Role.OPERATIONAL_LEADER, HEALTH_CENTRE))


def day(ahead: int) -> str:
    return (timezone.localdate() + datetime.timedelta(days=ahead)).isoformat()


def made(leader: Client, **more: str) -> str:
    """The address of a new link."""
    sent = {"form": "back", "name": "Staff survey", "unit": HEALTH_CENTRE, "until": day(7), **more}
    shown = text(leader.post("/form-links/", sent))
    found = re.search(r'href="[^"]*(/by-link/[^"]+)"', shown)
    assert found, shown
    return found[1]


def begun(address: str) -> tuple[Client, str]:
    """A browser of no one's, which has begun to answer."""
    client = Client(headers={"accept-language": "en"})
    assert "You answer without signing in" in text(client.get(address))
    return client, client.post(address)["location"]


def sent(revision: int, go: str, page: str = "pain", **answers: Any) -> dict[str, Any]:
    return {
        "revision": str(revision),
        "go": go,
        "page": page,
        **{f"q-{name}": value for name, value in answers.items()},
    }


def test_a_survey_is_answered_page_by_page_by_its_link_and_no_row_knows_who_answered(leader: Client) -> None:
    client, at = begun(made(leader))
    assert "Montako viikkoa" in text(client.get(at))
    missing = client.post(at, sent(0, "next", weeks="3"))
    assert (missing.status_code, LinkResponse.objects.get().revision) == (422, 1)
    led = client.post(at, sent(1, "next", weeks="3", numb="no"))
    assert "page=drugs" in led["location"]
    assert client.post(at, sent(2, "finish", "drugs", signs=["fever"]))["location"] == f"{at}result/"
    told = Event.objects.get(name="link_response.completed")
    said = told.payload["assessment"]
    assert (told.by, said["person"], said["unit"]) == (None, None, HEALTH_CENTRE)
    assert {"variable": "weeks", "value": "3", "number": "3"} in said["answers"]
    result = text(client.get(f"{at}result/"))
    assert "Thank you" in result
    assert "Matala" in result
    assert client.get(at)["location"] == f"{at}result/"
    assert client.post(at, sent(3, "next", weeks="9"))["location"] == f"{at}result/"
    rows = text(leader.get("/form-links/"))
    assert re.search(r'data-label="Finished">1<', rows)


def test_a_link_of_one_response_is_gone_on_with_by_all_who_have_it_and_others_begin_their_own(leader: Client) -> None:
    together = made(leader, once="once")
    shared = Client(headers={"accept-language": "en"})
    first, second = shared.post(together)["location"], Client().post(together)["location"]
    assert first == second
    alone = made(leader)
    assert begun(alone)[1] != begun(alone)[1]


def test_a_page_that_was_open_in_another_window_overwrites_nothing_unseen(leader: Client) -> None:
    client, at = begun(made(leader))
    client.post(at, sent(0, "autosave", weeks="3"))
    stale = client.post(at, sent(0, "next", weeks="5", numb="no"))
    assert stale.status_code == 409
    shown = text(stale)
    assert "changed in another window" in shown
    assert re.search(r'name="q-weeks"[^>]*value="5"', shown), "what was sent is not in its field any more"
    row = LinkResponse.objects.get()
    assert '"valueInteger": 3' in str(row.kept).replace("'", '"')
    assert client.post(at, sent(1, "next", weeks="5", numb="no")).status_code == 302


def test_a_page_of_a_browser_with_javascript_is_saved_as_it_is_filled(leader: Client) -> None:
    client, at = begun(made(leader))
    headers = {"HX-Request": "true"}
    first = client.post(at, sent(0, "autosave", weeks="9"), headers=headers)
    assert "q-why" in text(first), "the question that opened is not drawn"
    shape = re.search(r'name="shape" value="(\w+)"', text(first))
    assert shape
    again = client.post(at, {**sent(1, "autosave", weeks="8"), "shape": shape[1]}, headers=headers)
    assert again["HX-Reswap"] == "none"
    assert LinkResponse.objects.get().revision == 2


def test_a_group_is_repeated_and_an_impossible_answer_told_at_its_field(leader: Client) -> None:
    client, at = begun(made(leader))
    added = client.post(at, sent(0, "add drug", "drugs", **{"name:0": "Burana"}))
    assert added.status_code == 302
    assert "q-name:1" in text(client.get(f"{at}?page=drugs"))
    assert client.post(at, sent(1, "remove drug:7", "drugs")).status_code == 302
    wrong = client.post(at, sent(1, "leave", weeks="many"))
    assert wrong.status_code == 422
    assert 'value="many"' in text(wrong)


def test_a_link_that_is_closed_over_or_not_ours_leads_to_no_answers(leader: Client) -> None:
    address = made(leader)
    client, at = begun(address)
    link = Link.objects.get()
    other = signed_in(user_with(Role.OPERATIONAL_LEADER, "1.2.3.4"))
    assert other.post(f"/form-links/{link.pk}/close/").status_code == 404
    leader.post(f"/form-links/{link.pk}/close/")
    for path in (address, at):
        assert client.get(path).status_code == 410
        assert client.post(path, sent(0, "next", weeks="1")).status_code == 410
    assert LinkResponse.objects.get().revision == 0
    Link.objects.update(closed_at=None, until=timezone.now() + datetime.timedelta(seconds=1), made_at=link.made_at)
    assert client.get(address).status_code == 200
    past = timezone.now() - datetime.timedelta(days=2)
    Link.objects.update(made_at=past, until=past + datetime.timedelta(days=1))
    assert client.get(address).status_code == 410
    assert client.get("/by-link/not-a-link/").status_code == 404


def test_the_answers_of_one_link_are_not_opened_by_another(leader: Client) -> None:
    (one, at), other = begun(made(leader)), made(leader)
    response = at.rstrip("/").rpartition("/")[2]
    assert one.get(f"{other}{response}/").status_code == 404
    assert one.post(f"{other}{response}/", sent(0, "next", weeks="1")).status_code == 404
    assert one.get(f"{other}{response}/result/").status_code == 404


def test_only_a_form_marked_so_is_answered_by_a_link_and_only_who_may_makes_one(leader: Client) -> None:
    publish({**BACK, "url": "urn:luotsi:form:private"}, form="private")
    assert [each.version.form for each in queries.offered()] == ["back"]
    refused = leader.post("/form-links/", {"form": "private", "name": "x", "unit": HEALTH_CENTRE, "until": day(1)})
    assert (refused.status_code, Link.objects.count()) == (422, 0)
    user = user_with(Role.ADMINISTRATOR)
    until = timezone.now() + datetime.timedelta(days=1)
    with pytest.raises(UserError):
        actions.make_link(by=user, form="private", name="x", unit="", once=False, until=until)
    assert signed_in(user_with(Role.PROFESSIONAL, HEALTH_CENTRE)).get("/form-links/").status_code == 403
    for ahead in (-1, 400):
        late = leader.post("/form-links/", {"form": "back", "name": "x", "unit": HEALTH_CENTRE, "until": day(ahead)})
        assert late.status_code == 422


def test_a_form_withdrawn_from_links_is_begun_no_more(leader: Client) -> None:
    address = made(leader)
    publish(outcomes=PLAIN, version="2")
    assert Client().get(address).status_code == 410
    assert Client().post(address).status_code == 410


def test_a_form_by_link_has_no_red_flag_and_no_queue() -> None:
    record = {**RECORD, "by_link": True, "outcomes": [{**RECORD["outcomes"][0]}, {**RECORD["outcomes"][1]}]}
    form = form_of(BACK, FormRecord.model_validate(record), published.county())
    told = [each.what for each in judging.check_form(form, published.county()) if "by a link" in each.what]
    assert len(told) == 2


def test_completed_answers_of_a_link_stand_also_where_no_page_is_asked(leader: Client) -> None:
    client, at = begun(made(leader))
    client.post(at, sent(0, "finish", weeks="1", numb="no"))
    with pytest.raises(DatabaseError), transaction.atomic():
        LinkResponse.objects.update(kept={})
    assert LinkResponse.objects.get().kept


def test_so_many_responses_are_begun_from_one_address_in_an_hour_and_no_more(
    leader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(linked, "BEGUN_FROM_ONE_ADDRESS", 2)
    address = made(leader)
    found = [Client(REMOTE_ADDR="192.0.2.7").post(address).status_code for _ in range(3)]
    assert found == [302, 302, 429]


def test_a_page_sent_before_its_own_autosave_has_come_back_is_no_conflict(leader: Client) -> None:
    client, at = begun(made(leader))
    client.post(at, sent(0, "autosave", weeks="3"))
    assert client.post(at, sent(0, "next", weeks="3", numb="no")).status_code == 302
    assert LinkResponse.objects.get().revision == 2
