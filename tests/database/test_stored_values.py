"""What is stored in a database of either kind is what is read from it, odd names included."""

from __future__ import annotations

import math

import pytest
from fixtures_screening import contents, settings_for

from screening.common.errors import StoreError
from screening.database import StoreLocation
from workflows import run_screening

ODD = [
    {"products": {"Li0.5CoO2": 0.25, "Li1.2Ni0.13Co0.13Mn0.54O2": 0.75}},
    {"named": {"$top": 1, "a.b": {"$set": {"$where": "1/0"}}, "": {"": None}}},
    {"text": "a\0b µ 锂 \U0001f50b", "many": 2**62, "few": -(2**62), "small": 5e-324, "large": 1.7976931348623157e308},
    {"numbers": [0.1, 1 / 3, -0.0, 1.0, 1], "flags": [True, False, None], "nested": [[[]], {}]},
    {"when": "2026-11-29T11:55:00.123+00:00"},  # as all times are: text, to the millisecond
]


@pytest.fixture(params=["embedded", "server"])
def location(request, tmp_path):
    where = tmp_path / "db" if request.param == "embedded" else request.getfixturevalue("database_uri")
    return StoreLocation(where)


def test_documents_are_read_as_they_were_written(location):
    store = location.open("coatings")
    written = [{"key": str(number), **document} for number, document in enumerate(ODD)]
    store.update(written)
    found = sorted(store.query({}), key=lambda document: document["key"])
    for document in found:
        document.pop("_id", None)
    assert found == written
    assert [type(value) for value in found[3]["numbers"]] == [float, float, float, float, int]
    assert math.copysign(1, found[3]["numbers"][2]) == -1
    assert [list(document) for document in found] == [list(document) for document in written]
    store.update(written)
    assert store.count() == len(ODD)


def test_names_with_dots_are_screened_alike(database_uri, tmp_path):
    wanted = {"coatings": ["Li0.5Mn2O4", "LiNbO3"], "cathodes": ["LiCoO2"]}
    run_screening(settings_for(tmp_path, store=database_uri, **wanted))
    run_screening(settings_for(tmp_path, **wanted))
    here = contents(tmp_path / "db")
    assert contents(database_uri) == here
    assert {"Li0.5Mn2O4", "LiNbO3"} == {document["coating"] for document in here["coatings"]}


@pytest.mark.parametrize("mb", [16.5, 40])
def test_a_document_that_is_too_large_is_said_to_be(database_uri, mb):
    """The server takes no more than 16 MB, its client no message of more than 48 MB."""
    location = StoreLocation(database_uri)
    store = location.open("coatings")
    with pytest.raises(StoreError) as caught, location.errors():
        store.update({"key": "large", "text": "x" * int(mb * 2**20)})
    assert str(caught.value) == (
        f"{location.name}: a document is larger than the 16 MB that MongoDB takes; nothing of it is stored"
    )
    assert store.count({"key": "large"}) == 0
    store.update({"key": "large", "text": "x" * 15 * 2**20})
    assert len(store.query_one({"key": "large"})["text"]) == 15 * 2**20
