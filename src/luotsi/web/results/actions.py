"""Takes releases in, points to the one that is shown, and lets old ones go. What may be taken in is in `incoming`."""
# pyarrow ships no types of its compute functions.
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import datetime
import io
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from django.db import connection, transaction
from django.utils import timezone

from luotsi.concepts.errors import UserError
from luotsi.web.events.actions import record
from luotsi.web.people.models import User
from luotsi.web.people.permissions import require
from luotsi.web.results import incoming
from luotsi.web.results.incoming import NUMBERS, Incoming
from luotsi.web.results.models import Current, Definition, Label, Load, Release, Result, Run, SegmentList, Series

KEPT = 10
"""How many releases stay; the current one stays whatever its age."""
CHUNK = 50_000
INTERRUPTED = "It was stopped before it ended: the machine or the program went down."
TAKING_IN = 0x4C554F54
"""The advisory lock that lets one process at a time take a release in."""


@transaction.atomic
def take_in(*, by: None, folder: Path) -> Release:
    """Takes the release of a folder in, whole or not at all; one that is here already is given back untouched.

    Only jobs do this, so that no one is asked for a permission. Raises UserError when the release is broken or shows
    small cells.
    """
    begun = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TAKING_IN])
    here = Release.objects.filter(name=folder.name).first()
    if here is not None:
        return here
    found = incoming.read(folder)
    if found.name != folder.name:
        raise UserError(f"{folder} holds the release {found.name}. A release stands in a folder of its own name.")
    release = _release(found)
    _describe(release, found)
    _numbers(release, found.results)
    release.seconds = round(time.monotonic() - begun, 3)
    release.save(update_fields=["seconds"])
    record("release.taken_in", by=by, subject=f"release:{release.name}")
    return release


@transaction.atomic
def point_to(*, by: User | None, release: str) -> Release:
    """Shows a release that has been taken in, older or newer, from the next page on. Jobs give no `by`.

    Raises UserError when it is not here.
    """
    if by is not None:
        require(by, "release.point_to")
    found = Release.objects.filter(name=release).first()
    if found is None:
        raise UserError(f"There is no release {release} here. Take it in first.")
    Current.objects.update_or_create(one=True, defaults={"release": found, "by": by})
    record("release.pointed_to", by=by, subject=f"release:{release}")
    return found


@transaction.atomic
def drop_old(*, by: None, keep: int = KEPT) -> list[str]:
    """Lets go of all but the newest releases and the current one; gives the names of those that went."""
    shown = Current.objects.values_list("release_id", flat=True).first()
    old = [each for each in Release.objects.all()[keep:] if each.pk != shown]
    ids = [each.pk for each in old]
    if not ids:
        return []
    with connection.cursor() as cursor:
        series = "SELECT id FROM results_series WHERE release_id = ANY(%s)"
        cursor.execute(f"DELETE FROM results_result WHERE series_id IN ({series})", [ids])
        cursor.execute("DELETE FROM results_series WHERE release_id = ANY(%s)", [ids])
    Release.objects.filter(pk__in=ids).delete()
    names = [each.name for each in old]
    record("release.dropped", by=by, subject=f"release:{names[0]}..{names[-1]}"[:200])
    return names


@transaction.atomic
def begin_run(*, by: None, kind: str) -> Run:
    """Opens a run of jobs, and ends those still open: only one goes on at a time, so they were killed."""
    for killed in Run.objects.filter(ended_at=None):
        killed.ended_at, killed.error = timezone.now(), INTERRUPTED
        killed.save(update_fields=["ended_at", "error"])
    run = Run.objects.create(kind=kind)
    record("run.started", by=by, subject=f"run:{run.pk}")
    return run


@transaction.atomic
def advance_run(*, by: None, run: Run, step: str) -> None:
    """Says which step a run is at."""
    run.step = step
    run.save(update_fields=["step", "seconds", "sources", "faults", "release"])
    record("run.advanced", by=by, subject=f"run:{run.pk}")


@transaction.atomic
def end_run(*, by: None, run: Run, error: str = "") -> None:
    """Closes a run, as failed where there is an error."""
    run.ended_at, run.error = timezone.now(), error
    run.save()
    record("run.failed" if error else "run.ended", by=by, subject=f"run:{run.pk}")


