"""Each fault that can be in a board, planted in one of the small county: where it is told, and how."""

import pytest

from luotsi.concepts.checking import check
from luotsi.concepts.reading import read_county
from luotsi.concepts.shipped import shipped

FRONT = "boards/front.yaml"
LABEL = "{fi: Nimi, sv: Namn, en: Name}"
TEXT = f"""
    board: front
    level: tactical
    scope: county
    label: {LABEL}
    question: {LABEL}
    owner: Data services
    scoring: {LABEL}
    tiles:
      - measure: calls
        grain: quarter
        chart: funnel
        by: unit
        group: {{sex: '2'}}
      - measure: seen
        target: 0.8
        score: {{floor: 0.2, weight: 2}}
        note: {LABEL}
      - measure: calls
    """

PLANTED = {
    "an unknown measure": (
        *("measure: seen", "measure: sen"),
        *("there is no measure sen", "Did you mean seen?"),
    ),
    "a period that is not published": (
        *("grain: quarter", "grain: week"),
        *("tiles.0.grain is 'week'", "It can be 'month', 'quarter' or 'year'"),
    ),
    "an unknown dimension": (
        *("by: unit", "by: units"),
        *("there is no dimension units in calls", "Did you mean unit?"),
    ),
    "a group of an unknown dimension": (
        *("group: {sex: '2'}", "group: {age: '2'}"),
        *("there is no dimension age in calls", "It can be sex, unit"),
    ),
    "a group whose code is in no list": (
        *("sex: '2'", "sex: '7'"),
        *("'7' is not in code list sex", "It can be 1, 2"),
    ),
    "a chart that compares nothing": (
        *("    by: unit\n    group: {sex: '2'}\n", ""),
        *("nothing says what funnel compares", "Say by: <dimension>, or chart: line"),
        -1,
    ),
    "a line that compares": (
        *("target: 0.8", "target: 0.8\n    by: sex"),
        *("a line compares nothing", "Delete by, or say chart: bars"),
        1,
    ),
    "a map of what has no place": (
        *("chart: funnel", "chart: map"),
        *("there is no map by unit", "Say by: municipality, or chart: bars"),
        1,
    ),
    "a funnel of what is no share": (
        *("target: 0.8", "target: 0.8\n    chart: funnel\n    by: sex"),
        *("seen is a ratio, which has no funnel", "Say chart: bars"),
        1,
    ),
    "a floor on the better side": (
        *("floor: 0.2", "floor: 0.9"),
        *("the floor 0.9 is no worse than the target", "Put it below"),
    ),
    "a weight of nothing": (
        *("weight: 2", "weight: 0"),
        *("the weight is 0", "Give a weight above 0, or delete score"),
    ),
    "points without a target": (
        *("    target: 0.8\n", ""),
        *("seen has no target", "Say target: <value> in the tile, or delete score"),
    ),
    "points where nothing is better": (
        *("group: {sex: '2'}", "group: {sex: '2'}\n    score: {floor: 0}"),
        *("neither more nor less calls is better", "Delete score"),
        1,
    ),
    "points that no text explains": (
        *(f"scoring: {LABEL}\n", ""),
        *("tiles have scores, but nothing says why", "Add scoring: the reasons in three languages"),
        None,
    ),
    "a text of points that are not given": (
        *("    score: {floor: 0.2, weight: 2}\n", ""),
        *("no tile has a score", "Give some tiles score, or delete scoring"),
        -9,
    ),
    "the same tile twice": (
        *("  - measure: seen\n", "  - measure: calls\n  - measure: seen\n"),
        *("calls stands twice in the same way", "Keep one of the tiles"),
        None,
    ),
    "an empty note": (
        *("note: {fi: Nimi, sv: Namn", "note: {fi: Nimi, sv: ''"),
        *("tiles.1.note.sv is empty", "Write the label in plain language"),
    ),
    "an unknown word": (
        *("owner: Data services", "owner: Data services\ncolour: red"),
        *("colour is not a word that can stand here", "Delete it or mend its spelling"),
        1,
    ),
    "an unknown level": (
        *("level: tactical", "level: tactic"),
        *("level is 'tactic'", "It can be 'strategic', 'tactical' or 'operational'"),
    ),
}


@pytest.fixture
def front(small):
    small.write(FRONT, TEXT)
    return small


def test_a_board_without_faults_has_none(front) -> None:
    assert front.faults() == []
    county, _ = front.read()
    board = county.boards["front"]
    assert [each.measure for each in board.tiles] == ["calls", "seen", "calls"]
    assert board.tiles[1].score is not None


@pytest.mark.parametrize(
    "planted",
    PLANTED.values(),
    ids=PLANTED.keys(),
)
def test_a_planted_fault_of_a_board_is_told_with_file_line_and_what_would_be_right(front, planted) -> None:
    old, new, what, right, *offset = planted
    planted_at = front.plant(FRONT, old, new)
    told = [(line, what_, right_) for file, line, what_, right_ in front.faults() if file == FRONT]
    if offset == [None]:
        assert (what, right) in [each[1:] for each in told]
    else:
        assert (planted_at + (offset[0] if offset else 0), what, right) in told


def test_a_board_groups_only_by_what_is_published_together(front) -> None:
    front.plant("measures/calls.yaml", "pairs: [[unit, sex]]", "pairs: []")
    what = "calls is not published by sex and unit together"
    assert (FRONT, 9, what, "Take one of them, or add the pair to the measure") in front.faults()


def test_a_board_of_a_unit_shows_only_what_is_published_by_unit(front) -> None:
    front.plant(FRONT, "scope: county", "scope: unit")
    what = "seen has no dimension unit"
    assert (FRONT, 14, what, "Take a measure that has, or say scope: county") in front.faults()


def test_a_board_of_more_than_twelve_tiles_is_told(front) -> None:
    tiles = "".join(f"  - measure: calls\n    group: {{unit: '{place}'}}\n" for place in range(10))
    front.write(FRONT, (front.root / FRONT).read_text("utf-8") + tiles)
    assert ("there are 13 tiles", "Keep 12, or make two boards") in [each[2:] for each in front.faults()]


def test_an_overlay_replaces_a_board_of_ours_and_adds_its_own(front, tmp_path) -> None:
    own = type(front)(tmp_path / "own")
    text = (front.root / FRONT).read_text("utf-8")
    own.write(FRONT, text.replace("owner: Data services", "owner: Director"))
    own.write("boards/back.yaml", text.replace("board: front", "board: back"))
    county, faults = front.read(own.root)
    assert (faults, check(county)) == ([], [])
    assert county.boards["front"].owner == "Director"
    assert "back" in county.boards


def test_the_boards_that_come_along_cover_what_leaders_ask_for() -> None:
    county, _ = read_county(shipped())
    boards = county.boards.values()
    assert len(boards) >= 8
    assert {each.level for each in boards} == {"strategic", "tactical", "operational"}
    assert {each.scope for each in boards} == {"county", "service", "unit"}
    assert {"access_to_care", "chronic_disease", "money", "staff", "data_quality"} <= set(county.boards)
    assert all(2 <= len(each.tiles) <= 12 for each in boards)
