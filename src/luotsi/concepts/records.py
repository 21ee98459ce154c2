"""The frozen records that `county/` is read into: concepts, code lists, sources, measures, segments, boards, areas.

A record is what the YAML says, no more: shapes and allowed words are declared here, what refers to what is
judged in `checking`. Scalars arrive as text (see `reading`) and get their type here.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Expression = str
"""A scalar SQL expression over declared names (see `expressions`)."""

Type = Literal["text", "code", "integer", "decimal", "boolean", "date", "timestamp", "reference"]
Privacy = Literal["identifying", "sensitive", "plain"]
Direction = Literal["up", "down", "none"]
Status = Literal["confirmed", "unconfirmed"]
Grain = Literal["month", "quarter", "year"]


class Record(BaseModel):
    """Base of every record: immutable, and a word it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(Record):
    """A name in the three languages of the house."""

    fi: str
    sv: str
    en: str


# Concepts


class Attribute(Record):
    """One attribute of a concept. `codes` names a code list, `refers` a concept (type reference)."""

    type: Type
    privacy: Privacy
    label: Label
    definition: str
    standard: str
    codes: Name | None = None
    refers: Name | None = None
    required: bool = False


class Many(Record):
    """A multi-active group: several rows at a time for one key, told apart by the attributes in `by`."""

    by: tuple[Name, ...]
    attributes: dict[Name, Attribute]


class Concept(Record):
    """A thing the county knows about. `key` lists the attributes of its business key.

    `scoped`: the key is unique within one source system only (a visit number), not in the whole county.
    `happens`: the attribute that dates a row, for periods. `dimensions`: name -> expression over own attributes
    and attributes of referred concepts (`person.sex`), the only groupings a measure on this concept may use.
    """

    concept: Name
    label: Label
    definition: str
    standard: str
    key: tuple[Name, ...]
    scoped: bool = True
    happens: Name | None = None
    attributes: dict[Name, Attribute]
    many: dict[Name, Many] = {}
    dimensions: dict[Name, Expression] = {}
    used_by: str | None = None
    """Why a concept that no measure, segment or source uses yet stands here; else `check` calls it unused."""


# Code lists


class CodeList(Record):
    """A code list: its own `codes.csv` (code, fi, sv, en, and any further columns) beside this record."""

    codes: Name
    label: Label
    oid: str | None = None
    version: str
    source: str
    licence: str
    status: Status = "confirmed"
    open: bool = False
    """True: values outside the list are let through and counted (LOINC, SNOMED CT: we hold only a part)."""


# Sources


class Format(Record):
    """How an extract writes things. Date patterns are strptime patterns, tried in order."""

    encoding: tuple[Literal["utf-8", "latin-1", "utf-16"], ...] = ("utf-8",)
    delimiter: str = ","
    decimal: Literal[".", ","] = "."
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    timestamps: tuple[str, ...] = ("%Y-%m-%d %H:%M:%S",)
    zone: str | None = None
    """Zone of timestamps that carry an offset or are UTC; they land as Europe/Helsinki wall time."""
    nulls: tuple[str, ...] = ("",)
    true: tuple[str, ...] = ("1", "true", "K")
    false: tuple[str, ...] = ("0", "false", "E")


class Column(Record):
    """A column of an extract as sent. `also`: other headings seen for it. `path`: where it stands in a document.

    `required`: the file is refused when no such heading is there. Columns that no one declares land encrypted.
    """

    also: tuple[str, ...] = ()
    required: bool = False
    path: str | None = None


class Value(Record):
    """How an attribute is filled: a column or a scalar expression over columns, then a translation of codes.

    `translate`: local value -> code, inline, or the name of a code list whose `national` column holds the code.
    `system`: for a key or reference, the space in which the value is unique; `$instance` is the sending system.
    """

    value: Expression
    translate: dict[str, str] | Name | None = None
    system: str | None = None


class SameAs(Record):
    """Says that two keys of one concept mean the same thing: `member` is known elsewhere as `master`."""

    member: Value
    master: Value


