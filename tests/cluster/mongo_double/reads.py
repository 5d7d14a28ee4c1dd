"""Commands that read documents, and the cursors over their results."""

from __future__ import annotations

import itertools
from collections import deque
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument

from .errors import CommandError
from .wire import LARGEST_DOCUMENT_BYTES

Command = dict[str, Any]
FIRST_BATCH = 101


class Cursors:
    """Results that clients have not fetched yet."""

    def __init__(self) -> None:
        self._ids = itertools.count(1_000_001)
        self._open: dict[int, tuple[str, deque[bytes]]] = {}

    def first(self, namespace: str, documents: list[Any], size: int | None, single: bool = False) -> dict[str, Any]:
        """Return the reply with the first documents, and keep the others."""
        left = deque(bson.encode(document) for document in documents)
        batch = _batch(left, FIRST_BATCH if size is None else size)
        key = 0
        if left and not single:
            key = next(self._ids)
            self._open[key] = (namespace, left)
        return {"cursor": {"firstBatch": batch, "id": bson.Int64(key), "ns": namespace}, "ok": 1.0}

    def more(self, command: Command) -> dict[str, Any]:
        """Return the reply with the next documents."""
        key = int(command["getMore"])
        if key not in self._open:
            raise CommandError(43, f"cursor id {key} not found")
        namespace, left = self._open[key]
        batch = _batch(left, command.get("batchSize") or len(left))
        if not left:
            del self._open[key]
        return {"cursor": {"nextBatch": batch, "id": bson.Int64(key if left else 0), "ns": namespace}, "ok": 1.0}

    def kill(self, command: Command) -> dict[str, Any]:
        """Forget cursors."""
        known = [key for key in command["cursors"] if self._open.pop(int(key), None)]
        unknown = [key for key in command["cursors"] if key not in known]
        return {"cursorsKilled": known, "cursorsNotFound": unknown, "cursorsAlive": [], "cursorsUnknown": [], "ok": 1.0}


def find(database: Any, command: Command) -> list[Any]:
    """Return the documents that are asked for."""
    if command.get("collation"):
        raise CommandError(238, "the double of MongoDB knows no collations")
    collection = database[command["find"]]
    found = collection.find(
        command.get("filter") or {},
        command.get("projection") or None,
        skip=int(command.get("skip") or 0),
        limit=abs(int(command.get("limit") or 0)),
        sort=list((command.get("sort") or {}).items()) or None,
    )
    return list(found)


def aggregate(database: Any, command: Command) -> list[Any]:
    """Return the results of a pipeline."""
    if not isinstance(command["aggregate"], str):
        raise CommandError(238, "the double of MongoDB aggregates collections only")
    return list(database[command["aggregate"]].aggregate(command["pipeline"]))


def count(database: Any, command: Command) -> dict[str, Any]:
    """Count documents."""
    options = {"limit": abs(int(command["limit"]))} if command.get("limit") else {}
    skip = int(command.get("skip") or 0)
    number = database[command["count"]].count_documents(command.get("query") or {}, skip=skip, **options)
    return {"n": number, "ok": 1.0}


def distinct(database: Any, command: Command) -> dict[str, Any]:
    """Return the distinct values of a field."""
    values = database[command["distinct"]].distinct(command["key"], command.get("query") or {})
    return {"values": values, "ok": 1.0}


def _batch(left: deque[bytes], size: int) -> list[RawBSONDocument]:
    batch: list[RawBSONDocument] = []
    weight = 0
    while left and len(batch) < size and (not batch or weight + len(left[0]) <= LARGEST_DOCUMENT_BYTES):
        weight += len(left[0])
        batch.append(RawBSONDocument(left.popleft()))
    return batch
