"""Takes events of the web half to the lake: the concept records they carry, as extracts of the source `luotsi`.

A batch is written aside, appears by one rename, lands, and only then the outbox's cursor moves. Killed anywhere, the
next export goes on with the same files: the lake knows bytes it has landed, so nothing is lost and nothing is doubled.
An event names a person by our own id; only the batch holds the personal identity code, until it has landed.
"""

from __future__ import annotations

import datetime
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.records import Concept
from luotsi.jobs import landing
from luotsi.web.events.actions import move
from luotsi.web.events.models import Event, records
from luotsi.web.events.queries import unread
from luotsi.web.people.queries import personal_codes

SOURCE = "luotsi"
"""The source that we ourselves are: county/sources/luotsi.yaml."""
READER = "lake"
"""Our name at the outbox."""
PERSON = "person"
"""The concept whose rows are persons."""
FOLDER = "outbox"
HERE = ZoneInfo("Europe/Helsinki")
BATCH = 10_000

Row = dict[str, str | None]


def export(home: Path, county: County) -> int:
    """Lands every event that is not in the lake yet; gives how many there were. Raises UserError, and loses nothing."""
    exported = 0
    while (batch := _waiting(home)) or (batch := _written(home, county)):
        exported += _landed(home, county, batch)
    return exported


def _waiting(home: Path) -> Path | None:
    """The batch that an export which did not end has left."""
    folder = home / FOLDER / "batch"
    return folder if folder.is_dir() else None


def _written(home: Path, county: County) -> Path | None:
    """Writes the next batch, which appears whole or not at all; None where no event is waiting."""
    events = unread(READER, limit=BATCH)
    if not events:
        return None
    making = home / FOLDER / ".making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=0o700)
    made_at = max(event.at for event in events).astimezone(HERE).replace(tzinfo=None)
    for name, rows in _by_concept(county, events).items():
        _write(making, name, rows, made_at)
    last = events[-1]
    (making / "last.json").write_text(json.dumps({"event": last.pk, "events": len(events)}), "utf-8")
    return making.rename(home / FOLDER / "batch")


def _landed(home: Path, county: County, batch: Path) -> int:
    """Lands the files of a batch, moves the cursor past it and takes it away."""
    said = json.loads((batch / "last.json").read_text("utf-8"))
    files = sorted(batch.glob("*.parquet"))
    # How much people do varies from night to night, so no size of ours is unusual.
    for each in landing.land(home, county, SOURCE, files, accept_unusual=True) if files else ():
        if each.error:
            raise UserError(f"Events could not be taken to the lake: {each.error}")
    move(READER, Event.objects.get(pk=said["event"]))
    gone = batch.with_name(".gone")
    shutil.rmtree(gone, ignore_errors=True)
    batch.rename(gone)
    shutil.rmtree(gone)
    return int(said["events"])


def _by_concept(county: County, events: Iterable[Event]) -> dict[str, list[Row]]:
    """The rows of each concept. Raises UserError where county content does not know one."""
    tables = county.sources[SOURCE].tables if SOURCE in county.sources else {}
    found: defaultdict[str, list[Row]] = defaultdict(list)
    events = list(events)
    codes = personal_codes({id for event in events for id in _persons(county, event)})
    for event in events:
        for name, record in event.payload.items():
            if name not in tables or name not in county.concepts:
                raise UserError(
                    f"The event {event.name} carries the concept {name}, and county/sources/{SOURCE}.yaml has no such "
                    "table. Add it there and in county/concepts."
                )
            concept = county.concepts[name]
            for each in records(record):
                found[name].append({**_row(concept, each, codes), **_told(event)})
                for many in concept.many.keys() & each.keys():
                    found[f"{name}_{many}"] += [{**row, **_told(event)} for row in _rows(concept, many, each)]
    return {name: rows for name, rows in found.items() if rows}


def _persons(county: County, event: Event) -> Iterable[str]:
    """Our own ids of the persons that an event's records refer to."""
    for name, record in event.payload.items():
        attributes = county.concepts[name].attributes if name in county.concepts else {}
        referring = [key for key, each in attributes.items() if each.refers == PERSON]
        yield from (str(each[key]) for each in records(record) for key in referring if each.get(key))


def _told(event: Event) -> Row:
    """What each row says of the event that brought it. `changed_at` is wall time of ours, to the microsecond."""
    return {"event_id": str(event.event_id), "event": event.name, "changed_at": _wall(event.at)}


def _row(concept: Concept, record: Mapping[str, Any], codes: Mapping[str, str]) -> Row:
    types = {name: attribute.type for name, attribute in concept.attributes.items()}
    persons = {name for name, attribute in concept.attributes.items() if attribute.refers == PERSON}
    return {
        name: (codes[str(value)] if value else None) if name in persons else _text(value, types.get(name, "text"))
        for name, value in record.items()
        if name not in concept.many
    }


def _rows(concept: Concept, many: str, record: Mapping[str, Any]) -> Iterable[Row]:
    """The rows of a list in a record, each with the record's key: the table `<concept>_<many>` of the source."""
    key = {name: _text(record[name], concept.attributes[name].type) for name in concept.key}
    types = {name: attribute.type for name, attribute in concept.many[many].attributes.items()}
    for each in record[many]:
        yield {**key, **{name: _text(value, types.get(name, "text")) for name, value in each.items()}}


def _text(value: Any, kind: str) -> str | None:
    """A value of a payload as the source's format has it: 1 and 0 for booleans, wall time for times."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "1" if value else "0"
    if kind == "timestamp":
        return _wall(datetime.datetime.fromisoformat(str(value)))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _wall(moment: datetime.datetime) -> str:
    local = moment if moment.tzinfo is None else moment.astimezone(HERE)
    return f"{local:%Y-%m-%d %H:%M:%S.%f}"


def _write(folder: Path, concept: str, rows: list[Row], made_at: datetime.datetime) -> None:
    """One extract, all text, with the manifest a sender puts beside it."""
    names = sorted({name for row in rows for name in row})
    path = folder / f"{SOURCE}_{SOURCE}_{concept}_{made_at:%Y%m%dT%H%M%S}_delta.parquet"
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    pq.write_table(pa.table(columns), path)
    said = {"source": SOURCE, "instance": SOURCE, "table": concept, "delivery": "delta", "rows": len(rows)}
    said |= {"created_at": made_at.isoformat(), "sha256": landing.file_digest(path)}
    path.with_name(path.name + ".manifest.json").write_text(json.dumps(said), "utf-8")
