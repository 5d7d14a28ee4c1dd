"""What a MongoDB has acknowledged to any client of the project is there after the server was killed.

With MongoDB's own defaults it is not: a standalone server acknowledges before its journal is on disk.
"""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import pytest
import yaml
from mongo_server import MongoServer

from screening.database import StoreLocation
from workflows.outputs import LARGE, job_store

ENOUGH = 40  # writes of each client before the kill
PATIENCE_S = 60
UNIQUE = ("key", "uuid", "blob_uuid", "files_id", "fw_id", "launch_id", "db_id", "job_id")  # in one collection or other


@pytest.fixture
def server():
    """A server of the test's own, to be killed."""
    own = MongoServer(Path(tempfile.mkdtemp(prefix="mongodb-")))
    try:
        own.start()
        yield own
    finally:
        own.remove()


def clients(folder, uri):
    """Return the collection that each client writes to, by name, as the programs open it."""
    pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")
    pytest.importorskip("jobflow_remote", reason="the extra [cluster] is not installed")
    from fireworks import LaunchPad
    from jobflow import JobStore
    from jobflow_remote import JobController
    from jobflow_remote.config.base import Project

    from workflows.queue.fireworks.launchpad import open_launchpad
    from workflows.queue.jobflow_remote.remote_queue import _controller
    from workflows.queue.site import Site
    from workflows.queue.site.config_files import write_site

    options = {"scheduler": "slurm", "database": uri, "work_folder": str(folder)}
    fireworks = write_site(Site.make(**options), folder / "fireworks")
    remote = write_site(Site.make(manager="jobflow-remote", **options), folder / "remote")

    def written(site, name):
        return yaml.safe_load((site.folder / name).read_text())

    workers = JobStore.from_dict_spec(written(fireworks, "jobflow.yaml")["JOB_STORE"])
    workers.connect()
    runner = JobController.from_project(Project.model_validate(written(remote, "jobflow_remote/coatscreen.yaml")))
    runner.jobstore.connect()
    here = StoreLocation(uri)
    return {
        "coatings": here.open("coatings")._collection,
        "large outputs": job_store(here).additional_stores[LARGE]._chunks_collection,
        "outputs of workers": workers.docs_store._collection,
        "large outputs of workers": workers.additional_stores[LARGE]._chunks_collection,
        "FireWorks": open_launchpad(fireworks).fireworks,
        "FireWorks, workers": LaunchPad.from_file(str(fireworks.folder / "my_launchpad.yaml")).launches,
        "jobflow-remote": _controller(remote).jobs,
        "jobflow-remote, runner": runner.flows,
        "jobflow-remote, outputs": runner.jobstore.docs_store._collection,
    }


def test_it_outlives_a_kill(tmp_path, server):
    """Killed in the middle of a burst of writes of each client."""
    from pymongo import MongoClient, ReadPreference
    from pymongo.errors import AutoReconnect

    uri = server.database_uri("coatings")
    acknowledged = {}
    everyone = clients(tmp_path, f"{uri}&readPreference=secondary")
    assert all(collection.read_preference == ReadPreference.PRIMARY for collection in everyone.values())
    asked_for = {name: collection.write_concern.document for name, collection in everyone.items()}
    assert asked_for == {name: {"w": "majority", "j": True} for name in everyone}
    killed = threading.Event()
    all_at_it = threading.Barrier(len(everyone) + 1, timeout=PATIENCE_S)

    def burst(name, collection):
        done = acknowledged[name] = []
        while not killed.is_set():
            try:
                ids = dict.fromkeys(UNIQUE, f"{name} {len(done)}")
                collection.insert_one({"writer": name, "each": len(done), **ids})
            except AutoReconnect:
                return
            done.append(len(done))
            if len(done) == ENOUGH:
                all_at_it.wait()

    threads = [threading.Thread(target=burst, args=one) for one in everyone.items()]
    for thread in threads:
        thread.start()
    all_at_it.wait()
    server.kill()
    killed.set()
    server.start()  # for whom it was killed between two writes: it waits for the server
    for thread in threads:
        thread.join(PATIENCE_S)
    with MongoClient(uri) as client:
        for name, collection in everyone.items():
            there = client["coatings"][collection.name].distinct("each", {"writer": name})
            assert len(acknowledged[name]) >= ENOUGH
            assert sorted(set(acknowledged[name]) - set(there)) == [], name
