"""Which keys mean the same thing: same-as links followed to the master, in two hops (local -> temporary -> hetu)."""

from __future__ import annotations

from sqlglot import exp

from luotsi.concepts.reading import County
from luotsi.engine.marts.steps import select
from luotsi.engine.vault.model import Model, Versions
from luotsi.engine.vault.state import state_of


def masters(county: County, links: list[Versions], as_of: exp.Expr | None = None) -> exp.Select:
    """Member -> master of a concept's same-as links; a key that is its own master is not there.

    Where sources disagree, the source of the lowest priority number is believed, then the first by name.
    """
    told = exp.union(*(_told(county, each, as_of) for each in links), distinct=False) if len(links) > 1 else None
    rows = (told if told is not None else _told(county, links[0], as_of)).subquery("told")
    one = (
        select("member", "arg_min(master, row(priority, feed)) AS master")
        .from_(rows)
        .where("master IS NOT NULL AND member <> master")
        .group_by("member")
    )
    hops = (
        select("a.member AS member", "coalesce(b.master, a.master) AS master")
        .from_("direct AS a")
        .join("direct AS b", on="b.member = a.master", join_type="LEFT")
    )
    return select("member", "master").from_(hops.subquery("hops")).where("member <> master").with_("direct", as_=one)


def _told(county: County, link: Versions, as_of: exp.Expr | None) -> exp.Select:
    priority = county.sources[link.source].priority
    return select(
        "member_key AS member", "master_key AS master", f"{priority} AS priority", f"'{link.feed}' AS feed"
    ).from_(state_of(link, as_of).subquery("link"))


def moved(links: list[Versions], after: int) -> exp.Select:
    """Every key whose meaning may have changed in loads after `after`: members, and all masters they ever had."""
    every = " UNION ALL ".join(f"SELECT member_key, master_key, load FROM vault.{each.name}" for each in links)
    text = (
        f"WITH links AS ({every}), "
        f"one AS (SELECT member_key AS key FROM links WHERE load > {after}), "
        "below AS (SELECT member_key AS key FROM links WHERE master_key IN (SELECT key FROM one)), "
        "all_members AS (SELECT key FROM one UNION SELECT key FROM below), "
        "above AS (SELECT master_key AS key FROM links WHERE member_key IN (SELECT key FROM all_members)), "
        "top AS (SELECT master_key AS key FROM links WHERE member_key IN (SELECT key FROM above)) "
        "SELECT key FROM all_members UNION SELECT key FROM above UNION SELECT key FROM top"
    )
    return select("key").from_(f"({text}) AS moved")


def same_table(concept: str) -> str:
    """The temporary table that holds member -> master while marts are made."""
    return f"same_{concept}"


def linked(model: Model, concept: str) -> list[Versions]:
    """The same-as links of a concept; empty where its keys mean only themselves."""
    return model.same_as(concept)
