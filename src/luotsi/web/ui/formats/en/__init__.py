"""The language's forms."""
