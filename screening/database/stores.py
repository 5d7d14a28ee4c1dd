"""Where the database is: a folder with an embedded store, or MongoDB by its URI."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from screening.errors import StoreError

Collection = Literal["jobs", "coatings", "bare_interfaces", "runs"]
KEYS: dict[Collection, str] = {"jobs": "uuid", "coatings": "key", "bare_interfaces": "key", "runs": "run_id"}
_FILE = "coatscreen.sqlite"
_TIMEOUT_MS = 5000
_LOCK_SECONDS = 600.0


class StoreLocation:
    """A database with its collections.

    Parameters
    ----------
    location
        A folder (made absolute), which will hold an embedded SQLite store; or a ``mongodb://`` or
        ``mongodb+srv://`` URI with the name of a database.

    Raises
    ------
    StoreError
        If a URI names no database.
    """

    def __init__(self, location: str | Path) -> None:
        text = str(location)
        self.uri = text if re.match(r"mongodb(\+srv)?://", text) else None
        self.folder = None if self.uri else Path(text).expanduser().resolve()
        if self.uri and not re.match(r"mongodb(?:\+srv)?://[^/]+/[^/?]+", self.uri):
            raise StoreError(f"{self.name} names no database: write mongodb://host/database")

    @property
    def name(self) -> str:
        """The location without any password."""
        return str(self.folder) if self.uri is None else re.sub(r"//[^@/]*@", "//***@", self.uri)

    @property
    def exists(self) -> bool:
        """Whether there is anything yet; True for MongoDB."""
        return self.folder is None or (self.folder / _FILE).is_file()

    def open(self, collection: Collection, read_only: bool = False) -> Any:
        """Open a collection as a connected maggma store.

        Raises
        ------
        StoreError
            If it cannot be reached, read, or written to.
        """
        if self.folder is None:
            return self._open_mongo(collection)
        import sqlite3

        from screening.database.sqlite_store import SQLiteStore

        file = self.folder / _FILE
        if read_only and not file.is_file():
            raise StoreError(f"there is no database in {self.folder}: `coatscreen run` makes one")
        if not read_only:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"cannot make the folder {self.folder}: {error.strerror}") from None
            if not os.access(self.folder, os.W_OK):
                raise StoreError(f"the folder {self.folder} is read-only: choose another with --store")
        store = SQLiteStore(str(file), collection, key=KEYS[collection])
        try:
            store.connect()
        except sqlite3.Error as error:
            raise StoreError(f"cannot open the database {file}: {error}") from None
        return store

    def _open_mongo(self, collection: Collection) -> Any:
        from maggma.stores import MongoURIStore
        from pymongo.errors import PyMongoError

        try:
            store = MongoURIStore(
                self.uri,
                collection,
                key=KEYS[collection],
                mongoclient_kwargs={"serverSelectionTimeoutMS": _TIMEOUT_MS},
            )
            store.connect()
            store.count({"key": "reachable?"})
            if collection in ("coatings", "bare_interfaces"):
                store.ensure_index(KEYS[collection], unique=True)
        except (PyMongoError, ValueError) as error:
            reason = re.sub(r"//[^@/]*@", "//***@", str(error).split(",")[0].splitlines()[0])
            raise StoreError(f"cannot reach {self.name}: {reason}") from None
        return store

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the embedded database for aggregating; others wait. MongoDB needs no lock of ours.

        Raises
        ------
        StoreError
            If another process holds it for ten minutes.
        """
        if self.folder is None:
            yield
            return
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.folder / "aggregating.lock", timeout=_LOCK_SECONDS):
                yield
        except Timeout:
            raise StoreError(f"another process has been aggregating {self.folder} for ten minutes") from None
