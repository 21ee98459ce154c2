"""Asks the directory in people's own words: what the words mean, which services answer, and why each does.

What a word is stands in language.py, what services are found by in indexing.py; pages and lists are elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from luotsi.concepts.needs import learned
from luotsi.concepts.reading import County
from luotsi.concepts.shipped import open_county
from luotsi.web.services import indexing, postings
from luotsi.web.services.indexing import NEED, SEGMENT, Vocabulary
from luotsi.web.services.language import NEAR, PART, WHOLE, finnish, terms, words
from luotsi.web.services.models import Service, Term
from luotsi.web.services.postings import LONGER, Scored

KIN, AREA, SURE = 0.35, 0.8, 8.0
"""What a word counts for that means nearly the same as the one asked, and the area of life of the one asked.
SURE: what a term of a rule weighs where another term weighs by how few services it finds."""
RULED = (NEED, SEGMENT)
"""How terms begin that the county's rules give a service, and no word of its texts."""
FITS = 0.5
"""What the segment of a person counts for beside an area of life that they need."""
NAMED = 2.0
"""What an area of life counts for that is asked by its name."""
MEANT = 0.8
"""What a word counts for that is likely meant by one that is misspelt."""
EVERY = ""
"""The term that counts all services."""
COMMON = 0.5
"""A term that finds a larger share of all services than this tells nothing, unless nothing else was asked."""
MOST_TERMS, MOST_WORDS = 40, 20
SHOWN = 20


@lru_cache(maxsize=1)
def county() -> County:
    """The county's content, read once in the life of a process."""
    return open_county(settings.OVERLAY)


@lru_cache(maxsize=1)
def known() -> Vocabulary:
    """The words of the county's areas of life, made ready once in the life of a process."""
    return vocabulary_by_hand(learned(county().roots[0] / "needs"))


def vocabulary_by_hand(taught: Mapping[str, Mapping[str, float]] | None = None) -> Vocabulary:
    """The words of the county's areas of life with nothing learned, or with what is given."""
    return indexing.vocabulary(county(), taught or {})


@dataclass(slots=True)
class Asked:
    """What a text asks for: term -> weight, term -> the word it came from, words read as others."""

    weights: dict[str, float] = field(default_factory=dict[str, float])
    origin: dict[str, str] = field(default_factory=dict[str, str])
    meant: dict[str, str] = field(default_factory=dict[str, str])
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, term: str, weight: float, word: str) -> None:
        """Asks for a term; where two words ask for it, the stronger counts."""
        if weight > self.weights.get(term, 0):
            self.weights[term], self.origin[term] = weight, word


@dataclass(frozen=True, slots=True)
class Hit:
    """A service that answers, how well from 0 to 1, and why, in sentences in the reader's language."""

    service: Service
    score: float
    reasons: tuple[str, ...]


def understand(text: str) -> Asked:
    """What a text asks for, with how many services each of its terms finds."""
    split = list(dict.fromkeys(words(text)))[:MOST_WORDS]
    asked = Asked()
    for word in split:
        _ask(asked, word, word, WHOLE)
    for need, record in known().needs.items():
        if text.strip().casefold() in {getattr(record.label, code).casefold() for code in ("fi", "sv", "en")}:
            asked.add(NEED + need, NAMED, text)
    _count(asked)
    for word in split:
        own = [term for term, origin in asked.origin.items() if origin == word and asked.weights[term] > NEAR]
        if not any(asked.counts.get(term) for term in own):
            for meant in _meant(word):
                asked.meant[word] = meant
                _ask(asked, meant, word, MEANT)
                _count(asked)
                break
    return asked


def _ask(asked: Asked, word: str, origin: str, counts: float) -> None:
    """Adds a word's own terms in every language, and what the everyday words say of it."""
    for code in ("fi", "sv", "en"):
        for term, weight in terms(word, code):
            asked.add(term, weight * counts, origin)
            for group in known().of.get(term, ()) if weight >= PART else ():
                asked.add(NEED + group.need, AREA * counts * weight * known().weights[term][group.need], origin)
                for kin in group.terms if weight == WHOLE else ():
                    asked.add(kin, KIN * counts, origin)


def _count(asked: Asked) -> None:
    asked.counts = dict(Term.objects.filter(term__in=[EVERY, *asked.weights]).values_list("term", "services"))


def _meant(word: str) -> Iterable[str]:
    """Words of the directory that someone may have meant, the nearest first."""
    for each in finnish().meant(word):
        meant = [term for term, weight in terms(each.lower(), "fi") if weight == WHOLE]
        if Term.objects.filter(term__in=meant).exists():
            yield each.lower()
    if len(word) < 4:
        return
    cut = indexing.pieces(word)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT term, services FROM services_term
            WHERE pieces && %s::varchar(3)[] AND abs(length(term) - %s) <= 2
            ORDER BY 2.0 * (SELECT count(*) FROM unnest(pieces) AS p(piece) WHERE piece = ANY(%s))
              / (cardinality(pieces) + %s) DESC, services DESC LIMIT 20
            """,
            [cut, len(word), cut, len(cut)],
        )
        near = [(distance(word, term), -count, term) for term, count in cursor.fetchall()]
    yield from (term for far, _count, term in sorted(near) if far <= (1 if len(word) < 6 else 2))


def distance(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with a neighbour between two words (Damerau, optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, mark in enumerate(other, 1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != mark))
            swapped = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == mark
            now.append(min(cost, before[column - 2] + 1) if swapped else cost)
        before, last = last, now
    return last[-1]


Found = tuple[int, float, list[str]]
"""A service's id, its score, the terms that found it."""


