"""The indexes of a database on MongoDB: without them every question reads every document."""

from __future__ import annotations

from typing import Any

from screening.common.errors import StoreError

LARGE_FILES = "data.files"  # where GridFS notes the large parts of outputs
UNIQUE: dict[str, tuple[str, ...]] = {  # no two documents may be equal in all of these
    "jobs": ("uuid", "index"),
    "coatings": ("key",),
    "rankings": ("ranking_id",),
    "runs": ("run_id",),
}
ASKED_BY: dict[str, tuple[str, ...]] = {  # one index for each
    "jobs": ("metadata.scope", "metadata.ranking"),
    "coatings": ("ranking_id", "coating", "cathode", "electrolyte"),
    LARGE_FILES: ("metadata.job_uuid", "metadata.blob_uuid"),
}


def ensure_indexes(database: Any, collection: str, name: str) -> None:
    """Make the indexes of a collection where they are not yet.

    Parameters
    ----------
    database
        Of pymongo.
    collection
        One of those in :data:`UNIQUE` and :data:`ASKED_BY`.
    name
        What messages call the database.

    Raises
    ------
    StoreError
        If documents are there that are equal where no two may be: a version without this index wrote them.
    PyMongoError
        If the server cannot be asked, or the user may not make indexes.
    """
    from pymongo import IndexModel
    from pymongo.errors import DuplicateKeyError

    indexes = [IndexModel(field) for field in ASKED_BY.get(collection, ())]
    if fields := UNIQUE.get(collection):
        indexes.append(IndexModel([(field, 1) for field in fields], unique=True))
    try:
        database[collection].create_indexes(indexes)
    except DuplicateKeyError as error:
        twice = (error.details or {}).get("keyValue", {})
        which = " and ".join(f"{field} {value}" for field, value in twice.items())
        raise StoreError(f"{name}: the collection {collection} holds two documents with {which}: delete one") from None
