"""A worker outlives errors of the database: signs of life go on, and a job that was hit by one is lost, not failed."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

fireworks = pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

from screening.common.errors import CalculationError  # noqa: E402
from workflows.queue.fireworks import worker  # noqa: E402
from workflows.queue.fireworks.fireworks_internals import add_flow  # noqa: E402
from workflows.queue.fireworks.fireworks_queue import FireworksQueue  # noqa: E402
from workflows.queue.site import Site  # noqa: E402
from workflows.queue.site.config_files import write_site  # noqa: E402

pytestmark = pytest.mark.usefixtures("own_folder")


def do(what):
    """What the jobs of these tests do, by the value of a variable of the environment."""
    how = os.environ["TEST_WORKER"]
    if what == "second" or how == "work":
        return
    if how == "wait":
        time.sleep(1.5)
    elif how == "cut":
        raise AutoReconnect("db.example.org:27017: connection closed")
    else:
        raise CalculationError("no energy")


@pytest.fixture
def site(tmp_path, database_uri):
    (tmp_path / "work").mkdir()
    options = {"database": database_uri, "work_folder": str(tmp_path / "work"), "poll_seconds": 1}
    return write_site(Site.make(scheduler="slurm", **options), tmp_path / "site")


@pytest.fixture
def queue(site):
    """A flow of two jobs, of which the second goes on without the first."""
    found = FireworksQueue(site)
    found.prepare()
    label = dict.fromkeys(("flow_id", "name", "kind", "about", "version", "submitted"), "x") | {"done_before": 0}
    jobs = []
    for name in ("first", "second"):
        spec = {"_allow_fizzled_parents": True, "coatscreen": {"flow_id": "x", "uuid": name}}
        task = fireworks.PyTask(func=f"{__name__}.do", args=[name])
        jobs.append(fireworks.Firework(task, spec=spec, name=name, parents=jobs[-1:] or None))
    add_flow(found.launchpad, fireworks.Workflow(jobs, metadata={"coatscreen": label}))
    return found


def states(queue):
    return [job.state for job in queue.flows()[0].jobs]


@pytest.fixture
def work(site, monkeypatch, tmp_path):
    """Let a worker run until nothing is ready, with jobs that do something."""
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr("fireworks.core.rocket_launcher.RAPIDFIRE_SLEEP_SECS", 0.1)
    monkeypatch.setattr("fireworks.user_objects.firetasks.script_task.PyTask.run_task", run_task)

    def run(how):
        monkeypatch.setenv("TEST_WORKER", how)
        worker.work(site, timeout_s=60, max_loops=1)

    return run


def run_task(self, fw_spec):
    """Run the function of a task: this module has no name by which FireWorks could import it."""
    do(*self["args"])


def test_a_job_that_loses_the_database_is_lost_and_runs_again(queue, work):
    work("cut")
    (flow,) = queue.flows()
    first, second = flow.jobs
    assert (first.state, second.state) == ("lost", "waiting")  # and is not made without the first
    assert first.error.endswith(": pymongo.errors.AutoReconnect: db.example.org:27017: connection closed")
    queue.rerun([first])
    assert states(queue) == ["ready", "waiting"]
    work("work")
    assert states(queue) == ["completed", "completed"]


def killed(_):
    raise KeyboardInterrupt


def test_a_lost_job_is_lost_until_it_is_ready(queue, work, monkeypatch):
    """It has not failed for who asks for the status meanwhile, and the recovery may be killed there."""
    work("cut")
    (lost,) = queue.flows()[0].lost
    with monkeypatch.context() as patch:
        patch.setattr(queue.launchpad, "rerun_fw", killed)
        with pytest.raises(KeyboardInterrupt):
            queue.rerun([lost])
    first = queue.flows()[0].jobs[0]
    assert (first.state, first.error) == ("lost", lost.error)
    queue.rerun([first])
    assert states(queue) == ["ready", "waiting"]


def test_it_can_be_given_up(queue, work):
    work("cut")
    (lost,) = queue.flows()[0].lost
    queue.give_up([lost])
    first = queue.flows()[0].jobs[0]
    assert (first.state, first.error) == ("failed", lost.error)


def test_a_worker_waits_at_its_start_for_the_database(queue, work, monkeypatch):
    monkeypatch.setattr(worker, "_PAUSE_S", 0.01)
    real, refused = worker.note_worker, []

    def note(launchpad, folder):
        if len(refused) < 3:
            refused.append(folder)
            raise AutoReconnect("db.example.org:27017: connection refused")
        real(launchpad, folder)

    monkeypatch.setattr(worker, "note_worker", note)
    work("work")
    assert (len(refused), states(queue)) == (3, ["completed", "completed"])
    refused.clear()
    monkeypatch.setattr(worker, "_PATIENCE_S", 0.0)
    with pytest.raises(AutoReconnect):
        work("work")


def test_a_job_that_fails_by_itself_has_failed(queue, work):
    work("fail")
    assert states(queue) == ["failed", "completed"]
    assert queue.flows()[0].failed[0].error == "no energy"


@pytest.fixture
def full():
    """A stream of a full disk; what is left in it cannot be written when it is closed."""
    with suppress(OSError), Path("/dev/full").open("w", buffering=1) as stream:
        yield stream


def test_the_error_of_a_job_is_recorded_where_it_cannot_be_printed(queue, work, full, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", full)
        work("fail")
    assert states(queue) == ["failed", "completed"]
    assert queue.flows()[0].failed[0].error == "no energy"


def test_signs_of_life_go_on_after_some_that_did_not_come_through(queue, work, monkeypatch):
    monkeypatch.setattr("fireworks.core.rocket.PING_TIME_SECS", 0.1)
    real, signs = Collection.find_one, []

    def find_one(self, *args, **kwargs):
        if self.name == "launches" and threading.current_thread() is not threading.main_thread():
            signs.append(len(signs) >= 3)
            if not signs[-1]:
                raise AutoReconnect("db.example.org:27017: connection closed")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Collection, "find_one", find_one)
    work("wait")
    assert signs[:4] == [False, False, False, True]
    assert states(queue) == ["completed", "completed"]
