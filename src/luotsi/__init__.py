"""Luotsi: the platform by which a wellbeing services county steers by its own data.

`open` is the whole of the notebook interface; the command line (luotsi.commands) says the same things.
"""
