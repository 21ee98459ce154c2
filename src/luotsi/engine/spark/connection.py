"""A connection that takes the engine's statements, in DuckDB's SQL, and runs them on Spark over the vault's tables.

Temporary tables are kept by Spark, on disk where memory is short; no row comes to this process but those a statement
asks for. What a statement says in Spark's SQL stands in `writing`, what a table is in `tables`.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import StructType
from pyspark.storagelevel import StorageLevel
from sqlglot import exp

from luotsi.concepts.errors import UserError
from luotsi.engine.spark.answers import Answer, refusals
from luotsi.engine.spark.once import split
from luotsi.engine.spark.session import session
from luotsi.engine.spark.statements import fitted, full_name, parsed, rows_given, with_values
from luotsi.engine.spark.tables import WHOLE, Tables, arrow_rows, arrow_schema, whole
from luotsi.engine.spark.writing import shown, written
from luotsi.engine.store import at

VARIABLE = re.compile(r"SET VARIABLE (\w+) = \?")
TRANSACTION = {"BEGIN": "begin", "COMMIT": "commit", "ROLLBACK": "rollback"}
MACRO = "CREATE OR REPLACE MACRO"
pa: Any = pyarrow


class Connection:
    """See the module. `read_only` refuses what would change a table."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.spark: SparkSession = session()
        self.tables, self.read_only = Tables(folder), read_only
        self.frames: dict[str, DataFrame] = {}
        """What statements read now, by the word it is shown to Spark under."""
        self.views: dict[str, DataFrame] = {}
        """What Spark has been shown of it: a table that is filled anew before it is read is shown once."""
        self.kept: dict[str, list[DataFrame]] = {}
        """What Spark holds of temporary tables, by word."""
        self.memory: set[str] = set()
        """Schemas that live as long as this connection."""
        self.kinds: dict[Any, StructType] = {}
        self.bare: dict[Any, DataFrame] = {}
        """A frame of no rows for each set of columns."""
        self.variables: dict[str, Any] = {}
        self.in_transaction = False

    # what a database is asked

    def execute(self, query: str, parameters: object = None) -> Answer:
        """Runs a statement. Raises UserError with what Spark or the disk refused."""
        said = query.strip()
        if said in TRANSACTION:
            self._transact(TRANSACTION[said])
            return Answer()
        if said.startswith(MACRO):  # of the embedded engine alone: what it says can be asked of the marts
            return Answer()
        if variable := VARIABLE.match(said):
            assert isinstance(parameters, Sequence)
            self.variables[variable[1]] = parameters[0]
            return Answer()
        tree = parsed(said)
        rows = rows_given(tree, parameters) if isinstance(parameters, Sequence) else None
        with refusals():
            return self._run(with_values(tree, parameters)) if rows is None else self._add(tree, rows)

    def executemany(self, query: str, parameters: object = None) -> object:
        """Runs an `INSERT INTO t VALUES (?, ...)` for many rows at once."""
        assert isinstance(parameters, Sequence)
        insert = parsed(query)
        rows = [row for each in parameters for row in rows_given(insert, each) or ()]
        if rows:
            with refusals():
                self._add(insert, rows)
        return self

    def sql(self, query: str, *, params: object = None) -> Answer:
        """Runs a query."""
        return self.execute(query, params)

    def register(self, view_name: str, python_object: object) -> object:
        """Shows an Arrow table under a name."""
        self.frames[view_name] = self._arrow(python_object)
        return self

    def unregister(self, view_name: str) -> object:
        """Takes it away again."""
        self._forget(view_name)
        return self

    def close(self) -> None:
        """Lets go of what was kept; the session of Spark goes on."""
        if self.in_transaction:
            self.tables.rollback()
        for word in [*self.frames]:
            self._forget(word)

    # statements

    def _run(self, tree: exp.Expr) -> Answer:
        match tree:
            case exp.Create():
                return self._create(tree)
            case exp.Insert():
                return self._insert(tree)
            case exp.Delete():
                return self._delete(tree)
            case exp.Drop():
                return self._drop(tree)
            case exp.Attach() | exp.Detach():
                return self._attach(tree)
            case exp.Set():  # a setting of DuckDB's own
                return Answer()
            case _:
                return Answer(self._frame(tree))

    def _create(self, tree: exp.Create) -> Answer:
        if tree.kind != "TABLE":  # a schema is a folder; a macro is asked for where it was made
            return Answer()
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        query = tree.args.get("expression")
        name, word = full_name(target), shown(target.db, target.name)
        if tree.args.get("exists") and (name in self.tables.names or word in self.frames):
            return Answer()
        if self._temporary(tree, target):
            return self._create_temporary(word, tree.this, query)
        frame = self._frame(query) if query is not None else None
        schema = to_arrow_schema(frame.schema) if frame is not None else arrow_schema(tree.this)
        self._writable()
        self._changed(word)
        part = self._put(name, frame) if frame is not None else None
        self.tables.create(name, schema)
        rows = self.tables.append(name, part) if part is not None else 0
        self._settle()
        return Answer(count=lambda: rows)

    def _create_temporary(self, word: str, defined: exp.Expr, query: exp.Expr | None) -> Answer:
        if query is None:
            assert isinstance(defined, exp.Schema)
            self._forget(word)
            return self._empty(word, arrow_schema(defined))
        frame = self._frame(query)
        if not _none(query):
            return self._keep(word, frame)
        self._forget(word)
        return self._empty(word, to_arrow_schema(frame.schema))

    def _add(self, tree: exp.Expr, rows: list[list[object]]) -> Answer:
        """Adds rows of this process to a table: of those Spark is asked nothing."""
        target, columns = _target(tree)
        name, word = full_name(target), shown(target.db, target.name)
        temporary = name not in self.tables.names
        schema = to_arrow_schema(self.frames[word].schema) if temporary else self.tables.get(name).schema
        table = arrow_rows(schema, columns or schema.names, rows)
        if temporary:
            before, new = self.frames[word], self._arrow(table)
            self.frames[word] = new if before is self.bare.get(schema) else before.unionAll(new)
        else:
            self._writable()
            part = self.tables.part(name)
            self.tables.write(part, table)
            self._appended(name, word, part)
        return Answer(count=lambda: len(rows))

    def _appended(self, name: str, word: str, part: Path) -> int:
        rows = self.tables.append(name, part)
        self._changed(word)
        self._settle()
        return rows

    def _insert(self, tree: exp.Insert) -> Answer:
        target, columns = _target(tree)
        name, word = full_name(target), shown(target.db, target.name)
        temporary = name not in self.tables.names
        schema = self.frames[word].schema if temporary else self._kind(self.tables.get(name).schema)
        types = {each.name: each.dataType.simpleString() for each in schema}
        query = tree.args["expression"]
        if tree.args.get("by_name"):
            columns = [*query.named_selects]
            assert "*" not in columns
        new = self._frame(fitted(query, columns or [*types], types))
        if temporary:
            new = new if isinstance(query, exp.Values) else self._held(word, new)
            self.frames[word] = self.frames[word].unionAll(new)
            return Answer(count=new.count)
        self._writable()
        rows = self._appended(name, word, self._put(name, new))
        return Answer(count=lambda: rows)

    def _delete(self, tree: exp.Delete) -> Answer:
        target, where = tree.this, tree.args.get("where")
        name, word = full_name(target), shown(target.db, target.name)
        gone = exp.Coalesce(this=exp.paren(where.this.copy()), expressions=[exp.false()]) if where else exp.true()
        kept = exp.select("*").from_(target.copy()).where(exp.not_(gone))
        if name not in self.tables.names and where is None:
            return self._empty(word, to_arrow_schema(self.frames[word].schema))
        if name not in self.tables.names:
            return self._keep(word, self._frame(kept), forget=False)
        self._writable()
        if not self.tables.get(name).rows:
            return Answer(count=lambda: 0)
        before = self.tables.replace(name, self._put(name, self._frame(kept)))
        after = self.tables.get(name).rows
        self._changed(word)
        self._settle()
        return Answer(count=lambda: before - after)

    def _drop(self, tree: exp.Drop) -> Answer:
        target = tree.find(exp.Table)
        assert target is not None
        self._writable()
        self._changed(shown(target.db, target.name))
        self.tables.drop(full_name(target))
        self._settle()
        return Answer()

    def _attach(self, tree: exp.Attach | exp.Detach) -> Answer:
        schema = tree.this.alias_or_name
        for word in [each for each in self.frames if each.startswith(f"{schema}__")]:
            self._forget(word)
        (self.memory.add if isinstance(tree, exp.Attach) else self.memory.discard)(schema)
        return Answer()

    # transactions

    def _transact(self, what: str) -> None:
        if what == "rollback":
            for word in {shown(*name.split(".", 1)) for name in self.tables.known}:
                self._changed(word)
            self.tables.rollback()
        elif what == "commit":
            self._commit()
        self.in_transaction = what == "begin"

    def _settle(self) -> None:
        """A statement outside a transaction is one of its own."""
        if not self.in_transaction:
            self._commit()

    def _commit(self) -> None:
        """Shows what was changed; files that many small loads have left are written together first."""
        for name, files in [*self.tables.crowded()]:
            table = self.tables.get(name)
            frame = self._files(table.schema, [str(self.tables.place(name) / each.path) for each in files])
            whole_files = 1 + sum(each.bytes for each in files) // WHOLE
            self.tables.swap(name, files, self._put(name, frame.coalesce(whole_files)))
            self._changed(shown(*name.split(".", 1)))
        self.tables.commit()

    def _writable(self) -> None:
        if self.read_only:
            raise UserError(f"{self.tables.folder} is open for reading only")

    # what Spark sees

    def _frame(self, tree: exp.Expr) -> DataFrame:
        made = self._reading(tree)
        self._read(made)
        steps, rest = split(made)
        try:
            for word, query in steps.items():
                _own_columns(self._once(self.spark.sql(written(query)))).createOrReplaceTempView(word)
            return self.spark.sql(written(rest))
        finally:
            for word in steps:
                self.spark.catalog.dropTempView(word)

    def _read(self, tree: exp.Expr) -> None:
        """Shows Spark every table that a statement reads."""
        for table in tree.find_all(exp.Table):
            self._shown(table.db, table.name, kept=bool(table.db) and table.db not in ("temp", *self.memory))

    def _shown(self, schema: str, name: str, *, kept: bool) -> None:
        """Shows Spark a table that a statement reads: one `kept` in files, or one that lives in this session."""
        word = shown(schema, name)
        if schema == "information_schema":
            self._catalogue().createOrReplaceTempView(word)
            return
        if kept and word not in self.frames:
            self.frames[word] = self._of_table(f"{schema}.{name}")
        frame = self.frames.get(word)
        if frame is not None and self.views.get(word) is not frame:
            frame.createOrReplaceTempView(word)
            self.views[word] = frame

    def _of_table(self, name: str) -> DataFrame:
        try:
            table = self.tables.get(name)
        except KeyError:
            raise UserError(f"there is no table {name} in {self.tables.folder}") from None
        paths = self.tables.paths(name)
        return self._files(table.schema, paths) if paths else self._bare(table.schema)

    def _catalogue(self) -> DataFrame:
        there = [name.split(".", 1) for name in self.tables.names]
        there += [word.split("__", 1) for word in self.frames if word.split("__")[0] in self.memory]
        columns = {"table_schema": [each[0] for each in there], "table_name": [each[1] for each in there]}
        return self._arrow(pa.table({**columns, "table_catalog": ["luotsi"] * len(there)}))

    def _files(self, schema: Any, paths: Sequence[str]) -> DataFrame:
        return self.spark.read.schema(self._kind(schema)).parquet(*paths)

    def _kind(self, schema: Any) -> StructType:
        """The columns of an Arrow schema as Spark knows them."""
        if schema not in self.kinds:
            self.kinds[schema] = from_arrow_schema(schema)
        return self.kinds[schema]

    def _arrow(self, table: Any) -> DataFrame:
        """Rows of this process, given over without a process of Python on the other side."""
        return self.spark.createDataFrame(table.combine_chunks())  # it would stop at the first chunk without rows

    def _reading(self, tree: exp.Expr) -> exp.Expr:
        """The statement with each reading of Parquet files as the name under which those files are shown."""
        if tree.find(exp.ReadParquet) is None:
            return tree
        made = tree.copy()
        for read in [*made.find_all(exp.ReadParquet)]:
            listed = read.expressions[0]
            paths = [whole(at(each)) for each in self.variables[listed.expressions[0].name]]
            frame = self.spark.read.option("mergeSchema", len(paths) > 1).parquet(*map(str, paths))
            place = f.regexp_replace(f.url_decode(f.replace(f.col("_metadata.file_path"), f.lit("+"), f.lit("%2B"))),
                                     "^file:/+", "/")  # fmt: skip
            word = "read_parquet"
            frame.select("*", place.alias("filename")).createOrReplaceTempView(word)
            table = read.parent
            assert isinstance(table, exp.Table)
            table.set("this", exp.to_identifier(word))
        return made

    def _keep(self, word: str, frame: DataFrame, *, forget: bool = True) -> Answer:
        """Keeps a temporary table: worked out when it is first read, and then not again."""
        if forget:
            self._forget(word)
        kept = self._held(word, frame)
        self.frames[word] = kept
        return Answer(count=kept.count)

    def _empty(self, word: str, schema: Any) -> Answer:
        """A temporary table of no rows, which Spark knows to have none when it plans what reads it."""
        self.frames[word] = self._bare(schema)
        return Answer(count=lambda: 0)

    def _bare(self, schema: Any) -> DataFrame:
        if schema not in self.bare:
            self.bare[schema] = self._arrow(schema.empty_table())
        return self.bare[schema]

    def _held(self, word: str, frame: DataFrame) -> DataFrame:
        held = self._once(frame)
        self.kept.setdefault(word, []).append(held)
        return _own_columns(held)

    def _once(self, frame: DataFrame) -> DataFrame:
        """Rows that are worked out when they are first read, and let go of when nothing that reads them is left."""
        # With its plan cut off: what rests on them would otherwise be planned from the files up each time.
        return frame.localCheckpoint(eager=False, storageLevel=StorageLevel.MEMORY_AND_DISK)

    def _changed(self, word: str) -> None:
        """A table has other files now: it is shown anew when it is next read."""
        self.frames.pop(word, None)

    def _forget(self, word: str) -> None:
        for each in self.kept.pop(word, []):
            of_java: Any = each._jdf  # pyright: ignore[reportPrivateUsage]
            of_java.queryExecution().logical().rdd().unpersist(False)
        self.frames.pop(word, None)
        if self.views.pop(word, None) is not None:
            self.spark.catalog.dropTempView(word)

    def _put(self, name: str, frame: DataFrame) -> Path:
        """Writes rows into a new folder of a table."""
        part = self.tables.part(name)
        frame.write.parquet(str(part))
        return part

    def _temporary(self, tree: exp.Create, target: exp.Table) -> bool:
        properties = tree.args.get("properties")
        return bool(properties and properties.find(exp.TemporaryProperty)) or target.db in self.memory


def _own_columns(held: DataFrame) -> DataFrame:
    """The same rows in columns of their own: Spark takes a column for that of the table it was read from otherwise, and
    resolves no statement that joins the two."""
    return held.toDF(*held.columns)


def _target(tree: exp.Expr) -> tuple[exp.Table, list[str]]:
    """The table of an INSERT and the columns that it lists, which may be none."""
    into = tree.this
    return (into.this, [each.name for each in into.expressions]) if isinstance(into, exp.Schema) else (into, [])


def _none(query: exp.Expr) -> bool:
    """Whether a query says by itself that it gives no rows."""
    limit = query.args.get("limit")
    return isinstance(limit, exp.Limit) and limit.expression.name == "0"
