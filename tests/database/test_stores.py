"""Where the database is: folders that can be, addresses that can be reached, and what is said of those that cannot."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import threading
import time
from pathlib import Path

import pytest
from maggma.stores import MongoStore
from pymongo.errors import AutoReconnect, DuplicateKeyError, OperationFailure

from screening.common.errors import InputError, StoreError
from screening.database import addresses
from screening.database.sqlite.store import SQLiteStore
from screening.database.stores import KEYS, LocationError, StoreLocation


def test_folder_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    location = StoreLocation("results/coatings")
    assert location.folder == tmp_path / "results" / "coatings"
    assert location.name == str(tmp_path / "results" / "coatings")
    assert not location.exists
    store = location.open("coatings")
    monkeypatch.chdir("/")
    store.update({"key": "a"})
    store.close()
    assert location.exists
    assert StoreLocation(tmp_path / "results" / "coatings").open("coatings", read_only=True).count() == 1


def test_home_is_expanded(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert StoreLocation("~/coatings").folder == tmp_path / "coatings"


@pytest.mark.parametrize("place", ["site", "site/site.yaml", "site/other.yml"])
def test_the_database_that_a_file_names(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    uri = "mongodb://me:p%40ss@db.example.org/coatings"
    (tmp_path / "site").mkdir()
    for name in ("site.yaml", "other.yml"):
        (tmp_path / "site" / name).write_text(f'scheduler: slurm\ndatabase: "{uri}"\n')
    location = StoreLocation(place)
    assert location.uri == uri
    assert location.name == "mongodb://***@db.example.org/coatings"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("scheduler: slurm\n", "no mongodb:// URI under 'database'", id="without"),
        pytest.param("- mongodb://h/d\n", "no mongodb:// URI under 'database'", id="list"),
        pytest.param("database: results\n", "no mongodb:// URI under 'database'", id="folder"),
        pytest.param("database: mongodb://me:secret@h\n", r"mongodb://\*\*\*@h names no database", id="nameless"),
        pytest.param('database: "mongodb://me:secret@h/d', "is not YAML$", id="broken"),
    ],
)
def test_a_file_that_names_no_database(tmp_path, text, message):
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(LocationError, match=message) as caught:
        StoreLocation(tmp_path / "mine.yaml")
    assert "secret" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(LocationError, match=r"mine\.yaml does not exist"):
        StoreLocation(tmp_path / "mine.yaml")


@pytest.mark.parametrize("collection", KEYS)
def test_every_collection_has_its_key(tmp_path, collection):
    store = StoreLocation(tmp_path).open(collection)
    assert isinstance(store, SQLiteStore)
    assert store.key == KEYS[collection]
    store.update([{KEYS[collection]: "a", "n": 1}, {KEYS[collection]: "a", "n": 2}])
    assert [doc["n"] for doc in store.query()] == [2]


def test_reading_makes_nothing(tmp_path):
    location = StoreLocation(tmp_path / "nothing")
    with pytest.raises(LocationError, match=r"there is no database in .*nothing: `coatscreen run` makes one"):
        location.open("coatings", read_only=True)
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("place", ["file/below", "/proc/coatings", "/dev/null/coatings"])
def test_a_place_where_no_folder_can_be(tmp_path, place):
    (tmp_path / "file").write_text("")
    location = StoreLocation(tmp_path / place)
    with pytest.raises(LocationError, match="cannot make the folder") as caught:
        location.open("jobs")
    assert str(location.folder) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_read_only_folder(tmp_path):
    """On a file system that is mounted read-only, since permissions do not stop root."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro,size=100k", "tmpfs", str(tmp_path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount: {mounted.stderr.decode().strip()}")
    try:
        with pytest.raises(LocationError, match="is read-only: choose another with --store"):
            StoreLocation(tmp_path).open("jobs")
        with pytest.raises(LocationError, match="Read-only file system"):
            StoreLocation(tmp_path / "new").open("jobs")
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_wrong_location_is_a_wrong_request(tmp_path):
    """So that the command line says 2, while code that catches store errors catches it too."""
    assert issubclass(LocationError, StoreError)
    assert issubclass(LocationError, InputError)


@pytest.mark.parametrize("location", ["", "  "])
def test_no_location(location):
    with pytest.raises(LocationError, match="empty"):
        StoreLocation(location)


@pytest.mark.parametrize(
    "location", ["postgres://host/db", "http://user:geheim@host/", "mongo://host/db", "s3://bucket"]
)
def test_another_kind_of_address(location):
    with pytest.raises(LocationError, match="neither a folder nor a mongodb:// address") as caught:
        StoreLocation(location)
    assert "geheim" not in str(caught.value)


# -- MongoDB -----------------------------------------------------------------------------------------

PASSWORDS = ["geheim", "ge%40heim", "ge@heim", "ge/heim", "ge:heim", "ge?heim", "//geheim@", "ge#heim%"]


@pytest.mark.parametrize(
    "uri", ["mongodb://host", "mongodb://host/", "mongodb://user:geheim@host:27017/?retryWrites=true"]
)
def test_an_address_without_a_database(uri):
    with pytest.raises(LocationError, match="names no database") as caught:
        StoreLocation(uri)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("uri", ["mongodb://host/db", "mongodb://a,b,c/db?replicaSet=x", "mongodb+srv://u:p@host/db"])
def test_an_address_with_a_database(uri):
    location = StoreLocation(uri)
    assert (location.uri, location.folder, location.exists) == (uri, None, True)


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_is_in_no_message(password, monkeypatch):
    """Whether it is escaped as it should be, or typed as it is."""
    monkeypatch.setattr("screening.database.addresses.TIMEOUT_MS", 50)
    uri = f"mongodb://user:{password}@localhost:1/coatings"  # where nothing listens
    assert "heim" not in StoreLocation(uri).name
    with pytest.raises(StoreError) as caught:
        StoreLocation(uri).open("coatings")
    assert "***@localhost:1/coatings" in str(caught.value)
    assert "heim" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mongodb+srv://user:geheim@db.example.org:27017/coatings", "URIs must not include a port number"),
        ("mongodb+srv://user:geheim@no-such-name/coatings", "no-such-name"),
        ("mongodb://user:geheim@localhost:1/coatings?retryWritess=true", "Unknown option"),
        ("mongodb://user:geheim@localhost:1/coatings?tls=true&tlsCAFile=/no/such/file", "file"),
        ("mongodb://user:geheim@localhost:99999/coatings", "Port must be an integer between"),
        ("mongodb://user:ge:heim@localhost/coatings", "in a user name or password, write"),
    ],
)
def test_what_is_wrong_with_an_address_is_named(address, said):
    with pytest.raises(StoreError) as caught:
        StoreLocation(address).open("coatings")
    assert said in str(caught.value)
    assert ("write : /" in str(caught.value)) == ("user name or password" in said)
    assert "heim" not in str(caught.value)


