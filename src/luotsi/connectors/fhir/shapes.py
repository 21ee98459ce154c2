"""The shape of documents as the paths of a table ask for it, and the DuckDB type to read that as. Knows no paths."""

from __future__ import annotations

from dataclasses import dataclass, field

REPEATING = frozenset({"extension", "modifierExtension", "identifier", "telecom", "coding", "participant", "component"})
"""Members that FHIR always writes as lists, whether a path says so or not."""


class UnfitError(Exception):
    """The paths ask for more than a typed reading gives, or for two shapes of one place."""


@dataclass
class Shape:
    """What is asked of one place in the documents.

    `listed`: whether a list stands there; None while no path has told. `read`: whether its text is asked for.
    """

    name: str = ""
    members: dict[str, Shape] = field(default_factory=dict[str, "Shape"])
    listed: bool | None = None
    read: bool = False

    def member(self, name: str) -> Shape:
        """The shape of a member. Raises UnfitError where two names differ in case alone: DuckDB takes them for one."""
        if any(other != name and other.lower() == name.lower() for other in self.members):
            raise UnfitError
        return self.members.setdefault(name, Shape(name, listed=True if name in REPEATING else None))

    def list(self, wanted: bool) -> None:
        """Says whether a list stands here. Raises UnfitError where another path said otherwise."""
        if self.listed not in (None, wanted):
            raise UnfitError
        self.listed = wanted

    def type(self) -> str:
        """The DuckDB type. Raises UnfitError where both the text and members of one place are asked for."""
        if self.read and self.members:
            raise UnfitError
        members = ", ".join(f"{named(each.name)} {each.type()}" for each in self.members.values())
        return (f"STRUCT({members})" if members else "VARCHAR") + ("[]" if self.listed else "")


def named(name: str) -> str:
    """A SQL name."""
    return '"' + name.replace('"', '""') + '"'
