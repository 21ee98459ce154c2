"""Reads answers of the open interface of PTV, versions 8 to 11, into the neutral records of a directory.

Opening hours stand in hours.py, the small parts that all entries share in parts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from luotsi.connectors.documents import Document, documents, files
from luotsi.connectors.entries import ENTRY, Channel, Delivery, Organisation, Page, Service
from luotsi.connectors.ptv import parts
from luotsi.connectors.ptv.general import General, complete, general, referred
from luotsi.connectors.ptv.hours import hours
from luotsi.connectors.ptv.parts import Odd, codes, items, moment, objects, text, thing, words

GONE = ("Deleted", "Removed", "OldPublished", "Archived")
SHOWN = ("Published", "", "Modified")
CHANNELS = {
    "ServiceLocation": "place",
    "Phone": "phone",
    "EChannel": "online",
    "WebPage": "website",
    "PrintableForm": "form",
}
FEES = {"Chargeable": "charged", "FreeOfCharge": "free", "Free": "free", "Charged": "charged", "Other": "other"}
KINDS = {
    "State": "public",
    "Municipality": "public",
    "RegionalOrganization": "public",
    "Region": "public",
    "SotePublic": "public",
    "Company": "company",
    "SotePrivate": "company",
    "Organization": "association",
}
NATIONWIDE = {"Nationwide": True, "NationwideExceptAlandIslands": True, "LimitedType": False, "AreaType": False}


def read(paths: Iterable[Path]) -> Delivery:
    """Everything that the files and folders hold; faults are told by entry, and the rest is read.

    Raises UserError where a path is not there.
    """
    into = Delivery()
    described: dict[str, General] = {}
    referring: dict[str, str] = {}
    for path in files(paths):
        before = len(into.faults)
        held: list[bool] = []
        for each in documents(path, into):
            found = general(each)
            if found:
                described[found[0]] = found[1]
            elif referred(each):
                referring[words(each.get("id"))] = referred(each)
            held.append(found is not None or _entry(each, path.name, into))
        if not any(held) and len(into.faults) == before:
            into.fault(path.name, "The file holds no service, channel or organisation, so nothing was taken from it.")
    complete(into, described, referring)
    return into


def _entry(said: Document, file: str, into: Delivery) -> bool:
    """Reads one entry, whichever it is; False for what is none."""
    kind = next((each for each in READERS if each in said), None)
    if kind is None:
        return False
    entry = str(said.get("id") or "")
    if not ENTRY.fullmatch(entry):
        into.fault(entry[:100] or file, f"The entry in {file} has no id that can stand in an address. Give it one.")
        return True
    status = str(said.get("publishingStatus") or "")
    if status not in SHOWN:
        # A draft was never shown; what has been taken away is.
        into.removed.add(entry)
        if status not in (*GONE, "Draft"):
            into.fault(entry, f"Its publishing status {status[:40]} is not known, so it is not shown.")
        return True
    try:
        READERS[kind](entry, said, into)
    except Odd as odd:
        into.fault(entry, str(odd))
    return True


def _organisation(entry: str, said: Document, into: Delivery) -> None:
    into.organisations[entry] = Organisation(
        entry=entry,
        name=parts.name(said, "organizationNames"),
        kind=KINDS.get(str(said.get("organizationType")), "other"),
        description=text(said, "organizationDescriptions", "Description") or text(said, "organizationDescriptions"),
        business_id=words(said.get("businessCode"))[:20],
        parent=words(said.get("parentOrganizationId") or said.get("parentOrganization")),
        municipality=parts.municipality(said.get("municipality")),
        contact=parts.contact(said, "phoneNumbers", "emails"),
        modified=moment(said.get("modified")),
    )


def _channel(entry: str, said: Document, into: Delivery) -> None:
    kind = CHANNELS.get(str(said.get("serviceChannelType")))
    if kind is None:
        raise Odd(f"The channel type {words(said.get('serviceChannelType'))[:40]} is not known; it was left out.")
    contact = parts.contact(said, "phoneNumbers" if "phoneNumbers" in said else "supportPhones", "emails")
    if not contact.emails:
        contact = parts.contact(said, "phoneNumbers" if "phoneNumbers" in said else "supportPhones", "supportEmails")
    forms = tuple(
        Page(words(each.get("value") or each.get("url")), words(each.get("language")))
        for each in objects(said, "channelUrls")
        if words(each.get("value") or each.get("url"))
    )
    organisation = words(said.get("organizationId"))
    into.mention(organisation, {})
    into.channels[entry] = Channel(
        entry=entry,
        kind=kind,
        name=parts.name(said, "serviceChannelNames"),
        organisation=organisation,
        description=text(said, "serviceChannelDescriptions", "Summary")
        or text(said, "serviceChannelDescriptions", "Description"),
        contact=type(contact)(contact.phones, contact.emails, contact.pages + forms),
        languages=items(said, "languages"),
        authentication=said.get("requiresAuthentication") if kind == "online" else None,
        accessibility=parts.accessibility(said),
        hours=hours(objects(said, "serviceHours")),
        places=parts.places(said) if kind == "place" else (),
        services=tuple(filter(None, (words(thing(each, "service").get("id")) for each in objects(said, "services")))),
        modified=moment(said.get("modified")),
    )


def _service(entry: str, said: Document, into: Delivery) -> None:
    organisation, name = _responsible(said)
    if not organisation:
        raise Odd("It names no organisation that is responsible for it; name one in PTV.")
    into.mention(organisation, {"fi": name} if name else {})
    fee = said.get("serviceChargeType")
    areas, nationwide = parts.areas(said), NATIONWIDE.get(str(said.get("areaType")))
    into.services[entry] = Service(
        entry=entry,
        organisation=organisation,
        name=parts.name(said, "serviceNames"),
        also=text(said, "serviceNames", "AlternativeName") or text(said, "serviceNames", "AlternateName"),
        summary=text(said, "serviceDescriptions", "Summary") or text(said, "serviceDescriptions", "ShortDescription"),
        description=text(said, "serviceDescriptions", "Description"),
        instructions=text(said, "serviceDescriptions", "UserInstruction")
        or text(said, "serviceDescriptions", "ServiceUserInstruction"),
        eligibility=text(said, "requirements"),
        fee=FEES.get(str(fee), "") if fee else "",
        fee_text=text(said, "serviceDescriptions", "ChargeTypeAdditionalInfo"),
        nationwide=nationwide if nationwide is not None or not areas else False,
        municipalities=areas,
        languages=items(said, "languages"),
        target_groups=codes(said, "targetGroups"),
        life_events=codes(said, "lifeEvents"),
        classes=codes(said, "serviceClasses"),
        keywords=parts.keywords(said),
        channels=tuple(
            filter(None, (words(thing(each, "serviceChannel").get("id")) for each in objects(said, "serviceChannels")))
        ),
        modified=moment(said.get("modified")),
    )


def _responsible(said: Document) -> tuple[str, str]:
    """The organisation that is responsible, and its name as the service tells it."""
    every = objects(said, "organizations")
    first = [each for each in every if each.get("roleType") in ("Responsible", "MainResponsible")]
    for each in (*first, *every):
        found = thing(each, "organization")
        if words(found.get("id")):
            return words(found.get("id")), words(found.get("name"))
    main = thing(said, "mainResponsibleOrganization")
    return words(main.get("id") or said.get("organizationId")), words(main.get("name"))


READERS: dict[str, Callable[[str, Document, Delivery], None]] = {
    "serviceNames": _service,
    "serviceChannelNames": _channel,
    "organizationNames": _organisation,
}
"""The member that tells what an entry is -> how it is read."""
