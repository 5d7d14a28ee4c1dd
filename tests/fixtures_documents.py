"""Documents of many shapes, the ways an embedded store can keep them, and how they are read back."""

from __future__ import annotations

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

INDEXED = ("score", "stable", "window.low", "window.high", "a_b", "Name", "text")
KEPT = {  # in which ways documents can be kept
    "whole": {},
    "indexed": {"indexed": INDEXED},
    "heavy": {"heavy": ("tags", "contacts")},
    "both": {"indexed": (*INDEXED, "window.*"), "heavy": ("tags", "contacts", "window")},
}


def found(store, *args, **kwargs):
    """What a query finds, without MongoDB's own ids."""
    return [{k: v for k, v in doc.items() if k != "_id"} for doc in store.query(*args, **kwargs)]


def of_indexed(path, **options):
    """A store with two indexed fields."""
    return SQLiteStore(path, "documents", indexed=("score", "window.low"), **options)
