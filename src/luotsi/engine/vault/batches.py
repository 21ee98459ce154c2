"""What is staged at once, and what can be asked of its rows when they are staged, as SQL text.

How the rows are staged stands in `staging`.
"""

from __future__ import annotations

from dataclasses import dataclass

from luotsi.concepts.reading import County
from luotsi.engine.vault.model import Feed

QUARANTINED = "is in quarantine since landing"


@dataclass(frozen=True)
class Batch:
    """What is staged at once: landed files of one (source, instance, table), all of one delivery.

    The files themselves stand in DuckDB's variable `files` and in the table `extracts`, so that batches of one form
    share one statement.
    """

    source: str
    instance: str
    delivery: str
    columns: frozenset[str]
    """Columns that at least one of the files holds."""
    several: bool = False
    """More than one file, whose columns may differ."""
    aside: bool = False
    """Some of the files hold keys of rows that the lake holds in quarantine."""

    @property
    def sender(self) -> str:
        """The space of keys that are unique within the sending system only."""
        return self.source if self.instance == self.source else f"{self.source}:{self.instance}"


def keyless(county: County, feed: Feed) -> str:
    """SQL condition of a staged row whose key cannot be read."""
    parts = ", ".join(f"'{name}'" for name in county.concepts[feed.concept].key)
    return f"coalesce(split_part(_fault, '|', 1) IN ({parts}), FALSE)"


def same_as_rows(feed: Feed, rows: str, pairs: int) -> str:
    """SQL of the same-as rows within staged rows (`rows`: a table, or a SELECT in parentheses)."""
    return " UNION ALL ".join(
        f'SELECT "_member_{n}_key" AS member_key, CASE WHEN NOT deleted THEN "_master_{n}_key" END AS master_key, '
        f"recorded_at, deleted, _out, load, _fault FROM {rows} AS rows WHERE _fault IS NOT NULL "
        f'OR ("_member_{n}_key" IS NOT NULL AND (deleted OR "_master_{n}_key" IS NOT NULL))'
        for n in range(pairs)
    )
