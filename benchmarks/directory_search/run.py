"""Finds services by need: our search beside PostgreSQL's Finnish full-text search and BM25, and how long it takes.

    .venv/bin/python benchmarks/directory_search/run.py [--data FOLDER] [--part test|tune|all] [--sizes 50000] [--quick]

--data: the labelled services of AuroraAI (ptv-labelled-services of the shared data). What is asked and how the parts
are made is said in README.md.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import importlib
import json
import math
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import snowballstemmer

sys.path.insert(0, str(Path(__file__).parent))

from labels import DATA, NEEDS, Judged, judged, part
from learn import Learned, learn

from luotsi.connectors.entries import Channel, Delivery, Hours, Place, Service
from luotsi.jobs.directory import opened

HERE = Path(__file__).parent
SPOKEN = {
    "health": ["haluan parempaan kuntoon", "mieli on maassa", "nukun huonosti"],
    "coping": ["en jaksa enää", "tarvitsen apua vaikeaan tilanteeseen", "läheinen juo liikaa"],
    "housing": ["etsin asuntoa", "en pärjää kotona yksin", "vuokranantaja häätää minut"],
    "work": ["jäin työttömäksi", "koulu ei suju", "mitä opiskelisin"],
    "family": ["tulemme eroamaan", "apua vauvan kanssa", "vanhempana väsyttää"],
    "friends": ["olen yksinäinen", "haluan tavata uusia ihmisiä", "ei ole kavereita"],
    "money": ["rahat eivät riitä", "laskut jäävät maksamatta", "mitä tukea voin saada"],
    "growth": ["haluan oppia uutta", "etsin harrastusta", "kirjastosta kirjoja"],
    "self_esteem": ["en luota itseeni", "minua kiusataan", "häpeän itseäni"],
    "life": ["elämällä ei ole tarkoitusta", "haluan voida paremmin", "arki ei tunnu mielekkäältä"],
}
"""What people say, written before any result was seen; the services labelled with the need are the right answers."""
DEPTH = 10


class Question(NamedTuple):
    """A text asked and the need it stands for."""

    kind: str
    text: str
    need: str


def questions(folder: Path) -> list[Question]:
    """Each need by its name, by its explanation in the meter, and as people say it."""
    found = [Question("name", label, need) for label, need in NEEDS.items()]
    rows = csv.DictReader((folder / "life_situation_meters.csv").open(encoding="utf-8-sig"))
    found += [Question("explanation", row["selitys"], NEEDS[row["mittari"]]) for row in rows]
    return found + [Question("spoken", text, need) for need, texts in SPOKEN.items() for text in texts]


def precision(ranked: Sequence[str], right: set[str], depth: int = 5) -> float:
    """The share of the first five that are right."""
    return sum(each in right for each in ranked[:depth]) / depth


def ndcg(ranked: Sequence[str], right: set[str], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain of the first ten, a right one counting 1 (Järvelin and Kekäläinen 2002)."""
    gain = sum(1 / math.log2(place + 2) for place, each in enumerate(ranked[:depth]) if each in right)
    best = sum(1 / math.log2(place + 2) for place in range(min(depth, len(right))))
    return gain / best if best else 0.0


Rank = Callable[[str], list[str]]


class Bm25:
    """BM25 (k1 1.2, b 0.75) over words cut by the Snowball stemmer, name and summary as one text."""

    def __init__(self, services: Sequence[Judged], stem: bool) -> None:
        self._stem = snowballstemmer.stemmer("finnish").stemWord if stem else str
        self._texts = [(each.id, Counter(self._words(f"{each.name} {each.summary}"))) for each in services]
        self._mean = sum(sum(words.values()) for _id, words in self._texts) / len(self._texts)
        self._found = Counter(word for _id, words in self._texts for word in words)

    def _words(self, text: str) -> list[str]:
        language = importlib.import_module("luotsi.web.services.language")
        return [self._stem(word.lower()) for word in language.WORD.findall(text)]

    def rank(self, text: str) -> list[str]:
        """The ids of services that hold a word of the text, best first."""
        scored: list[tuple[float, str]] = []
        for name, words in self._texts:
            length = 0.25 + 0.75 * sum(words.values()) / self._mean
            score = sum(
                math.log(1 + (len(self._texts) - self._found[word] + 0.5) / (self._found[word] + 0.5))
                * words[word]
                * 2.2
                / (words[word] + 1.2 * length)
                for word in set(self._words(text))
                if words[word]
            )
            if score:
                scored.append((-score, name))
        return [name for _score, name in sorted(scored)]


