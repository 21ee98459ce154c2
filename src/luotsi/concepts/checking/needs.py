"""Judges areas of life: that each can be asked in three languages and has words to be found by."""

from __future__ import annotations

from luotsi.concepts.checking.judge import Judge


def check(judge: Judge) -> None:
    """Judges one area of life."""
    need = judge.county.needs[judge.name]
    judge.label(("label",), need.label)
    judge.label(("question",), need.question)
    if not need.words:
        judge.fault(("words",), "there are no words", "Add what people say who need help in this area")
    seen: set[str] = set()
    for place, words in enumerate(need.words):
        for word in words.fi:
            if word in seen:
                judge.fault(("words", place), f"the word {word} stands twice", "Keep it in one group")
            seen.add(word)
    orders = [each.order for each in judge.county.needs.values()]
    if orders.count(need.order) > 1:
        judge.fault(("order",), f"two areas have the place {need.order}", "Give each a place of its own")
