"""Whether an embedded database is whole: the file, every document, and the columns they are found by."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

from pydantic import BaseModel, Field

from screening.common.errors import StoreError
from screening.database.sqlite.damage import DamagedError, is_damage
from screening.database.sqlite.file import open_to_read
from screening.database.sqlite.indexed_fields import column, value_of
from screening.database.sqlite.rows import Row, document_of
from screening.database.sqlite.schema import require_known

_MOST_FAULTS = 20  # of the file that are named
HEAVY_TABLE, _INDEXED = ".heavy", ".indexed"  # what the tables beside one of documents end in


class Damage(BaseModel):
    """Something of a database that is not as it was written."""

    collection: str | None = Field(description="where; null: the file as a whole")
    key: str | None = Field(description="what the document is known by; null where no single one is meant")
    name: str | None = Field(description="what the document is called, where that can still be read")
    what: str = Field(description="what is wrong")

    def __str__(self) -> str:
        return ": ".join(part for part in (self.collection, self.name or self.key, self.what) if part)


def damages(path: str) -> Iterator[Damage]:
    """Yield what is damaged in an SQLite file of this version; nothing where it is whole.

    Every page and every document is read, and what documents are found by is compared with what they hold.

    Raises
    ------
    StoreError
        If the file cannot be opened for another reason than damage, or is another program's.
    """
    try:
        db = open_to_read(path)
    except sqlite3.Error as error:
        if not is_damage(error):
            raise StoreError(f"cannot open the database {path}: {error}") from error
        yield _of_file(str(error))
        return
    with closing(db):
        with suppress(sqlite3.Error):
            db.execute("BEGIN")  # one state of the database, whatever is written meanwhile
        try:
            require_known(db, path)
        except DamagedError as error:
            yield _of_file(str(error).partition("(")[2].partition(")")[0])
        yield from _of_pages(db)
        try:
            tables = tables_of(db)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            yield _of_file(str(error))
            return
        for table in tables:
            if not table.endswith(HEAVY_TABLE):
                yield from _of_documents(db, table, tables)


def tables_of(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the tables of documents in a file, and the indexed fields of each."""
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    columns = {name: [row[1] for row in db.execute(f'PRAGMA table_info("{name}")')] for name in names}
    return {
        name: columns.get(f"{name}{_INDEXED}", ["key"])[1:] for name in names if columns[name] == ["key", "doc", "crc"]
    }


def rows_of(db: sqlite3.Connection, table: str) -> Iterator[Row]:
    """Yield the rows of a table that can still be read, some perhaps twice: from both ends, then one by one."""
    readable: set[bytes] = set()
    failed = False
    columns = "CAST(key AS BLOB), CAST(doc AS BLOB), crc"
    for order in ("ASC", "DESC"):
        try:
            for row in db.execute(f'SELECT {columns} FROM "{table}" ORDER BY rowid {order}'):
                readable.add(row[0])
                yield _decoded(row)
            break
        except sqlite3.Error:
            failed = True
    if failed:
        for key in _keys(db, table) - readable:
            with suppress(sqlite3.Error):
                yield from map(
                    _decoded, db.execute(f'SELECT {columns} FROM "{table}" WHERE key = CAST(? AS TEXT)', [key])
                )


def _keys(db: sqlite3.Connection, table: str) -> set[bytes]:
    """Return the keys that the index of a table holds, as far as it can be read."""
    found: set[bytes] = set()
    with suppress(sqlite3.Error):
        found.update(key for (key,) in db.execute(f'SELECT CAST(key AS BLOB) FROM "{table}" ORDER BY key'))
    return found


def _decoded(row: tuple[bytes, bytes, Any]) -> Row:
    key, text, crc = row
    return (key or b"").decode(errors="replace"), text or b"", crc


def _of_file(what: str) -> Damage:
    return Damage(collection=None, key=None, name=None, what=what)


def _of_pages(db: sqlite3.Connection) -> Iterator[Damage]:
    try:
        found = [text for (text,) in db.execute(f"PRAGMA integrity_check({_MOST_FAULTS})")]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        found = [str(error)]
    for text in found:
        if text != "ok":
            yield _of_file(" ".join(text.split()))


def _of_documents(db: sqlite3.Connection, table: str, tables: dict[str, list[str]]) -> Iterator[Damage]:
    """Yield the damage of a collection's documents, of their heavy parts, and of the columns they are found by."""
    fields, heavy = tables[table], f"{table}{HEAVY_TABLE}" if f"{table}{HEAVY_TABLE}" in tables else None
    n_rows = 0
    try:
        for row in rows_of(db, table):
            n_rows += 1
            key, doc = row[0], document_of(row)
            part = {} if heavy is None else _document(db, heavy, key)
            if doc is None:
                yield Damage(collection=table, key=key, name=_name(db, table, key), what="the document is damaged")
            elif part is None:
                yield Damage(
                    collection=table, key=key, name=_called(doc), what="what was computed of it is damaged or not there"
                )
            elif fields and not _is_found(db, table, fields, key, doc | part):
                what = "it is not found by what it holds"
                yield Damage(collection=table, key=key, name=_called(doc), what=what)
        beside = [one for one in (heavy, f"{table}{_INDEXED}" if fields else None) if one is not None]
        for other in beside:
            count = db.execute(f'SELECT count(*) FROM "{other}" NOT INDEXED').fetchone()[0]
            if count != n_rows:
                what = f"{count} rows for {n_rows} documents"
                yield Damage(collection=other, key=None, name=None, what=what)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        yield Damage(collection=table, key=None, name=None, what=str(error))


def _document(db: sqlite3.Connection, table: str, key: str) -> dict[str, Any] | None:
    row = db.execute(f'SELECT key, CAST(doc AS BLOB), crc FROM "{table}" WHERE key = ?', (key,)).fetchone()
    return None if row is None else document_of(row)


def _is_found(db: sqlite3.Connection, table: str, fields: list[str], key: str, doc: dict[str, Any]) -> bool:
    names = ", ".join(map(column, fields))
    row = db.execute(f'SELECT {names} FROM "{table}{_INDEXED}" WHERE key = ?', (key,)).fetchone()
    try:
        return row is not None and list(row) == [value_of(doc, field) for field in fields]
    except TypeError:  # a list or an object where a value is to be
        return False


def _called(doc: dict[str, Any]) -> str | None:
    name = doc.get("coating") or doc.get("name")
    return None if name is None else str(name)


def _name(db: sqlite3.Connection, table: str, key: str) -> str | None:
    """Return what a damaged document is called, from the columns it is found by."""
    for field in ("coating", "name"):
        with suppress(sqlite3.Error):
            row = db.execute(
                f'SELECT "{table}{_INDEXED}"."{field}" FROM "{table}{_INDEXED}" WHERE key = ?', (key,)
            ).fetchone()
            return None if row is None or row[0] is None else str(row[0])
    return None
