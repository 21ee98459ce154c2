"""How numbers, shares, periods and times are written in the reader's language.

Here: functions for Python, which the templatetag library `formats` offers to templates. Beside it, one folder a
language with what Django itself reads (FORMAT_MODULE_PATH). Not here: words, which come from gettext.
"""

from __future__ import annotations

import datetime
from typing import Literal

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext

MINUS = "\u2212"
SPACE = "\u00a0"
"""A space at which no line breaks."""
MISSING = "–"

MONTHS = {
    "fi": "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "en": "January February March April May June July August September October November December",
}

Grain = Literal["month", "quarter", "year"]


def language() -> str:
    """The active language, one of fi, sv and en; Finnish where none is active."""
    code = (get_language() or "fi")[:2]
    return code if code in MONTHS else "fi"


def _decimals(value: float) -> int:
    """Decimals that leave two or three figures to read."""
    size = abs(value)
    return 0 if size >= 100 or size == int(size) else 1 if size >= 1 else 2


def number(value: float | None, decimals: int | None = None, *, signed: bool = False) -> str:
    """A number as the language writes it: "12 345,6" (fi, sv) or "12,345.6" (en); "–" for a missing one.

    Without `decimals`, two or three figures are shown. `signed` writes a plus as well.
    """
    if value is None:
        return MISSING
    text = f"{abs(value):,.{_decimals(value) if decimals is None else decimals}f}"
    if language() != "en":
        text = text.replace(",", SPACE).replace(".", ",")
    zero = not any(figure in "123456789" for figure in text)
    sign = "" if zero else MINUS if value < 0 else "+" if signed else ""
    return sign + text


def share(value: float | None, decimals: int = 1, *, signed: bool = False) -> str:
    """A share between 0 and 1 in per cent: "85,3 %" (fi, sv) or "85.3%" (en)."""
    if value is None:
        return MISSING
    return number(value * 100, decimals, signed=signed) + ("%" if language() == "en" else SPACE + "%")


def points(value: float | None, decimals: int = 1) -> str:
    """The difference of two shares in percentage points, signed: "+1,2 %-yks."."""
    if value is None:
        return MISSING
    return number(value * 100, decimals, signed=True) + SPACE + pgettext("percentage points, short", "pp")


def _unit(value: float, unit: str) -> str:
    """The unit's word after a number; "" for what needs no word."""
    count = 1 if value == 1 else 2
    words = {
        "days": ngettext("day", "days", count),
        "working days": ngettext("working day", "working days", count),
        "nights": ngettext("night", "nights", count),
        "contacts": ngettext("contact", "contacts", count),
        "hours": ngettext("hour", "hours", count),
        "minutes": ngettext("minute", "minutes", count),
        "per 1000": gettext("per 1,000"),
        "EUR": "€",
    }
    return words.get(unit, "")


def measured(value: float | None, unit: str, decimals: int | None = None) -> str:
    """A measure's value with its unit, as measures name units: share, count, days, EUR, per 1000, index ..."""
    if value is None:
        return MISSING
    if unit == "share":
        return share(value, 1 if decimals is None else decimals)
    places = {"count": 0, "contacts": 1, "ratio": 2, "index": 2}.get(unit) if decimals is None else decimals
    word = _unit(value, unit)
    return number(value, places) + (SPACE + word if word else "")


def brief(value: float | None, unit: str) -> str:
    """A measure's value without decimals that say nothing, as for a target: "80 %"."""
    if value is None or unit != "share":
        return measured(value, unit)
    return share(value, 0 if abs(value * 100 - round(value * 100)) < 1e-9 else 1)


def difference(value: float | None, unit: str, decimals: int | None = None) -> str:
    """The change of a measure between two periods, signed, with its unit; percentage points for a share."""
    if value is None:
        return MISSING
    if unit == "share":
        return points(value, 1 if decimals is None else decimals)
    word = _unit(value, unit)
    if decimals is None and unit == "contacts":
        decimals = 1
    return number(value, decimals, signed=True) + (SPACE + word if word else "")


def _day(value: datetime.date | str) -> datetime.date:
    return datetime.date.fromisoformat(value[:10]) if isinstance(value, str) else value


def period(start: datetime.date | str, grain: Grain = "month") -> str:
    """The period that starts on a day: "helmikuu 2024", "Q1/2024" or "2024"."""
    day = _day(start)
    if grain == "year":
        return str(day.year)
    if grain == "quarter":
        return f"Q{(day.month + 2) // 3}/{day.year}"
    return f"{MONTHS[language()].split()[day.month - 1]}{SPACE}{day.year}"


def short_period(start: datetime.date | str, grain: Grain = "month") -> str:
    """The period in the room of an axis or a narrow column: "2/2024", "Q1/2024" or "2024"."""
    day = _day(start)
    return f"{day.month}/{day.year}" if grain == "month" else period(day, grain)


def date(value: datetime.date | str | None) -> str:
    """A day: "5.2.2024" (fi, sv) or "5 Feb 2024" (en)."""
    if value is None:
        return MISSING
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    day = _day(value)
    if language() == "en":
        return f"{day.day}{SPACE}{MONTHS['en'].split()[day.month - 1][:3]}{SPACE}{day.year}"
    return f"{day.day}.{day.month}.{day.year}"


def time(value: datetime.datetime | datetime.time) -> str:
    """A time of day: "klo 9.15" (fi), "kl. 9.15" (sv) or "9:15" (en); an aware one in local time."""
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    mark = {"fi": f"klo{SPACE}", "sv": f"kl.{SPACE}", "en": ""}[language()]
    return f"{mark}{value.hour}{':' if language() == 'en' else '.'}{value.minute:02d}"


def moment(value: datetime.datetime | None) -> str:
    """A day and time: "5.2.2024 klo 9.15" (fi), "5.2.2024 kl. 9.15" (sv) or "5 Feb 2024 9:15" (en)."""
    return MISSING if value is None else f"{date(value)}{SPACE}{time(value)}"
