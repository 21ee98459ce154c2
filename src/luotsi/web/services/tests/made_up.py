"""A small directory for tests: three organisations, services and channels that differ in what filters ask."""

from __future__ import annotations

from typing import Any

from django.db import connection

from luotsi.connectors.entries import Channel, Contact, Delivery, Hours, Organisation, Phone, Place, Service
from luotsi.web.services import searching
from luotsi.web.services.actions import Taken, take_in

JYVASKYLA, VAASA = "179", "905"


def service(entry: str, name: str, **more: Any) -> Service:
    """A service of the association."""
    return Service(entry, "seura", {"fi": name}, **more)


def delivery(*services: Service, channels: tuple[Channel, ...] = ()) -> Delivery:
    """What a reader would give."""
    found = Delivery()
    found.organisations["seura"] = Organisation("seura", {"fi": "Juttuseura ry"}, "association")
    found.services = {each.entry: each for each in services}
    found.channels = {each.entry: each for each in channels}
    return found


def take(told: Delivery, source: str = "ptv", *, complete: bool = False) -> Taken:
    """Takes a delivery in."""
    return take_in(by=None, source=source, delivery=told, known=searching.known(), complete=complete)


def small() -> Taken:
    """A directory with a café for the lonely, debt counselling and a library, one of them with a place and hours."""
    cafe = Channel(
        "cafe",
        "place",
        {"fi": "Olohuone"},
        "seura",
        contact=Contact((Phone("+358142660000", {"fi": "Vaihde"}),)),
        hours=tuple(Hours(day, 540, 960) for day in range(1, 6)),
        places=(Place({"fi": "Kauppakatu 1"}, "40100", {"fi": "Jyväskylä"}, JYVASKYLA, 434900, 6901800),),
    )
    return take(
        delivery(
            service(
                "kahvila",
                "Juttukahvila yksinäisille",
                summary={"fi": "Tule tapaamaan ystäviä.", "sv": "Kom och träffa vänner."},
                nationwide=False,
                municipalities=(JYVASKYLA,),
                languages=("fi", "sv"),
                fee="free",
                channels=("cafe",),
            ),
            service(
                "velka",
                "Talous- ja velkaneuvonta",
                summary={"fi": "Apua, kun laskut jäävät maksamatta."},
                nationwide=False,
                municipalities=(VAASA,),
                languages=("fi",),
                fee="charged",
            ),
            service("kirjasto", "Kirjastopalvelut", summary={"fi": "Lainaa kirjoja."}, nationwide=True),
            channels=(cafe,),
        )
    )


def rows() -> list[tuple[object, ...]]:
    """All that a reader of the directory could see, as it stands."""
    with connection.cursor() as cursor:
        found: list[tuple[object, ...]] = []
        for table in ("service", "channel", "organisation", "hours", "place", "posting", "term", "service_channels"):
            cursor.execute(f"SELECT t::text FROM services_{table} AS t ORDER BY 1")
            found += cursor.fetchall()
        return found
