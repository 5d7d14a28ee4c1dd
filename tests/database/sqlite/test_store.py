"""The embedded store: MongoDB's semantics, several writers, kills and full disks."""

from __future__ import annotations

import copy
import datetime
import itertools
import json
import math
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
from fixtures_screening import synthetic
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from maggma.core import Sort
from maggma.stores import MemoryStore
from monty.json import MontyDecoder

from screening.common.errors import StoreError
from screening.database.queries.conditions import condition_of
from screening.database.sqlite.store import SQLiteStore

DOCUMENTS = [
    {"_key": 1, "name": "LiNbO3", "rank": 2, "score": -12.5, "tags": ["oxide", "niobate"], "window": {"low": 1.7}},
    {"_key": 2, "name": "Li3PO4", "rank": 1, "score": 0.0, "tags": [], "window": {"low": 0.7, "high": 4.2}},
    {"_key": 3, "name": "HfO2", "rank": None, "score": None, "tags": ["oxide"], "window": None},
    {"_key": 4, "name": "Li2SO4", "rank": 2, "score": -12.5, "stable": True, "window": {"low": 1.8, "high": None}},
    {"_key": 5, "name": "LiF", "rank": 10, "score": -3, "stable": False, "contacts": [{"mev": -3, "at": "full"}, {}]},
    {"_key": 6, "name": "Lithium\0odd \u20ac", "rank": 2**62, "score": 1.0, "contacts": [{"mev": -90, "at": "half"}]},
    {"_key": 7, "name": ["LiNbO3", "alias"], "rank": [1, 2], "contacts": []},
    {"_key": 8, "Name": "case", "rank": "2", "a_b": 1},
]

CRITERIA = [
    {},
    {"name": "LiNbO3"},
    {"name": "linbo3"},
    {"rank": 2},
    {"rank": 2.0},
    {"rank": "2"},
    {"rank": None},
    {"rank": 2**62},
    {"rank": 2**70},
    {"stable": True},
    {"stable": False},
    {"stable": 1},
    {"tags": "oxide"},
    {"tags": []},
    {"tags": ["oxide"]},
    {"score": {"$lte": -3}},
    {"score": {"$gt": -12.5, "$lt": 0.5}},
    {"score": {"$ne": None}},
    {"name": {"$in": ["LiF", "HfO2", "nothing"]}},
    {"rank": {"$in": [1, 10, None]}},
    {"rank": {"$in": []}},
    {"name": {"$nin": ["LiF", "HfO2"]}},
    {"name": {"$regex": "^Li.*4$"}},
    {"name": {"$regex": "^li", "$options": "i"}},
    {"window": {"$exists": True}},
    {"window.high": {"$exists": False}},
    {"window.low": {"$gte": 1.7}},
    {"window.high": None},
    {"window": {"low": 1.7}},
    {"contacts.mev": -3},
    {"contacts.0.at": "full"},
    {"contacts": {"$elemMatch": {"mev": {"$lt": 0}, "at": "half"}}},
    {"contacts": {"$size": 2}},
    {"$or": [{"rank": 1}, {"tags": "niobate"}]},
    {"$and": [{"rank": 2}, {"$nor": [{"stable": True}]}]},
    {"rank": 2, "name": "Li2SO4"},
    {"rank": 2, "window.low": {"$lt": 1.75}},
    {"rank": {"$not": {"$gt": 1}}},
    {"score": -12.5, "window.low": {"$lt": 1.75}},
    {"$and": [{"score": {"$gte": -3}}, {"window.high": {"$gt": 4}}]},
    {"score": {"$in": [0.0, -3, 7]}},
    {"score": {"$in": [None, 1.0]}},
    {"score": {"$gt": -math.inf}},
    {"score": {"$gt": "a"}},
    {"score": {"$nin": [0.0]}},
    {"Name": {"$regex": "as"}},
    {"Name": {"$regex": "AS", "$options": "i"}},
    {"Name": {"$gte": "c"}},
    {"a_b": {"$exists": True}},
    {"_key": 3},
    {"_key": {"$in": [3, 5, 99]}},
    {"a_b": 1},
    {"name": "Lithium\0odd \u20ac"},
    {"nothing": None},
]


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "store.sqlite")


