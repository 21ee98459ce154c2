"""The Observations that completed answers give, and those that a new form begins with.

What is confidential gives none: it could be read in another form by who acts for the person.
"""

from __future__ import annotations

from luotsi.forms import extracting
from luotsi.forms.content import Form
from luotsi.forms.wire import Json
from luotsi.web.assessments import queries
from luotsi.web.assessments.known.models import Observation
from luotsi.web.assessments.queries import Whose

MOST = 500
"""So many of the last Observations are looked at."""


def extracted(whose: Whose, sitting: queries.Sitting) -> list[Observation]:
    """What the form marks for extraction among answers that have been completed, as rows to be written."""
    row = sitting.response
    open_to_all = queries.sitting(row, whose.resident, acting=True)
    assert row.completed_at is not None
    found = extracting.observations(
        open_to_all.filling,
        effectiveDateTime=row.completed_at.isoformat(),
        derivedFrom=[{"reference": f"QuestionnaireResponse/{row.pk}"}],
    )
    return [
        Observation(person_id=whose.resident.id, response=row, taken_at=row.completed_at, resource=each)
        for each in found
    ]


def of(whose: Whose, form: Form) -> list[Json]:
    """What is known of the person that a form may ask for, but what has been corrected since."""
    if not form.takes_known:
        return []
    rows = Observation.objects.filter(person=whose.resident.id, response__corrected_by__completed_at=None)
    seen: dict[object, bool] = {}
    found: list[Json] = []
    for each in rows.select_related("response__version")[:MOST]:
        response = each.response
        if response.pk not in seen:
            seen[response.pk] = whose.sees(response)
        if seen[response.pk]:
            found.append(each.resource)
    return found
