"""Where the database is: a folder with an embedded store, or MongoDB by its URI."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from screening.common.errors import StoreError
from screening.database import addresses
from screening.database.addresses import LocationError, reason, written_database, wrong_address
from screening.database.server_indexes import ensure_indexes
from screening.database.sqlite import schema
from screening.database.sqlite.opening import require_locks, require_whole
from screening.text.passwords import is_address, masked

Collection = Literal["jobs", "coatings", "rankings", "runs"]
KEYS: dict[Collection, str] = {"jobs": "uuid", "coatings": "key", "rankings": "ranking_id", "runs": "run_id"}
INDEXED: dict[Collection, tuple[str, ...]] = {  # what the database is asked by; see SQLiteStore
    "coatings": (
        "ranking_id",
        "coating",
        "formula",
        "cathode",
        "electrolyte",
        "energies.sha256",
        "contains_li",
        "rank",
        "tier",
        "pareto_rank",
        "worst_mutual_mev_per_atom",
        "gain_over_bare_mev_per_atom",
        "stability.energy_above_hull_ev_per_atom",
        "window.reduction_limit_v",
        "window.oxidation_limit_v",
        "window.oxidation_limited",
        "economics.raw_material_cost_usd_per_kg",
        "quantities.*",
        "compared.*",
    ),
    "jobs": ("uuid", "name", "completed_at", "metadata.scope", "metadata.ranking"),
}
HEAVY: dict[Collection, tuple[str, ...]] = {"coatings": ("interfaces", "stability", "window")}
FILE = "coatscreen.sqlite"
_WRITTEN_TOGETHER = 500  # documents of some ten kilobytes


class StoreLocation:
    """A database with its collections.

    Parameters
    ----------
    location
        A folder (made absolute), which will hold an embedded SQLite store; or a ``mongodb://`` or
        ``mongodb+srv://`` URI with the name of a database; or a YAML file with such a URI under ``database``,
        or a folder with a file of that kind named ``site.yaml``, so that no password stands in a command line.

    Raises
    ------
    LocationError
        If it is another kind of address, a URI names no database, or a YAML file does not say which.
    """

    def __init__(self, location: str | Path) -> None:
        self._is_ours = False  # whether what is there has been found to be a database of this version
        text = str(location).strip()
        if not is_address(text):
            text = written_database(text) or text
        self.uri = text if re.match(r"mongodb(\+srv)?://", text) else None
        if self.uri is None and is_address(text):
            raise LocationError(f"{text} is neither a folder nor a mongodb:// address")
        if not text:
            raise LocationError("the location of the database is empty")
        self.folder = None if self.uri else Path(text).expanduser().resolve()
        if self.uri and not re.fullmatch(r"mongodb(?:\+srv)?://(?:.*@)?[^/]+/[^/?]+(?:\?.*)?", self.uri):
            raise LocationError(f"{self.name} names no database: write mongodb://host/database")

    @property
    def name(self) -> str:
        """The location without any password."""
        return str(self.folder) if self.uri is None else masked(self.uri)

    @property
    def exists(self) -> bool:
        """Whether there is anything yet; True for MongoDB."""
        return self.folder is None or (self.folder / FILE).is_file()

    @property
    def client_options(self) -> dict[str, Any]:
        """Options of every connection to MongoDB.

        A write is acknowledged when it is in the journals of most servers: it outlives a kill of the server, and the
        loss of the primary. The next primary is waited for, which is elected within some ten seconds. Only the primary
        is asked, even if the address prefers another: there what was just written may not be.
        """
        patience = {"serverSelectionTimeoutMS": addresses.PATIENCE_MS}
        return {**patience, "w": "majority", "journal": True, "readPreference": "primary"}

    def read(self, collection: Collection) -> Any:
        """Open a collection to be read: an embedded one without maggma, which takes longer to load than to answer.

        Raises
        ------
        LocationError
            If the folder holds no database.
        StoreError
            If the database cannot be reached or opened.
        """
        if self.folder is None:
            return self._open_mongo(collection, read_only=True)
        from screening.database.sqlite.collection import SQLiteCollection

        file = self._own_file(self.folder, read_only=True)
        opened = SQLiteCollection(
            str(file), collection, KEYS[collection], INDEXED.get(collection, ()), HEAVY.get(collection, ())
        )
        opened.open(read_only=True)
        return opened

    def open(self, collection: Collection, read_only: bool = False) -> Any:
        """Open a collection as a connected maggma store.

        Raises
        ------
        LocationError
            If the folder cannot be made or written to, or is to be read and holds no database.
        StoreError
            If the database cannot be reached or opened.
        """
        if self.folder is None:
            return self._open_mongo(collection, read_only)
        from screening.database.sqlite.store import SQLiteStore

        file = self._own_file(self.folder, read_only)
        store = SQLiteStore(
            str(file),
            collection,
            key=KEYS[collection],
            read_only=read_only,
            indexed=INDEXED.get(collection, ()),
            heavy=HEAVY.get(collection, ()),
        )
        store.connect()
        return store

    def _own_file(self, folder: Path, read_only: bool) -> Path:
        """Return the file of the embedded database, once it is known to be one of this version and whole."""
        file = folder / FILE
        if read_only and not self.exists:
            raise LocationError(f"there is no database in {self.name}: `coatscreen run` makes one")
        if not read_only:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise LocationError(f"cannot make the folder {folder}: {error.strerror}") from None
            if not os.access(folder, os.W_OK):
                raise LocationError(f"the folder {folder} is read-only: choose another with --store")
        if not self._is_ours:
            with self.errors():
                require_locks(folder, read_only)
                schema.require_file(str(file), read_only)
                require_whole(file)
            self._is_ours = True
        return file

    def _open_mongo(self, collection: Collection, read_only: bool) -> Any:
        from maggma.stores import MongoStore
        from pymongo.errors import ConfigurationError

        with self.errors():
            try:
                store = MongoStore.from_uri(
                    self.uri,
                    collection,
                    key=KEYS[collection],
                    mongoclient_kwargs=self.client_options,
                )
                store.connect()
            except (ConfigurationError, ValueError, TypeError) as error:
                raise wrong_address(self.name, self.uri or "", error) from None
            with self.first_contact():
                store.count({"_id": "reachable?"})
            if not self._is_ours:
                schema.require_database(store._collection.database, self.name, read_only)
                self._is_ours = True
            if not read_only:
                ensure_indexes(store._collection.database, collection, self.name)
        return store

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what goes wrong with the database inside into a StoreError that names it, without any password."""
        try:
            yield
        except Exception as error:
            if self.folder is None:
                from pymongo.errors import PyMongoError

                if isinstance(error, PyMongoError):
                    raise StoreError(f"{self.name}: {reason(error, self.uri or '')}") from None
                if isinstance(error, OSError):  # a certificate that the address names
                    where = f"the file {error.filename}: " if error.filename else ""
                    raise LocationError(f"{self.name}: {where}{error.strerror or error}") from None
            if isinstance(error, OSError):
                raise StoreError(f"cannot write to {self.name}: {error.strerror or error}") from None
            raise

    @contextmanager
    def first_contact(self) -> Iterator[None]:
        """Say within seconds that a server does not answer; as :meth:`errors` otherwise."""
        import pymongo

        with self.errors(), pymongo.timeout(addresses.TIMEOUT_MS / 1000):
            yield

    @contextmanager
    def exclusive(self, purpose: str = "aggregating") -> Iterator[None]:
        """Hold the database for a purpose; other processes wait. A holder that is killed does not hold on.

        Raises
        ------
        StoreError
            If another process holds it for ten minutes, or the database cannot be written.
        """
        from screening.database.locks import leased_lock
        from screening.files.locks import LOCK_SECONDS, Held, file_lock

        with ExitStack() as opened:
            try:
                with self.errors():
                    if self.folder is not None:
                        opened.enter_context(file_lock(self.folder / f"{purpose}.lock"))
                    else:
                        runs = self.open("runs")
                        opened.callback(runs.close)
                        opened.enter_context(leased_lock(runs._collection.database["locks"], purpose))
            except Held:
                raise StoreError(
                    f"another process has been {purpose} {self.name} for {LOCK_SECONDS / 60:g} minutes"
                ) from None
            yield


def write_all(store: Any, documents: Iterable[dict[str, Any]], key: str) -> None:
    """Write documents that are made one by one: in one transaction into an embedded store, else some at a time."""
    from screening.database.sqlite.store import SQLiteStore

    if isinstance(store, SQLiteStore):
        store.update(documents, key=key)
        return
    left = iter(documents)
    while part := list(islice(left, _WRITTEN_TOGETHER)):
        store.update(part, key=key)
