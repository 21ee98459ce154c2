"""What every test run starts with: a database server of its own, and Django set to it."""

import gc
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import django
import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import TransactionTestCase
from psycopg.errors import DuplicateDatabase, UniqueViolation

from luotsi.web.project import database

# Until Python 3.11.5 a finaliser that runs while a module is parsed can break the parsing of it, and tests are parsed
# with much in memory already. Collecting them is also quicker so.
gc.disable()

# Processes that tests start one after another, dbt above all, find modules as those before them compiled them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ROOT = Path(__file__).parent
HOME = Path(tempfile.gettempdir()) / f"luotsi-tests-{os.getuid()}"


def pytest_configure(config: pytest.Config) -> None:
    """Each worker has its own database on one server; the run's controller needs none."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    (HOME / "static").mkdir(parents=True, exist_ok=True)
    own = "DATABASE_URL" not in os.environ
    address = database.address(HOME)
    with psycopg.connect(address, autocommit=True) as con:
        _drop_orphans(con)
        if own:
            _make_quick(con)
        migrated = _migrated()
        known = con.execute("SELECT 1 FROM pg_database WHERE datname = %s", [migrated]).fetchone()
    os.environ["DATABASE_URL"] = address
    os.environ["LUOTSI_HOME"] = str(HOME)
    os.environ["LUOTSI_SECRET_KEY"] = "only for tests"
    os.environ["LUOTSI_DEMONSTRATION"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "luotsi.web.project.settings"
    # Each test run numbers its releases anew, so nothing that another has drawn may be left for it.
    settings.CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    # What a page is made of is served by the live server's own handler; each client would look for all of it anew.
    settings.WHITENOISE_USE_FINDERS = False
    # Two runs at once, in one checkout or in two, leave each other's databases alone.
    settings.DATABASES["default"]["TEST"] = {
        "NAME": f"test_{os.getpid()}",
        "TEMPLATE": migrated if known else None,
    }
    django.setup()
    del os.environ["LUOTSI_HOME"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that share what starts slowly stand together and first: the first batch of one worker holds them all."""

    def place(item: pytest.Item) -> tuple[bool, str, str]:
        group = item.get_closest_marker("xdist_group")
        return (False, group.args[0], str(item.path)) if group else (True, "", "")

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Every test is parsed: garbage is collected again, without looking through all that stays until the end."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def java() -> None:
    """For tests that start Spark: it is set for little data, and where there is no Java they are skipped."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java 17, which is not here (apt-get install openjdk-17-jre-headless)")
    root = Path(__file__).parent
    os.environ["SPARK_CONF_DIR"] = str(root / "src/luotsi/engine/spark/tests/conf")
    if jars := _of_s3():
        os.environ["PYSPARK_SUBMIT_ARGS"] = f"--driver-class-path {':'.join(map(str, jars))} pyspark-shell"


@pytest.fixture(scope="session")
def s3a(java: None) -> Callable[[str], None]:
    """Tells Spark the address of an object store; without Hadoop's classes of S3 the test is skipped."""
    if not _of_s3():
        pytest.skip("Spark needs Hadoop's classes of S3, which are not here (sh setup.sh tests)")

    def at(address: str) -> None:
        from luotsi.engine.spark.session import session

        hadoop: Any = session()._jsc.hadoopConfiguration()
        hadoop.set("fs.s3a.endpoint", address)

    return at


def _of_s3() -> list[Path]:
    """Hadoop's classes of S3, which Spark's package comes without."""
    jars = Path(__file__).parent / ".venv/s3a/sagemaker_pyspark/jars"
    return [*jars.glob("hadoop-aws-*.jar"), *jars.glob("aws-java-sdk-bundle-*.jar")]


def _drop_orphans(con: psycopg.Connection) -> None:
    """Drops the databases of runs that were killed: those named for a process that is no more."""
    for (name,) in con.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_[0-9]+'").fetchall():
        if not Path(f"/proc/{name.split('_')[1]}").exists():
            con.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _make_quick(con: psycopg.Connection) -> None:
    """Lets our own server answer before the disk has all: what tests write need not outlive the machine."""
    for name in ("fsync", "full_page_writes"):
        con.execute(f"ALTER SYSTEM SET {name} = off".encode())
    con.execute("SELECT pg_reload_conf()")


@cache
def _migrated() -> str:
    """The name of the database that these migrations make: what is copied for a run instead of migrating anew."""
    found = [ROOT / "uv.lock", *sorted(ROOT.glob("src/luotsi/web/*/migrations/*.py"))]
    made = hashlib.sha256()
    for path in found:
        made.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return f"migrated_{made.hexdigest()[:16]}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keeps a copy of what has been migrated, for the next run, and lets tests that commit clean up after them fast."""
    with django_db_blocker.unblock():
        if connection.settings_dict["TEST"]["TEMPLATE"] is None:
            _keep_migrated()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: _empty())
        yield


def _empty() -> None:
    """Deletes all that a test has committed, when all who write have ended: what little it is costs less to delete
    than each table to TRUNCATE. As a replica does it, neither foreign keys nor tables that only grow are asked.
    """
    kept = {"django_content_type", "auth_permission"}
    tables = [connection.ops.quote_name(each) for each in _tables() if each not in kept]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("; ".join(f"DELETE FROM {each}" for each in tables))


@cache
def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _keep_migrated() -> None:
    """Copies what this run has migrated, where no other run was quicker."""
    opened = connections["default"]
    assert isinstance(opened, DatabaseWrapper)
    source = opened.settings_dict["NAME"]
    opened.close()
    opened.close_pool()
    with (
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as con,
        suppress(DuplicateDatabase, UniqueViolation),
    ):
        con.execute(f'CREATE DATABASE "{_migrated()}" TEMPLATE "{source}"'.encode())
