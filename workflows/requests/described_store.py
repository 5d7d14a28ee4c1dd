"""A store that a file describes, as maggma or jobflow write it, opened for reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from screening.common.errors import InputError, nearest
from screening.database.queries.conditions import condition_of
from screening.database.queries.projection import projected
from screening.files.content import parse_json, read_bytes, read_text
from screening.files.plain_data import plain
from screening.files.yaml_text import parse_yaml

_TIMEOUT_MS = 5000
_OF_MONGODB = (
    *("database", "collection_name", "host", "port", "username", "password", "auth_source", "mongoclient_kwargs"),
    *("uri", "key"),
)
STORES = {  # and what of a description is looked at
    "MongoStore": _OF_MONGODB,
    "MongoURIStore": _OF_MONGODB,
    "JSONStore": ("paths",),
    "SQLiteStore": ("path", "collection_name", "key"),
}
_WITHOUT_EFFECT = {  # on reading
    *("last_updated_field", "last_updated_type", "validator", "safe_update", "default_sort", "read_only", "encoding"),
    *("serialization_option", "serialization_default", "scalars", "key", "type"),
}
_WHAT = "description of a store"
_TASKS = "file of calculations"
_JOB_STORE = "JobStore"


class _JSONFiles:
    """Documents in JSON files, each a document or a list of them."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = paths

    def connect(self) -> None:
        """Have nothing to open."""

    def close(self) -> None:
        """Have nothing to close."""

    def query(self, criteria: Mapping[str, Any], properties: list[str]) -> Iterator[dict[str, Any]]:
        """Yield the documents that match."""
        holds = condition_of(criteria)
        for path in self.paths:
            data = parse_json(read_bytes(path, _TASKS), path, _TASKS)
            for document in data if isinstance(data, list) else [data]:
                if isinstance(document, dict) and holds(document):
                    yield projected(document, properties)


def described_store(path: Path) -> Any:
    """Build the store that a file describes.

    Parameters
    ----------
    path
        JSON or YAML: a store of :data:`STORES` as monty writes it (``@class``) or as jobflow's settings do (``type``),
        or a JobStore whose documents are in one of these. Paths are absolute.

    Returns
    -------
    Store
        Not connected. It has ``connect``, ``query`` and ``close``.

    Raises
    ------
    InputError
        If the file cannot be read, describes another store, or has what is not taken.
    """
    data = _read(path)
    name = data.get("@class") or data.get("type")
    if isinstance(data.get("docs_store"), dict) and name in (None, _JOB_STORE):
        data = data["docs_store"]
        name = data.get("@class") or data.get("type")
    if not isinstance(name, str) or name not in STORES:
        hint = nearest(str(name), STORES) if name else ""
        raise InputError(f"{path} describes no store that can be read{hint}; there are {', '.join(STORES)}")
    arguments = _arguments(path, name, plain(data))
    try:
        return _built(name, arguments)
    except Exception as error:  # a store's constructor raises whatever it likes
        raise InputError(f"{path} describes no store: {type(error).__name__}: {_first_line(error)}") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.suffix == ".json":
            data = parse_json(read_bytes(path, _WHAT), path, _WHAT)
        else:
            data = parse_yaml(read_text(path, _WHAT))
    except yaml.YAMLError as error:
        raise InputError(f"{path} describes no store: {_first_line(error)}") from None
    if not isinstance(data, dict):
        raise InputError(f"{path} describes no store: it holds no options by name")
    return data


def _arguments(path: Path, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return what a store is built from, checked."""
    if given.get("ssh_tunnel"):
        raise InputError(f"{path}: ssh_tunnel is not taken: open the tunnel first, and give its end as host and port")
    known = {*STORES[name], *_WITHOUT_EFFECT, "ssh_tunnel"}
    for argument in given:
        if argument not in known:
            raise InputError(f"{path}: {name} has no {argument!r}{nearest(str(argument), known)}")
    arguments = {argument: given[argument] for argument in STORES[name] if argument in given}
    for argument in ("path", "paths"):
        if argument in arguments:
            paths = arguments[argument]
            for where in paths if isinstance(paths, list) else [paths]:
                _check_path(path, where)
    return arguments


def _check_path(path: Path, where: Any) -> None:
    if not isinstance(where, str) or not Path(where).is_absolute():
        raise InputError(f"{path}: the path of a store must be absolute: {where}")
    if not Path(where).exists():
        raise InputError(f"{path}: there is no file {where}")


def _built(name: str, arguments: dict[str, Any]) -> Any:
    if name == "JSONStore":
        paths = arguments["paths"]
        return _JSONFiles(paths if isinstance(paths, list) else [paths])
    if name == "SQLiteStore":
        from screening.database.sqlite.store import SQLiteStore

        return SQLiteStore(**arguments, read_only=True)
    from maggma.stores import MongoStore

    options = {"serverSelectionTimeoutMS": _TIMEOUT_MS, **(arguments.get("mongoclient_kwargs") or {})}
    return MongoStore(**{"database": None, **arguments, "mongoclient_kwargs": options})


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]
