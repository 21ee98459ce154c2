"""The session of Spark: which master, and the settings that make it count and read times as DuckDB does."""

from __future__ import annotations

import os
import shutil

from pyspark.sql import SparkSession

from luotsi.concepts.errors import UserError

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.parquet.enableVectorizedReader": "true",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.ui.showConsoleProgress": "false",
    # working out what follows from conditions takes minutes where a row compares dozens of columns
    "spark.sql.constraintPropagation.enabled": "false",
}
"""What numbers and plans depend on; all else is set as Spark is set anywhere, by spark-defaults.conf."""


def session() -> SparkSession:
    """The session of this process, on the master that LUOTSI_SPARK_MASTER names (all cores of this machine unless set).

    Raises UserError where Java is missing or the master does not answer.
    """
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise UserError("Spark needs Java 17, which is not here. Install it (apt-get install openjdk-17-jre-headless).")
    builder = SparkSession.builder.appName("luotsi")
    if "LUOTSI_SPARK_MASTER" in os.environ:
        builder = builder.master(os.environ["LUOTSI_SPARK_MASTER"])
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made
