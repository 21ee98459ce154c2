"""Keepers write, the county approves: who may, what is shown when, what is refused; and the inventory."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from luotsi.concepts.errors import UserError
from luotsi.connectors import associations
from luotsi.connectors.entries import Channel
from luotsi.web.events.models import Event
from luotsi.web.people.models import User
from luotsi.web.people.permissions import Role
from luotsi.web.people.tests.made_up import sign_in, user_with
from luotsi.web.services import actions, asking, inventory, queries, searching
from luotsi.web.services.models import Organisation, Proposal, Service, State
from luotsi.web.services.tests.made_up import delivery, service, small, take

pytestmark = pytest.mark.django_db
SAID = {"nimi_fi": "Lautapelikerho", "kuvaus_fi": "Pelataan yhdessä.", "kunnat": "179", "kielet": "fi;sv"}


@pytest.fixture
def keeper() -> User:
    small()
    user = user_with(Role.KEEPER)
    organisation = Organisation.objects.get(entry="seura")
    actions.appoint_keeper(by=user_with(Role.ADMINISTRATOR), user=user, organisation=organisation)
    return user


def proposed(keeper: User, entry: str = "kerho") -> Proposal:
    return actions.propose(by=keeper, organisation=Organisation.objects.get(entry="seura"), entry=entry, said=SAID)


def shown(text: str) -> list[str]:
    return [hit.service.entry for hit in queries.search(text)]


def decide(proposal: Proposal, approved: bool, reason: str = "") -> Proposal:
    county = User.objects.get(email__startswith="administrator")
    return actions.decide(by=county, proposal=proposal, approved=approved, reason=reason, known=searching.known())


def test_what_a_keeper_writes_is_shown_when_the_county_approves_it(keeper: User) -> None:
    proposal = proposed(keeper)
    assert "kerho" not in shown("lautapeli")
    decide(proposal, True)
    (hit, *_rest) = queries.search("lautapeli")
    assert (hit.service.entry, hit.service.source, hit.service.organisation.entry) == ("kerho", "own", "seura")
    assert hit.service.municipalities == ["179"]


def test_a_refusal_needs_a_reason_and_shows_nothing(keeper: User) -> None:
    proposal = proposed(keeper)
    with pytest.raises(UserError, match=r"reason|syy"):
        decide(proposal, False)
    assert decide(proposal, False, "Kerro, missä kokoonnutte.").state == State.REFUSED
    assert "kerho" not in shown("lautapeli")
    with pytest.raises(UserError):
        decide(proposal, True)


def test_a_keeper_writes_no_entry_of_another_source_or_organisation(keeper: User) -> None:
    with pytest.raises(PermissionDenied):
        proposed(keeper, "kahvila")  # PTV keeps it
    other = user_with(Role.KEEPER, "elsewhere")
    with pytest.raises(PermissionDenied):
        actions.propose(by=other, organisation=Organisation.objects.get(entry="seura"), entry="x", said=SAID)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.KEEPER, Role.ADMINISTRATOR)])
def test_no_other_role_writes_or_approves(keeper: User, role: Role) -> None:
    other, proposal = user_with(role), proposed(keeper)
    with pytest.raises(PermissionDenied):
        actions.propose(by=other, organisation=Organisation.objects.get(entry="seura"), entry="x", said=SAID)
    with pytest.raises(PermissionDenied):
        actions.decide(by=other, proposal=proposal, approved=True, reason="", known=searching.known())


def test_a_keeper_says_that_an_entry_still_holds(keeper: User, client: Client) -> None:
    sign_in(client, keeper, 0)
    assert "check/" in client.get("/services/own/").content.decode()
    client.post("/services/own/seura/velka/check/")
    assert Service.objects.get(entry="velka").checked_on == timezone.localdate()
    event = Event.objects.latest("pk")
    assert event.name == "entry.checked"
    assert event.payload["service_check"][0]["checked_on"] == timezone.localdate().isoformat()
    assert client.post("/services/own/muu/velka/check/").status_code == 404
    with pytest.raises(PermissionDenied):
        actions.check(by=user_with(Role.KEEPER, "elsewhere"), service=Service.objects.get(entry="velka"))


def test_a_newer_proposal_takes_the_place_of_one_that_waits(keeper: User) -> None:
    proposed(keeper)
    proposed(keeper)
    assert Proposal.objects.filter(state=State.WAITING).count() == 1
    names = list(Event.objects.values_list("name", flat=True))
    assert names.count("proposal.sent") == 2


def test_a_keeper_and_the_county_do_it_on_their_pages(keeper: User, client: Client) -> None:
    sign_in(client, keeper, 0)
    assert "Juttuseura ry" in client.get("/services/own/").content.decode()
    form = {"nimi_fi": "Kutomapiiri", "kuvaus_fi": "Kudotaan.", "kunnat": ["179"], "kielet": ["fi"]}
    assert client.post("/services/own/seura/new/", form).status_code == 302
    assert client.post("/services/own/seura/new/", {"nimi_fi": ""}).status_code == 422
    county = Client()
    sign_in(county, User.objects.get(email__startswith="administrator"), 0)
    assert "Kutomapiiri" in county.get("/services/proposals/").content.decode()
    proposal = Proposal.objects.get()
    county.post(f"/services/proposals/{proposal.pk}/", {"approved": "yes"})
    assert queries.search("kutomapiiri")[0].service.source == "own"


def test_the_spreadsheet_of_the_keepers_page_is_read_back_as_its_example(
    keeper: User, client: Client, tmp_path: Path
) -> None:
    sign_in(client, keeper, 0)
    assert "/services/own/template.xlsx" in client.get("/services/own/").content.decode()
    path = tmp_path / "palvelut.xlsx"
    path.write_bytes(client.get("/services/own/template.xlsx").content)
    found = associations.read([path])
    assert (found.services, found.faults) == (associations.read([associations.TEMPLATE]).services, [])


def test_the_inventory_counts_digital_services_gaps_and_what_is_offered_twice(client: Client) -> None:
    small()
    told = delivery(service("b", "Velkaneuvonta ja talous", nationwide=True))
    told.services["b"] = told.services["b"].__class__(**{**_fields(told.services["b"]), "organisation": "toinen"})
    told.mention("toinen", {"fi": "Toinen ry"})
    take(told)
    found = inventory.taken()
    assert {each.code: each.services for each in found.languages}["sv"] == 1
    assert [{each.entry for each in group} for group in found.twice] == [{"velka", "b"}]
    sign_in(client, user_with(Role.ANALYST), 0)
    assert client.get("/services/inventory/").status_code == 200


def test_the_inventory_tells_where_people_are_asked_how_it_went(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Channel("sivu", "website", {"fi": "Sivu"})
    take(
        delivery(service("a", "Kuoro", channels=("sivu",)), service("b", "Kerho", channels=("sivu",)), channels=(page,))
    )
    asked = inventory.Measured(frozenset({"a"}), frozenset())
    monkeypatch.setattr(inventory, "_measuring", [lambda: asked])
    assert {each.service.entry: each.measured for each in inventory.taken().digital} == {"a": True, "b": False}
    asked = inventory.Measured(frozenset(), frozenset({"1234567-8"}))
    Organisation.objects.filter(entry="seura").update(business_id="1234567-8")
    assert {each.measured for each in inventory.taken().digital} == {True}


def _fields(told: object) -> dict[str, object]:
    return {name: getattr(told, name) for name in told.__slots__}  # type: ignore[attr-defined]


def test_a_keeper_is_asked_and_the_time_is_noted_unless_the_letter_fails() -> None:
    small()
    entry = Service.objects.get(entry="velka")

    def failing() -> None:
        raise OSError("no server")

    with pytest.raises(OSError, match="no server"):
        actions.ask_keeper(by=None, service=entry, send=failing)
    assert Service.objects.get(entry="velka").asked_at is None
    actions.ask_keeper(by=None, service=entry, send=lambda: None)
    assert Service.objects.get(entry="velka").asked_at is not None


def test_the_keeper_of_an_old_entry_is_asked_once_in_a_while(mailoutbox: list[EmailMessage]) -> None:
    small()
    Service.objects.filter(entry="velka").update(keeper="velka@luotsi.example")
    Service.objects.filter(entry="kirjasto").update(keeper="k@luotsi.example", checked_on=timezone.localdate())
    assert asking.ask_due() == (1, 0)
    assert asking.ask_due() == (0, 0)
    (letter,) = mailoutbox
    assert letter.to == ["velka@luotsi.example"]
    assert "/services/velka/" in str(letter.body)


def test_a_professional_shares_what_is_kept_as_a_list_that_anyone_opens_by_its_address(client: Client) -> None:
    small()
    professional = user_with(Role.PROFESSIONAL)
    with pytest.raises(UserError, match=r"Keep|Tallenna"):
        actions.share(by=professional, name="")
    actions.keep(by=professional, service=Service.objects.get(entry="kahvila"), kept=True)
    sign_in(client, professional, 0)
    address = client.post("/services/kept/share/", {"name": "Seuraa arkeen"}).headers["location"]
    page = Client().get(address).content.decode()
    assert "Seuraa arkeen" in page
    assert "Juttukahvila" in page
    assert professional.name not in page
    with pytest.raises(PermissionDenied):
        actions.share(by=user_with(Role.ANALYST), name="x")
