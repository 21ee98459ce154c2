"""Acting for another: the matrix of age, mark, kind, days and non-disclosure; who records and ends; what is seen."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from luotsi.concepts.errors import UserError
from luotsi.concepts.identifiers import CHECK, hetu_birth_date, hetu_fault
from luotsi.web.people import mandates, queries
from luotsi.web.people.actions import add_person, begin_acting, begin_care, end_mandate, record_mandate
from luotsi.web.people.mandates import Acting, speaks_for, visible_to_guardian
from luotsi.web.people.models import AccessLog, Basis, Mandate, Person, User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import user_with

pytestmark = pytest.mark.django_db
Login = Callable[..., None]
GUARDIAN, AUTHORISED = Mandate.Kind.GUARDIAN, Mandate.Kind.AUTHORISED
BOTH = frozenset({"health", "social"})
ONE_DAY = datetime.timedelta(days=1)


def code(born: datetime.date, number: int = 900) -> str:
    """A made-up personal identity code of someone born on a day."""
    digits = f"{born:%d%m%y}{number}"
    return f"{born:%d%m%y}{'A' if born.year >= 2000 else '-'}{number}{CHECK[int(digits) % 31]}"


def years_ago(years: int, days: int = 0) -> datetime.date:
    """The day of birth of someone who turned so many years so many days ago."""
    day = timezone.localdate() - datetime.timedelta(days=days)
    return day.replace(year=day.year - years) if (day.month, day.day) != (2, 29) else day.replace(2000 + years % 4)


def child(years: int = 8, days: int = 0, number: int = 901, hidden: bool = False) -> Person:
    born = years_ago(years, days)
    return add_person(
        by=None, code=code(born, number), name="Lapsi", language="fi", municipality="179", security_block=hidden
    )


def given(principal: Person, agent: User, kind: Mandate.Kind = GUARDIAN, **said: Any) -> Mandate:
    rest = {"covers": BOTH, "source": Mandate.Source.DVV, **said}
    return record_mandate(by=None, principal=principal.pk, agent=agent.person.pk, kind=kind, **rest)


def acting(kind: Mandate.Kind, age: int, *, covers: frozenset[str] = BOTH, hidden: bool = False) -> Acting:
    return Acting(uuid.uuid4(), uuid.uuid4(), "Lapsi", kind, covers, age, hidden)


MATRIX = list(product(range(20), ["", "1", "2", "3", "4", "9"], [GUARDIAN, AUTHORISED], [False, True]))


def test_the_matrix_of_age_mark_kind_and_non_disclosure_is_what_the_rule_says_for_every_cell() -> None:
    seen = {
        (age, mark, kind, hidden)
        for age, mark, kind, hidden in MATRIX
        if visible_to_guardian(acting=acting(kind, age, hidden=hidden), sector="health", mark=mark)
    }
    expected = {(age, mark, GUARDIAN, False) for age in range(18) for mark in ("1", "2")}
    expected |= {(age, "", GUARDIAN, False) for age in range(12)}
    expected |= {(age, mark, AUTHORISED, hidden) for age, mark, _kind, hidden in MATRIX if age >= 18}
    assert seen == expected


def test_what_the_mandate_does_not_cover_is_not_seen() -> None:
    health = frozenset({"health"})
    assert visible_to_guardian(acting=acting(GUARDIAN, 8, covers=health), sector="health")
    assert not visible_to_guardian(acting=acting(GUARDIAN, 8, covers=health), sector="social")
    assert not visible_to_guardian(acting=acting(AUTHORISED, 80, covers=health), sector="social", mark="1")


@pytest.mark.parametrize(
    ("born", "age", "unmarked", "marked"),
    [
        (years_ago(0), 0, True, True),
        (years_ago(12) + ONE_DAY, 11, True, True),
        (years_ago(12), 12, False, True),
        (years_ago(18) + ONE_DAY, 17, False, True),
    ],
)
def test_the_edge_days_of_12_and_18_are_told_from_the_code_alone(
    rauha: User, born: datetime.date, age: int, unmarked: bool, marked: bool
) -> None:
    person = add_person(by=None, code=code(born), name="Lapsi")
    given(person, rauha)
    [found] = mandates.acts_for(by=rauha)
    assert found.age == age
    assert visible_to_guardian(acting=found, sector="health") == unmarked
    assert visible_to_guardian(acting=found, sector="health", mark="2") == marked


def test_a_guardians_mandate_closes_on_the_eighteenth_birthday_by_itself(rauha: User) -> None:
    person = child(17)
    given(person, rauha)
    assert mandates.acts_for(by=rauha)
    grown = add_person(by=None, code=code(years_ago(18), 902), name="Aikuinen")
    Mandate.objects.update(principal=grown)
    assert mandates.acts_for(by=rauha) == []


@pytest.mark.parametrize(
    ("said", "ended", "holds"),
    [
        ({}, False, True),
        ({"until": timezone.localdate()}, False, True),
        ({"since": timezone.localdate() - 9 * ONE_DAY, "until": timezone.localdate() - ONE_DAY}, False, False),
        ({"since": timezone.localdate() + ONE_DAY}, False, False),
        ({}, True, False),
    ],
)
def test_a_mandate_holds_on_its_days_until_someone_ends_it(
    rauha: User, said: dict[str, Any], ended: bool, holds: bool
) -> None:
    mandate = given(child(), rauha, **said)
    if ended:
        end_mandate(by=None, mandate=mandate.pk)
    assert bool(mandates.acts_for(by=rauha)) == holds
    assert speaks_for(by=rauha, person=mandate.principal_id, sector="health") == holds


def test_non_disclosure_of_a_child_keeps_the_guardian_out_and_that_of_an_adult_hides_the_place_alone(
    rauha: User,
) -> None:
    given(child(hidden=True), rauha)
    assert mandates.acts_for(by=rauha) == []
    adult = add_person(by=None, code="230368-9116", name="Veikko", municipality="179", security_block=True)
    by = given(adult, rauha, AUTHORISED)
    found = queries.own_data(by=rauha, acting=mandates.act_by(by=rauha, mandate=by.pk))
    assert (found.name, found.municipality) == ("Veikko", "")


def test_the_log_says_who_acted_for_whom_and_the_person_reads_it(rauha: User) -> None:
    owner = User.objects.create_user(None, name="Veikko")
    adult = add_person(by=None, code="230368-9116", name="Veikko", user=owner)
    mandate = given(adult, rauha, AUTHORISED)
    queries.own_data(by=rauha, acting=begin_acting(by=rauha, mandate=mandate.pk))
    rows = [(row.user, row.person, row.what, row.basis, row.mandate) for row in AccessLog.objects.order_by("id")]
    by = (rauha, adult)
    assert rows == [(*by, "acting", "mandate", mandate), (*by, "person", "mandate", mandate)]
    assert [each.basis for each in queries.own_readings(by=owner)] == [Basis.MANDATE] * 2
    assert queries.own_readings(by=rauha) == []


def test_a_mandate_that_ends_in_the_middle_of_a_session_lets_in_no_more(rauha: User) -> None:
    mandate = given(child(), rauha)
    found = begin_acting(by=rauha, mandate=mandate.pk)
    end_mandate(by=None, mandate=mandate.pk)
    with pytest.raises(queries.NoBasis):
        queries.own_data(by=rauha, acting=found)
    with pytest.raises(queries.NoBasis):
        begin_acting(by=rauha, mandate=mandate.pk)


def test_no_one_acts_by_a_mandate_of_someone_else(rauha: User) -> None:
    other = User.objects.create_user(None, name="Toinen")
    add_person(by=None, code="230368-9116", name="Toinen", user=other)
    mandate = given(child(), rauha)
    with pytest.raises(queries.NoBasis):
        begin_acting(by=other, mandate=mandate.pk)
    assert not speaks_for(by=other, person=mandate.principal_id, sector="health")


@override("en")
def test_a_child_authorises_no_one_and_an_adult_has_no_guardian_of_a_child(rauha: User, veikko: Person) -> None:
    with pytest.raises(UserError, match="record the guardian"):
        given(child(16), rauha, AUTHORISED)
    with pytest.raises(UserError, match="18 or older"):
        given(veikko, rauha, GUARDIAN)
    with pytest.raises(UserError, match="themself"):
        given(rauha.person, rauha, AUTHORISED)
    mandate = given(veikko, rauha, AUTHORISED)
    with pytest.raises(UserError, match="recorded already"):
        given(veikko, rauha, AUTHORISED)
    with pytest.raises(UserError, match="before it begins"):
        given(veikko, rauha, AUTHORISED, until=timezone.localdate() - ONE_DAY)
    end_mandate(by=None, mandate=mandate.pk)
    assert given(veikko, rauha, AUTHORISED)


@pytest.mark.parametrize(
    "wrong",
    [{"covers": []}, {"covers": ["everything"]}, {"kind": "friend"}, {"source": "hearsay"}, {"until": "2000-01-01"}],
)
def test_the_database_refuses_a_mandate_that_cannot_be(rauha: User, wrong: dict[str, Any]) -> None:
    mandate = given(child(), rauha)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(agent=mandate.principal_id)


def test_a_professional_records_and_ends_for_those_in_care_and_for_no_one_else(
    hilkka: User, rauha: User, aino: Person, veikko: Person
) -> None:
    said = {"agent": rauha.person.pk, "kind": AUTHORISED, "covers": BOTH, "source": Mandate.Source.PAPER}
    mandate = record_mandate(by=hilkka, principal=aino.pk, **said)
    assert mandate.recorded_by == hilkka
    with pytest.raises(queries.NoBasis):
        record_mandate(by=hilkka, principal=veikko.pk, **said)
    other = record_mandate(by=None, principal=veikko.pk, **said)
    with pytest.raises(queries.NoBasis):
        end_mandate(by=hilkka, mandate=other.pk)
    end_mandate(by=hilkka, mandate=mandate.pk)
    mandate.refresh_from_db()
    assert mandate.ended_by == hilkka
    assert [row.what for row in AccessLog.objects.filter(person=aino)] == ["mandates"] * 2


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROFESSIONAL, Role.RESIDENT}))
def test_no_other_role_records_or_ends_or_uses_mandates(role: Role, rauha: User, veikko: Person) -> None:
    user = user_with(role)
    mandate = given(veikko, rauha, AUTHORISED)
    with pytest.raises(PermissionDenied):
        end_mandate(by=user, mandate=mandate.pk)
    with pytest.raises(PermissionDenied):
        mandates.acts_for(by=user)
    rest = {"kind": AUTHORISED, "covers": BOTH, "source": Mandate.Source.PAPER}
    with pytest.raises(PermissionDenied):
        record_mandate(by=user, principal=veikko.pk, agent=rauha.person.pk, **rest)


def test_an_adult_withdraws_what_they_have_given_and_the_agent_cannot_nor_a_child(rauha: User) -> None:
    owner = User.objects.create_user(None, name="Veikko")
    adult = add_person(by=None, code="230368-9116", name="Veikko", user=owner)
    mandate = given(adult, rauha, AUTHORISED)
    with pytest.raises(PermissionDenied):
        end_mandate(by=rauha, mandate=mandate.pk)
    end_mandate(by=owner, mandate=mandate.pk)
    young = User.objects.create_user(None, name="Nuori")
    teen = child(15)
    Person.objects.filter(pk=teen.pk).update(user=young)
    with pytest.raises(PermissionDenied):
        end_mandate(by=young, mandate=given(teen, rauha).pk)


def test_a_person_of_12_to_17_needs_a_mark_and_no_one_else_does(hilkka: User) -> None:
    ages = {age: child(age, days=3, number=910 + age) for age in (11, 12, 17, 18)}
    for person in ages.values():
        begin_care(by=None, person=person, user=hilkka)
    needs = {age: queries.read_person(by=hilkka, person=person.pk).needs_mark for age, person in ages.items()}
    assert needs == {11: False, 12: True, 17: True, 18: False}


def test_the_day_of_birth_is_read_from_every_century_sign() -> None:
    for born in (datetime.date(1899, 12, 31), datetime.date(1952, 2, 29), datetime.date(2024, 2, 29)):
        sign = {18: "+", 19: "Y", 20: "F"}[born.year // 100]
        digits = f"{born:%d%m%y}905"
        made = f"{born:%d%m%y}{sign}905{CHECK[int(digits) % 31]}"
        assert hetu_fault(made) is None
        assert hetu_birth_date(made) == born
    with pytest.raises(ValueError, match="no personal identity code"):
        hetu_birth_date("nothing")


def text(response: Any) -> str:
    return response.content.decode()


def test_a_resident_chooses_for_whom_to_act_and_every_page_tells_it(rauha: User, login: Login) -> None:
    client = Client(headers={"accept-language": "en"})
    mandate = given(child(), rauha)
    client.force_login(rauha, backend="django.contrib.auth.backends.ModelBackend")
    assert "Lapsi" in text(client.get("/me/acting/"))
    assert client.post(f"/me/acting/{mandate.pk}/begin/")["location"] == "/me/"
    page = text(client.get("/me/"))
    assert "You act for <strong>Lapsi</strong>" in page
    assert "Rauha Asukas" not in page.split("<main")[1]
    for address in ("/account/", "/ui/", "/me/acting/", "/no/such/page/"):
        assert "You act for <strong>Lapsi</strong>" in text(client.get(address))
    client.post("/me/acting/end/", {"next": "/account/"})
    assert "You act for" not in text(client.get("/account/"))
    assert "Rauha Asukas" in text(client.get("/me/"))


def test_acting_stops_by_itself_when_the_mandate_ends(rauha: User) -> None:
    client = Client(headers={"accept-language": "en"})
    mandate = given(child(), rauha)
    client.force_login(rauha, backend="django.contrib.auth.backends.ModelBackend")
    client.post(f"/me/acting/{mandate.pk}/begin/")
    end_mandate(by=None, mandate=mandate.pk)
    page = text(client.get("/me/"))
    assert "You act for" not in page
    assert "Rauha Asukas" in page
    refused = client.post(f"/me/acting/{mandate.pk}/begin/", follow=True)
    assert "You may not act for this person." in text(refused)


def test_a_professional_records_a_mandate_on_the_persons_page(hilkka: User, aino: Person, login: Login) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(hilkka, backend="django.contrib.auth.backends.ModelBackend")
    agent = user_with(Role.RESIDENT)
    session = client.session
    session["identified_at"] = timezone.now().timestamp()
    session.save()
    sent = {"code": "010190-900P", "kind": "authorised", "covers": ["health"], "source": "paper"}
    address = f"/persons/{aino.pk}/mandates/new/"
    assert "There is no one" in text(client.post(address, {**sent, "code": "230368-9116"}))
    assert client.post(address, {**sent, "covers": []}).status_code == 422
    assert "record whom they have authorised" in text(client.post(address, {**sent, "kind": "guardian"}))
    assert client.post(address, sent)["location"] == f"/persons/{aino.pk}/mandates/"
    page = text(client.get(f"/persons/{aino.pk}/mandates/"))
    assert "Rauha Asukas" in page
    mandate = Mandate.objects.get(agent=agent.person)
    assert client.post(f"/persons/{uuid.uuid4()}/mandates/{mandate.pk}/end/").status_code == 404
    client.post(f"/persons/{aino.pk}/mandates/{mandate.pk}/end/")
    assert Mandate.objects.get().ended_at


def test_a_mandate_is_withdrawn_on_ones_own_page_and_no_one_elses_is(rauha: User, veikko: Person) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(rauha, backend="django.contrib.auth.backends.ModelBackend")
    other = User.objects.create_user(None, name="Toinen")
    agent = add_person(by=None, code="140251-9083", name="Toinen", user=other)
    own = record_mandate(
        by=None,
        principal=rauha.person.pk,
        agent=agent.pk,
        kind=AUTHORISED,
        covers=BOTH,
        source=Mandate.Source.SUOMI_FI,
    )
    assert "Toinen" in text(client.get("/me/acting/"))
    assert client.post(f"/me/acting/{given(veikko, other, AUTHORISED).pk}/withdraw/").status_code == 404
    client.post(f"/me/acting/{own.pk}/withdraw/")
    own.refresh_from_db()
    assert own.ended_by == rauha
