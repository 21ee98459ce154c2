"""Referrals as FHIR: what goes out comes back the same, what cannot be right is a sentence, whatever is sent."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from luotsi.concepts.errors import UserError
from luotsi.concepts.referrals import ITEMS
from luotsi.web.events.models import Event
from luotsi.web.people.models import AccessLog, Basis, Person, User
from luotsi.web.people.tests.made_up import HEALTH_CENTRE, sign_in
from luotsi.web.referrals import actions, queries
from luotsi.web.referrals.fhir import STATUSES, Told
from luotsi.web.referrals.fhir.actions import take_in
from luotsi.web.referrals.fhir.reading import parsed, read
from luotsi.web.referrals.fhir.writing import bundle
from luotsi.web.referrals.models import Receiver, Referral
from luotsi.web.referrals.tests.made_up import brought_to, referral, volunteer

CODE = "230368-9116"
TEXT = st.text("abc åäö<>&\"'\n💥", max_size=20).map(str.strip)
TOLD = st.builds(
    Told,
    id=st.uuids().map(str),
    person=st.just(CODE),
    name=TEXT,
    unit=st.sampled_from(["", "1.2.3.1"]),
    organisation=st.just("seura"),
    service=st.sampled_from(["", "kahvila"]),
    reason=TEXT,
    goals=TEXT,
    language=st.sampled_from(["", "fi", "sv", "ar"]),
    access_needs=TEXT,
    phone=TEXT,
    email=TEXT,
    state=st.sampled_from(sorted(STATUSES)),
    outcome=st.sampled_from(["", "reached", "returned"]),
    decline_reason=st.sampled_from(["", "full"]),
    items=st.sets(st.sampled_from(ITEMS)).map(lambda found: tuple(each for each in ITEMS if each in found)),
    made_at=st.just("2026-01-12T09:00:00+02:00"),
)


@given(told=TOLD, closing=st.booleans())
def test_a_referral_written_and_read_is_the_same(told: Told, closing: bool) -> None:
    told = Told(**{**vars(told), "reads_closing": closing and bool(told.items)})
    assert read(json.loads(json.dumps(bundle(told))), ours=True) == told


@pytest.mark.django_db
@pytest.mark.parametrize("state", sorted(STATUSES))
def test_a_referral_of_each_state_is_written_as_it_stands(
    state: str, hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    one = brought_to(state, referral(hilkka, veikko, seura, language="sv"), hilkka, veera)
    told = queries.told(queries.opened(by=hilkka, referral=one.pk))
    assert read(bundle(told), ours=True) == told
    assert (told.state, told.person, told.goals, told.unit) == (state, CODE, "Haluan tavata ihmisiä", HEALTH_CENTRE)
    resources = {each["resource"]["resourceType"]: each["resource"] for each in bundle(told)["entry"]}
    assert (resources["ServiceRequest"]["status"], resources["Task"]["status"]) == STATUSES[state]
    assert ("Consent" in resources) == (state not in ("draft",))


def sent(**more: Any) -> dict[str, Any]:
    """The Bundle of another system."""
    whole = {"id": "HUS-7", "person": CODE, "organisation": "seura", "reason": "Yksin", "items": ("name", "reason")}
    return bundle(Told(**{**whole, "state": "consented", **more}))


@pytest.mark.django_db
def test_a_referral_of_another_system_is_taken_in_once_consented_as_it_tells(
    hilkka: User, veera: User, seura: Receiver, veikko: Person
) -> None:
    told = read(sent(reads_closing=True))
    one, new = take_in(by=None, told=told, unit=HEALTH_CENTRE)
    again, second = take_in(by=None, told=told, unit=HEALTH_CENTRE)
    assert (new, second, again) == (True, False, one)
    opened = queries.opened(by=hilkka, referral=one.pk)
    assert opened.consent is not None
    assert (opened.consent.items, opened.consent.reads_closing, opened.consent.own) == (["name", "reason"], True, False)
    assert [each.name for each in Event.objects.filter(name__startswith="referral.")] == ["referral.taken_in"]
    actions.send(by=hilkka, referral=one.pk)
    assert queries.open_passed(by=veera, referral=one.pk).items == {"name": "Veikko Verrokki", "reason": "Yksin"}
    ours = queries.told(opened)
    assert {**vars(ours), "id": "HUS-7", "made_at": "", "unit": "", "name": "", "language": ""} == vars(told)


@pytest.mark.django_db
def test_a_referral_without_consent_or_receiver_is_taken_in_as_a_draft(
    hilkka: User, seura: Receiver, veikko: Person
) -> None:
    one, _new = take_in(by=None, told=read(sent(items=())), unit=HEALTH_CENTRE)
    bare, _new = take_in(by=None, told=read(sent(id="HUS-8", items=(), organisation="")), unit=HEALTH_CENTRE)
    assert [(each.state, each.receiver) for each in (one, bare)] == [("draft", seura), ("draft", None)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"person": "010190-900P"}, "not known here"),
        ({"organisation": "tuntematon"}, "takes no referrals here"),
        ({"service": "kahvila"}, "takes no referrals here"),
        ({"reason": "x" * 1001}, "Write it in 1000 characters"),
    ],
    ids=str,
)
def test_what_does_not_fit_here_is_one_sentence_and_leaves_nothing(
    told: dict[str, Any], sentence: str, hilkka: User, seura: Receiver
) -> None:
    with pytest.raises(UserError, match=sentence):
        take_in(by=None, told=read(sent(**told)), unit=HEALTH_CENTRE)
    with pytest.raises(UserError, match=r"No professional works in the unit 1\.2"):
        take_in(by=None, told=read(sent()), unit="1.2")
    assert not Referral.objects.exists()


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    whole = copy.deepcopy(sent())
    place: Any = whole
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return whole


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ([], "no FHIR Bundle"),
        ({"resourceType": "Patient"}, "no FHIR Bundle"),
        ({"resourceType": "Bundle"}, "no ServiceRequest"),
        (changed(("entry", 0, "resource", "identifier"), []), "whose referral"),
        (changed(("entry", 0, "resource", "identifier", 0, "value"), "230368-9117"), "wrong check character"),
        (changed(("entry", 1, "resource", "status"), "revoked"), "is revoked"),
        (changed(("entry", 1, "resource", "identifier"), None), "no identifier"),
        (changed(("entry", 2, "resource", "resourceType"), "ServiceRequest"), "2 resources ServiceRequest"),
        (changed(("entry", 1, "resource", "performer"), []), "another receiver"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_cannot_be_right_is_told_in_one_sentence(wrong: Any, sentence: str) -> None:
    if sentence == "no identifier":
        wrong["entry"][1]["resource"].pop("id")
    with pytest.raises(UserError, match=sentence):
        read(wrong)


def test_a_file_that_is_no_json_is_told_of_by_its_name() -> None:
    with pytest.raises(UserError, match=r"broken\.json is not JSON"):
        parsed(b'{"resourceType": ', "broken.json")


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["Bundle", "active", CODE]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["resource", "status", "identifier", "subject", "performer", "provision", "code", "actor", "businessStatus"]


@settings(max_examples=300, deadline=None)
@given(value=ANY, key=st.sampled_from(KEYS), entry=st.integers(0, 3), whole=st.booleans())
def test_nothing_that_is_sent_is_a_fault_of_ours(value: Any, key: str, entry: int, whole: bool) -> None:
    broken = sent()
    found = broken["entry"][entry]
    if whole:
        broken = value
    else:
        (found if key == "resource" else found["resource"])[key] = value
    with suppress(UserError):
        assert isinstance(read(broken), Told)


@pytest.mark.django_db
def test_a_referral_is_handed_out_as_fhir_to_who_may_open_it_and_the_log_tells_of_it(
    hilkka: User, veera: User, seura: Receiver, veikko: Person, kaisa: User
) -> None:
    one = brought_to("sent", referral(hilkka, veikko, seura), hilkka, veera)
    client, before = Client(), AccessLog.objects.count()
    address = reverse("referral_fhir", args=[one.pk])
    sign_in(client, hilkka, minutes=0)
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "application/fhir+json"
    assert read(answer.json(), ours=True).state == "sent"
    assert list(AccessLog.objects.values_list("user", "basis")[: AccessLog.objects.count() - before]) == [
        (hilkka.pk, Basis.CARE)
    ]
    sign_in(client, volunteer(seura, "Ville"), minutes=0)
    assert client.get(address).status_code == 403
    sign_in(client, kaisa, minutes=0)
    assert client.get(address).status_code == 200
