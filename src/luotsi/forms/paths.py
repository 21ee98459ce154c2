"""FHIRPath, and the one place that knows the library which runs it: expressions are read once and run many times.

The library is fhirpathpy. What it gets wrong, or too slowly for a form that computes while one types, is mended in
`mended`. Which expression runs when stands in `calculating`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from antlr4 import CommonTokenStream, InputStream, Token
from antlr4.error.ErrorListener import ErrorListener
from antlr4.tree.Tree import ParseTreeWalker
from fhirpathpy.engine import do_eval
from fhirpathpy.engine.invocations.constants import constants
from fhirpathpy.engine.nodes import FP_Quantity, FP_Type, ResourceNode
from fhirpathpy.models import models
from fhirpathpy.parser.ASTPathListener import ASTPathListener
from fhirpathpy.parser.generated.FHIRPathLexer import FHIRPathLexer
from fhirpathpy.parser.generated.FHIRPathParser import FHIRPathParser

from luotsi.forms.mended import functions, spell

R4 = models["r4"]
WRITTEN = re.compile(r"%(?:`([^`]+)`|'([^']+)'|\"([^\"]+)\"|([A-Za-z_][\w-]*))")
LONGEST = 20_000
"""Characters of an expression: longer ones are refused, for they would block the page that asks."""

Weights = Callable[[Any], Decimal | None]
"""The points of an answer or coding, as the object of the response it is."""


class Known(Protocol):
    """What %names mean: a dict, or anything that finds them when asked."""

    def __contains__(self, name: object, /) -> bool: ...

    def __getitem__(self, name: str, /) -> Any: ...


class PathError(ValueError):
    """An expression that cannot be read or run; the text is a sentence for the builder of the form."""


class _Strict(ErrorListener):
    """Says where an expression is no FHIRPath, instead of guessing what was meant."""

    def syntaxError(self, recognizer: Any, offendingSymbol: Any, line: int, column: int, msg: str, e: Any) -> None:  # noqa: N802, N803
        raise PathError(f"at character {column + 1}: {msg}")


@dataclass(frozen=True)
class Path:
    """A FHIRPath expression, read."""

    text: str
    tree: Any
    names: frozenset[str]
    """Names of the %variables it asks for."""

    def run(
        self,
        focus: Any,
        known: Known,
        weights: Weights | None = None,
        now: datetime.datetime | None = None,
    ) -> list[Any]:
        """What the expression gives, as plain values: dicts, texts, numbers, booleans; dates and times as ISO text.

        `focus`: a resource, or a `Node` of one. Raises PathError when it cannot be run.
        """
        constants.reset()
        roots = focus if isinstance(focus, list) else [] if focus is None else [focus]
        context = {
            "dataRoot": roots,
            "vars": _Names(known, focus),
            "model": R4,
            "userInvocationTable": functions(weights, now),
            "traceFn": lambda label, values: None,
        }
        try:
            found = (plain(each) for each in do_eval(context, roots, self.tree["children"][0]))
            # what only says something about a value that stands beside it is no value
            return [each for each in found if not (isinstance(each, dict) and list(each) == ["extension"])]
        except RecursionError as error:
            raise PathError(f"{self.text!r} nests too deep") from error
        except Exception as error:
            # the library raises bare exceptions of every kind
            raise PathError(f"{self.text!r} cannot be run: {error}") from error


@dataclass(frozen=True)
class _Names:
    """What is known, behind it the names that FHIR gives every expression; a name that nobody knows is empty."""

    known: Known
    focus: Any

    def __contains__(self, name: str) -> bool:
        return True

    def __getitem__(self, name: str) -> Any:
        if name in self.known:
            return self.known[name]
        if name == "context":
            return self.focus
        if name in URLS:
            return URLS[name]
        start = next((each for each in ADDRESSES if name.startswith(each)), None)
        return [] if start is None else ADDRESSES[start] + name.removeprefix(start)


URLS = {"loinc": "http://loinc.org", "sct": "http://snomed.info/sct", "ucum": "http://unitsofmeasure.org"}
ADDRESSES = {"vs-": "http://hl7.org/fhir/ValueSet/", "ext-": "http://hl7.org/fhir/StructureDefinition/"}


def node(value: Any, path: str) -> Any:
    """A part of a resource with the FHIR path it stands at, so that `answer.value` finds its type."""
    return ResourceNode.create_node(value, path)


@lru_cache(maxsize=10_000)
def read(text: str) -> Path:
    """An expression, read once. Raises PathError with the place where it is no FHIRPath."""
    if len(text) > LONGEST:
        raise PathError(f"the expression has {len(text)} characters; at most {LONGEST} are run")
    lexer = FHIRPathLexer(InputStream(text))
    listener = ASTPathListener()
    strict = _Strict()
    lexer.removeErrorListeners()
    lexer.addErrorListener(strict)
    tokens = CommonTokenStream(lexer)
    parser = FHIRPathParser(tokens)
    parser.removeErrorListeners()
    parser.addErrorListener(strict)
    try:
        tree = parser.expression()
        left = tokens.LT(1)
        if left is not None and left.type != Token.EOF:
            raise PathError(f"at character {left.column + 1}: {left.text!r} is not expected")
        ParseTreeWalker().walk(listener, tree)
    except RecursionError as error:
        raise PathError(f"{text[:80]!r} nests too deep") from error
    except PathError as error:
        raise PathError(f"{text!r} is not FHIRPath {error}") from error
    tree = listener.parentStack[0]
    spell(tree)
    return Path(text, tree, frozenset(next(filter(None, each)) for each in WRITTEN.findall(text)))


def plain(value: Any) -> Any:
    """A value of the library as plain Python."""
    if isinstance(value, ResourceNode):
        value = value.data
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, FP_Quantity):
        return {"value": value.value, "unit": str(value.unit).strip("'"), "code": str(value.unit).strip("'")}
    if isinstance(value, FP_Type):
        return str(value)
    return value
