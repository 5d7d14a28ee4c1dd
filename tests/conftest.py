"""Fixtures that several test modules share."""

import os
import uuid

import pytest
from hypothesis import settings

from screening.phases.phase_set import PhaseSet

settings.register_profile("default", deadline=None, derandomize=True)  # the same cases everywhere
settings.register_profile("random", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def reference():
    """The packaged energies."""
    return PhaseSet.reference()


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """A folder of its own, and nothing of the user's environment."""
    for name in list(os.environ):
        if name.upper().startswith("COATSCREEN_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def database_server(tmp_path_factory):
    """The MongoDB that MONGODB_URI names, else a double of one."""
    from cluster.database_server import GivenServer
    from cluster.double import Double

    if "MONGODB_URI" in os.environ:
        yield GivenServer(os.environ["MONGODB_URI"])
        return
    double = Double(tmp_path_factory.mktemp("mongodb"))
    double.start()
    yield double
    double.stop()


@pytest.fixture(scope="module")
def double(tmp_path_factory):
    """A double of MongoDB with a user, whatever MONGODB_URI names."""
    from cluster.double import Double

    running = Double(tmp_path_factory.mktemp("mongodb"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def database_uri(database_server):
    """The URI of a database of the test's own, user and password included."""
    from pymongo import MongoClient

    name = f"coatscreen_test_{uuid.uuid4().hex[:12]}"
    uri = database_server.database_uri(name)
    yield uri
    with MongoClient(uri) as client:
        client.drop_database(name)
