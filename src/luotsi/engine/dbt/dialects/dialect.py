"""DuckDB, in which the queries are built, and what another dialect is: the words it writes otherwise.

A dialect changes a tree from the leaves up, one word at a time; what is wider than a word stands in `structure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlglot import exp

from luotsi.engine.dbt.dialects.structure import without_null_order
from luotsi.engine.duck.expressions import HOME_ZONE

_WORDS = (
    "coalesce nullif abs round lower upper trim replace substr length lpad starts_with starts_with_any concat date_of "
    "time_of add_days add_hours date timestamp number"
)
SPOKEN = frozenset(_WORDS.split())
"""The functions of source mappings that every dialect can be given; DuckDB speaks all."""


class Dialect:
    """DuckDB: trees are written as they are."""

    name = "duckdb"
    sqlglot = "duckdb"
    spoken: frozenset[str] | None = None
    """The functions a mapping may use, None for all."""
    reads_parquet = True
    """Whether the lake is read where it lies."""
    ran = True
    """Whether whole projects have been run and compared with Luotsi's marts, not only compiled."""
    text_type = "varchar"
    longest_name: int | None = None
    key_text = "Keys are those of Luotsi: the 16 bytes of an MD5 as a UUID."

    def named(self, name: str) -> str:
        """The name of a column as the warehouse holds it."""
        return name

    def rewritten(self, tree: exp.Expr) -> exp.Expr:
        """The tree in words of this dialect; the given tree may be changed."""
        return tree


class Other(Dialect):
    """A dialect that is not DuckDB. Each method gives one word; `rewritten` finds where it stands."""

    name = sqlglot = ""
    spoken = SPOKEN
    reads_parquet = ran = False
    key_type = "VARCHAR(32)"
    key_text = (
        "Keys are MD5s of the same texts as Luotsi's, in 32 hexadecimal digits; Luotsi writes the same 16 bytes as a "
        "UUID, the last byte first."
    )

    def rewritten(self, tree: exp.Expr) -> exp.Expr:
        tree = without_null_order(tree, self.sqlglot)
        for node in reversed(list(tree.bfs())):
            made = self.word(node)
            if made is not node:
                if node is tree:
                    tree = made
                else:
                    node.replace(made)
        return tree

    def word(self, node: exp.Expr) -> exp.Expr:
        """What stands for a node whose parts are written already."""
        match node:
            case exp.Cast() if not isinstance(node, exp.TryCast) and called(node.this, "md5_number"):
                return self.key(node.this.expressions[0])
            case exp.DataType() if node.this == exp.DType.UUID:
                return exp.DataType.build(self.key_type, dialect=self.sqlglot)
            case exp.TryCast():
                return self.tried(node.this, node.to)
            case exp.RegexpFullMatch():
                return self.is_whole(node.this, node.expression.name)
            case exp.Add() if isinstance(node.expression, exp.ToDays):
                return self.later(node.this, "day", node.expression.this)
            case exp.Add() if called(node.expression, "to_hours"):
                return self.later(node.this, "hour", cast("exp.Anonymous", node.expression).expressions[0])
            case exp.Anonymous() if called(node, "try_strptime"):
                return self.times(node)
            case exp.Anonymous() if called(node, "timezone"):
                return self.home_time(node)
            case _:
                return node

    def times(self, node: exp.Anonymous) -> exp.Expr:
        """A text read by the first pattern that fits; one with an offset waits for its time zone (`home_time`)."""
        text, given = node.expressions
        patterns = [each.name for each in given.expressions] if isinstance(given, exp.Array) else [given.name]
        if any("%z" in each for each in patterns):
            return node
        read = [self.read_time(text.copy(), each) for each in patterns]
        return read[0] if len(read) == 1 else exp.Coalesce(this=read[0], expressions=read[1:])

    def home_time(self, node: exp.Anonymous) -> exp.Expr:
        """Wall time at home: of a text with an offset, or of wall time elsewhere."""
        zone, inner = node.expressions
        if called(inner, "try_strptime"):
            text, pattern = inner.expressions
            return self.read_offset(text, pattern.name)
        if zone.name == HOME_ZONE and called(inner, "timezone"):
            return self.moved(inner.expressions[1], inner.expressions[0].name)
        return node

    def key(self, text: exp.Expr) -> exp.Expr:
        """The hash key of a canonical text: its MD5 in hexadecimal digits."""
        return exp.MD5(this=text)

    def tried(self, made: exp.Expr, to: exp.DataType) -> exp.Expr:
        """A cast that gives null where it cannot be done."""
        raise NotImplementedError

    def is_whole(self, text: exp.Expr, pattern: str) -> exp.Expr:
        """Whether the whole text matches a regular expression of digits and a sign."""
        raise NotImplementedError

    def later(self, moment: exp.Expr, unit: str, number: exp.Expr) -> exp.Expr:
        """A moment so many days or hours later."""
        return called_with("DATEADD", exp.var(unit.upper()), number, moment)

    def read_time(self, text: exp.Expr, pattern: str) -> exp.Expr:
        """The time a text means by a strptime pattern without an offset, else null."""
        raise NotImplementedError

    def read_offset(self, text: exp.Expr, pattern: str) -> exp.Expr:
        """The wall time at home that a text with an offset means, else null."""
        raise NotImplementedError

    def moved(self, moment: exp.Expr, zone: str) -> exp.Expr:
        """Wall time of a zone as wall time at home."""
        return called_with("CONVERT_TIMEZONE", zone, HOME_ZONE, moment)


def called(node: object, name: str) -> bool:
    """Whether a node is the call of a function that SQLGlot does not know."""
    return isinstance(node, exp.Anonymous) and str(node.this).lower() == name


def called_with(name: str, *arguments: exp.Expr | str | int) -> exp.Expr:
    """The call of a function by its name in the dialect."""
    return exp.Anonymous(this=name, expressions=[exp.convert(each) for each in arguments])


def when(condition: exp.Expr, made: exp.Expr) -> exp.Expr:
    """CASE WHEN condition THEN made END."""
    return exp.case().when(condition, made)


def joined_text(parts: Sequence[exp.Expr | str]) -> exp.Expr:
    """Texts in a row; null when one is null."""
    made = exp.convert(parts[0])
    for each in parts[1:]:
        made = exp.DPipe(this=made, expression=exp.convert(each))
    return made
