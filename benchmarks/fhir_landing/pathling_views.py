"""Pathling as a process of an environment of its own: the views by its newest release, or by the one with its jar.

python benchmarks/fhir_landing/pathling_views.py newest|bundled FOLDER TOLD, run by `run.py`

The newest (pathling.txt) takes ViewDefinitions and fetches its jars from Maven when it starts. The last one that
brings its jar in the wheel (pathling_bundled.txt) takes none: its resources are encoded, and the same columns selected.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pathling
from pathling import PathlingContext
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

VIEWS = Path(__file__).with_name("views")


def newest(folder: Path) -> None:
    """Writes each view by its ViewDefinition."""
    context = PathlingContext.create()
    data = context.read.ndjson(str(folder))
    for path in sorted(VIEWS.glob("*.json")):
        view = json.loads(path.read_text("utf-8"))
        data.view(json=json.dumps(view)).write.mode("overwrite").parquet(str(folder / f"pathling.{path.stem}"))


def bundled(folder: Path) -> None:
    """Writes what the views say, from encoded resources."""
    jars = ",".join(map(str, (Path(pathling.__file__).parent / "jars").glob("*.jar")))
    settings = {"spark.jars": jars, "spark.ui.enabled": "false", "spark.driver.memory": "2g"}
    # The encoders of this release do not take a schema that Spark has made narrower.
    settings["spark.sql.optimizer.serializer.nestedSchemaPruning.enabled"] = "false"
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    context = PathlingContext.create(spark, enable_terminology=False)

    def encoded(kind: str) -> DataFrame:
        return context.encode(spark.read.text(str(folder / f"{kind}.ndjson")), kind)

    for name, frame in {
        "observation": observation(encoded("Observation")),
        "component": component(encoded("Observation")),
        "patient": patient(encoded("Patient")),
    }.items():
        frame.write.mode("overwrite").parquet(str(folder / f"pathling.{name}"))


def observation(given: DataFrame) -> DataFrame:
    """The view `observation`; decimals have six places, and `issued` is a time without its zone."""
    columns: dict[str, Any] = {
        "observation_id": f.col("id"),
        "status": f.col("status"),
        "category": f.col("category")[0].coding[0].code,
        "subject": f.col("subject.reference"),
        "code": f.col("code.coding")[0].code,
        "value": f.col("valueQuantity.value").cast("double"),
        "unit": f.col("valueQuantity.unit"),
        "value_code": f.col("valueCodeableConcept.coding")[0].code,
        "taken_at": f.col("effectiveDateTime"),
        "issued": f.col("issued").cast("string"),
    }
    return given.select(*(column.alias(name) for name, column in columns.items()))


def component(given: DataFrame) -> DataFrame:
    """The view `component`."""
    each = given.select(f.col("id").alias("observation_id"), f.explode("component").alias("each"))
    return each.select(
        "observation_id",
        f.col("each.code.coding")[0].code.alias("code"),
        f.col("each.code.coding")[0].display.alias("display"),
        f.col("each.code.text").alias("text"),
    )


def patient(given: DataFrame) -> DataFrame:
    """The view `patient`."""
    columns: dict[str, Any] = {
        "patient_id": f.col("id"),
        "gender": f.col("gender"),
        "birth_date": f.col("birthDate"),
        "family": f.col("name")[0].family,
        "given": f.col("name")[0].given[0],
        "phone": f.filter("telecom", lambda each: each.system == "phone")[0].value,
        "postal_code": f.col("address")[0].postalCode,
        "died_at": f.col("deceasedDateTime"),
    }
    named = given.where(f.size("name") > 0)
    return named.select(*(column.alias(name) for name, column in columns.items()))


if __name__ == "__main__":
    way, folder, told = sys.argv[1], *map(Path, sys.argv[2:])
    newest(folder) if way == "newest" else bundled(folder)
    told.write_text(json.dumps(None))
