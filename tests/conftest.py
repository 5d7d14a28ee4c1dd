"""Fixtures that several test modules share."""

import os
import tempfile
import uuid
from pathlib import Path

import pytest
from fixtures_filled import copied as copied
from fixtures_filled import filled as filled
from fixtures_filled import verb as verb
from fixtures_plugins import install as install
from hypothesis import settings
from mongo_server import GIVEN_URI, GivenServer, MongoServer

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
def database_server():
    """The MongoDB that MONGODB_URI names, else one of the tests' own, started when the first test asks for it."""
    if GIVEN_URI is not None:
        yield GivenServer(GIVEN_URI)
        return
    server = MongoServer(Path(tempfile.mkdtemp(prefix="mongodb-")))
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def database_uri(database_server):
    """The URI of a database of the test's own, user and password included."""
    from pymongo import MongoClient

    name = f"coatscreen_test_{uuid.uuid4().hex[:12]}"
    uri = database_server.database_uri(name)
    yield uri
    with MongoClient(uri) as client:
        client.drop_database(name)
