"""The spreadsheet that associations and parishes fill in with what they offer."""

from luotsi.connectors.associations.reader import line, read

__all__ = ["line", "read"]
