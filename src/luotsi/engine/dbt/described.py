"""The property files of the project: its sources, and its models with labels, privacy classes and tests.

What people read is told from the county's records; nothing is asked of the data.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from luotsi.concepts.privacy import landing_columns
from luotsi.concepts.reading import County
from luotsi.concepts.records import Attribute, Label
from luotsi.engine.dbt.dialects import Dialect
from luotsi.engine.dbt.models import Made
from luotsi.engine.dbt.staged import source_name
from luotsi.engine.marts.relations import Relation, all_relations
from luotsi.engine.vault.model import Model

FEW = 30
"""A closed code list of up to so many codes is a test of the columns that hold it."""
FACTS = {
    "_extract": "The extract the row came in: the name of its folder in the lake.",
    "_aside": "True for the key of a row that is in quarantine since landing (quarantine_keys.parquet).",
    "_line": "The number of the record in its file.",
}
MANIFEST = {
    "extract": "Name of the extract: the folder it lies in.",
    "source": "Source system.",
    "instance": "Which of several installations of the system sent it.",
    "table": "Table of the source.",
    "created_at": "The time it speaks for.",
    "delivery": "full: all rows there are; delta: those that changed.",
}
_Property = dict[str, Any]


def sources(county: County, tables: Iterable[tuple[str, str]], dialect: Dialect) -> str:
    """models/lake.yml: the landed tables, and for DuckDB where their Parquet lies."""
    manifests = _named(dialect, MANIFEST)
    listed: list[_Property] = [_table("extracts", "The manifests of all landed extracts.", manifests)]
    if dialect.reads_parquet:
        listed[0]["config"] = {"meta": {"external_location": _manifests_location()}}
    for source, table in sorted(tables):
        columns = columns_of(county, source, table)
        label = county.sources[source].label.en
        told = _table(
            source_name(source, table),
            f"{label}: table {table} as it landed, every extract, identifying columns left out.",
            [*_named(dialect, FACTS), *({"name": dialect.named(each)} for each in columns)],
        )
        if dialect.reads_parquet:
            told["config"] = {"meta": {"external_location": _rows_location(source, table, columns)}}
        listed.append(told)
    where = {"name": "lake", "description": "What has landed.", "schema": "{{ var('lake_schema', 'lake') }}"}
    return _yaml({"version": 2, "sources": [{**where, "tables": listed}]})


def columns_of(county: County, source: str, table: str) -> list[str]:
    """The columns of a source table that land open, pseudonyms among them."""
    landing, record = landing_columns(county, source, table), county.sources[source].tables[table]
    return [each for each in record.columns if each in landing.kept or each in landing.identifiers]


def layer(county: County, vault: Model, made: Iterable[Made], dialect: Dialect) -> str:
    """The property file of the models of one folder."""
    marts = {each.table: each for each in all_relations(county)}
    hubs = {each.name: each for each in vault.hubs.values()}
    tables = {each.name: each for each in vault.versions}
    told: list[_Property] = []
    for each in made:
        if each.folder == "marts":
            told.append(_mart(county, vault, marts[each.name], dialect))
        elif each.name in hubs:
            hub = hubs[each.name]
            key = _column(dialect, hub.key, f"Hash key of {hub.concept}.", ["unique", "not_null"])
            told.append(_table(each.name, f"Every key of {hub.concept} that any source has spoken of.", [key]))
        elif each.name in tables:
            held = tables[each.name]
            key = _column(dialect, held.key, f"Hash key of {held.concept}.", ["not_null"])
            told.append(_table(each.name, f"Versions of {held.concept} by {held.feed}: {held.kind}.", [key]))
        else:
            told.append(_table(each.name, _plain(each.name), []))
    return _yaml({"version": 2, "models": told})


def _plain(name: str) -> str:
    if name == "extracts":
        return "The landed extracts, numbered in the order of their streams and times; `load` elsewhere is this number."
    if name == "quarantine":
        return "Rows that landed and could not be read: their line, and what was wrong. No values."
    if name.startswith("staged_"):
        return f"Rows of {name.removeprefix('staged_')}, typed, with keys and the first fault of each."
    return "Keys of one thing under several names: member -> master."


def _mart(county: County, vault: Model, of: Relation, dialect: Dialect) -> _Property:
    concept = county.concepts[of.concept]
    many = of.table.removeprefix(f"{of.concept}_") if of.table != of.concept else None
    attributes = {**concept.attributes, **(concept.many[many].attributes if many else {})}
    told = f"{concept.label.en}: {concept.definition}" + (f" Its {many}, a row each." if many else "")
    tests: list[Any] = ["not_null"] if many else ["unique", "not_null"]
    columns = [_column(dialect, "key", f"Hash key of the {of.concept}.", tests)]
    for word in of.columns:
        if word != "key":
            columns.append(_attribute(county, vault, word, attributes[word], dialect))
    return {
        **_table(of.table, told, columns),
        "config": {"meta": {**_labels(concept.label), "standard": concept.standard}},
    }


def _attribute(county: County, vault: Model, name: str, attribute: Attribute, dialect: Dialect) -> _Property:
    tests: list[Any] = []
    if attribute.type == "reference":
        hub = vault.hubs[attribute.refers or name]
        to = {"to": f"ref('{hub.name}')", "field": dialect.named(hub.key)}
        tests.append({"relationships": {"arguments": to}})
    codes = county.codes.get(attribute.codes or "")
    if codes and codes.rows and not codes.record.open and len(codes.rows) <= FEW:
        tests.append({"accepted_values": {"arguments": {"values": list(codes.rows)}}})
    made = _column(dialect, name, f"{attribute.label.en}: {attribute.definition}", tests)
    meta = {**_labels(attribute.label), "privacy": attribute.privacy, "standard": attribute.standard}
    return {**made, "config": {"meta": meta}}


def _labels(label: Label) -> dict[str, str]:
    return {"fi": label.fi, "sv": label.sv, "en": label.en}


def _named(dialect: Dialect, columns: dict[str, str]) -> list[_Property]:
    return [_column(dialect, name, told, []) for name, told in columns.items()]


def _column(dialect: Dialect, name: str, told: str, tests: list[Any]) -> _Property:
    made: _Property = {"name": dialect.named(name), "description": told, "quote": True}
    return {**made, "data_tests": tests} if tests else made


def _table(name: str, told: str, columns: list[_Property]) -> _Property:
    return {"name": name, "description": told, **({"columns": columns} if columns else {})}


def _manifests_location() -> str:
    fields = ", ".join(f"json->>'{each}' AS \"{each}\"" for each in MANIFEST)
    found = "read_json_objects('{{ var(\"lake\") }}/*/*/*/manifest.json', format => 'unstructured')"
    return f"(SELECT {fields} FROM {found})"


def _rows_location(source: str, table: str, columns: list[str]) -> str:
    """Rows and the keys of those in quarantine; columns that no extract has yet are null."""
    empty = ", ".join(f'NULL::VARCHAR AS "{each}"' for each in columns)
    parquet = f'{{{{ var("lake") }}}}/{source}/{table}/*/[rq]*s.parquet'
    return (
        f"(SELECT {empty} WHERE FALSE UNION ALL BY NAME SELECT *, parse_path(filename, 'both_slash')[-2] AS _extract, "
        "parse_filename(filename, FALSE, 'both_slash') = 'quarantine_keys.parquet' AS _aside "
        f"FROM read_parquet('{parquet}', union_by_name => TRUE, filename => TRUE, hive_partitioning => FALSE))"
    )


def _yaml(told: object) -> str:
    return yaml.dump(told, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=110)
