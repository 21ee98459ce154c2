"""The vault of a county as data: which hubs, links, same-as links and satellites its records call for.

Pure: records in, frozen tables out. How the tables are made stands in `ddl`, how they are filled in `staging`
and `applying`, how their state is asked for in `state`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.concepts.records import Attribute, Concept, Mapping, Source, Table
from luotsi.engine.duck.types import SQL_TYPES

PASSPORT = ("instance", "recorded_at", "seq", "deleted", "load")
"""What every row of a link or satellite carries beside its key and content."""
MERGING = ("priority", "feed", "member", "nth_told")
"""What rows carry beside their attributes while marts are made of them."""

Kind = Literal["link", "satellite", "same"]


@dataclass(frozen=True)
class Column:
    """A column of the vault: its name and SQL type."""

    name: str
    type: str


@dataclass(frozen=True)
class Hub:
    """The keys of one concept: hash key, system and the key attributes as text."""

    name: str
    concept: str
    key: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Versions:
    """An insert-only table of versions: link with its effectivity, satellite, or same-as link.

    `keys` tell the things apart (hash key, then the `by` columns of a multi-active group), `content` is compared.
    `references` maps a content column to the concept its keys are of. `shared`: several instances of the source may
    speak of one key, each with versions of its own.
    """

    name: str
    kind: Kind
    concept: str
    feed: str
    source: str
    keys: tuple[Column, ...]
    content: tuple[Column, ...]
    references: tuple[tuple[str, str], ...] = ()
    privacy: str = "plain"
    many: str | None = None
    shared: bool = True

    @property
    def key(self) -> str:
        """The hash key column."""
        return self.keys[0].name


@dataclass(frozen=True)
class Feed:
    """One mapping of a source table into a concept, and the tables it fills.

    `tables` share the keys of the feed; `same` (if any) is keyed by its member. `attributes` are those that may enter
    the vault, with their declarations; `references` are attribute names, from the key or beside it.
    """

    name: str
    source: str
    table: str
    place: int
    concept: str
    many: str | None
    keys: tuple[Column, ...]
    attributes: tuple[tuple[str, Attribute], ...]
    references: tuple[tuple[str, Attribute], ...]
    tables: tuple[Versions, ...]
    same: Versions | None
    deletable: bool


@dataclass(frozen=True)
class Model:
    """Everything the vault holds, by name."""

    hubs: dict[str, Hub]
    """Concept -> hub."""
    feeds: tuple[Feed, ...]

    @property
    def versions(self) -> list[Versions]:
        """Every link, satellite and same-as link."""
        return [each for feed in self.feeds for each in (*feed.tables, *([feed.same] if feed.same else []))]

    def of(self, concept: str, many: str | None = None) -> list[Versions]:
        """The links and satellites that speak of a concept (or of one of its multi-active groups)."""
        return [each for each in self.versions if each.concept == concept and each.many == many and each.kind != "same"]

    def same_as(self, concept: str) -> list[Versions]:
        """The same-as links of a concept."""
        return [each for each in self.versions if each.concept == concept and each.kind == "same"]


def model(county: County) -> Model:
    """The vault that the records of a county call for. Raises UserError where a name cannot be a column."""
    hubs = {name: _hub(concept) for name, concept in sorted(county.concepts.items())}
    feeds = tuple(
        _feed(county, source, name, table, place, mapping)
        for _, source in sorted(county.sources.items())
        for name, table in source.tables.items()
        for place, mapping in enumerate(table.into)
    )
    return Model(hubs, feeds)


def tables(county: County) -> list[Versions]:
    """Every link, satellite and same-as link of the county's vault."""
    return model(county).versions


def _hub(concept: Concept) -> Hub:
    return Hub(f"hub_{concept.concept}", concept.concept, f"{concept.concept}_key", concept.key)