def search(asked: Asked, among: QuerySet[Service] | None = None, limit: int = SHOWN) -> list[Found]:
    """Services by how well they answer: id, score from 0 to 1, the terms that found it. `among`: only these."""
    total = max(asked.counts.get(EVERY, 0), 1)
    rare = {
        term: weight * (SURE if term.startswith(RULED) else math.log(1 + (total - count + 0.5) / (count + 0.5)))
        for term, weight in asked.weights.items()
        if (count := asked.counts.get(term))
    }
    most = max(total * COMMON, 5)
    telling = {
        term: weight for term, weight in rare.items() if term.startswith(RULED) or asked.counts[term] <= most
    } or rare
    chosen = sorted(telling, key=lambda term: -telling[term])[:MOST_TERMS]
    scored = Scored(postings.read(chosen), telling)
    best = _let_through(scored, among, limit)
    whole = sum(sorted((rare[term] for term in chosen), reverse=True)[:5]) or 1.0
    return [(pk, min(1.0, round(scored.score(pk) / whole, 4)), found) for pk, found in scored.terms(best).items()]


def _let_through(scored: Scored, among: QuerySet[Service] | None, limit: int) -> list[int]:
    """The first services that the filters let through; only as many of the best are asked as it takes.

    Where they let so few through that the next list would hardly do, all that they let through anywhere is asked for,
    which are few then, and the best of those are the answer.
    """
    found: list[int] = []
    query = among.order_by().values("pk").query.sql_with_params() if among is not None else None
    for place, some in enumerate(scored.best()):
        if query and place and len(found) * LONGER < limit:
            return list(islice(chain.from_iterable(scored.among(_passing(query)).best()), limit))
        through = _among(query, some) if query else set(some)
        found += [each for each in some if each in through]
        if len(found) >= limit:
            break
    return found[:limit]


Query = tuple[str, tuple[Any, ...]]
"""SQL that gives ids of services, and its parameters."""


def _among(query: Query, some: list[int]) -> set[int]:
    """Which of some services a query gives.

    They go as the text of an array, which costs a tenth of a list's reading, and as rows: the planner looks at each
    member of an array that is compared with.
    """
    sql, given = query
    told = "{" + ",".join(map(str, some)) + "}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM unnest(%s::bigint[]) AS b (id) JOIN ({sql}) AS f (id) USING (id)", [told, *given]
        )
        return {pk for (pk,) in cursor.fetchall()}


def _passing(query: Query) -> list[int]:
    """All services that a query gives, in one array."""
    sql, given = query
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(array_agg(id), '{{}}') FROM ({sql}) AS f (id)", given)
        return cursor.fetchall()[0][0]


def hits(asked: Asked, found: Sequence[Found], language: str, area: str = "") -> list[Hit]:
    """The services found with why each was. area: a municipality that was asked for, as people call it."""
    services = Service.objects.select_related("organisation").in_bulk([pk for pk, _score, _terms in found])
    return [
        Hit(services[pk], score, tuple(_reasons(services[pk], found_by, asked, language, area)))
        for pk, score, found_by in found
        if pk in services
    ]


def _reasons(service: Service, found: Sequence[str], asked: Asked, language: str, area: str) -> Iterable[str]:
    """Where the asked words stand in the service, the strongest first; at most three, then the area."""
    told: dict[str, str] = {}
    strongest = found[:12]
    standing = _standing(service, {term for term in strongest if not term.startswith(RULED)}, language)
    for term in strongest:
        origin = asked.origin.get(term, "") + next((each for each in RULED if term.startswith(each)), "")
        if origin not in told and (said := _reason(term, standing, language)) and said not in told.values():
            told[origin] = said
    said_first = sorted(told, key=lambda each: each.endswith(RULED))  # words of the text before rules
    yield from [told[each] for each in said_first][:3]
    if area:
        yield _("serves the whole country") if service.nationwide else _("serves %(area)s") % {"area": area}


STANDS = {
    "name": gettext_lazy("name has “%(word)s”"),
    "also": gettext_lazy("is also called “%(word)s”"),
    "keywords": gettext_lazy("keywords have “%(word)s”"),
    "summary": gettext_lazy("description has “%(word)s”"),
    "description": gettext_lazy("description has “%(word)s”"),
    "eligibility": gettext_lazy("“for whom” has “%(word)s”"),
}
"""Text -> how it is said that a word stands there; in the order in which they are looked at."""


def _reason(term: str, standing: Mapping[str, tuple[str, str]], language: str) -> str:
    if term.startswith(NEED):
        need = known().needs[term.removeprefix(NEED)]
        return _("is of the area of life %(area)s") % {"area": getattr(need.label, language, need.label.fi)}
    if term.startswith(SEGMENT):
        fits = known().segments[term.removeprefix(SEGMENT)]
        return _("fits the client segment %(segment)s") % {"segment": getattr(fits.label, language, fits.label.fi)}
    if term not in standing:
        return ""
    place, word = standing[term]
    return str(STANDS[place]) % {"word": word}


def _standing(service: Service, wanted: set[str], language: str) -> dict[str, tuple[str, str]]:
    """Term -> the first text that has it, and the word as it stands there; the reader's language before others."""
    found: dict[str, tuple[str, str]] = {}
    for place in STANDS:
        texts: Mapping[str, str] = getattr(service, place)
        for code in [language] if language in texts else texts:
            for word in words(texts[code]):
                for term, _weight in terms(word, code if code in ("sv", "en") else "fi"):
                    if term in wanted:
                        found.setdefault(term, (place, word))
            if len(found) == len(wanted):
                return found
    return found
