"""Copies of an embedded database: a backup of a whole one, and what is intact of a damaged one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from screening.common.errors import InputError, StoreError
from screening.database.sqlite.damage import DamagedError, damaged, is_damage
from screening.database.sqlite.file import open_to_read
from screening.database.sqlite.integrity import HEAVY_TABLE, damages, rows_of, tables_of
from screening.database.sqlite.rows import ROW, document_of
from screening.database.sqlite.schema import OURS, VERSION, require_known
from screening.database.sqlite.store import SQLiteStore
from screening.database.stores import FILE, HEAVY, INDEXED, KEYS, Collection, StoreLocation

_HEADER, _PAGE = 100, 4096  # bytes; the size of a page is SQLite's default
_FIXED = {  # what stands where in the header of a file of this version, see https://www.sqlite.org/fileformat2.html
    0: b"SQLite format 3\0",
    16: _PAGE.to_bytes(2) + bytes([2, 2, 0, 64, 32, 32]),
    44: (4).to_bytes(4),
    52: bytes(4) + (1).to_bytes(4) + VERSION.to_bytes(4) + bytes(4) + (OURS + VERSION).to_bytes(4) + bytes(20),
}
_LOG, _SHARED = "-wal", "-shm"  # what SQLite keeps beside a file


def backup(location: StoreLocation, folder: Path) -> Path:
    """Copy an embedded database as it is at one moment, also while runs write to it.

    Parameters
    ----------
    location
        The database.
    folder
        Where the copy goes, a database of its own; it must not hold one.

    Returns
    -------
    pathlib.Path
        The file that was written: all of it, or none.

    Raises
    ------
    InputError
        If the database is on a server, or the folder holds one.
    StoreError
        If it cannot be read or written, or the copy is damaged, as the database is then.
    """
    source, target = file_of(location), folder.expanduser().resolve() / FILE
    if target.exists():
        raise InputError(f"there is a database in {target.parent} already: choose another folder")
    part = target.with_name(f"{FILE}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with closing(open_to_read(str(source))) as db, closing(sqlite3.connect(part)) as copy:
            db.backup(copy)
        for damage in damages(str(part)):
            raise damaged(str(source), str(damage))
        part.rename(target)
    except sqlite3.Error as error:
        raise damaged(str(source), str(error)) if is_damage(error) else _failed(target, error) from error
    except OSError as error:
        raise _failed(target, error) from error
    finally:
        for left in (_beside(part, end) for end in ("", _LOG, _SHARED)):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return target


def salvage(location: StoreLocation) -> Path:
    """Put what is intact of a damaged embedded database in its place, and return where the damaged one is kept.

    Raises
    ------
    InputError
        If the database is on a server.
    DamagedError
        If not even the list of its tables can be read.
    StoreError
        If another process has it open, it is of a newer version, or there is no room.
    """
    file = file_of(location)
    fresh, work, kept = file.with_name(f"{FILE}.salvaged"), file.with_name(f"{FILE}.work"), _name_to_keep(file)
    before = _state(file)
    try:
        fresh.unlink(missing_ok=True)
        _copy_file(file, kept)
        with closing(_alone(file)):
            if _state(file) != before:
                raise _in_use(file)
            _copy_file(kept, work)
            _mend_header(work)
            _copy_intact(work, fresh)
        for end in (_LOG, _SHARED):
            _beside(file, end).unlink(missing_ok=True)
        fresh.replace(file)
    except OSError as error:
        raise _failed(file, error) from error
    finally:
        for left in (_beside(one, end) for one in (fresh, work) for end in ("", _LOG, _SHARED)):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return kept


def keep(location: StoreLocation) -> Path:
    """Copy an embedded database beside itself before something of it is changed, and return the copy.

    Raises
    ------
    StoreError
        If it cannot be read or written.
    """
    file = file_of(location)
    kept = _name_to_keep(file)
    try:
        with closing(open_to_read(str(file))) as db, closing(sqlite3.connect(kept)) as copy:
            db.backup(copy)
    except sqlite3.Error as error:
        raise _failed(kept, error) from error
    return kept


def file_of(location: StoreLocation) -> Path:
    """Return the file of an embedded database.

    Raises
    ------
    InputError
        If the database is on a server, or there is none.
    """
    if location.folder is None:
        raise InputError(
            f"{location.name} is on a server, which has tools of its own: mongodump and mongorestore for backups, "
            "validate for checks"
        )
    if not location.exists:
        raise InputError(f"there is no database in {location.name}")
    return location.folder / FILE


def _alone(file: Path) -> sqlite3.Connection:
    """Open a file, damaged or not, so that no other process can."""
    db = sqlite3.connect(file, timeout=1.0, isolation_level=None)
    try:
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("BEGIN IMMEDIATE")
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if "locked" in str(error):
            db.close()
            raise _in_use(file) from None
    return db


def _mend_header(file: Path) -> None:
    """Write the header that a file of this version has, and fill up a file that was cut to whole pages.

    Raises
    ------
    StoreError
        If the header is whole, and says that the file is another program's or of a newer version.
    """
    with suppress(sqlite3.Error, DamagedError), closing(open_to_read(str(file))) as db:
        require_known(db, str(file))
    with file.open("r+b") as opened:
        header = bytearray(opened.read(_HEADER).ljust(_HEADER, b"\0"))
        pages = max(-(-file.stat().st_size // _PAGE), int.from_bytes(header[28:32]) if header[28] == 0 else 0)
        for place, content in {**_FIXED, 28: pages.to_bytes(4), 92: bytes(header[24:28])}.items():
            header[place : place + len(content)] = content
        opened.seek(0)
        opened.write(header)
        opened.truncate(pages * _PAGE)


def _state(file: Path) -> list[tuple[int, int]]:
    """Return what changes when a file or its log is written."""
    found = [_beside(file, end) for end in ("", _LOG)]
    return [(one.stat().st_size, one.stat().st_mtime_ns) for one in found if one.exists() and one.stat().st_size]


def _copy_intact(damaged_file: Path, target: Path) -> None:
    """Write the documents that are whole into a new file."""
    try:
        with closing(open_to_read(str(damaged_file))) as db:
            tables = tables_of(db)
            if "runs" not in tables and "jobs" not in tables:
                raise sqlite3.DatabaseError("there are no runs and no jobs")
            for table in tables:
                if not table.endswith(HEAVY_TABLE):
                    name = cast(Collection, table)
                    indexed, heavy = INDEXED.get(name, ()), HEAVY.get(name, ())
                    with SQLiteStore(str(target), table, KEYS.get(name, ""), indexed=indexed, heavy=heavy) as store:
                        store.put(_intact(db, table, tables))
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise DamagedError(
            f"of the database {damaged_file.parent} not even the list of what is in it can be read ({error}): put a "
            "backup in its place, or choose another folder with --store and run the screening again"
        ) from error


def _intact(db: sqlite3.Connection, table: str, tables: dict[str, list[str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the documents that are whole, with their heavy parts, by their keys."""
    heavy = f"{table}{HEAVY_TABLE}"
    scanned = cache(lambda: {row[0]: row for row in rows_of(db, heavy)})  # where a part is not found by its key

    def part_of(key: str) -> dict[str, Any] | None:
        with suppress(sqlite3.Error):
            found = db.execute(f'SELECT {ROW} FROM "{heavy}" WHERE key = ?', (key,)).fetchone()
            if found is not None:
                return document_of(found)
        return document_of(scanned()[key]) if key in scanned() else None

    done: set[str] = set()
    for row in rows_of(db, table):
        light = document_of(row)
        if light is not None and row[0] not in done:
            part = part_of(row[0]) if heavy in tables else {}
            if part is not None:
                done.add(row[0])
                yield row[0], light | part


def _name_to_keep(file: Path) -> Path:
    return file.with_name(f"{FILE}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file with its log, if that holds anything."""
    for end in ("", _LOG):
        if _beside(source, end).exists() and (not end or _beside(source, end).stat().st_size):
            shutil.copy2(_beside(source, end), _beside(target, end))


def _beside(file: Path, end: str) -> Path:
    return file.with_name(file.name + end)


def _in_use(file: Path) -> StoreError:
    return StoreError(f"another process has the database {file} open: wait for it, or end it first")


def _failed(target: Path, error: Exception) -> StoreError:
    return StoreError(f"cannot write {target}: {getattr(error, 'strerror', None) or error}")
