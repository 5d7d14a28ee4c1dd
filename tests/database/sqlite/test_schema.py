"""The version of a database's form: stamped, checked, and upgraded without loss."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
from contextlib import closing

import orjson
import pytest
from fixtures_filled import FILE
from fixtures_screening import contents

from screening.common.errors import StoreError
from screening.database import CoatingDatabase, StoreLocation
from screening.database.sqlite import schema
from screening.database.sqlite.damage import checksum
from screening.database.sqlite.integrity import damages
from screening.database.sqlite.store import SQLiteStore


@pytest.fixture
def location(tmp_path):
    """A database with one run, said to be of this version."""
    found = StoreLocation(tmp_path / "db")
    store = found.open("runs")
    store.update({"run_id": "a", "n": 1})
    store.close()
    return StoreLocation(tmp_path / "db")


def file_of(location):
    return str(location.folder / "coatscreen.sqlite")


def version(location, stamped=None):
    with closing(sqlite3.connect(file_of(location), isolation_level=None)) as db:
        if stamped is not None:
            db.execute(f"PRAGMA user_version = {stamped}")
            db.execute(f"PRAGMA application_id = {int.from_bytes(b'coa') * 256 + stamped}")
        return db.execute("PRAGMA user_version").fetchone()[0]


def documents(location, collection="runs"):
    store = StoreLocation(location.uri or location.folder).open(collection, read_only=True)
    found = [{k: v for k, v in doc.items() if k != "_id"} for doc in store.query({})]
    store.close()
    return found


def test_a_new_database_is_stamped(location):
    assert version(location) == schema.VERSION
    with CoatingDatabase.open(location) as database:
        assert database.count() == 0


@pytest.mark.parametrize("read_only", [True, False])
def test_a_newer_one_is_refused_and_left_as_it_is(location, read_only):
    version(location, schema.VERSION + 1)
    with pytest.raises(StoreError, match=f"has the form {schema.VERSION + 1}, made by a newer coatscreen"):
        location.open("runs", read_only=read_only)
    assert version(location) == schema.VERSION + 1


@pytest.mark.parametrize("read_only", [True, False])
def test_one_without_a_version_is_refused(location, read_only):
    version(location, 0)
    with pytest.raises(StoreError, match="says no version of its form"):
        location.open("runs", read_only=read_only)
    assert version(location) == 0


def rename_n(db):
    """A step to the next version: the field ``n`` of every run is called ``number``."""
    db.execute("UPDATE runs SET doc = json_remove(json_set(doc, '$.number', json_extract(doc, '$.n')), '$.n')")
    db.execute("UPDATE runs SET crc = checksum(CAST(key AS BLOB), CAST(doc AS BLOB))")


def test_one_of_version_2_is_read_as_it_is_and_brought_here_by_what_writes(location):
    """Its heavy parts are text, and those written later lie compressed beside them."""
    heavy = {"interfaces": [{"contact": "coating|cathode", "n": n} for n in range(20)]}
    store = location.open("coatings")
    store.update([{"key": name, "coating": name, **heavy} for name in ("old", "new")])
    store.close()
    with closing(sqlite3.connect(file_of(location), isolation_level=None)) as db:
        written = dict(db.execute('SELECT key, doc FROM "coatings.heavy"').fetchall())
        assert all(len(doc) < len(orjson.dumps(heavy)) / 3 for doc in written.values())
        text = orjson.dumps(heavy)
        (key,) = (key for key in written if "old" in key)
        values = (text.decode(), checksum(key.encode(), text), key)
        db.execute('UPDATE "coatings.heavy" SET doc = ?, crc = ? WHERE key = ?', values)
    version(location, 2)
    for expected in (2, schema.VERSION):
        assert [doc["interfaces"] for doc in documents(location, "coatings")] == [heavy["interfaces"]] * 2
        assert version(location) == expected
        location.open("runs").close()


@pytest.fixture
def next_version(monkeypatch):
    """This coatscreen knows one more version, and the step to it."""
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(schema.FILE_STEPS, schema.VERSION - 1, rename_n)
    return schema.VERSION


def test_an_older_one_is_brought_here_by_what_writes(location, next_version):
    with pytest.raises(StoreError, match="any command that writes to it, such as coatscreen run, brings it there"):
        location.open("runs", read_only=True)
    assert version(location) == next_version - 1
    location.open("coatings").close()
    assert version(location) == next_version
    assert documents(location) == [{"run_id": "a", "number": 1}]
    StoreLocation(location.folder).open("runs").close()  # and no step is done twice
    assert documents(location) == [{"run_id": "a", "number": 1}]


def test_a_step_that_fails_leaves_all_as_it_was(location, next_version, monkeypatch):
    def fails(db):
        rename_n(db)
        raise StoreError("out of luck")

    monkeypatch.setitem(schema.FILE_STEPS, next_version - 1, fails)
    with pytest.raises(StoreError, match="out of luck"):
        location.open("runs")
    assert version(location) == next_version - 1
    monkeypatch.setitem(schema.FILE_STEPS, next_version - 1, rename_n)
    location.open("runs").close()
    assert documents(location) == [{"run_id": "a", "number": 1}]


def test_a_kill_in_the_middle_of_a_step_keeps_all(location, next_version, monkeypatch, tmp_path):
    flag = tmp_path / "flag"

    def waits(db):
        rename_n(db)
        flag.touch()
        time.sleep(60)

    def upgrade():
        schema.FILE_STEPS[next_version - 1] = waits
        location.open("runs")

    process = multiprocessing.get_context("fork").Process(target=upgrade)
    process.start()
    give_up = time.monotonic() + 30
    while not flag.exists():
        assert time.monotonic() < give_up
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.join(10)
    assert version(location) == next_version - 1
    location.open("runs").close()
    assert version(location) == next_version
    assert documents(location) == [{"run_id": "a", "number": 1}]


def test_two_that_open_it_at_once_do_the_step_once(location, next_version):
    def opens():
        StoreLocation(location.folder).open("runs").close()

    processes = [multiprocessing.get_context("fork").Process(target=opens) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0] * 4
    assert documents(location) == [{"run_id": "a", "number": 1}]


# -- MongoDB ---------------------------------------------------------------------------------------------


@pytest.fixture
def server(database_uri):
    """A database with one run on a server."""
    found = StoreLocation(database_uri)
    found.open("runs").update({"run_id": "a", "n": 1})
    return StoreLocation(database_uri)


def database_of(server):
    return StoreLocation(server.uri).open("runs")._collection.database


@pytest.fixture
def stamp(server):
    return database_of(server)[schema.COLLECTION]


def test_a_new_database_on_a_server_is_stamped(server, stamp):
    assert stamp.find_one({}) == {"_id": schema.COLLECTION, "version": schema.VERSION}
    server.open("runs", read_only=True)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_newer_or_unknown_one_on_a_server_is_refused(server, stamp, read_only):
    stamp.update_one({}, {"$set": {"version": schema.VERSION + 1}})
    with pytest.raises(StoreError, match="made by a newer coatscreen") as caught:
        server.open("runs", read_only=read_only)
    assert "***@" in str(caught.value) or "@" not in str(server.uri)
    stamp.delete_one({})
    with pytest.raises(StoreError, match="says no version of its form"):
        server.open("runs", read_only=read_only)
    assert stamp.find_one({}) is None


def test_an_older_one_on_a_server_is_brought_here_even_by_a_second_attempt(server, stamp, monkeypatch):
    """A process that is killed between two writes leaves the older version, and the step is done again."""
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    attempts = []

    def rename(database):
        database["runs"].update_many({"n": {"$exists": True}}, {"$rename": {"n": "number"}})
        attempts.append(database.name)
        if len(attempts) == 1:
            raise StoreError("killed")

    monkeypatch.setitem(schema.DATABASE_STEPS, schema.VERSION - 1, rename)
    with pytest.raises(StoreError, match="brings it there"):
        server.open("runs", read_only=True)
    with pytest.raises(StoreError, match="killed"):
        server.open("runs")
    assert stamp.find_one({})["version"] == schema.VERSION - 1
    server.open("runs")
    assert stamp.find_one({})["version"] == schema.VERSION
    (doc,) = documents(server)
    assert (doc["run_id"], doc["number"]) == ("a", 1)
    assert len(attempts) == 2


# -- files that are foreign, empty, newer, or of the first version -----------------------------------------


@pytest.mark.parametrize("content", [b"this is no database, and long enough to be read as one" * 40, b"\0" * 5000])
def test_a_file_of_something_else(tmp_path, content):
    file = tmp_path / "store.sqlite"
    file.write_bytes(content)
    with pytest.raises(StoreError, match="is no SQLite database, or its beginning is damaged") as caught:
        SQLiteStore(str(file), "documents").connect()
    assert len(str(caught.value).splitlines()) == 1
    assert file.read_bytes() == content


def test_an_empty_file_is_no_empty_database(tmp_path, verb):
    (tmp_path / FILE).touch()
    for words in (["rank"], ["query"], ["runs", "list"]):
        status, _, err = verb(*words, "--store", str(tmp_path))
        assert (status, "is empty, and what was in it is lost: put a backup in its place" in err) == (1, True)


def test_a_database_of_another_program(tmp_path, verb):
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("CREATE TABLE coatings (a)")
        db.execute("PRAGMA user_version = 7")
    before = (tmp_path / FILE).read_bytes()
    for words in (["rank"], ["store", "repair"]):
        status, _, err = verb(*words, "--store", str(tmp_path))
        assert (status, "is a database of another program" in err) == (1, True)
    assert (tmp_path / FILE).read_bytes() == before


def test_a_newer_one_is_neither_damaged_nor_repaired(copied, verb, monkeypatch):
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    monkeypatch.setitem(schema.FILE_STEPS, schema.VERSION - 1, lambda db: None)
    StoreLocation(copied).open("runs").close()
    monkeypatch.undo()
    for words in (["rank"], ["store", "check"], ["store", "repair"]):
        status, _, err = verb(*words, "--store", str(copied))
        assert (status, "made by a newer coatscreen" in err) == (1, True)
    assert [one.name for one in copied.iterdir() if "damaged" in one.name] == []


def test_one_of_the_first_version_gets_checksums(filled, copied):
    with closing(sqlite3.connect(copied / FILE, isolation_level=None)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if not name.endswith(".indexed"):
                db.execute(f'ALTER TABLE "{name}" DROP COLUMN crc')
        db.execute("PRAGMA user_version = 1")
        db.execute("PRAGMA application_id = 0")
    with pytest.raises(StoreError, match="any command that writes to it"):
        CoatingDatabase.open(copied)
    StoreLocation(copied).open("runs").close()
    assert list(damages(str(copied / FILE))) == []
    assert contents(copied) == contents(filled.store)
