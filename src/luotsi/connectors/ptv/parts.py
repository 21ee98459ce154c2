"""The parts that organisations, services and channels of PTV share: texts by language, codes, areas, addresses.

The tolerant way: a part that is not as agreed is passed over, as the rest of the entry still helps someone.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any, cast

from luotsi.connectors.documents import Document
from luotsi.connectors.entries import Contact, Page, Phone, Place, to_plane

MADE_UP = ("value", "language", "code", "type", "url")
"""What samples of the interface write where nothing was recorded."""
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
MUNICIPALITY = re.compile(r"\d{3}")


class Odd(ValueError):  # noqa: N818 - it says how the entry is
    """Why an entry cannot be taken, as a sentence."""


def words(value: Any) -> str:
    """A scalar as text without spaces around it; "" for nothing, and for what is no scalar."""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def objects(said: Document, member: str) -> list[Document]:
    """The objects of a list; none where the list is missing or is no list."""
    found = said.get(member)
    if not isinstance(found, list):
        return []
    return [cast(Document, each) for each in cast("list[Any]", found) if isinstance(each, dict)]


def thing(said: Document, member: str) -> Document:
    """The object of a member; an empty one where it is missing or is no object."""
    found = said.get(member)
    return cast(Document, found) if isinstance(found, dict) else {}


def items(said: Document, member: str) -> tuple[str, ...]:
    """The scalars of a list, each once."""
    found = said.get(member)
    listed = cast("list[Any]", found) if isinstance(found, list) else []
    return tuple(dict.fromkeys(filter(None, (words(each) for each in listed))))


def text(said: Document, member: str, kind: str = "") -> dict[str, str]:
    """A text by language, of one type where it is given; the first of each language counts."""
    found: dict[str, str] = {}
    for each in objects(said, member):
        value, language = words(each.get("value")), words(each.get("language"))
        if value and language and value not in MADE_UP and (not kind or each.get("type") == kind):
            found.setdefault(language, value)
    return found


def name(said: Document, member: str) -> dict[str, str]:
    """The name of an entry. Raises Odd where it has none in any language."""
    found = text(said, member, "Name") or text(said, member)
    if not found:
        raise Odd("It has no name in any language; give it one in PTV.")
    return found


def codes(said: Document, member: str) -> tuple[str, ...]:
    """The codes of classes, such as P2.3; those without a code by the end of their URI."""
    found = (words(each.get("code")) or words(each.get("uri")).rsplit("/", 1)[-1] for each in objects(said, member))
    return tuple(dict.fromkeys(filter(None, found)))


def keywords(said: Document) -> dict[str, str]:
    """The words of keywords, ontology terms, classes and life events by language."""
    found: dict[str, list[str]] = {}
    for each in objects(said, "keywords"):
        found.setdefault(words(each.get("language")) or "fi", []).append(words(each.get("value")))
    for member in ("ontologyTerms", "serviceClasses", "lifeEvents"):
        for each in objects(said, member):
            for language, value in text(each, "name").items():
                found.setdefault(language, []).append(value)
    return {language: ", ".join(dict.fromkeys(filter(None, each))) for language, each in found.items() if any(each)}


def municipality(said: Any) -> str:
    """The three digits of a municipality; "" where it is told in no such way."""
    code = words(cast(Document, said).get("code")) if isinstance(said, dict) else words(said)
    return code if MUNICIPALITY.fullmatch(code) else ""


def areas(said: Document) -> tuple[str, ...]:
    """The municipalities of the areas served, those of larger areas too."""
    found: list[str] = []
    for area in objects(said, "areas"):
        if area.get("type") == "Municipality" and municipality(area.get("code")):
            found.append(municipality(area.get("code")))
        found += [municipality(each) for each in objects(area, "municipalities")]
    return tuple(sorted(set(filter(None, found))))


def contact(said: Document, phones: str, emails: str) -> Contact:
    """Phones, e-mail addresses and web pages."""
    letters = [words(each.get("value")) for each in objects(said, emails)]
    return Contact(
        phones=tuple(_once(_phones(said, phones))),
        emails=tuple(dict.fromkeys(each for each in letters if "@" in each)),
        pages=tuple(
            dict.fromkeys(
                Page(words(each.get("url")), words(each.get("language")), words(each.get("value")))
                for each in objects(said, "webPages")
                if ADDRESS.fullmatch(words(each.get("url")))
            )
        ),
    )


def _once(phones: Iterator[Phone]) -> Iterator[Phone]:
    """A number once, with the first note in each language."""
    found: dict[str, Phone] = {}
    for each in phones:
        before = found.get(each.number)
        found[each.number] = Phone(each.number, {**each.note, **before.note}, before.fee) if before else each
    yield from found.values()


def _phones(said: Document, member: str) -> Iterator[Phone]:
    for each in objects(said, member):
        number = re.sub(r"[^\d+]", "", words(each.get("number")))
        if not number or each.get("type") == "Fax":
            continue
        prefix = words(each.get("prefixNumber"))
        note, language = words(each.get("additionalInformation")), words(each.get("language"))
        fee = "free" if each.get("serviceChargeType") == "FreeOfCharge" else words(each.get("chargeDescription"))
        yield Phone(f"{prefix}{number}" if prefix else number, {language: note} if note and language else {}, fee)


def accessibility(said: Document) -> str:
    """The level of accessibility that an online channel claims, such as "WCAG 2.1 AA"; "" where it claims none."""
    said = next(iter(objects(said, "accessibilityClassification")), said)
    level, kind = words(said.get("wcagLevel")), words(said.get("accessibilityClassificationLevel"))
    if kind in ("", "Unknown", "NotClassified"):
        return ""
    shown = level.removeprefix("Level").removeprefix("Wcag")
    return f"WCAG {shown}".strip() if level else kind


def places(said: Document) -> tuple[Place, ...]:
    """Where a service location can be visited."""
    found: list[Place] = []
    for each in objects(said, "addresses"):
        address = each.get("streetAddress") or (each.get("otherAddress") if each.get("subType") == "Other" else None)
        if each.get("type") not in ("Location", "Visiting", None) or not isinstance(address, dict):
            continue
        where = cast(Document, address)
        number = words(where.get("streetNumber"))
        east, north = _point(where)
        found.append(
            Place(
                street={language: f"{street} {number}".strip() for language, street in text(where, "street").items()},
                postal_code=words(where.get("postalCode"))[:5],
                town={language: town.capitalize() for language, town in text(where, "postOffice").items()},
                municipality=municipality(where.get("municipality")),
                east=east,
                north=north,
                accessibility=_sentences(each),
            )
        )
    return tuple(found)


def _point(where: Document) -> tuple[int | None, int | None]:
    """Metres east and north. PTV tells metres under the names of degrees; degrees, should they come, are turned."""
    try:
        north, east = float(words(where.get("latitude"))), float(words(where.get("longitude")))
    except ValueError:
        return None, None
    if 6_600_000 < north < 7_800_000 and 50_000 < east < 760_000:
        return round(east), round(north)
    return to_plane(north, east) if 59 < north < 71 and 19 < east < 32 else (None, None)


def _sentences(address: Document) -> dict[str, str]:
    """The sentences on the accessibility of the main entrance by language."""
    found: dict[str, list[str]] = {}
    for entrance in objects(address, "entrances"):
        for group in objects(entrance, "accessibilitySentences"):
            for sentence in objects(group, "sentences"):
                for language, value in text(sentence, "sentence").items():
                    found.setdefault(language, []).append(value)
    return {language: " ".join(each) for language, each in found.items()}


def moment(value: Any) -> datetime.datetime | None:
    """A time of the interface, which is in UTC where it names no zone; None where it is no time."""
    try:
        found = datetime.datetime.fromisoformat(words(value)[:26].rstrip("Z"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
