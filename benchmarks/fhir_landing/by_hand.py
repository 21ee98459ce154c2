"""Hand-written DuckDB SQL from bulk NDJSON to Parquet, as a process: one typed reading, or a path a column.

python benchmarks/fhir_landing/by_hand.py typed|arrows|views FOLDER TOLD, run by `run.py`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

sys.path.append(str(Path(__file__).parents[1]))
from timing import within

KEY = "CASE WHEN starts_with({0}, 'urn:uuid:') THEN substr({0}, 10) ELSE regexp_extract({0}, '([^/]+)$', 1) END"
CODE = "STRUCT(coding STRUCT(system VARCHAR, code VARCHAR)[])"
REFERENCE = "STRUCT(reference VARCHAR)"

TYPED = {
    "Observation": f"""
        SELECT id AS observation_id, status, category[1].coding[1].code AS category, meta.profile[1] AS profile,
          {KEY.format("subject.reference")} AS patient, code.coding[1].code AS code, valueQuantity."value" AS value,
          valueQuantity.unit AS unit, valueQuantity.comparator AS operator, valueInteger AS value_integer,
          valueCodeableConcept.coding[1].code AS value_code, effectiveDateTime AS taken_at,
          effectivePeriod.start AS taken_from, issued
        FROM read_json('{{path}}', format = 'newline_delimited', columns = {{{{id: 'VARCHAR', status: 'VARCHAR',
          category: '{CODE}[]', meta: 'STRUCT(profile VARCHAR[])', subject: '{REFERENCE}', code: '{CODE}',
          valueQuantity: 'STRUCT("value" VARCHAR, unit VARCHAR, comparator VARCHAR)', valueInteger: 'VARCHAR',
          valueCodeableConcept: '{CODE}', effectiveDateTime: 'VARCHAR', effectivePeriod: 'STRUCT(start VARCHAR)',
          issued: 'VARCHAR'}}}})""",
    "Patient": """
        SELECT id AS patient_id,
          list_filter(identifier, lambda x: x.system = 'urn:oid:1.2.246.21')[1]."value" AS hetu,
          array_to_string(name[1].given, ' ') || ' ' || name[1].family AS name,
          list_filter(telecom, lambda x: x.system = 'phone')[1]."value" AS phone,
          array_to_string(address[1].line, ', ') AS address, address[1].postalCode AS postal_code,
          birthDate AS birth_date, gender, deceasedDateTime AS died_at,
          communication[1].language.coding[1].code AS language,
          list_filter(extension, lambda x: x.valueCoding.system IN
            ('urn:oid:1.2.246.537.6.21', 'urn:oid:1.2.246.537.6.21.2003'))[1].valueCoding.code AS municipality,
          coalesce(len(list_filter(meta.security, lambda x: x.code = 'TURVAKIELTO')) > 0, false)::VARCHAR
            AS security_block,
          coalesce(len(list_filter(meta.security, lambda x: x.code = 'HTEST')) > 0, false)::VARCHAR AS is_test
        FROM read_json('{path}', format = 'newline_delimited', columns = {{id: 'VARCHAR',
          identifier: 'STRUCT(system VARCHAR, "value" VARCHAR)[]', name: 'STRUCT(given VARCHAR[], family VARCHAR)[]',
          telecom: 'STRUCT(system VARCHAR, "value" VARCHAR)[]', address: 'STRUCT(line VARCHAR[], postalCode VARCHAR)[]',
          birthDate: 'VARCHAR', gender: 'VARCHAR', deceasedDateTime: 'VARCHAR',
          communication: 'STRUCT("language" STRUCT(coding STRUCT(code VARCHAR)[]))[]',
          extension: 'STRUCT(valueCoding STRUCT(system VARCHAR, code VARCHAR))[]',
          meta: 'STRUCT(security STRUCT(code VARCHAR)[])'}})""",
}
"""What an engineer who knows the data would write: one typed reading. It stops at the first broken line."""

ARROWS = {
    "Observation": f"""
        SELECT json->>'$.id' AS observation_id, json->>'$.status' AS status,
          json->>'$.category[0].coding[0].code' AS category, json->>'$.meta.profile[0]' AS profile,
          {KEY.format("(json->>'$.subject.reference')")} AS patient, json->>'$.code.coding[0].code' AS code,
          json->>'$.valueQuantity.value' AS value, json->>'$.valueQuantity.unit' AS unit,
          json->>'$.valueQuantity.comparator' AS operator, json->>'$.valueInteger' AS value_integer,
          json->>'$.valueCodeableConcept.coding[0].code' AS value_code, json->>'$.effectiveDateTime' AS taken_at,
          json->>'$.effectivePeriod.start' AS taken_from, json->>'$.issued' AS issued
        FROM read_ndjson_objects('{{path}}')""",
}
"""What is written first: a path for each column."""


VIEWS = {
    "observation": f"""
        SELECT id AS observation_id, status, category[1].coding[1].code AS category, subject.reference AS subject,
          code.coding[1].code AS code, valueQuantity."value" AS value, valueQuantity.unit AS unit,
          valueCodeableConcept.coding[1].code AS value_code, effectiveDateTime AS taken_at, issued
        FROM read_json('{{folder}}/Observation.ndjson', format = 'newline_delimited', columns = {{{{id: 'VARCHAR',
          status: 'VARCHAR', category: '{CODE}[]', subject: '{REFERENCE}', code: '{CODE}',
          valueQuantity: 'STRUCT("value" DOUBLE, unit VARCHAR)', valueCodeableConcept: '{CODE}',
          effectiveDateTime: 'VARCHAR', issued: 'VARCHAR'}}}})""",
    "component": """
        SELECT id AS observation_id, each.code.coding[1].code AS code, each.code.coding[1].display AS display,
          each.code.text AS text
        FROM (SELECT id, unnest(component) AS each
          FROM read_json('{folder}/Observation.ndjson', format = 'newline_delimited', columns = {{id: 'VARCHAR',
          component: 'STRUCT(code STRUCT(coding STRUCT(code VARCHAR, display VARCHAR)[], text VARCHAR))[]'}}))""",
    "patient": """
        SELECT id AS patient_id, gender, birthDate AS birth_date, name[1].family AS family, name[1].given[1] AS given,
          list_filter(telecom, lambda x: x.system = 'phone')[1]."value" AS phone, address[1].postalCode AS postal_code,
          deceasedDateTime AS died_at
        FROM read_json('{folder}/Patient.ndjson', format = 'newline_delimited', columns = {{id: 'VARCHAR',
          gender: 'VARCHAR', birthDate: 'VARCHAR', name: 'STRUCT(family VARCHAR, given VARCHAR[])[]',
          telecom: 'STRUCT(system VARCHAR, "value" VARCHAR)[]', address: 'STRUCT(postalCode VARCHAR)[]',
          deceasedDateTime: 'VARCHAR'}})
        WHERE len(name) > 0""",
}
"""What the views in `views/` say, as an engineer who knows the data would write it."""


def write(queries: dict[str, str], folder: Path, prefix: str, ordered: bool) -> None:
    """Writes the rows of each query to Parquet in the folder that holds the NDJSON, in its order or in any."""
    for name, query in queries.items():
        with duckdb.connect() as con:
            con.execute("SET temp_directory = ''")
            con.execute(f"SET preserve_insertion_order = {ordered}")
            made = query.format(path=folder / f"{name}.ndjson", folder=folder)
            con.execute(f"COPY ({made}) TO '{folder / prefix}.{name.lower()}' (FORMAT parquet)")


def main() -> None:
    way, folder, told = sys.argv[1], *map(Path, sys.argv[2:])
    if way == "views":
        taken = within(lambda: write(VIEWS, folder, "by_hand_view", ordered=False))
    else:
        taken = within(lambda: write(TYPED if way == "typed" else TYPED | ARROWS, folder, "by_hand", ordered=True))
    told.write_text(json.dumps(taken))


if __name__ == "__main__":
    main()