def postgres(services: Sequence[Judged]) -> Rank:
    """PostgreSQL's Finnish full-text search: any word of the text, the name weighted, by ts_rank_cd."""
    connection = importlib.import_module("django.db").connection
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE peer (id text, body tsvector)")
        cursor.executemany(
            "INSERT INTO peer VALUES (%s, setweight(to_tsvector('finnish', %s), 'A') || to_tsvector('finnish', %s))",
            [(each.id, each.name, each.summary) for each in services],
        )

    def rank(text: str) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                WITH q AS (SELECT replace(plainto_tsquery('finnish', %s)::text, '&', '|')::tsquery AS q)
                SELECT id FROM peer, q WHERE body @@ q ORDER BY ts_rank_cd(body, q, 1) DESC, id LIMIT 50
                """,
                [text],
            )
            return [name for (name,) in cursor.fetchall()]

    return rank


def ours(services: Sequence[Judged], learned: Learned) -> Rank:
    """The directory's own search, through the database, with no more told than the others know."""
    queries = importlib.import_module("luotsi.web.services.queries")
    _take(
        [
            Service(each.id, "o", {"fi": each.name}, summary={"fi": each.summary} if each.summary else {})
            for each in services
        ],
        learned,
    )
    return lambda text: [hit.service.entry for hit in queries.search(text, limit=50)]


def _take(services: Sequence[Service], learned: Learned, ways: Sequence[Channel] = ()) -> None:
    delivery = Delivery(services={each.entry: each for each in services}, channels={each.entry: each for each in ways})
    delivery.mention("o", {"fi": "Palvelut"})
    actions = importlib.import_module("luotsi.web.services.actions")
    searching = importlib.import_module("luotsi.web.services.searching")
    actions.take_in(
        by=None, source="ptv", delivery=delivery, known=searching.vocabulary_by_hand(learned), complete=True
    )


def quality(folder: Path, wanted: str, verbose: bool) -> dict[str, Any]:
    """Precision at 5 and nDCG at 10 of every way, for every kind of question."""
    every, asked = judged(folder), questions(folder)
    services, teaching = part(every, wanted), part(every, "tune")
    if wanted == "tune":  # halves of the half, so that nothing is measured on what it was learned from
        services, teaching = services[::2], services[1::2]
    ways: dict[str, Callable[[], Rank]] = {
        "ours": lambda: ours(services, learn(teaching)),
        "ours, nothing learned": lambda: ours(services, {}),
        "PostgreSQL Finnish": lambda: postgres(services),
        "BM25, stems": lambda: Bm25(services, True).rank,
        "BM25, words": lambda: Bm25(services, False).rank,
    }
    found: dict[str, Any] = {"services": len(services)}
    right = {need: {each.id for each in services if need in each.needs} for need in NEEDS.values()}
    for way, made in ways.items():
        rank = made()  # one after another: both of ours live in one database
        scores = [
            (each, precision(ranked := rank(each.text), right[each.need]), ndcg(ranked, right[each.need]))
            for each in asked
        ]
        if verbose and way == "ours":
            for each, first, gain in scores:
                print(f"  {each.text[:50]:50} p5 {first:.2f} ndcg {gain:.2f}")
        for kind in ("name", "explanation", "spoken", "all"):
            own = [each for each in scores if kind in (each[0].kind, "all")]
            found[f"{kind} | {way}"] = [round(sum(each[at] for each in own) / len(own), 3) for at in (1, 2)]
    return found


