"""Parses the scalar expressions of county content and finds their type; anything not allowed is refused.

An expression is a SQLGlot tree of names, literals, arithmetic, comparison, CASE and the words in `functions`.
It never holds a query, a cast, or a function the house does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from luotsi.concepts.functions import ANY, FUNCTIONS

Names = Callable[[str, str | None], str | None]
"""(name, the table before the dot) -> type, or None where there is no such name."""

NUMBERS = {"integer", "decimal"}
TEXTS = {"text", "code", "reference"}
TIMES = {"date", "timestamp"}

BOOLEAN_NODES = (exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
ALLOWED = (
    *BOOLEAN_NODES,
    exp.Is, exp.In, exp.Between, exp.Null, exp.Boolean, exp.Literal, exp.Paren, exp.Neg,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Case, exp.If, exp.Column, exp.Identifier, exp.Anonymous,
)  # fmt: skip


class ExpressionError(ValueError):
    """An expression that is refused; the text says what and what would be right."""


CALLED = "luotsi_"
"""Stands before the name of a function while it is parsed, so that none is taken for one that SQLGlot knows."""
WORDS = frozenset({"and", "or", "not", "in", "between", "is", "case", "when", "then", "else", "over"})
"""Words that an opening parenthesis may follow although they are no functions."""
DIALECT = sqlglot.Dialect()


def _tokens(text: str) -> list[Token]:
    """The words of an expression, each function marked. One is put before it and taken off again: a first word such as
    `call` would be read as the beginning of a statement.
    """
    found = DIALECT.tokenize(f"( {text}")[1:]
    return [
        Token(TokenType.VAR, CALLED + token.text)
        if then.token_type == TokenType.L_PAREN and token.text.isidentifier() and token.text.lower() not in WORDS
        else token
        for token, then in pairwise([*found, Token(TokenType.SEMICOLON, "")])
    ]


def parse(text: str) -> exp.Expr:
    """Parses one expression. Raises ExpressionError with a sentence that says what is wrong."""
    return _parsed(text).copy()


@lru_cache(maxsize=20_000)
def _parsed(text: str) -> exp.Expr:
    """The tree of an expression, parsed once; whoever wants to change it takes a copy."""
    try:
        found = DIALECT.parser().parse_into(exp.Condition, _tokens(text), text)
    except SqlglotError as error:
        said = error.errors[0]["description"] if isinstance(error, ParseError) and error.errors else None
        detail = str(said or str(error).splitlines()[0])
        detail = "a part of it is missing" if detail.startswith("Required keyword") else detail
        raise ExpressionError(f"{text!r} is not an expression: {detail}") from error
    tree = found[0] if len(found) == 1 else None
    if tree is None:
        raise ExpressionError(f"{text!r} is not an expression: it has to be one, and one alone")
    for node in tree.walk():
        # places in the text, which no one asks for and every copy would carry along
        node._meta = None  # pyright: ignore[reportPrivateUsage]
        if isinstance(node, exp.Anonymous):
            node.set("this", str(node.this).removeprefix(CALLED))
            name = str(node.this).lower()
            if name not in FUNCTIONS:
                raise ExpressionError(f"{text!r} calls {name}, which is not a function here; see docs/reference")
        elif not isinstance(node, ALLOWED):
            raise ExpressionError(f"{text!r} holds {node.key.upper()}, which an expression cannot hold")
    return tree


def names(tree: exp.Expr) -> Iterator[tuple[str, str | None]]:
    """Every (name, table) that an expression reads."""
    for column in tree.find_all(exp.Column):
        yield column.name, column.table or None


def type_of(tree: exp.Expr, resolve: Names) -> str:
    """The type an expression gives, all parts checked. Raises ExpressionError."""
    match tree:
        case exp.Paren():
            return type_of(tree.this, resolve)
        case exp.Column():
            found = resolve(tree.name, tree.table or None)
            if found is None:
                raise ExpressionError(f"there is no attribute {shown(tree)}")
            return found
        case exp.Literal():
            return "text" if tree.is_string else ("integer" if tree.this.isdigit() else "decimal")
        case exp.Null():
            return ANY
        case exp.Boolean():
            return "boolean"
        case exp.And() | exp.Or():
            _want(tree.left, resolve, "boolean")
            _want(tree.right, resolve, "boolean")
            return "boolean"
        case exp.Not():
            _want(tree.this, resolve, "boolean")
            return "boolean"
        case exp.Is():
            type_of(tree.this, resolve)
            return "boolean"
        case exp.In():
            for each in tree.expressions:
                _same(tree.this, each, resolve)
            return "boolean"
        case exp.Between():
            _same(tree.this, tree.args["low"], resolve)
            _same(tree.this, tree.args["high"], resolve)
            return "boolean"
        case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
            _same(tree.left, tree.right, resolve)
            return "boolean"
        case exp.Neg():
            return _want(tree.this, resolve, "decimal")
        case exp.Add() | exp.Sub() | exp.Mul() | exp.Div():
            left, right = _want(tree.left, resolve, "decimal"), _want(tree.right, resolve, "decimal")
            whole = left == right == "integer" and not isinstance(tree, exp.Div)
            return "integer" if whole else "decimal"
        case exp.Case():
            return _case(tree, resolve)
        case exp.Anonymous():
            return _call(tree, resolve)
        case _:
            raise ExpressionError(f"{shown(tree)} cannot stand here")


def fits(found: str, wanted: str) -> bool:
    """Whether a value of one type can stand where another is wanted."""
    if ANY in (found, wanted) or found == wanted:
        return True
    return any(found in kin and wanted in kin for kin in (NUMBERS, TEXTS, TIMES)) or (
        found == "text" and wanted in TIMES
    )


def shown(tree: exp.Expr) -> str:
    """An expression as it is written in county content."""
    return tree.sql(normalize_functions=False)


def _want(tree: exp.Expr, resolve: Names, wanted: str) -> str:
    found = type_of(tree, resolve)
    if not fits(found, wanted) or (found == "text" and wanted in TIMES and not tree.is_string):
        raise ExpressionError(f"{shown(tree)} is {found}, where {wanted} is wanted")
    return found


def _same(left: exp.Expr, right: exp.Expr, resolve: Names) -> None:
    one, other = type_of(left, resolve), type_of(right, resolve)
    date_text = (one in TIMES and right.is_string) or (other in TIMES and left.is_string)
    if "text" in (one, other) and TIMES & {one, other} and not date_text:
        raise ExpressionError(f"{shown(left)} is {one} and {shown(right)} is {other}: they cannot be compared")
    if not fits(one, other) and not fits(other, one):
        raise ExpressionError(f"{shown(left)} is {one} and {shown(right)} is {other}: they cannot be compared")


def _case(tree: exp.Case, resolve: Names) -> str:
    results: list[str] = []
    for branch in tree.args["ifs"]:
        if tree.this is None:
            _want(branch.this, resolve, "boolean")
        else:
            _same(tree.this, branch.this, resolve)
        results.append(type_of(branch.args["true"], resolve))
    default = tree.args.get("default")
    if default is not None:
        results.append(type_of(default, resolve))
    known = [each for each in results if each != ANY]
    for each in known[1:]:
        if not fits(each, known[0]) and not fits(known[0], each):
            raise ExpressionError(f"{shown(tree)} gives {known[0]} in one branch and {each} in another")
    if not known:
        return ANY
    return "decimal" if "decimal" in known else known[0]


def _call(tree: exp.Anonymous, resolve: Names) -> str:
    name = str(tree.this).lower()
    function = FUNCTIONS[name]
    given = tree.expressions
    least, most = len(function.takes) - function.optional, len(function.takes)
    if len(given) < least or (len(given) > most and not function.repeats):
        raise ExpressionError(f"{name} takes {', '.join(function.takes)}; {shown(tree)} gives {len(given)}")
    types = [_want(each, resolve, function.takes[min(place, most - 1)]) for place, each in enumerate(given)]
    if function.gives != ANY:
        return function.gives
    known = [each for each in types if each != ANY]
    return "decimal" if "decimal" in known else (known[0] if known else ANY)
