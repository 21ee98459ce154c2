"""Judges sets of areas: the borders beside the record, and that each is of a known code. No maps here."""

from __future__ import annotations

from luotsi.concepts.areas import beside, read
from luotsi.concepts.checking.judge import Judge


def check(judge: Judge) -> None:
    """Judges one set of areas."""
    areas = judge.county.areas[judge.name]
    judge.said((), version=areas.version, source=areas.source, licence=areas.licence)
    known = judge.among(("codes",), areas.codes, judge.county.codes, "code list")
    path = beside(judge.county.files["areas", judge.name])
    found = read(path)
    if isinstance(found, str):
        right = "Put GeoJSON there: features with the code as id and a Polygon or MultiPolygon"
        judge.fault((), f"{path.name}: {found}", right)
        return
    codes = [str(each["id"]) for each in found]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        judge.fault((), f"{path.name}: the area {code} stands twice", "Join its polygons in one MultiPolygon")
    if known:
        for code in codes:
            judge.value(("codes",), code, areas.codes)
