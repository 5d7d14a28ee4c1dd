"""States that killed workers left in FireWorks' database, put right."""

from __future__ import annotations

import time

import pytest
from fixtures_queue import queued

from workflows.queue.fireworks import reconciliation
from workflows.queue.fireworks.fireworks_internals import add_flow
from workflows.queue.fireworks.launchpad import open_launchpad, prepare_launchpad
from workflows.queue.fireworks.reconciliation import reconcile, unlock
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

fireworks = pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")

OURS = {"COMPLETED": "completed", "FIZZLED": "failed", "WAITING": "waiting", "READY": "ready"}
NEEDS = "needs first, which failed"


@pytest.fixture
def launchpad(tmp_path, database_uri):
    """A database with a chain of three jobs."""
    options = {"database": database_uri, "work_folder": str(tmp_path)}
    found = open_launchpad(write_site(Site.make(scheduler="slurm", **options), tmp_path / "site"))
    prepare_launchpad(found)
    jobs = []
    for name in ("first", "second", "third"):
        task = fireworks.PyTask(func="builtins.len", args=[[]])
        spec = {"_allow_fizzled_parents": True}
        jobs.append(fireworks.Firework(task, spec=spec, name=name, parents=jobs[-1:] or None))
    add_flow(found, fireworks.Workflow(jobs))
    return found


def states(launchpad):
    return [job["state"] for job in launchpad.fireworks.find({}).sort("fw_id", 1)]


def put_right(launchpad, *written, errors=()):
    """Write states as a killed worker left them, reconcile them, and return what has become of them."""
    for number, state in enumerate(written, start=1):
        launchpad.fireworks.update_one({"fw_id": number}, {"$set": {"state": state}})
    error_of = dict(errors)
    jobs = [queued(n, OURS[state], error=error_of.get(n)) for n, state in enumerate(written, start=1)]
    reconcile(launchpad, launchpad.workflows.find_one({}), jobs)
    document = launchpad.workflows.find_one({})
    assert [document["fw_states"][str(number)] for number in (1, 2, 3)] == states(launchpad)
    return states(launchpad)


@pytest.mark.parametrize(
    ("written", "errors", "right"),
    [
        pytest.param(("READY", "WAITING", "WAITING"), (), ("READY", "WAITING", "WAITING"), id="nothing is wrong"),
        pytest.param(("COMPLETED", "WAITING", "WAITING"), (), ("COMPLETED", "READY", "WAITING"), id="not told"),
        pytest.param(("FIZZLED", "WAITING", "WAITING"), (), ("FIZZLED", "READY", "WAITING"), id="no word of it"),
        pytest.param(("READY", "COMPLETED", "COMPLETED"), (), ("READY", "WAITING", "WAITING"), id="rerun half way"),
        pytest.param(
            *(("COMPLETED", "FIZZLED", "WAITING"), ((2, NEEDS),), ("COMPLETED", "READY", "WAITING")),
            id="failed for one that is completed now",
        ),
        pytest.param(
            *(("FIZZLED", "FIZZLED", "COMPLETED"), ((2, NEEDS),), ("FIZZLED", "FIZZLED", "COMPLETED")),
            id="failed for one that has failed still",
        ),
        pytest.param(
            *(("COMPLETED", "FIZZLED", "COMPLETED"), ((2, "no memory"),), ("COMPLETED", "FIZZLED", "COMPLETED")),
            id="failed by itself",
        ),
    ],
)
def test_states_are_put_right(launchpad, written, errors, right):
    assert put_right(launchpad, *written, errors=errors) == list(right)


def locked(launchpad):
    launchpad.workflows.update_one({}, {"$set": {"locked": True}})
    return launchpad.workflows.find_one({})


def test_a_lock_of_no_living_worker_is_taken_at_once(launchpad):
    unlock(launchpad, launchpad.workflows.find_one({}), alive=False)  # there is none yet
    begin = time.monotonic()
    unlock(launchpad, locked(launchpad), alive=False)
    assert "locked" not in launchpad.workflows.find_one({})
    assert time.monotonic() - begin < 1


def test_a_living_worker_is_given_time(launchpad, monkeypatch):
    monkeypatch.setattr(reconciliation, "LOCK_SECONDS", 1.0)
    begin = time.monotonic()
    unlock(launchpad, locked(launchpad), alive=True)
    assert "locked" not in launchpad.workflows.find_one({})
    assert time.monotonic() - begin >= 1


def test_the_lock_of_a_worker_that_writes_is_its_own(launchpad):
    """The document has changed since it was read, so the lock is another one."""
    flow = locked(launchpad)
    launchpad.workflows.update_one({}, {"$set": {"updated_on": "2999-01-01T00:00:00"}})
    unlock(launchpad, flow, alive=True)
    assert launchpad.workflows.find_one({})["locked"]
