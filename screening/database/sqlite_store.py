"""An embedded maggma store on SQLite that survives several writers and a kill.

maggma's own embedded stores were tried first. JSONStore and the flat-file MontyStore lose documents
when two processes write; MontyStore on SQLite loses none, but writes a second document when two
processes upsert one key, and rewrites take 30 ms each and grow with the collection. Here a document is
a row under a unique key, written in one transaction with write-ahead logging; queries have MongoDB's
semantics through mongomock's filters. For a cluster use MongoDB.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby as group_sorted
from pathlib import Path
from typing import Any

import orjson
from maggma.core import Sort, Store, StoreError
from monty.json import jsanitize

_BUSY_SECONDS = 120.0


class SQLiteStore(Store):  # type: ignore[misc]
    """One collection of documents in an SQLite file.

    Parameters
    ----------
    path
        The file, absolute: a relative path would mean another file in every launch folder.
    collection_name
        Name of the collection, a table of the file.
    key
        Field that identifies a document where :meth:`update` is not told otherwise.
    read_only
        Open an existing file without writing to it.
    """

    def __init__(self, path: str, collection_name: str, key: str = "_key", read_only: bool = False, **kwargs: Any):
        if not Path(path).is_absolute():
            raise StoreError(f"the path of an embedded store must be absolute: {path}")
        if not collection_name.replace("_", "").isalnum():
            raise StoreError(f"not a name for a collection: {collection_name!r}")
        self.path = path
        self.collection_name = collection_name
        self.read_only = read_only
        self._db: sqlite3.Connection | None = None
        super().__init__(key=key, **kwargs)

    @property
    def name(self) -> str:
        """The store's address."""
        return f"sqlite://{self.path}/{self.collection_name}"

    @property
    def _collection(self) -> sqlite3.Connection:
        if self._db is None:
            raise StoreError(f"{self.name} is not connected")
        return self._db

    def connect(self, force_reset: bool = False) -> None:
        """Open the file, creating it and the collection if need be."""
        if self._db is not None and not force_reset:
            return
        self.close()
        mode = "ro" if self.read_only else "rwc"
        db = sqlite3.connect(
            f"{Path(self.path).as_uri()}?mode={mode}", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
        )
        if not self.read_only:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute(f'CREATE TABLE IF NOT EXISTS "{self.collection_name}" (key TEXT PRIMARY KEY, doc TEXT NOT NULL)')
        self._db = db

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def count(self, criteria: dict[str, Any] | None = None, hint: dict[str, Any] | None = None) -> int:
        """Count the documents that match."""
        if not criteria:
            return int(self._collection.execute(f'SELECT count(*) FROM "{self.collection_name}"').fetchone()[0])
        return sum(1 for _ in self._matching(criteria))

    def query(
        self,
        criteria: dict[str, Any] | None = None,
        properties: dict[str, Any] | list[str] | None = None,
        sort: dict[str, Sort | int] | None = None,
        skip: int = 0,
        limit: int = 0,
        **_: Any,
    ) -> Iterator[dict[str, Any]]:
        """Yield the documents that match, as MongoDB would."""
        from mongomock.filtering import resolve_sort_key

        found: Iterator[dict[str, Any]] | list[dict[str, Any]] = self._matching(criteria or {})
        if sort:
            ordered = list(found)
            for field, direction in reversed(sort.items()):
                descending = (direction.value if isinstance(direction, Sort) else direction) < 0
                ordered.sort(key=lambda doc, field=field: resolve_sort_key(field, doc), reverse=descending)  # type: ignore[misc]
            found = ordered
        wanted = _projection(properties)
        for number, doc in enumerate(found):
            if number < skip:
                continue
            if limit and number >= skip + limit:
                return
            yield doc if wanted is None else _project(doc, wanted)

    def update(self, docs: list[dict[str, Any]] | dict[str, Any], key: list[str] | str | None = None) -> None:
        """Insert documents, or replace those of the same key; all of them or none."""
        fields = self.key if key is None else key
        fields = [fields] if isinstance(fields, str) else list(fields)
        rows = []
        for doc in docs if isinstance(docs, list) else [docs]:
            clean = jsanitize(doc, recursive_msonable=True)
            clean.pop("_id", None)
            try:
                identity = [clean[field] for field in fields]
            except KeyError as error:
                raise StoreError(f"a document for {self.name} lacks its key {error}") from None
            rows.append((orjson.dumps(identity).decode(), orjson.dumps(clean).decode()))
        db = self._collection
        db.execute("BEGIN IMMEDIATE")
        try:
            db.executemany(f'INSERT OR REPLACE INTO "{self.collection_name}" VALUES (?, ?)', rows)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def remove_docs(self, criteria: dict[str, Any]) -> None:
        """Remove the documents that match."""
        from mongomock.filtering import filter_applies

        rows = self._collection.execute(f'SELECT key, doc FROM "{self.collection_name}"').fetchall()
        keys = [(key,) for key, doc in rows if filter_applies(criteria, orjson.loads(doc))]
        self._collection.executemany(f'DELETE FROM "{self.collection_name}" WHERE key = ?', keys)

    def ensure_index(self, key: str, unique: bool = False) -> bool:
        """Index a field of the documents."""
        name = f"{self.collection_name}_{key.replace('.', '_')}"
        self._collection.execute(
            f'CREATE {"UNIQUE" if unique else ""} INDEX IF NOT EXISTS "{name}" '
            f"ON \"{self.collection_name}\" (json_extract(doc, '$.{key}'))"
        )
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
        """Yield the matching documents in groups of equal fields."""
        names = [keys] if isinstance(keys, str) else list(keys)
        docs = list(self.query(criteria, None, sort, skip, limit))
        wanted = _projection(properties)

        def identity(doc: dict[str, Any]) -> str:
            return orjson.dumps([_field(doc, name) for name in names]).decode()

        for _, members in group_sorted(sorted(docs, key=identity), key=identity):
            group = list(members)
            values = {name: _field(group[0], name) for name in names}
            yield values, group if wanted is None else [_project(doc, wanted) for doc in group]

    def _matching(self, criteria: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the documents that match; plain equalities are left to SQLite, the rest to mongomock."""
        from mongomock.filtering import filter_applies

        clauses, values = [], []
        for field, value in criteria.items():
            if isinstance(value, str | int) and not isinstance(value, bool) and field.replace("_", "").isalnum():
                clauses.append(f"json_extract(doc, '$.{field}') = ?")
                values.append(value)
        where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
        for (text,) in self._collection.execute(f'SELECT doc FROM "{self.collection_name}"{where}', values):
            doc = orjson.loads(text)
            if len(clauses) == len(criteria) or filter_applies(criteria, doc):
                yield doc

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SQLiteStore) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_db": None}


def _projection(properties: dict[str, Any] | list[str] | None) -> list[str] | None:
    if not properties:
        return None
    return [name for name, keep in properties.items() if keep] if isinstance(properties, dict) else list(properties)


def _field(doc: Any, dotted: str) -> Any:
    for part in dotted.split("."):
        doc = doc.get(part) if isinstance(doc, dict) else None
    return doc


def _project(doc: dict[str, Any], dotted_names: list[str]) -> dict[str, Any]:
    """Keep some fields; a dotted name keeps its place in the nesting."""
    kept: dict[str, Any] = {}
    for dotted in dotted_names:
        *outer, last = dotted.split(".")
        source: Any = doc
        target = kept
        for part in outer:
            source = source.get(part) if isinstance(source, dict) else None
            if not isinstance(source, dict):
                break
            target = target.setdefault(part, {})
        if isinstance(source, dict) and last in source:
            target[last] = source[last]
    return kept
