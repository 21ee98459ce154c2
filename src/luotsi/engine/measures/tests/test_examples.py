"""What the worked examples of shipped measures are like, and how one that gives something else is told.

That each gives what it expects on both engines is what `luotsi check` says of the shipped content in `make check`.
"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County, read_county
from luotsi.concepts.records import Example
from luotsi.engine.measures.example_tables import Tables
from luotsi.engine.measures.examples import agrees, key_of, rows_of, run, run_measures, run_together, together
from luotsi.engine.measures.plan import of_measure, passes

ROOT = Path(__file__).parents[5]
COUNTY, FAULTS = read_county(ROOT / "county")
PASSES = [[each.name for each in one.asked] for one in passes(map(of_measure, COUNTY.measures.values()))]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(duckdb.connect(), COUNTY)


def expecting(measured: str, **changes: object) -> County:
    """The county with the first example of a measure changed, as its only one."""
    measure = COUNTY.measures[measured]
    example = measure.examples[0].model_copy(update=changes)
    return replace(COUNTY, measures={measured: measure.model_copy(update={"examples": (example,)})})


@pytest.mark.parametrize("name", sorted(COUNTY.measures))
def test_a_measure_has_an_example_that_counts_something(name: str) -> None:
    examples = COUNTY.measures[name].examples
    assert any(set(example.expect.values()) - {"", "0"} for example in examples if example.given)


def test_most_measures_have_two_examples_or_more() -> None:
    few = [name for name, measure in COUNTY.measures.items() if len(measure.examples) < 2]
    assert len(few) < len(COUNTY.measures) / 5, few


def test_there_are_the_measures_a_county_needs() -> None:
    assert len(COUNTY.measures) >= 50
    assert 10 <= sum(measure.headline for measure in COUNTY.measures.values()) <= 15
    assert {"contacts", "persons", "stays", "measurements"} <= set(COUNTY.measures)


@pytest.mark.parametrize("name", sorted(COUNTY.measures))
def test_an_unconfirmed_measure_says_in_every_language_what_is_unconfirmed(name: str) -> None:
    measure = COUNTY.measures[name]
    words = {"fi": "ahvistamatta", "sv": "bekräfta", "en": "nconfirmed"}
    said = {language for language, word in words.items() if word in getattr(measure.definition, language)}
    assert said == (set(words) if measure.status == "unconfirmed" else set())


def test_a_wrong_expectation_is_told_with_measure_example_engine_and_both_numbers() -> None:
    county = expecting("access_7d_share", name="Wrong", expect={"numerator": "3", "value": "0.5"})
    assert run(county, "access_7d_share") == [
        "access_7d_share: Wrong: reference: numerator should be 3, not 2",
        "access_7d_share: Wrong: DuckDB: numerator should be 3, not 2",
    ]


def test_a_period_the_measure_is_not_made_for_is_told() -> None:
    county = expecting("coc_index", name="Monthly", period="2024-03")
    (fault,) = run(county, "coc_index")
    assert fault == "coc_index: Monthly: 2024-03 is a month, which is not among the periods of coc_index"


def test_an_unknown_attribute_in_the_heading_is_told() -> None:
    county = expecting("contacts", name="Misspelt", given={"contact": "happened_on\n2024-01-01"})
    assert run(county, "contacts") == [
        "contacts: Misspelt: contact has no attribute happened_on; mend the heading line of the example"
    ]


def test_a_row_with_too_few_cells_is_told() -> None:
    with pytest.raises(UserError, match="row 1 of contact has 1 cells under 2 names"):
        rows_of(COUNTY, "contact", "happened_at | status\n2024-01-01")


def test_an_impossible_day_is_told() -> None:
    with pytest.raises(UserError, match=r"'2024-02-30' is not a timestamp \(contact.happened_at\)"):
        rows_of(COUNTY, "contact", "happened_at\n2024-02-30")


def test_a_person_attribute_that_identifies_cannot_be_given() -> None:
    with pytest.raises(UserError, match="person has no attribute name"):
        rows_of(COUNTY, "person", "name\nAino")


def test_references_meet_the_keys_of_other_rows() -> None:
    (person,) = rows_of(COUNTY, "person", "key | sex\nx | 1")
    (contact,) = rows_of(COUNTY, "contact", "person | status\nx | 7")
    assert contact.values["person"] == person.key == key_of("x")


def test_a_row_without_a_key_is_known_by_its_number() -> None:
    rows = rows_of(COUNTY, "person", "sex\n1\n2")
    assert [row.key for row in rows] == [key_of("1"), key_of("2")]


@pytest.mark.parametrize(
    ("text", "got", "agreed"),
    [
        ("0.5", "0.5", True),
        ("0.5", "0.5001", False),
        ("0.3333", "0.33333333", True),
        ("0.3333", "0.3334", False),
        ("", None, True),
        ("", "0", False),
        ("0", None, False),
    ],
)
def test_a_value_with_four_decimals_is_rounded_and_with_fewer_exact(text: str, got: str | None, agreed: bool) -> None:
    assert agrees(text, None if got is None else Decimal(got)) is agreed


def test_an_example_leaves_no_rows_for_the_next(tables: Tables) -> None:
    example = Example(name="Empty", given={}, period="2024", expect={"n": "0"})
    measure = COUNTY.measures["contacts"]
    county = replace(
        COUNTY, measures={"contacts": measure.model_copy(update={"examples": (*measure.examples, example)})}
    )
    assert run_measures(county, ["contacts"], tables) == []


@pytest.mark.parametrize("names", [each for each in PASSES if len(each) > 1], ids=" ".join)
def test_measures_that_share_a_pass_count_the_examples_of_all_as_the_reference_counts_them(
    names: list[str], tables: Tables
) -> None:
    assert run_together(COUNTY, names, tables) == []


def test_examples_beside_each_other_share_no_person() -> None:
    examples = COUNTY.measures["diabetes_bp_in_target"].examples
    world = together(COUNTY, examples)
    alone = sum(len(rows_of(COUNTY, "person", each.given["person"])) for each in examples)
    assert len({row.key for row in world.rows("person")}) == alone > 2


def test_rows_that_the_reference_alone_counts_are_told(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    filled = Tables.fill
    monkeypatch.setattr(Tables, "fill", lambda self, world: filled(self, replace(world, tables={})))
    assert "contacts" in run_together(COUNTY, ["contacts"], tables)[0]
