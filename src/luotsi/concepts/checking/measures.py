"""Judges measures: rows, looks, methods, results, dimensions, targets, and the shape of worked examples."""

from __future__ import annotations

from luotsi.concepts.checking import examples
from luotsi.concepts.checking.judge import Judge, Path
from luotsi.concepts.functions import ANY
from luotsi.concepts.methods import METHODS
from luotsi.concepts.records import Look, Measure, Method, Per, Rows, Segments
from luotsi.concepts.scope import Scope, Stages, has_segment, look_scope, stages

MOMENTS = ("date", "timestamp")
COUNTED = ("boolean", "decimal")
VALUED = ("sum", "min", "max", "mean", "first", "latest")
NUMBERED = {"median": ("decimal",), "top_share": ("decimal",), "sum": ("decimal",), "distinct": (ANY,)}
"""Types of the numerator where it is not counted."""


def check(judge: Judge) -> None:
    """Judges one measure."""
    measure = judge.county.measures[judge.name]
    for word in ("label", "definition", "why"):
        judge.label((word,), getattr(measure, word))
    for other in measure.also:
        if any(
            other == each.measure or (each is not measure and other in each.also)
            for each in judge.county.measures.values()
        ):
            judge.fault(("also",), f"{other} already names a measure", "Give a name that no other measure has")
    judge.said((), source=measure.source, owner=measure.owner, unit=measure.unit)
    found = chosen(judge, (), measure)
    if found is not None:
        _numbers(judge, measure, found)
        _dimensions(judge, (), measure, found)
        if measure.per is not None:
            _per(judge, measure.per)
    for place, target in enumerate(measure.target):
        if target.since is not None and target.until is not None and target.since > target.until:
            judge.fault(("target", place), "the target ends before it begins", "Mend since or until")
    dimensions = {*measure.dimensions, *(each for pair in measure.pairs for each in pair)}
    examples.check(judge, measure.examples, dimensions, examples.NUMBERS)


def chosen(judge: Judge, path: Path, rows: Rows | Segments) -> Stages | None:
    """Judges how rows are chosen and gives the scopes of the steps; None where there are no such rows."""
    county = judge.county
    concept_name, _, many = rows.rows.partition(".")
    if not judge.among((*path, "rows"), concept_name, county.concepts, "concept"):
        return None
    concept = county.concepts[concept_name]
    if many and not judge.among((*path, "rows"), many, concept.many, "group", concept_name):
        return None
    steps = stages(county, rows)
    _own_names(judge, path, rows, steps)
    scope, later = steps.row, [*rows.let, *rows.look, *rows.then]
    for name, text in rows.let.items():
        judge.expression((*path, "let", name), text, scope, later=later)
        scope = scope.joined({name: steps.let.names[name]})
    for name, look in rows.look.items():
        _look(judge, (*path, "look", name), rows, look, steps.let, later)
    scope = steps.look
    for name, text in rows.then.items():
        judge.expression((*path, "then", name), text, scope, later=later)
        scope = scope.joined({name: steps.then.names[name]})
    if rows.where is not None:
        judge.expression((*path, "where"), rows.where, steps.then, ("boolean",))
    if isinstance(rows, Rows):
        _moment(judge, path, rows, steps)
    return steps


def _moment(judge: Judge, path: Path, rows: Rows, steps: Stages) -> None:
    """The date of a row, and the method that makes new rows."""
    if rows.method is not None:
        _method(judge, (*path, "method"), rows.method, steps.then)
    dated = steps.result if rows.method and _within(rows.method) == "all" else steps.then
    concept = judge.county.concepts[rows.rows.partition(".")[0]]
    if rows.at is not None:
        judge.expression((*path, "at"), rows.at, dated, MOMENTS)
        if rows.each == "period_end":
            judge.fault((*path, "at"), "a census has no at", "Delete at, or say each: row")
    elif rows.each == "row" and concept.happens is None:
        judge.fault((*path, "rows"), f"nothing dates a row of {rows.rows}", "Say at: <date>, or each: period_end")


def _within(method: Method) -> str | None:
    return METHODS[method.name].within if method.name in METHODS else None


def _own_names(judge: Judge, path: Path, rows: Rows | Segments, steps: Stages) -> None:
    """Each named expression and look needs a name of its own."""
    taken = dict.fromkeys(steps.row.names, "an attribute")
    for word in ("let", "look", "then"):
        for name in getattr(rows, word):
            if name in taken:
                judge.fault((*path, word, name), f"{name} is already {taken[name]}", "Give it a name of its own")
            taken.setdefault(name, f"a {word}")


