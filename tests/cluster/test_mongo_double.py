"""The double of MongoDB behaves as one to the programs that use it, and keeps what it has acknowledged."""

from __future__ import annotations

import datetime
import threading
import time

import pytest
from bson import Int64, ObjectId
from cluster.double import Double
from gridfs import GridFS
from pymongo import ASCENDING, MongoClient, ReturnDocument, UpdateOne
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    CollectionInvalid,
    DuplicateKeyError,
    OperationFailure,
    WriteError,
)

MIB = 2**20


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    double = Double(tmp_path_factory.mktemp("double"))
    double.start()
    yield double
    double.stop()


@pytest.fixture
def database(running, request):
    with MongoClient(running.database_uri("tests")) as client:
        client.drop_database("tests")
        yield client["tests"]


@pytest.fixture
def own(tmp_path):
    """A double of the test's own, to be killed."""
    double = Double(tmp_path / "double", authenticated=False)
    double.start()
    yield double
    double.kill()


def test_what_is_written_is_read_again(database):
    document = {
        "_id": ObjectId(),
        "when": datetime.datetime(2026, 1, 2, 3, 4, 5, 678000),
        "many": Int64(2**40),
        "nested": {"z": [1, {"a": None}], "a": 1.5},
        "bytes": b"\x00\xff",
        "größe": "µ",
    }
    database.all.insert_one(dict(document))
    found = database.all.find_one()
    assert found == document
    assert list(found["nested"]) == ["z", "a"]
    assert isinstance(found["many"], Int64)


def test_changes(database):
    docs = database.docs
    docs.insert_many({"_id": number, "kind": number % 2} for number in range(10))
    done = docs.update_many({"kind": 0}, {"$set": {"even": True}})
    assert (done.matched_count, done.modified_count) == (5, 5)
    assert docs.update_one({"_id": 0}, {"$set": {"even": True}}).raw_result["nModified"] == 0
    assert docs.replace_one({"_id": 1}, {"a": 1}).modified_count == 1
    assert docs.find_one({"_id": 1}) == {"_id": 1, "a": 1}
    assert docs.delete_one({"kind": 1}).deleted_count == 1
    assert docs.delete_many({"even": True}).deleted_count == 5
    assert [doc["_id"] for doc in docs.find(sort=[("_id", -1)], skip=1, limit=2)] == [7, 5]
    assert docs.distinct("kind") == [1]
    assert (docs.count_documents({}), docs.estimated_document_count()) == (4, 4)
    counted = docs.aggregate([{"$group": {"_id": "$kind", "number": {"$sum": 1}}}, {"$sort": {"number": 1}}])
    assert list(counted) == [{"_id": None, "number": 1}, {"_id": 1, "number": 3}]


def test_upserts(database):
    done = database.docs.update_one({"a": 1}, {"$set": {"b": 2}}, upsert=True)
    assert (done.matched_count, database.docs.find_one({"_id": done.upserted_id})["b"]) == (0, 2)
    assert database.docs.replace_one({"_id": "x"}, {"b": 3}, upsert=True).upserted_id == "x"
    writes = [UpdateOne({"c": number}, {"$inc": {"n": 1}}, upsert=True) for number in (1, 2, 1)]
    done = database.docs.bulk_write(writes)
    assert (done.upserted_count, done.matched_count) == (2, 1)
    assert list(done.upserted_ids) == [0, 1]


def test_updates_inside_arrays(database):
    database.docs.insert_one({"_id": 1, "steps": [{"n": 1, "ok": False}, {"n": 2, "ok": False}]})
    database.docs.update_one({"_id": 1}, {"$set": {"steps.$[s].ok": True}}, array_filters=[{"s.n": 2}])
    database.docs.update_one({"_id": 1, "steps.n": 1}, {"$set": {"steps.$.seen": 1}})
    assert database.docs.find_one()["steps"] == [{"n": 1, "ok": False, "seen": 1}, {"n": 2, "ok": True}]


def test_a_change_that_fails_halfway_changes_nothing(database):
    database.docs.insert_one({"_id": 1, "text": "x"})
    with pytest.raises(WriteError):
        database.docs.update_one({"_id": 1}, {"$set": {"seen": 1}, "$inc": {"text": 1}})
    assert database.docs.find_one() == {"_id": 1, "text": "x"}


def test_find_and_modify(database):
    docs = database.docs
    docs.insert_many([{"_id": number, "state": "READY"} for number in range(3)])
    taken = docs.find_one_and_update({"state": "READY"}, {"$set": {"state": "RUNNING"}}, sort=[("_id", -1)])
    assert taken == {"_id": 2, "state": "READY"}
    after = docs.find_one_and_update(
        {"_id": 9}, {"$inc": {"n": 1}}, upsert=True, return_document=ReturnDocument.AFTER, projection={"_id": 0}
    )
    assert after == {"n": 1}
    assert docs.find_one_and_replace({"_id": 8}, {"n": 1}) is None
    assert docs.find_one_and_delete({"_id": 9})["n"] == 1
    assert docs.count_documents({}) == 3


