"""Times read from texts and written as texts in Spark, as exactly as DuckDB does it.

A pattern is a regular expression that says which texts it reads, and a format of Java's that then reads them.
"""

from __future__ import annotations

import re
from itertools import pairwise

from sqlglot import exp

from luotsi.concepts.errors import UserError
from luotsi.engine.spark.parts import call, text

READ = {
    "%Y": (r"[0-9]{4}", "yyyy"), "%m": (r"[0-9]{1,2}", "M"), "%d": (r"[0-9]{1,2}", "d"), "%H": (r"[0-9]{1,2}", "H"),
    "%M": (r"[0-9]{1,2}", "m"), "%S": (r"[0-9]{1,2}", "s"), "%f": (r"[0-9]{1,6}", "[SSSSSS][SSSSS][SSSS][SSS][SS][S]"),
}  # fmt: skip
"""Part of a pattern -> the text it reads, and Java's letter."""
PACKED = {"M": "MM", "d": "dd", "H": "HH", "m": "mm", "s": "ss"}
OFFSET = "%z"
OFFSETS = r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"


def text_to_time(node: exp.Expr) -> exp.Expr:
    """try_strptime: the first pattern that reads the whole text; null where none does."""
    value, patterns = node.expressions
    listed = [each.name for each in patterns.expressions] if isinstance(patterns, exp.Array) else [patterns.name]
    found = [_read(value, each) for each in listed]
    return found[0] if len(found) == 1 else exp.Coalesce(this=found[0], expressions=found[1:])


def in_zone(node: exp.Expr) -> exp.Expr:
    """timezone(zone, timezone(other, t)): a wall time of one zone as that of another; of a time with an offset too."""
    zone, value = node.expressions
    above = node.parent
    if isinstance(above, exp.Anonymous) and str(above.this).lower() == "timezone":  # a moment: kept as UTC's wall time
        return call("convert_timezone", zone, text("UTC"), value)
    return call("convert_timezone", text("UTC"), zone, value)


def time_to_text(node: exp.Expr) -> exp.Expr:
    """strftime for the patterns in use: Java wants letters that stand for themselves in quotes."""
    if node.args["format"].name != "%Y-%m-%dT%H:%M:%S.%f":
        return node
    return call("date_format", node.this, text("yyyy-MM-dd'T'HH:mm:ss.SSSSSS"))


def _read(value: exp.Expr, pattern: str) -> exp.Expr:
    parts = re.findall(r"%[a-zA-Z]|[^%]+", pattern)
    # two parts without a sign between them can only be told apart by their width
    packed = any(READ.get(one) and READ.get(two) for one, two in pairwise(parts))
    shape, java = "", ""
    for each in parts:
        if each == OFFSET:
            shape += OFFSETS
        elif each in READ:
            reads, letter = READ[each]
            shape += reads.replace("{1,2}", "{2}") if packed else reads
            java += PACKED.get(letter, letter) if packed else letter
        else:
            shape, java = shape + re.escape(each), java + re.sub("([A-Za-z]+)", r"'\1'", each)
    fits = exp.RegexpLike(this=value.copy(), expression=text(rf"\A(?:{shape})\z"))
    if OFFSET in parts:  # a moment: kept as UTC's wall time, which `in_zone` then moves
        if not pattern.startswith("%Y-%m-%dT"):
            raise UserError(f"Spark reads times with an offset in ISO 8601 only, not as {pattern}")
        moment = exp.TryCast(this=value.copy(), to=exp.DataType.build("TIMESTAMPLTZ"))
        return exp.case().when(fits, exp.cast(moment, exp.DataType.build("TIMESTAMP")))
    day_missing = "%d" not in parts
    month_missing = "%m" not in parts
    given, form = value.copy(), java
    if month_missing or day_missing:
        rest = ("-1" if month_missing else "") + "-1"
        given = exp.DPipe(this=given, expression=text(rest))
        form = java + ("-M" if month_missing else "") + "-d"
    return exp.case().when(fits, call("try_to_timestamp", given, text(form)))