class Unpivot(Record):
    """Turns the columns that match `columns` (a regular expression) into rows of (`name`, `value`)."""

    columns: str
    name: Name
    value: Name


class Mapping(Record):
    """How rows of a table become rows of a concept (or of its multi-active group `many`)."""

    concept: Name
    many: Name | None = None
    where: Expression | None = None
    key: dict[Name, Value]
    """Key attribute -> value. The system of the first entry is the system of the key."""
    attributes: dict[Name, Value] = {}
    same_as: tuple[SameAs, ...] = ()


class Table(Record):
    """One table of a source: which files hold it, its columns, and the concepts its rows become.

    `files`: glob patterns of file names. `changed_at`: column that dates a row's change (delta extracts).
    `deleted`: expression that is true for a row that reports a deletion. `resource`, `each`: for documents.
    """

    files: tuple[str, ...]
    delivery: Literal["full", "delta", "named"] = "named"
    """`named`: the manifest or the end of the file name says full or delta."""
    changed_at: str | None = None
    deleted: Expression | None = None
    resource: str | None = None
    each: str | None = None
    columns: dict[str, Column]
    unpivot: Unpivot | None = None
    into: tuple[Mapping, ...] = ()


class Source(Record):
    """A source system and its extracts. `connector` names the folder in luotsi.connectors that reads them."""

    source: Name
    label: Label
    definition: str
    owner: str
    connector: Name
    licence: str | None = None
    manifest: Literal["required", "optional"] = "optional"
    schedule: Literal["daily", "weekly", "monthly", "yearly", "once"] = "daily"
    priority: int = 100
    """Where two sources describe one thing, the lower number wins attribute by attribute."""
    format: Format = Format()
    tables: dict[Name, Table]


# Measures and segments


class Target(Record):
    """A target that holds from and until the given days (inclusive); either may be open."""

    value: Decimal
    since: datetime.date | None = None
    until: datetime.date | None = None
    source: str

    def holds(self, day: datetime.date) -> bool:
        """Whether it holds on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Look(Record):
    """A look from a row to rows of another concept about the same person (or other shared reference).

    The rows of `of` that meet `where` and whose `happens` lies in [`after`, `before`) — expressions over this
    row, timestamps — are reduced by `take`: exists, count, or the first/latest/sum/min/max/mean of `value`.
    `where` and `value` speak of the other row; `this.x` names an attribute of the row that looks.
    """

    of: Name
    many: Name | None = None
    by: Name = "person"
    where: Expression | None = None
    at: Expression | None = None
    """When the other row happened; the concept's `happens` unless said."""
    after: Expression | None = None
    before: Expression | None = None
    take: Literal["exists", "count", "first", "latest", "sum", "min", "max", "mean"]
    value: Expression | None = None


class Method(Record):
    """A named engine function that makes new rows of the chosen ones: chained stays, continuity, and the like."""

    name: Name
    arguments: dict[Name, Expression] = {}


class Rows(Record):
    """The rows a number is made of.

    `rows`: a concept, or `concept.many`. `each`: `row` (an event; `at` dates it) or `period_end` (a census: every
    row is asked once at the end of each period; expressions may use `period_start`, `period_end`, dates, both
    inclusive). `let`: named expressions, in order. `look`: named looks. `method` runs after `where`.
    """

    rows: Name | str
    each: Literal["row", "period_end"] = "row"
    at: Expression | None = None
    let: dict[Name, Expression] = {}
    look: dict[Name, Look] = {}
    then: dict[Name, Expression] = {}
    """Named expressions that may use the looks."""
    where: Expression | None = None
    method: Method | None = None


class Per(Rows):
    """A denominator from rows of its own: residents, bed days. Joined by period and shared dimensions."""

    sum: Expression
    grain: Grain = "year"
    """The finest period the denominator is known for; a month takes that of its year."""


class Example(Record):
    """A worked example: small tables in the shape of the marts, and the result they must give."""

    name: str
    given: dict[str, str]
    """Relation -> pipe table with a heading line; empty is null."""
    period: str
    group: dict[Name, str] = {}
    expect: dict[Name, str]
    """Any of numerator, denominator, value, n. Empty is null."""


