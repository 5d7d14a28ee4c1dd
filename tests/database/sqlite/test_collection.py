"""A collection of an embedded store: found as by MongoDB, in the order and form of maggma's MemoryStore."""

from __future__ import annotations

import copy
import itertools
import math
import sqlite3
from contextlib import closing

import pytest
from fixtures_documents import DOCUMENTS, found
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from maggma.core import Sort
from maggma.stores import MemoryStore

from screening.common.errors import StoreError
from screening.database.queries.conditions import condition_of
from screening.database.sqlite.store import SQLiteStore

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


def test_removing(store, memory):
    criteria = {"score": {"$lt": 0}}
    expected = found(memory, {"score": {"$not": {"$lt": 0}}})
    store.remove_docs(criteria)
    assert found(store) == expected


def test_collections_of_one_file_are_apart(path, store):
    with SQLiteStore(path, "others") as others:
        others.update({"_key": 1, "name": "other"})
        assert found(others) == [{"_key": 1, "name": "other"}]
    assert store.count() == len(DOCUMENTS)


@pytest.mark.parametrize("name", ["", "a b", 'x"; DROP TABLE y; --', "1st"])
def test_name_of_a_collection(path, name):
    with pytest.raises(StoreError, match="not a name for a collection"):
        SQLiteStore(path, name)


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


def test_a_collection_that_is_not_there_is_empty_to_a_reader(path, store):
    with SQLiteStore(path, "nothing", read_only=True) as reader:
        assert found(reader) == []
        assert reader.count() == 0
    with closing(sqlite3.connect(path)) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert set(names) - {("documents.indexed",), ("documents.heavy",)} == {("documents",)}
