"""Whether a change is signal or chance: control charts, their rules, funnels, and change between two periods.

Pure functions on numbers. No Django, no words for people, no reading of results: those are the desk's.
`docs/explanation/signals.md` says the same for leaders and analysts.
"""
