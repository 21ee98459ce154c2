"""Judges concepts: keys, attributes, code lists, references, dimensions; cycles of references; unused concepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from luotsi.concepts.checking.judge import Judge, Path
from luotsi.concepts.reading import County, Fault
from luotsi.concepts.records import Attribute, Concept, Rows, Segments
from luotsi.concepts.scope import PERIOD_ENDS, RESERVED, Scope, columns

DATES = ("date", "timestamp")


def check(judge: Judge) -> None:
    """Judges one concept."""
    concept = judge.county.concepts[judge.name]
    judge.label(("label",), concept.label)
    judge.said((), definition=concept.definition, standard=concept.standard)
    _attributes(judge, ("attributes",), concept.attributes)
    for name, many in concept.many.items():
        _attributes(judge, ("many", name, "attributes"), many.attributes)
        for each in many.by:
            judge.among(("many", name, "by"), each, many.attributes, "attribute")
        for each in many.attributes.keys() & concept.attributes.keys():
            what = f"{each} is an attribute of {judge.name} and of its group {name}"
            judge.fault(("many", name, "attributes", each), what, "Name one of them otherwise")
    _key(judge, concept)
    scope = Scope(judge.county, {**columns(judge.county, judge.name), **PERIOD_ENDS})
    for name, expression in concept.dimensions.items():
        judge.expression(("dimensions", name), expression, scope)
        if name in judge.county.codes:
            judge.literals(("dimensions", name), expression, name)


def _key(judge: Judge, concept: Concept) -> None:
    if not concept.key:
        judge.fault(("key",), "the key is empty", "Name the attributes that tell one row from another")
    for name in concept.key:
        if judge.among(("key",), name, concept.attributes, "attribute") and not concept.attributes[name].required:
            what = f"{name} is in the key but not required"
            judge.fault(("attributes", name), what, "Say required: true, since a row without it has no key")
    if (
        concept.happens is not None
        and judge.among(("happens",), concept.happens, concept.attributes, "attribute")
        and concept.attributes[concept.happens].type not in DATES
    ):
        found = concept.attributes[concept.happens].type
        judge.fault(("happens",), f"{concept.happens} is {found}", "Name an attribute that is date or timestamp")


def _attributes(judge: Judge, path: Path, attributes: Mapping[str, Attribute]) -> None:
    for name, each in attributes.items():
        here = (*path, name)
        judge.label((*here, "label"), each.label)
        judge.said(here, definition=each.definition, standard=each.standard)
        if name in RESERVED:
            judge.fault(here, f"{name} is a word of the engine", "Name the attribute otherwise")
        if each.type == "code" and each.codes is None:
            judge.fault(here, f"{name} is a code without a list", "Name the list: codes: <list>, or make it text")
        if each.codes is not None and each.type != "code":
            judge.fault((*here, "codes"), f"{name} has a code list but is {each.type}", "Say type: code")
        if each.codes is not None:
            judge.among((*here, "codes"), each.codes, judge.county.codes, "code list")
        if each.type == "reference" and each.refers is None:
            judge.fault(here, f"{name} refers to no concept", "Name the concept: refers: <concept>")
        if each.refers is not None and each.type != "reference":
            judge.fault((*here, "refers"), f"{name} refers but is {each.type}", "Say type: reference")
        if each.refers is not None:
            judge.among((*here, "refers"), each.refers, judge.county.concepts, "concept")


def cycles(county: County) -> Iterator[Fault]:
    """Concepts that refer to each other in a ring; a hierarchy within one concept is no ring."""
    refers = {
        name: {
            attribute: each.refers
            for attribute, each in concept.attributes.items()
            if each.refers is not None and each.refers != name
        }
        for name, concept in county.concepts.items()
    }
    told: set[frozenset[str]] = set()
    for name in sorted(refers):
        ring = _ring(refers, name)
        if ring and frozenset(ring) not in told:
            told.add(frozenset(ring))
            attribute = next(each for each, concept in refers[name].items() if concept == [*ring, name][1])
            yield Fault(
                str(county.files["concepts", name]),
                county.line("concepts", name, "attributes", attribute),
                f"concepts refer in a ring: {' > '.join([*ring, name])}",
                "Drop one of the references; the other way round is found by a look",
            )


def _ring(refers: Mapping[str, Mapping[str, str]], start: str) -> list[str]:
    """The shortest way from a concept along references back to itself; empty if there is none."""
    ways: list[list[str]] = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for concept in refers.get(way[-1], {}).values():
            if concept == start:
                return way
            if concept not in seen:
                seen.add(concept)
                ways.append([*way, concept])
    return []


def unused(county: County) -> Iterator[Fault]:
    """Concepts that no source, measure or segment list uses, unless they say by what they are used."""
    tables = [table for source in county.sources.values() for table in source.tables.values()]
    used = {mapping.concept for table in tables for mapping in table.into}
    for rows in (*county.measures.values(), *county.segments.values()):
        used |= _asked(rows)
    for name, concept in county.concepts.items():
        if name not in used and not (concept.used_by or "").strip():
            yield Fault(
                str(county.files["concepts", name]),
                county.line("concepts", name, "concept"),
                f"nothing uses the concept {name}: no source, measure or segment list",
                "Map it in a source, delete it, or say in used_by why it stands here",
            )


def _asked(rows: Rows | Segments) -> set[str]:
    found = {rows.rows.partition(".")[0], *(look.of for look in rows.look.values())}
    per = getattr(rows, "per", None)
    return found | (_asked(per) if isinstance(per, Rows) else set())
