"""The inventory of digital services: which are digital and how, what is missing where, what is offered twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from luotsi.web.services import language, mapping, queries
from luotsi.web.services.indexing import text
from luotsi.web.services.models import Channel, Service

DIGITAL = ("online", "website")
LANGUAGES = ("fi", "sv", "en")


@dataclass(frozen=True, slots=True)
class Measured:
    """Where people are asked how it went: services by their entries, organisations by their business ids."""

    services: frozenset[str]
    organisations: frozenset[str]


Measuring = Callable[[], Measured]
_measuring: list[Measuring] = []


def measures_experience(asked: Measuring) -> Measuring:
    """Marks a function of an app above that says where people are asked how it went."""
    _measuring.append(asked)
    return asked


@dataclass(frozen=True, slots=True)
class Digital:
    """One digital channel of a service. `always`: open round the clock; None where no one has told the hours.

    `measured`: whether people are asked how it went.
    """

    service: Service
    channel: Channel
    always: bool | None
    measured: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """How many services an area of life has in a place or a language, and how many of them are digital."""

    code: str
    services: int
    digital: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that the page tells."""

    services: int
    digital: Sequence[Digital]
    areas: Sequence[Gap]
    languages: Sequence[Gap]
    twice: Sequence[Sequence[Service]]


def taken() -> Inventory:
    """The inventory as the directory stands."""
    services = list(queries.services().order_by("pk"))
    channels: defaultdict[int, list[Channel]] = defaultdict(list)
    links = Service.channels.through.objects.values_list("service_id", "channel_id")
    found = queries.channels().filter(kind__in=DIGITAL).prefetch_related("hours").in_bulk()
    for service, channel in links:
        if channel in found:
            channels[service].append(found[channel])
    measured = [asked() for asked in _measuring]
    digital = [
        Digital(each, one, _always(one), _is_measured(each, measured)) for each in services for one in channels[each.pk]
    ]
    codes = [code for code, _path, _middle in mapping.borders()]
    return Inventory(
        len(services),
        digital,
        [_gap(code, [s for s in services if s.nationwide or code in s.municipalities], channels) for code in codes],
        [_gap(code, [s for s in services if code in s.languages], channels) for code in LANGUAGES],
        _twice(services),
    )


def _gap(code: str, services: Sequence[Service], channels: defaultdict[int, list[Channel]]) -> Gap:
    return Gap(code, len(services), sum(bool(channels[each.pk]) for each in services))


def _is_measured(service: Service, measured: Sequence[Measured]) -> bool:
    return any(
        service.entry in each.services or service.organisation.business_id in each.organisations for each in measured
    )


def _always(channel: Channel) -> bool | None:
    hours = list(channel.hours.all())
    return all(each.opens == 0 and each.closes == 1440 for each in hours) if hours else None


def _twice(services: Sequence[Service]) -> list[list[Service]]:
    """Services of different organisations whose names say the same and whose areas meet."""
    named: defaultdict[tuple[str, ...], list[Service]] = defaultdict(list)
    for each in services:
        bases = {language.terms(word, "fi")[0][0] for word in language.words(text(each.name, "fi"))}
        if bases:
            named[tuple(sorted(bases))].append(each)
    return [group for group in named.values() if _meets(group)]


def _meets(group: Sequence[Service]) -> bool:
    return any(
        one.organisation != other.organisation
        and (one.nationwide or other.nationwide or set(one.municipalities) & set(other.municipalities))
        for place, one in enumerate(group)
        for other in group[place + 1 :]
    )
