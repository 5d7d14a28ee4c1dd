"""Commands that change documents."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from typing import Any

import bson

from .errors import CommandError, translated
from .wire import LARGEST_DOCUMENT_BYTES

Command = dict[str, Any]


def prepared(command: Command) -> Command:
    """Return the command with all that the server decides filled in, so that replaying it gives the same."""
    command = dict(command)
    name = next(iter(command))
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    if name == "insert":
        command["documents"] = [
            each if "_id" in each else {"_id": bson.ObjectId(), **each} for each in command["documents"]
        ]
    elif name == "update":
        command["updates"] = [
            {**each, "u": _dated(each["u"], now), "newId": bson.ObjectId()} for each in command["updates"]
        ]
    elif name in ("findAndModify", "findandmodify") and command.get("update") is not None:
        command["update"] = _dated(command["update"], now)
        command["newId"] = bson.ObjectId()
    return command


def insert(database: Any, command: Command) -> dict[str, Any]:
    """Insert documents."""
    collection = database[command["insert"]]

    def one(document: dict[str, Any]) -> None:
        if len(bson.encode(document)) > LARGEST_DOCUMENT_BYTES:
            raise CommandError(10334, f"object to insert too large. Limit: {LARGEST_DOCUMENT_BYTES} bytes")
        collection.insert_one(document)

    done, errors = _each(collection, command, command["documents"], one)
    return _reply({"n": len(done)}, errors)


def update(database: Any, command: Command) -> dict[str, Any]:
    """Update or replace documents."""
    collection = database[command["update"]]

    def one(statement: dict[str, Any]) -> tuple[int, int, Any]:
        return _change(
            collection,
            statement.get("q", {}),
            statement["u"],
            statement["newId"],
            multi=bool(statement.get("multi")),
            upsert=bool(statement.get("upsert")),
            array_filters=statement.get("arrayFilters"),
        )

    done, errors = _each(collection, command, command["updates"], one)
    upserted = [{"index": index, "_id": new_id} for index, (_, _, new_id) in done.items() if new_id is not None]
    counts: dict[str, Any] = {
        "n": sum(matched for matched, _, _ in done.values()) + len(upserted),
        "nModified": sum(modified for _, modified, _ in done.values()),
    }
    if upserted:
        counts["upserted"] = upserted
    return _reply(counts, errors)


def delete(database: Any, command: Command) -> dict[str, Any]:
    """Delete documents."""
    collection = database[command["delete"]]

    def one(statement: dict[str, Any]) -> int:
        if statement.get("limit") == 1:
            return int(collection.delete_one(statement.get("q", {})).deleted_count)
        return int(collection.delete_many(statement.get("q", {})).deleted_count)

    done, errors = _each(collection, command, command["deletes"], one)
    return _reply({"n": sum(done.values())}, errors)


def find_and_modify(database: Any, command: Command) -> dict[str, Any]:
    """Change or remove one document, and give it as it was or as it is now."""
    collection = database[next(iter(command.values()))]
    query, fields = command.get("query") or {}, command.get("fields")
    sort = list((command.get("sort") or {}).items()) or None
    old = collection.find_one(query, sort=sort)
    if command.get("remove"):
        if old is None:
            return {"lastErrorObject": {"n": 0}, "value": None, "ok": 1.0}
        value = collection.find_one({"_id": old["_id"]}, fields)
        collection.delete_one({"_id": old["_id"]})
        return {"lastErrorObject": {"n": 1}, "value": value, "ok": 1.0}
    upsert = bool(command.get("upsert"))
    if old is None and not upsert:
        return {"lastErrorObject": {"n": 0, "updatedExisting": False}, "value": None, "ok": 1.0}
    before = None if old is None else collection.find_one({"_id": old["_id"]}, fields)
    spec = query if old is None else {**query, "_id": old["_id"]}
    change, filters = command["update"], command.get("arrayFilters")
    _, _, new_id = _change(collection, spec, change, command["newId"], upsert=upsert, array_filters=filters)
    state: dict[str, Any] = {"n": 1, "updatedExisting": old is not None}
    if new_id is not None:
        state["upserted"] = new_id
    key = new_id if old is None else old["_id"]
    value = collection.find_one({"_id": key}, fields) if command.get("new") else before
    return {"lastErrorObject": state, "value": value, "ok": 1.0}


def _change(
    collection: Any,
    query: dict[str, Any],
    change: Any,
    new_id: Any,
    *,
    multi: bool = False,
    upsert: bool = False,
    array_filters: list[dict[str, Any]] | None = None,
) -> tuple[int, int, Any]:
    """Make one change, wholly or not at all, and return how many matched, how many changed and the id of a new one."""
    originals = list(collection.find(query))
    if not multi:
        originals = originals[:1]
    if not originals and not upsert:
        return 0, 0, None
    if not originals:
        query = _with_id(query, change, new_id)
    try:
        if isinstance(change, list) or next(iter(change), "").startswith("$"):
            change_documents = collection.update_many if multi else collection.update_one
            result = change_documents(query, change, upsert=upsert, array_filters=array_filters)
        else:
            if multi:
                raise CommandError(9, "multi update is not supported for replacement-style update")
            result = collection.replace_one(query, change, upsert=upsert)
        touched = [each["_id"] for each in originals] if originals else [result.upserted_id]
        for document in collection.find({"_id": {"$in": touched}}):
            if len(bson.encode(document)) > LARGEST_DOCUMENT_BYTES:
                message = f"Resulting document after update is larger than {LARGEST_DOCUMENT_BYTES}"
                if not originals:
                    collection.delete_one({"_id": document["_id"]})
                raise CommandError(17419, message)
    except Exception:
        for original in originals:  # mongomock-ng leaves half a change behind
            collection.replace_one({"_id": original["_id"]}, original)
        raise
    if originals:
        return result.matched_count, result.modified_count, None
    return 0, 0, result.upserted_id


def _with_id(query: dict[str, Any], change: Any, new_id: Any) -> dict[str, Any]:
    given = query.get("_id")
    if isinstance(given, dict) and next(iter(given), "").startswith("$"):
        return {**query, "_id": given.get("$eq", new_id)}
    sets_it = isinstance(change, dict) and (
        "_id" in change or any("_id" in change.get(operator, {}) for operator in ("$set", "$setOnInsert"))
    )
    return query if "_id" in query or sets_it else {**query, "_id": new_id}


def _dated(change: Any, now: datetime.datetime) -> Any:
    """Return the change with the present instead of $currentDate."""
    if not isinstance(change, dict) or "$currentDate" not in change:
        return change
    changed = copy.copy(change)
    fields = changed.pop("$currentDate")
    if any(kind not in (True, {"$type": "date"}) for kind in fields.values()):
        raise CommandError(238, "the double of MongoDB knows $currentDate only with dates")
    changed["$set"] = {**changed.get("$set", {}), **dict.fromkeys(fields, now)}
    return changed


def _each(
    collection: Any, command: Command, statements: list[Any], one: Callable[[Any], Any]
) -> tuple[dict[int, Any], list[dict[str, Any]]]:
    done, errors = {}, []
    for index, statement in enumerate(statements):
        try:
            done[index] = one(statement)
        except Exception as error:
            errors.append(translated(error, collection.full_name).write_error(index))
            if command.get("ordered", True):
                break
    return done, errors


def _reply(counts: dict[str, Any], errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {**counts, **({"writeErrors": errors} if errors else {}), "ok": 1.0}
