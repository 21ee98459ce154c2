"""Reads the spreadsheet of associations, as XLSX or saved as CSV, into the neutral records of a directory.

A line that cannot be read is a fault with its number; the others are taken.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from luotsi.concepts.shipped import open_county
from luotsi.connectors.associations import workbook
from luotsi.connectors.documents import files
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

NAMES: Mapping[str, tuple[str, ...]] = {
    "organisation": ("jarjesto", "järjestö", "organisaatio", "organisation", "organization"),
    "business_id": ("ytunnus", "y-tunnus", "business_id"),
    "kind": ("laji", "kind"),
    "municipalities": ("kunnat", "kunta", "municipalities", "municipality", "municipalitycode"),
    "languages": ("kielet", "kieli", "languages"),
    "fee": ("maksu", "fee"),
    "fee_text": ("maksun_tiedot", "fee_text"),
    "eligibility": ("kenelle", "eligibility"),
    "least_age": ("ika_alku", "ikä_alku", "minimum_age"),
    "most_age": ("ika_loppu", "ikä_loppu", "maximum_age"),
    "phone": ("puhelin", "phone"),
    "email": ("sahkoposti", "sähköposti", "email"),
    "website": ("verkkosivu", "website", "url"),
    "address": ("osoite", "address"),
    "postal_code": ("postinumero", "postal_code"),
    "town": ("paikkakunta", "town", "city"),
    "latitude": ("leveys", "latitude"),
    "longitude": ("pituus", "longitude"),
    "hours": ("aukiolo", "aukioloajat", "hours"),
    "needs": ("elamanalueet", "elämänalueet", "needs"),
    "target_groups": ("kohderyhmat", "kohderyhmät", "target_groups"),
    "keywords": ("avainsanat", "keywords"),
    "checked": ("tarkistettu", "checked"),
    "id": ("id", "tunniste"),
}
TEXTS: Mapping[str, tuple[str, ...]] = {
    "name": ("nimi", "name"),
    "description": ("kuvaus", "servicesummary", "summary", "description"),
}
KINDS = {"yhdistys": "association", "seurakunta": "parish", "yritys": "company", "julkinen": "public"}
FEES = {"ilmainen": "free", "maksuton": "free", "free": "free", "maksullinen": "charged", "charged": "charged"}
TEMPLATE = Path(__file__).parent / "template.csv"
CHOICES = {"laji": ("yhdistys", "seurakunta", "yritys", "julkinen"), "maksu": ("ilmainen", "maksullinen")}
"""Column of the template -> the words that will do."""
EVERYWHERE = ("koko maa", "national", "valtakunnallinen", "hela landet")
DAYS = {"ma": 1, "ti": 2, "ke": 3, "to": 4, "pe": 5, "la": 6, "su": 7}
SPAN = re.compile(
    r"(ma|ti|ke|to|pe|la|su)(?:\s*[-–]\s*(ma|ti|ke|to|pe|la|su))?\s+(?:klo\s*)?(\d{1,2})(?:[.:](\d{2}))?"
    r"\s*[-–]\s*(\d{1,2})(?:[.:](\d{2}))?",
    re.IGNORECASE,
)
FIRST_DAY = datetime.date(1899, 12, 30)
"""The day 0 of a spreadsheet (ECMA-376 part 1, 18.17.4.1)."""
SPACE = uuid.UUID("3f0b9ad2-6d0e-5f5e-9a8e-0f9c5f3f1c55")
"""What ids are made in that the file does not give: of the organisation and the name, the same each time."""

Row = Mapping[str, str]


def read(paths: Iterable[Path]) -> Delivery:
    """Every line of the files as a service. Raises UserError where a path is not there."""
    into = Delivery()
    for path in files(paths, (".csv", ".xlsx")):
        try:
            lines = list(workbook.rows(path) if path.suffix.lower() == ".xlsx" else _lines(path))
        except workbook.UnreadableError as fault:
            into.fault(path.name, f"The workbook cannot be read: {fault}. Save it again as XLSX or CSV.")
            continue
        heading = [each.lower() for each in lines[0][1]] if lines else []
        if not any(name.split("_")[0] in TEXTS["name"] for name in heading):
            into.fault(path.name, "The file has no column nimi_fi. Use the template's heading line.")
            continue
        for number, cells in lines[1:]:
            line(dict(zip(heading, cells, strict=False)), f"{path.name}, line {number}", path.stem, into)
    return into


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines of a CSV file: the number of its last line in the file, its cells."""
    text = _text(path)
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for cells in reader:
        yield reader.line_num, [each.strip() for each in cells]


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


