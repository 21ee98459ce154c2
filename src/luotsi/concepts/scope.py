"""What a name in an expression means: the attributes of a row, its references, looks, methods and named expressions.

Here live the rules of scope alone. Whether content keeps them is judged in `checking`; engines ask the same scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from luotsi.concepts.expressions import ExpressionError, parse, type_of
from luotsi.concepts.functions import ANY
from luotsi.concepts.methods import METHODS
from luotsi.concepts.reading import County
from luotsi.concepts.records import Attribute, Look, Method, Rows, Segments


@dataclass(frozen=True)
class Known:
    """What is known of a name: its type, the code list of its values, and the concept it refers to."""

    type: str
    codes: str | None = None
    refers: str | None = None


PERIOD_ENDS: Mapping[str, Known] = {"period_start": Known("date"), "period_end": Known("date")}
"""The ends of the period of a census, or of the month of an event in a dimension; both days inclusive."""

RESERVED = frozenset({"key", "this", "segment", *PERIOD_ENDS})
"""Names that every row may have, so that no attribute can take them."""


@dataclass(frozen=True)
class Scope:
    """The names that an expression may use. Calling it gives the type of a name, as `expressions.type_of` wants."""

    county: County
    names: Mapping[str, Known]
    this: Mapping[str, Known] = field(default_factory=dict[str, Known])
    """Names of the row that looks, for `this.x`."""

    def __call__(self, name: str, table: str | None) -> str | None:
        found = self.find(name, table)
        return found.type if found else None

    def find(self, name: str, table: str | None) -> Known | None:
        """What a name, alone or after a reference, stands for; None where there is no such name."""
        return self.reach(table).get(name)

    def reach(self, table: str | None) -> Mapping[str, Known]:
        """The names that can stand after `table.`, or alone."""
        if table is None:
            return self.names
        if table == "this":
            return self.this
        reference = self.names.get(table)
        concept = reference.refers if reference else None
        return columns(self.county, concept) if concept in self.county.concepts else {}

    def told(self, expression: str | exp.Expr) -> Known:
        """What is known of an expression's value: `any` where it is at fault, codes where its columns share a list."""
        try:
            tree = parse(expression) if isinstance(expression, str) else expression
            found = Known(type_of(tree, self))
        except ExpressionError:
            return Known(ANY)
        lists = {self._codes(each) for each in results(tree) if not isinstance(each, exp.Literal)}
        refers = self.find(tree.name, tree.table or None) if isinstance(tree, exp.Column) else None
        return replace(found, codes=next(iter(lists)) if len(lists) == 1 else None, refers=refers and refers.refers)

    def _codes(self, tree: exp.Expr) -> str | None:
        if isinstance(tree, exp.Anonymous) and str(tree.this).lower() == "age_group":
            return "age_group"
        found = self.find(tree.name, tree.table or None) if isinstance(tree, exp.Column) else None
        return found.codes if found else None

    def joined(self, more: Mapping[str, Known]) -> Scope:
        """The scope with further names."""
        return replace(self, names={**self.names, **more})

    def named(self, expressions: Mapping[str, str]) -> Scope:
        """The scope with named expressions, each seeing those before it."""
        scope = self
        for name, expression in expressions.items():
            scope = scope.joined({name: scope.told(expression)})
        return scope


@dataclass(frozen=True)
class Stages:
    """The scopes of the steps by which rows are chosen, in their order."""

    row: Scope
    """Attributes of the row, for `let`."""
    let: Scope
    """With `let`: for the windows of looks; looks see it as `this`."""
    look: Scope
    """With the looks, for `then`."""
    then: Scope
    """With `then`: for `where`, `at` and the arguments of a method."""
    result: Scope
    """What comes out: for numerator, denominator and rules."""
    dimensions: dict[str, str]
    """Dimension -> expression over `grouped`."""
    grouped: Scope


def columns(county: County, relation: str) -> dict[str, Known]:
    """The names a row of a mart has: of a concept, or of its group (`assessment.answers`); none that identify."""
    concept_name, _, many = relation.partition(".")
    concept = county.concepts.get(concept_name)
    if concept is None or (many and many not in concept.many):
        return {}
    attributes: dict[str, Attribute] = dict(concept.attributes)
    if many:
        above = {name: each for name, each in attributes.items() if each.type == "reference" or name == concept.happens}
        attributes = {**above, **concept.many[many].attributes}
    found = {name: known(each) for name, each in attributes.items() if each.privacy != "identifying"}
    return {"key": Known("reference", refers=None if many else concept_name), **found}


