"""A release of four years, small enough to reckon by hand, for the tests of the desk."""

from pathlib import Path
from typing import Any

from luotsi.web.results.tests import fabricated

NAME = "20250110T080000Z-desk"
YEARS = (2021, 2022, 2023, 2024)
UNITS = {"1": 0.50, "2": 0.52, "3": 0.48, "4": 0.90}
"""How large a share of each unit's cases is seen in time; the last stands apart."""


def _month(year: int, month: int) -> str:
    return f"{year}-{month:02}"


def rows() -> list[dict[str, Any]]:
    """`seen` rises for good at the beginning of 2023; `cost` lies still; unit 9 is hidden."""
    found: list[dict[str, Any]] = []
    for year in YEARS:
        level = 500 if year < 2023 else 650
        for month in range(1, 13):
            period, wobble = _month(year, month), (month * 7) % 5 * 6
            found.append(fabricated.row("seen", period, "", float(level + wobble), 1000))
            found.append(fabricated.row("cost", period, "", 100.0 + wobble, 1))
            found.append(fabricated.row("seen", period, "unit=1", float(level + wobble) / 10, 100))
        found.append(fabricated.row("seen", f"{year}", "", level * 12.0, 12_000))
        found.append(fabricated.row("cost", f"{year}", "", 1300.0, 1))
        found += [fabricated.row("seen", f"{year}", f"unit={code}", share * 400, 400) for code, share in UNITS.items()]
        found.append(fabricated.row("seen", f"{year}", "unit=9", None, None))
        found += [fabricated.row("seen", f"{year}", f"municipality={code}", 30.0, 60) for code in ("179", "992")]
        found.append(fabricated.row("seen", f"{year}", "sex=2;unit=1", 90.0, 200))
    return found


def definitions() -> dict[str, Any]:
    """`seen`: a share that should grow; `cost`: euros a head that should not."""
    said = {"label": {"fi": "Nähdyt", "sv": "Sedda", "en": "Seen"}, "headline": True}
    dimensions = ["unit", "sex", "municipality"]
    examples = [
        {
            "name": "Two of four",
            "given": {"contact": "key | days\n1 | 2\n2 | 9"},
            "period": "2024",
            "group": {},
            "expect": {"value": "0.5", "n": "4"},
        }
    ]
    money = {"label": {"fi": "Kustannus", "sv": "Kostnad", "en": "Cost"}, "headline": True, "target": []}
    return {
        "seen": fabricated.definition("seen", **said, dimensions=dimensions, examples=examples),
        "cost": fabricated.definition(
            "cost", **money, counts="money", result="ratio", direction="down", unit="EUR", family="money", dimensions=[]
        ),
    }


def write(home: Path, name: str = NAME, **said: Any) -> Path:
    """The release as a folder."""
    return fabricated.write(
        home, name, **{"results": rows(), "definitions": definitions(), "first_month": "2021-01", **said}
    )