def test_a_password_is_not_in_a_server_s_answer(monkeypatch):
    def refuse(self, force_reset=False):
        raise OperationFailure("bad login at mongodb://user:geheim@host/db, full error: geheim")

    monkeypatch.setattr(MongoStore, "connect", refuse)
    with pytest.raises(StoreError) as caught:
        StoreLocation("mongodb://user:geheim@host/db").open("coatings")
    assert "geheim" not in str(caught.value)
    assert "bad login" in str(caught.value)


def test_an_unreachable_server_is_an_error_within_seconds(monkeypatch):
    assert addresses.TIMEOUT_MS <= 10_000
    monkeypatch.setattr(addresses, "TIMEOUT_MS", 300)
    start = time.monotonic()
    with pytest.raises(StoreError, match="localhost:1: ") as caught:
        StoreLocation("mongodb://localhost:1/coatings").open("coatings")
    assert time.monotonic() - start < 20  # pymongo's own patience is 30 s
    assert not isinstance(caught.value, InputError)
    assert len(str(caught.value).splitlines()) == 1


def test_errors_of_the_server_and_of_the_disk_name_the_database(tmp_path):
    server = StoreLocation("mongodb://user:geheim@host/db")
    with pytest.raises(StoreError, match=r"^mongodb://\*\*\*@host/db: connection closed$"), server.errors():
        raise AutoReconnect("connection closed")
    disk = StoreLocation(tmp_path)
    with pytest.raises(StoreError, match=f"cannot write to {tmp_path}: No space left on device"), disk.errors():
        raise OSError(28, os.strerror(28))
    with pytest.raises(ZeroDivisionError), disk.errors():
        _ = 1 / 0


