"""The files of the project that are no models: its settings, an example of a profile, and what to read first."""

from __future__ import annotations

from pathlib import Path

import yaml

from luotsi.engine.dbt.dialects import Dialect

DBT = ">=1.10.8"
_PROFILES = {
    "duckdb": {"type": "duckdb", "path": "warehouse.duckdb", "schema": "luotsi", "threads": 2},
    "postgres": {
        "type": "postgres", "host": "localhost", "port": 5432, "user": "luotsi",
        "password": "{{ env_var('DBT_PASSWORD') }}", "dbname": "warehouse", "schema": "luotsi", "threads": 4,
    },
    "snowflake": {
        "type": "snowflake", "account": "ACCOUNT", "user": "LUOTSI", "password": "{{ env_var('DBT_PASSWORD') }}",
        "role": "LUOTSI", "warehouse": "LUOTSI", "database": "WAREHOUSE", "schema": "LUOTSI", "threads": 4,
    },
    "databricks": {
        "type": "databricks", "host": "HOST", "http_path": "PATH", "token": "{{ env_var('DBT_TOKEN') }}",
        "catalog": "warehouse", "schema": "luotsi", "threads": 4,
    },
    "fabric": {
        "type": "fabric", "driver": "ODBC Driver 18 for SQL Server", "host": "HOST", "database": "warehouse",
        "schema": "luotsi", "authentication": "CLI", "threads": 4,
    },
}  # fmt: skip


def project(dialect: Dialect, lake: Path, seeds: bool) -> str:
    """dbt_project.yml: each folder of models in a schema of its own, tables all of them."""
    told: dict[str, object] = {
        "name": "luotsi", "version": "1.0.0", "config-version": 2, "profile": "luotsi",
        "require-dbt-version": DBT, "model-paths": ["models"], "seed-paths": ["seeds"],
        "models": {"luotsi": {"+materialized": "table", **{f: {"+schema": f} for f in ("staging", "vault", "marts")}}},
    }  # fmt: skip
    if dialect.reads_parquet:
        told["vars"] = {"lake": lake.resolve().as_posix()}
    if seeds:
        types = {dialect.named(each): dialect.text_type for each in ("list", "code", "national")}
        told["seeds"] = {"luotsi": {"+schema": "staging", "+quote_columns": True, "+column_types": types}}
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True)


def profile(dialect: Dialect) -> str:
    """profiles.example.yml: what the adapter asks for, with names to be replaced."""
    return yaml.safe_dump(
        {"luotsi": {"target": "county", "outputs": {"county": _PROFILES[dialect.name]}}}, sort_keys=False
    )


def readme(dialect: Dialect, models: int, tables: int) -> str:
    """README.md: what this is and how it is run."""
    fills = _READ if dialect.reads_parquet else _FILL
    ran = "" if dialect.ran else _UNRUN.format(name=dialect.name)
    said = {"models": models, "tables": tables, "fills": fills, "ran": ran, "key": dialect.key_text}
    return _README.format(name=dialect.name, **said)


_README = """\
# The warehouse of the county, as a dbt project ({name})

Written by `luotsi export`. Writing it again replaces the files that luotsi-export.json lists and leaves all others, so
put models of your own in files of your own.

{tables} tables of the lake become {models} models, in three schemas:

| schema | what it holds |
| --- | --- |
| `staging` | `extracts`, and the rows of all extracts of each feed: typed, with keys and the first fault of each |
| `vault` | hubs, links, satellites and same-as links with their history; `quarantine`: rows that cannot be read |
| `marts` | one table for each concept, a row for each thing as it is now |

{ran}## Run it

```
pip install "dbt-core>=1.10.8,<1.12" dbt-{name}
cp profiles.example.yml profiles.yml        # and write into it where the warehouse is
dbt build --profiles-dir .
```

{fills}
Every run makes every table anew of all that has landed: extracts give the same tables in whatever order they came.
{key}

## What is not here

- Measures, segments and releases. Small cells are hidden by Luotsi's release alone: publish nothing counted from these
  tables without hiding them yourself.
- Names, personal identity codes and other identifying attributes: the lake's open rows do not hold them. Keys of
  persons are pseudonyms. What the tables hold is sensitive all the same (`privacy` in the meta of each column).
"""
_READ = """\
The lake is read where it lies; another place is given by `--vars '{lake: /srv/luotsi/lake}'`. A source table that had
not landed when the project was written is not in it: write the project again.
"""
_FILL = """\
Before a run, load the landed Parquet into tables of the schema `lake` (models/lake.yml lists them with their columns;
another schema is given by `--vars '{lake_schema: raw}'`):

- `lake.<source>__<table>`: every row of `lake/<source>/<table>/<extract>/rows.parquet`, `_line` as a number, the others
  as text; `_extract` is the name of the folder, `_aside` is false. Where the folder holds `quarantine_keys.parquet`,
  its rows too, with `_aside` true and null in the columns it lacks: without them a row that could not be read would be
  taken for a deleted one.
- `lake.extracts`: `extract`, `source`, `instance`, `table`, `created_at` and `delivery` of each `manifest.json`.

An extract never changes and is never taken back, so only new folders have to be loaded. A source table that had not
landed when the project was written is not in it: write the project again.
"""
_UNRUN = """\
This dialect is compiled by dbt and read back by SQLGlot in tests, and has not been run on {name}: compare a few marts
with Luotsi's own before you build on them.

"""
