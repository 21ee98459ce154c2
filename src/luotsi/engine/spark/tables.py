"""The tables of a vault on Spark: Delta tables in one folder, and the commit that shows a change of several at once.

Spark writes and reads the Parquet files; the Delta log says which belong to a table. Which version of each table counts
is said in one more Delta table, `commits`, so that a transaction is seen whole or not at all: what was written and not
committed lies behind the versions that count, and is passed over for good.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import deltalake
import pyarrow
import pyarrow.parquet
from deltalake.exceptions import CommitFailedError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions
from sqlglot import exp

from luotsi.concepts.errors import UserError
from luotsi.engine.store import reached, read

pa: Any = pyarrow
pq: Any = pyarrow.parquet
COMMITS = "commits"
SMALL, MANY, WHOLE = 32 << 20, 64, 128 << 20
"""Bytes under which a file is small, how many small files of a table are written together, and bytes of a file then."""


@dataclass(frozen=True)
class File:
    """A Parquet file of a table: where it lies under the table's folder, its bytes and rows."""

    path: str
    bytes: int
    rows: int


@dataclass
class Table:
    """A table as a transaction sees it: its Delta version when it began, its schema, and its files by now."""

    name: str
    schema: Any
    """A pyarrow.Schema."""
    files: list[File] = field(default_factory=list[File])
    version: int | None = None
    added: list[File] = field(default_factory=list[File])
    replaced: bool = False

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return sum(each.rows for each in self.files)


ARROW = {
    exp.DataType.Type.TEXT: pa.string(), exp.DataType.Type.VARCHAR: pa.string(), exp.DataType.Type.UUID: pa.string(),
    exp.DataType.Type.JSON: pa.string(), exp.DataType.Type.INT: pa.int32(), exp.DataType.Type.BIGINT: pa.int64(),
    exp.DataType.Type.BOOLEAN: pa.bool_(), exp.DataType.Type.DATE: pa.date32(), exp.DataType.Type.DOUBLE: pa.float64(),
    exp.DataType.Type.TIMESTAMP: pa.timestamp("us"), exp.DataType.Type.TIMESTAMPNTZ: pa.timestamp("us"),
}  # fmt: skip
"""The column types of the engine as Arrow knows them. A key is its text."""


def arrow_schema(defined: exp.Schema) -> Any:
    """The columns of a CREATE TABLE as a pyarrow.Schema."""
    return pa.schema([(each.name, _arrow(each.args["kind"])) for each in defined.expressions])


