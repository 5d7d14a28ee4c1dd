"""An embedded maggma store on SQLite that survives several writers and a kill.

maggma's own embedded stores were tried first. JSONStore and the flat-file MontyStore lose documents
when two processes write; MontyStore on SQLite loses none, but writes a second document when two
processes upsert one key, and rewrites take 30 ms each and grow with the collection. Here a document is
a row under a unique key, written in one transaction with write-ahead logging; queries have MongoDB's
semantics, see screening.database.queries.conditions. For a cluster use MongoDB.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby as group_sorted
from pathlib import Path
from typing import Any

import orjson
from maggma.core import Sort, Store
from monty.json import jsanitize

from screening.common.errors import StoreError
from screening.database.queries.projection import has, projected
from screening.database.sqlite.collection import SQLiteCollection
from screening.database.sqlite.indexed_fields import is_plain


class SQLiteStore(Store):  # type: ignore[misc]
    """One collection of documents in an SQLite file.

    Documents are JSON: dates come back as text, NaN and infinity as null.

    Parameters
    ----------
    path
        The file, absolute: a relative path would mean another file in every launch folder.
    collection_name
        Name of the collection, a table of the file.
    key
        Field that identifies a document where :meth:`update` is not told otherwise; never a list.
    read_only
        Open an existing file without writing to it; a collection that is not there is empty.
    indexed
        Dotted fields that are a number, a text or a truth value wherever they are there. Filters and sorts on them
        read a narrow table instead of every document. One that ends in ``.*`` stands for all members of an object.
    heavy
        Fields that most questions do not need. They lie in a table of their own, and are read only where they are
        asked for.

    Raises
    ------
    StoreError
        Here and in every method: if the file cannot be opened, read or written.
    InputError
        If a filter holds an operator that is not among :data:`screening.database.queries.operators.OPERATORS`.
    """

    def __init__(
        self,
        path: str,
        collection_name: str,
        key: str = "_key",
        read_only: bool = False,
        indexed: Sequence[str] = (),
        heavy: Sequence[str] = (),
        **kwargs: Any,
    ):
        if not Path(path).is_absolute():
            raise StoreError(f"the path of an embedded store must be absolute: {path}")
        self.path = path
        self.collection_name = collection_name
        self.read_only = read_only
        self.indexed, self.heavy = tuple(indexed), tuple(heavy)  # as given: a store travels by its arguments
        self.collection = SQLiteCollection(path, collection_name, key, self.indexed, self.heavy)
        super().__init__(key=key, **kwargs)

    @property
    def name(self) -> str:
        """The store's address."""
        return f"sqlite://{self.path}/{self.collection_name}"

    @property
    def _collection(self) -> sqlite3.Connection:
        return self.collection.db

    def connect(self, force_reset: bool = False) -> None:
        """Open the file, creating it and the collection if need be."""
        if force_reset:
            self.close()
        self.collection.open(self.read_only)

    def close(self) -> None:
        """Close the file."""
        self.collection.close()

    def count(self, criteria: dict[str, Any] | None = None, hint: dict[str, Any] | None = None) -> int:
        """Count the documents that match."""
        return self.collection.count(criteria or {})

    def query(
        self,
        criteria: dict[str, Any] | None = None,
        properties: dict[str, Any] | list[str] | None = None,
        sort: dict[str, Sort | int] | None = None,
        hint: dict[str, Any] | None = None,
        skip: int = 0,
        limit: int = 0,
    ) -> Iterator[dict[str, Any]]:
        """Yield the documents that match, as MongoDB would."""
        order = {field: -1 if _is_descending(direction) else 1 for field, direction in (sort or {}).items()}
        yield from self.collection.query(criteria or {}, properties, order, skip, limit)

    def update(self, docs: Iterable[dict[str, Any]] | dict[str, Any], key: list[str] | str | None = None) -> None:
        """Insert documents, or replace those of the same key; all of them or none."""
        fields = self.key if key is None else key
        fields = [fields] if isinstance(fields, str) else list(fields)
        given = [docs] if isinstance(docs, dict) else docs
        self.put(self._identified(doc, fields) for doc in given)

    def put(self, documents: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Write documents of plain JSON under keys of their own; all of them or none."""
        self.collection.put(documents)

    def _identified(self, doc: dict[str, Any], fields: list[str]) -> tuple[str, dict[str, Any]]:
        """Return a document as plain JSON, and what tells it from others."""
        clean = _json_of({name: value for name, value in doc.items() if name != "_id"})
        try:
            identity = [clean[field] for field in fields]
        except KeyError as error:
            raise StoreError(f"a document for {self.name} lacks its key {error}") from None
        if isinstance(clean.get(self.key), list):
            raise StoreError(f"a document for {self.name} has a list as its key {self.key!r}")
        return orjson.dumps(identity).decode(), clean

    def remove_docs(self, criteria: dict[str, Any]) -> None:
        """Remove the documents that match."""
        self.collection.remove(criteria)

    def distinct(self, field: str, criteria: dict[str, Any] | None = None, all_exist: bool = False) -> list[Any]:
        """Return the values of a field, each once; SQLite finds those of a scalar without opening a document."""
        asked = criteria or {}
        if self.collection.has_columns({field, *asked}) and all(map(is_plain, asked.values())):
            return self.collection.values(field, asked)
        found: list[Any] = super().distinct(field, criteria, all_exist)
        return found

    def ensure_index(self, key: str, unique: bool = False) -> bool:
        """Index a field of the documents; documents of one key replace each other anyway, so none is made unique."""
        if not re.fullmatch(r"[\w.]+", key, re.ASCII):
            raise StoreError(f"not a field to index: {key!r}")
        if not self.read_only:
            self.collection.index(key)
        return True

    def groupby(
        self,
        keys: list[str] | str,
        criteria: dict[str, Any] | None = None,
        properties: dict[str, Any] | list[str] | None = None,
        sort: dict[str, Sort | int] | None = None,
        skip: int = 0,
        limit: int = 0,
    ) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Yield the matching documents that have all `keys`, in groups of equal ones.

        As in maggma's other stores, the first of each pair holds the keys in the nesting of the documents.
        """
        names = [keys] if isinstance(keys, str) else list(keys)

        def identity(found: tuple[dict[str, Any], dict[str, Any]]) -> str:
            return orjson.dumps(found[0], option=orjson.OPT_SORT_KEYS).decode()

        docs = [(projected(doc, names), doc) for doc in self.query(criteria, None, sort, skip=skip, limit=limit)]
        kept = sorted((found for found in docs if all(has(found[0], name) for name in names)), key=identity)
        wanted = [*properties, *names] if properties else None
        for _, members in group_sorted(kept, key=identity):
            group = list(members)
            yield group[0][0], [projected(doc, wanted) for _, doc in group]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SQLiteStore) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


def _json_of(doc: dict[str, Any]) -> dict[str, Any]:
    """Return a document as plain JSON; what already is takes the quick way."""
    try:
        text = orjson.dumps(doc)
    except TypeError:
        text = orjson.dumps(jsanitize(doc, recursive_msonable=True))
    plain: dict[str, Any] = orjson.loads(text)
    return plain


def _is_descending(direction: Sort | int) -> bool:
    return (direction.value if isinstance(direction, Sort) else direction) < 0
