"""The one error whose text is for people: a sentence with what is wrong, where, and what to do."""


class UserError(Exception):
    """Something the reader can mend. The command line shows its text alone, without a traceback."""
