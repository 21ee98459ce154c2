"""What a reader has narrowed a page to. It stands in the address, so that a view can be sent as a link.

A word the release does not know is left out and said, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from luotsi.web.desk import periods
from luotsi.web.results import across
from luotsi.web.results import queries as results
from luotsi.web.results.models import Release
from luotsi.web.ui import formats

RELEASE = re.compile(r"[A-Za-z0-9_-]{1,40}")
DIMENSIONS = {"area": "municipality", "service": "service", "unit": "unit", "segment": "segment"}
"""Word in the address -> dimension of results."""


@dataclass(frozen=True)
class Filters:
    """The choices of one page. `since` and `until` are months; all "" where nothing is chosen.

    `ignored`: a sentence for each word of the address that was left out. `standing`: whether `release` is not the
    current one.
    """

    area: str = ""
    service: str = ""
    unit: str = ""
    segment: str = ""
    since: str = ""
    until: str = ""
    grain: str = ""
    release: str = ""
    ignored: tuple[str, ...] = field(default=(), compare=False)

    @property
    def codes(self) -> dict[str, str]:
        """Dimension -> code of what is chosen."""
        return {dimension: code for word, dimension in DIMENSIONS.items() if (code := getattr(self, word))}

    @property
    def chosen(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.codes or self.since or self.until or self.release)

    def query(self, **changes: str) -> str:
        """The choices as the end of an address, "?unit=1.2.3", with changes; "" where there are none."""
        names = {"since": "from", "until": "to"}
        kept = {name: getattr(self, name) for name in (*DIMENSIONS, "since", "until", "grain", "release")} | changes
        said = sorted((names.get(name, name), value) for name, value in kept.items() if value)
        return f"?{urlencode(said)}" if said else ""


def chosen_release(asked: Mapping[str, str]) -> tuple[Release | None, tuple[str, ...]]:
    """The release an address asks for, else the current one, and a sentence where the one asked for is not here."""
    name = asked.get("release", "")
    if not name:
        return results.current(), ()
    try:
        if not RELEASE.fullmatch(name):
            raise results.NoRelease(name)
        return results.release(name), ()
    except results.NoRelease:
        return results.current(), (
            _("The release %(name)s is no longer here. The current one is shown.") % {"name": name[:40]},
        )


def read(asked: Mapping[str, str], release: Release) -> Filters:
    """The choices of an address, judged by what the release has."""
    ignored: list[str] = []
    found: dict[str, str] = {}
    for word, dimension in DIMENSIONS.items():
        code = asked.get(word, "")
        if code and code in across.codes(release, dimension):
            found[word] = code
        elif code:
            ignored.append(_unknown(word, code))
    for word, name in (("from", "since"), ("to", "until")):
        period = asked.get(word, "")
        if period and periods.is_period(period):
            found[name] = periods.first_month(period) if word == "from" else periods.last_month(period)
        elif period:
            ignored.append(_("“%(text)s” is not a period, so time was not narrowed by it.") % {"text": period[:40]})
    if found.get("since", "") > found.get("until", "9"):
        found.pop("since")
        ignored.append(_("The time ends before it begins, so its beginning was left out."))
    grain = asked.get("grain", "")
    if grain in periods.GRAINS:
        found["grain"] = grain
    elif grain:
        ignored.append(_("“%(text)s” is none of month, quarter and year.") % {"text": grain[:40]})
    # Who names no release sees the current one, and need not be asked which it is.
    if asked.get("release") and release != results.current():
        found["release"] = release.name
    return Filters(**found, ignored=tuple(ignored))


def with_notices(filters: Filters, notices: tuple[str, ...]) -> Filters:
    """The same choices with more that was left out."""
    return replace(filters, ignored=(*notices, *filters.ignored))


def options(release: Release, word: str) -> list[tuple[str, str]]:
    """The choices of one filter: (code, its words), by the words."""
    return list(_options(release, word, formats.language()))


@lru_cache(maxsize=200)
def _options(release: Release, word: str, language: str) -> tuple[tuple[str, str], ...]:
    dimension = DIMENSIONS[word]
    known = results.labels(release, dimension)
    codes = across.codes(release, dimension) - {"unknown"}
    found = [(code, known[code][language] if code in known else code) for code in codes]
    return tuple(sorted(found, key=lambda option: _in_order(option[1])))


def months(release: Release) -> list[tuple[str, str]]:
    """Every month of a release, newest first, as choices."""
    found, month = [], release.last_month
    while month >= release.first_month:
        found.append((month, periods.label(month)))
        month = periods.step(month, -1)
    return found


def _in_order(text: str) -> str:
    """A key that puts å, ä and ö after z, as Finns and Swedes sort."""
    return text.casefold().translate(str.maketrans({"å": "z1", "ä": "z2", "æ": "z2", "ö": "z3", "ø": "z3"}))


def _unknown(word: str, code: str) -> str:
    said = {
        "area": _("The area %(code)s is not in this release, so it was left out."),
        "service": _("The service %(code)s is not in this release, so it was left out."),
        "unit": _("The unit %(code)s is not in this release, so it was left out. It may have been closed or renamed."),
        "segment": _("The segment %(code)s is not in this release, so it was left out."),
    }
    return said[word] % {"code": code[:80]}
