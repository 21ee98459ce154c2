"""Luotsi: the platform by which a wellbeing services county steers by its own data.

`open` is the whole of the notebook interface; the command line (luotsi.commands) says the same things.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from luotsi.jobs.notebook import Luotsi, open

__all__ = ["Luotsi", "open"]


def __getattr__(name: str) -> object:
    """The notebook interface, when first asked for: the layers below must not bring the whole engine along."""
    if name in __all__:
        return getattr(import_module("luotsi.jobs.notebook"), name)
    raise AttributeError(f"module luotsi has no attribute {name}")