def speed(folder: Path, size: int) -> dict[str, Any]:
    """Milliseconds of a search in a directory of `size` services, whose texts are those of real ones mixed anew.

    Wall time, and CPU time of this process (cpu_), without that of the database.
    """
    rows: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*services*.csv")):
        rows += [(row["Name"], row["serviceSummary"] or "") for row in csv.DictReader(path.open(encoding="utf-8-sig"))]
    chance = random.Random(1)
    towns = ["Jyväskylä", "Äänekoski", "Jämsä", "Keuruu", "Laukaa", "Saarijärvi", "Viitasaari", "Muurame"]
    made = [
        Service(
            f"s{number}",
            "o",
            {"fi": f"{chance.choice(rows)[0]}, {chance.choice(towns)}"},
            summary={"fi": chance.choice(rows)[1]},
            description={"fi": " ".join(chance.choice(rows)[1] for _ in range(3))},
            nationwide=False,
            municipalities=(chance.choice(("179", "992", "182", "249", "410")),),
            fee=chance.choice(("free", "charged", "")),
            target_groups=chance.choice(((), ("KR1.1",), ("KR1.2",), ("KR1.6",))),
            channels=(f"c{number}",),
        )
        for number in range(size)
    ]
    ways = [_place(f"c{number}", chance) for number in range(size)]
    taught = learn(part(judged(folder), "tune"))
    begun, spent = time.perf_counter(), time.process_time()
    _take(made, taught, ways)
    taken, spent = time.perf_counter() - begun, time.process_time() - spent
    queries = importlib.import_module("luotsi.web.services.queries")
    asked = [each.text for each in questions(folder)] + [name for name, _summary in chance.sample(rows, 150)]
    asked += [text[:3] + text[4:] for text in chance.sample(asked, 20)]  # a letter is missing
    for text in asked[:20]:
        queries.search(text, limit=20)
    wide = _timed([(text, queries.Filters(area="179") if place % 3 == 0 else None) for place, text in enumerate(asked)])
    kinds = {name: queries.Filters(**told) for name, told in NARROW.items()}
    return {
        "services": size,
        "import_s": round(taken, 1),
        "import_cpu_s": round(spent, 1),
        **wide,
        "narrow": {name: _timed([(text, chosen) for text in asked[::4]]) for name, chosen in kinds.items()},
        "load": round(os.getloadavg()[0], 1),
    }


MIDDLE = (434900, 6901800)
"""A point in the middle of the made-up places, metres east and north."""
SUNDAY_NIGHT = datetime.datetime(2026, 11, 22, 3, 0, tzinfo=datetime.UTC)
NARROW: dict[str, dict[str, Any]] = {
    "within 10 km": {"near": MIDDLE, "within": 10_000},
    "within 5 km, open now": {"near": MIDDLE, "within": 5_000, "open_at": SUNDAY_NIGHT},
    "open now, free, for one group": {"open_at": SUNDAY_NIGHT, "fee": "free", "target_group": "KR1.6"},
    "nothing passes": {"area": "005", "fee": "free"},
}
"""Filters that let few services through."""


def _place(entry: str, chance: random.Random) -> Channel:
    """A place somewhere in 100 km, open on working days, and one in fifty always."""
    east, north = (middle + chance.randrange(-50_000, 50_000) for middle in MIDDLE)
    always = chance.random() < 0.02
    hours = (
        tuple(Hours(day, 0, 1440) for day in range(1, 8)) if always else tuple(Hours(d, 480, 960) for d in range(1, 6))
    )
    where = Place({"fi": "Katu 1"}, "40100", {"fi": "Jyväskylä"}, "179", east, north)
    return Channel(entry, "place", {"fi": "Toimipaikka"}, "o", hours=hours, places=(where,))


def _timed(asked: Sequence[tuple[str, Any]]) -> dict[str, float]:
    """Milliseconds of each search: wall, CPU of this process, and the mean CPU of the database's process for us."""
    queries = importlib.import_module("luotsi.web.services.queries")
    database = _database()
    before = sum(database.cpu_times()[:2])
    walls: list[float] = []
    works: list[float] = []
    for text, chosen in asked:
        begun, worked = time.perf_counter(), time.process_time()
        queries.search(text, chosen, limit=20)
        walls.append((time.perf_counter() - begun) * 1000)
        works.append((time.process_time() - worked) * 1000)
    beside = (sum(database.cpu_times()[:2]) - before) * 1000 / len(asked)
    spread = {**_spread(walls, ""), **_spread(works, "cpu_")}
    return {"searches": len(walls), **spread, "database_cpu_mean": round(beside, 1)}


def _database() -> psutil.Process:
    """The process of the database that answers us."""
    with importlib.import_module("django.db").connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return psutil.Process(cursor.fetchone()[0])


def _spread(times: list[float], name: str) -> dict[str, float]:
    """The middle, the 95th of a hundred, and the greatest."""
    ordered = sorted(times)
    at = {"p50": ordered[len(ordered) // 2], "p95": ordered[int(len(ordered) * 0.95)], "most": ordered[-1]}
    return {name + each: round(value, 1) for each, value in at.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--part", choices=("test", "tune", "all"), default="test")
    parser.add_argument(
        "--sizes", default="50000", help="services in the directory for timing, with commas; 0 for none"
    )
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that it runs; nothing is kept")
    parser.add_argument("--verbose", action="store_true", help="each question")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), None):
        found: dict[str, Any] = {"quality": quality(given.data, given.part, given.verbose)}
        sizes = [200] if given.quick else [int(each) for each in given.sizes.split(",") if each != "0"]
        found["speed"] = [speed(given.data, size) for size in sizes]
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
