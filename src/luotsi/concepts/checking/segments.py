"""Judges segment lists: their rows and looks as for measures, their rules, and the shape of worked examples."""

from __future__ import annotations

from luotsi.concepts.checking import examples
from luotsi.concepts.checking.judge import Judge
from luotsi.concepts.checking.measures import chosen


def check(judge: Judge) -> None:
    """Judges one segment list."""
    segments = judge.county.segments[judge.name]
    for word in ("label", "definition"):
        judge.label((word,), getattr(segments, word))
    judge.said((), source=segments.source, owner=segments.owner)
    found = chosen(judge, (), segments)
    if not segments.rules:
        judge.fault(("rules",), "there are no rules", "Add rules; the last should hold for all")
    names: list[str] = []
    for place, rule in enumerate(segments.rules):
        judge.label(("rules", place, "label"), rule.label)
        if rule.segment in names:
            judge.fault(("rules", place, "segment"), f"the segment {rule.segment} stands twice", "Join the two rules")
        names.append(rule.segment)
        if found is not None:
            judge.expression(("rules", place, "when"), rule.when, found.result, ("boolean",))
    if segments.rules and segments.rules[-1].when.strip().lower() != "true":
        what = "the last rule does not hold for all"
        judge.fault(("rules", len(segments.rules) - 1, "when"), what, "End with a rule whose when is TRUE")
    examples.check(judge, segments.examples, (), ())
