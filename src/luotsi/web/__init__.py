"""The web half: Django on PostgreSQL, one folder an app, and `project` that puts them together.

Apps import downwards only: project, desk, results, people, then events and ui. No page asks the engine.
"""
