"""Broken text cut into records: what is sound stays, what is broken is told apart, and numbers stay right."""

from __future__ import annotations

import pytest

from luotsi.connectors.csv.records import MOST_LINES, Record, lines, records


def cut(text: str, width: int = 2, encoding: str = "utf-8", block: int = 3) -> list[Record]:
    data = text.encode(encoding)
    blocks = [data[place : place + block] for place in range(0, len(data), block)]
    return list(records(lines(blocks, encoding), ";", encoding, width))


def test_a_stray_quote_spoils_its_own_record_only() -> None:
    found = cut('a;"b\nc;d\n' + "e;f\n" * MOST_LINES)
    assert [each.line for each in found if each.fault] == [1]
    assert len(found) == MOST_LINES + 2


def test_a_stray_quote_before_a_sound_quoted_record_spoils_neither_it_nor_the_rows_between() -> None:
    found = cut('a;"b\nc;d\n"e";f\n')
    assert [(each.line, each.fields) for each in found if not each.fault] == [(2, ["c", "d"]), (3, ["e", "f"])]


def test_a_record_over_several_lines_counts_once() -> None:
    found = cut('a;"b\n\nc"\nd;e\n')
    assert [(each.line, each.fields) for each in found] == [(1, ["a", "b\n\nc"]), (2, ["d", "e"])]


def test_empty_lines_count_and_are_no_records() -> None:
    assert [each.line for each in cut("a;b\n\n\r\nc;d")] == [1, 4]


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ('"a";"b"', ["a", "b"]),
        ('"a""b";c', ['a"b', "c"]),
        ('a"b;c', ['a"b', "c"]),
        (";", ["", ""]),
        ('"a;b";', ["a;b", ""]),
    ],
)
def test_fields_are_read_with_and_without_quotes(line: str, fields: list[str]) -> None:
    assert cut(line)[0].fields == fields


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
def test_every_encoding_gives_the_same_text(encoding: str) -> None:
    assert [each.fields for each in cut("ä;ö\nå;b\n", encoding=encoding)] == [["ä", "ö"], ["å", "b"]]


def test_delimiters_at_the_end_that_hold_nothing_are_no_columns() -> None:
    (sound, surplus) = list(records([b"a;b;;", b"a;b;;c"], ";", "utf-8", 2))
    assert (sound.fields, sound.fault) == (["a", "b"], None)
    assert surplus.fault == "4 columns where the heading has 2"


def test_a_line_end_within_quotes_stays_as_it_was_written() -> None:
    assert [each.fields for each in cut('a;"b\r\nc\r\n"\r\nd;e\r\n')] == [["a", "b\r\nc\r\n"], ["d", "e"]]
