"""Reads HSDS, as JSON of version 3 and as the tables of a CSV package, into the neutral records of a directory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from luotsi.connectors.documents import Document, documents, files
from luotsi.connectors.entries import (
    ENTRY,
    Channel,
    Contact,
    Delivery,
    Hours,
    Organisation,
    Page,
    Phone,
    Place,
    Service,
    to_plane,
)
from luotsi.connectors.hsds.tables import tables
from luotsi.connectors.ptv.hours import day, minutes
from luotsi.connectors.ptv.parts import items, moment, objects, thing, words

GONE = ("inactive", "defunct")
BYDAY = {"MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6, "SU": 7}
LANGUAGES = {"finnish": "fi", "swedish": "sv", "english": "en", "fin": "fi", "swe": "sv", "eng": "en"}


def read(paths: Iterable[Path], language: str = "en") -> Delivery:
    """Everything that the files and folders hold; faults are told by entry. language: of texts that name none.

    Raises UserError where a path is not there.
    """
    into, listed = Delivery(), list(paths)
    packages: defaultdict[Path, list[Path]] = defaultdict(list)
    for path in files(listed, (".csv", ".json", ".json.gz", ".ndjson", ".jsonl")):
        if path.suffix == ".csv":
            packages[path.parent].append(path)
    for path in files(listed, (".json", ".json.gz", ".ndjson", ".jsonl")):
        if path.suffix == ".csv" or path.name in ("datapackage.json", "root.json") or path.parent in packages:
            continue
        for each in documents(path, into):
            _entry(each, path.name, into, language)
    for folder in sorted(packages):
        for each in tables(packages[folder], into):
            _entry(each, folder.name, into, language)
    return into


def _entry(said: Document, file: str, into: Delivery, language: str) -> None:
    """An organisation, a service, or a service at a location that holds the service."""
    if isinstance(said.get("service"), dict):
        inner = dict(thing(said, "service"))
        at = {name: value for name, value in said.items() if name != "service"}
        inner.setdefault("service_at_locations", [at])
        said = inner
    is_service = any(name in said for name in ("organization", "organization_id", "service_at_locations"))
    is_organisation = (
        "services" in said or "tax_status" in said or "legal_status" in said or "year_incorporated" in said
    )
    if not words(said.get("name")) and not words(said.get("id")):
        return
    if "parent_id" in said or "taxonomy" in said or "term_uri" in said:
        return
    if is_organisation:
        _organisation(said, into, language)
        for each in objects(said, "services"):
            _service({**each, "organization": {"id": said.get("id"), "name": said.get("name")}}, file, into, language)
    elif is_service:
        _service(said, file, into, language)


def _organisation(said: Document, into: Delivery, language: str) -> str:
    entry, name = words(said.get("id")), words(said.get("name"))
    if not ENTRY.fullmatch(entry) or not name:
        into.fault(entry[:100] or "organization", "The organisation has no id or no name; give it both.")
        return ""
    identifiers = objects(said, "organization_identifiers")
    into.organisations[entry] = Organisation(
        entry=entry,
        name={language: name},
        kind="association",
        description=_text(said, "description", language),
        business_id=words(identifiers[0].get("identifier"))[:20] if identifiers else "",
        parent=words(said.get("parent_organization_id")),
        contact=_contact(said, language),
    )
    return entry


def _service(said: Document, file: str, into: Delivery, language: str) -> None:
    entry, name = words(said.get("id")), words(said.get("name"))
    if not ENTRY.fullmatch(entry):
        into.fault(entry[:100] or file, f"The service in {file} has no id that can stand in an address. Give it one.")
        return
    if words(said.get("status")).lower() in GONE:
        into.removed.add(entry)
        return
    organisation = _owner(said, into, language)
    if not name or not organisation:
        into.fault(entry, "The service has no name or no organisation; give it both.")
        return
    channels = _channels(entry, name, organisation, said, language)
    into.channels.update({each.entry: each for each in channels})
    into.services[entry] = Service(
        entry=entry,
        organisation=organisation,
        name={language: name},
        also=_text(said, "alternate_name", language),
        summary={},
        description=_text(said, "description", language),
        instructions=_text(said, "application_process", language),
        eligibility=_text(said, "eligibility_description", language) or _text(said, "eligibility", language),
        fee="charged" if objects(said, "cost_options") else "",
        fee_text=_text(said, "fees_description", language) or _text(said, "fees", language),
        languages=_languages(said),
        keywords=_keywords(said, language),
        least_age=_age(said.get("minimum_age")),
        most_age=_age(said.get("maximum_age")),
        channels=tuple(each.entry for each in channels),
        checked=day(said.get("assured_date")),
        keeper=words(said.get("assurer_email")) if "@" in words(said.get("assurer_email")) else "",
        modified=moment(said.get("last_modified")),
        municipalities=_municipalities(said),
        nationwide=False if _municipalities(said) else None,
    )


def _owner(said: Document, into: Delivery, language: str) -> str:
    owner = thing(said, "organization")
    if len(owner) > 2:
        return _organisation(owner, into, language)
    entry = words(owner.get("id") or said.get("organization_id"))
    name = words(owner.get("name"))
    into.mention(entry, {language: name} if name else {}, "association")
    return entry


def _channels(entry: str, name: str, organisation: str, said: Document, language: str) -> list[Channel]:
    found: list[Channel] = []
    own = _contact(said, language)
    if own.phones:
        found.append(Channel(f"{entry}.phone", "phone", {language: name}, organisation, contact=Contact(own.phones)))
    if own.pages:
        found.append(
            Channel(f"{entry}.web", "website", {language: name}, organisation, contact=Contact(pages=own.pages))
        )
    for each in objects(said, "service_at_locations"):
        where = thing(each, "location")
        location = words(where.get("id") or each.get("location_id") or each.get("id"))
        if not where or not ENTRY.fullmatch(f"{entry}.{location}"[:100]):
            continue
        near = _contact(each, language)
        phones = near.phones or _contact(where, language).phones
        found.append(
            Channel(
                entry=f"{entry}.{location}"[:100],
                kind="place" if words(where.get("location_type")) != "virtual" else "online",
                name={language: words(where.get("name")) or name},
                organisation=organisation,
                description=_text(where, "description", language),
                contact=Contact(phones, near.emails),
                languages=_languages(where),
                hours=_hours(objects(each, "schedules") or objects(where, "schedules") or objects(said, "schedules")),
                places=tuple(_places(where, language)),
            )
        )
    return found


def _places(where: Document, language: str) -> Iterable[Place]:
    access = " ".join(words(each.get("description")) for each in objects(where, "accessibility"))
    try:
        latitude, longitude = float(words(where.get("latitude"))), float(words(where.get("longitude")))
    except ValueError:
        latitude = longitude = 0.0
    inside = 59 < latitude < 71 and 19 < longitude < 32
    east, north = to_plane(latitude, longitude) if inside else (None, None)
    addresses = [each for each in objects(where, "addresses") if words(each.get("address_type")) != "postal"]
    for each in addresses or ([{}] if inside else []):
        street = ", ".join(filter(None, (words(each.get("address_1")), words(each.get("address_2")))))
        town = words(each.get("city"))
        yield Place(
            street={language: street} if street else {},
            postal_code=words(each.get("postal_code"))[:20],
            town={language: town} if town else {},
            east=east,
            north=north,
            accessibility={language: access} if access.strip() else {},
        )


def _hours(said: list[Document]) -> tuple[Hours, ...]:
    rows: list[Hours] = []
    for each in said:
        opens, closes = minutes(each.get("opens_at")), minutes(each.get("closes_at"))
        if opens is None or closes is None or closes <= opens:
            continue
        since, until = day(each.get("valid_from")), day(each.get("valid_to"))
        if since and until and since > until:
            continue
        days = [BYDAY.get(part.strip()[-2:].upper()) for part in words(each.get("byday")).split(",")]
        days += [int(digit) for digit in words(each.get("weekday")) if digit in "1234567"]
        rows += [Hours(weekday, opens, closes, since, until) for weekday in dict.fromkeys(days) if weekday]
    return tuple(rows)


def _contact(said: Document, language: str) -> Contact:
    phones: dict[str, Phone] = {}
    for each in objects(said, "phones"):
        number = words(each.get("number")).strip('"')
        note = words(each.get("description"))
        if number and each.get("type") != "fax":
            phones.setdefault(number, Phone(number, {language: note} if note else {}))
    pages = [
        words(said.get("url") or said.get("website")),
        *(words(e.get("url")) for e in objects(said, "additional_urls")),
    ]
    web = dict.fromkeys(each for each in pages if each.startswith(("http://", "https://")))
    email = words(said.get("email"))
    return Contact(tuple(phones.values()), (email,) if "@" in email else (), tuple(Page(each) for each in web))


def _text(said: Document, member: str, language: str) -> dict[str, str]:
    found = words(said.get(member))
    return {language: found} if found else {}


def _languages(said: Document) -> tuple[str, ...]:
    found = (
        words(each.get("code") or each.get("name") or each.get("language")).lower()
        for each in objects(said, "languages")
    )
    return tuple(dict.fromkeys(LANGUAGES.get(each, each)[:10] for each in found if each))


def _keywords(said: Document, language: str) -> dict[str, str]:
    terms = [words(thing(each, "taxonomy_term").get("name")) for each in objects(said, "attributes")]
    joined = ", ".join(dict.fromkeys(filter(None, (*terms, *items(said, "keywords")))))
    return {language: joined} if joined else {}


def _municipalities(said: Document) -> tuple[str, ...]:
    """Municipalities of service areas that are told by code, as our own export tells them."""
    told = (each.get("extent") for each in objects(said, "service_areas") if each.get("extent_type") == "municipality")
    return tuple(sorted({words(each) for each in told if len(words(each)) == 3 and words(each).isdigit()}))


def _age(value: Any) -> int | None:
    try:
        return max(0, min(150, int(float(words(value)))))
    except ValueError:
        return None
