"""Lands the readings of one file: checks, writes aside, and publishes each table by one rename, or changes nothing."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

import datetime
import errno
import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from luotsi.concepts.errors import UserError
from luotsi.concepts.privacy import landing_columns
from luotsi.concepts.reading import County
from luotsi.concepts.records import Source
from luotsi.engine.lake import identity, unusual
from luotsi.engine.lake.keys import derived
from luotsi.engine.lake.manifest import NAME, Manifest, folder, lake, manifests
from luotsi.engine.lake.readings import Readable
from luotsi.engine.lake.writing import write
from luotsi.engine.lake.written import Places, Written
from luotsi.engine.store import put, remote

HERE = ZoneInfo("Europe/Helsinki")
ASIDE = ".landing"


def land(
    home: Path,
    county: County,
    source: Source,
    readings: Sequence[Readable],
    *,
    path: Path,
    created_at: datetime.datetime,
    delivery: Literal["full", "delta"],
    instance: str,
    accept_unusual: bool = False,
    rows: int | None = None,
    sha256: str | None = None,
    digest: str | None = None,
    stated: bool = True,
) -> list[Manifest]:
    """Lands a file as the tables its readings tell; gives a manifest for each table that is new, none for the known.

    `rows`, `sha256`: what the sender's manifest says of the file. `digest`: its SHA-256, if it is known already.
    `stated`: whether the sender says `created_at`; a guess is no reason to land the same bytes again.
    Raises UserError, and then nothing has changed.
    """
    created_at = local(created_at)
    digest = digest or file_digest(path)
    if sha256 is not None and sha256.lower() != digest:
        raise UserError(
            f"{path} is not the file its manifest speaks of (sha256 differs): it is cut or changed. Resend it."
        )
    with _alone(home, f"{source.source}-{instance}") as aside:
        time = created_at if stated else None
        new = [each for each in readings if not known(home, source.source, each.table, instance, digest, time)]
        landings = [
            _Landing(
                home, aside, county, source, each, path, created_at, delivery, instance, digest, accept_unusual, rows
            )
            for each in new
        ]
        with _sentences(path):
            drafts = [each.write() for each in landings]
            for each in landings:
                each.publish()
        return drafts


def local(time: datetime.datetime) -> datetime.datetime:
    """A time as the clocks of Finland show it."""
    return time if time.tzinfo is None else time.astimezone(HERE).replace(tzinfo=None)


def file_digest(path: Path) -> str:
    """SHA-256 of the bytes of a file, in hexadecimal. Raises UserError where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}. See its place and permissions.") from error


def known(
    home: Path, source: str, table: str, instance: str, digest: str, created_at: datetime.datetime | None
) -> bool:
    """Whether the same bytes have landed before as the same table of the same instance, for the same time if given.

    Bytes that come again for a later time are news: what changed in between has changed back.
    """
    return any(
        each.sha256 == digest and each.instance == instance and created_at in (None, each.created_at)
        for each in manifests(home, source, table)
    )


