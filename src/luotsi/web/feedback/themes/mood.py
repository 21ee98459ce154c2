"""In which mood a free text is: by words of praise and of blame, and by what turns them round.

The words stand in county/themes, in the files of moods. How often it is right stands in benchmarks/feedback_themes.
"""

from __future__ import annotations

import re

from luotsi.web.feedback.themes import lexicon
from luotsi.web.services.language import WORD

CLAUSE = re.compile(r"[.!?;:\n]+|,\s+(?=mutta|men|but|vaikka|fast)|\s(?:mutta|men|but)\s", re.IGNORECASE)
_TURNS = """
    ei en et emme ette eivät eikä enkä älä ilman tuskin inte aldrig utan knappast ingen inget inga not never
    no without hardly didn't wasn't isn't don't doesn't couldn't
"""
TURNS = frozenset(_TURNS.split())
REACH = 4
"""So many words after a negation are turned round."""


def of(text: str, language: str) -> str:
    """A code of feedback_mood: positive, negative, mixed or neutral."""
    praise = blame = 0
    for clause in CLAUSE.split(text):
        more, less = _weighed(clause, language)
        praise, blame = praise + more, blame + less
    if praise and blame:
        return "mixed" if max(praise, blame) < 3 * min(praise, blame) else "positive" if praise > blame else "negative"
    return "positive" if praise else "negative" if blame else "neutral"


def _weighed(clause: str, language: str) -> tuple[int, int]:
    """(words of praise, words of blame) in a clause, those after a negation turned round."""
    good, bad = lexicon.moods(language)
    praise = blame = 0
    turned = -REACH - 1
    for at, word in enumerate(WORD.findall(clause.lower())):
        if word in TURNS:
            turned = at
            continue
        keys = lexicon.keys(word, language)
        is_turned = at - turned <= REACH
        if keys & bad:
            # "ei tarvinnut odottaa" thanks, "en saanut apua" blames
            praise, blame = (praise + 1, blame) if is_turned else (praise, blame + 1)
        elif keys & good:
            praise, blame = (praise, blame + 1) if is_turned else (praise + 1, blame)
    return praise, blame
