"""The public forms of others: every one loads, is printed, computes and comes back, or is named here with why."""

import os
from pathlib import Path

import pytest

from luotsi.forms import questionnaire, trial, wire
from luotsi.forms.lists import Lists, resources

SHARED = Path(os.environ.get("LUOTSI_SHARED", Path(__file__).parents[5] / "shared")) / "data" / "questionnaires"
FILES = sorted(SHARED.rglob("*.json"))
REFUSED = {"brokenValueSet.json": "item[0] has no linkId"}
"""Forms that cannot be loaded: faulty on purpose."""
UNCOMPUTED = {
    "Questionnaire-CardiologyForm.json": "a quote inside a pattern ends its text",
    "CIRG-CNICS-AUDIT.json": "iif() has five arguments: a parenthesis is misplaced",
}
"""Forms with an expression that no engine could run."""

pytestmark = pytest.mark.skipif(not FILES, reason="the public forms are not beside this clone")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SHARED)))
def test_a_public_form_loads_prints_computes_and_comes_back(path: Path) -> None:
    raw = wire.loads(path.read_bytes())
    if raw["resourceType"] != "Questionnaire":
        assert wire.loads(wire.dumps(raw)) == raw
        return
    if path.name in REFUSED:
        with pytest.raises(questionnaire.FormError, match=REFUSED[path.name].split("[", maxsplit=1)[0]):
            questionnaire.read(raw)
        return
    form, lists = questionnaire.read(raw), Lists(resources([raw]))
    assert trial.renders(form, lists) == []
    assert trial.round_trips(form, lists) == []
    page = trial.answered(form, lists)
    page.problems("en")
    faults = page.faults
    assert bool(faults) == (path.name in UNCOMPUTED), faults