INDEXED = ("score", "stable", "window.low", "window.high", "a_b", "Name", "text")


KEPT = {  # in which ways documents can be kept
    "whole": {},
    "indexed": {"indexed": INDEXED},
    "heavy": {"heavy": ("tags", "contacts")},
    "both": {"indexed": (*INDEXED, "window.*"), "heavy": ("tags", "contacts", "window")},
}


@pytest.fixture(params=KEPT.values(), ids=KEPT)
def store(path, request):
    with SQLiteStore(path, "documents", **request.param) as opened:
        opened.update(copy.deepcopy(DOCUMENTS))
        yield opened


@pytest.fixture(scope="module")
def memory():
    opened = MemoryStore(key="_key")
    opened.connect()
    opened.update(copy.deepcopy(DOCUMENTS))
    return opened


def found(store, *args, **kwargs):
    return [{k: v for k, v in doc.items() if k != "_id"} for doc in store.query(*args, **kwargs)]


# -- MongoDB's semantics, see test_filters; order and projection as maggma's MemoryStore has them ---


@pytest.mark.parametrize("criteria", CRITERIA, ids=str)
def test_criteria(store, criteria):
    expected = list(filter(condition_of(criteria), DOCUMENTS))
    assert found(store, criteria) == expected
    assert store.count(criteria) == len(expected)
    assert store.query_one(criteria) == next(iter(expected), None)


def test_the_criteria_tell_documents_apart():
    """Of the criteria above each but a few matches some documents and not others."""
    matched = [sum(map(condition_of(criteria), DOCUMENTS)) for criteria in CRITERIA]
    assert sum(0 < n < len(DOCUMENTS) for n in matched) > 0.8 * len(CRITERIA)


@pytest.mark.parametrize(
    "properties",
    [
        None,
        [],
        ["name"],
        ["name", "window.low"],
        ["window"],
        ["contacts.mev"],
        ["nothing"],
        ["tags", "nothing.at.all"],
        {"name": 1},
        {"name": True, "_id": 0},
        {"window": 0},
        {"contacts.mev": 0},
        {"_id": 0},
    ],
    ids=str,
)
def test_properties(store, memory, properties):
    assert found(store, {}, copy.copy(properties)) == found(memory, {}, copy.copy(properties))


def test_dropping_a_field_inside_another(store):
    """Against MongoDB's manual: mongomock drops the outer field too where it is null."""
    docs = {doc["_key"]: doc.get("window", "absent") for doc in store.query({}, {"window.low": 0})}
    assert [docs[k] for k in (1, 2, 3, 8)] == [{}, {"high": 4.2}, None, "absent"]


SORTS = [
    {"score": 1},
    {"score": -1},
    {"rank": Sort.Ascending},
    {"rank": Sort.Descending, "name": 1},
    {"window.low": -1},
    {"tags": 1},
    {"nothing": 1, "_key": -1},
]


@pytest.mark.parametrize("sort", SORTS, ids=str)
def test_sort(store, memory, sort):
    assert found(store, {}, sort=sort) == found(memory, {}, sort=sort)


@pytest.mark.parametrize(("skip", "limit"), [*itertools.product((0, 1, 7, 20), (0, 1, 3, 20))])
def test_skip_and_limit(store, memory, skip, limit):
    expected = found(memory, {}, sort={"score": 1, "_key": 1}, skip=skip, limit=limit)
    assert found(store, {}, sort={"score": 1, "_key": 1}, skip=skip, limit=limit) == expected
    assert found(store, {"rank": 2}, skip=skip, limit=limit) == found(memory, {"rank": 2}, skip=skip, limit=limit)


