"""What pages are given of a release: the numbers as they were published, in few statements."""

import datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from luotsi.web.results import queries
from luotsi.web.results.actions import point_to, take_in
from luotsi.web.results.models import Release
from luotsi.web.results.tests.fabricated import NAME, row, rows, write


@pytest.fixture
def release(db: None, tmp_path: Path) -> Release:
    return take_in(by=None, folder=write(tmp_path))


def test_before_the_first_release_there_is_none(db: None) -> None:
    assert queries.current() is None
    assert queries.releases() == []
    with pytest.raises(queries.NoRelease):
        queries.release("20240301")


def test_the_current_release_is_the_one_pointed_to(release: Release, tmp_path: Path) -> None:
    newer = take_in(by=None, folder=write(tmp_path, "20240401T080000Z-bbbb"))
    point_to(by=None, release=newer.name)
    assert queries.current() == newer
    point_to(by=None, release=release.name)
    assert queries.current() == release
    assert queries.releases() == [newer, release]
    assert queries.release(NAME) == release


def test_a_series_stands_in_the_order_of_its_periods_with_every_number(release: Release) -> None:
    found = queries.series(release, "seen", grain="month")
    assert [each.period for each in found] == [f"2024-{month:02}" for month in range(1, 13)]
    assert found[0] == queries.Point("2024-01", "", 11, 40, 11 / 40, 11 / 40, 11 / 40, 40, False)


def test_a_hidden_number_is_there_without_a_number(release: Release) -> None:
    [found] = queries.series(release, "seen", grain="year", group="unit=3")
    assert found == queries.Point("2024", "unit=3", None, None, None, None, None, None, True)


def test_a_whole_board_is_one_statement(release: Release) -> None:
    wanted = [("seen", "month", ""), ("seen", "year", "unit=1"), ("cost", "year", ""), ("gone", "month", "")]
    with CaptureQueriesContext(connection) as asked:
        found = queries.many(release, wanted)
    assert len(asked) == 1
    assert {key: len(points) for key, points in found.items()} == dict(zip(wanted, [12, 1, 1, 0], strict=True))


def test_no_series_at_all_is_no_statement(release: Release) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert queries.many(release, []) == {}
    assert not len(asked)


def test_the_groups_of_a_period_are_those_of_the_dimensions_asked_for(release: Release) -> None:
    def told(*dimensions: str) -> list[str]:
        return [each.group for each in queries.groups(release, "seen", period="2024", dimensions=dimensions)]

    assert told("unit") == ["unit=1", "unit=2", "unit=3"]
    assert told("unit", "sex") == ["sex=2;unit=1"]
    assert told() == [""]
    assert told("gone") == []


def test_a_release_answers_with_its_own_numbers(release: Release, tmp_path: Path) -> None:
    other = take_in(
        by=None, folder=write(tmp_path, "20240401T080000Z-bbbb", results=[row("seen", "2024", "", 30.0, 60)])
    )
    assert queries.series(release, "seen", grain="year")[0].n == 480
    assert queries.series(other, "seen", grain="year")[0].n == 60


def test_a_definition_says_what_the_numbers_were_made_by(release: Release) -> None:
    found = queries.definition(release, "seen")
    assert found is not None
    assert found == queries.definition(release, "seen_before")
    assert (found.measure, found.status, found.dimensions, found.pairs) == (
        *("seen", "unconfirmed", ("unit", "sex"), (("sex", "unit"),)),
    )
    assert found.review == datetime.date(2027, 1, 31)
    assert found.targets[0].since == datetime.date(2024, 1, 1)
    assert found.sql == "SELECT 'seen'\n"
    assert found.example == found.examples[0]
    assert queries.definition(release, "gone") is None
    assert list(queries.definitions(release)) == ["cost", "seen"]


def test_words_are_given_for_codes_that_the_release_knows(release: Release) -> None:
    assert queries.labels(release, "unit") == {"1": {"fi": "Ykkönen", "sv": "Ettan", "en": "One"}}
    assert queries.labels(release, "gone") == {}


def test_segments_are_given_with_their_sizes(release: Release) -> None:
    assert [name for name, _ in queries.segments(release)["main"].rules] == ["rest"]
    assert [each.value for each in queries.sizes(release, "main", segment="rest")] == [1.0]
    assert [each.n for each in queries.sizes(release, "main")] == [60]


def test_loads_and_freshness_tell_what_a_number_rests_on(release: Release) -> None:
    assert [(each.number, each.quarantined, each.unusual) for each in queries.loads(release)] == [
        *((1, None, []), (2, 7, ["7 rows stand twice"]), (3, None, [])),
    ]
    assert [each.number for each in queries.loads(release, "seen")] == [2]
    assert queries.loads(release, "gone") == []
    fresh = queries.freshness(release)
    assert list(fresh) == ["records", "residents"]
    assert fresh["records"] == datetime.datetime(2024, 2, 20, 0, 0, tzinfo=datetime.UTC), "02:00 in Finland"


def test_the_boards_are_those_of_the_county() -> None:
    assert "access_to_care" in queries.boards()


def test_no_number_is_lost_or_changed_on_the_way(release: Release) -> None:
    grains = {"measure": ("month", "quarter", "year")}
    keys = {
        (each["name"], queries.grain_of(each["period"]), each["group"]) for each in rows() if each["kind"] in grains
    }
    found = {
        (name, point.period, point.group, point.value)
        for (name, *_), series in queries.many(release, keys).items()
        for point in series
    }
    assert found == {
        (each["name"], each["period"], each["group"], each["value"]) for each in rows() if each["kind"] == "measure"
    }
