"""Rules of identifiers: the Finnish personal identity code. Knows values only, no pseudonyms and no storage."""

from __future__ import annotations

import datetime
import re

CENTURIES = {"+": 1800} | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
"""Sign -> the century it stands for, signs of 2023 included (Digital and Population Data Services Agency)."""
CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
FORM = re.compile(r"(\d\d)(\d\d)(\d\d)([-+A-FU-Y])(\d{3})([0-9A-FHJ-NPR-Y])", re.ASCII)
IN_TEXT = (
    r"(?i)(?:^|[^0-9a-z])(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}"
    r"[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y](?:$|[^0-9a-z])"
)
"""Pattern (RE2) of a personal identity code within a text."""


def normal_hetu(value: str) -> str:
    """A personal identity code without white space at the ends, in upper case; the sign is never changed."""
    return value.strip().upper()


def hetu_fault(value: str) -> str | None:
    """What is wrong with a normalised personal identity code, or None. Temporary codes (900-999) are let through."""
    parts = FORM.fullmatch(value)
    if parts is None:
        return "wrong form"
    day, month, year, sign, number, check = parts.groups()
    try:
        datetime.date(CENTURIES[sign] + int(year), int(month), int(day))
    except ValueError:
        return "no such day of birth"
    if int(number) < 2:
        return "wrong individual number"
    if CHECK[int(day + month + year + number) % 31] != check:
        return "wrong check character"
    return None


def hetu_birth_date(value: str) -> datetime.date:
    """The day of birth that a normalised personal identity code says. Raises ValueError where it is none."""
    parts = FORM.fullmatch(value)
    if parts is None:
        raise ValueError("This is no personal identity code.")
    day, month, year, sign, _number, _check = parts.groups()
    return datetime.date(CENTURIES[sign] + int(year), int(month), int(day))


def is_hetu_valid(value: str) -> bool:
    """Whether a text is a personal identity code, white space and letter case aside."""
    return hetu_fault(normal_hetu(value)) is None
