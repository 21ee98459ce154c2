"""What other apps ask of results without knowing them: what units are called."""

from collections.abc import Mapping

from luotsi.web.people.words import names_units
from luotsi.web.results import queries


@names_units
def units() -> Mapping[str, Mapping[str, str]]:
    """The units of the release that is shown: code -> {fi, sv, en}; none before the first."""
    release = queries.current()
    return queries.labels(release, "unit") if release else {}
