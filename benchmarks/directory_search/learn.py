"""Learns from judged services which words tell of which area of life, and writes county/needs/learned.csv.

    .venv/bin/python benchmarks/directory_search/learn.py [--data FOLDER]

Ridge regression of the labels on the terms of name and summary and on what the words of the county's areas say. What
is shipped is learned from all judged services; run.py learns from one half to be measured on the other.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from labels import DATA, NEEDS, Judged, judged

from luotsi.jobs.directory import opened

SHRINKING, BY_HAND = 8.0, 3.0
"""The ridge, and how much freer than one term what the words of the county say is: chosen by five-fold
cross-validation inside the half for looking and mending (0.5 to 8; 0, 1 or 3)."""
LEAST_SERVICES, LEAST_WEIGHT = 2, 0.03

Learned = dict[str, dict[str, float]]


def learn(services: Sequence[Judged]) -> Learned:
    """Term -> area of life -> what a weight of the term adds; the term "" is what all begin with."""
    indexing = importlib.import_module("luotsi.web.services.indexing")
    known = importlib.import_module("luotsi.web.services.searching").vocabulary_by_hand()
    needs = list(NEEDS.values())
    found = [_terms(each, indexing, known) for each in services]
    counted = Counter(term for each in found for term in each)
    terms = [term for term, count in counted.items() if count >= LEAST_SERVICES and not term.endswith("-")]
    place = {term: number for number, term in enumerate(terms)}
    scale = np.array([BY_HAND if term.startswith(indexing.NEED) else 1.0 for term in terms])
    given = np.zeros((len(services), len(terms)))
    for row, each in enumerate(found):
        for term, weight in each.items():
            if term in place:
                given[row, place[term]] = weight
    given *= scale
    labels = np.array([[need in each.needs for need in needs] for each in services], float)
    middle, mean = given.mean(0), labels.mean(0)
    centred = given - middle
    dual = np.linalg.solve(centred @ centred.T + SHRINKING * np.eye(len(centred)), labels - mean)
    weights = centred.T @ dual
    rows: Learned = {"": dict(zip(needs, (mean - middle @ weights).round(3).tolist(), strict=True))}
    for number, term in enumerate(terms):
        told = (weights[number] * scale[number]).round(3)
        kept = {need: value for need, value in zip(needs, told.tolist(), strict=True) if abs(value) >= LEAST_WEIGHT}
        if kept:
            rows[term] = kept
    return rows


def _terms(each: Judged, indexing: Any, known: Any) -> Mapping[str, float]:
    model = importlib.import_module("luotsi.web.services.models").Service
    service = model(name={"fi": each.name}, summary={"fi": each.summary} if each.summary else {})
    return indexing.postings(service, known)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    given = parser.parse_args()
    target = Path(__file__).parents[2] / "county" / "needs" / "learned.csv"
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), None):
        rows = learn(judged(given.data))
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["term", *NEEDS.values()])
        writer.writerows(
            [term, *(each.get(need, "") for need in NEEDS.values())] for term, each in sorted(rows.items())
        )
    print(f"{len(rows)} terms in {target}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
