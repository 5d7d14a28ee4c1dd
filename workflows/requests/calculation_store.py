"""A store of finished calculations, opened from however the user names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from screening.common.errors import CoatscreenError, InputError, StoreError
from screening.database import StoreLocation
from screening.database.stores import LocationError

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
        A file that describes a maggma store (JSON or YAML, as ``maggma`` or jobflow write it, with absolute paths); a
        ``mongodb://host/database`` address; or the folder of an embedded database.
    collection
        Of a MongoDB database.

    Raises
    ------
    InputError
        If it is none of these, or a path in the description is relative.
    StoreError
        If the store cannot be opened or read; the message holds no password.
    """
    path = Path(store)
    if path.is_file() and path.suffix in _DESCRIPTIONS:
        opened, name = _described(path), str(path)
    elif path.is_dir() or "://" in store:
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
    except (ConfigurationError, ValueError, TypeError) as error:  # its text may quote the password
        raise LocationError(f"{location.name} is no address MongoDB understands ({type(error).__name__})") from None


def _described(path: Path) -> Any:
    from jobflow import JobStore
    from maggma.core import Store
    from monty.json import MontyDecoder
    from monty.serialization import loadfn

    try:
        data = loadfn(path)
        if isinstance(data, dict) and "docs_store" in data and "@class" not in data:
            data = JobStore.from_dict_spec(data)
        elif isinstance(data, dict):
            data = MontyDecoder().process_decoded(data)
    except Exception as error:  # a store's constructor raises whatever it likes
        raise InputError(f"{path} describes no store: {type(error).__name__}: {str(error).splitlines()[0]}") from None
    if not isinstance(data, Store):
        raise InputError(f"{path} describes no maggma store")
    inner = data.docs_store if isinstance(data, JobStore) else data
    for name in ("path", "database_path"):
        where = getattr(inner, name, None)
        if isinstance(where, str) and where != ":memory:" and not Path(where).is_absolute():
            raise InputError(f"{path}: the path of a store must be absolute: {where}")
    for where in getattr(inner, "paths", []):
        if not Path(where).is_absolute():
            raise InputError(f"{path}: the path of a store must be absolute: {where}")
        if not Path(where).is_file():
            raise InputError(f"{path}: there is no file {where}")
    if hasattr(inner, "mongoclient_kwargs"):
        inner.mongoclient_kwargs = {"serverSelectionTimeoutMS": _TIMEOUT_MS, **(inner.mongoclient_kwargs or {})}
    return data


def _without_password(text: str, store: Any) -> str:
    text = re.sub(r"//[^@\s]*@", "//***@", text)
    password = getattr(getattr(store, "docs_store", store), "password", None)
    return text.replace(password, "***") if password else text
