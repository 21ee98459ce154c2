"""What a word is, so that "yksinäisyyteen" finds "yksinäinen": its dictionary form, parts of a compound, its root.

Finnish by Voikko where it is on the machine, else by a stemmer; Swedish and English by stemmers. What the words weigh
is in indexing.py, what they ask for in searching.py.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from threading import Lock
from typing import Any

import snowballstemmer
from libvoikko import Voikko, VoikkoException

log = logging.getLogger(__name__)

WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
BASES = re.compile(r"\(([^)]+)\)")
WHOLE, PART, NEAR = 1.0, 0.55, 0.2
"""What a word counts for as itself, as a part or root of a longer one, and as a word that begins alike."""
BEGINNING = 6
"""So many first letters make words begin alike: yksinäinen, yksinäisyys."""
LONGEST = 100
"""So many letters of a term are kept."""
STOP = frozenset(
    [
        "ja",
        "tai",
        "sekä",
        "on",
        "ei",
        "ole",
        "olla",
        "se",
        "ne",
        "tämä",
        "hän",
        "he",
        "minä",
        "sinä",
        "me",
        "te",
        "joka",
        "mikä",
        "kuka",
        "mitä",
        "missä",
        "myös",
        "kun",
        "jos",
        "että",
        "niin",
        "kuin",
        "voi",
        "voida",
        "saada",
        "pitää",
        "tulla",
        "mukaan",
        "kanssa",
        "sen",
        "sitä",
        "siitä",
        "oma",
        "muu",
        "muut",
        "eri",
        "hyvin",
        "vain",
        "jo",
        "nyt",
        "vielä",
        "olen",
        "olet",
        "haluta",
        "tarvita",
        "etsiä",
        "mistä",
        "miten",
        "apua_tarvitsen",
        "kaikki",
        "jokin",
        "joku",
        "koko",
        "sille",
        "minun",
        "sinun",
        "och",
        "eller",
        "är",
        "att",
        "som",
        "en",
        "ett",
        "det",
        "den",
        "de",
        "i",
        "på",
        "av",
        "för",
        "med",
        "till",
        "om",
        "kan",
        "jag",
        "du",
        "vi",
        "ni",
        "inte",
        "har",
        "från",
        "vid",
        "också",
        "var",
        "hur",
        "the",
        "a",
        "an",
        "and",
        "or",
        "is",
        "are",
        "to",
        "of",
        "in",
        "for",
        "with",
        "on",
        "at",
        "by",
        "from",
        "can",
        "i",
        "you",
        "we",
        "it",
        "this",
        "that",
        "be",
        "have",
        "how",
        "where",
        "my",
        "your",
        "not",
        "fi",
        "sv",
        "en",
    ]
)


class Finnish:
    """Voikko behind a lock: its analyser is for one thread at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        try:
            self._voikko: Any = Voikko("fi")
        except (OSError, VoikkoException) as fault:
            log.warning("Voikko is not here (%s): compounds are not split. Install libvoikko1 and voikko-fi.", fault)
            self._voikko = None

    @property
    def knows_compounds(self) -> bool:
        """Whether Voikko is on the machine."""
        return self._voikko is not None

    def analyses(self, word: str) -> list[dict[str, str]]:
        """The ways in which a word can be read; none for a word that is not Finnish."""
        with self._lock:
            return self._voikko.analyze(word) if self._voikko else []

    def meant(self, word: str) -> list[str]:
        """Words that one may have meant who wrote a word that is none."""
        with self._lock:
            return self._voikko.suggest(word) if self._voikko and not self._voikko.spell(word) else []


@cache
def finnish() -> Finnish:
    """The one analyser of a process."""
    return Finnish()


@cache
def _stemmer(language: str) -> Any:
    return snowballstemmer.stemmer({"fi": "finnish", "sv": "swedish", "en": "english"}[language])


_stemming = Lock()
"""A stemmer keeps the word it works on in itself, so it is for one thread at a time."""


def _stem(word: str, language: str) -> str:
    with _stemming:
        return _stemmer(language).stemWord(word)


def words(text: str) -> list[str]:
    """The words of a text in lower case, without those that mean nothing alone."""
    return [word for word in (each.lower() for each in WORD.findall(text)) if len(word) > 1 and word not in STOP]


@lru_cache(maxsize=100_000)
def terms(word: str, language: str) -> tuple[tuple[str, float], ...]:
    """What a word is found by, and how much of the word each is: itself, its parts and roots, its beginning."""
    found: dict[str, float] = {}
    for term, weight in _finnish(word) if language == "fi" else _stemmed(word, language):
        if term not in STOP:
            found[term[:LONGEST]] = max(weight, found.get(term[:LONGEST], 0))
    return tuple(found.items())


def _stemmed(word: str, language: str) -> Iterator[tuple[str, float]]:
    yield word, WHOLE
    yield _stem(word, language) + "~", WHOLE


def _finnish(word: str) -> Iterator[tuple[str, float]]:
    read = finnish().analyses(word) or finnish().analyses(word.capitalize())
    for each in read[:3]:
        base = each.get("BASEFORM", word).lower().replace("=", "")
        yield base, WHOLE
        yield from ((part, PART) for part in _parts(each) if part != base)
        if len(base) > BEGINNING:
            yield base[:BEGINNING] + "-", NEAR
    if not read:
        yield word, WHOLE
        yield _stem(word, "fi") + "~", PART
        if len(word) > BEGINNING:
            yield word[:BEGINNING] + "-", NEAR


def _parts(read: dict[str, str]) -> Iterator[str]:
    """The words a compound is made of, the words those come from, and neighbours together (mielenterveys)."""
    bases = read.get("WORDBASES") or ""
    for base in BASES.findall(bases):
        if not base.startswith("+"):
            yield from (part.lower() for part in base.split("=") if len(part) > 2)
    form, marks = read.get("BASEFORM", "").lower().replace("-", ""), read.get("STRUCTURE", "").replace("-", "")
    pieces = [len(piece) for piece in marks.split("=") if piece]
    if len(pieces) > 1:
        ends = [sum(pieces[: place + 1]) for place in range(len(pieces))]
        begins = [0, *ends[:-1]]
        for first in range(len(pieces)):
            for last in range(first, len(pieces)):
                piece = form[begins[first] : ends[last] if last < len(pieces) - 1 else len(form)]
                if 2 < len(piece) < len(form):
                    yield from _bases(piece)


@lru_cache(maxsize=20_000)
def _bases(piece: str) -> tuple[str, ...]:
    """The dictionary forms of a part of a compound, which stands there inflected: mielenterveys, mielen -> mieli."""
    return tuple(dict.fromkeys(each["BASEFORM"].lower().replace("=", "") for each in finnish().analyses(piece)[:2]))