def _look(judge: Judge, path: Path, rows: Rows | Segments, look: Look, let: Scope, later: list[str]) -> None:
    county = judge.county
    if not judge.among((*path, "of"), look.of, county.concepts, "concept"):
        return
    other = county.concepts[look.of]
    if look.many is not None and not judge.among((*path, "many"), look.many, other.many, "group", look.of):
        return
    scope = look_scope(county, look, let)
    _shared(judge, path, rows, look, scope, let)
    if look.where is not None:
        judge.expression((*path, "where"), look.where, scope, ("boolean",))
    if look.at is not None:
        judge.expression((*path, "at"), look.at, scope, MOMENTS)
    elif other.happens is None and (look.after or look.before or look.take in ("first", "latest")):
        judge.fault(path, f"nothing dates a row of {look.of}", "Say at: <date>")
    for word, text in (("after", look.after), ("before", look.before)):
        if text is not None:
            judge.expression((*path, word), text, let, MOMENTS, later)
    if look.value is not None:
        wanted = ("decimal",) if look.take in ("sum", "mean") else (ANY,)
        judge.expression((*path, "value"), look.value, scope, wanted)
    elif look.take in VALUED:
        judge.fault(path, f"take: {look.take} has no value", "Say value: <expression over the other row>")


def _shared(judge: Judge, path: Path, rows: Rows | Segments, look: Look, scope: Scope, let: Scope) -> None:
    """Both rows have the reference `by`, or are the thing it refers to."""
    sides = ((rows.rows.partition(".")[0], let), (look.of, scope))
    ends = [concept if concept == look.by else _refers(side, look.by) for concept, side in sides]
    for (concept, side), end in zip(sides, ends, strict=True):
        if end is None:
            references = [name for name, each in side.names.items() if each.refers and name != "key"]
            judge.among((*path, "by" if look.by != "person" else "of"), look.by, references, "reference", concept)
    if None not in ends and ends[0] != ends[1]:
        what = f"{look.by} is {ends[0]} in {sides[0][0]} and {ends[1]} in {sides[1][0]}"
        judge.fault((*path, "by"), what, "Look by a reference to the same concept")


def _refers(scope: Scope, name: str) -> str | None:
    known = scope.names.get(name)
    return known.refers if known else None


def _method(judge: Judge, path: Path, method: Method, then: Scope) -> None:
    if not judge.among((*path, "name"), method.name, METHODS, "method"):
        return
    shape = METHODS[method.name]
    for name, text in method.arguments.items():
        if judge.among((*path, "arguments", name), name, shape.takes, "argument", method.name):
            judge.expression((*path, "arguments", name), text, then, (shape.takes[name],))
    for name in shape.takes:
        if name not in method.arguments and name not in shape.optional:
            judge.fault(path, f"{method.name} lacks the argument {name}", f"Add {name}: <{shape.takes[name]}>")


def _numbers(judge: Judge, measure: Measure, found: Stages) -> None:
    wanted = NUMBERED.get(measure.result, COUNTED)
    judge.expression(("numerator",), measure.numerator, found.result, wanted)
    if measure.denominator is not None:
        judge.expression(("denominator",), measure.denominator, found.result, COUNTED)
        if measure.result in ("count", "sum", "distinct"):
            what = f"a {measure.result} has no denominator"
            judge.fault(("denominator",), what, "Delete it, or make the result a share or ratio")
        if measure.per is not None:
            judge.fault(("denominator",), "there is a denominator and a per", "Keep one of them")
    if measure.per is not None and measure.result in ("median", "mean", "top_share"):
        judge.fault(("per",), f"a {measure.result} has no per", "Make the result a ratio, count, sum or distinct")


def _dimensions(judge: Judge, path: Path, rows: Measure, found: Stages) -> None:
    shape = METHODS.get(rows.method.name) if rows.method else None
    concept = (shape.rows if shape else None) or rows.rows.partition(".")[0]
    known = {*found.dimensions, *(("segment",) if has_segment(judge.county, concept) else ())}
    for place, name in enumerate(rows.dimensions):
        here = (*path, "dimensions", place)
        if judge.among(here, name, known, "dimension", rows.rows) and name in found.dimensions:
            judge.expression(here, found.dimensions[name], found.grouped)
        if name in rows.dimensions[:place]:
            judge.fault(here, f"the dimension {name} stands twice", "Keep one of them")
    for place, pair in enumerate(rows.pairs):
        for name in pair:
            judge.among((*path, "pairs", place), name, rows.dimensions, "dimension", judge.name)
        if pair[0] == pair[1]:
            judge.fault((*path, "pairs", place), f"{pair[0]} is crossed with itself", "Cross two dimensions")


def _per(judge: Judge, per: Per) -> None:
    found = chosen(judge, ("per",), per)
    if found is not None:
        judge.expression(("per", "sum"), per.sum, found.result, COUNTED)