# -- one aggregation at a time -------------------------------------------------------------------------


def hold(folder: Path, order: Path, name: str, seconds: float) -> None:
    with StoreLocation(folder).exclusive():
        with order.open("a") as log:
            log.write(f"{name} in\n")
        time.sleep(seconds)
        with order.open("a") as log:
            log.write(f"{name} out\n")


def test_one_process_at_a_time(tmp_path):
    order = tmp_path / "order"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=hold, args=(tmp_path, order, str(n), 0.05)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    lines = order.read_text().split("\n")[:-1]
    assert len(lines) == 8
    for entered, left in zip(lines[::2], lines[1::2], strict=True):
        assert (entered.split()[0], entered.split()[1], left.split()[1]) == (left.split()[0], "in", "out")


def test_a_killed_holder_leaves_no_lock(tmp_path):
    order = tmp_path / "order"
    process = multiprocessing.get_context("fork").Process(target=hold, args=(tmp_path, order, "x", 60))
    process.start()
    while not (order.exists() and order.read_text()):
        time.sleep(0.01)
    process.kill()
    process.join(10)
    with StoreLocation(tmp_path).exclusive():
        assert order.read_text() == "x in\n"


def test_waiting_has_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr("screening.files.locks.LOCK_SECONDS", 0.1)
    order = tmp_path / "order"
    process = multiprocessing.get_context("fork").Process(target=hold, args=(tmp_path, order, "x", 60))
    process.start()
    while not (order.exists() and order.read_text()):
        time.sleep(0.01)
    try:
        with (
            pytest.raises(StoreError, match="another process has been aggregating"),
            StoreLocation(tmp_path).exclusive(),
        ):
            pytest.fail("two are inside")
    finally:
        process.kill()
        process.join(10)


@pytest.fixture
def mongo(database_uri):
    """A database on a server."""
    return StoreLocation(database_uri)


def test_one_at_a_time_on_mongodb(mongo, monkeypatch):
    monkeypatch.setattr("screening.files.locks.LOCK_SECONDS", 0.5)
    inside, order = threading.Event(), []

    def hold_it():
        with mongo.exclusive():
            inside.set()
            time.sleep(0.1)
            order.append("first")

    thread = threading.Thread(target=hold_it)
    thread.start()
    assert inside.wait(10)
    with mongo.exclusive():
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


def test_a_holder_on_mongodb_past_its_time_is_not_waited_for(mongo, monkeypatch):
    locks = mongo.open("runs")._collection.database["locks"]
    locks.insert_one({"_id": "aggregating", "holder": "killed", "until": time.time() + 60.0})
    monkeypatch.setattr("screening.files.locks.LOCK_SECONDS", 0.1)
    with pytest.raises(StoreError, match="another process has been aggregating"), mongo.exclusive():
        pytest.fail("two are inside")
    locks.update_one({}, {"$set": {"until": time.time() - 1.0}})
    with mongo.exclusive():
        assert locks.find_one()["holder"] != "killed"
    assert locks.count_documents({}) == 0


def test_a_holder_on_mongodb_renews_its_time(mongo, monkeypatch):
    monkeypatch.setattr("screening.database.locks.LEASE_SECONDS", 2.0)
    monkeypatch.setattr("screening.files.locks.LOCK_SECONDS", 3.0)
    with (
        mongo.exclusive(),
        pytest.raises(StoreError, match="another process has been aggregating"),
        StoreLocation(str(mongo.uri)).exclusive(),
    ):
        pytest.fail("two are inside")


def test_two_purposes_do_not_wait_for_each_other(mongo, tmp_path):
    for location in (mongo, StoreLocation(tmp_path)):
        with location.exclusive(), location.exclusive("submitting to"):
            pass


def test_keys_are_unique_on_mongodb(mongo):
    store = mongo.open("coatings")
    store.update({"key": "a", "n": 1})
    store.update({"key": "a", "n": 2})
    assert [doc["n"] for doc in store.query()] == [2]
    with pytest.raises(DuplicateKeyError):
        store._collection.insert_one({"key": "a"})
    mongo.open("jobs").update([{"uuid": "a", "index": i} for i in (1, 2)], key=["uuid", "index"])
    assert mongo.open("jobs").count() == 2