def arrow_rows(schema: Any, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Any:
    """Rows of Python's values as a pyarrow.Table of a schema; a column that is not among `columns` is null."""
    given = dict(zip(columns, zip(*rows, strict=True), strict=True))
    made = [pa.array(given[each.name]).cast(each.type) if each.name in given else pa.nulls(len(rows), each.type)
            for each in schema]  # fmt: skip
    return pa.table(made, schema=schema)


def _arrow(kind: exp.DataType) -> Any:
    if kind.this == exp.DataType.Type.DECIMAL:
        return pa.decimal128(*(int(each.name) for each in kind.expressions))
    return ARROW[kind.this]


class Tables:
    """The tables in a folder, also one of an object store. Changes are kept here until `commit` or `rollback`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rollback()

    def _rollback(self) -> None:
        self.known: dict[str, Table] = {}
        self.dropped: set[str] = set()
        self.versions, self.commit_version = self._committed()

    def rollback(self) -> None:
        """Forgets what was not committed."""
        self._rollback()

    def _committed(self) -> tuple[dict[str, int], int | None]:
        with reached(self.folder):
            try:
                log = deltalake.DeltaTable(str(self.folder / COMMITS))
            except TableNotFoundError:
                return {}, None
            rows = log.to_pyarrow_table().to_pylist()
        return {str(row["name"]): int(row["version"]) for row in rows}, log.version()

    @property
    def names(self) -> list[str]:
        """Every table there is, sorted."""
        made = {name for name in self.known if name not in self.dropped}
        return sorted(made | (self.versions.keys() - self.dropped))

    def get(self, name: str) -> Table:
        """A table by name, `schema.table`."""
        if name not in self.known:
            if name not in self.versions or name in self.dropped:
                raise KeyError(name)
            self.known[name] = self._read(name, self.versions[name])
        return self.known[name]

    def _read(self, name: str, version: int) -> Table:
        with reached(self.folder):
            log = deltalake.DeltaTable(str(self.place(name)), version=version)
        return Table(name, pa.schema(log.schema().to_arrow()), _files(log), version)

    def place(self, name: str) -> Path:
        """The folder of a table."""
        return self.folder / name.replace(".", "/")

    def paths(self, name: str) -> list[str]:
        """The files that hold a table's rows."""
        return [str(self.place(name) / each.path) for each in self.get(name).files]

    def create(self, name: str, schema: Any) -> Table:
        """A new, empty table, in place of one that has the name."""
        before = self.known.get(name) or (self.get(name) if name in self.names else None)
        made = Table(name, schema, version=before.version if before else None, replaced=True)
        self.known[name] = made
        self.dropped.discard(name)
        return made

    def drop(self, name: str) -> None:
        """Takes a table away."""
        self.known.pop(name, None)
        self.dropped.add(name)

    def part(self, name: str) -> Path:
        """A new folder for files that will belong to a table."""
        return self.place(name) / f"part-{uuid.uuid4().hex}"

    def write(self, part: Path, rows: Any) -> None:
        """Writes rows of this process into a folder of a table."""
        with reached(part):
            part.mkdir(parents=True)
            with (part / "rows.parquet").open("wb") as stream:
                pq.write_table(rows, stream)

    def append(self, name: str, part: Path) -> int:
        """Adds the files of a folder to a table; gives how many rows they hold."""
        table, found = self.get(name), self._listed(self.place(name), part)
        table.files += found
        table.added += found
        return sum(each.rows for each in found)

    def replace(self, name: str, part: Path) -> int:
        """Puts the files of a folder in the place of all a table holds; gives how many rows were there before."""
        table, before = self.get(name), self.get(name).rows
        found = self._listed(self.place(name), part)
        table.files, table.added, table.replaced = found, [*found], True
        return before

    def crowded(self) -> Iterator[tuple[str, list[File]]]:
        """The tables changed in this transaction that have gathered many small files, and those files."""
        for table in self.known.values():
            small = [each for each in table.files if each.bytes < SMALL]
            if table.added and len(small) >= MANY:
                yield table.name, small

    def swap(self, name: str, gone: Iterable[File], part: Path) -> None:
        """Puts the files of a folder, which hold the same rows, in the place of some of a table's."""
        table, found, old = self.get(name), self._listed(self.place(name), part), {*gone}
        for files in (table.files, table.added):
            files[:] = [*(each for each in files if each not in old), *found]

    def _listed(self, place: Path, part: Path) -> list[File]:
        """The files Spark wrote, without those that hold no rows."""

        def file(path: Path, _written: str) -> File:
            return File(str(path.relative_to(place)), path.stat().st_size, int(_footer(path).num_rows))

        found = read(part, "*.parquet", file)
        return sorted((each for each in found if each.rows), key=lambda each: each.path)

    def commit(self) -> None:
        """Shows every change at once. Raises UserError where another process has committed meanwhile."""
        with reached(self.folder):
            self._commit()

    def _commit(self) -> None:
        changed = [each for each in self.known.values() if each.added or each.replaced or each.version is None]
        if not changed and not self.dropped:
            return
        versions = {name: version for name, version in self.versions.items() if name not in self.dropped}
        for each in changed:
            versions[each.name] = each.version = self._write(each)
            each.added, each.replaced = [], False
        names = sorted(versions)
        numbers = pa.array([versions[name] for name in names], pa.int64())
        rows = pa.table({"name": pa.array(names, pa.string()), "version": numbers})
        try:
            if self._committed()[1] != self.commit_version:
                raise CommitFailedError("another commit")
            deltalake.write_deltalake(str(self.folder / COMMITS), rows, mode="overwrite")
        except CommitFailedError as error:
            raise UserError(f"{self.folder}: another process has loaded meanwhile; run this again") from error
        self.versions, self.dropped = versions, set()
        self.commit_version = deltalake.DeltaTable(str(self.folder / COMMITS)).version()

    def _write(self, table: Table) -> int:
        """A commit to the table's own log; gives its version."""
        place, schema = str(self.place(table.name)), deltalake.Schema.from_arrow(table.schema)
        try:
            log = deltalake.DeltaTable(place)
        except TableNotFoundError:
            create_table_with_add_actions(place, schema, _added(table.files), mode="overwrite", partition_by=[])
            return deltalake.DeltaTable(place).version()
        if table.replaced:
            log.create_write_transaction([*_added(table.files)], "overwrite", schema, [])
            return deltalake.DeltaTable(place).version()
        # what a transaction that was never committed has added is taken away again
        there = {each.path: each for each in _files(log)}
        wanted = {each.path for each in table.files}
        gone = [RemoveAction(path, True, _now()) for path in there if path not in wanted]
        new = _added(each for each in table.files if each.path not in there)
        log.create_write_transaction([*gone, *new], "append", schema, [])
        return deltalake.DeltaTable(place).version()


def whole(path: Path) -> Path:
    """The path of a Parquet file, once it is sure that Java's reader sees every row group of it.

    It takes a group to begin where its first column does, and passes over in silence one whose middle would then lie
    behind the end of the file. Raises UserError for such a file.
    """
    with reached(path):
        found, size = _footer(path), path.stat().st_size
    for group in (found.row_group(place) for place in range(found.num_row_groups)):
        columns = [group.column(place) for place in range(group.num_columns)]
        first = columns[0].dictionary_page_offset or columns[0].data_page_offset
        if first + sum(each.total_compressed_size for each in columns) // 2 >= size:
            raise UserError(f"{path.parent} was landed in a form that Spark cannot read: delete it and land it again")
    return path


def _footer(path: Path) -> Any:
    """What a Parquet file says of itself at its end."""
    with path.open("rb") as stream:
        return pq.read_metadata(stream)


def _files(log: deltalake.DeltaTable) -> list[File]:
    rows = pa.table(log.get_add_actions(flatten=True)).to_pylist()
    return [File(row["path"], row["size_bytes"], row["num_records"]) for row in rows]


def _now() -> int:
    return int(datetime.datetime.now(datetime.UTC).timestamp() * 1000)


def _added(files: Iterable[File]) -> list[AddAction]:
    now = _now()
    return [AddAction(each.path, each.bytes, {}, now, True, json.dumps({"numRecords": each.rows})) for each in files]
