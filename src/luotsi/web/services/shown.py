"""Services as pages show them: texts in the reader's language, contacts, hours. What is found is in queries.py."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from luotsi.web.services import opening, queries
from luotsi.web.services.indexing import text
from luotsi.web.services.models import Channel, Place, Service
from luotsi.web.services.searching import Hit

STALE = datetime.timedelta(days=365)
"""After so long an entry that no one has checked or changed is marked as old."""
FEES = {
    "free": gettext_lazy("Free of charge"),
    "charged": gettext_lazy("Charged"),
    "other": gettext_lazy("See the fee"),
}
KINDS = {
    "place": gettext_lazy("Come in person"),
    "phone": gettext_lazy("Call"),
    "online": gettext_lazy("Use online"),
    "website": gettext_lazy("Web page"),
    "form": gettext_lazy("Form to fill in"),
}
LANGUAGES = {
    "fi": gettext_lazy("Finnish"),
    "sv": gettext_lazy("Swedish"),
    "en": gettext_lazy("English"),
    "se": gettext_lazy("Northern Sámi"),
    "ru": gettext_lazy("Russian"),
    "ar": gettext_lazy("Arabic"),
    "et": gettext_lazy("Estonian"),
    "uk": gettext_lazy("Ukrainian"),
}
ORGANISATIONS = {
    "public": gettext_lazy("Public service"),
    "company": gettext_lazy("Company"),
    "association": gettext_lazy("Association"),
    "parish": gettext_lazy("Parish"),
    "other": "",
}
SHORT = 180
CITIZENS = "KR1."
"""Target groups that people choose from are those of citizens."""


def language() -> str:
    """The reader's language in two letters."""
    return (get_language() or "fi")[:2]


def said(texts: Mapping[str, Any]) -> str:
    """A text in the reader's language, or the first that there is."""
    return text(texts, language())


def choices(codes: str, beginning: str = "") -> list[tuple[str, str]]:
    """The codes of a list with their labels, in the order of the alphabet."""
    named = [(code, row[language()]) for code, row in queries.classes(codes).items() if code.startswith(beginning)]
    return sorted(named, key=lambda each: each[1])


@dataclass(frozen=True, slots=True)
class Card:
    """A service in a list."""

    entry: str
    name: str
    organisation: str
    kind: str
    text: str
    reasons: tuple[str, ...]
    fee: str
    open: bool
    number: int
    """Its number on the map; 0 where it has no place there."""


@dataclass(frozen=True, slots=True)
class Way:
    """A channel on the page of a service."""

    kind: str
    name: str
    text: str
    phones: tuple[tuple[str, str, str], ...]
    """Number as it is dialled, as it is read, what it is for and what calling costs."""
    emails: tuple[str, ...]
    pages: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    """Address, and what is told of accessibility."""
    hours: opening.Told
    identification: str


def cards(hits: Sequence[Hit], open_now: set[int], numbers: Mapping[int, int]) -> list[Card]:
    """The found services as cards, in their order."""
    return [_card(each.service, each.reasons, open_now, numbers.get(each.service.pk, 0)) for each in hits]


def _card(service: Service, reasons: tuple[str, ...], open_now: set[int], number: int) -> Card:
    short = said(service.summary) or said(service.description)
    return Card(
        entry=service.entry,
        name=said(service.name),
        organisation=said(service.organisation.name),
        kind=str(ORGANISATIONS[service.organisation.kind]),
        text=short if len(short) <= SHORT else short[:SHORT].rsplit(" ", 1)[0] + " …",
        reasons=reasons,
        fee=str(FEES.get(service.fee, "")),
        open=service.pk in open_now,
        number=number,
    )


def ways(service: Service, at: datetime.datetime) -> list[Way]:
    """How to get a service, places first."""
    order = list(KINDS)
    found = queries.channels().filter(services=service).prefetch_related("hours", "places")
    return [_way(each, at) for each in sorted(found, key=lambda each: (order.index(each.kind), said(each.name)))]


