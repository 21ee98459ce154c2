"""The connection through which rows pass on their way to the lake."""

import pyarrow as pa

from luotsi.engine.lake.written import connect


def test_rows_stream_past_what_is_known_of_their_identifiers_and_are_not_gathered() -> None:
    con = connect()
    con.execute("CREATE TEMP TABLE known AS SELECT range::VARCHAR AS v, range::VARCHAR AS p FROM range(1000)")
    con.register("sent", pa.RecordBatchReader.from_batches(pa.schema([("a", pa.string())]), iter([])))
    plan = con.execute("EXPLAIN SELECT k.p FROM (SELECT * FROM sent) AS r LEFT JOIN known AS k ON r.a = k.v").fetchall()
    assert "Join Type: LEFT" in plan[0][1]