numbers = st.one_of(st.integers(-3, 3), st.floats(-3, 3, allow_nan=False), st.booleans(), st.none())
values = st.one_of(numbers, st.sampled_from(["a", "b", ""]), st.lists(numbers, max_size=2))
nested = st.dictionaries(st.sampled_from("xy"), values)
documents = st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.one_of(values, nested)), max_size=6)
fields = st.sampled_from(["a", "b", "a.x", "b.y", "c"])
tests_of_one = st.one_of(
    values,
    st.builds(lambda v: {"$in": v}, st.lists(st.one_of(numbers, st.just("a")), max_size=3)),
    st.builds(lambda o, v: {o: v}, st.sampled_from(["$lte", "$gt", "$ne", "$gte"]), st.integers(-3, 3)),
    st.builds(lambda v: {"$exists": v}, st.booleans()),
)
queries = st.dictionaries(fields, tests_of_one, max_size=2)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(docs=documents, criteria=queries, sort=st.sampled_from([None, {"a": 1}, {"b": -1, "_key": 1}]))
def test_any_query(tmp_path, docs, criteria, sort):
    numbered = [{**doc, "_key": i} for i, doc in enumerate(docs)]
    memory = MemoryStore(key="_key")
    memory.connect()
    if docs:
        memory.update(copy.deepcopy(numbered))
    with SQLiteStore(str(tmp_path / "any.sqlite"), "documents") as store:
        store.remove_docs({})
        store.update(numbered)
        expected = list(filter(condition_of(criteria), found(memory, {}, sort=sort)))
        assert found(store, criteria, sort=sort) == expected


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


def test_removing(store, memory):
    criteria = {"score": {"$lt": 0}}
    expected = found(memory, {"score": {"$not": {"$lt": 0}}})
    store.remove_docs(criteria)
    assert found(store) == expected


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


def test_collections_of_one_file_are_apart(path, store):
    with SQLiteStore(path, "others") as others:
        others.update({"_key": 1, "name": "other"})
        assert found(others) == [{"_key": 1, "name": "other"}]
    assert store.count() == len(DOCUMENTS)


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


@pytest.mark.parametrize("name", ["", "a b", 'x"; DROP TABLE y; --', "1st"])
def test_name_of_a_collection(path, name):
    with pytest.raises(StoreError, match="not a name for a collection"):
        SQLiteStore(path, name)


@pytest.mark.parametrize("content", [b"this is no database, and long enough to be read as one" * 40, b"\0" * 5000])
def test_a_file_of_something_else(tmp_path, content):
    file = tmp_path / "store.sqlite"
    file.write_bytes(content)
    with pytest.raises(StoreError, match="is no SQLite database, or its beginning is damaged") as caught:
        SQLiteStore(str(file), "documents").connect()
    assert len(str(caught.value).splitlines()) == 1
    assert file.read_bytes() == content


def test_a_damaged_file(path, store):
    store.update([{"_key": i, "text": "x" * 1000} for i in range(100, 300)])
    store.close()
    with Path(path).open("r+b") as file:
        file.seek(20_000)
        file.write(b"\xff" * 100_000)
    with (
        pytest.raises(StoreError, match=r"is damaged .*coatscreen store repair"),
        SQLiteStore(path, "documents") as damaged,
    ):
        found(damaged)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(StoreError, match="unable to open database file"):
        SQLiteStore(str(tmp_path / "nothing" / "store.sqlite"), "documents").connect()


# -- fields kept apart ------------------------------------------------------------------------------


def of_indexed(path, **options):
    return SQLiteStore(path, "documents", indexed=("score", "window.low"), **options)


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


def test_only_what_may_match_is_read(path, monkeypatch):
    with of_indexed(path) as store:
        store.update([{"_key": n, "score": float(n)} for n in range(100)])
        read = []
        monkeypatch.setattr(
            "screening.database.sqlite.store.orjson.loads", lambda text: read.append(text) or json.loads(text)
        )
        assert len(found(store, {"score": {"$gte": 90}}, sort={"score": -1}, limit=3)) == 3
        assert len(read) == 3


