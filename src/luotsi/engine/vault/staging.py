"""From the landed rows of one feed to typed rows with their keys and the first fault of each: one SELECT.

Builds SQL with SQLGlot, runs nothing. The SELECT is made in layers, each over the names of the one before: the texts
of the extract (null markers gone), the values (expressions and translations), the types, the keys and faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from luotsi.concepts.expressions import names, parse
from luotsi.concepts.reading import County
from luotsi.concepts.records import Attribute, Concept, Mapping, Table, Unpivot, Value
from luotsi.engine.duck.expressions import to_sql
from luotsi.engine.duck.keys import key
from luotsi.engine.vault.batches import QUARANTINED, Batch
from luotsi.engine.vault.columns import column, is_given, is_missing, key_or_null, number, over
from luotsi.engine.vault.model import Feed
from luotsi.engine.vault.values import (
    REASONS,
    cast_to,
    closed_codes,
    column_of,
    in_list,
    text_of,
    typed,
)

BOOKED_AHEAD = {"appointment", "calendar_slot", "shift", "absence", "service_period", "social_decision", "population"}
"""Concepts whose rows may speak of days to come."""
EARLIEST = "1900-01-01"
OUTSIDE = "is before 1900 or more than two days after the extract"


@dataclass(frozen=True)
class KeySpace:
    """Where keys of staged rows belong: the concept, the staged column of the key, of its parts, and the system."""

    concept: str
    key: str
    texts: tuple[str, ...]
    system: str


@dataclass
class _Layers:
    """The columns of each layer, filled while a feed is walked through."""

    values: dict[str, exp.Expr] = field(default_factory=dict[str, exp.Expr])
    types: dict[str, exp.Expr] = field(default_factory=dict[str, exp.Expr])
    keys: dict[str, exp.Expr] = field(default_factory=dict[str, exp.Expr])
    faults: list[tuple[exp.Expr, str, str]] = field(default_factory=list[tuple[exp.Expr, str, str]])


def staged(county: County, feed: Feed, batch: Batch) -> exp.Select:
    """The SELECT of a batch for a feed.

    Columns: `_line`, `load`, the feed's keys, `recorded_at`, `deleted`, `_out` (left out by `where`, or an empty cell
    of an unpivoted column), the content of its tables, the texts of its keys (`_part_<attribute>`), of its references
    (`_ref_<attribute>`) and of same-as pairs (`_member_<n>`, `_master_<n>`, with `.._key`), and `_fault`
    ('attribute|reason', null for a sound row). Content of deleted rows is null.
    """
    table = county.sources[feed.source].tables[feed.table]
    mapping, concept = table.into[feed.place], county.concepts[feed.concept]
    build = _Builder(county, feed, batch, table, mapping, concept)
    return build.select()


def key_spaces(county: County, feed: Feed, batch: Batch) -> list[KeySpace]:
    """Every kind of key that staged rows of a feed hold, the feed's own first."""
    table = county.sources[feed.source].tables[feed.table]
    mapping, concept = table.into[feed.place], county.concepts[feed.concept]
    build = _Builder(county, feed, batch, table, mapping, concept)
    own = tuple(f'"_part_{name}"' for name in concept.key)
    spaces = [KeySpace(concept.concept, feed.keys[0].name, own, build.system(_first(mapping).system, concept))]
    for name, attribute in feed.references:
        referred = county.concepts[attribute.refers or name]
        value = mapping.attributes.get(name) or mapping.key[name]
        texts = (f'"_ref_{name}"', *("NULL" for _ in referred.key[1:]))
        spaces.append(KeySpace(referred.concept, f"{name}_key", texts, build.system(value.system, referred)))
    for place, pair in enumerate(mapping.same_as):
        for role, value in (("member", pair.member), ("master", pair.master)):
            texts = (f'"_{role}_{place}"', *("NULL" for _ in concept.key[1:]))
            system = build.system(value.system, concept)
            spaces.append(KeySpace(concept.concept, f"_{role}_{place}_key", texts, system))
    return spaces


def _first(mapping: Mapping) -> Value:
    return next(iter(mapping.key.values()))


