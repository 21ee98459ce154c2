"""Postings as they stand in the database: the services of a term, packed by the thousand, and scored by the arrays.

What a service is found by is in indexing.py, what is asked in searching.py; rows are written in actions.py.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy

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


LONGER = 8
"""How many times longer each list of the best is than the one before."""


class Scored:
    """Services with the sums of what the terms asked for weigh in them, best first."""

    def __init__(self, rows: Sequence[Row], weights: Mapping[str, float]) -> None:
        self._terms = [term for term, _block, _found in rows]
        counts = np.array([len(found) // 4 for _term, _block, found in rows], np.int64)
        places, packed = unpack(b"".join(found for _term, _block, found in rows))
        self._ends = np.cumsum(counts)
        self._services = places + np.repeat([block * BLOCK for _term, block, _found in rows], counts).astype(np.int64)
        self._adds = packed * np.repeat([weights[term] / FULL for term in self._terms], counts)
        self._scores = np.bincount(self._services, self._adds)

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
            taken, many = len(order), many * LONGER

    def among(self, services: Sequence[int]) -> Scored:
        """The same with only some services; ids that no term finds are no matter."""
        kept = np.zeros_like(self._scores)
        ids = np.array([each for each in services if each < len(kept)], np.int64)
        kept[ids] = self._scores[ids]
        fewer = copy(self)
        fewer._scores = kept
        return fewer

    def score(self, service: int) -> float:
        """The sum of one service."""
        return float(self._scores[service])

    def terms(self, services: Sequence[int]) -> dict[int, list[str]]:
        """Service -> the terms that found it, what weighs most first."""
        wanted = np.zeros(len(self._scores), bool)
        wanted[list(services)] = True
        at = np.flatnonzero(wanted[self._services])
        rows = np.searchsorted(self._ends, at, side="right")
        found: dict[int, list[tuple[float, str]]] = {each: [] for each in services}
        for service, adds, row in zip(self._services[at].tolist(), self._adds[at].tolist(), rows.tolist(), strict=True):
            found[service].append((-adds, self._terms[row]))
        return {service: [term for _adds, term in sorted(each)] for service, each in found.items()}
