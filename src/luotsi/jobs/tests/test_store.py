"""The lake and the vault in an object store: landed, loaded and released as in a home.

The store is a server of S3's protocol in this process, in the place of one that a county would rent or run.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
import pytest
from moto.server import ThreadedMotoServer

from luotsi.concepts.errors import UserError
from luotsi.concepts.reading import County
from luotsi.engine import release, vault
from luotsi.engine.lake import manifests
from luotsi.engine.spark.tables import Tables
from luotsi.engine.store import at, store
from luotsi.jobs import landing
from luotsi.jobs.tests.fabricated import contacts, county, hetu, sound

OF_ROWS = {
    "loads": 'load, source, instance, "table", delivery, rows',
    "quarantine": 'load, source, "table", line, concept, attribute, reason',
}
"""Columns of tables that also tell when something was done, or how an extract is called."""

pytestmark = [pytest.mark.xdist_group("spark")]
logging.getLogger("werkzeug").setLevel(logging.ERROR)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of the server."""
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture
def bucket(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket of its own, where LUOTSI_STORE points."""
    name = "b" + tmp_path.name.replace("_", "-")[-50:].strip("-").lower()
    urlopen(Request(f"{server}/{name}", method="PUT")).close()
    for word, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
        "AWS_ALLOW_HTTP": "true",
        "LUOTSI_ENGINE": "spark",
        "LUOTSI_STORE": f"s3a://{name}/county",
    }.items():
        monkeypatch.setenv(word, value)
    return name


@pytest.fixture
def clinic(tmp_path: Path) -> County:
    return county(tmp_path / "county")


def land(home: Path, clinic: County, *files: Path) -> list[landing.Landed]:
    found = landing.land(home, clinic, "clinic", files)
    assert [each.error for each in found] == [None] * len(files)
    return found


def in_store(home: Path) -> set[str]:
    """The files of the store, by their paths in it."""
    place: Any = store(home)
    return {each.removeprefix(f"{place.path}/") for each in place.fs.find(place.path)}


def test_rows_land_in_the_store_and_who_people_are_stays_in_the_home(
    bucket: str, tmp_path: Path, clinic: County
) -> None:
    home, sent = tmp_path / "home", contacts(tmp_path, [*sound(3), "x;131052-308T;ok", "y;no code;ok"])
    (landed,) = land(home, clinic, sent)
    (known,) = manifests(home)
    assert landed.manifests == (known,)
    assert (known.rows_landed, known.rows_quarantined) == (4, 1)
    place = f"lake/clinic/contacts/{known.extract}"
    assert {f"{place}/{name}" for name in ("manifest.json", "rows.parquet", "quarantine.parquet")} <= in_store(home)
    assert not (home / "lake").exists()
    assert any((home / "identity").rglob("*.parquet*"))
    assert not any("identity" in each for each in in_store(home))
    with (store(home) / place / "rows.parquet").open("rb") as stream:
        rows = pq.read_table(stream).to_pylist()
    assert [row["ID"] for row in rows] == ["0", "1", "2", "x"]
    assert hetu(0) not in str(rows)
    assert land(home, clinic, sent)[0].manifests == ()


def test_a_landing_that_ends_half_way_leaves_no_extract_and_lands_again(
    bucket: str, tmp_path: Path, clinic: County
) -> None:
    home, sent = tmp_path / "home", contacts(tmp_path, sound(3))
    files: Any = store(home)
    whole, put = files.fs.put_file, list[str]()

    def once(file: str, to: str) -> None:
        if put:
            raise ConnectionResetError("the line went dead")
        whole(file, to)
        put.append(to)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files.fs, "put_file", once)
        (refused,) = landing.land(home, clinic, "clinic", [sent])
    assert "the line went dead" in str(refused.error)
    assert len(in_store(home)) == len(put) == 1
    assert manifests(home) == []
    land(home, clinic, sent)
    (known,) = manifests(home)
    assert known.extract.endswith(f"{known.sha256[:12]}-north")


def test_what_cannot_be_reached_is_a_sentence(
    bucket: str, tmp_path: Path, clinic: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUOTSI_STORE", "s3a://no-such-bucket/county")
    (refused,) = landing.land(tmp_path / "home", clinic, "clinic", [contacts(tmp_path, sound(3))])
    assert "s3a://no-such-bucket/county/lake" in str(refused.error)
    with pytest.raises(UserError, match=r"s3a://no-such-bucket/county/vault/tables .*specified bucket does not exist"):
        Tables(at("s3a://no-such-bucket/county/vault/tables"))
    for address, said in {
        "nowhere://b/county": "nowhere://b/county cannot be reached from here",
        "/mnt/bucket": "LUOTSI_STORE is /mnt/bucket; it is the address of an object store",
    }.items():
        monkeypatch.setenv("LUOTSI_STORE", address)
        with pytest.raises(UserError, match=said):
            manifests(tmp_path / "home")


def test_duckdb_does_not_read_a_store(bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUOTSI_ENGINE", "duckdb")
    with pytest.raises(UserError, match="LUOTSI_STORE is set, and DuckDB reads the home alone"):
        vault.open_vault(tmp_path)


def everything(home: Path) -> dict[str, list[str]]:
    """Every table of a vault and its marts, its rows in an order, without what a home and a store call otherwise."""
    con = vault.open_vault(home, read_only=True)
    try:
        there = con.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        return {
            f"{schema}.{name}": sorted(
                str([str(value) for value in row])
                for row in con.execute(f"SELECT {OF_ROWS.get(name, '*')} FROM {schema}.{name}").fetchall()
            )
            for schema, name in there
            if schema in ("vault", "marts")
        }
    finally:
        con.close()


def sent(folder: Path) -> list[Path]:
    """Two extracts: of the second some rows are news of the first's, and one of the first cannot be read."""
    return [
        contacts(folder, [*sound(40), "x;no code;ok"]),
        contacts(folder, [f"{n};{hetu(n)};later" for n in range(20, 60)], day=20240103),
    ]


def of_duckdb(home: Path, beside: Path, clinic: County, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What DuckDB makes of the same files in a home of its own."""
    monkeypatch.delenv("LUOTSI_STORE")
    monkeypatch.setenv("LUOTSI_ENGINE", "duckdb")
    shutil.copytree(home / "keys", beside / "keys")
    for each in sent(beside):
        land(beside, clinic, each)
        vault.load(beside, clinic)
    release.build(beside, clinic)
    return everything(beside)


def test_a_county_in_a_store_is_loaded_and_released_as_one_in_a_home(
    bucket: str,
    server: str,
    s3a: Callable[[str], None],
    tmp_path: Path,
    clinic: County,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    s3a(server)
    home = tmp_path / "home"
    for each in sent(tmp_path):
        land(home, clinic, each)
        vault.load(home, clinic)
    release.build(home, clinic)
    theirs = everything(home)
    assert not (home / "vault").exists()
    assert "vault/tables/commits/_delta_log/00000000000000000000.json" in in_store(home)
    ours = of_duckdb(home, tmp_path / "beside", clinic, monkeypatch)
    assert len(ours["vault.hub_contact"]) == 60
    assert theirs == ours


def test_two_that_load_into_a_store_at_once_are_told_apart(bucket: str) -> None:
    tables = Tables(at(f"s3a://{bucket}/county/vault/tables"))
    other = Tables(tables.folder)
    for each, n in ((tables, 1), (other, 2)):
        each.create("vault.t", pa.schema([("n", pa.int32())]))
        part = each.part("vault.t")
        each.write(part, pa.table({"n": pa.array([n], pa.int32())}))
        each.append("vault.t", part)
    tables.commit()
    with pytest.raises(UserError, match="another process has loaded meanwhile; run this again"):
        other.commit()
    assert Tables(tables.folder).get("vault.t").rows == 1
    assert [at(each).name for each in Tables(tables.folder).paths("vault.t")] == ["rows.parquet"]


@pytest.fixture
def hosts() -> Iterator[dict[str, str]]:
    """Two hosts by name, with an address each; this one has 10.77.0.1 among them."""
    if os.geteuid() or shutil.which("ip") is None:
        pytest.skip("hosts of their own need root, and ip of the package iproute2")
    made = {"luotsi1": "10.77.0.2", "luotsi2": "10.77.0.3"}
    try:
        run("ip link add luotsi0 type bridge")
        run("ip addr add 10.77.0.1/24 dev luotsi0")
        run("ip link set luotsi0 up")
        for name, address in made.items():
            run(f"ip netns add {name}")
            run(f"ip link add v{name} type veth peer name eth0 netns {name}")
            run(f"ip link set v{name} master luotsi0 up")
            run(f"ip -n {name} addr add {address}/24 dev eth0")
            run(f"ip -n {name} link set lo up")
            run(f"ip -n {name} link set eth0 up")
        yield made
    finally:
        for name in made:
            run(f"ip netns del {name}", check=False)
        run("ip link del luotsi0", check=False)


def run(command: str, *, check: bool = True) -> None:
    subprocess.run(command.split(), check=check, capture_output=True)


@pytest.fixture
def cluster(bucket: str, s3a: Callable[[str], None], hosts: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the environment of a driver says to run on Spark's workers on those hosts, who see no file of this test."""
    store = ThreadedMotoServer(ip_address="10.77.0.1", port=0, verbose=False)
    store.start()
    endpoint = f"http://10.77.0.1:{store.get_host_and_port()[1]}"
    usual = (Path(os.environ["SPARK_CONF_DIR"]) / "spark-defaults.conf").read_text("utf-8").splitlines()
    told = {
        "spark.driver.host": "10.77.0.1",
        "spark.driver.bindAddress": "10.77.0.1",
        "spark.executor.memory": "1g",
        "spark.executor.extraClassPath": os.environ["PYSPARK_SUBMIT_ARGS"].split()[1],
        "spark.hadoop.fs.s3a.endpoint": endpoint,
    }
    conf, spark, master = tmp_path / "conf", Path(pyspark.__file__).parent, "10.77.0.1 --port 17077"
    conf.mkdir()
    kept = [line for line in usual if line.split(" ")[0] not in {"spark.master", *told}]
    (conf / "spark-defaults.conf").write_text("\n".join([*kept, *map(" ".join, told.items())]) + "\n", "utf-8")
    env = os.environ | {"SPARK_CONF_DIR": str(conf), "SPARK_HOME": str(spark), "AWS_ENDPOINT_URL": endpoint}
    of = f"{spark}/bin/spark-class org.apache.spark.deploy"
    begun = [subprocess.Popen(f"{of}.master.Master --host {master} --webui-port 0".split(), env=env)]
    for name, address in hosts.items():
        worker = f"{of}.worker.Worker --host {address} --cores 1 --memory 1g --webui-port 0 --work-dir {tmp_path}/work"
        alone = f"mount -t tmpfs none {tmp_path} && mkdir {conf} && exec {worker} spark://10.77.0.1:17077"
        begun.append(subprocess.Popen(["ip", "netns", "exec", name, "unshare", "-m", "sh", "-c", alone], env=env))
    try:
        yield env | {"LUOTSI_SPARK_MASTER": "spark://10.77.0.1:17077"}
    finally:
        for each in begun:
            each.terminate()
        for each in begun:
            each.wait(60)
        store.stop()


DRIVER = """
import sys
from pathlib import Path
from luotsi.concepts.reading import read_county
from luotsi.engine import release, vault
from luotsi.engine.spark.session import session
home, county = Path(sys.argv[1]), read_county(Path(sys.argv[2]))[0]
vault.load(home, county)
release.build(home, county)
print(*(each.host() for each in session().sparkContext._jsc.sc().statusTracker().getExecutorInfos()))
"""


@pytest.mark.skipif("LUOTSI_WHOLE" not in os.environ, reason="a cluster is six processes of Java: LUOTSI_WHOLE=1")
def test_machines_that_share_nothing_but_a_store_load_and_release_a_county(
    server: str,
    s3a: Callable[[str], None],
    cluster: dict[str, str],
    hosts: dict[str, str],
    tmp_path: Path,
    clinic: County,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = tmp_path / "home"
    for each in sent(tmp_path):
        land(home, clinic, each)
        command = [sys.executable, "-c", DRIVER, str(home), str(tmp_path / "county")]
        done = subprocess.run(command, env=cluster, capture_output=True, text=True, timeout=900, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        assert {*done.stdout.split()} >= {*hosts.values()}
    s3a(server)
    theirs = everything(home)
    assert theirs == of_duckdb(home, tmp_path / "beside", clinic, monkeypatch)
