"""Which documents a filter holds for: as MongoDB decides, and the same in both kinds of database."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.database import StoreLocation
from screening.database.queries.conditions import condition_of
from screening.database.queries.filters import check_filter
from screening.database.queries.operators import OPERATORS
from screening.database.sqlite.store import SQLiteStore

DOCUMENTS = [
    {"n": 1, "t": "Li3PO4", "l": [1, 2], "d": {"x": 1.5, "y": None}},
    {"n": True, "t": "LiF", "l": [], "d": None},
    {"n": None, "t": ["LiF", "HfO2"], "l": [[1, 2], 3], "d": {"y": 2, "x": 1.5}},
    {"n": -7, "t": "lif", "l": [{"x": 1}, {"x": 5, "y": 0}], "d": [{"x": 1}, {}]},
    {"n": 2.5, "l": "text", "d": {"x": [0, 9]}},
    {"t": ""},
]


FOUND_BY_MONGODB = [  # what MongoDB 6.0.5 answered
    ({"n": 1}, [0]),
    ({"n": True}, [1]),
    ({"n": None}, [2, 5]),
    ({"n": {"$ne": None}}, [0, 1, 3, 4]),
    ({"n": {"$gt": 0}}, [0, 4]),
    ({"n": {"$not": {"$gt": 0}}}, [1, 2, 3, 5]),
    ({"n": {"$gte": "a"}}, []),
    ({"n": {"$in": [True, None]}}, [1, 2, 5]),
    ({"n": {"$nin": [1, -7]}}, [1, 2, 4, 5]),
    ({"n": {"$type": "number"}}, [0, 3, 4]),
    ({"n": {"$type": "bool"}}, [1]),
    ({"l": {"$type": "array"}}, [0, 1, 2, 3]),
    ({"l": {"$type": "number"}}, [0, 2]),
    ({"n": {"$mod": [3, -1]}}, [3]),
    ({"n": {"$mod": [2, 0]}}, [4]),
    ({"n": {"$exists": False}}, [5]),
    ({"t": "LiF"}, [1, 2]),
    ({"t": ["LiF", "HfO2"]}, [2]),
    ({"t": {"$regex": "^Li"}}, [0, 1, 2]),
    ({"t": {"$regex": "^li", "$options": "i"}}, [0, 1, 2, 3]),
    ({"t": {"$regex": "^$"}}, [5]),
    ({"t": {"$all": ["LiF", "HfO2"]}}, [2]),
    ({"t": {"$size": 2}}, [2]),
    ({"l": 1}, [0]),
    ({"l": [1, 2]}, [0, 2]),
    ({"l": {"$size": 2}}, [0, 2, 3]),
    ({"l": {"$size": 0}}, [1]),
    ({"l.0": 1}, [0]),
    ({"l.0.1": 2}, [2]),
    ({"l.x": {"$gt": 0}}, [3]),
    ({"l.x": None}, [4, 5]),
    ({"l": {"$elemMatch": {"x": {"$gt": 1}, "y": 0}}}, [3]),
    ({"l": {"$elemMatch": {"$gte": 2, "$lt": 4}}}, [0, 2]),
    ({"l": {"$elemMatch": {"y": None}}}, [2, 3]),
    ({"l": {"$gte": 2}}, [0, 2]),
    ({"d": {"x": 1.5, "y": None}}, [0]),
    ({"d": {"y": None, "x": 1.5}}, []),
    ({"d.x": 1.5}, [0, 2]),
    ({"d.y": None}, [0, 1, 3, 4, 5]),
    ({"d.y": {"$exists": True}}, [0, 2]),
    ({"d.x": {"$gt": 5}}, [4]),
    ({"d.x": {"$not": {"$gt": 5}}}, [0, 1, 2, 3, 5]),
    ({"d": None}, [1, 5]),
    ({"$or": [{"n": 1}, {"t": ""}]}, [0, 5]),
    ({"$nor": [{"n": {"$gt": 0}}, {"t": {"$exists": True}}]}, []),
    ({"$and": [{"n": {"$lt": 3}}, {"n": {"$gt": 1}}]}, [4]),
]


@pytest.mark.parametrize(("filter", "places"), FOUND_BY_MONGODB, ids=str)
def test_documents_are_found_as_by_mongodb(filter, places):
    check_filter(filter)
    assert [place for place, document in enumerate(DOCUMENTS) if condition_of(filter)(document)] == places


def test_every_operator_is_tried():
    text = json.dumps([filter for filter, _ in FOUND_BY_MONGODB])
    assert [name for name in OPERATORS if f'"{name}"' not in text and name != "$eq"] == ["$lte"]


plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([-1.5, 0.5, 2.0]),
    st.sampled_from(["a", "b", "Ab", "", "2\n"]),
)


values = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab0"), inner, max_size=2),
    max_leaves=6,
)


names = st.sampled_from(["a", "b", "a.b", "a.0", "a.a", "b.0.a", "a.a.b", "b.b.0", "a.0.0"])


def one_operator(inner):
    return st.one_of(
        st.tuples(st.sampled_from(["$eq", "$ne"]), values),
        st.tuples(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), st.sampled_from([-2, -1.5, 0, 0.5, 1, 3, "a", "b"])),
        st.tuples(st.sampled_from(["$in", "$nin", "$all"]), st.lists(values, max_size=3)),
        st.tuples(st.just("$exists"), st.booleans()),
        st.tuples(st.just("$size"), st.integers(0, 3)),
        st.tuples(st.just("$type"), st.sampled_from(["string", "bool", "number", "object", "array"])),
        st.tuples(st.just("$mod"), st.tuples(st.sampled_from([2, 3, -2]), st.integers(-2, 2)).map(list)),
        st.tuples(st.just("$regex"), st.sampled_from(["a", "^a", "b$", ".", "^$", "[A-Z]b", "a|b", "^2$"])),
        st.tuples(st.sampled_from(["$elemMatch"]), inner),
    ).map(lambda pair: dict([pair]))


operators = st.recursive(
    one_operator(st.dictionaries(names, plain, min_size=1, max_size=2)),
    lambda inner: st.one_of(
        inner.map(lambda operand: {"$not": operand}),
        one_operator(inner | st.dictionaries(names, inner, min_size=1, max_size=2)),
        st.tuples(inner, inner).map(lambda two: {**two[0], **two[1]}),
    ),
    max_leaves=4,
)


filters = st.recursive(
    st.dictionaries(names, values | operators, min_size=1, max_size=2),
    lambda inner: st.tuples(st.sampled_from(["$and", "$or", "$nor"]), st.lists(inner, min_size=1, max_size=2)).map(
        lambda pair: dict([pair])
    ),
    max_leaves=3,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    documents=st.lists(st.dictionaries(st.sampled_from("ab"), values, max_size=2), min_size=4, max_size=8),
    asked=st.lists(filters, min_size=4, max_size=4),
)
def test_a_filter_finds_the_same_in_both_kinds_of_database(database_uri, tmp_path, documents, asked):
    server = StoreLocation(database_uri).open("coatings")
    collection = server._collection
    documents = [{**document, "key": number} for number, document in enumerate(documents)]
    collection.delete_many({})
    server.update(documents)
    with SQLiteStore(str(tmp_path / "any.sqlite"), "coatings", key="key") as embedded:
        embedded.remove_docs({})
        embedded.update(documents)
        for filter in asked:
            check_filter(filter)
            there = sorted(document["key"] for document in server.query(filter, ["key"]))
            assert sorted(document["key"] for document in embedded.query(filter)) == there
    server.close()
