"""Strptime patterns as regular expressions, for dialects that read times in one form only. Writes no SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from luotsi.concepts.errors import UserError

_TWO = {"m": "0?[1-9]|1[0-2]", "d": "0?[1-9]|[12][0-9]|3[01]", "H": "[01]?[0-9]|2[0-3]", "M": "[0-5]?[0-9]"}
_TWO["S"] = _TWO["M"]
_ONE_WIDTH = {"Y": "[0-9]{4}", "f": "[0-9]{1,6}", "z": "[+-][0-9]{2}:?[0-9]{0,2}"}


@dataclass(frozen=True)
class Shape:
    """A pattern as a regular expression (of the whole text), and the number of the group of each of its parts."""

    pattern: str
    expression: str
    groups: dict[str, int]

    def iso(self, group: str, joint: str = " ") -> str:
        """The text in ISO form, `group` being how a replacement names a group (`\\{}`, `${}`)."""
        return "".join(each if isinstance(each, str) else group.format(each[0]) for each in self.pieces(joint))

    def pieces(self, joint: str = " ") -> list[str | tuple[int, str]]:
        """The parts of the ISO form in order: texts, and (group, letter) where the text given has it."""

        def part(letter: str, absent: str) -> str | tuple[int, str]:
            return (self.groups[letter], letter) if letter in self.groups else absent

        made: list[str | tuple[int, str]] = [part("Y", "1900"), "-", part("m", "01"), "-", part("d", "01")]
        if "H" in self.groups:
            made += [joint, part("H", "00"), ":", part("M", "00"), ":", part("S", "00")]
            made += [".", part("f", "")] if "f" in self.groups else []
        return made + ([part("z", "")] if "z" in self.groups else [])


def shape(pattern: str) -> Shape:
    """The shape of a strptime pattern. Raises UserError for a letter that is not one of YmdHMSfz."""
    groups: dict[str, int] = {}
    made, pieces = "", re.findall(r"%.|[^%]+", pattern)
    for place, piece in enumerate(pieces):
        if not piece.startswith("%"):
            made += re.sub(r"([.^$*+?{}\[\]\\|()])", r"[\1]", piece)
            continue
        letter = piece[1]
        if letter not in _TWO and letter not in _ONE_WIDTH:
            raise UserError(f"The time pattern {pattern} has {piece}, which only DuckDB reads; write --dialect duckdb")
        # parts that touch have no end of their own, so that each takes all its digits
        beside = [each for each in (pieces[place - 1 : place] + pieces[place + 1 : place + 2]) if each[0] == "%"]
        tight = any(each[1] not in "zf" for each in beside) and letter in _TWO
        groups[letter] = len(groups) + 1
        made += "([0-9]{2})" if tight else f"({_TWO.get(letter) or _ONE_WIDTH[letter]})"
    return Shape(pattern, f"^ *{made} *$", groups)
