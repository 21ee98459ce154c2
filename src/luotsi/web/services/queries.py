"""Reads the directory for pages, lists and other apps: searching with filters, one entry, what fits a person's needs.

How words are understood and services ranked stands in searching.py, opening hours in opening.py.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from luotsi.concepts.needs import Need
from luotsi.web.services import opening, searching
from luotsi.web.services.indexing import MAIN, NEED, SEGMENT
from luotsi.web.services.models import Channel, Place, Service
from luotsi.web.services.searching import Hit

SERVED = ("fi", "sv", "se")
"""Languages in which people are served by law; few services say that they serve in another."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search: municipality's code, language, fee, areas of life, metres from a point, open at a time.

    life_event, target_group: codes of the Finnish Service Catalogue; those below a code are of it too.
    segment: whom the services fit; it shuts none out, and raises those that do.
    """

    area: str = ""
    language: str = ""
    fee: str = ""
    needs: tuple[str, ...] = ()
    near: tuple[int, int] | None = None
    within: int = 0
    open_at: datetime.datetime | None = None
    age: int | None = None
    life_event: str = ""
    target_group: str = ""
    segment: str = ""

    def __bool__(self) -> bool:
        return self != Filters()


def services() -> QuerySet[Service]:
    """The services that are shown."""
    return Service.objects.filter(removed_at=None).select_related("organisation")


def channels() -> QuerySet[Channel]:
    """The channels that are shown: those of a service that is. One whose last service goes waits for the next."""
    shown = Service.objects.filter(removed_at=None, channels=OuterRef("pk"))
    return Channel.objects.filter(Exists(shown), removed_at=None)


def narrowed(chosen: Filters) -> QuerySet[Service]:
    """The services that the filters let through. What no one has told does not shut a service out."""
    found = services()
    if chosen.area:
        untold = Q(nationwide=None) & Q(organisation__municipality__in=("", chosen.area))
        found = found.filter(Q(nationwide=True) | Q(municipalities__contains=[chosen.area]) | untold)
    if chosen.language:
        found = found.filter(Q(languages=[]) | Q(languages__contains=[chosen.language]))
    if chosen.fee:
        found = found.filter(fee=chosen.fee)
    if chosen.age is not None:
        found = found.filter(Q(least_age=None) | Q(least_age__lte=chosen.age))
        found = found.filter(Q(most_age=None) | Q(most_age__gte=chosen.age))
    if chosen.life_event:
        found = found.filter(life_events__overlap=_with_below("life_event", chosen.life_event))
    if chosen.target_group:
        groups = _with_below("target_group", chosen.target_group)
        found = found.filter(Q(target_groups=[]) | Q(target_groups__overlap=groups))
    if chosen.near and chosen.within:
        east, north = chosen.near
        box = Place.objects.filter(
            channel__services=OuterRef("pk"),
            channel__removed_at=None,
            east__range=(east - chosen.within, east + chosen.within),
            north__range=(north - chosen.within, north + chosen.within),
        ).annotate(apart=_squared("east", east) + _squared("north", north))
        found = found.filter(Exists(box.filter(apart__lte=chosen.within**2)))
    if chosen.open_at:
        found = found.filter(Exists(opening.open_channels(chosen.open_at).filter(services=OuterRef("pk"))))
    return found


def _squared(name: str, point: int) -> CombinedExpression:
    """The square of the metres between; as floating point, since numeric powers cost twenty times as much."""
    apart = Cast(F(name), FloatField()) - point
    return apart * apart


def _with_below(codes: str, code: str) -> list[str]:
    return [each for each in classes(codes) if each == code or each.startswith(f"{code}.")]


def classes(codes: str) -> Mapping[str, Mapping[str, str]]:
    """The codes of a list of the county, with their labels by language."""
    return searching.county().codes[codes].rows


def postal_area(code: str) -> tuple[int, int] | None:
    """The middle of a postal code area of the county, metres east and north; None for one that is not known."""
    row = classes("postal_area").get(code.strip())
    return (int(row["east"]), int(row["north"])) if row else None


def search(text: str, chosen: Filters | None = None, *, limit: int = 20, language: str = "fi") -> list[Hit]:
    """The services that answer a text in people's own words, best first, each with why."""
    chosen = chosen or Filters()
    asked = searching.understand(text)
    for need in chosen.needs:
        asked.add(NEED + need, 1.0, "")
        asked.counts[NEED + need] = 1
    if chosen.segment in searching.known().segments:
        asked.add(SEGMENT + chosen.segment, searching.FITS, "")
        asked.counts[SEGMENT + chosen.segment] = 1
    narrowing = replace(chosen, needs=(), segment="")
    among = narrowed(narrowing) if narrowing else None
    found = searching.search(asked, among, limit)
    return searching.hits(asked, found, language, municipality_name(chosen.area, language) if chosen.area else "")


def fitting(
    needs: Iterable[str],
    *,
    age: int | None = None,
    area: str = "",
    language: str = "",
    segment: str = "",
    limit: int = 5,
    told: str = "fi",
) -> list[Hit]:
    """The services that fit a person's needs, best first, each with why: what an assessment or a page offers.

    needs: areas of life by name, or words in people's own way, as `friends` and "velka". age in years; area: code of
    the person's municipality; language: the person's own, which counts where it is a language of the county's services;
    segment: the person's in the main list; told: the language of the reasons.
    """
    language = language if language in SERVED else ""
    said = list(dict.fromkeys(needs))
    known = tuple(each for each in said if each in searching.known().needs)
    words = " ".join(each for each in said if each not in known)
    chosen = Filters(area, language, needs=known, age=age, segment=segment)
    hits = search(words, chosen, limit=limit, language=told)
    return [replace(each, reasons=(*each.reasons, *_suits(each.service, age, language))) for each in hits]


def _suits(service: Service, age: int | None, language: str) -> Iterator[str]:
    """What the service itself says of the person's age and language; Finnish goes without saying."""
    if age is not None and (service.least_age is not None or service.most_age is not None):
        yield _("is for people of this age")
    if language not in ("", "fi") and language in service.languages:
        yield _("is given in the person's language")


def entry(name: str) -> Service | None:
    """One service by its entry, also one that has gone."""
    return Service.objects.select_related("organisation").filter(entry=name).first()


def needs() -> Mapping[str, Need]:
    """The areas of life in order."""
    return searching.known().needs


def segment_name(code: str, language: str) -> str:
    """What a segment of the main list is called; its code where the county's content has it no more."""
    main = searching.county().segments.get(MAIN)
    labels = {each.segment: getattr(each.label, language, each.label.fi) for each in main.rules} if main else {}
    return labels.get(code, code)


@lru_cache(maxsize=1)
def _municipalities() -> Mapping[str, Mapping[str, str]]:
    return dict(classes("municipality"))


def municipality_name(code: str, language: str) -> str:
    """What a municipality is called; its code where it is not known."""
    row = _municipalities().get(code, {})
    return row.get(language) or row.get("fi") or code


def municipality(said: str) -> str:
    """The code of a municipality by its code or its name in any language; "" where there is none."""
    said = said.strip()
    if said in _municipalities():
        return said
    folded = said.casefold()
    named = (
        code
        for code, row in _municipalities().items()
        if folded in {row[each].casefold() for each in ("fi", "sv", "en")}
    )
    return next(named, "")
