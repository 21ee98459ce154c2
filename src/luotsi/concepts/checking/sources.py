"""Judges sources: columns, mappings to concepts, translations of codes, and who may read identifying columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

from luotsi.concepts.checking.judge import Judge, Path
from luotsi.concepts.expressions import ExpressionError, names, parse
from luotsi.concepts.records import Attribute, Concept, Mapping, Source, Table, Value
from luotsi.concepts.scope import Known, Scope


@dataclass(frozen=True)
class Sheet:
    """One table of a source as its mappings see it."""

    path: Path
    table: Table
    scope: Scope
    identifying: frozenset[str]
    """Columns that land in the identity store alone."""
    identifiers: dict[str, set[str]]
    """Columns that land as pseudonyms, with the systems they are pseudonyms in."""


def check(judge: Judge) -> None:
    """Judges one source."""
    source = judge.county.sources[judge.name]
    judge.label(("label",), source.label)
    judge.said((), definition=source.definition, owner=source.owner)
    for name, table in source.tables.items():
        sheet = _sheet(judge, ("tables", name), table)
        _columns(judge, sheet)
        for place, mapping in enumerate(table.into):
            _mapping(judge, sheet, (*sheet.path, "into", place), mapping)
        for column, systems in sheet.identifiers.items():
            if len(systems) > 1:
                what = f"the column {column} is an identifier under {' and '.join(sorted(systems))}"
                judge.fault((*sheet.path, "columns", column), what, "One column can be an identifier of one system")
    _required(judge, source)


def _sheet(judge: Judge, path: Path, table: Table) -> Sheet:
    columns = set(table.columns)
    if table.unpivot is not None:
        columns |= {table.unpivot.name, table.unpivot.value}
    identifying: set[str] = set()
    identifiers: dict[str, set[str]] = {}
    for mapping in table.into:
        concept = judge.county.concepts.get(mapping.concept)
        if concept is None:
            continue
        attributes = _attributes(concept, mapping)
        for name, value in (*mapping.key.items(), *mapping.attributes.items()):
            attribute = attributes.get(name)
            if attribute is None:
                continue
            if identifies(judge, attribute, name in mapping.key):
                if value.value in columns:
                    identifiers.setdefault(value.value, set()).add(value.system or "$instance")
            elif attribute.privacy == "identifying":
                identifying |= _read(value.value)
        for same in mapping.same_as:
            if any(concept.attributes[name].privacy == "identifying" for name in mapping.key if name in attributes):
                for value in (same.member, same.master):
                    identifiers.setdefault(value.value, set()).add(value.system or "$instance")
    scope = Scope(judge.county, {name: Known("text") for name in columns})
    return Sheet(path, table, scope, frozenset(identifying), identifiers)


def identifies(judge: Judge, attribute: Attribute, key: bool) -> bool:
    """Whether a value of this attribute is an identifier: an identifying key, or a reference to a concept with one."""
    if attribute.refers is None:
        return key and attribute.privacy == "identifying"
    concept = judge.county.concepts.get(attribute.refers)
    return concept is not None and any(
        concept.attributes[name].privacy == "identifying" for name in concept.key if name in concept.attributes
    )


def _columns(judge: Judge, sheet: Sheet) -> None:
    table, path = sheet.table, sheet.path
    headings: dict[str, str] = {}
    for name, column in table.columns.items():
        for heading in (name, *column.also):
            if heading in headings:
                what = f"the heading {heading} stands for {headings[heading]} and {name}"
                judge.fault((*path, "columns", name), what, "Let each heading stand for one column")
            headings.setdefault(heading, name)
    if table.changed_at is not None:
        judge.among((*path, "changed_at"), table.changed_at, table.columns, "column")
    if table.deleted is not None:
        judge.expression((*path, "deleted"), table.deleted, sheet.scope, ("boolean",))
        _guarded(judge, sheet, (*path, "deleted"), table.deleted)
    if table.unpivot is not None:
        try:
            re.compile(table.unpivot.columns)
        except re.error as error:
            what = f"{table.unpivot.columns!r} is not a regular expression: {error}"
            judge.fault((*path, "unpivot", "columns"), what, "Write one that matches the headings to turn")


def _mapping(judge: Judge, sheet: Sheet, path: Path, mapping: Mapping) -> None:
    if not judge.among((*path, "concept"), mapping.concept, judge.county.concepts, "concept"):
        return
    concept = judge.county.concepts[mapping.concept]
    if mapping.many is not None and not judge.among((*path, "many"), mapping.many, concept.many, "group"):
        return
    if mapping.where is not None:
        judge.expression((*path, "where"), mapping.where, sheet.scope, ("boolean",))
        _guarded(judge, sheet, (*path, "where"), mapping.where)
    attributes = _attributes(concept, mapping)
    for name, value in mapping.key.items():
        if judge.among((*path, "key", name), name, concept.key, "key attribute", mapping.concept):
            _value(judge, sheet, (*path, "key", name), value, concept.attributes[name], key=True)
    for name in concept.key:
        if name not in mapping.key:
            judge.fault((*path, "key"), f"the key of {mapping.concept} lacks {name}", f"Map {name} to a column")
    for name, value in mapping.attributes.items():
        here = (*path, "attributes", name)
        if name in concept.key and mapping.many is None:
            judge.fault(here, f"{name} is in the key of {mapping.concept}", "Map it under key alone")
        elif judge.among(here, name, attributes, "attribute", mapping.concept):
            _value(judge, sheet, here, value, attributes[name], key=False)
    for name in concept.many[mapping.many].by if mapping.many else ():
        if name not in mapping.attributes:
            judge.fault((*path, "attributes"), f"the group {mapping.many} lacks {name}", f"Map {name} to a column")
    for place, same in enumerate(mapping.same_as):
        for side, value in (("member", same.member), ("master", same.master)):
            here = (*path, "same_as", place, side)
            judge.expression(here, value.value, sheet.scope)
            if value.value not in sheet.scope.names:
                judge.fault(here, f"{value.value!r} is not a column", "Name the column that holds the id alone")
            if value.system is None:
                judge.fault(here, f"the {side} has no system", "Say in which system the id is unique, or $instance")


def _value(judge: Judge, sheet: Sheet, path: Path, value: Value, attribute: Attribute, *, key: bool) -> None:
    wanted = "text" if attribute.type in ("code", "reference") else attribute.type
    judge.expression(path, value.value, sheet.scope, (wanted, "text"))
    if value.system is not None and not key and attribute.refers is None:
        what = f"{path[-1]} is no key and no reference, so it has no system"
        judge.fault((*path, "system"), what, "Delete system")
    if identifies(judge, attribute, key):
        if value.value not in sheet.scope.names:
            what = f"{path[-1]} identifies a person, so {value.value!r} cannot be reckoned"
            judge.fault(path, what, "Name the column that holds the id alone")
    elif attribute.privacy != "identifying":
        _guarded(judge, sheet, path, value.value)
    elif attribute.privacy == "identifying" and value.value not in sheet.scope.names:
        judge.fault(path, f"{path[-1]} is identifying, so {value.value!r} cannot be reckoned", "Name one column alone")
    _translated(judge, path, value, attribute)


def _translated(judge: Judge, path: Path, value: Value, attribute: Attribute) -> None:
    match value.translate:
        case None:
            judge.literals(path, value.value, attribute.codes)
        case str():
            if judge.among((*path, "translate"), value.translate, judge.county.codes, "code list"):
                rows = judge.county.codes[value.translate].rows
                if not any(cells.get("national") for cells in rows.values()):
                    what = f"the code list {value.translate} has no column national"
                    judge.fault((*path, "translate"), what, "Add the column, or write the translation here")
                for cells in rows.values():
                    if cells.get("national"):
                        judge.value((*path, "translate"), str(cells["national"]), attribute.codes)
        case _:
            for local, code in value.translate.items():
                judge.value((*path, "translate", local), code, attribute.codes)


def _guarded(judge: Judge, sheet: Sheet, path: Path, text: str) -> None:
    """Identifying columns cannot be read, and of a pseudonym nothing can be reckoned but whether it is there."""
    try:
        tree = parse(text)
    except ExpressionError:
        return
    for node in tree.find_all(exp.Column):
        if node.name in sheet.identifying:
            what = f"the column {node.name} is identifying and stays in the identity store"
            judge.fault(path, what, "Use another column")
        elif node.name in sheet.identifiers and not isinstance(node.parent, exp.Is):
            what = f"the column {node.name} is an identifier, known here by its pseudonym alone"
            judge.fault(path, what, "Ask only whether it IS NULL, or use another column")


def _required(judge: Judge, source: Source) -> None:
    """Required attributes have to be mapped by some table of the source that feeds the concept."""
    mapped: dict[tuple[str, str | None], set[str]] = {}
    first: dict[tuple[str, str | None], Path] = {}
    for name, table in source.tables.items():
        for place, mapping in enumerate(table.into):
            fed = (mapping.concept, mapping.many)
            mapped.setdefault(fed, set()).update(mapping.key, mapping.attributes)
            if mapping.key or mapping.attributes:
                first.setdefault(fed, ("tables", name, "into", place))
    for (concept_name, many), given in mapped.items():
        concept = judge.county.concepts.get(concept_name)
        if concept is None or (many is not None and many not in concept.many):
            continue
        attributes = concept.many[many].attributes if many else concept.attributes
        for name, each in attributes.items():
            if each.required and name not in given and name not in concept.key:
                what = f"no table of {judge.name} gives {concept_name} its required {name}"
                judge.fault(first[concept_name, many], what, f"Map {name} to a column")


def _attributes(concept: Concept, mapping: Mapping) -> dict[str, Attribute]:
    if mapping.many is not None and mapping.many in concept.many:
        return {**{name: concept.attributes[name] for name in concept.key}, **concept.many[mapping.many].attributes}
    return dict(concept.attributes)


def _read(text: str) -> set[str]:
    try:
        return {name for name, _ in names(parse(text))}
    except ExpressionError:
        return set()
