"""XML as rows by element path. What becomes of the columns is county content."""

from luotsi.connectors.xml.reader import read

__all__ = ["read"]
