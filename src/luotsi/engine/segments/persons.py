"""Says in which segment persons are whose personal identity codes are given. How persons are divided is in `compute`.

Nothing is written, neither which pseudonym stands for which code nor who was asked for: the database is opened to be
read, and is given the keys alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path

from luotsi.concepts.identifiers import normal_hetu
from luotsi.concepts.reading import County
from luotsi.engine import vault
from luotsi.engine.duck.connection import Connection, given
from luotsi.engine.duck.keys import key_in_python
from luotsi.engine.lake.keys import derived
from luotsi.engine.lake.pseudonyms import HETU, pseudonym
from luotsi.engine.marts.same import linked, masters


def of_codes(
    home: Path, county: County, segments: str, codes: Iterable[str], period_end: datetime.date
) -> list[str | None]:
    """The segment of each code's person at the end of a month, in the order of the codes; None for one in none.

    A home that has no vault, or no segments in it, has no one in any. Raises UserError where another process writes
    the vault.
    """
    secret = derived(home, "pseudonym")
    keys = [str(key_in_python(HETU, pseudonym(secret, HETU, normal_hetu(each)))) for each in codes]
    if not keys or not vault.exists(home):
        return [None] * len(keys)
    con = vault.open_vault(home, read_only=True)
    try:
        found = _found(con, county, segments, keys, period_end) if _divided(con) else {}
    finally:
        con.close()
    return [found.get(each) for each in keys]


def _divided(con: Connection) -> bool:
    known = con.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'marts' AND table_name = 'segment_spans'"
    ).fetchall()
    return known != [(0,)]


def _found(
    con: Connection, county: County, segments: str, keys: Sequence[str], period_end: datetime.date
) -> dict[str, str]:
    """Key as text -> segment. A code that means another person, as a temporary one may, is followed to its master."""
    links = linked(vault.model(county), "person")
    same = masters(county, links) if links else "SELECT NULL AS member, NULL AS master"
    with given(con, "wanted", {"key": keys}):
        rows = con.execute(
            f"WITH same AS ({same}) SELECT wanted.key, spans.segment FROM wanted "
            "LEFT JOIN same ON CAST(same.member AS TEXT) = wanted.key "
            "JOIN marts.segment_spans AS spans "
            "ON CAST(spans.person AS TEXT) = coalesce(CAST(same.master AS TEXT), wanted.key) "
            f"WHERE spans.segments = '{segments}' AND DATE '{period_end}' BETWEEN spans.since AND spans.until"
        ).fetchall()
    return dict(rows)
