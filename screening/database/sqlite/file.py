"""Opening an SQLite file for several processes at once: to write with write-ahead logging, or only to read."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from screening.database.sqlite.damage import checksum
from screening.database.sqlite.indexed_fields import matches

_BUSY_SECONDS = 120.0


def open_to_write(path: str) -> sqlite3.Connection:
    """Open a file, creating it if need be; what is written is on disk when its transaction ends.

    Raises
    ------
    sqlite3.Error
        If it cannot be opened.
    """
    db = _connection(path, "rwc")
    try:
        give_up = time.monotonic() + _BUSY_SECONDS
        while db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                db.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError:  # SQLite does not wait here for another process that does the same
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.05)
        db.execute("PRAGMA synchronous=FULL")
    except BaseException:
        db.close()
        raise
    return db


def open_to_read(path: str) -> sqlite3.Connection:
    """Open a file that exists, without writing to it or beside it.

    Raises
    ------
    sqlite3.Error
        If it cannot be opened.
    """
    db = _connection(path, "ro")
    try:
        db.execute("SELECT name FROM sqlite_master").fetchall()
    except UnicodeDecodeError:  # what is wrong, in words out of the file itself
        db.close()
        raise sqlite3.DatabaseError("database disk image is malformed") from None
    except sqlite3.OperationalError:
        db.close()
        # Beside a file in write-ahead mode SQLite wants to make two more, which a read-only folder does not allow.
        log = Path(f"{path}-wal")
        if not Path(path).is_file() or (log.is_file() and log.stat().st_size):
            raise
        return _connection(path, "ro&immutable=1")
    except BaseException:
        db.close()
        raise
    return db


def _connection(path: str, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(f"{Path(path).as_uri()}?mode={mode}", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    db.create_function("matches", 3, matches, deterministic=True)
    db.create_function("checksum", 2, checksum, deterministic=True)
    return db
