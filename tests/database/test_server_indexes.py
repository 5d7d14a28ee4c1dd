"""On MongoDB every question is answered from an index, and nothing is twice in the database."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from fixtures_screening import SMALL, settings_for
from pymongo import MongoClient

from screening import CoatingDatabase
from screening.common.errors import StoreError
from screening.database import StoreLocation
from screening.database.server_indexes import LARGE_FILES, UNIQUE
from workflows import run_screening
from workflows.outputs import finished, job_store, output_of
from workflows.runs import delete_run, describe_run, list_runs, rename_run

MANY = 100_000
CHUNK = 5_000
MOST_EXAMINED = 1_000  # documents that one question of the small screening in the large database may look at


@pytest.fixture
def server_database(database_uri):
    with MongoClient(database_uri) as client:
        yield client.get_default_database()


def test_an_output_is_there_once(database_uri):
    """Though eight write it at one time, ten times."""
    stores = [job_store(StoreLocation(database_uri)) for _ in range(8)]
    for number in range(10):
        document = {"uuid": f"job {number}", "index": 1, "output": {"value": number}}
        with ThreadPoolExecutor(len(stores)) as pool:
            list(pool.map(lambda store, document=document: store.update([document]), stores))
    assert stores[0].docs_store.count() == 10


def test_an_output_that_is_there_twice_is_named(database_uri, server_database):
    """As a version without the index could leave it."""
    server_database["jobs"].insert_many([{"uuid": "a", "index": 1, "n": n} for n in (1, 2)])
    server_database["schema"].insert_one({"_id": "schema", "version": 1})
    with pytest.raises(StoreError, match="the collection jobs holds two documents with uuid a and index 1") as caught:
        StoreLocation(database_uri).open("jobs")
    assert len(str(caught.value).splitlines()) == 1
    assert server_database["jobs"].count_documents({}) == 2


def test_all_indexes_are_made_once_by_several_at_once(database_uri, server_database):
    def open_all(_):
        for name in UNIQUE:
            StoreLocation(database_uri).open(name)
        job_store(StoreLocation(database_uri))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(open_all, range(4)))
    made = {name: set(server_database[name].index_information()) for name in (*UNIQUE, LARGE_FILES)}
    assert made == {
        "jobs": {"_id_", "uuid_1_index_1", "metadata.scope_1", "metadata.ranking_1"},
        "coatings": {"_id_", "key_1", "ranking_id_1", "coating_1", "cathode_1", "electrolyte_1"},
        "rankings": {"_id_", "ranking_id_1"},
        "runs": {"_id_", "run_id_1"},
        LARGE_FILES: {"_id_", "metadata.job_uuid_1", "metadata.blob_uuid_1"},
    }


def test_an_order_that_takes_more_memory_than_a_server_gives(database_uri, server_database, tmp_path):
    """The server writes to its disk in place of refusing, also where that is not its default (before MongoDB 6.0)."""
    run_screening(settings_for(tmp_path, store=database_uri))
    admin, limit = server_database.client.admin, "internalQueryMaxBlockingSortMemoryUsageBytes"
    with CoatingDatabase.open(database_uri) as database:
        expected = database.search(fields=["coating", "rank"])
        before = [admin.command("getParameter", **{name: 1})[name] for name in (limit, "allowDiskUseByDefault")]
        try:
            admin.command("setParameter", **{limit: 10_000, "allowDiskUseByDefault": False})
            assert database.search(fields=["coating", "rank"]) == expected
            assert database.search(fields=["coating", "rank"], limit=2) == expected[:2]
        finally:
            admin.command("setParameter", **dict(zip((limit, "allowDiskUseByDefault"), before, strict=True)))


@contextmanager
def asked(database):
    """Note every question that is put to a database, as its profiler does; gives the list, filled at the end."""
    found = []
    database.command("profile", 0)
    database["system.profile"].drop()
    database.create_collection("system.profile", capped=True, size=16 * 2**20)
    database.command("profile", 2)
    try:
        yield found
    finally:
        database.command("profile", 0)
        found += database["system.profile"].find({})


def multiply(collection, change):
    """Fill a collection with copies of its documents that differ in what `change` gives for a number."""
    documents = list(collection.find({}))
    for start in range(0, MANY, CHUNK):
        copies = []
        for number in range(start, start + CHUNK):
            copy = {**documents[number % len(documents)], **change(number)}
            del copy["_id"]
            copies.append(copy)
        collection.insert_many(copies, ordered=False)


@pytest.mark.slow
def test_no_question_reads_everything(database_uri, server_database, tmp_path):
    """Of a small screening among a hundred thousand documents of others, in each of the large collections."""
    settings = settings_for(tmp_path, store=database_uri)
    run_screening(settings)
    location, light = StoreLocation(database_uri), {"interfaces": [], "stability": None, "window": None}

    def of_other(number):
        return {"ranking_id": f"other {number // 1000}"}

    multiply(server_database["coatings"], lambda n: {**light, **of_other(n), "key": f"{n}", "coating": f"other {n}"})
    multiply(server_database["jobs"], lambda n: {"uuid": f"{n}", "metadata": {}, "output": None})
    multiply(server_database[LARGE_FILES], lambda n: {"metadata": {"job_uuid": f"{n}", "blob_uuid": f"{n}"}})
    with asked(server_database) as questions:
        with CoatingDatabase.open(location) as database:
            (pair,) = database.pairs()
            assert len(database.search(cathode=pair[0], electrolyte=pair[1])) == len(SMALL["coatings"])
            (found,) = database.search(coating="HfO2")
            assert len(database.search(max_reaction_energy_mev_per_atom=1e6, limit=2, fields=["rank"])) == 2
            assert len(database.search(filter={"formula": "HfO2"}, sort="cost")) == 1
            (ranking,) = database.ranking()
            assert ranking.ranking_id not in database.names(found["coating"])
            assert database.names(ranking.ranking_id) == sorted(SMALL["coatings"])
            assert database.count(ranking_id=ranking.ranking_id, ranked=True) == len(SMALL["coatings"])
        assert run_screening(settings).outcome.done == []  # looks at all of its jobs
        assert len(run_screening(settings_for(tmp_path, store=database_uri, coatings=["LiTaO3"])).outcome.done) > 0
        (first, _) = sorted(list_runs(location), key=lambda run: run.created)
        jobs = job_store(location)
        assert set(finished(jobs, first.jobs)) == set(first.jobs)
        assert output_of(jobs, first.ranking_jobs[0]) is not None
        jobs.remove_docs({"uuid": str(uuid.uuid4())})
        jobs.additional_stores["data"].remove_docs({"job_uuid": str(uuid.uuid4())})
        rename_run(location, first.run_id, "first")
        describe_run(location, "first")
        delete_run(location, "first")
    ours = {f"{server_database.name}.{name}" for name in (*UNIQUE, LARGE_FILES, "data.chunks")}
    to_ours = [question for question in questions if question["ns"] in ours and "planSummary" in question]
    assert {question["ns"] for question in to_ours} == ours
    for question in to_ours:
        examined = (question.get("docsExamined", 0), question.get("keysExamined", 0))
        assert max(examined) < MOST_EXAMINED, (question["ns"], question["planSummary"], question["command"])
