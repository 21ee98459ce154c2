"""Postings as they stand in the database: the services of a term, packed by the thousand, and scored by the arrays.

What a service is found by is in indexing.py, what is asked in searching.py; rows are written in actions.py.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from django.db import connection

BLOCK = 4096
"""So many ids of services share a row of a term: a change of one service writes rows of its block alone."""
FULL = 10_000
"""The weight 1 as it is packed."""

Packed = dict[str, bytes]
"""Term -> its services in one block: pairs of two bytes, the place in the block and the weight."""
Row = tuple[str, int, bytes]
"""Term, block, its services there."""


def pack(found: Iterable[tuple[int, Mapping[str, float]]]) -> Packed:
    """Services of one block, with the weights of their terms, turned round: by term."""
    turned: defaultdict[str, array[int]] = defaultdict(lambda: array("H"))
    for service, weights in found:
        place = service % BLOCK
        for term, weight in weights.items():
            turned[term].extend((place, int(weight * FULL + 0.5)))
    return {term: pairs.tobytes() for term, pairs in turned.items()}


def unpack(found: bytes) -> tuple[np.ndarray, np.ndarray]:
    """The places in the block, and the weights as they are packed."""
    pairs = np.frombuffer(found, dtype=np.uint16).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def changes(here: Sequence[tuple[str, bytes]], services: Iterable[int], new: Mapping[str, bytes]) -> Packed:
    """What becomes of the rows of one block when some of its services are indexed anew; b"" where nothing is left.

    here: the rows as they stand; services: those indexed anew, or gone; new: what these are found by now.
    """
    touched = np.zeros(BLOCK, bool)
    touched[[each % BLOCK for each in services]] = True
    found: Packed = dict(new)
    for term, old in here:
        places, _weights = unpack(old)
        away = touched[places]
        if away.any() or term in new:
            rest = np.frombuffer(old, dtype=np.uint32)[~away].tobytes()
            found[term] = rest + new.get(term, b"")
    return found


def read(terms: Sequence[str]) -> list[Row]:
    """The rows of terms."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT term, block, found FROM services_posting WHERE term = ANY(%s)", [list(terms)])
        return [(term, block, bytes(found)) for term, block, found in cursor.fetchall()]


class Scored:
    """Services with the sums of what the terms asked for weigh in them, best first."""

    def __init__(self, rows: Sequence[Row], weights: Mapping[str, float]) -> None:
        self._rows = [(term, block * BLOCK, *unpack(found)) for term, block, found in rows]
        self._weights = weights
        size = max((begin for _term, begin, _places, _w in self._rows), default=-BLOCK) + BLOCK
        self._scores = np.zeros(size)
        for term, begin, places, packed in self._rows:
            self._scores[begin : begin + BLOCK][places] += packed * (weights[term] / FULL)

    def best(self) -> Iterator[list[int]]:
        """The services in lists, best first, each list longer than the one before; equals by their ids."""
        found = np.flatnonzero(self._scores)
        taken, many = 0, 128
        while taken < len(found):
            if taken + many < len(found):
                least = -np.partition(-self._scores[found], taken + many - 1)[taken + many - 1]
                some = found[self._scores[found] >= least]
            else:
                some = found
            order = some[np.lexsort((some, -self._scores[some]))]
            yield order[taken:].tolist()
            taken, many = len(order), many * 8

    def score(self, service: int) -> float:
        """The sum of one service."""
        return float(self._scores[service])

    def terms(self, services: Sequence[int]) -> dict[int, list[str]]:
        """Service -> the terms that found it, what weighs most first."""
        slots = np.full(len(self._scores), -1)
        slots[list(services)] = np.arange(len(services))
        found: list[list[tuple[float, str]]] = [[] for _each in services]
        for term, begin, places, packed in self._rows:
            own = slots[begin : begin + BLOCK][places]
            for at in np.flatnonzero(own >= 0):
                found[own[at]].append((-float(packed[at]) * self._weights[term], term))
        return {
            service: [term for _weight, term in sorted(each)] for service, each in zip(services, found, strict=True)
        }
