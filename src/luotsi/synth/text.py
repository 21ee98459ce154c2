"""Turns arrays of numbers into the texts of an extract: days, times, codes, decimals. Knows no system.

Times are minutes and days are days since 1970-01-01, Finnish wall time; MISSING, or a negative code index, is empty.
Texts of fixed width are laid out as bytes at once: formatting them one by one would cost more than all the rest.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Array = np.ndarray[Any, np.dtype[Any]]

EPOCH = datetime.date(1970, 1, 1)
FIRST_DAY = (datetime.date(1895, 1, 1) - EPOCH).days
LAST_DAY = (datetime.date(2045, 1, 1) - EPOCH).days
MISSING = -(2**40)
"""A day or time that is not there. Far below any real one, as births before 1970 are negative too."""

DAY_FORMS = {
    "fi": "%d.%m.%Y",
    "compact": "%Y%m%d",
    "slash": "%d/%m/%Y",
    "iso": "%Y-%m-%d",
    "utc": "%Y-%m-%d",
    "own": "%Y-%m-%d",
}
TIME_FORMS = {
    "fi": " {h:02d}:{m:02d}",
    "compact": " {h:02d}{m:02d}",
    "slash": " {h:02d}:{m:02d}:00",
    "iso": " {h:02d}:{m:02d}:00",
    "utc": "T{h:02d}:{m:02d}:00Z",
    "own": " {h:02d}:{m:02d}:00.000000",
}


def day_number(year: int, month: int = 1, day: int = 1) -> int:
    """Days since 1970-01-01."""
    return (datetime.date(year, month, day) - EPOCH).days


@cache
def _day_bytes(form: str) -> Array:
    """Every day from FIRST_DAY on as bytes; the places of year, month and day are moved within the ISO text."""
    iso = np.datetime_as_string(np.arange(FIRST_DAY, LAST_DAY).astype("datetime64[D]")).astype("S10")
    cells = iso.view(np.uint8).reshape(-1, 10)
    year, month, day = cells[:, 0:4], cells[:, 5:7], cells[:, 8:10]
    parts = {"%Y": year, "%m": month, "%d": day}
    pieces = re.findall(r"%[Ymd]|[^%]", DAY_FORMS[form])
    return np.hstack([parts.get(each, np.full((len(cells), 1), ord(each[0]), dtype=np.uint8)) for each in pieces])


@cache
def _minute_bytes(form: str) -> Array:
    return _bytes([TIME_FORMS[form].format(h=minute // 60, m=minute % 60) for minute in range(1440)])


def _bytes(texts: Sequence[str]) -> Array:
    width = len(texts[0])
    return np.frombuffer("".join(texts).encode("ascii"), dtype=np.uint8).reshape(len(texts), width)


def _fixed(data: Array, valid: Array) -> pa.Array:
    count, width = data.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32) if count else np.zeros(1, np.int32)
    bitmap = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    buffers = [bitmap, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.Array.from_buffers(pa.string(), count, buffers)


def days(values: Array, form: str) -> pa.Array:
    """Day numbers as text in the form of a system (`fi`, `compact`, `slash`, `iso`)."""
    valid = values > MISSING // 2
    table = _day_bytes(form)
    return _fixed(table[np.where(valid, values, 0) - FIRST_DAY], valid)


def stamps(values: Array, form: str) -> pa.Array:
    """Minutes since 1970-01-01 as text in the form of a system; `utc` takes minutes that are UTC already."""
    valid = values > MISSING // 2
    safe = np.where(valid, values, 0)
    day, minute = np.divmod(safe, 1440)
    left, right = _day_bytes(form), _minute_bytes(form)
    data = np.empty((len(values), left.shape[1] + right.shape[1]), dtype=np.uint8)
    data[:, : left.shape[1]] = left[day - FIRST_DAY]
    data[:, left.shape[1] :] = right[minute]
    return _fixed(data, valid)


def utc(values: Array) -> Array:
    """Finnish wall minutes as UTC minutes; the hour changes at midnight of the day the clocks turn."""
    shifted = values - _offsets()[np.clip(values // 1440 - FIRST_DAY, 0, LAST_DAY - FIRST_DAY - 1)]
    return np.where(values > MISSING // 2, shifted, MISSING)


@cache
def _offsets() -> Array:
    offsets = np.full(LAST_DAY - FIRST_DAY, 120)
    for year in range(1981, 2045):
        turns = []
        for month in (3, 10):
            last = datetime.date(year, month, 31)
            turns.append((last - datetime.timedelta(days=(last.weekday() + 1) % 7) - EPOCH).days)
        offsets[turns[0] - FIRST_DAY : turns[1] - FIRST_DAY] = 180
    return offsets


def codes(labels: Sequence[str | None], index: Array) -> pa.Array:
    """The label at each index; a negative index is missing."""
    index = np.asarray(index)
    low = index < 0
    taken = pa.array(index.astype(np.int32), mask=low if low.any() else None)
    return pa.array(labels, pa.string()).take(taken)


def flags(values: Array, yes: str, no: str | None) -> pa.Array:
    """Truth values in the words of a system."""
    return pa.array([no, yes], pa.string()).take(pa.array(values.astype(np.int8)))


def whole(values: Array) -> pa.Array:
    """Whole numbers; negative ones are missing."""
    low = values < 0
    return pa.array(values.astype(np.int64), mask=low if low.any() else None)


def decimals(values: Array, places: int, sign: str) -> pa.Array:
    """Numbers from 0 with a set number of decimals and the decimal sign of a system; nan is missing."""
    missing = np.isnan(values)
    scale = 10**places
    units = np.rint(np.where(missing, 0, values) * scale).astype(np.int64)
    if places == 0:
        return pa.array(units, mask=missing).cast(pa.string())
    seen, index = np.unique(units, return_inverse=True)
    texts = [f"{unit // scale}{sign}{unit % scale:0{places}d}" for unit in seen.tolist()]
    return codes(texts, np.where(missing, -1, index))


def fixed(values: Array) -> pa.Array:
    """Byte strings of one width, such as identity codes, as text."""
    width = values.dtype.itemsize
    return _fixed(values.view(np.uint8).reshape(len(values), width), np.ones(len(values), dtype=bool))


def results(values: Array, above: Array, sign: str) -> pa.Array:
    """Laboratory results with one decimal; those that are only known to be above 90 as `>90`."""
    over = codes([">90"], np.where(above, 0, -1))
    return pc.call_function("coalesce", [over, decimals(values, 1, sign)])


def prefixed(prefix: str, numbers: Array) -> pa.Array:
    """Numbers with a text before them."""
    return pc.call_function(
        "binary_join_element_wise", [pa.scalar(prefix), whole(numbers).cast(pa.string()), pa.scalar("")]
    )
