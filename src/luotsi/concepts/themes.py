"""Themes and moods of free text as county content: the words and examples by which a machine knows them."""

from __future__ import annotations

from luotsi.concepts.records import Name, Record


class Words(Record):
    """Texts in each language; a language may be left empty."""

    fi: tuple[str, ...] = ()
    sv: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Theme(Record):
    """A theme of feedback, or a mood: the code of the list `feedback_theme` or `feedback_mood`.

    `words`: in their dictionary form. `examples`: sentences that people might write; no one's own words.
    """

    theme: Name
    words: Words
    examples: Words = Words()

    def taught(self) -> dict[str, tuple[str, ...]]:
        """Language -> all its texts."""
        return {each: (*getattr(self.words, each), *getattr(self.examples, each)) for each in ("fi", "sv", "en")}
