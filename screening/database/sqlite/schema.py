"""The version of the form in which a database keeps its documents.

It stands in the database. One of an older version is brought to this one when it is opened to be written, step by step
and keeping everything; one that need not be changed for it can be read before. A newer or an unknown one is refused,
since what is not understood would be overwritten.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from screening.common.errors import StoreError
from screening.database.sqlite.damage import REMEDY, DamagedError, damaged, is_damage
from screening.database.sqlite.file import open_to_read, open_to_write

VERSION = 3
COLLECTION = "schema"  # on MongoDB, with one document

OURS = int.from_bytes(b"coa\0")  # in the header of an SQLite file, with the version: whose it is
_EMPTY = (
    "is empty, and what was in it is lost: put a backup in its place, or remove the file and run the screening again"
)


def _with_checksums(db: sqlite3.Connection) -> None:
    """Version 2: every document has a checksum."""
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')] == ["key", "doc"]:
            db.execute(f'ALTER TABLE "{table}" ADD COLUMN crc INTEGER')
            db.execute(f'UPDATE "{table}" SET crc = checksum(CAST(key AS BLOB), CAST(doc AS BLOB))')


FileStep = Callable[[sqlite3.Connection], None]
DatabaseStep = Callable[[Any], None]
# What brings a database of a version to the next one: for SQLite inside one transaction, for MongoDB such that it may
# be done twice, since a process may be killed between two writes.
FILE_STEPS: dict[int, FileStep] = {
    1: _with_checksums,
    2: lambda db: None,  # version 3: heavy parts may be compressed, and outputs of jobs packed; older ones stay
}
DATABASE_STEPS: dict[int, DatabaseStep] = {
    1: lambda database: None,  # a server has checksums of its own
    2: lambda database: None,
}

_ONLY_NEW_WRITING = {2}  # steps after which older documents are read as before


def require_file(path: str, read_only: bool = False) -> None:
    """Check the version of an SQLite file; if it may be written, upgrade an older one, and stamp one that is new.

    Raises
    ------
    StoreError
        If it is of a newer or an unknown version, or of an older one and may only be read.
    """
    if read_only:
        if Path(path).is_file() and not Path(path).stat().st_size:
            raise StoreError(f"the database {path} {_EMPTY}")
        with _reported(path), closing(open_to_read(path)) as db:
            require_known(db, path)
            _require(_version(db), path, upgraded=False)
        return
    with _reported(path), closing(open_to_write(path)) as db:
        db.execute("BEGIN IMMEDIATE")
        try:
            found = _version(db)
            if found == 0 and not db.execute("SELECT name FROM sqlite_master").fetchall():
                found = VERSION
            else:
                require_known(db, path)
            _require(found, path, upgraded=True)
            for version in range(found, VERSION):
                FILE_STEPS[version](db)
            db.execute(f"PRAGMA application_id = {OURS + VERSION}")
            db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


def require_database(database: Any, name: str, read_only: bool = False) -> None:
    """Check the version of a MongoDB database, as :func:`require_file` does that of a file.

    Parameters
    ----------
    database
        Of pymongo.
    name
        What messages call it.
    """
    stamp = database[COLLECTION].find_one({"_id": COLLECTION})
    there = set(database.list_collection_names()) & {"jobs", "coatings", "rankings", "runs", "bare_interfaces"}
    if stamp is None:
        found = 0 if any(database[collection].find_one({}) is not None for collection in there) else VERSION
    else:
        found = int(stamp["version"])
    _require(found, name, upgraded=not read_only)
    if read_only:
        return
    for version in range(found, VERSION):
        DATABASE_STEPS[version](database)
    database[COLLECTION].update_one({"_id": COLLECTION}, {"$set": {"version": VERSION}}, upsert=True)


@contextmanager
def _reported(path: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if "not a database" in str(error):
            raise DamagedError(
                f"{path} is no SQLite database, or its beginning is damaged: put a backup in its place (`coatscreen "
                "store backup` makes them), or choose another database with --store"
            ) from error
        if is_damage(error):
            raise damaged(path, str(error)) from error
        raise StoreError(f"cannot open the database {path}: {error}") from error


def require_known(db: sqlite3.Connection, path: str) -> None:
    """Refuse a file of another program, of a newer version, or one whose header does not agree with itself.

    A file of a version before 2 does not say whose it is.

    Raises
    ------
    StoreError
        Saying which.
    """
    whose, version = db.execute("PRAGMA application_id").fetchone()[0], _version(db)
    if whose & ~0xFF == OURS:
        if whose & 0xFF != version:
            raise damaged(path, f"its header says version {version} and version {whose & 0xFF}")
    elif version > 1:
        raise StoreError(f"{path} is a database of another program, or its header is damaged; {REMEDY}")
    if version > VERSION:
        _require(version, path, upgraded=False)


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _require(found: int, name: str, upgraded: bool) -> None:
    where = Path(name).parent if "://" not in name else name
    if found > VERSION:
        raise StoreError(
            f"the database {where} has the form {found}, made by a newer coatscreen; this one knows form {VERSION}: "
            "install the newer one, or choose another database with --store"
        )
    if found == 0:
        raise StoreError(
            f"the database {where} says no version of its form: it is of a coatscreen before versions, or no database "
            "of coatscreen at all; choose another with --store and run the screening again"
        )
    if not upgraded and not _ONLY_NEW_WRITING.issuperset(range(found, VERSION)):
        raise StoreError(
            f"the database {where} has the form {found}, and this coatscreen reads form {VERSION}: any command that "
            "writes to it, such as coatscreen run, brings it there"
        )
