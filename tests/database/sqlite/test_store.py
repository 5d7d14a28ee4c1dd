"""The embedded store: groups, keys, several writers, kills and full disks."""

from __future__ import annotations

import copy
import datetime
import itertools
import multiprocessing
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fixtures_documents import DOCUMENTS, found
from fixtures_screening import synthetic
from monty.json import MontyDecoder

from screening.common.errors import StoreError
from screening.database.sqlite.store import SQLiteStore

# -- groups, as maggma's MemoryStore makes them --------------------------------------------------------


@pytest.mark.parametrize("keys", ["rank", "window.low", ["rank", "stable"], "nothing"])
def test_groupby(store, memory, keys):
    whole = {"_key": {"$in": [1, 2, 4, 5, 6]}}  # MemoryStore cannot order groups of mixed types

    def groups(of):
        made = of.groupby(keys, whole, ["_key"])
        return sorted(((key, sorted(doc["_key"] for doc in members)) for key, members in made), key=str)

    assert groups(store) == groups(memory)


def test_groups_hold_the_properties_asked_for(store):
    (group,) = [members for key, members in store.groupby("rank", {"rank": {"$gt": 0}}, ["name"]) if key == {"rank": 2}]
    assert group == [{"name": "LiNbO3", "rank": 2}, {"name": "Li2SO4", "rank": 2}]


def test_distinct(store, memory):
    criteria = {"_key": {"$in": [1, 2, 4, 5, 6]}}
    assert sorted(store.distinct("rank", criteria)) == sorted(memory.distinct("rank", criteria))


# -- writing ----------------------------------------------------------------------------------------


def test_a_document_of_the_same_key_replaces_the_other_in_its_place(store):
    store.update({"_key": 2, "name": "new"})
    assert [doc["_key"] for doc in store.query()] == [doc["_key"] for doc in DOCUMENTS]
    assert store.query_one({"_key": 2}) == {"_key": 2, "name": "new"}


def test_key_of_several_fields(path):
    with SQLiteStore(path, "jobs", key="uuid") as store:
        store.update([{"uuid": "a", "index": i, "n": i} for i in (1, 2)], key=["uuid", "index"])
        store.update({"uuid": "a", "index": 2, "n": 3}, key=["uuid", "index"])
        assert found(store) == [{"uuid": "a", "index": 1, "n": 1}, {"uuid": "a", "index": 2, "n": 3}]


def test_updating_while_reading(store):
    """As maggma's builders do; each document is seen once."""
    seen = []
    for doc in store.query({}):
        seen.append(doc["_key"])
        store.update({**doc, "seen": True})
        assert len(seen) <= len(DOCUMENTS)
    assert seen == [doc["_key"] for doc in DOCUMENTS]
    assert store.count({"seen": True}) == len(DOCUMENTS)


def test_all_documents_or_none(store):
    with pytest.raises(StoreError, match="lacks its key"):
        store.update([{"_key": 100}, {"name": "no key"}])
    assert store.count() == len(DOCUMENTS)


def test_a_list_is_no_key(store):
    with pytest.raises(StoreError, match="list"):
        store.update({"_key": [1, 2]})


def test_numbers_that_are_none_are_null(store):
    store.update({"_key": 100, "value": float("nan")})
    assert store.query_one({"_key": 100}) == {"_key": 100, "value": None}


def test_what_is_not_json_becomes_it(store):
    when = datetime.datetime(2026, 1, 2, 3, 4)
    store.update({"_key": 100, "when": when, "n": np.int64(3), "x": np.array([1.5]), "phases": synthetic()})
    doc = store.query_one({"_key": 100})
    assert datetime.datetime.fromisoformat(doc["when"]) == when
    assert (doc["n"], doc["x"]) == (3, [1.5])
    assert doc["phases"]["sha256"] == synthetic().sha256


def test_reopened(path, store):
    store.close()
    with pytest.raises(StoreError, match="not connected"):
        store.count()
    store.connect()
    assert found(store) == DOCUMENTS


@pytest.mark.parametrize(
    "copied", [lambda s: pickle.loads(pickle.dumps(s)), lambda s: MontyDecoder().decode(s.to_json())]
)
def test_travels_to_another_process_unconnected(store, copied):
    other = copied(store)
    assert (other, other.key, other.collection_name) == (store, "_key", "documents")
    assert (other.indexed, other.heavy) == (store.indexed, store.heavy)
    with pytest.raises(StoreError, match="not connected"):
        other.count()
    other.connect()
    assert found(other) == DOCUMENTS
    other.close()


@pytest.mark.parametrize("path", ["store.sqlite", "./store.sqlite", "results/store.sqlite"])
def test_relative_path_is_refused(path):
    with pytest.raises(StoreError, match="must be absolute"):
        SQLiteStore(path, "documents")


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(StoreError, match="unable to open database file"):
        SQLiteStore(str(tmp_path / "nothing" / "store.sqlite"), "documents").connect()


# -- reading only -----------------------------------------------------------------------------------


def test_read_only_sees_what_is_written_and_writes_nothing(path, store):
    with SQLiteStore(path, "documents", read_only=True, indexed=store.indexed, heavy=store.heavy) as reader:
        assert found(reader) == DOCUMENTS
        store.update({"_key": 9, "name": "later"})
        assert reader.count({"name": "later"}) == 1
        with pytest.raises(StoreError, match="readonly"):
            reader.update({"_key": 10})
        with pytest.raises(StoreError, match="readonly"):
            reader.remove_docs({})
        assert reader.ensure_index("name")
    assert store.count() == len(DOCUMENTS) + 1


