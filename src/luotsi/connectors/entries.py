"""The neutral records of a service directory, which every reader of an outside form gives and one action takes in.

Readers stand in ptv, hsds and associations; what a county does with the records is not here.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Text = Mapping[str, str]
"""A text by language (fi, sv, en); a language that has none is absent."""

LANGUAGES = ("fi", "sv", "en")
ENTRY = re.compile(r"[\w.:~-]{1,100}", re.ASCII)
"""What may name an entry: it stands in addresses."""
KINDS = ("place", "phone", "online", "website", "form")
"""Kinds of channels: a place to visit, a phone number, a service used online, a web page, a form to fill in."""
ORGANISATIONS = ("public", "company", "association", "parish", "other")


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number as it is dialled, what it is for, and what calling costs in words."""

    number: str
    note: Text = field(default_factory=dict[str, str])
    fee: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A web page, the language it is in ("" where no one says), and what it is called."""

    address: str
    language: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """How someone is reached."""

    phones: tuple[Phone, ...] = ()
    emails: tuple[str, ...] = ()
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Open, or closed, from one time to another.

    A regular row has a weekday (Monday 1 ... Sunday 7). An exception has none and days it holds on; it wins over the
    regular ones. `opens`, `closes`: minutes since midnight, 1440 the end of the day; both None where it is closed.
    """

    weekday: int | None = None
    opens: int | None = None
    closes: int | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    note: Text = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: a street address, and metres east and north in ETRS-TM35FIN where they are known."""

    street: Text = field(default_factory=dict[str, str])
    postal_code: str = ""
    town: Text = field(default_factory=dict[str, str])
    municipality: str = ""
    east: int | None = None
    north: int | None = None
    accessibility: Text = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who provides services. One with `known` False was only mentioned: its name is all that is told."""

    entry: str
    name: Text
    kind: str = "other"
    description: Text = field(default_factory=dict[str, str])
    business_id: str = ""
    parent: str = ""
    municipality: str = ""
    contact: Contact = field(default_factory=Contact)
    modified: datetime.datetime | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to get a service: where, by which number, at which address of the web."""

    entry: str
    kind: str
    name: Text
    organisation: str = ""
    description: Text = field(default_factory=dict[str, str])
    contact: Contact = field(default_factory=Contact)
    languages: tuple[str, ...] = ()
    authentication: bool | None = None
    """Whether one must show who one is; None where no one says."""
    accessibility: str = ""
    """The level of accessibility of an online channel, such as WCAG 2.1 AA."""
    hours: tuple[Hours, ...] = ()
    places: tuple[Place, ...] = ()
    services: tuple[str, ...] = ()
    modified: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What is offered, to whom, where, at what price.

    nationwide: True everywhere, False only in `municipalities`, None where no one says. fee: free, charged, other or
    "". Codes of target groups, life events and classes are those of the Finnish Service Catalogue.
    """

    entry: str
    organisation: str
    name: Text
    also: Text = field(default_factory=dict[str, str])
    summary: Text = field(default_factory=dict[str, str])
    description: Text = field(default_factory=dict[str, str])
    instructions: Text = field(default_factory=dict[str, str])
    eligibility: Text = field(default_factory=dict[str, str])
    fee: str = ""
    fee_text: Text = field(default_factory=dict[str, str])
    nationwide: bool | None = None
    municipalities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    keywords: Text = field(default_factory=dict[str, str])
    """Words one may search by, those of classes and ontologies too, in one text for each language."""
    needs: tuple[str, ...] = ()
    """Areas of life that the source itself names."""
    least_age: int | None = None
    most_age: int | None = None
    channels: tuple[str, ...] = ()
    checked: datetime.date | None = None
    keeper: str = ""
    """E-mail address of who keeps the entry, where the source tells."""
    modified: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one entry or file, in a sentence that says what to do."""

    entry: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.entry}: {self.sentence}"


@dataclass(slots=True)
class Delivery:
    """What a reader found. `removed`: entries that the source says are gone.

    `whole`: organisations whose services are all here, so that one that is missing is gone.
    """

    organisations: dict[str, Organisation] = field(default_factory=dict[str, Organisation])
    services: dict[str, Service] = field(default_factory=dict[str, Service])
    channels: dict[str, Channel] = field(default_factory=dict[str, Channel])
    removed: set[str] = field(default_factory=set[str])
    whole: set[str] = field(default_factory=set[str])
    faults: list[Fault] = field(default_factory=list[Fault])

    def mention(self, entry: str, name: Text, kind: str = "other") -> None:
        """Names an organisation that another entry tells of; what it tells of itself stays."""
        if entry and entry not in self.organisations:
            self.organisations[entry] = Organisation(entry, name or {"fi": entry}, kind, known=False)

    def fault(self, entry: str, sentence: str) -> None:
        """Notes what is wrong with an entry."""
        self.faults.append(Fault(entry, sentence))


# The plane of ETRS-TM35FIN (EPSG:3067) on the ellipsoid GRS 80, by the series of Krüger as in JHS 197.
_A, _F, _SCALE, _MIDDLE, _FALSE = 6378137.0, 1 / 298.257222101, 0.9996, math.radians(27), 500_000.0
_N = _F / (2 - _F)
_MEAN = _A / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_E = math.sqrt(2 * _F - _F**2)
_FORWARD = (_N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16, 13 * _N**2 / 48 - 3 * _N**3 / 5, 61 * _N**3 / 240)
_BACK = (_N / 2 - 2 * _N**2 / 3 + 37 * _N**3 / 96, _N**2 / 48 + _N**3 / 15, 17 * _N**3 / 480)


def to_plane(latitude: float, longitude: float) -> tuple[int, int]:
    """Metres east and north in ETRS-TM35FIN of degrees in WGS 84, to the nearest metre."""
    phi, turn = math.radians(latitude), math.radians(longitude) - _MIDDLE
    conformal = math.sinh(math.asinh(math.tan(phi)) - _E * math.atanh(_E * math.sin(phi)))
    xi = math.atan2(conformal, math.cos(turn))
    eta = math.asinh(math.sin(turn) / math.hypot(conformal, math.cos(turn)))
    terms = tuple(enumerate(_FORWARD, 1))
    north = xi + sum(a * math.sin(2 * k * xi) * math.cosh(2 * k * eta) for k, a in terms)
    east = eta + sum(a * math.cos(2 * k * xi) * math.sinh(2 * k * eta) for k, a in terms)
    return round(_SCALE * _MEAN * east + _FALSE), round(_SCALE * _MEAN * north)


def to_degrees(east: float, north: float) -> tuple[float, float]:
    """Latitude and longitude in WGS 84 of metres in ETRS-TM35FIN, rounded to six decimals (a tenth of a metre)."""
    xi, eta = north / (_SCALE * _MEAN), (east - _FALSE) / (_SCALE * _MEAN)
    terms = tuple(enumerate(_BACK, 1))
    turned = xi - sum(b * math.sin(2 * k * xi) * math.cosh(2 * k * eta) for k, b in terms)
    across = eta - sum(b * math.cos(2 * k * xi) * math.sinh(2 * k * eta) for k, b in terms)
    conformal = math.asinh(math.sin(turned) / math.hypot(math.sinh(across), math.cos(turned)))
    isometric = conformal
    for _ in range(6):
        isometric = conformal + _E * math.atanh(_E * math.tanh(isometric))
    longitude = _MIDDLE + math.atan2(math.sinh(across), math.cos(turned))
    return round(math.degrees(math.atan(math.sinh(isometric))), 6), round(math.degrees(longitude), 6)