class Measure(Rows):
    """A measure: population, numerator, denominator or value, periods, dimensions, and what makes it trusted.

    `result`: share (numerator/denominator, 0..1), ratio (the same without the bound), count, sum, mean, median,
    distinct (number of different `numerator`), top_share (share of the sum of `numerator` held by the highest
    tenth of rows).
    """

    measure: Name
    also: tuple[Name, ...] = ()
    """Other names by which it may be asked for: a former name, or the one a programme uses."""
    version: int
    label: Label
    definition: Label
    why: Label
    source: str
    owner: str
    review: datetime.date
    status: Status
    direction: Direction
    unit: str
    family: Name
    headline: bool = False
    target: tuple[Target, ...] = ()
    result: Literal["share", "ratio", "count", "sum", "mean", "median", "distinct", "top_share"]
    numerator: Expression
    denominator: Expression | None = None
    per: Per | None = None
    scale: Decimal = Decimal(1)
    """The value is multiplied by this (1000: per thousand residents)."""
    counts: Literal["persons", "events", "professionals", "money", "things"]
    """What n counts. persons and events are about people: small cells are suppressed. The others are not."""
    dimensions: tuple[Name, ...] = ()
    pairs: tuple[tuple[Name, Name], ...] = ()
    """Two dimensions crossed; every dimension alone and the total are always there."""
    periods: tuple[Grain, ...] = ("month", "quarter", "year")
    examples: tuple[Example, ...]


class Fits(Record):
    """What services fit a segment: of any of these target groups or classes (or below them) or areas of life."""

    target_groups: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    needs: tuple[Name, ...] = ()


class Rule(Record):
    """One rule of a segment list: the first that holds gives the segment. `fits`: what services suit those in it."""

    segment: Name
    label: Label
    when: Expression
    fits: Fits | None = None


class Segments(Record):
    """A division of persons at a period end: looks, then rules in order; the last should hold for all."""

    segments: Name
    version: int
    label: Label
    definition: Label
    source: str
    owner: str
    review: datetime.date
    status: Status
    rows: Name = "person"
    let: dict[Name, Expression] = {}
    look: dict[Name, Look] = {}
    then: dict[Name, Expression] = {}
    where: Expression | None = None
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]


# Boards and areas


class Score(Record):
    """How a tile counts in the score of its board: 0 points at `floor` and worse, 100 at the target and better."""

    floor: Decimal
    weight: Decimal = Decimal(1)


class Tile(Record):
    """One measure on a board. `group`: the group shown, dimension -> code; empty is the total.

    `by`: the dimension across which a chart compares. `target`: instead of the measure's own. `note`: what a reader
    should know here.
    """

    measure: Name
    grain: Grain = "month"
    chart: Literal["line", "bars", "funnel", "multiples", "map", "table", "total"] = "line"
    """line: over time; total: the number alone; the others compare the groups of `by` in the latest period."""
    by: Name | None = None
    group: dict[Name, str] = {}
    target: Decimal | None = None
    score: Score | None = None
    size: Literal["normal", "wide"] = "normal"
    note: Label | None = None


class Board(Record):
    """A page of tiles for leaders. `scope`: what it is of: the county, or a service or a unit that the reader chooses.

    `question`: what it answers. `scoring`: why its tiles count as they do; without it there is no total score.
    """

    board: Name
    level: Literal["strategic", "tactical", "operational"]
    scope: Literal["county", "service", "unit"]
    label: Label
    question: Label
    owner: str
    scoring: Label | None = None
    tiles: tuple[Tile, ...]


class Areas(Record):
    """Borders of areas for maps: their own `<areas>.geojson` beside this record, features with a code of `codes` as id.

    `plane`: the coordinates' system, metres on a plane.
    """

    areas: Name
    codes: Name
    version: str
    plane: Literal["EPSG:3067"]
    source: str
    licence: str
