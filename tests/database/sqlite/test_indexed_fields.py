"""Filters as SQL on the columns of indexed fields: never too little is found."""

from __future__ import annotations

import copy
import json
import sqlite3
from contextlib import closing

import pytest
from fixtures_documents import found, of_indexed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from maggma.stores import MemoryStore

from screening.common.errors import InputError
from screening.database import CoatingDatabase, StoreLocation
from screening.database.queries.conditions import condition_of
from screening.database.sqlite.indexed_fields import (
    column,
    conditions,
    decides,
    is_column,
    matches,
    member_of,
    value_of,
    where_all,
)


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


COLUMNS = ("a", "b", "d.x")
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([0.5, -1.5, 2.0, 2.0**63, 2**63 - 1, -(2**62)]),
    st.sampled_from(["a", "b", "Ab", "", "a\0b", "2"]),
)
rows = st.lists(
    st.fixed_dictionaries(
        {}, optional={"a": scalars, "b": scalars, "d": st.fixed_dictionaries({}, optional={"x": scalars})}
    ),
    max_size=6,
)
bounds = st.sampled_from([-1, 0, 0.5, 2, 2.0**63, "a", "b", "a\0b"])
one_condition = st.one_of(
    scalars,
    st.tuples(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), bounds).map(lambda pair: dict([pair])),
    st.tuples(st.sampled_from(["$in", "$nin"]), st.lists(scalars, max_size=3)).map(lambda pair: dict([pair])),
    st.tuples(st.sampled_from(["$eq", "$ne"]), scalars).map(lambda pair: dict([pair])),
    st.sampled_from([{"$regex": "^a"}, {"$regex": "AB", "$options": "i"}, {"$exists": True}, {"$not": {"$gt": 0}}]),
    st.just({"$gt": -1, "$lt": 2}),
)
simple = st.dictionaries(st.sampled_from([*COLUMNS, "e"]), one_condition, min_size=1, max_size=2)
asked = simple | st.tuples(st.sampled_from(["$and", "$or"]), st.lists(simple, min_size=1, max_size=2)).map(
    lambda pair: dict([pair])
)


@settings(max_examples=300)
@given(documents=rows, criteria=asked)
def test_never_too_little_is_found_and_where_columns_decide_just_what_holds(documents, criteria):
    """Against the filter itself; a document is a row of the columns."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.create_function("matches", 3, matches, deterministic=True)
        db.execute(f"CREATE TABLE rows (key, {', '.join(map(column, COLUMNS))})")
        for key, doc in enumerate(documents):
            db.execute("INSERT INTO rows VALUES (?, ?, ?, ?)", [key, *(value_of(doc, field) for field in COLUMNS)])
        where, values = where_all(conditions(criteria, COLUMNS))
        found = {key for (key,) in db.execute(f"SELECT key FROM rows{where}", values)}
    holding = {key for key, doc in enumerate(documents) if condition_of(criteria)(doc)}
    assert found >= holding
    if decides(criteria, COLUMNS):
        assert found == holding


@pytest.mark.parametrize(
    ("criteria", "known"),
    [
        ({}, True),
        ({"a": "x"}, True),
        ({"a": None, "d.x": {"$ne": None}}, True),
        ({"$and": [{"a": "x"}, {"b": {"$in": ["x", "y"]}}]}, True),
        ({"a": {"$in": [f"{n}" for n in range(10_001)]}}, False),  # more than one condition binds
        ({"a": {"$in": ["x", 1]}}, False),  # to SQLite 1 is true
        ({"a": 1}, False),
        ({"a": "x\0"}, False),  # SQLite's texts end there
        ({"a": {"$gte": "x"}}, False),
        ({"other": "x"}, False),
        ({"$or": [{"a": "x"}]}, False),
    ],
    ids=lambda value: str(value)[:40],
)
def test_columns_decide_on_whole_texts_and_nulls(criteria, known):
    assert decides(criteria, COLUMNS) is known


def test_values_of_a_document():
    document = {"a": {"b": 1.5, "n": None}, "l": [{"x": 1}], "large": 2**63, "text": "x"}
    assert [value_of(document, field) for field in ("a.b", "a.n", "a.z", "text.z", "z")] == [
        1.5,
        None,
        None,
        None,
        None,
    ]
    assert (value_of(document, "large"), type(value_of(document, "large"))) == (2.0**63, float)  # SQLite has 64 bits
    for field in ("a", "l", "l.x"):
        with pytest.raises(TypeError, match=field.replace(".", r"\.")):
            value_of(document, field)
    assert member_of(document, "l.x") == [{"x": 1}]


def test_names_that_are_columns():
    assert [name for name in ("cost", "gain (%)", "a.b", 'a"b', "a\0", "$a") if is_column(name)] == ["cost", "gain (%)"]


def test_very_many_names_are_refused_as_too_many(copied):
    names = [f"coating {n}" for n in range(300_000)]
    with CoatingDatabase.open(copied) as database, pytest.raises(InputError, match="more than 10000 values in lists"):
        database.search(filter={"coating": {"$in": names}})
    store = StoreLocation(copied).open("coatings", read_only=True)
    assert store.count({"coating": {"$in": [*names, "HfO2"]}}) == 1
    store.close()
