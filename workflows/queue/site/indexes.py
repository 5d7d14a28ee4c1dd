"""The indexes by which things are looked up in a site's database, beside those of the job managers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from screening.database.server_indexes import ASKED_BY, UNIQUE, ensure_indexes
from workflows.queue.words import LABEL

if TYPE_CHECKING:
    from workflows.queue.site.site import Site

_FLOWS = {"fireworks": "workflows", "jobflow-remote": "jf_flows"}


def indexes(site: Site) -> dict[str, list[tuple[str, ...]]]:
    """Return the fields of the indexes by collection: of flows, of queue jobs, and of what jobs write."""
    found: dict[str, list[tuple[str, ...]]] = {
        name: [(field,) for field in fields] for name, fields in ASKED_BY.items()
    }
    for name, fields in UNIQUE.items():
        found.setdefault(name, []).append(fields)
    return {**found, **_of_manager(site)}


def _of_manager(site: Site) -> dict[str, list[tuple[str, ...]]]:
    return {
        _FLOWS[site.manager]: [(f"metadata.{LABEL}.flow_id",), (f"metadata.{LABEL}.name",)],
        "queue_jobs": [("site", "user", "launched")],
    }


def make_indexes(site: Site) -> None:
    """Make the indexes that are not there.

    Raises
    ------
    StoreError
        If the database cannot be reached or written.
    """
    with _database(site) as database:
        for collection in {*UNIQUE, *ASKED_BY}:
            ensure_indexes(database, collection, site.location.name)
        for collection, wanted in _of_manager(site).items():
            for fields in wanted:
                database[collection].create_index([(field, 1) for field in fields])


def missing_indexes(site: Site) -> list[str]:
    """Return the indexes that are not there, as ``collection (field, field)``.

    Raises
    ------
    StoreError
        If the database cannot be reached.
    """
    missing = []
    with _database(site) as database:
        if _FLOWS[site.manager] not in database.list_collection_names():
            return []  # the first submission makes all
        for collection, wanted in indexes(site).items():
            keys = [index["key"] for index in database[collection].index_information().values()]
            there = [tuple(field for field, _ in key) for key in keys]
            missing += [f"{collection} ({', '.join(fields)})" for fields in wanted if fields not in there]
    return missing


@contextmanager
def _database(site: Site) -> Iterator[Any]:
    from pymongo import MongoClient

    with site.location.errors(), MongoClient(site.location.uri, **site.location.client_options) as client:
        with site.location.first_contact():
            client.admin.command("ping")
        yield client.get_default_database()
