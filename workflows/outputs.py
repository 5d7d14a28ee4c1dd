"""The job store of a database: outputs by the ids of jobs, their large parts apart."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from jobflow import JobStore

from screening.database import StoreLocation
from screening.database.server_indexes import LARGE_FILES, ensure_indexes
from workflows.decoding import guarded

LARGE = "data"  # name of the additional store; atomate2's jobs use the same


def job_store(location: StoreLocation, read_only: bool = False) -> JobStore:
    """Open the job store of a database, to run jobs or only to read their outputs.

    What a job declares as large by ``@job(data=...)`` lies apart: in a collection of its own in an embedded database,
    in GridFS on MongoDB, where a document must not pass 16 MB. What comes out of it names only the classes that jobs
    are made of, see :mod:`workflows.decoding`.

    Raises
    ------
    LocationError, StoreError
        If the database cannot be opened; see :meth:`screening.database.StoreLocation.open`.
    """
    jobs = location.open("jobs", read_only=read_only)
    if location.folder is not None:
        from screening.database.sqlite_store import SQLiteStore

        large: Any = SQLiteStore(jobs.path, LARGE, key="blob_uuid", read_only=read_only)
    else:
        from maggma.stores import GridFSStore

        large = GridFSStore.from_uri(location.uri, LARGE, key="blob_uuid", mongoclient_kwargs=location.client_options)
    store = guarded(JobStore(jobs, additional_stores={LARGE: large}))
    with location.errors():
        store.connect()
        if location.folder is None and not read_only:
            ensure_indexes(large._files_collection.database, LARGE_FILES, location.name)
    return store


def finished(store: JobStore, uuids: Collection[str]) -> dict[str, str]:
    """Return when each finished job finished, of some jobs.

    A job counts as finished when its output and all large parts of it are there: jobflow writes the parts after the
    output, and a process may be killed between the two.
    """
    found: dict[str, str] = {}
    parts: dict[str, set[str]] = {}
    criteria = {"uuid": {"$in": list(uuids)}}
    for document in store.query(criteria, properties=["uuid", "completed_at", "output"]):
        found[document["uuid"]] = str(document.get("completed_at"))
        if wanted := set(_parts(document.get("output"))):
            parts[document["uuid"]] = wanted
    if parts and LARGE in store.additional_stores:
        there = set(store.additional_stores[LARGE].distinct("blob_uuid", {"job_uuid": {"$in": list(parts)}}))
        for uuid, wanted in parts.items():
            if not wanted <= there:
                del found[uuid]
    return found


def output_of(store: JobStore, uuid: str) -> dict[str, Any] | None:
    """Return the plain output of a finished job, its large parts in place; None if it is not finished."""
    if uuid not in finished(store, [uuid]):
        return None
    return {name: value for name, value in store.get_output(uuid, load=True).items() if not name.startswith("@")}


def _parts(output: Any) -> Iterator[str]:
    """Yield the ids of the large parts of an output."""
    if isinstance(output, dict):
        if "blob_uuid" in output:
            yield output["blob_uuid"]
        else:
            for value in output.values():
                yield from _parts(value)
    elif isinstance(output, list):
        for value in output:
            yield from _parts(value)
