"""Programmes of referrals are judged with the rest of the content, and what is declared of moves hangs together."""

from __future__ import annotations

from pathlib import Path

import pytest

from luotsi.concepts.checking import check
from luotsi.concepts.reading import read_county
from luotsi.concepts.referrals import CLOSED, DRAFT, MOVES, OPEN, PASSED, STATES, WITHDRAWN, pairs

GOOD = """
programme: wellbeing
label: {fi: Lähete, sv: Remiss, en: Referral}
about: {fi: Ohjaus, sv: Hänvisning, en: Guidance}
sector: health
queue: calls
contact: {amount: 5, of: working_days}
remind: {amount: 3, of: working_days}
escalate: {amount: 5, of: working_days}
lapse: {amount: 10, of: working_days}
owner: Johtaja
"""
QUEUE = """
queue: calls
label: {fi: Soitot, sv: Samtal, en: Calls}
answer: {fi: Soitamme, sv: Vi ringer, en: We call}
sector: health
units: [1.2.3]
promise: {amount: 5, of: working_days}
owner: Johtaja
"""


def faults(tmp_path: Path, old: str = "", new: str = "") -> list[str]:
    for folder, name, text in (("referrals", "wellbeing", GOOD.replace(old, new, 1)), ("queues", "calls", QUEUE)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yaml").write_text(text, "utf-8")
    county, found = read_county(tmp_path)
    return [each.what for each in (*found, *check(county)) if "wellbeing.yaml" in each.file]


def test_a_programme_that_fits_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("queue: calls", "queue: letters", "there is no work queue letters"),
        ("sv: Remiss", 'sv: ""', "label.sv is empty"),
        ("owner: Johtaja", 'owner: " "', "owner is empty"),
        ("lapse: {amount: 10", "lapse: {amount: 5", "lapse comes no later than escalate"),
        ("remind: {amount: 3, of: working_days}", "remind: {amount: 1, of: months}", "escalate comes no later"),
        ("remind: {amount: 3", "remind: {amount: many", "remind"),
        ("sector: health", "sector: sports", "sector"),
        ("programme: wellbeing", "programme: other", "holds other"),
    ],
)
def test_what_does_not_fit_in_a_programme_is_a_fault(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = faults(tmp_path, old, new)
    assert any(said in each for each in found), found


def test_every_state_is_reached_and_every_state_but_the_last_can_be_withdrawn() -> None:
    reached, new = set[str](), {""}
    while new:
        reached |= new
        new = {after for before, after in pairs() if before in reached} - reached
    assert reached == {"", *STATES}
    assert set(MOVES["withdraw"].before) == set(STATES) - {WITHDRAWN}
    assert not [after for before, after in pairs() if before == WITHDRAWN]


def test_what_is_passed_on_has_always_been_consented_to() -> None:
    """Without the step of consent, no state in which the receiver sees anything can be reached."""
    reached, new = set[str](), {DRAFT}
    while new:
        reached |= new
        steps = (
            pair for name, move in MOVES.items() if name != "consent" for pair in ((b, move.after) for b in move.before)
        )
        new = {after for before, after in steps if before in reached} - reached
    assert not reached & {*PASSED, CLOSED}
    assert set(OPEN) | {CLOSED, WITHDRAWN} == set(STATES)
