"""Runs the models of a project without dbt, on DuckDB and on PostgreSQL: for tests of what the models say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import psycopg
import yaml

from luotsi.concepts.reading import County
from luotsi.engine.dbt.dialects import DIALECTS
from luotsi.engine.dbt.models import vault_of
from luotsi.engine.dbt.project import files

SOURCE = re.compile(r"\{\{ source\('lake', '(\w+)'\) \}\}")
REF = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")
ALIAS = re.compile(r"\{\{ config\(alias='(\w+)'\) \}\}\n")
Tables = frozenset[tuple[str, str]]


def every_table(county: County) -> Tables:
    return frozenset((name, table) for name, source in county.sources.items() for table in source.tables)


class Project:
    """The files of a project, its models in the order in which they rest on each other."""

    def __init__(self, county: County, tables: Tables, dialect: str, home: Path) -> None:
        self.county, self.tables = county, tables
        self.files = files(county, vault_of(county, tables), tables, DIALECTS[dialect], home / "lake")
        paths = [Path(name) for name in self.files if name.endswith(".sql")]
        self.models = {path.stem: self.files[str(path)] for path in paths}
        self.folders = {path.stem: path.parent.name for path in paths}
        self.locations = dict(self._locations(home))

    def _locations(self, home: Path) -> Iterator[tuple[str, str]]:
        for each in yaml.safe_load(self.files["models/lake.yml"])["sources"][0]["tables"]:
            said = each.get("config", {}).get("meta", {}).get("external_location", "")
            yield each["name"], said.replace('{{ var("lake") }}', str(home / "lake"))

    def ordered(self) -> list[str]:
        """Every model after those it reads."""
        made: dict[str, None] = {}

        def take(name: str) -> None:
            for read in REF.findall(self.models[name]):
                if read not in made and read in self.models:
                    take(read)
            made[name] = None

        for name in self.models:
            if name not in made:
                take(name)
        return list(made)

    def said(self, name: str, source: Callable[[str], str]) -> str:
        """The statement of a model, references replaced by tables."""
        text = ALIAS.sub("", self.models[name])
        text = REF.sub(lambda found: f'{self.folders[found[1]]}."{self.table(found[1])}"', text)
        return SOURCE.sub(lambda found: source(found[1]), text)

    def table(self, name: str) -> str:
        """The name of a model's table."""
        found = ALIAS.match(self.models[name])
        return found[1] if found else name


def on_duckdb(con: duckdb.DuckDBPyConnection, project: Project) -> None:
    """Makes every table anew, reading the lake as dbt-duckdb does."""
    for schema in ("staging", "vault", "marts"):
        con.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        con.execute(f"CREATE SCHEMA {schema}")
    for name in project.ordered():
        text = project.said(name, project.locations.__getitem__)
        con.execute(f'CREATE TABLE {project.folders[name]}."{name}" AS {text}')


def on_postgres(con: psycopg.Connection, project: Project, lake: dict[str, str]) -> None:
    """Fills schema `lake` from the Parquet (`lake`: table -> DuckDB's words for it), and makes every table anew."""
    for schema in ("lake", "staging", "vault", "marts"):
        con.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE".encode())
        con.execute(f"CREATE SCHEMA {schema}".encode())
    described = yaml.safe_load(project.files["models/lake.yml"])["sources"][0]["tables"]
    types = {"_line": "bigint", "_aside": "boolean"}
    with duckdb.connect() as duck:
        for each in described:
            columns = [column["name"] for column in each["columns"]]
            listed = ", ".join(f'"{name}"' for name in columns)
            kinds = ", ".join(f'"{name}" {types.get(name, "text")}' for name in columns)
            con.execute(f'CREATE TABLE lake."{each["name"]}" ({kinds})'.encode())
            rows = duck.execute(f"SELECT {listed} FROM {lake[each['name']]}").fetchall()
            with con.cursor().copy(f'COPY lake."{each["name"]}" ({listed}) FROM STDIN'.encode()) as copy:
                for row in rows:
                    copy.write_row(row)
    for name in project.ordered():
        text = project.said(name, lambda found: f'lake."{found}"')
        con.execute(f'CREATE TABLE {project.folders[name]}."{project.table(name)}" AS {text}'.encode())