def _release(found: Incoming) -> Release:
    said = found.manifest
    return Release.objects.create(
        name=found.name,
        created_at=_moment(said["created_at"]),
        first_month=said["first_month"],
        last_month=said["last_month"],
        small=said["small"],
        digest=said["results"],
        content=said["content"],
        rows=len(found.results),
        suppressed=pc.sum(found.results["suppressed"]).as_py() or 0,
        engine=said.get("engine", {}),
    )


def _moment(text: str) -> datetime.datetime:
    """A time with its zone; one without is wall time of ours."""
    moment = datetime.datetime.fromisoformat(text)
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _describe(release: Release, found: Incoming) -> None:
    """Definitions, segment lists, labels and loads."""
    said = found.manifest
    Definition.objects.bulk_create(
        Definition(
            release=release,
            measure=name,
            digest=each["digest"],
            record=each["record"],
            sql=found.sql[name],
            loads=each["loads"],
        )
        for name, each in said["definitions"].items()
    )
    lists: Mapping[str, Any] = said.get("segments", {})
    SegmentList.objects.bulk_create(
        SegmentList(release=release, name=name, record=each) for name, each in lists.items()
    )
    Label.objects.bulk_create(Label(release=release, **row) for row in found.labels.to_pylist())
    Load.objects.bulk_create(_load(release, each) for each in said["loads"])


def _load(release: Release, said: Mapping[str, Any]) -> Load:
    return Load(
        release=release,
        number=said["load"],
        source=said["source"],
        instance=said["instance"],
        table=said["table"],
        extract=said["extract"],
        created_at=_moment(said["created_at"]),
        delivery=said["delivery"],
        rows=said["rows"],
        quarantined=said.get("quarantined"),
        loaded_at=_moment(said["loaded_at"]),
        seconds=said.get("seconds"),
        undeclared=said.get("undeclared", []),
        unusual=said.get("unusual", []),
    )


def _numbers(release: Release, results: Any) -> None:
    """Copies the numbers: first a series for each kind, name, grain and group, then its results in order of period."""
    rows = results.append_column("grain", _grains(results["period"]))
    keys = ["kind", "name", "grain", "group"]
    series = rows.select(keys).group_by(keys, use_threads=False).aggregate([])
    series = series.append_column("id", pa.array(_ids(len(series)), pa.int64()))
    filled = series.append_column("release", pa.array([release.pk] * len(series), pa.int64()))
    filled = filled.append_column("dimensions", pa.array([_dimensions(each) for each in series["group"].to_pylist()]))
    _copy(Series, ("id", "release_id", *keys, "dimensions"), filled.select(["id", "release", *keys, "dimensions"]))
    joined = rows.join(series, keys=keys).sort_by([("id", "ascending"), ("period", "ascending")])
    _copy(
        Result, ("series_id", "period", *NUMBERS, "suppressed"), joined.select(["id", "period", *NUMBERS, "suppressed"])
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE results_series, results_result")


def _grains(periods: Any) -> Any:
    """month, quarter or year for 2024-01, 2024-Q1 and 2024."""
    long = pc.if_else(pc.match_substring(periods, "Q"), "quarter", "month")
    return pc.if_else(pc.equal(pc.utf8_length(periods), 4), "year", long)


def _dimensions(group: str) -> str:
    """The names of a group's dimensions: `age_group;sex` of `age_group=65-74;sex=2`."""
    return ";".join(part.split("=", 1)[0] for part in group.split(";")) if group else ""


def _ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('results_series', 'id')) FROM generate_series(1, %s)", [count]
        )
        return sorted(row[0] for row in cursor.fetchall())


def _copy(model: type[Series | Result], columns: Iterable[str], table: Any) -> None:
    """COPY of an Arrow table, part by part, so that a large release is never a text in memory."""
    names = ", ".join(f'"{each}"' for each in columns)
    options = pacsv.WriteOptions(include_header=False)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN (FORMAT csv)") as copy,
    ):
        for batch in table.to_batches(max_chunksize=CHUNK):
            text = io.BytesIO()
            pacsv.write_csv(batch, text, options)
            copy.write(text.getvalue())
