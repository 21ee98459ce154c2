"""What an import would change: the entries as rows of ours, which are new, changed, another source's, or gone.

It reads the database and writes nothing; actions.py writes.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from django.utils import timezone

from luotsi.concepts.errors import UserError
from luotsi.connectors.associations import line
from luotsi.connectors.entries import Channel, Delivery, Fault, Hours, Organisation, Place, Service
from luotsi.web.services import models
from luotsi.web.services.indexing import text

M = TypeVar("M", models.Organisation, models.Channel, models.Service)
Told = Organisation | Channel | Service

LONGEST = 20_000
"""Characters of a text that are kept; longer ones are cut, so that no entry can fill the page or the index."""


@dataclasses.dataclass(slots=True)
class Sorted:
    """The entries of one kind: rows to add, rows to change (with their ids), entries untouched."""

    new: list[Any]
    changed: list[Any]
    same: int = 0


def digest(told: Told) -> str:
    """Of all that a record says, so that what is the same is known without comparing."""
    return hashlib.md5(repr(told).encode(), usedforsecurity=False).hexdigest()


def sort(
    told: Mapping[str, Told], model: type[M], source: str, faults: list[Fault], links: Mapping[str, int]
) -> Sorted:
    """Sets the delivered entries beside those that are here.

    links: organisation's entry -> id. An entry that another source keeps stays as it is there, which is a fault
    unless it was only mentioned.
    """
    found = Sorted([], [])
    here = {each.entry: each for each in _here(told, model)}
    for entry, each in told.items():
        before, now = here.get(entry), digest(each)
        mentioned = isinstance(each, Organisation) and not each.known
        if before is None:
            found.new.append(model(**row(each, source, links), digest=now))
        elif mentioned and (before.removed_at is None or before.source != source):
            found.same += 1
        elif before.source != source:
            faults.append(Fault(entry, f"It is kept in {before.source}, so it is left as it is there."))
        elif before.digest == now and before.removed_at is None:
            found.same += 1
        else:
            row_now = row(each, source, links)
            for name, value in row_now.items():
                setattr(before, name, value)
            before.digest, before.removed_at = now, None
            found.changed.append(before)
    return found


def _here(told: Mapping[str, Told], model: type[M]) -> Iterator[M]:
    entries = list(told)
    for begin in range(0, len(entries), 5000):
        yield from model.objects.filter(entry__in=entries[begin : begin + 5000])


def row(told: Told, source: str, links: Mapping[str, int]) -> dict[str, Any]:
    """The fields of a row. `links`: ids of organisations by their entries."""
    if isinstance(told, Organisation):
        return _organisation(told, source)
    if isinstance(told, Channel):
        return _channel(told, source, links)
    return _service(told, source, links)


def _entry(told: Told, source: str) -> dict[str, Any]:
    return {
        "entry": told.entry,
        "source": source,
        "name": _cut(told.name, 500),
        "description": _cut(told.description),
        "modified_at": told.modified,
    }


def _organisation(told: Organisation, source: str) -> dict[str, Any]:
    return {
        **_entry(told, source),
        "kind": told.kind,
        "business_id": told.business_id[:20],
        "municipality": told.municipality,
        "contact": dataclasses.asdict(told.contact),
        "known": told.known,
    }


def _channel(told: Channel, source: str, links: Mapping[str, int]) -> dict[str, Any]:
    return {
        **_entry(told, source),
        "kind": told.kind,
        "organisation_id": links.get(told.organisation),
        "contact": dataclasses.asdict(told.contact),
        "languages": list(told.languages),
        "authentication": told.authentication,
        "accessibility": told.accessibility[:50],
        "named": list(told.services),
    }


def _service(told: Service, source: str, links: Mapping[str, int]) -> dict[str, Any]:
    ages = (told.least_age, told.most_age)
    wrong = ages[0] is not None and ages[1] is not None and ages[0] > ages[1]
    return {
        **_entry(told, source),
        "organisation_id": links[told.organisation],
        "named": list(told.channels),
        **{name: _cut(getattr(told, name)) for name in ("also", "summary", "instructions", "eligibility", "fee_text")},
        "fee": told.fee,
        "nationwide": told.nationwide,
        "municipalities": list(told.municipalities),
        "languages": list(told.languages),
        "target_groups": list(told.target_groups),
        "life_events": list(told.life_events),
        "classes": list(told.classes),
        "keywords": _cut(told.keywords),
        "needs": list(told.needs),
        "least_age": None if wrong else told.least_age,
        "most_age": None if wrong else told.most_age,
        "keeper": told.keeper[:254],
        "checked_on": told.checked,
    }


def _cut(text: Mapping[str, str], most: int = LONGEST) -> dict[str, str]:
    """A text that PostgreSQL can keep: no null characters, not endless."""
    return {language: value.replace("\0", "")[:most] for language, value in text.items()}


def hours(told: Iterable[Hours], channel: int) -> Iterator[models.Hours]:
    """The opening hours of a channel as rows."""
    for each in told:
        if each.since is None or each.until is None or each.since <= each.until:
            yield models.Hours(channel_id=channel, **dataclasses.asdict(each))


def places(told: Iterable[Place], channel: int) -> Iterator[models.Place]:
    """The places of a channel as rows."""
    for each in told:
        yield models.Place(channel_id=channel, **dataclasses.asdict(each))


def parents(told: Mapping[str, Organisation], faults: list[Fault]) -> dict[str, str]:
    """Organisation -> the one it is a part of. One that would come back to itself is left without, as a fault."""
    known = dict(models.Organisation.objects.filter(parent__isnull=False).values_list("entry", "parent__entry"))
    found = {entry: each.parent for entry, each in told.items() if each.known and each.parent}
    for entry in sorted(found):
        way, at = {entry}, found[entry]
        while at and at not in way:
            way.add(at)
            at = found.get(at, known.get(at, ""))
        if at:
            faults.append(Fault(entry, f"It would be a part of itself through {found[entry]}; mend the parent."))
            del found[entry]
    return found


def gone(delivery: Delivery, source: str, complete: bool) -> dict[str, set[int]]:
    """Model's name -> ids of rows that have gone: those the source says, and those a complete delivery leaves out."""
    found: dict[str, set[int]] = {}
    told: Mapping[type[Any], Mapping[str, Told]] = {
        models.Service: delivery.services,
        models.Channel: delivery.channels,
        models.Organisation: delivery.organisations,
    }
    for model, entries in told.items():
        alive = model.objects.filter(source=source, removed_at=None)
        ids = set(alive.filter(entry__in=delivery.removed).values_list("pk", flat=True))
        if complete:
            ids |= {pk for pk, entry in alive.values_list("pk", "entry") if entry not in entries}
        elif model is models.Service and delivery.whole:
            own = alive.filter(organisation__entry__in=delivery.whole)
            ids |= {pk for pk, entry in own.values_list("pk", "entry") if entry not in entries}
        found[model.__name__] = ids
    return found


def proposed(proposal: models.Proposal) -> Delivery:
    """What a keeper proposes as a delivery of one service. Raises UserError where it cannot be read."""
    into, organisation = Delivery(), proposal.organisation
    said = {**proposal.said, "id": proposal.entry, "tarkistettu": timezone.localdate(proposal.at).isoformat()}
    line(said, text(organisation.name, "fi"), text(organisation.name, "fi"), into)
    if into.faults:
        raise UserError(str(into.faults[0].sentence))
    service = dataclasses.replace(into.services[proposal.entry], organisation=organisation.entry)
    channels = {
        entry: dataclasses.replace(each, organisation=organisation.entry) for entry, each in into.channels.items()
    }
    found = Delivery(services={service.entry: service}, channels=channels)
    found.mention(organisation.entry, organisation.name, organisation.kind)
    return found
