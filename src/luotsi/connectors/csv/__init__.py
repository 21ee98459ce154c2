"""Comma-, semicolon- and tab-separated text: from a file to rows of text with their record number."""

from luotsi.connectors.csv.reader import read

__all__ = ["read"]
