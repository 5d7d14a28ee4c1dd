"""A store of finished calculations, opened from however the user names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from screening.common.errors import CoatscreenError, InputError, StoreError
from screening.database import StoreLocation
from screening.database.addresses import wrong_address
from screening.text.passwords import is_address
from workflows.requests.described_store import described_store

_TIMEOUT_MS = 5000
_DESCRIPTIONS = (".json", ".yaml", ".yml")
# what is read of a document, so that a VASP run's electronic steps stay in the database
_FIELDS = (
    "forcefield_name",
    "forcefield_version",
    "state",
    "structure",
    "entry",
    "run_type",
    "task_type",
    "task_id",
    "dir_name",
    "output.energy_per_atom",
    "output.n_steps",
)
PROPERTIES = ["uuid", *_FIELDS, *(f"output.{field}" for field in _FIELDS)]
CRITERIA = {"$or": [{f"{where}{what}": {"$exists": True}} for where in ("", "output.") for what in _FIELDS[:1]]}
CRITERIA["$or"] += [{f"{where}entry": {"$exists": True}} for where in ("", "output.")]


@contextmanager
def calculation_documents(store: str, collection: str = "jobs") -> Iterator[Iterator[dict[str, Any]]]:
    """Open a store and yield its documents of calculations.

    Parameters
    ----------
    store
        A file that describes a maggma store, see :func:`workflows.requests.described_store.described_store`; a
        ``mongodb://host/database`` address; or the folder of an embedded database.
    collection
        Of a MongoDB database.

    Raises
    ------
    InputError
        If it is none of these, or the description is not to be used.
    StoreError
        If the store cannot be opened or read; the message holds no password.
    """
    path = Path(store)
    if path.is_file() and path.suffix in _DESCRIPTIONS:
        opened, name = described_store(path), str(path)
    elif path.is_dir() or is_address(store):
        location = StoreLocation(store)
        opened, name = _located(location, collection), location.name
    else:
        kind = "is no description of a store (.json, .yaml)" if path.is_file() else "does not exist"
        raise InputError(f"store {store} {kind}; nor is it a folder with a database or a mongodb:// address")
    try:
        opened.connect()
        yield opened.query(CRITERIA, properties=PROPERTIES)
    except CoatscreenError:
        raise
    except Exception as error:  # stores of every kind, each with errors of its own
        first = (str(error).splitlines() or [""])[0].split(",")[0]
        raise StoreError(f"{name}: {type(error).__name__}: {_without_password(first, opened)}") from None
    finally:
        opened.close()


def _located(location: StoreLocation, collection: str) -> Any:
    from maggma.stores import MongoStore
    from pymongo.errors import ConfigurationError

    if location.folder is not None:
        return location.open("jobs", read_only=True)
    try:
        options = {"serverSelectionTimeoutMS": _TIMEOUT_MS}
        return MongoStore.from_uri(location.uri, collection, mongoclient_kwargs=options)
    except (ConfigurationError, ValueError, TypeError) as error:
        raise wrong_address(location.name, location.uri or "", error) from None


def _without_password(text: str, store: Any) -> str:
    password = getattr(store, "password", None)
    return text.replace(password, "***") if password else text
