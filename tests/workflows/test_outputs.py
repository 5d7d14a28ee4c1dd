"""The job store: outputs by the ids of jobs; their large parts are there once, however often they are written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from screening.database import StoreLocation
from workflows.outputs import LARGE, finished, job_store

LARGE_PARTS = {"first": {"contacts": [1.5, 2.5]}, "nested": [{"contacts": [3.5]}, {"contacts": [4.5]}]}


@pytest.fixture(params=["embedded", "server"])
def location(request, tmp_path):
    where = tmp_path / "db" if request.param == "embedded" else request.getfixturevalue("database_uri")
    return StoreLocation(where)


def output(number: int, uuid: str = "job", index: int = 1):
    return {"uuid": uuid, "index": index, "name": "job", "output": {**LARGE_PARTS, "attempt": number}}


def write(location: str, number: int) -> None:
    """Write an output as a process of its own does."""
    store = job_store(StoreLocation(location))
    for again in range(5):
        store.update([output(10 * number + again)], save={LARGE: "contacts"})
    store.close()


def parts(store):
    return sorted(store.additional_stores[LARGE].distinct("blob_uuid"))


def test_an_output_written_again_replaces_its_parts(location):
    store = job_store(location)
    for number in (1, 2):
        store.update([output(number), output(number, "other")], save={LARGE: "contacts"})
    assert len(parts(store)) == 6
    assert set(finished(store, ["job", "other"])) == {"job", "other"}
    for uuid in ("job", "other"):
        assert store.get_output(uuid, load=True) == {**LARGE_PARTS, "attempt": 2}


def test_a_part_that_is_the_same_stays_as_it_is(database_uri):
    """Somebody may be reading it."""
    store = job_store(StoreLocation(database_uri))
    files = store.additional_stores[LARGE]._files_collection
    store.update([output(1)], save={LARGE: "contacts"})
    before = set(files.distinct("_id"))
    store.update([output(2)], save={LARGE: "contacts"})
    assert set(files.distinct("_id")) == before
    other = output(3)
    other["output"]["first"] = {"contacts": [0.0]}
    store.update([other], save={LARGE: "contacts"})
    assert len(set(files.distinct("_id")) & before) == 2
    assert store.get_output("job", load=True) == other["output"]


def test_each_part_is_that_of_its_place(location):
    """And of its job and the attempt that jobflow counts."""
    store = job_store(location)
    store.update([output(1), output(2, index=2)], save={LARGE: "contacts"})
    assert len(parts(store)) == 6
    (first, second) = sorted(store.query({"uuid": "job"}, load=True), key=lambda one: one["index"])
    assert first["output"] == {**LARGE_PARTS, "attempt": 1}
    assert second["output"] == {**LARGE_PARTS, "attempt": 2}


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_written_by_several_at_once(location):
    """Processes on a file, threads on a server, which are many connections too."""
    where = str(location.folder or location.uri)
    job_store(location).close()
    if location.folder is not None:
        writers = [get_context("spawn").Process(target=write, args=(where, number)) for number in range(3)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(60)
        assert [writer.exitcode for writer in writers] == [0] * len(writers)
    else:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: write(where, number), range(8)))
    store = job_store(location)
    assert len(parts(store)) == 3
    assert store.docs_store.count() == 1
    assert set(finished(store, ["job"])) == {"job"}
    found = store.get_output("job", load=True)
    assert {name: value for name, value in found.items() if name != "attempt"} == LARGE_PARTS


def test_the_parts_are_there_before_the_output(location, monkeypatch):
    """A process killed between the two leaves nothing that refers to what is not there."""
    store = job_store(location)

    def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(store.docs_store, "update", killed)
    with pytest.raises(KeyboardInterrupt):
        store.update([output(1)], save={LARGE: "contacts"})
    assert len(parts(store)) == 3
    assert store.docs_store.count() == 0
    monkeypatch.undo()
    store.update([output(2)], save={LARGE: "contacts"})
    assert len(parts(store)) == 3
