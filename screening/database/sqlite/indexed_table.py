"""The indexed fields of a collection, kept in an SQLite table of their own with a column for each."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from screening.common.errors import StoreError
from screening.database.sqlite.indexed_fields import column, is_column, member_of, value_of

Documents = Callable[[], Iterable[tuple[str, dict[str, Any]]]]  # gives all of a collection, whole, by their keys


class IndexedTable:
    """The table beside one of documents.

    Parameters
    ----------
    collection
        Name of the collection.
    indexed
        Dotted fields; one that ends in ``.*`` stands for all members of an object.

    Attributes
    ----------
    name
        Of the table, quoted.
    columns
        The fields that have one, as last seen.
    is_there
        Whether all fields have one.

    Raises
    ------
    StoreError
        If one is no field.
    """

    def __init__(self, collection: str, indexed: Sequence[str]) -> None:
        self.collection = collection
        self.name = f'"{collection}.indexed"'
        self.fields = tuple(field for field in indexed if not field.endswith(".*"))
        self.objects = tuple(field.removesuffix(".*") for field in indexed if field.endswith(".*"))
        if not all(re.fullmatch(r"[A-Za-z_][\w.]*", field, re.ASCII) for field in (*self.fields, *self.objects)):
            raise StoreError(f"not fields to index: {', '.join(indexed)}")
        self.columns: list[str] = []
        self.is_there = False

    def make(self, db: sqlite3.Connection, documents: Documents) -> None:
        """Make the table, where fields are to be indexed, and fill what is new of it."""
        if self.fields or self.objects:
            db.execute(f"CREATE TABLE IF NOT EXISTS {self.name} (key TEXT PRIMARY KEY)")
            self._add(db, self.fields, documents)
            self.is_there = True

    def look(self, db: sqlite3.Connection) -> None:
        """See which columns there are; another process may have made some."""
        self.columns = [row[1] for row in db.execute(f"PRAGMA table_info({self.name})") if row[1] != "key"]

    def find(self, db: sqlite3.Connection) -> None:
        """See whether there is the table, where it is not to be made."""
        self.look(db)
        self.is_there = set(self.fields) <= set(self.columns) and bool(self.columns)

    def put(self, db: sqlite3.Connection, key: str, doc: Mapping[str, Any], documents: Documents) -> None:
        """Write the indexed fields of a document, in place of those of the same key.

        Raises
        ------
        StoreError
            If a field has more than one value.
        """
        if self.is_there:
            if not set(members := self._members(doc)) <= set(self.columns):
                self._add(db, members, documents)
            self._write(db, key, doc, self.columns)

    def _add(self, db: sqlite3.Connection, fields: Iterable[str], documents: Documents) -> None:
        """Make columns for fields that have none, and fill them from the documents."""
        self.look(db)
        taken = {field.casefold() for field in self.columns}  # SQLite tells no column from one in other case
        new = [field for field in fields if field.casefold() not in taken]
        for field in new:
            db.execute(f"ALTER TABLE {self.name} ADD COLUMN {column(field)}")
        self.columns += new
        if new:
            for key, doc in documents():
                self._write(db, key, doc, new)

    def _write(self, db: sqlite3.Connection, key: str, doc: Mapping[str, Any], fields: Sequence[str]) -> None:
        try:
            values = [value_of(doc, field) for field in fields]
        except TypeError as error:
            raise StoreError(f"a document for {self.collection} has more than one value in {error}") from None
        names = [column(field) for field in fields]
        changes = ", ".join(f"{name} = excluded.{name}" for name in names)
        marks = ", ".join("?" * (1 + len(names)))
        db.execute(
            f"INSERT INTO {self.name} ({', '.join(['key', *names])}) VALUES ({marks}) "
            f"ON CONFLICT (key) DO UPDATE SET {changes}",
            [key, *values],
        )

    def _members(self, doc: Mapping[str, Any]) -> list[str]:
        """Return the fields of the objects that are indexed whole."""
        found = []
        for field in self.objects:
            inside = member_of(doc, field)
            found += [f"{field}.{name}" for name in (inside if isinstance(inside, dict) else {}) if is_column(name)]
        return found
