"""The spreadsheet that associations and parishes fill in with what they offer."""

from luotsi.connectors.associations.reader import CHOICES, TEMPLATE, line, read

__all__ = ["CHOICES", "TEMPLATE", "line", "read"]