def known(attribute: Attribute) -> Known:
    """What is known of an attribute."""
    return Known(attribute.type, attribute.codes, attribute.refers)


def results(tree: exp.Expr) -> Iterable[exp.Expr]:
    """The parts of an expression that can be its value: the branches of CASE, the arguments of coalesce."""
    if isinstance(tree, exp.Paren):
        yield from results(tree.this)
    elif isinstance(tree, exp.Case):
        for branch in tree.args["ifs"]:
            yield from results(branch.args["true"])
        if tree.args.get("default") is not None:
            yield from results(tree.args["default"])
    elif isinstance(tree, exp.Anonymous) and str(tree.this).lower() == "coalesce":
        for each in tree.expressions:
            yield from results(each)
    elif not isinstance(tree, exp.Null):
        yield tree


def looked_relation(look: Look) -> str:
    """The relation a look reads: a concept, or a group of one (`assessment.answers`)."""
    return f"{look.of}.{look.many}" if look.many else look.of


def look_scope(county: County, look: Look, let: Scope) -> Scope:
    """The names in `where`, `value` and `at` of a look: those of the other row, and `this.x` of the row that looks."""
    return Scope(county, columns(county, looked_relation(look)), this=let.names)


def looked(county: County, look: Look, let: Scope) -> Known:
    """What a look gives."""
    match look.take:
        case "exists":
            return Known("boolean")
        case "count":
            return Known("integer")
        case "sum" | "mean":
            return Known("decimal")
        case _:
            return look_scope(county, look, let).told(look.value) if look.value else Known(ANY)


def method_scope(method: Method, then: Scope) -> Scope:
    """The names of the rows a method gives."""
    shape = METHODS.get(method.name)
    if shape is None:
        return then
    gives: dict[str, Known] = {}
    for name, kind in shape.gives.items():
        told = then.told(method.arguments[name]) if name in method.arguments else Known(ANY)
        refers = name if kind == "reference" and name in then.county.concepts else told.refers
        gives[name] = Known(told.type if kind == ANY else kind, told.codes, refers)
    if shape.within == "all":
        return then.joined(gives)
    return replace(then, names={"key": Known("reference"), **gives, **PERIOD_ENDS})


def stages(county: County, rows: Rows | Segments) -> Stages:
    """The scopes of the steps of a measure, its denominator or a segment list."""
    census = isinstance(rows, Segments) or rows.each == "period_end"
    row = Scope(county, {**columns(county, rows.rows), **(PERIOD_ENDS if census else {})})
    let = row.named(rows.let)
    look = let.joined({name: looked(county, each, let) for name, each in rows.look.items()})
    then = look.named(rows.then)
    method = None if isinstance(rows, Segments) else rows.method
    result = method_scope(method, then) if method else then
    dimensions, grouped = _dimensions(county, rows.rows.partition(".")[0], method, result)
    return Stages(row, let, look, then, result, dimensions, grouped)


def scope(county: County, rows: Rows | Segments) -> Scope:
    """The names that numerator, denominator and rules may use."""
    return stages(county, rows).result


def _dimensions(county: County, concept: str, method: Method | None, result: Scope) -> tuple[dict[str, str], Scope]:
    """The dimensions that rows may be grouped by, and the scope of their expressions."""
    shape = METHODS.get(method.name) if method else None
    own: dict[str, str] = {}
    grouped = result.joined(PERIOD_ENDS)
    if method and shape:
        own = {name: column for name, column in shape.dimensions.items() if column in method.arguments}
    if shape and shape.rows:
        concept = shape.rows
        grouped = Scope(county, {**columns(county, concept), **PERIOD_ENDS, **_only(result.names, own.values())})
    found = county.concepts.get(concept)
    return {**(found.dimensions if found else {}), **own}, grouped


def _only(names: Mapping[str, Known], wanted: Iterable[str]) -> dict[str, Known]:
    return {name: names[name] for name in wanted if name in names}


def dimension_codes(county: County, concept: str, dimension: str) -> str | None:
    """The code list that names the values of a dimension: that of its attribute, else the list of the same name."""
    expression = county.concepts[concept].dimensions.get(dimension)
    if expression is not None:
        found = Scope(county, {**columns(county, concept), **PERIOD_ENDS}).told(expression).codes
        if found:
            return found
    return dimension if dimension in county.codes else None


def has_segment(county: County, concept: str) -> bool:
    """Whether the engine adds dimension `segment`: the concept is a person, or belongs to one."""
    found = county.concepts.get(concept)
    return concept == "person" or (found is not None and "person" in found.attributes)