@cache
def _named(codes: str) -> dict[str, str]:
    """Every name of a code in a list, in small letters, and the code itself -> the code."""
    rows = open_county().codes[codes].rows
    return {name.casefold(): code for code, row in rows.items() for name in (code, row["fi"], row["sv"], row["en"])}


def _cell(row: Row, name: str) -> str:
    return next((row[each] for each in NAMES[name] if row.get(each)), "")


def _texts(row: Row, name: str) -> dict[str, str]:
    """A text by language; a column that names no language is Finnish."""
    found = {
        code: row[f"{each}_{code}"] for each in TEXTS[name] for code in ("fi", "sv", "en") if row.get(f"{each}_{code}")
    }
    plain = next((row[each] for each in TEXTS[name] if row.get(each)), "")
    return found or ({"fi": plain} if plain else {})


def line(row: Row, where: str, file: str, into: Delivery) -> None:
    """Reads one line, column -> cell. where: how its faults are told; file: the organisation where none is named."""
    towns = _named("municipality")
    if not any(row.values()):
        return
    name, owner = _texts(row, "name"), _cell(row, "organisation") or file
    if not name:
        into.fault(where, "The service has no name. Write it in the column nimi_fi.")
        return
    organisation = str(uuid.uuid5(SPACE, _cell(row, "business_id") or owner.casefold()))
    entry = _cell(row, "id") or str(uuid.uuid5(SPACE, f"{organisation}\x1f{next(iter(name.values())).casefold()}"))
    if not ENTRY.fullmatch(entry):
        into.fault(where, f"The id {entry[:100]} cannot stand in an address. Use letters, digits and hyphens.")
        return
    if entry in into.services:
        into.fault(where, "The service stands twice, so the first was taken. Keep one line of it, or give each an id.")
        return
    kind = KINDS.get(_cell(row, "kind").casefold(), "association")
    into.organisations[organisation] = Organisation(
        organisation, {"fi": owner}, kind, business_id=_cell(row, "business_id")[:20]
    )
    into.whole.add(organisation)
    channels = _channels(entry, name, organisation, row, where, towns, into)
    into.channels.update({each.entry: each for each in channels})
    areas, nationwide = _areas(row, where, towns, into)
    least, most = _age(row, "least_age"), _age(row, "most_age")
    into.services[entry] = Service(
        entry=entry,
        organisation=organisation,
        name=name,
        summary=_texts(row, "description"),
        eligibility=_own(row, "eligibility"),
        fee=FEES.get(_cell(row, "fee").casefold(), ""),
        fee_text=_own(row, "fee_text"),
        nationwide=nationwide,
        municipalities=areas,
        languages=tuple(_split(_cell(row, "languages"))),
        keywords={"fi": ", ".join(_split(_cell(row, "keywords")))} if _cell(row, "keywords") else {},
        needs=tuple(_split(_cell(row, "needs"))),
        target_groups=_target_groups(row, where, into),
        least_age=least,
        most_age=most if least is None or most is None or most >= least else None,
        channels=tuple(each.entry for each in channels),
        checked=_day(_cell(row, "checked")),
        keeper=_cell(row, "email") if "@" in _cell(row, "email") else "",
    )


def _own(row: Row, name: str) -> dict[str, str]:
    return {"fi": _cell(row, name)} if _cell(row, name) else {}


def _split(text: str) -> list[str]:
    return [each.strip() for each in re.split(r"[;|,]", text) if each.strip()]


