"""What a service is found by: the terms of its texts with their weights, the areas of life it is of, and the segments
of persons it fits.

What a term is stands in language.py, the words of the areas of life in the county's content, asking in searching.py.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from luotsi.concepts.needs import Need
from luotsi.concepts.reading import County
from luotsi.concepts.records import Fits, Rule
from luotsi.web.services import language
from luotsi.web.services.language import PART, WHOLE, terms, words
from luotsi.web.services.models import Service

FIELDS: dict[str, tuple[float, float]] = {
    "name": (3.0, 4),
    "also": (2.0, 4),
    "keywords": (1.0, 20),
    "summary": (1.5, 15),
    "description": (0.7, 120),
    "eligibility": (0.3, 40),
}
"""Text -> what a word in it counts for, and how many words it has in an ordinary service."""
SATURATION, SHORTENING = 1.2, 0.75
"""k1 and b of BM25 (Robertson and Zaragoza 2009, BM25F): repeats count less, and words of a long text too."""
NEED, SEGMENT = "need:", "segment:"
MAIN = "main"
"""The segment list by which persons are known to fit a service."""
SURELY = 0.5
"""A service with at least this weight of an area of life fits the segments that the area fits."""
VERSION = "2"
"""Counted up when these rules change, so that all is indexed anew."""
BY_HAND = 0.3
"""What the county's own words count for beside what was learned."""
LEAST, LEAST_AREA = 0.05, 0.12
"""A weight below this finds nothing that a person would call found."""


@dataclass(frozen=True)
class Group:
    """Words that mean nearly the same, and the area of life they are of."""

    need: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The words of the areas of life, made ready for indexing and searching."""

    needs: Mapping[str, Need]
    groups: tuple[Group, ...]
    of: Mapping[str, tuple[Group, ...]]
    """Term -> the groups it stands in."""
    weights: Mapping[str, Mapping[str, float]]
    """Term -> area of life -> how surely a text with the term is of it."""
    learned: Mapping[str, Mapping[str, float]]
    """Term -> area of life -> what it adds, learned from services that people have labelled; may be empty."""
    segments: Mapping[str, Rule]
    """Segment of the list `MAIN` -> its rule, where that says what services fit."""
    digest: str


def vocabulary(county: County, learned: Mapping[str, Mapping[str, float]]) -> Vocabulary:
    """Makes the words of a county's areas of life ready. A term that stands in many areas tells little of each."""
    groups = tuple(_groups(county))
    of: defaultdict[str, list[Group]] = defaultdict(list)
    for group in groups:
        for term in group.terms:
            of[term].append(group)
    weights = {term: _shares(found) for term, found in of.items()}
    main = county.segments.get(MAIN)
    segments = {each.segment: each for each in main.rules if each.fits} if main else {}
    fits = sorted((name, repr(each.fits)) for name, each in segments.items())
    said = repr((VERSION, language.finnish().knows_compounds, sorted((g.need, g.terms) for g in groups), learned, fits))
    needs = dict(sorted(county.needs.items(), key=lambda each: each[1].order))
    made = hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()
    found_in = {term: tuple(found) for term, found in of.items()}
    return Vocabulary(needs, groups, found_in, weights, learned, segments, made)


def _shares(groups: list[Group]) -> dict[str, float]:
    needs = {group.need for group in groups}
    return dict.fromkeys(needs, 1 / len(needs))


def _groups(county: County) -> Iterator[Group]:
    for name, need in county.needs.items():
        for group in need.words:
            found: list[str] = []
            for code in ("fi", "sv", "en"):
                for phrase in getattr(group, code):
                    found += _whole(phrase, code)
            yield Group(name, tuple(dict.fromkeys(found)))


@cache
def _whole(phrase: str, code: str) -> tuple[str, ...]:
    """The terms of a word as itself; a phrase of many words is no single term and gives none."""
    split = words(phrase)
    if len(split) != 1:
        return ()
    return tuple(term for term, weight in terms(split[0], code) if weight == WHOLE)


def postings(service: Service, known: Vocabulary) -> dict[str, float]:
    """Term -> weight from 0 to 1 of all that a service is found by, its areas of life among them."""
    counted: defaultdict[str, float] = defaultdict(float)
    for field, (counts, ordinary) in FIELDS.items():
        for code, text in getattr(service, field).items():
            split = words(text)
            if not split:
                continue
            each = counts / (1 - SHORTENING + SHORTENING * len(split) / ordinary)
            for word in split:
                for term, weight in terms(word, code if code in ("sv", "en") else "fi"):
                    counted[term] += each * weight
    found = {term: count / (count + SATURATION) for term, count in counted.items()}
    of_life = areas(service, found, known)
    for need, weight in of_life.items():
        found[NEED + need] = weight if weight >= LEAST_AREA else 0.0
    found.update({SEGMENT + each: 1.0 for each in fitted(service, of_life, known)})
    return {term: round(weight, 4) for term, weight in found.items() if weight >= LEAST}


def areas(service: Service, found: Mapping[str, float], known: Vocabulary) -> dict[str, float]:
    """Area of life -> how surely a service is of it, from 0 to 1: by its words, its classes and what it says."""
    counted: defaultdict[str, float] = defaultdict(float)
    for term in found.keys() & known.weights.keys():
        for need, share in known.weights[term].items():
            counted[need] += found[term] * share
    for need, record in known.needs.items():
        if _any_below(service.classes, record.classes):
            counted[need] += PART
    sure = {need: count / (count + WHOLE) for need, count in counted.items()}
    if known.learned:
        sure = _learned(found, sure, known)
    return {**sure, **{need: 1.0 for need in service.needs if need in known.needs}}


def fitted(service: Service, areas: Mapping[str, float], known: Vocabulary) -> Iterator[str]:
    """The segments whose persons a service fits: by its target groups, its classes, or the areas of life it is of."""
    for name, rule in known.segments.items():
        fits = rule.fits or Fits()
        if (
            _any_below(service.target_groups, fits.target_groups)
            or _any_below(service.classes, fits.classes)
            or any(areas.get(each, 0.0) >= SURELY for each in fits.needs)
        ):
            yield name


def _any_below(codes: Iterable[str], wanted: Iterable[str]) -> bool:
    return any(code == each or code.startswith(each + ".") for code in codes for each in wanted)


def _learned(found: Mapping[str, float], sure: Mapping[str, float], known: Vocabulary) -> dict[str, float]:
    """What the labelled services teach of the terms, and a part of what the county's words say alone."""
    counted = dict(known.learned.get("", {}))
    told = {**found, **{NEED + need: value for need, value in sure.items()}}
    for term in told.keys() & known.learned.keys():
        weight = told[term]
        for need, adds in known.learned[term].items():
            counted[need] = counted.get(need, 0.0) + adds * weight
    return {need: min(1.0, counted.get(need, 0.0) + BY_HAND * sure.get(need, 0.0)) for need in known.needs}


def pieces(word: str) -> list[str]:
    """The three-letter pieces of a word with its ends marked, by which a misspelt one is found."""
    marked = f" {word} "
    return sorted({marked[place : place + 3] for place in range(len(marked) - 2)})


def is_word(term: str) -> bool:
    """Whether a term is a word that someone may have meant, and no stem, beginning, area of life or segment."""
    return not term.endswith(("~", "-")) and not term.startswith((NEED, SEGMENT)) and len(term) > 3


def text(texts: Mapping[str, Any], code: str) -> str:
    """A text in a language, or in the first that it has: Finnish, Swedish, English, any."""
    return next((texts[each] for each in (code, "fi", "sv", "en", *texts) if texts.get(each)), "")
