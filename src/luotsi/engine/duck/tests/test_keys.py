"""Hash keys: the SQL builder and its plain-Python twin give the same bytes, and parts cannot shift."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from luotsi.engine.duck.connection import connect
from luotsi.engine.duck.keys import key, key_in_python

CON = connect(None)
texts = st.one_of(
    st.none(), st.sampled_from(["", "~", "1:a", "å", "ÄÖ", "👩‍👩‍👧", "ß", "a\x1f", "||", "^^", "'"]),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(system=st.sampled_from(["", "hetu", "x'y"]), parts=st.lists(texts, min_size=1, max_size=3))
def test_the_key_in_sql_is_the_key_in_python(system: str, parts: list[str | None]) -> None:
    columns = [exp.cast(exp.Placeholder(this=f"p{place}"), "text") for place in range(len(parts))]
    query = exp.select(key(exp.Literal.string(system), *columns)).sql("duckdb")
    found = CON.execute(query, {f"p{place}": part for place, part in enumerate(parts)}).fetchone()
    assert found == (key_in_python(system, *parts),)


@settings(max_examples=200)
@given(one=st.lists(texts, min_size=1, max_size=3), other=st.lists(texts, min_size=1, max_size=3))
def test_different_parts_have_different_keys(one: list[str | None], other: list[str | None]) -> None:
    assert (key_in_python(*one) == key_in_python(*other)) == (one == other)


def test_the_bytes_of_a_key_never_change() -> None:
    assert str(key_in_python("hetu", "å", None, "")) == "e37c1407-c16a-3723-5245-c12603c5ceef"
