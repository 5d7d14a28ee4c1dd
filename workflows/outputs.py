"""The job store of a database: outputs by the ids of jobs, their large parts apart."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from typing import Any

from jobflow import JobStore

from screening.common.errors import StoreError
from screening.database import StoreLocation
from screening.database.server_indexes import LARGE_FILES, ensure_indexes
from workflows.decoding import require_known_classes
from workflows.identity import digest

LARGE = "data"  # name of the additional store; atomate2's jobs use the same
_HASH = "sha256"  # of a large part, which GridFS keeps beside it


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
        from screening.database.sqlite.store import SQLiteStore

        large: Any = SQLiteStore(jobs.path, LARGE, key="blob_uuid", read_only=read_only)
    else:
        from maggma.stores import GridFSStore

        large = GridFSStore.from_uri(
            location.uri,
            LARGE,
            key="blob_uuid",
            searchable_fields=[_HASH],
            mongoclient_kwargs=location.client_options,
        )
    store = OutputStore(jobs, additional_stores={LARGE: large})
    with location.errors():
        store.connect()
        if location.folder is None and not read_only:
            ensure_indexes(large._files_collection.database, LARGE_FILES, location.name)
    return store


class OutputStore(JobStore):  # type: ignore[misc]
    """jobflow's job store, with two differences.

    A document is looked through before anybody decodes it. A large part is named by its job and by its place in the
    output, where jobflow draws a name for each attempt: an output that is written twice, by a worker that was thought
    lost and by the one that took its job, has its parts once.
    """

    def query(self, *args: Any, **kwargs: Any) -> Iterator[dict[str, Any]]:
        """Yield documents, see jobflow.

        Raises
        ------
        StoreError
            If one names a class that is not known.
        """
        for document in super().query(*args, **kwargs):
            require_known_classes(document)
            yield document

    def update(self, docs: Any, key: list[str] | str | None = None, save: Any = None) -> None:
        """Write outputs, see jobflow; their large parts first, so that no output refers to one that is not there.

        A part that is there as it is stays untouched: GridFS replaces a part by a new one, and somebody may be reading
        the old one.
        """
        taken_apart = copy.copy(self)
        taken_apart.docs_store = written = _Written()
        taken_apart.additional_stores = parts = {name: _Written() for name in self.additional_stores}
        JobStore.update(taken_apart, docs, key, save)
        for name, store in self.additional_stores.items():
            names = {part["blob_uuid"]: part for part in parts[name].documents}
            for document in written.documents:
                for place, reference in _references(document):
                    if part := names.get(reference["blob_uuid"]):
                        named = digest([document["uuid"], document["index"], place])[:32]
                        part["blob_uuid"] = reference["blob_uuid"] = named
            if new := _changed(parts[name].documents, store):
                store.update(new, key="blob_uuid")
        self.docs_store.update(written.documents, key=written.key)


def _changed(parts: list[dict[str, Any]], store: Any) -> list[dict[str, Any]]:
    """Return the large parts that a store does not hold as they are, which it tells by their hashes."""
    for part in parts:
        part[_HASH] = digest([part["blob_uuid"], part["data"]])
    of_these = {"blob_uuid": {"$in": [part["blob_uuid"] for part in parts]}}
    there = set(store.distinct(_HASH, of_these)) if parts else set()
    return [part for part in parts if part[_HASH] not in there]


class _Written:
    """Takes what is to be written, in place of a store."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []
        self.key: list[str] | str | None = None

    def update(self, documents: list[dict[str, Any]], key: list[str] | str) -> None:
        self.documents, self.key = documents, key


def finished(store: JobStore, uuids: Collection[str]) -> dict[str, str]:
    """Return when each finished job finished, of some jobs.

    A job counts as finished when its output and all large parts of it are there: a worker that was thought lost may
    write the output while the one that took its job clears what was there.
    """
    found: dict[str, str] = {}
    parts: dict[str, set[str]] = {}
    criteria = {"uuid": {"$in": list(uuids)}}
    for document in store.query(criteria, properties=["uuid", "completed_at", "output"]):
        found[document["uuid"]] = str(document.get("completed_at"))
        if wanted := {reference["blob_uuid"] for _, reference in _references(document.get("output"))}:
            parts[document["uuid"]] = wanted
    if parts and LARGE in store.additional_stores:
        there = set(store.additional_stores[LARGE].distinct("blob_uuid", {"job_uuid": {"$in": list(parts)}}))
        for uuid, wanted in parts.items():
            if not wanted <= there:
                del found[uuid]
    return found


def output_of(store: JobStore, uuid: str) -> dict[str, Any] | None:
    """Return the plain output of a finished job, its large parts in place; None if it is not finished.

    Raises
    ------
    StoreError
        If it is no document.
    """
    if uuid not in finished(store, [uuid]):
        return None
    output = store.get_output(uuid, load=True)
    if not isinstance(output, dict):
        raise StoreError(f"the database holds an output of another program: that of the job {uuid} is no document")
    return {name: value for name, value in output.items() if not name.startswith("@")}


def _references(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what stands for the large parts of an output or a document, each with its place in it."""
    if isinstance(value, dict):
        if "blob_uuid" in value:
            yield place, value
        else:
            for name, member in value.items():
                yield from _references(member, f"{place}/{name}")
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _references(member, f"{place}/{number}")
