"""What other apps ask of results without knowing them: what units are called."""

from collections.abc import Mapping

from luotsi.web.people.words import names_units
from luotsi.web.results import queries

UNKNOWN = "unknown"
"""The code of rows whose unit is not known: no place where a role could be held."""


@names_units
def units() -> Mapping[str, Mapping[str, str]]:
    """The units of the release that is shown: code -> {fi, sv, en}; none before the first."""
    release = queries.current()
    labels = queries.labels(release, "unit") if release else {}
    return {code: words for code, words in labels.items() if code != UNKNOWN}
