"""The documents of a database: in one order whatever the limit, and of this version's form."""

from __future__ import annotations

import pytest
from fixtures_screening import settings_for

from screening import CoatingDatabase
from screening.common.errors import StoreError
from screening.database import StoreLocation
from screening.database.stored_documents import StoredDocuments
from workflows import run_screening


def test_no_database(tmp_path):
    with pytest.raises(StoreError, match="there is no database in"):
        CoatingDatabase.open(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_a_run_that_did_not_get_to_the_end_has_an_empty_database(tmp_path):
    StoreLocation(tmp_path).open("jobs").close()
    with CoatingDatabase.open(tmp_path) as database:
        assert database.search() == []
        assert database.ranking() == []
        assert database.pairs() == []


def test_a_database_of_another_version(tmp_path):
    run_screening(settings_for(tmp_path))
    coatings_store = StoreLocation(tmp_path / "db").open("coatings")
    doc = coatings_store.query_one({"coating": "HfO2"})
    coatings_store.update({**doc, "unheard_of": 1})
    coatings_store.close()
    with CoatingDatabase.open(tmp_path / "db") as database:
        assert len(database.search()) == 3
        with pytest.raises(StoreError, match="holds a document that is damaged or of another version") as caught:
            database.ranking()
    assert "unheard_of" in str(caught.value)


NAMES = ["HfO2", "LiF", "Li3PO4", "LiNbO3", "Li2O", "MgO"]
COSTS = {"HfO2": 3.0, "LiF": None, "Li3PO4": 1.0, "LiNbO3": 3.0, "Li2O": None, "MgO": 2.0}
RANKS = {"HfO2": 2, "LiF": 4, "Li3PO4": 1, "LiNbO3": 2, "Li2O": 3, "MgO": None}


def documents_of(location):
    """A database with coatings of which some cost the same, and some have no cost or rank."""
    store = StoreLocation(location).open("coatings")
    for n, name in enumerate(NAMES):
        compared = {"raw_material_cost_usd_per_kg": COSTS[name], "gain_over_bare_mev_per_atom": float(n)}
        store.update(
            {"key": f"{n}", "coating": name, "ranking_id": "r", "rank": RANKS[name], "interfaces": [n]}
            | {"compared": compared}
        )
    store.close()
    return StoredDocuments(StoreLocation(location))


@pytest.fixture(params=["embedded", "server"])
def documents(request, tmp_path):
    opened = documents_of(tmp_path if request.param == "embedded" else request.getfixturevalue("database_uri"))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("rank", ["Li3PO4", "HfO2", "LiNbO3", "Li2O", "LiF", "MgO"]),
        ("cost", ["Li3PO4", "MgO", "HfO2", "LiNbO3", "Li2O", "LiF"]),  # equal ones by rank, then by name
        ("gain", NAMES[::-1]),
    ],
)
def test_the_best_come_first_and_what_has_no_value_last(documents, sort, order):
    for limit in range(len(NAMES) + 2):
        found = documents.coatings({}, sort, limit, ["coating"])
        assert [doc["coating"] for doc in found] == (order[:limit] if limit else order)
    some = documents.coatings({"coating": {"$in": ["LiF", "HfO2", "MgO"]}}, sort, 2, ["coating"])
    assert [doc["coating"] for doc in some] == [name for name in order if name in ("LiF", "HfO2", "MgO")][:2]


def test_documents_are_found_counted_and_named(documents):
    assert documents.count("coatings", {"rank": 2}) == 2
    assert documents.names("coating", {}) == sorted(NAMES)
    assert documents.names("coating", {"coating": {"$in": ["LiF", "HfO2"]}}) == ["HfO2", "LiF"]
    assert documents.first("coatings", {"coating": "LiF"}, ["rank"])["rank"] == 4
    assert documents.first("coatings", {"coating": "nothing"}, ["rank"]) is None
    (whole,) = documents.find("coatings", {"coating": "LiF"})
    assert whole["interfaces"] == [1]
    assert documents.find("runs", {}) == []