def test_one_of_many_takes_each(database):
    """Eight clients take work at once: nothing is taken twice."""
    database.docs.insert_many([{"_id": number, "free": True} for number in range(40)])
    taken = []

    def take():
        while doc := database.docs.find_one_and_update({"free": True}, {"$set": {"free": False}}):
            taken.append(doc["_id"])

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(40))


def test_cursors(database):
    database.docs.insert_many({"_id": number} for number in range(250))
    assert [doc["_id"] for doc in database.docs.find(batch_size=7)] == list(range(250))
    assert len(list(database.docs.aggregate([{"$match": {}}], batchSize=100))) == 250
    cursor = database.docs.find(batch_size=2)
    next(cursor)
    database.client.admin.command("killCursors", "docs", cursors=[cursor.cursor_id])
    with pytest.raises(OperationFailure, match="not found") as caught:
        list(cursor)
    assert caught.value.code == 43


def test_unique_indexes(database):
    database.docs.create_index([("fw_id", ASCENDING)], unique=True)
    database.docs.insert_one({"fw_id": 1})
    with pytest.raises(DuplicateKeyError, match=r"^E11000 .* collection: tests\.docs index: fw_id_1") as one:
        database.docs.insert_one({"fw_id": 1})
    assert one.value.details["keyPattern"] == {"fw_id": 1}
    assert one.value.details["keyValue"] == {"fw_id": 1}
    with pytest.raises(BulkWriteError) as many:
        database.docs.insert_many([{"fw_id": 2}, {"fw_id": 1}, {"fw_id": 3}], ordered=False)
    assert many.value.details["nInserted"] == 2
    assert [error["index"] for error in many.value.details["writeErrors"]] == [1]
    with pytest.raises(DuplicateKeyError):
        database.docs.update_one({"fw_id": 2}, {"$set": {"fw_id": 1}})
    with pytest.raises(DuplicateKeyError):
        database.docs.find_one_and_update({"fw_id": 2}, {"$set": {"fw_id": 1}})
    assert sorted(doc["fw_id"] for doc in database.docs.find()) == [1, 2, 3]
    assert set(database.docs.index_information()) == {"_id_", "fw_id_1"}
    database.docs.drop_index("fw_id_1")
    database.docs.insert_one({"fw_id": 1})
    with pytest.raises(DuplicateKeyError):
        database.docs.create_index("fw_id", unique=True)


def test_collections_and_databases(database):
    database.create_collection("empty")
    with pytest.raises(CollectionInvalid):
        database.create_collection("empty")
    database.docs.insert_one({})
    assert sorted(database.list_collection_names()) == ["docs", "empty"]
    assert database.list_collection_names(filter={"name": {"$regex": "^d"}}) == ["docs"]
    database.drop_collection("docs")
    database.drop_collection("nothing")
    assert database.list_collection_names() == ["empty"]
    assert "tests" in database.client.list_database_names()
    database.client.drop_database("tests")
    assert "tests" not in database.client.list_database_names()


def test_what_it_does_not_know(database):
    with pytest.raises(OperationFailure) as caught:
        database.command("mapReduce", "docs")
    assert caught.value.code == 59
    with pytest.raises(OperationFailure) as caught:
        database.docs.find_one({"a": {"$near": 1, "$wrong": 2}})
    assert caught.value.code is not None