def _areas(row: Row, where: str, towns: Mapping[str, str], into: Delivery) -> tuple[tuple[str, ...], bool | None]:
    said = _split(_cell(row, "municipalities"))
    if any(each.casefold() in EVERYWHERE for each in said):
        return (), True
    known = {towns[each.casefold()] for each in said if each.casefold() in towns}
    for each in said:
        if each.casefold() not in towns:
            into.fault(where, f"There is no municipality {each[:50]}, so it was left out. Write its name or code.")
    return tuple(sorted(known)), False if known else None


def _target_groups(row: Row, where: str, into: Delivery) -> tuple[str, ...]:
    said, known = _split(_cell(row, "target_groups")), _named("target_group")
    for each in said:
        if each.casefold() not in known:
            into.fault(where, f"There is no target group {each[:50]}, so it was left out. Write it as: Ikäihmiset.")
    return tuple(sorted({known[each.casefold()] for each in said if each.casefold() in known}))


def _channels(
    entry: str, name: dict[str, str], organisation: str, row: Row, where: str, towns: Mapping[str, str], into: Delivery
) -> list[Channel]:
    phone, website, email = _cell(row, "phone"), _cell(row, "website"), _cell(row, "email")
    contact = Contact((Phone(phone),) if phone else (), (email,) if "@" in email else ())
    place, hours = _place(row, towns), _hours(_cell(row, "hours"), where, into)
    found: list[Channel] = []
    if place is not None:
        found.append(
            Channel(f"{entry}.place"[:100], "place", name, organisation, contact=contact, hours=hours, places=(place,))
        )
    elif phone or email:
        found.append(Channel(f"{entry}.phone"[:100], "phone", name, organisation, contact=contact, hours=hours))
    if website.startswith(("http://", "https://")):
        found.append(
            Channel(f"{entry}.web"[:100], "website", name, organisation, contact=Contact(pages=(Page(website),)))
        )
    elif website:
        into.fault(where, "The web page does not begin with https:// and was left out. Write the whole address.")
    return found


def _place(row: Row, towns: Mapping[str, str]) -> Place | None:
    town = _cell(row, "town")
    if not _cell(row, "address"):
        return None
    try:
        latitude, longitude = (float(_cell(row, each).replace(",", ".")) for each in ("latitude", "longitude"))
    except ValueError:
        latitude = longitude = 0.0
    inside = 59 < latitude < 71 and 19 < longitude < 32
    east, north = to_plane(latitude, longitude) if inside else (None, None)
    return Place(
        street={"fi": _cell(row, "address")},
        postal_code=_postal_code(_cell(row, "postal_code")),
        town={"fi": town} if town else {},
        municipality=towns.get(town.casefold(), ""),
        east=east,
        north=north,
    )


def _postal_code(text: str) -> str:
    """A spreadsheet takes 00100 for the number 100."""
    return text.zfill(5) if text.isdigit() else text[:20]


def _hours(text: str, where: str, into: Delivery) -> tuple[Hours, ...]:
    rows: list[Hours] = []
    for first, last, hour, minute, end, past in SPAN.findall(text):
        opens, closes = int(hour) * 60 + int(minute or 0), int(end) * 60 + int(past or 0)
        if opens < closes <= 1440:
            begin = DAYS[first.lower()]
            days = range(begin, (DAYS[last.lower()] if last else begin) + 1)
            rows += [Hours(weekday, opens, closes) for weekday in days]
    if text and not rows:
        into.fault(where, "The opening hours cannot be read and were left out. Write them as: ma-pe 9-15, la 10-14.")
    return tuple(rows)


def _age(row: Row, name: str) -> int | None:
    found = _cell(row, name)
    return min(int(found), 150) if found.isdigit() else None


def _day(text: str) -> datetime.date | None:
    if text.isdigit() and 20_000 < int(text) < 80_000:  # as a spreadsheet keeps a day
        return FIRST_DAY + datetime.timedelta(int(text))
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
