"""Reads FHIRPath, the subset that SQL on FHIR v2 asks for, into a small tree. Knows no SQL and no data.

Grammar: members, `[n]`, functions, `%name`, `$this`, literals, arithmetic, comparison, `and or xor implies`.
Choice elements keep their FHIRPath name (`value.ofType(Quantity)`); the compiler finds `valueQuantity`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from luotsi.concepts.errors import UserError


@dataclass(frozen=True)
class Literal:
    """A value written in the path; `type` is a FHIR type name (string, boolean, integer, decimal, date ...)."""

    value: str | bool | Decimal
    type: str


@dataclass(frozen=True)
class This:
    """`$this`, or the element the path starts from."""


@dataclass(frozen=True)
class Constant:
    """`%name`: a constant of the view, or `rowIndex`, `resource`, `context`."""

    name: str


@dataclass(frozen=True)
class Member:
    """`of.name`."""

    of: Node
    name: str


@dataclass(frozen=True)
class Item:
    """`of[index]`."""

    of: Node
    index: Node


@dataclass(frozen=True)
class Call:
    """`of.name(arguments)`."""

    of: Node
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Binary:
    """`left operator right`."""

    operator: str
    left: Node
    right: Node


Node = Literal | This | Constant | Member | Item | Call | Binary

TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<time>@T?\d[\d:.TZ+-]*)
    | (?P<constant>%(?:[A-Za-z_]\w*|`[^`]+`))
    | (?P<this>\$this\b)
    | (?P<name>[A-Za-z_]\w*|`[^`]+`)
    | (?P<sign><=|>=|!=|!~|[()\[\].,=~<>+\-*/|&])
    )""",
    re.VERBOSE,
)
LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"implies"}),
    frozenset({"or", "xor"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-", "&"}),
    frozenset({"*", "/"}),
)
"""Binary operators, the loosest first."""
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


class PathError(UserError):
    """A path that cannot be read; the sentence says which and where."""


def parse(text: str) -> Node:
    """The tree of one path. Raises PathError."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.place = 0

    def whole(self) -> Node:
        if not self.tokens:
            raise PathError("A path is empty; write at least the name of an element, or $this.")
        tree = self.binary(0)
        if self.place < len(self.tokens):
            self.refuse()
        return tree

    def refuse(self) -> None:
        seen = self.tokens[self.place][1] if self.place < len(self.tokens) else "the end"
        raise PathError(f"The path {self.text!r} cannot be read at {seen!r}; see the README of the FHIR connector.")

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")

    def take(self, wanted: str | None = None) -> tuple[str, str]:
        token = self.peek()
        if token[0] == "end" or (wanted is not None and token[1] != wanted):
            self.refuse()
        self.place += 1
        return token

    def binary(self, level: int) -> Node:
        if level == len(LEVELS):
            return self.signed()
        left = self.binary(level + 1)
        while self.peek()[0] in ("sign", "name") and self.peek()[1] in LEVELS[level]:
            operator = self.take()[1]
            left = Binary(operator, left, self.binary(level + 1))
        return left

    def signed(self) -> Node:
        if self.peek() == ("sign", "-"):
            self.take()
            return Binary("-", Literal(Decimal(0), "integer"), self.signed())
        return self.chain()

    def chain(self) -> Node:
        node = self.start()
        while self.peek()[0] == "sign" and self.peek()[1] in ".[":
            if self.take()[1] == "[":
                node = Item(node, self.binary(0))
                self.take("]")
            else:
                node = self.step(node)
        return node

    def start(self) -> Node:
        kind, text = self.peek()
        match kind:
            case "string":
                self.take()
                return Literal(_unescaped(text[1:-1]), "string")
            case "number":
                self.take()
                return Literal(Decimal(text), "decimal" if "." in text else "integer")
            case "time":
                self.take()
                value = text[1:].removeprefix("T")
                return Literal(value, "time" if text[1] == "T" else "dateTime" if "T" in text else "date")
            case "constant":
                self.take()
                return Constant(text[1:].strip("`"))
            case "this":
                self.take()
                return This()
            case "sign" if text == "(":
                self.take()
                inside = self.binary(0)
                self.take(")")
                return inside
            case _:
                if text in ("true", "false"):
                    self.take()
                    return Literal(text == "true", "boolean")
                return self.step(This())

    def step(self, of: Node) -> Node:
        kind, text = self.take()
        if kind != "name":
            self.place -= 1
            self.refuse()
        if self.peek() != ("sign", "("):
            return Member(of, text.strip("`"))
        self.take()
        arguments: list[Node] = []
        while self.peek() != ("sign", ")"):
            if arguments:
                self.take(",")
            arguments.append(self.binary(0))
        self.take(")")
        return Call(of, text, tuple(arguments))


def _tokens(text: str) -> Sequence[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    stop = len(text.rstrip())
    while place < stop:
        match = TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            rest = text[place:].strip()
            raise PathError(f"The path {text!r} cannot be read at {rest!r}; see the README of the FHIR connector.")
        found.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found


def _unescaped(text: str) -> str:
    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", lambda m: _character(m[1]), text)


def _character(code: str) -> str:
    return chr(int(code[1:], 16)) if len(code) == 5 else ESCAPES.get(code, code)
