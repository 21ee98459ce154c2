"""Judges boards: measures, groupings and charts that can be, targets and floors that give a score. No pages here."""

from __future__ import annotations

from decimal import Decimal

from luotsi.concepts.checking.judge import Judge, Path
from luotsi.concepts.records import Board, Measure, Score, Tile

MOST = 12
"""So many tiles fit a board that can be read at one look."""

COMPARING = ("bars", "funnel", "multiples", "map", "table")
FUNNELS = ("share",)


def check(judge: Judge) -> None:
    """Judges one board."""
    board = judge.county.boards[judge.name]
    for word in ("label", "question"):
        judge.label((word,), getattr(board, word))
    judge.said((), owner=board.owner)
    if not board.tiles:
        judge.fault(("tiles",), "there are no tiles", "Add one for each measure to be shown")
    if len(board.tiles) > MOST:
        judge.fault(("tiles", MOST), f"there are {len(board.tiles)} tiles", f"Keep {MOST}, or make two boards")
    seen: set[str] = set()
    for place, tile in enumerate(board.tiles):
        same = tile.model_dump_json(include={"measure", "grain", "chart", "by", "group"})
        if same in seen:
            judge.fault(("tiles", place), f"{tile.measure} stands twice in the same way", "Keep one of the tiles")
        seen.add(same)
        _tile(judge, ("tiles", place), board, tile)
    _scoring(judge, board)


def _tile(judge: Judge, path: Path, board: Board, tile: Tile) -> None:
    if tile.note is not None:
        judge.label((*path, "note"), tile.note)
    if not judge.among((*path, "measure"), tile.measure, judge.county.measures, "measure"):
        return
    measure = judge.county.measures[tile.measure]
    judge.among((*path, "grain"), tile.grain, measure.periods, "period", tile.measure)
    _grouped(judge, path, board, tile, measure)
    _chart(judge, path, tile, measure)
    if tile.score is not None:
        _scored(judge, path, tile.score, tile, measure)


def _grouped(judge: Judge, path: Path, board: Board, tile: Tile, measure: Measure) -> None:
    """What the tile groups by has to be published: one dimension of the measure, or two that it crosses."""
    county = judge.county
    for dimension, code in tile.group.items():
        if judge.among((*path, "group", dimension), dimension, measure.dimensions, "dimension", tile.measure):
            judge.value((*path, "group", dimension), code, dimension if dimension in county.codes else None)
    if tile.by is not None:
        judge.among((*path, "by"), tile.by, measure.dimensions, "dimension", tile.measure)
    chosen = (board.scope,) if board.scope != "county" else ()
    if chosen and board.scope not in measure.dimensions:
        what = f"{tile.measure} has no dimension {board.scope}"
        judge.fault((*path, "measure"), what, "Take a measure that has, or say scope: county")
    used = sorted({*tile.group, *((tile.by,) if tile.by else ()), *chosen})
    crossed = [sorted(pair) for pair in measure.pairs]
    if len(used) > 2 or (len(used) == 2 and used not in crossed):
        what = f"{tile.measure} is not published by {' and '.join(used)} together"
        judge.fault(path, what, "Take one of them, or add the pair to the measure")


def _chart(judge: Judge, path: Path, tile: Tile, measure: Measure) -> None:
    where = (*path, "chart")
    if tile.chart in COMPARING and tile.by is None:
        judge.fault(where, f"nothing says what {tile.chart} compares", "Say by: <dimension>, or chart: line")
    if tile.chart not in COMPARING and tile.by is not None:
        judge.fault((*path, "by"), f"a {tile.chart} compares nothing", f"Delete by, or say chart: {COMPARING[0]}")
    if tile.chart == "map" and tile.by not in (None, "municipality"):
        judge.fault((*path, "by"), f"there is no map by {tile.by}", "Say by: municipality, or chart: bars")
    if tile.chart == "funnel" and measure.result not in FUNNELS:
        judge.fault(where, f"{tile.measure} is a {measure.result}, which has no funnel", "Say chart: bars")


def _scored(judge: Judge, path: Path, score: Score, tile: Tile, measure: Measure) -> None:
    """Points need a better direction, a target, and a floor on the worse side of it."""
    where = (*path, "score")
    if score.weight <= 0:
        judge.fault((*where, "weight"), f"the weight is {score.weight}", "Give a weight above 0, or delete score")
    if measure.direction == "none":
        judge.fault(where, f"neither more nor less {tile.measure} is better", "Delete score")
        return
    targets = [tile.target] if tile.target is not None else [each.value for each in measure.target]
    if not targets:
        judge.fault(where, f"{tile.measure} has no target", "Say target: <value> in the tile, or delete score")
    if any(not _worse(score.floor, target, measure) for target in targets):
        side = "below" if measure.direction == "up" else "above"
        judge.fault((*where, "floor"), f"the floor {score.floor} is no worse than the target", f"Put it {side}")


def _worse(floor: Decimal, target: Decimal, measure: Measure) -> bool:
    return floor < target if measure.direction == "up" else floor > target


def _scoring(judge: Judge, board: Board) -> None:
    """A total score and its explanation go together."""
    scored = any(tile.score is not None for tile in board.tiles)
    if board.scoring is not None:
        judge.label(("scoring",), board.scoring)
        if not scored:
            judge.fault(("scoring",), "no tile has a score", "Give some tiles score, or delete scoring")
    elif scored:
        judge.fault((), "tiles have scores, but nothing says why", "Add scoring: the reasons in three languages")
