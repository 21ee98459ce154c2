import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luotsi.concepts.errors import UserError
from luotsi.forms import wire

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-10_000, max_value=10_000),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.sampled_from([None, 1]))
def test_what_is_written_reads_back_as_it_was(value: object, indent: int | None) -> None:
    assert wire.loads(wire.dumps(value, indent)) == value


def test_a_decimal_keeps_the_digits_it_was_written_with() -> None:
    text = '{"value": 1.10, "low": 100, "big": 1E+2}'
    assert wire.dumps(wire.loads(text)) == text
    assert wire.loads(text)["value"].as_tuple() == Decimal("1.10").as_tuple()


def test_the_classes_for_libraries_read_and_write_without_loss() -> None:
    text = json.dumps({"value": Decimal("1.10")}, cls=wire.Encoder)
    assert text == '{"value": 1.10}'
    assert json.loads(text, cls=wire.Decoder) == {"value": Decimal("1.10")}


@pytest.mark.parametrize("text", ['{"a": ', '{"a": NaN}', "[" * 300 + "]" * 300, "[" * 100_000, b'{"a": "\xff"}'])
def test_what_is_not_json_is_told_in_a_sentence(text: str | bytes) -> None:
    with pytest.raises(UserError):
        wire.loads(text)
