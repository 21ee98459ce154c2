"""The words that themes and moods are known by: county/themes, one file each, read once in the life of a process."""

from __future__ import annotations

from functools import lru_cache

from luotsi.web.feedback.content import county
from luotsi.web.services.language import PART, terms

MOODS = ("positive", "negative")


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, tuple[str, ...]]]:
    """Theme or mood -> language -> its words and examples."""
    return {name: each.taught() for name, each in county().themes.items()}


def texts(name: str, language: str) -> tuple[str, ...]:
    """The words and examples of a theme or a mood in a language, as they are written."""
    return _texts()[name].get(language, ())


def themes(language: str) -> dict[str, tuple[str, ...]]:
    """Theme -> texts that are about it, in a language."""
    return {name: each.get(language, ()) for name, each in _texts().items() if name not in MOODS}


def keys(word: str, language: str) -> frozenset[str]:
    """What a word is compared by: its dictionary forms, or its root."""
    return frozenset(term for term, weight in terms(word, language) if weight > PART)


@lru_cache(maxsize=4)
def moods(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """(words of praise, words of blame) in a language, as `keys` has them."""
    good, bad = (
        frozenset(key for text in texts(name, language) for word in text.split() for key in keys(word, language))
        for name in MOODS
    )
    return good - bad, bad


@lru_cache(maxsize=4)
def empty_of_theme(language: str) -> frozenset[str]:
    """Words of praise and blame that are no theme's own: good food and good care are alike in nothing but praise."""
    named = (
        word for name, each in county().themes.items() if name not in MOODS for word in getattr(each.words, language)
    )
    own = {key for text in named for word in text.split() for key in keys(word, language)}
    good, bad = moods(language)
    return (good | bad) - own
