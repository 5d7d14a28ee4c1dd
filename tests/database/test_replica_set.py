"""A database of three servers whose primary is killed: another takes over, and the work goes on."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import pytest
from fixtures_screening import contents, settings_for
from mongo_server import ReplicaSet
from pymongo import MongoClient

from screening.coatings import tasks
from screening.database import StoreLocation
from workflows import run_screening

pytestmark = pytest.mark.slow

ENOUGH = 200  # writes, before and after the kill
PATIENCE_S = 120


@pytest.fixture(scope="module")
def replica_set():
    servers = ReplicaSet(Path(tempfile.mkdtemp(prefix="mongodb-")))
    try:
        servers.start()
        yield servers
    finally:
        servers.remove()


def test_a_screening_outlasts_the_loss_of_the_primary(replica_set, tmp_path, monkeypatch):
    uri, killed = replica_set.database_uri("screened"), []
    real = tasks.material_window

    def kill_once(*arguments):
        if not killed:
            killed.append(replica_set.primary)
            killed[0].kill()
        return real(*arguments)

    monkeypatch.setattr(tasks, "material_window", kill_once)
    outcome = run_screening(settings_for(tmp_path, store=uri)).outcome
    assert outcome.failed == {}
    assert len(killed) == 1
    assert replica_set.primary is not killed[0]
    killed[0].start()
    run_screening(settings_for(tmp_path))
    assert contents(uri) == contents(tmp_path / "db")


def test_what_was_acknowledged_is_there_on_the_next_primary(replica_set):
    """And again when the one that was killed has come back."""
    store = StoreLocation(replica_set.database_uri("written")).open("coatings")
    acknowledged, over, enough = [], threading.Event(), threading.Event()

    def burst():
        while not over.is_set():
            store.update({"key": str(len(acknowledged))})
            acknowledged.append(str(len(acknowledged)))
            if len(acknowledged) >= ENOUGH:
                enough.set()

    writing = threading.Thread(target=burst)
    writing.start()
    assert enough.wait(PATIENCE_S)
    first = replica_set.primary
    first.kill()
    before = len(acknowledged)
    while len(acknowledged) < before + ENOUGH:
        assert writing.is_alive(), "the writes ended with the primary"
        over.wait(0.1)
    over.set()
    writing.join(PATIENCE_S)
    first.start()
    assert set(acknowledged) <= set(store.distinct("key"))


def test_a_server_that_lags_behind_is_not_asked(replica_set, tmp_path):
    """Even if the address prefers it: what was just written would not be there."""
    uri = replica_set.database_uri("lagging")
    member = next(one for one in replica_set.members if one is not replica_set.primary)
    with MongoClient(replica_set.members_uri(member)) as client:
        client.admin.command("configureFailPoint", "rsSyncApplyStop", mode="alwaysOn")
        run_screening(settings_for(tmp_path, store=f"{uri}&readPreference=secondary"))
        client.admin.command("configureFailPoint", "rsSyncApplyStop", mode="off")
    run_screening(settings_for(tmp_path))
    assert contents(uri) == contents(tmp_path / "db")
