"""The rules of the Finnish personal identity code. Codes with number 900 to 999 are given to nobody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fi import hetu

from luotsi.concepts.identifiers import CENTURIES, CHECK, IN_TEXT, hetu_fault, is_hetu_valid

DAYS = st.tuples(st.integers(0, 32), st.integers(0, 13), st.integers(0, 99))
CODES = st.builds(
    lambda day, sign, number, check: "{:02}{:02}{:02}{}{:03}{}".format(*day, sign, number, check),
    DAYS,
    st.sampled_from([*CENTURIES, "G", "T", "Z", "*", "a"]),
    st.integers(0, 999),
    st.sampled_from(CHECK + "GIOQZ"),
)


def right(code: str) -> str:
    """The code with the check character that belongs to it."""
    return code[:-1] + CHECK[int(code[:6] + code[7:10]) % 31]


@given(CODES)
def test_a_code_is_valid_exactly_when_an_independent_library_says_so(code: str) -> None:
    assert is_hetu_valid(code) == hetu.is_valid(code, allow_temporary=True)
    assert is_hetu_valid(right(code)) == hetu.is_valid(right(code), allow_temporary=True)


@pytest.mark.parametrize("sign", list(CENTURIES))
def test_every_sign_of_a_century_is_known_with_those_of_2023(sign: str) -> None:
    assert hetu_fault(right(f"010190{sign}900?")) is None


def test_what_is_wrong_with_a_code_is_said() -> None:
    assert hetu_fault("010190900P") == "wrong form"
    assert hetu_fault(right("310290-900?")) == "no such day of birth"
    assert hetu_fault("010190-900Q") == "wrong form"
    assert hetu_fault("010190-900R") == "wrong check character"
    assert hetu_fault(right("010190-001?")) == "wrong individual number"


def test_letter_case_and_outer_white_space_do_not_matter() -> None:
    assert is_hetu_valid(" 010190-900p ")


@pytest.mark.parametrize("text", ["Soita 010190-900P!", "010190-900p", "(311299A9234)"])
def test_a_code_within_a_text_is_seen(text: str) -> None:
    assert re.search(IN_TEXT, text)


@pytest.mark.parametrize("text", ["12010190-900P", "320190-900P", "011390-900P", "010190-900PQ", "2024-01-02"])
def test_what_only_looks_a_little_like_a_code_is_let_through(text: str) -> None:
    assert not re.search(IN_TEXT, text)
