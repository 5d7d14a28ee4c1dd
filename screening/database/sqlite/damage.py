"""Damage of an embedded store: a checksum for every document, and what is said where one or the file is damaged."""

from __future__ import annotations

import sqlite3
import zlib

from screening.common.errors import StoreError

REMEDY = "`coatscreen store check` names what is damaged, `coatscreen store repair` mends what can be"
_WORDS = ("malformed", "not a database", "Could not decode", "corrupt")  # SQLite's, of files and texts that are broken


class DamagedError(StoreError):
    """A database, or a document in it, is not as it was written."""


def checksum(key: bytes, document: bytes) -> int:
    """Return the CRC-32 of a document and its key."""
    return zlib.crc32(document, zlib.crc32(key))


def is_damage(error: Exception) -> bool:
    """Return whether an error of SQLite means that the file is damaged."""
    return isinstance(error, UnicodeDecodeError) or (
        isinstance(error, sqlite3.Error) and any(word in str(error) for word in _WORDS)
    )


def damaged(path: str, what: str) -> DamagedError:
    """Return the error that says what of a file is damaged, and the remedy."""
    return DamagedError(f"the database {path} is damaged ({what}): {REMEDY}")
