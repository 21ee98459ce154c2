"""What a free text is about: each sentence is compared with the words and examples of every theme.

A theme is taught by its file in county/themes. The comparison is the cosine of weighted word counts (tf-idf, Salton and
Buckley 1988), with a theme as one document.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from luotsi.web.feedback.themes import lexicon
from luotsi.web.services.language import terms, words

SENTENCE = re.compile(r"[.!?;\n]+|,\s+(?=mutta|men|but)")
LEAST = 0.08
"""A sentence less like every theme than this is about none of them."""
NONE = "other"

Vector = Mapping[str, float]


class Topics:
    """Themes that have been taught, in one language."""

    def __init__(
        self, taught: Mapping[str, Sequence[str]], language: str, ignored: frozenset[str] = frozenset()
    ) -> None:
        """taught: theme -> texts that are about it. ignored: terms that tell nothing of a theme."""
        self._language = language
        self._ignored = ignored
        counts = {theme: self._count(texts) for theme, texts in taught.items()}
        among = Counter(term for found in counts.values() for term in found)
        self._rarity = {term: math.log(1 + len(counts) / number) for term, number in among.items()}
        self._themes = {theme: self._vector(found) for theme, found in counts.items()}

    def _count(self, texts: Iterable[str]) -> Counter[str]:
        found: Counter[str] = Counter()
        for text in texts:
            for word in words(text):
                for term, weight in terms(word, self._language):
                    if term not in self._ignored:
                        found[term] += weight  # pyright: ignore[reportArgumentType]
        return found

    def _vector(self, counted: Mapping[str, float]) -> Vector:
        weighed = {
            term: (1 + math.log(max(count, 1e-9)) if count > 1 else count) * self._rarity[term]
            for term, count in counted.items()
            if term in self._rarity
        }
        length = math.sqrt(sum(value * value for value in weighed.values())) or 1.0
        return {term: value / length for term, value in weighed.items()}

    def likeness(self, text: str) -> dict[str, float]:
        """How like each theme a text is, between 0 and 1."""
        vector = self._vector(self._count([text]))
        return {
            theme: sum(value * taught.get(term, 0.0) for term, value in vector.items())
            for theme, taught in self._themes.items()
        }

    def nearest(self, text: str) -> str:
        """The theme that a text is most like; "" where it is like none."""
        found = self.likeness(text)
        best = max(found, key=lambda theme: (found[theme], theme), default="")
        return best if best and found[best] > 0 else ""

    def found(self, text: str) -> tuple[str, ...]:
        """The themes of a text, sentence by sentence, the strongest first; other where it is about none."""
        weight: Counter[str] = Counter()
        for sentence in SENTENCE.split(text):
            near = self.likeness(sentence)
            best = max(near, key=lambda theme: (near[theme], theme), default="")
            if best and near[best] >= LEAST:
                weight[best] += near[best]  # pyright: ignore[reportArgumentType]
        return tuple(theme for theme, _ in sorted(weight.items(), key=lambda each: (-each[1], each[0]))) or (NONE,)


@lru_cache(maxsize=4)
def of_language(language: str) -> Topics:
    """The themes of the county's content in a language, read once in the life of a process."""
    return Topics(lexicon.themes(language), language, lexicon.empty_of_theme(language))


def found(text: str, language: str) -> tuple[str, ...]:
    """The themes of a text: codes of feedback_theme, the strongest first."""
    return of_language(language).found(text)
