"""Judges segment lists: their rows and looks as for measures, their rules, and the shape of worked examples."""

from __future__ import annotations

from luotsi.concepts.checking import examples
from luotsi.concepts.checking.judge import Judge
from luotsi.concepts.checking.measures import chosen
from luotsi.concepts.records import Rule


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
        _fits(judge, place, rule)
        if found is not None:
            judge.expression(("rules", place, "when"), rule.when, found.result, ("boolean",))
    if segments.rules and segments.rules[-1].when.strip().lower() != "true":
        what = "the last rule does not hold for all"
        judge.fault(("rules", len(segments.rules) - 1, "when"), what, "End with a rule whose when is TRUE")
    examples.check(judge, segments.examples, (), ())


def _fits(judge: Judge, place: int, rule: Rule) -> None:
    """Service classes are not judged: the county keeps no list of them."""
    if rule.fits is None:
        return
    groups = judge.county.codes.get("target_group")
    for each in rule.fits.target_groups:
        path = ("rules", place, "fits", "target_groups")
        judge.among(path, each, groups.rows if groups else (), "code", "target_group")
    for each in rule.fits.needs:
        judge.among(("rules", place, "fits", "needs"), each, judge.county.needs, "area of life")
