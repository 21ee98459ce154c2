"""In which mood a free text is: by words of praise and of blame, by what turns them round, by what was not done.

The words stand in county/themes, in the files positive and negative. How often it is right stands in
benchmarks/feedback_themes: far from always.
"""

from __future__ import annotations

import re

from luotsi.web.feedback.themes import lexicon
from luotsi.web.services.language import WORD

CLAUSE = re.compile(r"[.!?;:\n]+|,\s+(?=mutta|men|but|vaikka|fast)|\s(?:mutta|men|but)\s", re.IGNORECASE)
TURNS = {
    "fi": frozenset(("ei", "en", "et", "emme", "ette", "eivät", "eikä", "enkä", "eivätkä", "älä", "ilman", "kukaan")),
    "sv": frozenset(("inte", "aldrig", "utan", "knappast", "ingen", "inget", "inga", "ej")),
    "en": frozenset(
        ("not", "never", "no", "without", "hardly", "nobody", "none", "didn't", "wasn't", "don't", "couldn't")
    ),
}
"""Words that turn those near them round."""
NOTHING = frozenset(("muuta", "lisättävää", "kommentoitavaa", "sanottavaa", "tillägga", "annat", "else", "add"))
"""After a negation these say only that there is nothing to say."""
BACK, ON = 2, 4
"""So many words before a negation (not in Finnish, where it comes first) and after it are turned round."""


def of(text: str, language: str) -> str:
    """A code of feedback_mood: positive, negative, mixed or neutral."""
    praise = blame = 0
    for clause in CLAUSE.split(text):
        more, less = _weighed(WORD.findall(clause.lower()), language)
        praise, blame = praise + more, blame + less
    if praise and blame:
        return "mixed" if max(praise, blame) < 3 * min(praise, blame) else "positive" if praise > blame else "negative"
    return "positive" if praise else "negative" if blame else "neutral"


def _weighed(said: list[str], language: str) -> tuple[int, int]:
    """(words of praise, words of blame) in a clause, those near a negation turned round.

    What was not done or not there is blame too, unless it is praised or blamed by a word: thanks seldom tell of it.
    """
    good, bad = lexicon.moods(language)
    turns = [at for at, word in enumerate(said) if word in TURNS[language]]
    back = 0 if language == "fi" else BACK
    praise = blame = 0
    for at, word in enumerate(said):
        keys = lexicon.keys(word, language)
        if at in turns or not keys & (good | bad):
            continue
        turned = any(turn - back <= at <= turn + ON for turn in turns)
        # "ei tarvinnut odottaa" thanks, "en saanut apua" blames
        is_praise = bool(keys & bad) == turned
        praise, blame = praise + is_praise, blame + (not is_praise)
    if turns and not praise + blame and not NOTHING & set(said):
        blame = 1
    return praise, blame
