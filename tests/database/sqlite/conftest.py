"""Stores that tests of several modules fill and ask."""

import copy

import pytest
from fixtures_documents import DOCUMENTS, KEPT
from maggma.stores import MemoryStore

from screening.database.sqlite.store import SQLiteStore


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "store.sqlite")


@pytest.fixture(params=KEPT.values(), ids=KEPT)
def store(path, request):
    with SQLiteStore(path, "documents", **request.param) as opened:
        opened.update(copy.deepcopy(DOCUMENTS))
        yield opened


@pytest.fixture(scope="module")
def memory():
    opened = MemoryStore(key="_key")
    opened.connect()
    opened.update(copy.deepcopy(DOCUMENTS))
    return opened