def test_a_file_that_is_not_there_is_not_made_by_a_reader(path):
    with pytest.raises(StoreError, match="unable to open"):
        SQLiteStore(path, "documents", read_only=True).connect()
    assert not Path(path).exists()


# -- several processes, and kills -------------------------------------------------------------------


def in_processes(function, *arguments):
    """Run a function in one process for each tuple of arguments, and expect all to succeed."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=function, args=given) for given in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * len(processes)


def write_one_by_one(path, writer, count, keys):
    with SQLiteStore(path, "documents") as store:
        for n in range(count):
            store.update({"_key": f"{writer if keys == 'own' else ''} {n}", "writer": writer, "n": n})


def test_six_writers_of_twenty_documents(path):
    in_processes(write_one_by_one, *((path, writer, 20, "own") for writer in range(6)))
    with SQLiteStore(path, "documents") as store:
        assert sorted((d["writer"], d["n"]) for d in store.query()) == [(w, n) for w in range(6) for n in range(20)]


def test_a_file_that_another_process_is_just_making(path):
    """To one that turns on write-ahead logging then, SQLite says at once that the file is locked."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    timer.start()
    with SQLiteStore(path, "documents") as store:
        store.update({"_key": 1})
        assert store.count() == 1
    timer.join()
    other.close()


def test_two_writers_of_the_same_keys_leave_one_document_each(path):
    in_processes(write_one_by_one, *((path, writer, 50, "same") for writer in range(2)))
    with SQLiteStore(path, "documents") as store:
        docs = found(store)
    assert sorted(d["n"] for d in docs) == list(range(50))
    assert {d["writer"] for d in docs} <= {0, 1}


def killed_when(function, path, ready, *arguments):
    """Run a function in a process and kill it -9 once `ready` holds."""
    context = multiprocessing.get_context("fork")
    process = context.Process(target=function, args=(path, *arguments))
    process.start()
    give_up = time.monotonic() + 30
    while not ready() and process.is_alive():
        assert time.monotonic() < give_up
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.join(10)
    assert process.exitcode == -signal.SIGKILL


def write_half_a_transaction(path, flag):
    with SQLiteStore(path, "documents") as store, store.collection.writing() as db:
        db.execute("DELETE FROM documents")
        db.executemany("INSERT INTO documents VALUES (?, ?, 0)", [(f"[{n}]", '{"half": 1}') for n in range(20_000)])
        flag.touch()
        time.sleep(60)


def test_kill_in_the_middle_of_a_transaction(path, store, tmp_path):
    flag = tmp_path / "flag"
    killed_when(write_half_a_transaction, path, flag.exists, flag)
    assert found(store) == DOCUMENTS
    with SQLiteStore(path, "documents", indexed=store.indexed, heavy=store.heavy) as next_one:
        assert found(next_one) == DOCUMENTS
        next_one.update({"_key": 9})  # and nothing is left locked
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def write_batches_for_ever(path):
    with SQLiteStore(path, "documents") as store:
        for batch in itertools.count():
            store.update([{"_key": f"{batch} {n}", "batch": batch} for n in range(10)])


@pytest.mark.parametrize("batches", [1, 7, 30])
def test_kill_of_a_busy_writer_leaves_whole_batches(path, batches):
    with SQLiteStore(path, "documents") as store:
        killed_when(write_batches_for_ever, path, lambda: store.count() >= 10 * batches)
        counts = {}
        for doc in store.query():
            counts[doc["batch"]] = counts.get(doc["batch"], 0) + 1
    assert set(counts.values()) == {10}
    assert sorted(counts) == list(range(len(counts)))
    assert len(counts) >= batches


# -- real disks --------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path):
    """A file system of 400 kB, and a function that mounts it again with other options."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(*options):
        done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"cannot mount: {done.stderr.strip()}")

    if shutil.which("mount") is None:
        pytest.skip("there is no mount")
    mount("-t", "tmpfs", "-o", "size=400k", "tmpfs")
    yield folder, lambda options: mount("-o", f"remount,{options}")
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk_is_one_error_and_loses_nothing(disk):
    folder, remount = disk
    path = str(folder / "store.sqlite")
    written = []
    with SQLiteStore(path, "documents") as store:

        def fill():
            for n in range(1000):
                store.update([{"_key": f"{n} {part}", "text": "x" * 4000} for part in range(2)])
                written.append(n)

        with pytest.raises(StoreError, match=r"disk is full|disk I/O error") as caught:
            fill()
        assert len(str(caught.value).splitlines()) == 1
        assert path in str(caught.value)
    assert len(written) > 3
    remount("size=4m")
    with SQLiteStore(path, "documents") as store:
        assert sorted(d["_key"] for d in store.query()) == sorted(f"{n} {part}" for n in written for part in range(2))
        store.update({"_key": "after"})
        assert store.count() == 2 * len(written) + 1


def test_read_only_disk(disk):
    folder, remount = disk
    path = str(folder / "store.sqlite")
    with SQLiteStore(path, "documents") as store:
        store.update(copy.deepcopy(DOCUMENTS))
    remount("ro")
    with SQLiteStore(path, "documents", read_only=True) as reader:
        assert found(reader) == DOCUMENTS
        with SQLiteStore(path, "nothing", read_only=True) as other:
            assert found(other) == []
    with pytest.raises(StoreError, match="cannot open"):
        SQLiteStore(path, "documents").connect()
