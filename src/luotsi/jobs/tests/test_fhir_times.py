"""Times as FHIR systems write them, from a file through the shipped source to the mart: home wall time, no faults."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

from luotsi.concepts.shipped import open_county
from luotsi.engine import vault
from luotsi.jobs.landing import land

WRITTEN = {
    "2024-01-15T10:00:00Z": datetime.datetime(2024, 1, 15, 12, 0),
    "2024-07-15T10:00:00.250Z": datetime.datetime(2024, 7, 15, 13, 0, 0, 250_000),
    "2024-07-15T10:00:00.25+03:00": datetime.datetime(2024, 7, 15, 10, 0, 0, 250_000),
    "2024-01-15T10:00:00-05:00": datetime.datetime(2024, 1, 15, 17, 0),
    "2024-01-15T23:30Z": datetime.datetime(2024, 1, 16, 1, 30),
    "2024-01-15": datetime.datetime(2024, 1, 15),
}


def test_every_form_of_time_that_fhir_allows_is_read_as_home_wall_time(tmp_path: Path) -> None:
    path = tmp_path / "Observation.ndjson"
    observation = {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/p1"}}
    path.write_text(
        "".join(
            json.dumps(observation | {"id": f"o{place}", "effectiveDateTime": text}) + "\n"
            for place, text in enumerate(WRITTEN)
        ),
        "utf-8",
    )
    county = open_county()
    (landed,) = land(tmp_path / "home", county, "fhir", [path], created_at=datetime.datetime(2024, 8, 1))
    assert landed.error is None
    (report,) = vault.load(tmp_path / "home", county)
    assert report.quarantined == 0
    with vault.open_vault(tmp_path / "home") as con:
        taken = con.execute(
            "SELECT measurement_id, taken_at FROM vault.sat_measurement__fhir__observation__plain "
            "JOIN vault.hub_measurement USING (measurement_key) ORDER BY measurement_id"
        ).fetchall()
    assert taken == [(f"o{place}", moment) for place, moment in enumerate(WRITTEN.values())]
