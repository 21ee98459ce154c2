"""Reads PTV's general descriptions, and completes with them the services that refer to one.

Two forms are read: the interface's own (names, descriptions) and the catalogue's file of all (Name, ShortDescription).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from luotsi.connectors.documents import Document
from luotsi.connectors.entries import LANGUAGES, Delivery, Service, Text
from luotsi.connectors.ptv.parts import codes, keywords, objects, text, thing, words


@dataclass(frozen=True, slots=True)
class General:
    """What is said of all services of one kind in the country."""

    summary: Text
    description: Text
    instructions: Text
    eligibility: Text
    classes: tuple[str, ...]
    target_groups: tuple[str, ...]
    life_events: tuple[str, ...]
    keywords: Text


def general(said: Document) -> tuple[str, General] | None:
    """The id and the texts of a general description; None for what is none."""
    if "names" in said and "descriptions" in said:
        return words(said.get("id")), General(
            summary=text(said, "descriptions", "Summary") or text(said, "descriptions", "ShortDescription"),
            description=_after(
                text(said, "descriptions", "BackgroundDescription"), text(said, "descriptions", "Description")
            ),
            instructions=text(said, "descriptions", "UserInstruction"),
            eligibility=text(said, "requirements"),
            classes=codes(said, "serviceClasses"),
            target_groups=codes(said, "targetGroups"),
            life_events=codes(said, "lifeEvents"),
            keywords=keywords(said),
        )
    if "Name" in said and "BackgroundDescription" in said:
        return words(said.get("Id")), General(
            summary=_labels(said, "ShortDescription"),
            description=_after(_labels(said, "BackgroundDescription"), _labels(said, "Description")),
            instructions=_labels(said, "UserInstructions"),
            eligibility=_labels(said, "ServiceRestrictions"),
            classes=(),  # told by addresses of an older list
            target_groups=(),
            life_events=(),
            keywords={
                "fi": ", ".join(filter(None, (words(each.get("Value")) for each in objects(said, "OntologyTerm"))))
            },
        )
    return None


def referred(said: Document) -> str:
    """The id of the general description that a service refers to; "" where it refers to none."""
    return words(said.get("generalDescriptionId")) or words(thing(said, "generalDescription").get("id"))


def complete(into: Delivery, known: Mapping[str, General], referring: Mapping[str, str]) -> None:
    """Adds to each service what its general description says: its own texts come first, and stand where there are any.

    referring: service's id -> general description's id; one that is not among the files completes nothing.
    """
    for entry, name in referring.items():
        if entry in into.services and name in known:
            into.services[entry] = _completed(into.services[entry], known[name])


def _completed(service: Service, said: General) -> Service:
    own = service.name.keys()  # a language in which the service itself is not told would make half a page
    return replace(
        service,
        summary=_kept({**said.summary, **service.summary}, own),
        description=_kept(_after(service.description, said.description), own),
        instructions=_kept({**said.instructions, **service.instructions}, own),
        eligibility=_kept({**said.eligibility, **service.eligibility}, own),
        classes=tuple(dict.fromkeys((*service.classes, *said.classes))),
        target_groups=tuple(dict.fromkeys((*service.target_groups, *said.target_groups))),
        life_events=tuple(dict.fromkeys((*service.life_events, *said.life_events))),
        keywords={
            code: ", ".join(filter(None, (service.keywords.get(code, ""), said.keywords.get(code, ""))))
            for code in {**service.keywords, **said.keywords}
        },
    )


def _kept(texts: Text, languages: Any) -> dict[str, str]:
    return {code: each for code, each in texts.items() if code in languages}


def _after(first: Text, second: Text) -> dict[str, str]:
    """The second text after the first in each language, unless it says the same."""
    return {
        code: "\n\n".join(dict.fromkeys(filter(None, (first.get(code, ""), "" if one in first.get(code, "") else one))))
        for code in {**first, **second}
        for one in [second.get(code, "")]
    }


def _labels(said: Document, member: str) -> dict[str, str]:
    """A text by language of the catalogue's file, where it stands in blocks of a text editor."""
    found: dict[str, str] = {}
    for each in objects(said, member):
        language, label = words(each.get("Lang")), _plain(words(each.get("Label")))
        if language in LANGUAGES and label:
            found.setdefault(language, label)
    return found


def _plain(label: str) -> str:
    if not label.startswith("{"):
        return label
    try:
        said: Any = json.loads(label)
    except ValueError:
        return label
    blocks = objects(cast(Document, said), "blocks") if isinstance(said, dict) else []
    return "\n".join(words(each.get("text")) for each in blocks).strip()
