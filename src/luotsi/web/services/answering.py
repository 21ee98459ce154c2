"""What the directory answers to other programs, as plain values: for the command line and the JSON interface."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from luotsi.concepts.errors import UserError
from luotsi.connectors.entries import to_degrees
from luotsi.web.services import queries
from luotsi.web.services.indexing import text
from luotsi.web.services.models import Channel, Place, Service


def listed(said: str, *, area: str = "", language: str = "", limit: int = 20) -> list[dict[str, Any]]:
    """The services that answer a text, best first: id, name, score from 0 to 1, reason.

    area: a municipality's name or code; language: only what is served in it, told in it. Raises UserError for an area
    that is not known.
    """
    code = queries.municipality(area) if area else ""
    if area and not code:
        raise UserError(f"There is no municipality {area}. Give its name, as Jyväskylä, or its code, as 179.")
    found = queries.search(said, queries.Filters(area=code, language=language), limit=limit, language=language or "fi")
    return [
        {
            "id": hit.service.entry,
            "name": text(hit.service.name, language or "fi"),
            "score": hit.score,
            "reason": "; ".join(hit.reasons),
        }
        for hit in found
    ]


def as_hsds(service: Service) -> dict[str, Any]:
    """A service as Open Referral's HSDS 3.0 has it, texts in Finnish or the first language there is."""
    owner = service.organisation
    channels = list(queries.channels().filter(services=service).prefetch_related("hours", "places"))
    last = service.modified_at.isoformat() if service.modified_at else None
    return {
        "id": service.entry,
        "name": text(service.name, "fi"),
        "alternate_name": text(service.also, "fi") or None,
        "description": text(service.description, "fi") or text(service.summary, "fi"),
        "status": "active" if service.removed_at is None else "defunct",
        "application_process": text(service.instructions, "fi") or None,
        "fees_description": text(service.fee_text, "fi") or {"free": "Maksuton"}.get(service.fee),
        "eligibility_description": text(service.eligibility, "fi") or None,
        "minimum_age": service.least_age,
        "maximum_age": service.most_age,
        "assured_date": service.checked_on.isoformat() if service.checked_on else None,
        "last_modified": last,
        "organization": {
            "id": owner.entry,
            "name": text(owner.name, "fi"),
            "description": text(owner.description, "fi") or text(owner.name, "fi"),
        },
        "phones": [
            {"id": f"{each.entry}.{place}", "number": phone["number"], "description": text(phone["note"], "fi") or None}
            for each in channels
            for place, phone in enumerate(each.contact.get("phones", []))
        ],
        "additional_urls": [
            {"id": f"{each.entry}.{place}", "label": page["label"] or None, "url": page["address"]}
            for each in channels
            for place, page in enumerate(each.contact.get("pages", []))
        ],
        "languages": [{"id": f"{service.entry}.{each}", "code": each} for each in service.languages],
        "service_areas": [
            {"id": f"{service.entry}.{each}", "name": each, "extent": each, "extent_type": "municipality"}
            for each in service.municipalities
        ],
        "service_at_locations": [_at(service, each) for each in channels if each.kind == "place"],
    }


def as_page(services: Sequence[Service]) -> dict[str, Any]:
    """Services as the one page of a list that HSDS 3 has."""
    page = {"total_items": len(services), "total_pages": 1, "page_number": 1, "size": len(services)}
    contents = [as_hsds(each) for each in services]
    return {**page, "first_page": True, "last_page": True, "empty": not contents, "contents": contents}


DAYS = {1: "MO", 2: "TU", 3: "WE", 4: "TH", 5: "FR", 6: "SA", 7: "SU"}


def _at(service: Service, channel: Channel) -> dict[str, Any]:
    return {
        "id": f"{service.entry}.{channel.entry}",
        "location": {
            "id": channel.entry,
            "location_type": "physical",
            "name": text(channel.name, "fi"),
            **_point(channel.places.all()[0] if channel.places.all() else None),
            "addresses": [
                {
                    "id": f"{channel.entry}.{place}",
                    "address_1": text(each.street, "fi"),
                    "city": text(each.town, "fi"),
                    "state_province": "",
                    "postal_code": each.postal_code,
                    "country": "FI",
                    "address_type": "physical",
                }
                for place, each in enumerate(channel.places.all())
            ],
        },
        "schedules": [
            {
                "id": f"{channel.entry}.h{each.pk}",
                "byday": DAYS[each.weekday],
                "opens_at": f"{each.opens // 60:02}:{each.opens % 60:02}",
                "closes_at": _ending(each.closes),
                "valid_from": each.since.isoformat() if each.since else None,
                "valid_to": each.until.isoformat() if each.until else None,
            }
            for each in channel.hours.all()
            if each.weekday and each.opens is not None and each.closes is not None
        ],
    }


def _ending(minute: int) -> str:
    """A time of the day; neither HSDS nor FHIR knows 24:00."""
    return "23:59" if minute == 1440 else f"{minute // 60:02}:{minute % 60:02}"


def _point(place: Place | None) -> dict[str, float]:
    if place is None or place.east is None or place.north is None:
        return {}
    latitude, longitude = to_degrees(place.east, place.north)
    return {"latitude": latitude, "longitude": longitude}


def as_fhir(services: Iterable[Service], address: str) -> dict[str, Any]:
    """Services as a FHIR R4 Bundle of HealthcareService resources."""
    entries = [
        {"fullUrl": f"{address}/services/{each.entry}/", "resource": _healthcare_service(each)} for each in services
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _healthcare_service(service: Service) -> dict[str, Any]:
    channels = list(queries.channels().filter(services=service).prefetch_related("hours"))
    phones = [phone["number"] for each in channels for phone in each.contact.get("phones", [])]
    found: dict[str, Any] = {
        "resourceType": "HealthcareService",
        "identifier": [{"system": f"urn:luotsi:{service.source}", "value": service.entry}],
        "active": service.removed_at is None,
        "providedBy": {"display": text(service.organisation.name, "fi")},
        "name": text(service.name, "fi"),
        "comment": text(service.summary, "fi") or text(service.description, "fi"),
        "telecom": [{"system": "phone", "value": number} for number in dict.fromkeys(phones)],
        "communication": [{"coding": [{"system": "urn:ietf:bcp:47", "code": each}]} for each in service.languages],
        "coverageArea": [{"display": each} for each in service.municipalities],
        "availableTime": [
            {
                "daysOfWeek": [DAYS_OF_FHIR[row.weekday]],
                "availableStartTime": f"{row.opens // 60:02}:{row.opens % 60:02}:00",
                "availableEndTime": _ending(row.closes) + (":59" if row.closes == 1440 else ":00"),
            }
            for each in channels
            for row in each.hours.all()
            if row.weekday and row.opens is not None and row.closes is not None
        ],
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


DAYS_OF_FHIR = {1: "mon", 2: "tue", 3: "wed", 4: "thu", 5: "fri", 6: "sat", 7: "sun"}