def test_large_documents(database):
    database.docs.insert_one({"_id": 1, "text": "x" * (15 * MIB)})
    with pytest.raises(WriteError) as caught:
        database.docs.update_one({"_id": 1}, {"$set": {"more": "y" * (2 * MIB)}})
    assert caught.value.code == 17419
    assert set(database.docs.find_one()) == {"_id", "text"}
    size = 30 * MIB
    files = GridFS(database)
    key = files.put(bytes(range(256)) * (size // 256))
    assert files.get(key).read() == bytes(range(256)) * (size // 256)
    files.delete(key)
    assert database["fs.chunks"].count_documents({}) == 0


def test_who_asks(running):
    wrong = running.database_uri("tests").replace(running.password, "wrong")
    with MongoClient(wrong) as client, pytest.raises(OperationFailure, match=r"Authentication failed") as caught:
        client.tests.docs.find_one()
    assert caught.value.code == 18
    with MongoClient(f"mongodb://127.0.0.1:{running.port}/") as client, pytest.raises(OperationFailure) as caught:
        client.tests.docs.find_one()
    assert caught.value.code == 13


def test_killed_in_the_middle_of_writes(own):
    """Every acknowledged write is there after a kill, and none twice."""
    acknowledged = []

    def write(number):
        with MongoClient(own.database_uri("tests"), serverSelectionTimeoutMS=2000) as client:
            for each in range(10_000):
                try:
                    client.tests.docs.insert_one({"writer": number, "each": each})
                    client.tests.counters.update_one({"writer": number}, {"$inc": {"n": 1}}, upsert=True)
                except AutoReconnect:
                    return
                acknowledged.append((number, each))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.7)
    own.kill()
    for thread in threads:
        thread.join()
    own.start()
    with MongoClient(own.database_uri("tests")) as client:
        there = [(doc["writer"], doc["each"]) for doc in client.tests.docs.find()]
        counters = {doc["writer"]: doc for doc in client.tests.counters.find()}
    assert len(acknowledged) > 40
    assert len(set(there)) == len(there)
    assert set(acknowledged) <= set(there)
    assert len(there) <= len(acknowledged) + 4  # what was on disk and not yet acknowledged
    for number, counter in counters.items():
        done = sum(writer == number for writer, _ in acknowledged)
        assert done <= counter["n"] <= done + 1


def test_replayed_as_it_was(own):
    with MongoClient(own.database_uri("tests")) as client:
        docs = client.tests.docs
        docs.create_index("key", unique=True)
        docs.update_one({"key": 1}, {"$set": {"a": 1}, "$currentDate": {"when": True}}, upsert=True)
        docs.find_one_and_update({"key": 2}, {"$set": {"a": 2}}, upsert=True)
        docs.replace_one({"key": 3}, {"key": 3}, upsert=True)
        with pytest.raises(DuplicateKeyError):
            docs.insert_one({"key": 1})
        docs.delete_one({"key": 3})
        before = list(docs.find())
        with own.journal.open("ab") as journal:
            journal.write(b"\x40\x00\x00\x00 half an entry")
        own.restart()
        assert list(docs.find()) == before
        docs.insert_one({"key": 4})
        own.restart()
        assert docs.count_documents({}) == 3
        with pytest.raises(DuplicateKeyError):
            docs.insert_one({"key": 1})


def test_a_full_disk(tmp_path):
    """What can not be written is refused and not there; the rest goes on, and all of it once there is space."""
    double = Double(tmp_path, authenticated=False, largest_journal_bytes=100_000)
    double.start()
    try:
        with MongoClient(double.database_uri("tests")) as client:
            docs = client.tests.docs
            docs.insert_one({"_id": "small"})
            with pytest.raises(OperationFailure, match="journal") as caught:
                docs.insert_one({"_id": "large", "text": "x" * 200_000})
            assert caught.value.code == 14031
            docs.insert_one({"_id": "after"})
            assert sorted(docs.distinct("_id")) == ["after", "small"]
            double.largest_journal_bytes = None
            double.restart()
            assert docs.count_documents({}) == 2
            docs.insert_one({"_id": "large", "text": "x" * 200_000})
            assert sorted(docs.distinct("_id")) == ["after", "large", "small"]
    finally:
        double.kill()


def test_fireworks_over_it(running, tmp_path, monkeypatch):
    pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")
    from fireworks import Firework, FWorker, LaunchPad, PyTask, Workflow
    from fireworks.core.rocket_launcher import rapidfire
    from fireworks.utilities.fw_serializers import SAVED_FW_MODULES

    monkeypatch.chdir(tmp_path)
    # else FireWorks looks for it in its own tests too, whose marks pytest does not know
    monkeypatch.setitem(SAVED_FW_MODULES, "PyTask", "fireworks.user_objects.firetasks.script_task")
    with MongoClient(running.database_uri("queue")) as client:
        client.drop_database("queue")
    launchpad = LaunchPad(host=running.database_uri("queue"), name="queue", uri_mode=True, strm_lvl="ERROR")
    launchpad.reset("", require_password=False)
    first, second = (
        Firework(PyTask(func="os.mkdir", args=[str(tmp_path / name)]), name=name) for name in ("first", "second")
    )
    broken = Firework(PyTask(func="math.sqrt", args=[-1]), name="broken")
    launchpad.add_wf(Workflow([first, second, broken], {first: [second, broken]}))
    rapidfire(launchpad, FWorker(), strm_lvl="CRITICAL")
    states = {launchpad.get_fw_by_id(number).name: launchpad.get_fw_by_id(number).state for number in (1, 2, 3)}
    assert states == {"first": "COMPLETED", "second": "COMPLETED", "broken": "FIZZLED"}
    launchpad.rerun_fw(next(number for number in (1, 2, 3) if launchpad.get_fw_by_id(number).name == "broken"))
    assert launchpad.get_fw_ids({"state": "READY"}, count_only=True) == 1
