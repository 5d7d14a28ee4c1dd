"""The table of indexed fields: it follows the documents, and takes on fields as they come."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from fixtures_documents import found, of_indexed

from screening.common.errors import StoreError
from screening.database.sqlite.store import SQLiteStore


@pytest.mark.parametrize("doc", [{"score": [1]}, {"score": {"a": 1}}, {"window": [{"low": 1}]}])
def test_an_indexed_field_of_several_values_is_refused_and_nothing_written(path, doc):
    with of_indexed(path) as store:
        with pytest.raises(StoreError, match=r"more than one value in (score|window\.low)"):
            store.update([{"_key": 1, "score": 1.0}, {"_key": 2, **doc}])
        assert store.count() == 0
        assert found(store, {"score": 1.0}) == []


def test_indexed_fields_follow_what_is_written_and_removed(path):
    with of_indexed(path) as store:
        store.update([{"_key": n, "score": float(n)} for n in range(5)])
        store.update({"_key": 3, "score": -1.0})
        store.remove_docs({"score": {"$gte": 4}})
        assert [d["_key"] for d in store.query({"score": {"$lt": 1.5}}, sort={"score": -1})] == [1, 0, 3]
        assert found(store, {"score": 3.0}) == found(store, {"score": 4.0}) == []


def test_a_database_without_indexed_fields_gets_them(path):
    with SQLiteStore(path, "documents") as plain:
        plain.update([{"_key": n, "score": -float(n)} for n in range(5)])
    with of_indexed(path, read_only=True) as reader:  # slower, and the same
        assert [d["_key"] for d in reader.query({"score": {"$lt": -2}}, sort={"score": 1})] == [4, 3]
    with of_indexed(path) as store:
        assert [d["_key"] for d in store.query({"score": {"$lt": -2}}, sort={"score": 1})] == [4, 3]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute('SELECT count(*) FROM "documents.indexed"').fetchone() == (5,)


def test_the_members_of_an_object_are_indexed_as_they_come(path):
    with SQLiteStore(path, "documents", indexed=("values.*",)) as store:
        store.update({"_key": 1, "values": {"cost": 3.0, "gain (%)": -1}})
        store.update([{"_key": 2, "values": {"cost": 2.0, "new_one": None}}, {"_key": 3, "values": {}}, {"_key": 4}])
        store.update({"_key": 5, "values": {"cost": None, "a.b": 1}})  # a name with a dot would be another level
        assert store.collection.narrow.columns == ["values.cost", "values.gain (%)", "values.new_one"]
        assert [doc["_key"] for doc in store.query({"values.cost": {"$ne": None}}, sort={"values.cost": 1})] == [2, 1]
        assert [doc["_key"] for doc in store.query({"values.gain (%)": {"$lt": 0}})] == [1]
        assert store.distinct("values.cost") == [3.0, 2.0]
        store.update({"_key": 1, "values": {"gain (%)": 7}})
        assert found(store, {"values.cost": 3.0}) == []
    with SQLiteStore(path, "documents", indexed=("values.*",), read_only=True) as reader:
        assert [doc["_key"] for doc in reader.query({"values.cost": {"$lte": 2}}, sort={"values.cost": 1})] == [2]