class _Landing:
    """One table of one file on its way into the lake."""

    def __init__(
        self,
        home: Path,
        aside: Path,
        county: County,
        source: Source,
        reading: Readable,
        path: Path,
        created_at: datetime.datetime,
        delivery: Literal["full", "delta"],
        instance: str,
        digest: str,
        accept_unusual: bool,
        rows: int | None,
    ) -> None:
        self.home, self.source, self.reading, self.path = home, source, reading, path
        self.created_at, self.instance, self.digest = created_at, instance, digest
        self.delivery: Literal["full", "delta"] = delivery
        self.accept_unusual, self.rows = accept_unusual, rows
        self.columns = landing_columns(county, source.source, reading.table)
        if self.columns.conflicts:
            raise UserError(f"county/sources/{source.source}.yaml, table {reading.table}: {self.columns.conflicts[0]}.")
        self.aside = aside / uuid.uuid4().hex
        self.manifest: Manifest | None = None

    def write(self) -> Manifest:
        """Writes the table aside and judges it."""
        open_folder, private = self.aside / "rows", self.aside / "private"
        for each in (open_folder, private):
            each.mkdir(parents=True, mode=0o700)
        to = Places(open_folder, private, identity.Store(self.home))
        sender = self.source.source
        instance = sender if self.instance == sender else f"{sender}:{self.instance}"
        systems = {
            column: instance if system == "$instance" else system for column, system in self.columns.identifiers.items()
        }
        written = write(self.reading, self.columns, systems, derived(self.home, "pseudonym"), to)
        self.manifest = self._judged(written)
        (open_folder / NAME).write_text(self.manifest.model_dump_json(indent=2) + "\n", "utf-8")
        for file in (*open_folder.iterdir(), *private.iterdir()):
            _settle(file)
        return self.manifest

    def _judged(self, written: Written) -> Manifest:
        sent = written.landed + written.faulty
        if self.rows is not None and self.rows != sent:
            raise UserError(
                f"{self.path} has {sent} rows, its manifest says {self.rows}: it is cut or has grown. Resend it."
            )
        before = [
            each
            for each in manifests(self.home, self.source.source, self.reading.table)
            if each.instance == self.instance and each.delivery == self.delivery
        ]
        if not self.accept_unusual:
            unusual.refuse(self.path, sent, written.faulty, self.delivery, before)
        said = [*self.reading.notes, *unusual.sentences(sent, written.faulty, self.reading.encoding, before)]
        return Manifest(
            extract=self._extract(),
            source=self.source.source,
            instance=self.instance,
            table=self.reading.table,
            file=self.path.name,
            sha256=self.digest,
            bytes=self.path.stat().st_size,
            created_at=self.created_at,
            landed_at=datetime.datetime.now(HERE).replace(tzinfo=None),
            delivery=self.delivery,
            rows_sent=sent,
            rows_landed=written.landed,
            rows_quarantined=written.faulty,
            columns=written.columns,
            undeclared=self.reading.undeclared,
            encoding=self.reading.encoding,
            unusual=tuple(said),
            content=hashlib.sha256(self.source.model_dump_json().encode()).hexdigest(),
        )

    def _extract(self) -> str:
        """The extract's name; that of another instance with the same bytes at the same time gets the instance added.

        In an object store every name has it: there nothing stops two who find a name free at once.
        """
        name = f"{self.created_at:%Y%m%dT%H%M%S}-{self.digest[:12]}"
        place = lake(self.home) / self.source.source / self.reading.table / name
        taken = remote(place) or place.exists()
        return f"{name}-{self.instance}" if taken else name

    def publish(self) -> None:
        """Moves the encrypted files, then the rows: an extract is there when its manifest is, which comes last."""
        assert self.manifest is not None
        private = identity.place(self.home, self.source.source, self.reading.table, self.manifest.extract)
        if any((self.aside / "private").iterdir()):
            if private.exists():
                shutil.rmtree(private)  # of a landing that was killed between the two moves
            private.parent.mkdir(parents=True, exist_ok=True)
            os.chmod(self.home / "identity", 0o700)
            os.rename(self.aside / "private", private)
            _settle(private.parent)
        target = folder(self.home, self.manifest)
        if remote(target):
            rows = self.aside / "rows"
            put([*(each for each in rows.iterdir() if each.name != NAME), rows / NAME], target)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        os.chmod(self.aside / "rows", 0o755)
        os.rename(self.aside / "rows", target)
        _settle(target.parent)


def _settle(path: Path) -> None:
    """Makes a file or a folder's list of names last through a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _alone(home: Path, sender: str) -> Generator[Path]:
    """One landing of a sender at a time in a home, others beside it; gives the folder where it writes aside.

    Clears away before and after what a landing of the sender left that did not end.
    """
    aside = home / ASIDE / sender
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        with aside.with_name(f"{sender}.lock").open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)  # the system lets go of it when the process ends, however it ends
            shutil.rmtree(aside, ignore_errors=True)
            try:
                yield aside
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise UserError(f"{error.filename or home}: {error.strerror or error}. Nothing has changed.") from error


@contextmanager
def _sentences(path: Path) -> Generator[None]:
    """Says in a sentence what the database or the disk refused."""
    try:
        yield
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        text = str(error)
        number = getattr(error, "errno", None)
        if number in (errno.ENOSPC, errno.EDQUOT) or "No space left" in text or "Disk quota" in text:
            raise UserError(
                f"The disk is full: {path} has not landed and nothing has changed. Free space, then land it again."
            ) from error
        if number == errno.EFBIG or "File too large" in text:
            raise UserError(
                f"A file grew past the limit set for files: {path} has not landed and nothing has changed."
            ) from error
        first = text.splitlines()[0][:200] if text else type(error).__name__
        raise UserError(f"{path} has not landed and nothing has changed: {first}") from error
