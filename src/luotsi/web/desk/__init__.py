"""The leaders' desk: boards, measures, signals, notes, subscriptions, and the monitor of data."""
