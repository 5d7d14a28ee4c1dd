"""Fields of a document that are kept or dropped, as MongoDB does."""

from __future__ import annotations

import copy

import pytest

from screening.database import StoreLocation
from screening.database.queries.projection import has, projected, projection

LIST = [{"x": 1, "y": 2}, 5, [{"x": 3, "z": 4}, 6], {"y": 7}]
DOCUMENT = {"a": 1, "b": {"c": 2, "d": {"e": 3}}, "l": LIST, "n": None, "t": "text"}
SHOWN_BY_MONGODB = [  # what MongoDB 6.0.5 answered
    ([], DOCUMENT),
    ({}, DOCUMENT),
    (["a"], {"a": 1}),
    (["a", "b.c"], {"a": 1, "b": {"c": 2}}),
    (["b.d.e", "t"], {"b": {"d": {"e": 3}}, "t": "text"}),
    (["l.x"], {"l": [{"x": 1}, [{"x": 3}], {}]}),
    (["n.q"], {}),
    (["t.q", "a"], {"a": 1}),
    (["b"], {"b": {"c": 2, "d": {"e": 3}}}),
    (["nothing"], {}),
    (["b.nothing"], {"b": {}}),
    (["b.d", "b.c"], {"b": {"c": 2, "d": {"e": 3}}}),
    ({"a": 1, "_id": 0}, {"a": 1}),
    ({"_id": 0}, DOCUMENT),
    ({"a": 0}, {name: value for name, value in DOCUMENT.items() if name != "a"}),
    ({"b.c": 0, "a": 0}, {"b": {"d": {"e": 3}}, "l": LIST, "n": None, "t": "text"}),
    ({"l.x": 0}, {**DOCUMENT, "l": [{"y": 2}, 5, [{"z": 4}, 6], {"y": 7}]}),
    ({"n.q": 0}, DOCUMENT),
    ({"b.d.e": 0, "l": 0}, {"a": 1, "b": {"c": 2, "d": {}}, "n": None, "t": "text"}),
    ({"nothing.x": 0}, DOCUMENT),
]


@pytest.mark.parametrize(("properties", "shown"), SHOWN_BY_MONGODB, ids=str)
def test_fields_are_shown_as_by_mongodb(properties, shown):
    before = copy.deepcopy(DOCUMENT)
    assert projected(DOCUMENT, properties) == shown
    assert before == DOCUMENT  # what is projected is not changed


def test_this_server_answers_so(database_uri):
    store = StoreLocation(database_uri).open("coatings")
    store._collection.insert_one({"_id": 1, **DOCUMENT})
    for properties, shown in SHOWN_BY_MONGODB:
        wanted = properties if isinstance(properties, dict) else dict.fromkeys(properties, 1)
        assert store._collection.find_one({}, {**wanted, "_id": 0}) == shown
    store.close()


def test_one_projection_serves_many_documents():
    shown = projection(["a.x", "b"])
    assert [shown(doc) for doc in ({"a": {"x": 1, "y": 2}}, {"b": 3, "c": 4}, {})] == [{"a": {"x": 1}}, {"b": 3}, {}]


@pytest.mark.parametrize(
    ("name", "there"),
    [("a", True), ("b.d.e", True), ("n", True), ("b.x", False), ("n.q", False), ("a.q", False), ("l.0", False)],
)
def test_a_field_is_there_where_objects_lead_to_it(name, there):
    assert has(DOCUMENT, name) is there
