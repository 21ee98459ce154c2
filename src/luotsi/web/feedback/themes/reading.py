"""Reads a free text: masks it, says what it is about and in which mood. The one door to this package."""

from __future__ import annotations

from typing import NamedTuple

from luotsi.web.feedback.themes import masking, mood, topics

CRITIC, PROMOTER = 6, 9
"""The highest recommendation of a critic and the lowest of a promoter, as in the Net Promoter Score."""


class Read(NamedTuple):
    """A free text as it is kept. `themes`: codes of feedback_theme, the strongest first; `mood`: of feedback_mood."""

    text: str
    themes: tuple[str, ...]
    mood: str


def masked(text: str, language: str) -> str:
    """A text with names, personal identity codes, numbers and e-mail addresses masked."""
    return masking.masked(text, _known(language))


def read(text: str, language: str, recommends: int | None = None) -> Read:
    """A text masked, with themes and mood; of an empty one nothing is said.

    recommends: 0 to 10, by the same person; it tells the mood where the words do not.
    """
    if not text.strip():
        return Read("", (), "")
    language = _known(language)
    clean = masking.masked(text.strip(), language)
    found = mood.of(clean, language)
    if found == "neutral" and recommends is not None:
        found = "positive" if recommends >= PROMOTER else "negative" if recommends <= CRITIC else found
    return Read(clean, topics.found(clean, language), found)


def _known(language: str) -> str:
    """The language a text is read in: English for one that has no words here."""
    return language if language in masking.MASKS else "en"
