"""An embedded maggma store on SQLite that survives several writers and a kill.

maggma's own embedded stores were tried first. JSONStore and the flat-file MontyStore lose documents
when two processes write; MontyStore on SQLite loses none, but writes a second document when two
processes upsert one key, and rewrites take 30 ms each and grow with the collection. Here a document is
a row under a unique key, written in one transaction with write-ahead logging; queries have MongoDB's
semantics, see screening.database.conditions. For a cluster use MongoDB.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby as group_sorted
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from maggma.core import Sort, Store
from monty.json import jsanitize

from screening.common.errors import StoreError
from screening.database.conditions import condition_of
from screening.database.damage import damaged, is_damage
from screening.database.indexed_fields import (
    Condition,
    column,
    conditions,
    decides,
    equality,
    is_plain,
    where_all,
)
from screening.database.indexed_table import IndexedTable
from screening.database.projection import has, projected, projection
from screening.database.schema import require_file
from screening.database.sqlite_file import open_to_read, open_to_write
from screening.database.sqlite_rows import DOCUMENTS, ROW, Row, document_of, put

_FIRST_READ, _READ_TOGETHER = 20, 500  # documents: who wants few is not to wait for many


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
        If a filter holds an operator that is not among :data:`screening.database.operators.OPERATORS`.
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
        if not re.fullmatch(r"[A-Za-z]\w*", collection_name, re.ASCII):
            raise StoreError(f"not a name for a collection: {collection_name!r}")
        self.path = path
        self.collection_name = collection_name
        self.read_only = read_only
        self.indexed, self.heavy = tuple(indexed), tuple(heavy)  # as given: a store travels by its arguments
        self.narrow = IndexedTable(collection_name, indexed)
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
        with self._errors("open"):
            self._db = self._open_to_read() if self.read_only else self._open_to_write()

    def _open_to_write(self) -> sqlite3.Connection:
        require_file(self.path)  # jobflow's own settings open a store without :mod:`screening.database.stores`
        db = open_to_write(self.path)
        for table in (self._table, *([self._heavy_table] if self.heavy else [])):
            db.execute(f"CREATE TABLE IF NOT EXISTS {table} ({DOCUMENTS})")
        if re.fullmatch(r"\w+", self.key, re.ASCII):
            self._index(db, self.key)
        with _transaction(db):
            self.narrow.make(db, lambda: self._all(db))
        return db

    @property
    def _table(self) -> str:
        return f'"{self.collection_name}"'

    @property
    def _heavy_table(self) -> str:
        return f'"{self.collection_name}.heavy"'

    def _all(self, db: sqlite3.Connection) -> Iterator[tuple[str, dict[str, Any]]]:
        for row in db.execute(f"SELECT {ROW} FROM {self._table} ORDER BY rowid").fetchall():
            yield row[0], self._document(row) | self._heavy_part(row[0], db)

    def _open_to_read(self) -> sqlite3.Connection:
        db = open_to_read(self.path)
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master").fetchall()}
        for name in (self.collection_name, *([f"{self.collection_name}.heavy"] if self.heavy else [])):
            if name not in tables:
                db.execute(f'CREATE TEMP TABLE "{name}" ({DOCUMENTS})')
        self.narrow.find(db)
        return db

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def count(self, criteria: dict[str, Any] | None = None, hint: dict[str, Any] | None = None) -> int:
        """Count the documents that match."""
        asked = criteria or {}
        condition_of(asked)
        if asked and not (self.narrow.is_there and decides(asked, self.narrow.columns)):
            return sum(1 for _ in self._matching(asked))
        where, values = where_all(conditions(asked, self.narrow.columns))
        with self._errors("read"):
            counted = f"SELECT count(*) FROM {self.narrow.name if asked else self._table}{where}"
            return int(self._collection.execute(counted, values).fetchone()[0])

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
        from mongomock_ng.filtering import resolve_sort_key

        ordered_by_sqlite = self.narrow.is_there and all(field in self.narrow.columns for field in sort or {})
        whole = self._needs_heavy(properties, sort)
        found = (doc for _, doc in self._matching(criteria or {}, sort if ordered_by_sqlite else None, whole))
        if sort and not ordered_by_sqlite:
            ordered = list(found)
            for field, direction in reversed(sort.items()):
                keys = [resolve_sort_key(field, doc) for doc in ordered]
                places = sorted(range(len(ordered)), key=keys.__getitem__, reverse=_is_descending(direction))
                ordered = [ordered[place] for place in places]
            found = (doc for doc in ordered)
        shown = projection(properties)
        for doc in islice(found, skip, skip + limit if limit else None):
            yield shown(doc)

    def update(self, docs: Iterable[dict[str, Any]] | dict[str, Any], key: list[str] | str | None = None) -> None:
        """Insert documents, or replace those of the same key; all of them or none."""
        fields = self.key if key is None else key
        fields = [fields] if isinstance(fields, str) else list(fields)
        given = [docs] if isinstance(docs, dict) else docs
        self.put(self._identified(doc, fields) for doc in given)

    def put(self, documents: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Write documents of plain JSON under keys of their own; all of them or none."""
        with self._writing() as db:
            self.narrow.look(db)
            for key, doc in documents:
                light = {name: value for name, value in doc.items() if name not in self.heavy}
                put(db, self._table, key, light)
                if self.heavy:
                    put(db, self._heavy_table, key, {name: doc[name] for name in self.heavy if name in doc})
                self.narrow.put(db, key, doc, lambda: self._all(db))

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
        with self._writing() as db:
            keys = [(key,) for key, _ in self._matching(criteria)]
            tables = [self._table, *([self._heavy_table] if self.heavy else [])]
            for table in (*tables, *([self.narrow.name] if self.narrow.is_there else [])):
                db.executemany(f"DELETE FROM {table} WHERE key = ?", keys)

    def distinct(self, field: str, criteria: dict[str, Any] | None = None, all_exist: bool = False) -> list[Any]:
        """Return the values of a field, each once; SQLite finds those of a scalar without opening a document."""
        if (
            not self.narrow.is_there
            or field not in self.narrow.columns
            or not set(criteria or {}) <= set(self.narrow.columns)
            or any(not is_plain(value) for value in (criteria or {}).values())
        ):
            found: list[Any] = super().distinct(field, criteria, all_exist)
            return found
        where, values = where_all(conditions(criteria or {}, self.narrow.columns))
        name = column(field)
        with self._errors("read"):
            rows = self._collection.execute(f"SELECT DISTINCT {name} FROM {self.narrow.name}{where}", values).fetchall()
        return [value for (value,) in rows if value is not None]

    def ensure_index(self, key: str, unique: bool = False) -> bool:
        """Index a field of the documents; documents of one key replace each other anyway, so none is made unique."""
        if not re.fullmatch(r"[\w.]+", key, re.ASCII):
            raise StoreError(f"not a field to index: {key!r}")
        if not self.read_only:
            with self._errors("write to"):
                self._index(self._collection, key)
        return True

    def _index(self, db: sqlite3.Connection, field: str) -> None:
        table = self.collection_name
        name = f"{table}_{field.replace('.', '_')}"
        db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} (json_extract(doc, '$.{field}'))")

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

    def _matching(
        self, criteria: dict[str, Any], sort: dict[str, Sort | int] | None = None, whole: bool = False
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what matches, sorted by indexed fields or as written; SQLite leaves out what it can.

        Documents have their heavy fields if they are to be `whole`, or the criteria name one.
        """
        holds = condition_of(criteria)
        decided = self.narrow.is_there and decides(criteria, self.narrow.columns)
        whole = bool(self.heavy) and (whole or not set(self.heavy).isdisjoint(_top_level(criteria)))
        with self._errors("read"):
            for row in self._found(criteria, sort or {}):
                doc = self._document(row)
                if whole:
                    doc |= self._heavy_part(row[0])
                if decided or holds(doc):
                    yield row[0], doc

    def _needs_heavy(self, properties: dict[str, Any] | list[str] | None, sort: dict[str, Sort | int] | None) -> bool:
        """Return whether what is to be shown, or the order, takes heavy fields."""
        shown = properties
        if isinstance(properties, dict):
            shown = [name for name, wanted in properties.items() if wanted]  # none: all but what is left out
        return not shown or not set(self.heavy).isdisjoint(_top_level([list(shown), sort or {}]))

    def _heavy_part(self, key: str, db: sqlite3.Connection | None = None) -> dict[str, Any]:
        if not self.heavy:
            return {}
        row = (
            (db or self._collection).execute(f"SELECT {ROW} FROM {self._heavy_table} WHERE key = ?", (key,)).fetchone()
        )
        return {} if row is None else self._document(row)

    def _document(self, row: Row) -> dict[str, Any]:
        """Read a document as it is kept."""
        doc = document_of(row)
        if doc is None:
            raise damaged(self.path, f"a document of {self.collection_name}, {row[0]!r:.80}")
        return doc

    def _found(self, criteria: dict[str, Any], sort: dict[str, Sort | int]) -> Iterator[Row]:
        db, table = self._collection, self._table
        narrow = conditions(criteria, self.narrow.columns) if self.narrow.is_there else []
        if narrow or sort:
            where, values = where_all(narrow)
            order = ", ".join(f"{column(f)} {'DESC' if _is_descending(d) else 'ASC'}" for f, d in sort.items())
            order = f"{order}, rowid" if order else "rowid"
            keys = [key for (key,) in db.execute(f"SELECT key FROM {self.narrow.name}{where} ORDER BY {order}", values)]
            place, together = 0, _FIRST_READ
            while part := keys[place : place + together]:
                among = f"SELECT {ROW} FROM {table} WHERE key IN (SELECT value FROM json_each(?))"
                rows = {row[0]: row for row in db.execute(among, (orjson.dumps(part).decode(),))}
                yield from (rows[key] for key in part if key in rows)  # another process may have removed one
                place, together = place + together, _READ_TOGETHER
            return
        clauses: list[Condition] = []
        for field, value in criteria.items():
            if re.fullmatch(r"[A-Za-z_]\w*", field, re.ASCII) and field not in self.heavy:
                equal, bound = equality(value)
                if equal:
                    either = "" if field == self.key else f" OR json_type(doc, '$.{field}') = 'array'"
                    clauses.append((f"(json_extract(doc, '$.{field}') {equal}{either})", [bound]))
        where, values = where_all(clauses)
        yield from db.execute(f"SELECT {ROW} FROM {table}{where}", values)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._errors("write to"), _transaction(self._collection) as db:
            yield db

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        """Say of an error of SQLite what could not be done with which file."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if is_damage(error):
                raise damaged(self.path, str(error)) from error
            raise StoreError(f"cannot {what} the database {self.path}: {error}") from error

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


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Write all of what is inside, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _top_level(asked: Any) -> Iterator[str]:
    """Yield the top-level fields that a filter, an order or a projection names, or what might be one."""
    if isinstance(asked, dict):
        for name, value in asked.items():
            yield name.partition(".")[0]
            yield from _top_level(value)
    elif isinstance(asked, list):
        for part in asked:
            yield from _top_level(part)
    elif isinstance(asked, str):
        yield asked.partition(".")[0]
