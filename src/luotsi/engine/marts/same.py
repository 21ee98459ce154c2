"""Which keys mean the same thing: same-as links followed to the master, in two hops (local -> temporary -> hetu)."""

from __future__ import annotations

from sqlglot import exp

from luotsi.concepts.reading import County
from luotsi.engine.vault.model import Model, Versions
from luotsi.engine.vault.state import state_of


def masters(county: County, links: list[Versions], as_of: exp.Expr | None = None) -> str:
    """The SELECT of member -> master of a concept's same-as links; a key that is its own master is not there.

    Where sources disagree, the source of the lowest priority number is believed, then the first by name.
    """
    told = " UNION ALL ".join(_told(county, each, as_of) for each in links)
    one = (
        f"SELECT member, arg_min(master, row(priority, feed)) AS master FROM ({told}) AS told "
        "WHERE master IS NOT NULL AND member <> master GROUP BY member"
    )
    hops = (
        "SELECT a.member AS member, coalesce(b.master, a.master) AS master "
        "FROM direct AS a LEFT JOIN direct AS b ON b.member = a.master"
    )
    return f"WITH direct AS ({one}) SELECT member, master FROM ({hops}) AS hops WHERE member <> master"


def _told(county: County, link: Versions, as_of: exp.Expr | None) -> str:
    priority = county.sources[link.source].priority
    return (
        f"SELECT member_key AS member, master_key AS master, {priority} AS priority, '{link.feed}' AS feed "
        f"FROM ({state_of(link, as_of)}) AS link"
    )


def moved(links: list[Versions], after: int) -> str:
    """The SELECT of every key that loads after `after` may have given another meaning: members and their masters."""
    every = " UNION ALL ".join(f"SELECT member_key, master_key, load FROM vault.{each.name}" for each in links)
    return (
        f"WITH links AS ({every}), "
        f"one AS (SELECT member_key AS key FROM links WHERE load > {after}), "
        "below AS (SELECT member_key AS key FROM links WHERE master_key IN (SELECT key FROM one)), "
        "all_members AS (SELECT key FROM one UNION SELECT key FROM below), "
        "above AS (SELECT master_key AS key FROM links WHERE member_key IN (SELECT key FROM all_members)), "
        "top AS (SELECT master_key AS key FROM links WHERE member_key IN (SELECT key FROM above)) "
        "SELECT key FROM all_members UNION SELECT key FROM above UNION SELECT key FROM top"
    )


def same_table(concept: str) -> str:
    """The temporary table that holds member -> master while marts are made."""
    return f"same_{concept}"


def linked(model: Model, concept: str) -> list[Versions]:
    """The same-as links of a concept; empty where its keys mean only themselves."""
    return model.same_as(concept)
