"""Taking entries in: the same again, changes, deletions, other sources, cycles, what is interrupted."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from luotsi.connectors import hsds, ptv
from luotsi.connectors.entries import Channel, Hours, Organisation
from luotsi.web.events.models import Event
from luotsi.web.services import actions, inventory, queries
from luotsi.web.services.models import Hours as HoursRow
from luotsi.web.services.models import Organisation as Kept
from luotsi.web.services.models import Posting, Service
from luotsi.web.services.tests.made_up import delivery, rows, service, small, take

pytestmark = pytest.mark.django_db


def test_the_same_import_twice_changes_nothing() -> None:
    first = small()
    before = rows()
    again = small()
    assert (first.new, first.same, again.new, again.changed, again.same, again.removed) == (5, 0, 0, 0, 5, 0)
    assert rows() == before


def test_only_what_changed_is_written_and_found_by_its_new_words() -> None:
    take(delivery(service("a", "Kuoro"), service("b", "Kerho")))
    taken = take(delivery(service("a", "Shakkipiiri"), service("b", "Kerho")))
    assert (taken.changed, taken.same) == (1, 2)
    assert [hit.service.entry for hit in queries.search("shakki")] == ["a"]
    assert queries.search("kuoro") == []


def test_what_the_source_says_is_gone_is_no_longer_found_and_comes_back_when_it_does() -> None:
    take(delivery(service("a", "Kuoro")))
    told = delivery()
    told.removed = {"a"}
    assert take(told).removed == 1
    assert queries.search("kuoro") == []
    assert not Posting.objects.exists()
    take(delivery(service("a", "Kuoro")))
    assert [hit.service.entry for hit in queries.search("kuoro")] == ["a"]


def test_a_complete_delivery_takes_away_what_it_lacks_and_another_does_not() -> None:
    take(delivery(service("a", "Kuoro"), service("b", "Kerho")))
    assert take(delivery(service("a", "Kuoro"))).removed == 0
    assert take(delivery(service("a", "Kuoro")), complete=True).removed == 1
    assert list(Service.objects.filter(removed_at=None).values_list("entry", flat=True)) == ["a"]


def test_an_organisation_told_whole_loses_the_services_it_no_longer_names() -> None:
    take(delivery(service("a", "Kuoro"), service("b", "Kerho")), "csv")
    told = delivery(service("a", "Kuoro"))
    told.whole = {"seura"}
    assert take(told, "csv").removed == 1


def test_an_entry_stays_as_its_own_source_has_it() -> None:
    take(delivery(service("a", "Kuoro")), "ptv")
    taken = take(delivery(service("a", "Väärä nimi")), "hsds")
    assert Service.objects.get(entry="a").name == {"fi": "Kuoro"}
    assert "It is kept in ptv" in str(taken.faults[-1])


def test_organisations_that_would_be_parts_of_themselves_are_a_fault() -> None:
    told = delivery(service("a", "Kuoro"))
    told.organisations["x"] = Organisation("x", {"fi": "X"}, parent="y")
    told.organisations["y"] = Organisation("y", {"fi": "Y"}, parent="x")
    told.organisations["z"] = Organisation("z", {"fi": "Z"}, parent="x")
    taken = take(told)
    assert any("part of itself" in str(each) for each in taken.faults)
    ways = {each.entry: each.parent.entry if each.parent else "" for each in Kept.objects.select_related("parent")}
    assert ways["z"] == "x"
    assert "" in (ways["x"], ways["y"])


def test_a_channel_that_comes_later_is_joined_to_the_service_that_names_it_and_the_other_way_round() -> None:
    take(delivery(service("a", "Kuoro", channels=("c",)), service("b", "Kerho")))
    take(
        delivery(
            channels=(Channel("c", "phone", {"fi": "Numero"}), Channel("d", "phone", {"fi": "N"}, services=("b",)))
        )
    )
    joined = {each.entry: [c.entry for c in each.channels.all()] for each in Service.objects.all()}
    assert joined == {"a": ["c"], "b": ["d"]}


def test_hours_are_replaced_with_their_channel() -> None:
    channel = Channel("c", "phone", {"fi": "Numero"}, hours=(Hours(1, 480, 960), Hours(2, 480, 960)))
    take(delivery(channels=(channel,)))
    take(delivery(channels=(replace(channel, hours=(Hours(3, 540, 600),)),)))
    assert list(HoursRow.objects.values_list("weekday", "opens", "closes")) == [(3, 540, 600)]


def test_an_import_that_breaks_in_the_middle_leaves_the_old_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    small()
    before = rows()

    def broken(*_arguments: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(actions, "_count", broken)
    with pytest.raises(RuntimeError):
        take(delivery(service("a", "Kuoro")))
    assert rows() == before


def test_an_import_leaves_one_event_that_tells_the_entries_it_touched() -> None:
    small()
    (event,) = Event.objects.all()
    assert (event.name, event.subject) == ("directory.taken_in", "directory:ptv")
    told = {each["entry_id"]: each for each in event.payload["service_entry"]}
    assert (told["kahvila"]["kind"], told["kahvila"]["in_swedish"], told["velka"]["in_swedish"]) == (
        "association",
        True,
        False,
    )
    assert told["kirjasto"]["in_swedish"] is None
    small()
    assert Event.objects.latest("pk").payload == {"service_entry": [], "service_check": []}


def test_an_entry_is_told_anew_when_its_channel_comes_or_it_goes_away() -> None:
    take(delivery(service("a", "Kuoro", channels=("c",), checked=datetime.date(2026, 1, 2)), service("b", "Kerho")))
    take(delivery(channels=(Channel("c", "online", {"fi": "Verkossa"}),)))
    (entry,) = Event.objects.latest("pk").payload["service_entry"]
    assert (entry["entry_id"], entry["digital"]) == ("a", True)
    (day,) = Event.objects.latest("pk").payload["service_check"]
    assert day == {"check_id": "a:2026-01-02", "service_entry": "a", "checked_on": "2026-01-02"}
    told = delivery()
    told.removed = {"b"}
    take(told)
    (entry,) = Event.objects.latest("pk").payload["service_entry"]
    assert (entry["entry_id"], bool(entry["removed_at"])) == ("b", True)


def test_a_name_with_null_characters_and_a_text_without_end_are_kept_in_bounds() -> None:
    take(delivery(service("a", "Ku\0oro", description={"fi": "sana " * 10_000})))
    kept = Service.objects.get(entry="a")
    assert kept.name == {"fi": "Kuoro"}
    assert len(kept.description["fi"]) == 20_000


SHARED = Path(__file__).parents[6] / "shared" / "data"


@pytest.mark.skipif(not SHARED.exists(), reason="the samples of other directories are not here")
def test_every_sample_of_other_directories_is_taken_in_once_and_each_entry_has_a_page(client: Client) -> None:
    for source, told in (
        ("ptv", ptv.read([SHARED / "ptv-api-v8"])),
        ("hsds", hsds.read([SHARED / "open-referral-hsds"])),
    ):
        count = len(told.services) + len(told.channels) + len(told.organisations)
        first, again = take(told, source), take(told, source)
        assert (first.new, again.new, again.changed, again.same) == (count, 0, 0, count)
    assert Service.objects.count() > 30
    for entry in Service.objects.values_list("entry", flat=True):
        assert client.get(f"/services/{entry}/").status_code == 200
        assert client.get(f"/api/services/{entry}/").json()["id"] == entry


SAMPLES = {
    "ptv": lambda: ptv.read([SHARED / "ptv-api-v8"]),
    "hsds": lambda: hsds.read([SHARED / "open-referral-hsds"]),
}


@pytest.mark.skipif(not SHARED.exists(), reason="the samples of other directories are not here")
@pytest.mark.parametrize("source", SAMPLES)
def test_a_channel_goes_with_its_last_service_and_comes_back_with_the_next(client: Client, source: str) -> None:
    told = SAMPLES[source]()
    take(told, source)
    channel = next(
        each for each in queries.channels().order_by("pk") if each.contact["phones"] or each.contact["pages"]
    )
    services = list(channel.services.values_list("entry", flat=True))
    contact = [*(each["number"] for each in channel.contact["phones"])]
    contact += [each["address"] for each in channel.contact["pages"]]
    assert services
    gone = delivery()
    gone.organisations, gone.removed = {}, set(services)
    assert take(gone, source).removed == len(services)
    assert not queries.channels().filter(pk=channel.pk).exists()
    assert channel.pk not in {each.channel.pk for each in inventory.taken().digital}
    for entry in services:
        page = client.get(f"/services/{entry}/")
        assert page.status_code == 410
        assert not [each for each in contact if each in page.content.decode()]
    again = take(told, source)
    assert (again.new, again.changed) == (0, len(services))
    assert queries.channels().filter(pk=channel.pk).exists()
    assert contact[0] in client.get(f"/services/{services[0]}/").content.decode()


def test_a_channel_that_its_source_took_away_stays_away_whoever_points_to_it() -> None:
    take(delivery(service("a", "Kuoro", channels=("c",)), channels=(Channel("c", "online", {"fi": "Verkossa"}),)))
    told = delivery()
    told.removed = {"a", "c"}
    take(told)
    take(delivery(service("b", "Kerho", channels=("c",))))
    assert not queries.channels().exists()
    assert inventory.taken().digital == []


def test_a_service_told_in_one_language_has_a_page_in_every_language(client: Client) -> None:
    take(delivery(replace(service("a", ""), name={"sv": "Kör"}, summary={"sv": "Vi sjunger."})))
    for language in ("fi", "sv", "en"):
        page = client.get("/services/a/", headers={"accept-language": language}).content.decode()
        assert "Kör" in page
        assert "Vi sjunger." in page
    assert [hit.service.entry for hit in queries.search("kören")] == ["a"]
