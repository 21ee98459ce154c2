"""FHIR JSON as text and back without loss: a decimal keeps its digits (1.10 stays 1.10). Knows no resource type."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from luotsi.concepts.errors import UserError

Json = dict[str, Any]
"""A FHIR element or resource as it stands in JSON; decimals are `Decimal`, whole numbers `int`."""

DEEPEST = 200
"""Levels of nesting that a resource may have; the deepest real form known has 12."""


def loads(text: str | bytes) -> Any:
    """The value a JSON text means. Raises UserError with the line where it is not JSON or nests too deep."""
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_refused)
        _measured(value, DEEPEST)
    except json.JSONDecodeError as error:
        raise UserError(f"This is not JSON: {error.msg} on line {error.lineno}. Mend the file.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"This is not UTF-8 (byte {error.start}). Save the file as UTF-8.") from error
    except RecursionError as error:
        raise UserError(f"This JSON nests deeper than {DEEPEST} levels. Send a smaller resource.") from error
    return value


def dumps(value: Any, indent: int | None = None) -> str:
    """A value as JSON text."""
    return "".join(_written(value, indent, ""))


class Encoder(json.JSONEncoder):
    """Writes as `dumps`, for libraries that want a class."""

    def encode(self, o: Any) -> str:
        """The JSON text of a value."""
        return dumps(o)


class Decoder(json.JSONDecoder):
    """Reads as `loads`, for libraries that want a class."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "parse_float": Decimal})


def _refused(word: str) -> Any:
    raise UserError(f"{word} is no number of JSON. Mend the file.")


def _measured(value: Any, left: int) -> None:
    if not left:
        raise RecursionError
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _measured(each, left - 1)


_leaf = json.JSONEncoder(ensure_ascii=False).encode


def _written(value: Any, indent: int | None, margin: str) -> Any:
    if isinstance(value, Decimal):
        yield str(value)
    elif not isinstance(value, dict | list | tuple) or not value:
        yield _leaf(value)
    else:
        inner = margin + " " * (indent or 0)
        line, between = ("", ", ") if indent is None else (f"\n{inner}", ",")
        pairs = isinstance(value, dict)
        yield "{" if pairs else "["
        for place, each in enumerate(value.items() if pairs else value):
            yield f"{between if place else ''}{line}"
            if pairs:
                yield f"{_leaf(str(each[0]))}: "
            yield from _written(each[1] if pairs else each, indent, inner)
        yield f"{'' if indent is None else chr(10) + margin}{'}' if pairs else ']'}"