class _Builder:
    """Walks through one feed and fills the layers."""

    def __init__(
        self, county: County, feed: Feed, batch: Batch, table: Table, mapping: Mapping, concept: Concept
    ) -> None:
        self.county, self.feed, self.batch = county, feed, batch
        self.table, self.mapping, self.concept = table, mapping, concept
        self.format = county.sources[feed.source].format
        self.layers = _Layers()
        self.where = f"sources/{feed.source}, table {feed.table}, concept {feed.concept}"

    def select(self) -> exp.Select:
        self._flags()
        self._key()
        for name, attribute in self._by():
            self._attribute(name, attribute, self.mapping.attributes.get(name), missing=True)
        for name, attribute in self.feed.attributes:
            self._attribute(name, attribute, self.mapping.attributes[name])
        for name, attribute in self.feed.references:
            self._reference(name, attribute)
        for place, pair in enumerate(self.mapping.same_as):
            self._member(f"_member_{place}", pair.member)
            self._member(f"_master_{place}", pair.master)
        return self._layered()

    # the parts of a row

    def _flags(self) -> None:
        out: list[exp.Expr] = []
        if self.mapping.where:
            out.append(exp.func("coalesce", self._condition(self.mapping.where), exp.false()).not_())
        unpivot = self._unpivot()
        if unpivot:
            out.append(column(unpivot.value).is_(exp.null()))
        self.layers.values["_out"] = exp.or_(*out) if out else exp.false()
        deleted = (
            exp.func("coalesce", self._condition(self.table.deleted), exp.false())
            if self.table.deleted
            else exp.false()
        )
        self.layers.values["_deleted"] = deleted
        if self.batch.delivery == "delta" and self.table.changed_at in self.batch.columns and self.table.changed_at:
            self.layers.values["_changed"] = column(self.table.changed_at)
            read = typed(column("_changed"), "timestamp", self.format)
            assert read is not None
            self.layers.types["_changed_at"] = read
            when = exp.func("coalesce", column("_changed_at"), column("_created_at"))
            unread = is_given("_changed").and_(is_missing("_changed_at"))
            self.layers.faults.append((unread, self.table.changed_at, REASONS["timestamp"]))
            self.layers.faults.append((self._far("_changed_at"), self.table.changed_at, OUTSIDE))
        else:
            when = column("_created_at")
        self.layers.keys["recorded_at"] = when

    def _condition(self, text: str) -> exp.Expr:
        return to_sql(parse(text), column_of, self.format, types=lambda name, table: "text")

    def _key(self) -> None:
        parts: list[exp.Expr] = []
        first = next(iter(self.mapping.key))
        for name in self.concept.key:
            attribute, value = self.concept.attributes[name], self.mapping.key.get(name)
            if value is None:
                parts.append(exp.null())
                self.layers.keys[f"_part_{name}"] = exp.null()
                continue
            canonical = self._key_part(name, attribute, value, needed=name == first or attribute.required)
            self.layers.keys[f"_part_{name}"] = canonical
            parts.append(canonical)
        system = self.system(self.mapping.key[first].system, self.concept)
        self.layers.keys[self.feed.keys[0].name] = key(exp.Literal.string(system), *parts)

    def _key_part(self, name: str, attribute: Attribute, value: Value, *, needed: bool) -> exp.Expr:
        """The text of a key part: a day, time or number in its one form, whatever way it was written.

        A null key is a fault of every row, deleted or not, so its faults stand first.
        """
        given, kind = f"_key_{name}", attribute.type
        made, found, failed = text_of(value, self.format, self.county, f"{self.where}, key {name}")
        faults: list[tuple[exp.Expr, str, str]] = []
        if failed is not None:
            self.layers.values[f"_f_{name}"] = failed
            faults.append((is_missing(given).and_(column(f"_f_{name}")), name, REASONS.get(kind, "cannot be read")))
        if kind not in ("date", "timestamp", "integer", "decimal"):
            self.layers.values[given] = made if found == "text" else exp.cast(made, "text")
            canonical: exp.Expr = column(given)
        else:
            self.layers.values[given] = made
            read = typed(column(given), kind, self.format) if found == "text" else cast_to(column(given), kind)
            assert read is not None
            self.layers.types[f"_typed_{name}"] = read
            faults.append((is_given(given).and_(is_missing(f"_typed_{name}")), name, REASONS[kind]))
            canonical = exp.cast(column(f"_typed_{name}"), "text")
            if kind == "timestamp":
                form = exp.Literal.string("%Y-%m-%dT%H:%M:%S.%f")
                canonical = exp.Anonymous(this="strftime", expressions=[column(f"_typed_{name}"), form])
        if needed:
            faults.append((is_missing(given), name, "is missing"))
        self.layers.faults[:0] = faults
        return canonical

    def _by(self) -> list[tuple[str, Attribute]]:
        group = self.concept.many[self.feed.many] if self.feed.many else None
        return [(name, group.attributes[name]) for name in group.by] if group else []

    def _attribute(self, name: str, attribute: Attribute, value: Value | None, *, missing: bool = False) -> None:
        if value is None:
            self.layers.types[name] = exp.cast(exp.null(), "text")
            self.layers.faults.append((exp.true(), name, "is missing"))
            return
        made, kind, failed = text_of(value, self.format, self.county, f"{self.where}, attribute {name}")
        self.layers.values[f"_v_{name}"] = made
        given = column(f"_v_{name}")
        read = typed(given, attribute.type, self.format) if kind == "text" else cast_to(given, attribute.type)
        if kind == attribute.type or (kind == "text" and read is None):
            read = given
        assert read is not None
        self.layers.types[name] = read
        faults = self.layers.faults
        if read is not given:
            reason = REASONS.get(attribute.type, "cannot be read")
            faults.append((is_given(f"_v_{name}").and_(is_missing(name)), name, reason))
        if failed is not None:
            self.layers.values[f"_f_{name}"] = failed
            reason = REASONS.get(attribute.type, "cannot be read")
            faults.append((is_missing(name).and_(column(f"_f_{name}")), name, reason))
        listed = closed_codes(self.county, attribute)
        if listed:
            unknown = in_list(self.county, listed, column(name)).not_()
            faults.append((is_given(name).and_(unknown), name, "is an unknown code"))
        if attribute.required or missing:
            faults.append((is_missing(name), name, "is missing"))
        dates = name == self.concept.happens and not self.feed.many and attribute.type in ("date", "timestamp")
        if dates and self.feed.concept not in BOOKED_AHEAD:
            faults.append((self._far(name), name, OUTSIDE))

    @staticmethod
    def _far(name: str) -> exp.Expr:
        early = column(name) < exp.cast(exp.Literal.string(EARLIEST), "date")
        ahead = exp.Add(this=column("_created_at"), expression=exp.Anonymous(this="to_days", expressions=[number(2)]))
        return early.or_(column(name) > ahead)

    def _reference(self, name: str, attribute: Attribute) -> None:
        value = self.mapping.attributes.get(name) or self.mapping.key[name]
        referred = self.county.concepts[attribute.refers or name]
        self._text(f"_ref_{name}", value)
        self.layers.keys[f"{name}_key"] = key_or_null(self.system(value.system, referred), f"_ref_{name}")
        if attribute.required:
            self.layers.faults.append((is_missing(f"_ref_{name}"), name, "is missing"))

    def _member(self, name: str, value: Value) -> None:
        self._text(name, value)
        self.layers.keys[f"{name}_key"] = key_or_null(self.system(value.system, self.concept), name)

    def _text(self, name: str, value: Value) -> None:
        made, kind, _ = text_of(value, self.format, self.county, self.where)
        self.layers.values[name] = made if kind == "text" else exp.cast(made, "text")

    def system(self, system: str | None, concept: Concept) -> str:
        """The system of a key as written into it."""
        if system is None:
            return self.batch.sender if concept.scoped else ""
        return system.replace("$instance", self.batch.sender)

    # the layers

    def _layered(self) -> exp.Select:
        layers = self.layers
        first = ["_line", "load", "_created_at", *(["_aside"] if self.batch.aside else [])]
        texts = over(self._rows(), [*layers.values], layers.values, first)
        kept = [*first, *layers.values]
        types = over(texts, [*layers.types], layers.types, kept)
        content = [name for name in layers.types if not name.startswith("_")]
        by = [each.name for each in self.feed.keys[1:]]
        out: dict[str, exp.Expr] = {**layers.keys, "deleted": column("_out").or_(column("_deleted"))}
        if self.feed.deletable:
            gone = column("_out").or_(column("_deleted"))
            for name in [each for each in content if each not in by] + [f"{n}_key" for n, _ in self.feed.references]:
                made = layers.keys.get(name, column(name))
                out[name] = exp.case().when(gone.copy().not_(), made)
        kept = ["_line", "load", *([n for n in content if n not in out]), "_out"]
        kept += [n for n in layers.values if n.startswith(("_ref_", "_member_", "_master_"))]
        out["_fault"] = self._fault()
        made = over(types, [*out], out, kept)
        if not self._has_out():
            return made
        said = [column("_out").not_(), self._keyless().not_(), *([column("_aside")] if self.batch.aside else [])]
        return made.where(exp.or_(*said), copy=False)

    def _has_out(self) -> bool:
        return bool(self.mapping.where or self._unpivot())

    def _keyless(self) -> exp.Expr:
        """A row that is left out and cannot be told apart says nothing."""
        first = next(iter(self.mapping.key))
        return exp.or_(is_missing(f"_key_{first}"), *(is_missing(each.name) for each in self.feed.keys[1:]))

    def _fault(self) -> exp.Expr:
        """The first fault of a row. A row that is only reported gone needs a readable key and time, no more.

        Of a row in quarantine since landing nothing but the key is known, if that.
        """
        case = exp.case()
        if self.batch.aside:
            for condition, name, _ in self.layers.faults:
                if name in self.concept.key:
                    said = exp.Literal.string(f"{name}|{QUARANTINED}")
                    case = case.when(column("_aside").and_(condition), said, copy=False)
            case = case.when(column("_aside"), exp.Literal.string(f"|{QUARANTINED}"), copy=False)
        always = {*self.concept.key, self.table.changed_at or "", *(each.name for each in self.feed.keys[1:])}
        gone = column("_out").or_(column("_deleted"))
        for needs_value in (False, True):
            if needs_value and self.feed.deletable:
                case = case.when(gone, exp.null(), copy=False)
            for condition, name, reason in self.layers.faults:
                if (name not in always) == needs_value:
                    case = case.when(condition, exp.Literal.string(f"{name}|{reason}"), copy=False)
        return case if case.args.get("ifs") else exp.cast(exp.null(), "text")

    def _rows(self) -> exp.Select:
        """The landed rows, null markers gone and absent columns null, each cell of an unpivoted column a row."""
        unpivot = self._unpivot()
        used = self._used()
        spread = [c for c in self.table.columns if _matches(unpivot.columns, c)] if unpivot else []
        columns = {name: self._cell(name) for name in sorted({*used, *spread}) if name in self.table.columns}
        listed = exp.Anonymous(this="getvariable", expressions=[exp.Literal.string("files")])
        flag = exp.true if self.batch.several else exp.false
        read = exp.Anonymous(
            this="read_parquet",
            expressions=[
                listed,
                exp.EQ(this=exp.column("union_by_name"), expression=flag()),
                exp.EQ(this=exp.column("filename"), expression=flag()),
                exp.EQ(this=exp.column("hive_partitioning"), expression=exp.false()),
            ],
        )
        rows = exp.select(
            column("_line"), column("load"), exp.alias_(column("created_at"), "_created_at"),
            *([exp.alias_(column("aside"), "_aside")] if self.batch.aside else []),
            *(exp.alias_(made, name, quoted=True) for name, made in columns.items()),
        ).from_(read, copy=False)  # fmt: skip
        # of one file every row is of the one extract: no file names to compare
        on = "extracts.file = filename" if self.batch.several else None
        rows = rows.join("temp.extracts", on=on, join_type="" if on else "CROSS", copy=False)
        if unpivot is None:
            return rows
        pairs = exp.array(
            *(
                exp.Struct(
                    expressions=[
                        exp.PropertyEQ(this=exp.to_identifier("n"), expression=exp.Literal.string(name)),
                        exp.PropertyEQ(this=exp.to_identifier("v"), expression=column(name)),
                    ]
                )
                for name in spread
                if name in self.batch.columns
            )
        )
        each = exp.alias_(exp.Anonymous(this="unnest", expressions=[pairs]), "_cell")
        spread_rows = exp.select("*", each).from_(rows.subquery("r", copy=False), copy=False)
        return exp.select(
            "*",
            exp.alias_(exp.Dot(this=exp.column("_cell"), expression=exp.to_identifier("n")), unpivot.name),
            exp.alias_(exp.Dot(this=exp.column("_cell"), expression=exp.to_identifier("v")), unpivot.value),
        ).from_(spread_rows.subquery("r", copy=False), copy=False)

    def _cell(self, name: str) -> exp.Expr:
        if name not in self.batch.columns:
            return exp.cast(exp.null(), "text")
        nulls = self.format.nulls
        if not nulls:
            return column(name)
        if len(nulls) == 1:
            return exp.Nullif(this=column(name), expression=exp.Literal.string(nulls[0]))
        return exp.case().when(column(name).isin(*nulls).not_(), column(name))

    def _used(self) -> set[str]:
        """Every column of the extract that this feed reads."""
        mapping = self.mapping
        wanted = [value.value for value in mapping.key.values()]
        skipped = {n for n, _ in self._declared() if n not in self._kept()}
        wanted += [value.value for name, value in mapping.attributes.items() if name not in skipped]
        wanted += [each.value for pair in mapping.same_as for each in (pair.member, pair.master)]
        wanted += [each for each in (mapping.where, self.table.deleted) if each]
        used = {name for text in wanted for name, _ in names(parse(text))}
        return used | ({self.table.changed_at} if self.table.changed_at else set())

    def _declared(self) -> Iterable[tuple[str, Attribute]]:
        group = self.concept.many[self.feed.many] if self.feed.many else None
        return (group.attributes if group else self.concept.attributes).items()

    def _kept(self) -> set[str]:
        return {name for name, _ in (*self.feed.attributes, *self.feed.references, *self._by())}

    def _unpivot(self) -> Unpivot | None:
        """The table's unpivoting, when this mapping speaks of the rows it makes."""
        unpivot = self.table.unpivot
        return unpivot if unpivot and {unpivot.name, unpivot.value} & self._used() else None


def _matches(pattern: str, name: str) -> bool:
    return re.fullmatch(pattern, name) is not None