def _way(channel: Channel, at: datetime.datetime) -> Way:
    contact = channel.contact
    pages = {each["address"]: each for each in _pages(contact.get("pages", []))}
    identification = {True: _("Needs strong identification"), False: _("No identification"), None: ""}
    return Way(
        kind=str(KINDS[channel.kind]),
        name=said(channel.name),
        text=said(channel.description),
        phones=tuple(
            (each["number"], spaced(each["number"]), ", ".join(filter(None, (said(each["note"]), _fee(each["fee"])))))
            for each in contact.get("phones", [])
        ),
        emails=tuple(contact.get("emails", [])),
        pages=tuple((address, each["label"] or address) for address, each in pages.items()),
        places=tuple((address(each), said(each.accessibility)) for each in channel.places.all()),
        hours=opening.told(list(channel.hours.all()), at),
        identification=identification[channel.authentication] if channel.kind == "online" else "",
    )


def _pages(pages: Sequence[Mapping[str, str]]) -> Sequence[Mapping[str, str]]:
    """The pages in the reader's language, or all where none is."""
    return [each for each in pages if each["language"] in ("", language())] or pages


def _fee(told: str) -> str:
    return _("free of charge") if told == "free" else told


def spaced(number: str) -> str:
    """A phone number in groups, as it is read aloud: +358 14 266 0000."""
    if not number.startswith("+358") or len(number) < 9:
        return number
    rest = number[4:]
    return " ".join(filter(None, ("+358", rest[:2], rest[2:5], rest[5:])))


def address(place: Place) -> str:
    """A place as an address is written."""
    town = " ".join(filter(None, (place.postal_code, said(place.town))))
    return ", ".join(filter(None, (said(place.street), town)))


def facts(service: Service) -> list[tuple[str, str]]:
    """What else is told of a service, a word and its value each."""
    ages = (service.least_age, service.most_age)
    found = [
        (_("Provided by"), said(service.organisation.name)),
        (_("For whom"), said(service.eligibility)),
        (_("Age"), _age(*ages)),
        (_("Fee"), ". ".join(filter(None, (str(FEES.get(service.fee, "")), said(service.fee_text))))),
        (_("Area"), _area(service)),
        (_("Languages"), ", ".join(str(LANGUAGES.get(each, each)) for each in service.languages)),
        (_("How to proceed"), said(service.instructions)),
    ]
    return [(name, value) for name, value in found if value]


def _age(least: int | None, most: int | None) -> str:
    if least is None and most is None:
        return ""
    if most is None:
        return _("from %(age)s years") % {"age": least}
    if least is None:
        return _("up to %(age)s years") % {"age": most}
    return _("%(least)s–%(most)s years") % {"least": least, "most": most}


def _area(service: Service) -> str:
    if service.nationwide:
        return _("The whole country")
    return ", ".join(queries.municipality_name(each, language()) for each in service.municipalities[:30])


def checked(service: Service) -> tuple[datetime.date | None, bool]:
    """The day someone last checked or changed an entry, and whether that is long ago. Never told counts as long ago."""
    changed = timezone.localdate(service.modified_at) if service.modified_at else None
    last = max(filter(None, (service.checked_on, changed)), default=None)
    return last, last is None or timezone.localdate() - last > STALE


def linked(service: Service, found: Iterable[Way]) -> SafeString:
    """The service as schema.org has it, JSON-LD for search engines, safe inside a script element."""
    data = {
        "@context": "https://schema.org",
        "@type": "GovernmentService" if service.organisation.kind == "public" else "Service",
        "name": said(service.name),
        "description": said(service.summary) or said(service.description),
        "url": settings.ADDRESS + reverse("service", args=[service.entry]),
        "provider": {"@type": "Organization", "name": said(service.organisation.name)},
        "availableChannel": [
            {
                "@type": "ServiceChannel",
                "name": each.name,
                **({"servicePhone": {"@type": "ContactPoint", "telephone": each.phones[0][0]}} if each.phones else {}),
                **({"serviceUrl": each.pages[0][0]} if each.pages else {}),
                **({"serviceLocation": {"@type": "Place", "address": each.places[0][0]}} if each.places else {}),
            }
            for each in found
        ],
    }
    written = json.dumps(data, ensure_ascii=False)
    for sign, code in (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026")):
        written = written.replace(sign, code)
    return mark_safe(written)
