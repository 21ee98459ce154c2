"""Readers of outside forms, one folder each: from a file to rows of text with their line."""
