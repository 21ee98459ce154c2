"""County content: reads and checks `county/` into frozen records. Knows no engine, no database, no web."""