def feed_name(source: str, table_name: str, table: Table, place: int) -> str:
    """The name of a mapping in the vault: a table's second mapping into the same concept is `..__2`."""
    mapping = table.into[place]
    earlier = sum((each.concept, each.many) == (mapping.concept, mapping.many) for each in table.into[:place])
    words = [source, table_name, *([mapping.many] if mapping.many else []), *([str(earlier + 1)] if earlier else [])]
    return "__".join(words)


def _feed(county: County, source: Source, name: str, table: Table, place: int, mapping: Mapping) -> Feed:
    concept = county.concepts[mapping.concept]
    feed = feed_name(source.source, name, table, place)
    group = concept.many[mapping.many] if mapping.many else None
    declared = group.attributes if group else concept.attributes
    by = group.by if group else ()
    filled = [(each, declared[each]) for each in mapping.attributes if each not in by]
    references = [(each, attribute) for each, attribute in filled if attribute.type == "reference"]
    if not group:
        in_key = [(each, concept.attributes[each]) for each in concept.key]
        references = [each for each in in_key if each[1].type == "reference"] + references
    attributes = [(n, a) for n, a in filled if a.type != "reference" and a.privacy != "identifying"]
    keys = (
        Column(f"{concept.concept}_key", "UUID"),
        *(Column(each, SQL_TYPES[declared[each].type]) for each in by),
    )
    first = next(iter(mapping.key.values()))
    shared = not _by_instance(concept, first.system)
    made = tuple(_versions(concept, feed, source, mapping.many, keys, attributes, references, shared))
    same = None
    if mapping.same_as:
        own = all(_by_instance(concept, each.member.system) for each in mapping.same_as)
        same = Versions(
            f"same_{concept.concept}__{feed}", "same", concept.concept, feed, source.source,
            (Column("member_key", "UUID"),), (Column("master_key", "UUID"),),
            (("master_key", concept.concept),), shared=not own,
        )  # fmt: skip
    return Feed(
        feed, source.source, name, place, concept.concept, mapping.many, keys, tuple(attributes), tuple(references),
        made, same, bool(table.deleted or mapping.where or table.unpivot),
    )  # fmt: skip


def _by_instance(concept: Concept, system: str | None) -> bool:
    return "$instance" in system if system is not None else concept.scoped


def _versions(
    concept: Concept,
    feed: str,
    source: Source,
    many: str | None,
    keys: tuple[Column, ...],
    attributes: list[tuple[str, Attribute]],
    references: list[tuple[str, Attribute]],
    shared: bool,
) -> Iterator[Versions]:
    """The link (when references are filled) and one satellite for each privacy class present."""
    refers = tuple((f"{name}_key", attribute.refers or name) for name, attribute in references)
    columns = tuple(Column(name, "UUID") for name, _ in refers)
    spoken = (concept.concept, feed, source.source, keys)
    if refers and not many:
        yield _checked(Versions(f"link_{concept.concept}__{feed}", "link", *spoken, columns, refers, shared=shared))
    by_class = {
        privacy: tuple(Column(n, SQL_TYPES[a.type]) for n, a in attributes if a.privacy == privacy)
        for privacy in ("plain", "sensitive")
    }
    if many:  # a row of a group may refer to things; its satellite holds the reference beside the values
        by_class["plain"] = (*columns, *by_class["plain"])
    present = [privacy for privacy, held in by_class.items() if held]
    if not present and (many or not refers):
        present = ["plain"]
    for privacy in present:
        yield _checked(
            Versions(
                f"sat_{concept.concept}__{feed}__{privacy}", "satellite", *spoken, by_class[privacy],
                refers if many and privacy == "plain" else (), privacy, many, shared,
            )
        )  # fmt: skip


def _checked(made: Versions) -> Versions:
    names = [each.name for each in (*made.keys, *made.content)]
    for name in names:
        if name in (*PASSPORT, *MERGING) or names.count(name) > 1:
            raise UserError(f"{made.concept}: an attribute cannot be called {name}, the engine uses it; rename it")
    return made
