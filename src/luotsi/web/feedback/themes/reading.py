"""Reads a free text: masks it, says what it is about and in which mood. The one door to this package."""

from __future__ import annotations

from typing import NamedTuple

from luotsi.web.feedback.themes import masking, mood, topics


class Read(NamedTuple):
    """A free text as it is kept. `themes`: codes of feedback_theme, the strongest first; `mood`: of feedback_mood."""

    text: str
    themes: tuple[str, ...]
    mood: str


def masked(text: str, language: str) -> str:
    """A text with names, personal identity codes, numbers and e-mail addresses masked."""
    return masking.masked(text, language)


def read(text: str, language: str) -> Read:
    """A text masked, with themes and mood; of an empty one nothing is said."""
    if not text.strip():
        return Read("", (), "")
    clean = masked(text.strip(), language)
    return Read(clean, topics.found(clean, language), mood.of(clean, language))