@given(
    values=st.lists(st.one_of(st.none(), st.integers(-3, 3), st.floats(-3, 3), st.sampled_from("abc")), max_size=12),
    bound=st.one_of(st.integers(-3, 3), st.floats(-3, 3), st.sampled_from("abc")),
    operator=st.sampled_from(["$gt", "$gte", "$lt", "$lte", "$eq", "$ne", "$in"]),
    direction=st.sampled_from([1, -1]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_indexed_fields_compare_as_in_memory(tmp_path_factory, values, bound, operator, direction):
    docs = [{"_key": n, "score": value} for n, value in enumerate(values)]
    memory = MemoryStore(key="_key")
    memory.connect()
    criteria = {"score": {operator: [bound] if operator == "$in" else bound}}
    with of_indexed(str(tmp_path_factory.mktemp("indexed") / "store.sqlite")) as store:
        for each in (memory, store):
            each.update(copy.deepcopy(docs))
        assert found(store, criteria) == found(memory, criteria)
        assert found(store, {}, None, {"score": direction}) == found(memory, {}, None, {"score": direction})
        assert set(store.distinct("score")) == {value for value in values if value is not None}


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


def test_heavy_fields_are_read_only_where_they_are_asked_for(path, monkeypatch):
    with SQLiteStore(path, "documents", indexed=("score",), heavy=("big", "large")) as store:
        store.update([{"_key": n, "score": n, "big": [{"n": n}], "large": {"x": n}} for n in range(3)])
        read = []
        part = store.collection._heavy_part
        monkeypatch.setattr(store.collection, "_heavy_part", lambda key: read.append(key) or part(key))
        assert found(store, {"score": {"$gt": 0}}, ["_key"], {"score": -1}) == [{"_key": 2}, {"_key": 1}]
        assert store.count({"score": 1}) == 1
        assert read == []
        assert found(store, {"score": 2}) == [{"_key": 2, "score": 2, "big": [{"n": 2}], "large": {"x": 2}}]
        assert found(store, {"score": 2}, ["large.x"]) == [{"large": {"x": 2}}]
        assert found(store, {"score": 2}, {"large": 0}) == [{"_key": 2, "score": 2, "big": [{"n": 2}]}]
        assert len(read) == 3
        assert found(store, {"big.n": 1}, ["_key"]) == [{"_key": 1}]
        assert [doc["_key"] for doc in store.query({}, ["_key"], {"large.x": -1})] == [2, 1, 0]


def test_heavy_fields_follow_what_is_written_and_removed(path):
    with SQLiteStore(path, "documents", heavy=("big",)) as store:
        store.update([{"_key": 1, "big": [1]}, {"_key": 2, "big": [2]}])
        store.update({"_key": 1, "small": 1})
        store.remove_docs({"big": [2]})
        assert found(store) == [{"_key": 1, "small": 1}]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute('SELECT key, doc FROM "documents.heavy"').fetchall() == [("[1]", "{}")]


@pytest.mark.parametrize("fails_at", ["document", "column"])
def test_a_transaction_that_fails_leaves_documents_columns_and_heavy_parts_as_they_were(path, fails_at):
    bad = {"name": "no key"} if fails_at == "document" else {"_key": 4, "values": {"cost": [1, 2]}}
    with SQLiteStore(path, "documents", indexed=("values.*",), heavy=("big",)) as store:
        store.update({"_key": 1, "values": {"cost": 1.0}, "big": [1]})
        with pytest.raises(StoreError, match=r"lacks its key|more than one value in values\.cost"):
            store.update([{"_key": 1, "values": {"cost": 9.0, "new_one": 1.0}, "big": [9]}, bad])
        assert found(store) == [{"_key": 1, "values": {"cost": 1.0}, "big": [1]}]
        assert found(store, {"values.new_one": 1.0}) == []  # the column was rolled back too
        store.update({"_key": 2, "values": {"new_one": 2.0}})
        assert [doc["_key"] for doc in store.query({"values.new_one": 2.0}, sort={"values.new_one": 1})] == [2]
        assert [doc["_key"] for doc in store.query({"values.cost": 1.0})] == [1]


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


def test_a_collection_that_is_not_there_is_empty_to_a_reader(path, store):
    with SQLiteStore(path, "nothing", read_only=True) as reader:
        assert found(reader) == []
        assert reader.count() == 0
    with closing(sqlite3.connect(path)) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert set(names) - {("documents.indexed",), ("documents.heavy",)} == {("documents",)}


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
