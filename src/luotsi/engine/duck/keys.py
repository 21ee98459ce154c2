"""The one builder of hash keys: canonical text of the parts, MD5, 16 bytes held as a UUID.

Canonical text: each part is `~` when null, else `<length in characters>:<text>`, and the parts stand in a row. The
length makes values that shift across a delimiter differ, `~` makes null differ from empty, and nothing is trimmed or
folded. The UUID holds the MD5 with its bytes in reverse order, as DuckDB's `md5_number` gives it.
"""

from __future__ import annotations

import hashlib
import uuid

from sqlglot import exp


def canonical(*parts: exp.Expr) -> exp.Expr:
    """The SQL expression of the canonical text of text parts (VARCHAR); never null."""
    return exp.Anonymous(this="concat", expressions=[piece for part in parts for piece in _pieces(part)])


def _pieces(part: exp.Expr) -> list[exp.Expr]:
    """A literal is written out at once; a column needs no null test beyond two coalesces."""
    if isinstance(part, exp.Literal):
        return [exp.Literal.string(f"{len(part.name)}:{part.name}")]
    if isinstance(part, exp.Null):
        return [exp.Literal.string("~")]
    sized = exp.DPipe(
        this=exp.cast(exp.Anonymous(this="length", expressions=[part.copy()]), exp.DType.TEXT),
        expression=exp.DPipe(this=exp.Literal.string(":"), expression=part.copy()),
    )
    return [exp.Coalesce(this=sized, expressions=[exp.Literal.string("~")])]


def key(*parts: exp.Expr) -> exp.Expr:
    """The SQL expression of the hash key (UUID) of text parts; the first part is the system."""
    return exp.cast(exp.Anonymous(this="md5_number", expressions=[canonical(*parts)]), exp.DType.UUID)


def canonical_in_python(*parts: str | None) -> str:
    """The canonical text of parts, in plain Python."""
    return "".join("~" if part is None else f"{len(part)}:{part}" for part in parts)


def key_in_python(*parts: str | None) -> uuid.UUID:
    """The hash key of parts, in plain Python: the same 16 bytes as `key` gives."""
    return uuid.UUID(bytes=hashlib.md5(canonical_in_python(*parts).encode(), usedforsecurity=False).digest()[::-1])
