"""From raw result rows to published ones: intervals added, hidden rows emptied, the long shape. No files here."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from luotsi.concepts.records import Measure
from luotsi.engine.release.arrow import Array, Table, pa, pc
from luotsi.engine.release.store import NUMBERS, SCHEMA

NORMAL_95 = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""


def published(
    kind: str,
    name: str,
    version: int,
    rows: Table,
    hidden: npt.NDArray[np.bool_],
    *,
    share: bool,
    subject: Any = None,
) -> Table:
    """Rows (period, group, numerator, denominator, value, n) in the shape of a release, sorted, the hidden emptied.

    `share` adds the 95 % Wilson interval. `subject` is a column of its own, or None.
    """
    size = rows.num_rows
    numbers: dict[str, Any] = {
        each: rows[each].cast(SCHEMA.field(each).type).combine_chunks()
        for each in ("numerator", "denominator", "value", "n")
    }
    empty = pa.nulls(size, pa.float64())
    numbers["low"], numbers["high"] = wilson(numbers["numerator"], numbers["denominator"]) if share else (empty, empty)
    shown = pa.array(~hidden)
    columns: dict[str, Any] = {
        "kind": pa.array([kind] * size, pa.string()),
        "name": pa.array([name] * size, pa.string()),
        "version": pa.array([version] * size, pa.int32()),
        "subject": pa.nulls(size, pa.string()) if subject is None else subject,
        "period": rows["period"],
        "group": rows["group"],
        **{each: _where(shown, numbers[each]) for each in NUMBERS},
        "suppressed": pa.array(hidden),
    }
    table = pa.table([columns[field.name] for field in SCHEMA], schema=SCHEMA)
    return table.sort_by([("period", "ascending"), ("group", "ascending")])


def wilson(numerator: Any, denominator: Any) -> tuple[Array, Array]:
    """Low and high of the 95 % Wilson interval of each share; null where there is none."""
    counted = numerator.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    total = denominator.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    usable = (total > 0) & (counted >= 0) & (counted <= total)
    n = np.where(usable, total, 1.0)
    share = np.where(usable, counted, 0.0) / n
    square = NORMAL_95**2
    centre = (share + square / (2 * n)) / (1 + square / n)
    reach = NORMAL_95 * np.sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    low, high = np.clip(centre - reach, 0.0, 1.0), np.clip(centre + reach, 0.0, 1.0)
    return pa.array(low, mask=~usable), pa.array(high, mask=~usable)


def is_share(measure: Measure) -> bool:
    """Whether a Wilson interval is right for its values: a share of counted people or events, unscaled."""
    return measure.result == "share" and measure.scale == 1


def _where(shown: Any, column: Any) -> Any:
    return pc.if_else(shown, column, pa.nulls(len(column), column.type))
