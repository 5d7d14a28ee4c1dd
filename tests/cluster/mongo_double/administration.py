"""Commands about collections, indexes, databases and the server itself."""

from __future__ import annotations

from typing import Any

from bson import Int64
from mongomock_ng.filtering import filter_applies

from .errors import CommandError

Command = dict[str, Any]
VERSION = [7, 0, 34]


def create_indexes(database: Any, command: Command) -> dict[str, Any]:
    """Make indexes; only unique ones and those with a lifetime have an effect."""
    collection = database[command["createIndexes"]]
    existed = collection.name in database.list_collection_names()
    before = len(collection.index_information()) if existed else 1
    for index in command["indexes"]:
        options = {
            key: index[key] for key in ("sparse", "expireAfterSeconds", "partialFilterExpression") if key in index
        }
        keys = list(index["key"].items())
        if keys == [("_id", 1)]:
            continue
        same = collection.index_information().get(index["name"])
        if same is not None and (same["key"] != keys or bool(same.get("unique")) != bool(index.get("unique"))):
            raise CommandError(85, f"An index named {index['name']} exists with other options")
        collection.create_index(keys, name=index["name"], unique=bool(index.get("unique")), **options)
    after = len(collection.index_information())
    counts = {"numIndexesBefore": before, "numIndexesAfter": after}
    return {**counts, "createdCollectionAutomatically": not existed, "ok": 1.0}


def list_indexes(database: Any, command: Command) -> list[Any]:
    """Return the indexes of a collection."""
    return list(_existing(database, command["listIndexes"]).list_indexes())


def drop_indexes(database: Any, command: Command) -> dict[str, Any]:
    """Drop one index by name or keys, or all."""
    collection = _existing(database, command["dropIndexes"])
    before = collection.index_information()
    which = command["index"]
    if which == "*":
        collection.drop_indexes()
        return {"nIndexesWas": len(before), "ok": 1.0}
    if isinstance(which, dict):
        keys = list(which.items())
        which = next((name for name, index in before.items() if index["key"] == keys), str(which))
    if which not in before:
        raise CommandError(27, f"index not found with name [{which}]")
    collection.drop_index(which)
    return {"nIndexesWas": len(before), "ok": 1.0}


def list_collections(database: Any, command: Command) -> list[Any]:
    """Return the collections of a database."""
    listed = [
        {"name": name, "type": "collection", "options": {}, "info": {"readOnly": False}}
        for name in database.list_collection_names()
    ]
    return [each for each in listed if filter_applies(command.get("filter") or {}, each)]


def create(database: Any, command: Command) -> dict[str, Any]:
    """Make an empty collection."""
    if command["create"] in database.list_collection_names():
        raise CommandError(48, f"Collection {database.name}.{command['create']} already exists.")
    database.create_collection(command["create"])
    return {"ok": 1.0}


def drop(database: Any, command: Command) -> dict[str, Any]:
    """Drop a collection."""
    _existing(database, command["drop"]).drop()
    return {"ns": f"{database.name}.{command['drop']}", "ok": 1.0}


def drop_database(database: Any, command: Command) -> dict[str, Any]:
    """Drop a database."""
    database.client.drop_database(database.name)
    return {"dropped": database.name, "ok": 1.0}


def list_databases(client: Any, command: Command) -> dict[str, Any]:
    """Return the databases."""
    listed = [{"name": name, "sizeOnDisk": Int64(0), "empty": False} for name in client.list_database_names()]
    return {"databases": listed, "totalSize": Int64(0), "ok": 1.0}


def build_info() -> dict[str, Any]:
    """Return the version that is played."""
    version = ".".join(map(str, VERSION))
    return {"version": version, "versionArray": [*VERSION, 0], "modules": ["double"], "bits": 64, "ok": 1.0}


def _existing(database: Any, name: str) -> Any:
    if name not in database.list_collection_names():
        raise CommandError(26, f"ns does not exist: {database.name}.{name}")
    return database[name]
