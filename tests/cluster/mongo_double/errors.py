"""MongoDB's errors by code."""

from __future__ import annotations

from typing import Any

NAMES = {
    2: "BadValue",
    8: "UnknownError",
    9: "FailedToParse",
    13: "Unauthorized",
    18: "AuthenticationFailed",
    20: "IllegalOperation",
    26: "NamespaceNotFound",
    27: "IndexNotFound",
    43: "CursorNotFound",
    48: "NamespaceExists",
    59: "CommandNotFound",
    66: "ImmutableField",
    85: "IndexOptionsConflict",
    238: "NotImplemented",
    10334: "BSONObjectTooLarge",
    11000: "DuplicateKey",
    14031: "OutOfDiskSpace",
    17419: "BSONObjectTooLarge",
}


class CommandError(Exception):
    """A command that MongoDB would refuse.

    Parameters
    ----------
    code
        MongoDB's code of the error.
    message
        What is told to the client.
    details
        Further fields of the reply, such as ``keyPattern``.
    """

    def __init__(self, code: int, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    def reply(self) -> dict[str, Any]:
        """Return the reply to a command that failed as a whole."""
        name = NAMES.get(self.code, f"Location{self.code}")
        return {"ok": 0.0, "errmsg": self.message, "code": self.code, "codeName": name, **self.details}

    def write_error(self, index: int) -> dict[str, Any]:
        """Return the entry for one statement of a write command."""
        return {"index": index, "code": self.code, "errmsg": self.message, **self.details}


def translated(error: Exception, namespace: str) -> CommandError:
    """Return what MongoDB would have said for an error of mongomock-ng."""
    from bson.errors import InvalidDocument
    from pymongo.errors import DuplicateKeyError, OperationFailure, PyMongoError

    if isinstance(error, CommandError):
        return error
    if isinstance(error, DuplicateKeyError):
        details = dict(error.details or {})
        pattern, value = details.get("keyPattern", {}), details.get("keyValue", {})
        index = "_id_" if list(pattern) == ["_id"] else "_".join(f"{key}_{order}" for key, order in pattern.items())
        shown = ", ".join(f"{key}: {value[key]!r}" for key in value)
        message = f"E11000 duplicate key error collection: {namespace} index: {index} dup key: {{ {shown} }}"
        value = {key: each for key, each in value.items() if _storable(each)}
        return CommandError(11000, message, keyPattern=pattern, keyValue=value)
    if isinstance(error, NotImplementedError):
        return CommandError(238, f"the double of MongoDB does not know this: {error}")
    if isinstance(error, OperationFailure):
        message = str((error.details or {}).get("errmsg", error))
        code = 66 if "immutable" in message or "_id field cannot be changed" in message else (error.code or 2)
        return CommandError(code, message)
    if isinstance(error, (PyMongoError, InvalidDocument, ValueError, TypeError, KeyError)):
        return CommandError(2, f"{type(error).__name__}: {error}")
    return CommandError(8, f"the double of MongoDB failed: {type(error).__name__}: {error}")


def _storable(value: Any) -> bool:
    import bson

    try:
        bson.encode({"value": value})
    except bson.errors.InvalidDocument:
        return False
    return True
