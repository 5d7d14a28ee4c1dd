"""The documents of a database, opened for reading: one connection for each collection, made when it is first asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from screening.common.errors import StoreError
from screening.database.queries.questions import sort_order
from screening.database.stores import Collection, StoreLocation
from screening.files.validation import explained

Model = TypeVar("Model", bound=BaseModel)


class StoredDocuments:
    """The collections of a database.

    Parameters
    ----------
    location
        Where the database is.

    Raises
    ------
    StoreError
        Here and in every method: if there is no database, it cannot be read, or it is of another version's form.
    """

    def __init__(self, location: StoreLocation) -> None:
        self.location = location
        self._stores: dict[Collection, Any] = {}
        self._store("coatings")

    def close(self) -> None:
        """Close all connections."""
        for store in self._stores.values():
            store.close()
        self._stores.clear()

    def find(self, collection: Collection, criteria: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the documents that match, whole."""
        with self.location.errors():
            return list(self._store(collection).query(dict(criteria)))

    def first(
        self, collection: Collection, criteria: Mapping[str, Any], fields: Sequence[str]
    ) -> dict[str, Any] | None:
        """Return some fields of a document that matches; None if there is none."""
        with self.location.errors():
            return next(iter(self._store(collection).query(dict(criteria), list(fields), limit=1)), None)

    def count(self, collection: Collection, criteria: Mapping[str, Any]) -> int:
        """Count the documents that match."""
        with self.location.errors():
            return int(self._store(collection).count(dict(criteria)))

    def names(self, field: str, criteria: Mapping[str, Any]) -> list[str]:
        """Return the texts that a field of the coatings holds, sorted."""
        with self.location.errors():
            return sorted(self._store("coatings").distinct(field, dict(criteria)))

    def coatings(
        self, criteria: Mapping[str, Any], sort: str, limit: int, properties: Sequence[str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the coatings that match in order, one at a time; what lacks the value comes last.

        Equal ones are in the order of rank, name and ranking, so that the order is the same in every database and for
        every limit.

        Parameters
        ----------
        criteria
            A MongoDB filter.
        sort
            As :func:`~screening.database.queries.questions.sort_order` takes it.
        limit
            At most so many; 0 for all.
        properties
            The fields wanted; None for all.
        """
        field, direction = sort_order(sort)
        order = {field: direction, "rank": 1, "coating": 1, "ranking_id": 1}
        store = self._store("coatings")
        wanted: dict[str, Any] = {"properties": None if properties is None else list(properties), "limit": limit}
        if self.location.folder is None:  # a MongoDB before 6.0 else refuses to sort more than 100 MB
            wanted["allow_disk_use"] = True

        def found() -> Iterator[dict[str, Any]]:
            for part in ({field: {"$ne": None}}, {field: None}):
                yield from store.query({"$and": [dict(criteria), part]}, sort=order, **wanted)

        with self.location.errors():
            yield from islice(found(), limit or None)

    def read(self, kind: type[Model], doc: Mapping[str, Any]) -> Model:
        """Read a document as one of a kind; one that is damaged or of another version is refused."""
        try:
            return kind.model_validate(doc)
        except ValidationError as error:
            raise StoreError(
                f"{self.location.name} holds a document that is damaged or of another version ({explained(error)}); "
                "run the screening again"
            ) from None

    def _store(self, collection: Collection) -> Any:
        if collection not in self._stores:
            self._stores[collection] = self.location.read(collection)
        return self._stores[collection]
