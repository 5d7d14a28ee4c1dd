"""Documents as rows of a table of an SQLite file, each with a checksum."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from screening.common.errors import InputError
from screening.database.sqlite.damage import checksum
from screening.files.packed import PACKED, packed, unpacked

DOCUMENTS = "key TEXT PRIMARY KEY, doc TEXT NOT NULL, crc INTEGER"  # columns of a table of documents
ROW = "key, CAST(doc AS BLOB), crc"  # what is read of a row
Row = tuple[str, bytes, int]


def put(db: sqlite3.Connection, table: str, key: str, document: dict[str, Any], small: bool = False) -> None:
    """Write a document, in place of one of the same key.

    Parameters
    ----------
    db
        The file.
    table
        Name of the table, quoted.
    key
        What tells the document from others.
    document
        Of JSON.
    small
        Whether it may be compressed; not where SQLite is to look into the document.
    """
    text = orjson.dumps(document)
    shorter = packed(text) if small else text
    stored: str | bytes = shorter if len(shorter) < len(text) else text.decode()
    db.execute(
        f"INSERT INTO {table} VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET doc = excluded.doc, crc = excluded.crc",
        (key, stored, checksum(key.encode(), shorter if isinstance(stored, bytes) else text)),
    )


def document_of(row: Row) -> dict[str, Any] | None:
    """Read a document, or return None where it is not what was written."""
    key, text, crc = row
    if checksum(key.encode(), text) != crc:
        return None
    try:
        found = orjson.loads(unpacked(text) if text[:1] == bytes([PACKED]) else text)
    except (ValueError, InputError):
        return None
    return found if isinstance(found, dict) else None
