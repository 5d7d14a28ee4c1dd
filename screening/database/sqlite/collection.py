"""One collection of documents in an SQLite file: a row for each, written and read whole.

A document is a row of one table. Its heavy fields, which most questions do not need, lie compressed in a second table,
and its indexed fields, by which documents are found and sorted, in a third.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import orjson

from screening.common.errors import StoreError
from screening.database.queries.conditions import condition_of
from screening.database.queries.projection import projection
from screening.database.sqlite.damage import damaged, is_damage
from screening.database.sqlite.file import open_to_read, open_to_write
from screening.database.sqlite.indexed_fields import Condition, column, conditions, decides, equality, where_all
from screening.database.sqlite.indexed_table import IndexedTable
from screening.database.sqlite.rows import DOCUMENTS, ROW, Row, document_of, put
from screening.database.sqlite.schema import require_file

_FIRST_READ, _READ_TOGETHER = 20, 500  # documents: who wants few is not to wait for many


class SQLiteCollection:
    """The tables of one collection.

    Parameters
    ----------
    path
        The file, absolute.
    name
        Name of the collection, a table of the file.
    key
        Field that identifies a document; never a list.
    indexed
        Dotted fields that have a column in the table of indexed fields.
    heavy
        Fields in a table of their own.

    Raises
    ------
    StoreError
        Here and in every method: if the file cannot be opened, read or written.
    InputError
        If a filter holds an operator that is not among :data:`screening.database.queries.operators.OPERATORS`.
    """

    def __init__(self, path: str, name: str, key: str, indexed: Sequence[str], heavy: Sequence[str]) -> None:
        if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
            raise StoreError(f"not a name for a collection: {name!r}")
        self.path = path
        self.name = name
        self.key = key
        self.heavy = tuple(heavy)
        self.narrow = IndexedTable(name, indexed)
        self.table = f'"{name}"'
        self._heavy_table = f'"{name}.heavy"'
        self._db: sqlite3.Connection | None = None

    # -- the file -----------------------------------------------------------------------------------

    @property
    def db(self) -> sqlite3.Connection:
        """The open file."""
        if self._db is None:
            raise StoreError(f"sqlite://{self.path}/{self.name} is not connected")
        return self._db

    def open(self, read_only: bool) -> None:
        """Open the file; unless it is only to be read, create it and the tables if need be."""
        if self._db is None:
            with self.errors("open"):
                self._db = self._open_to_read() if read_only else self._open_to_write()

    def _open_to_write(self) -> sqlite3.Connection:
        require_file(self.path)  # jobflow's own settings open a store without :mod:`screening.database.stores`
        db = open_to_write(self.path)
        for table in (self.table, *([self._heavy_table] if self.heavy else [])):
            db.execute(f"CREATE TABLE IF NOT EXISTS {table} ({DOCUMENTS})")
        if re.fullmatch(r"\w+", self.key, re.ASCII):
            self._index(db, self.key)
        with _transaction(db):
            self.narrow.make(db, lambda: self._all(db))
        return db

    def _open_to_read(self) -> sqlite3.Connection:
        db = open_to_read(self.path)
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master").fetchall()}
        for name in (self.name, *([f"{self.name}.heavy"] if self.heavy else [])):
            if name not in tables:
                db.execute(f'CREATE TEMP TABLE "{name}" ({DOCUMENTS})')
        self.narrow.find(db)
        return db

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()
            self._db = None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write all of what is inside, or nothing."""
        with self.errors("write to"), _transaction(self.db) as db:
            yield db

    @contextmanager
    def errors(self, what: str) -> Iterator[None]:
        """Say of an error of SQLite what could not be done with which file."""
        try:
            yield
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if is_damage(error):
                raise damaged(self.path, str(error)) from error
            raise StoreError(f"cannot {what} the database {self.path}: {error}") from error

    def index(self, field: str) -> None:
        """Index a field of the documents."""
        with self.errors("write to"):
            self._index(self.db, field)

    def _index(self, db: sqlite3.Connection, field: str) -> None:
        name = f"{self.name}_{field.replace('.', '_')}"
        db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {self.name} (json_extract(doc, '$.{field}'))")

    # -- writing ------------------------------------------------------------------------------------

    def put(self, documents: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Write documents of plain JSON under keys of their own; all of them or none."""
        with self.writing() as db:
            self.narrow.look(db)
            for key, doc in documents:
                light = {name: value for name, value in doc.items() if name not in self.heavy}
                put(db, self.table, key, light)
                if self.heavy:
                    heavy = {name: doc[name] for name in self.heavy if name in doc}
                    put(db, self._heavy_table, key, heavy, small=True)
                self.narrow.put(db, key, doc, lambda: self._all(db))

    def remove(self, criteria: dict[str, Any]) -> None:
        """Remove the documents that match."""
        with self.writing() as db:
            keys = [(key,) for key, _ in self.matching(criteria)]
            tables = [self.table, *([self._heavy_table] if self.heavy else [])]
            for table in (*tables, *([self.narrow.name] if self.narrow.is_there else [])):
                db.executemany(f"DELETE FROM {table} WHERE key = ?", keys)

    # -- reading ------------------------------------------------------------------------------------

    def count(self, criteria: dict[str, Any]) -> int:
        """Count the documents that match."""
        condition_of(criteria)
        if criteria and not (self.narrow.is_there and decides(criteria, self.narrow.columns)):
            return sum(1 for _ in self.matching(criteria))
        where, values = where_all(conditions(criteria, self.narrow.columns))
        with self.errors("read"):
            counted = f"SELECT count(*) FROM {self.narrow.name if criteria else self.table}{where}"
            return int(self.db.execute(counted, values).fetchone()[0])

    def query(
        self,
        criteria: dict[str, Any],
        properties: dict[str, Any] | list[str] | None = None,
        sort: Mapping[str, int] | None = None,
        skip: int = 0,
        limit: int = 0,
    ) -> Iterator[dict[str, Any]]:
        """Yield the documents that match, as MongoDB would.

        Parameters
        ----------
        criteria
            A MongoDB filter.
        properties
            The fields wanted, or a MongoDB projection; all where it is empty.
        sort
            Fields, and 1 for a rising or -1 for a falling order.
        skip, limit
            How many are left out at first, and how many are given at most; 0 for all.
        """
        order = sort or {}
        by_columns = self.has_columns(order)
        found = (
            doc
            for _, doc in self.matching(
                criteria, order if by_columns else {}, self._shows_heavy(properties, list(order))
            )
        )
        shown = projection(properties)
        for doc in islice(found if by_columns else _ordered(found, order), skip, skip + limit if limit else None):
            yield shown(doc)

    def distinct(self, field: str, criteria: dict[str, Any]) -> list[Any]:
        """Return the values that a field of the documents has, each once."""
        if self.has_columns({field, *criteria}):
            return self.values(field, criteria)
        return list({doc[field]: None for doc in self.query(criteria, [field]) if doc.get(field) is not None})

    def has_columns(self, fields: Iterable[str]) -> bool:
        """Return whether all of some fields are indexed; True of none."""
        asked = set(fields)
        return not asked or (self.narrow.is_there and asked <= set(self.narrow.columns))

    def values(self, field: str, criteria: dict[str, Any]) -> list[Any]:
        """Return the values of an indexed field where indexed fields hold what is asked, each once."""
        where, values = where_all(conditions(criteria, self.narrow.columns))
        with self.errors("read"):
            rows = self.db.execute(f"SELECT DISTINCT {column(field)} FROM {self.narrow.name}{where}", values).fetchall()
        return [value for (value,) in rows if value is not None]

    def matching(
        self, criteria: dict[str, Any], sort: Mapping[str, int] | None = None, whole: bool = False
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what matches, sorted by indexed fields or as written; SQLite leaves out what it can.

        Parameters
        ----------
        criteria
            A MongoDB filter.
        sort
            Indexed fields, and 1 for a rising or -1 for a falling order.
        whole
            Whether documents are to have their heavy fields; they have them too where the criteria name one.
        """
        holds = condition_of(criteria)
        decided = self.narrow.is_there and decides(criteria, self.narrow.columns)
        whole = bool(self.heavy) and (whole or self._names_heavy(criteria))
        with self.errors("read"):
            for row in self._found(criteria, sort or {}):
                doc = self._document(row)
                if whole:
                    doc |= self._heavy_part(row[0])
                if decided or holds(doc):
                    yield row[0], doc

    def _shows_heavy(self, properties: dict[str, Any] | list[str] | None, order: list[str]) -> bool:
        """Return whether what is to be shown, or the order, takes heavy fields."""
        shown = properties
        if isinstance(properties, dict):
            shown = [name for name, wanted in properties.items() if wanted]  # none: all but what is left out
        return not shown or self._names_heavy([*shown, *order])

    def _names_heavy(self, asked: Any) -> bool:
        """Return whether a filter, an order or a projection names a heavy field."""
        return not set(self.heavy).isdisjoint(_top_level(asked))

    def _all(self, db: sqlite3.Connection) -> Iterator[tuple[str, dict[str, Any]]]:
        for row in db.execute(f"SELECT {ROW} FROM {self.table} ORDER BY rowid").fetchall():
            yield row[0], self._document(row) | self._heavy_part(row[0], db)

    def _heavy_part(self, key: str, db: sqlite3.Connection | None = None) -> dict[str, Any]:
        if not self.heavy:
            return {}
        row = (db or self.db).execute(f"SELECT {ROW} FROM {self._heavy_table} WHERE key = ?", (key,)).fetchone()
        return {} if row is None else self._document(row)

    def _document(self, row: Row) -> dict[str, Any]:
        """Read a document as it is kept."""
        doc = document_of(row)
        if doc is None:
            raise damaged(self.path, f"a document of {self.name}, {row[0]!r:.80}")
        return doc

    def _found(self, criteria: dict[str, Any], sort: Mapping[str, int]) -> Iterator[Row]:
        narrow = conditions(criteria, self.narrow.columns) if self.narrow.is_there else []
        if narrow or sort:
            yield from self._found_by_columns(narrow, sort)
            return
        clauses: list[Condition] = []
        for field, value in criteria.items():
            if re.fullmatch(r"[A-Za-z_]\w*", field, re.ASCII) and field not in self.heavy:
                equal, bound = equality(value)
                if equal:
                    either = "" if field == self.key else f" OR json_type(doc, '$.{field}') = 'array'"
                    clauses.append((f"(json_extract(doc, '$.{field}') {equal}{either})", [bound]))
        where, values = where_all(clauses)
        yield from self.db.execute(f"SELECT {ROW} FROM {self.table}{where}", values)

    def _found_by_columns(self, narrow: list[Condition], sort: Mapping[str, int]) -> Iterator[Row]:
        """Find the keys in the table of indexed fields, then read the documents, few at first."""
        db = self.db
        where, values = where_all(narrow)
        order = ", ".join([*(f"{column(f)} {'ASC' if way > 0 else 'DESC'}" for f, way in sort.items()), "rowid"])
        keys = [key for (key,) in db.execute(f"SELECT key FROM {self.narrow.name}{where} ORDER BY {order}", values)]
        among = f"SELECT {ROW} FROM {self.table} WHERE key IN (SELECT value FROM json_each(?))"
        place, together = 0, _FIRST_READ
        while part := keys[place : place + together]:
            rows = {row[0]: row for row in db.execute(among, (orjson.dumps(part).decode(),))}
            yield from (rows[key] for key in part if key in rows)  # another process may have removed one
            place, together = place + together, _READ_TOGETHER


def _ordered(found: Iterable[dict[str, Any]], order: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Sort documents as MongoDB would."""
    from mongomock_ng.filtering import resolve_sort_key

    ordered = list(found)
    for field, way in reversed(list(order.items())):
        keys = [resolve_sort_key(field, doc) for doc in ordered]
        places = sorted(range(len(ordered)), key=keys.__getitem__, reverse=way < 0)
        ordered = [ordered[place] for place in places]
    return iter(ordered)


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
