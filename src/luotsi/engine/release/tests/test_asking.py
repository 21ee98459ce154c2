"""A release answers what it publishes, and says in a sentence what it does not."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from luotsi.concepts.errors import UserError
from luotsi.concepts.shipped import open_county
from luotsi.engine import vault
from luotsi.engine.release import ask, build, explain, find
from luotsi.engine.release.asking import measure_of
from luotsi.engine.release.question import named

COLUMNS = ["numerator", "denominator", "value", "n", "suppressed"]


@pytest.fixture
def released(world: Any) -> Any:
    build(world.home, world.county)
    return world


def periods(table: Any) -> list[str]:
    return sorted(set(table["period"].to_pylist()))


def test_a_measure_alone_is_its_total_for_each_year(released: Any) -> None:
    table = ask(released.home, None, "contacts")
    assert table.column_names == ["measure", "period", *COLUMNS]
    assert periods(table) == ["2022", "2023"]
    assert sum(table["value"].to_pylist()) == len(released.events)


def test_dimensions_become_columns_between_period_and_numbers(released: Any) -> None:
    table = ask(released.home, None, "remote_share", by=["unit", "quarter", "sex"], period="2023")
    assert table.column_names == ["measure", "period", "sex", "unit", *COLUMNS]
    assert periods(table) == ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    assert set(table["sex"].to_pylist()) == {"1", "2"}


def test_answers_are_read_from_the_release_with_no_vault(released: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: Any, **__: Any) -> None:
        raise AssertionError("the vault was opened")

    monkeypatch.setattr(vault, "open_vault", closed)
    assert ask(released.home, None, "contacts", by=["unit"]).num_rows


@pytest.mark.parametrize(
    ("period", "by", "expected"),
    [
        ("2023-01..2023-12", (), ["2023"]),
        ("2022..2023", (), ["2022", "2023"]),
        ("2023-Q1", (), ["2023-Q1"]),
        ("2023-04", (), ["2023-04"]),
        ("2023-01..2023-06", (), ["2023-Q1", "2023-Q2"]),
        ("2023-02..2023-03", (), ["2023-02", "2023-03"]),
        ("2023-01..2023-03", ("month",), ["2023-01", "2023-02", "2023-03"]),
    ],
)
def test_a_range_is_answered_in_the_coarsest_periods_that_make_it_up(
    released: Any, period: str, by: tuple[str, ...], expected: list[str]
) -> None:
    assert periods(ask(released.home, None, "remote_share", by=by, period=period)) == expected


def test_a_condition_keeps_one_code_and_uses_the_pair(released: Any) -> None:
    table = ask(released.home, None, "remote_share", by=["unit"], where="sex=2", period="2023")
    assert set(table["sex"].to_pylist()) == {"2"}
    whole = ask(released.home, None, "remote_share", by=["unit", "sex"], period="2023")
    assert table.num_rows == sum(sex == "2" for sex in whole["sex"].to_pylist())


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ({"measure": "remote_shar"}, "Did you mean remote_share"),
        ({"measure": "zzzz"}, "There are: contacts, remote_share"),
        ({"measure": "remote_share", "by": ["area"]}, "one of: unit, sex. Crossed by: sex,unit"),
        ({"measure": "contacts", "by": ["unit", "sex"]}, "Crossed by: none"),
        ({"measure": "contacts", "by": ["month"]}, "It is by: quarter, year"),
        ({"measure": "contacts", "by": ["quarter", "year"]}, "cannot be asked together"),
        ({"measure": "contacts", "period": "2023-01..2023-02"}, "not made of whole periods"),
        ({"measure": "contacts", "period": "2023-13"}, "is not a period"),
        ({"measure": "contacts", "period": "2023..2022"}, "ends before it begins"),
        ({"measure": "contacts", "where": "sex"}, "Write it as municipality=179"),
        ({"measure": "contacts", "where": "sex=9"}, "There are rows for: 1, 2"),
        ({"measure": "contacts", "where": ["sex=1", "sex=2"]}, "stands twice"),
        ({"measure": "contacts", "release": "x"}, "There is no release x"),
        ({"measure": "contacts", "release": "x", "as_of": datetime.date(2023, 1, 1)}, "Leave one of them out"),
        ({"measure": "contacts", "as_of": datetime.date(2020, 1, 1)}, "Ask as of a later date"),
    ],
)
def test_what_cannot_be_answered_is_a_sentence_that_says_what_can(
    released: Any, question: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        ask(released.home, released.county, **question)


def test_an_empty_home_says_what_to_run(world: Any) -> None:
    with pytest.raises(UserError, match="luotsi up"):
        ask(world.home, world.county, "contacts")


def test_an_old_release_still_answers_as_it_did(released: Any) -> None:
    first = find(released.home).name
    before = ask(released.home, None, "contacts", by=["unit"])
    released.change(released.events[:400])
    build(released.home, released.county)
    assert ask(released.home, None, "contacts", by=["unit"], release=first).equals(before)
    assert not ask(released.home, None, "contacts", by=["unit"]).equals(before)


def test_as_of_a_date_hides_the_same_cells_before_it_filters(released: Any) -> None:
    wanted = {"by": ["unit", "month"], "where": "sex=1", "period": "2023"}
    now = ask(released.home, released.county, "remote_share", **wanted)
    then = ask(released.home, released.county, "remote_share", as_of=datetime.date(2024, 1, 1), **wanted)
    assert then.equals(now)
    assert True in then["suppressed"].to_pylist()


def test_an_explanation_names_the_loads_and_sources_behind_a_number(released: Any) -> None:
    found = explain(released.home, released.county, "remote_share")
    assert found.measure.owner == "Data team"
    assert found.sources == ("visits",)
    assert [each["load"] for each in found.loads] == [1, 2]
    assert "marts.contact" in found.sql
    assert found.release == find(released.home).name


def test_a_measure_can_be_explained_before_there_is_a_release(world: Any) -> None:
    found = explain(world.home, world.county, "remote_share")
    assert found.release is None
    assert found.loads == ()


def test_a_measure_is_found_by_its_other_names_and_answers_by_its_own() -> None:
    assert named("care_guarantee_7d", {"access_7d_share": ("care_guarantee_7d",)}) == "access_7d_share"
    assert measure_of(open_county(), "care_guarantee_7d").measure == "access_7d_share"
