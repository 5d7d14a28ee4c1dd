"""A screening through jobflow-remote on a real Slurm, with its runner as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import yaml
from cluster.queue_site import assert_same, hook
from cluster.slurm_sandbox import UNFINISHED
from fixtures_screening import settings_for
from pymongo import MongoClient

from workflows.queue.jobflow_remote.remote_queue import RemoteQueue
from workflows.queue.site import Site
from workflows.queue.site.config_files import PROJECT_FILE, write_site
from workflows.queue.status import status
from workflows.run import run_screening

pytest.importorskip("jobflow_remote", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]

PATIENCE_S = 90


def ended(flow):
    """Whether no job is left that may still run."""
    return not any(flow.jobs[state] for state in ("waiting", "ready", "running"))


class Cluster:
    """A site of jobflow-remote on a real Slurm, as its user sees it; its jobs wait while the file ``hold`` is there."""

    def __init__(self, folder, database, slurm, setup=(), max_jobs=4):
        self.hold, self.slurm, self.log = folder / "hold", slurm, folder / "runner.log"
        (folder / "work").mkdir()
        options = {
            "database": database,
            "work_folder": str(folder / "work"),
            "partition": "debug",
            "max_jobs": max_jobs,
        }
        setup = (f"while [ -e {self.hold} ]; do sleep 0.1; done", *setup)
        site = Site.make(manager="jobflow-remote", scheduler="slurm", ping_seconds=5, setup=setup, **options)
        self.site = write_site(site, folder / "site")
        for name in ("delay_checkout", "delay_check_run_status", "delay_advance_status", "delay_update_batch"):
            self.change("runner", {name: 1})
        self.environment = {**slurm.environment(), **self.site.environment_variables(), "OMP_NUM_THREADS": "1"}

    def change(self, part, options):
        """Change a part of the project's file, as a person may who knows jobflow-remote."""
        project = yaml.safe_load((self.site.folder / PROJECT_FILE).read_text())
        (project["workers"]["queue"] if part == "worker" else project[part]).update(options)
        (self.site.folder / PROJECT_FILE).write_text(yaml.safe_dump(project))

    def json(self, *words):
        """Run ``coatscreen`` as a user would, and return the document."""
        command = [sys.executable, "-m", "coatscreen", *words, "--json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start_runner(self):
        """Start jobflow-remote's runner."""
        with self.log.open("a") as log:
            command = [str(self.site.environment / "bin" / "jf"), "runner", "run"]
            self.runner = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def end_runner(self, how):
        """Send the runner and its children a signal, and wait for its end."""
        os.killpg(self.runner.pid, how)
        self.runner.wait(30)

    def until(self, holds, what):
        """Wait until something holds of the only flow, and return it."""
        give_up = time.monotonic() + PATIENCE_S
        while not holds(flow := status(self.site).flows[0]):
            assert time.monotonic() < give_up, f"waited in vain for {what}: {flow}\n{self.errors()}"
            time.sleep(0.5)
        return flow

    def errors(self):
        """Return what jobflow-remote says of its jobs."""
        with MongoClient(self.site.database) as client:
            return [job["remote"]["error"] for job in client.get_default_database()["jf_jobs"].find({})]


@pytest.fixture
def cluster(tmp_path, database_uri, slurm, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    made = Cluster(tmp_path, database_uri, slurm)
    made.start_runner()
    yield made
    made.end_runner(signal.SIGTERM)
    slurm.wait_idle()


def test_a_job_is_lost_while_the_runner_is_dead_and_comes_back(cluster, slurm, tmp_path):
    """The runner is killed, and meanwhile one queue job is cancelled and three end; then another runner goes on.

    The database is that of a run here, in the end; before, the result says which job it was made without.
    """
    settings = settings_for(tmp_path, coatings=["LiNbO3"])
    words = ["--coatings", "LiNbO3", "--cathodes", "LiCoO2", "--electrolytes", "Li6PS5Cl"]
    cluster.hold.touch()
    answer = cluster.json("submit", *words, "--energies", settings.energies)
    assert answer["launched"] == []
    cluster.until(lambda flow: flow.jobs["running"] == 4, "four jobs in the queue")
    found = cluster.json("status")["queue"]
    assert (found["running"], found["pending"], found["runner_at_work"]) == (4, 0, True)
    queued = {number for number, (_, state) in slurm.jobs().items() if state in UNFINISHED}
    cluster.end_runner(signal.SIGKILL)
    slurm.cancel(max(queued))
    cluster.hold.unlink()
    slurm.wait_idle()
    assert cluster.json("status")["flows"][0]["jobs"]["completed"] == 0  # nobody has looked
    cluster.start_runner()
    flow = cluster.until(ended, "the end")
    assert flow.state == "stopped"
    (lost,) = flow.lost
    assert lost.error.startswith(f"lost: queue job {max(queued)} ended before it: ")
    assert "CANCELLED" in lost.error
    assert flow.done + flow.need_failed + len(flow.failed) + 1 == answer["total"]
    assert [job["name"] for job in cluster.json("recover")["rerun"]] == [lost.name]
    flow = cluster.until(ended, "the end")
    assert (flow.state, flow.done) == ("complete", answer["total"])
    run_screening(settings)
    assert_same(cluster.site.database, str(tmp_path / "db"))


@pytest.mark.slow
def test_what_cannot_start_is_lost_with_the_reason_and_two_runners_do_no_harm(
    tmp_path, database_uri, slurm, monkeypatch
):
    """Nothing can be imported on the nodes; once it can, a second runner is at it beside the first."""
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    mended = tmp_path / "mended"
    fails = f"[ -e {mended} ] || {{ echo 'ImportError: numpy.core.multiarray failed to import' >&2; exit 1; }}"
    cluster = Cluster(tmp_path, database_uri, slurm, setup=[fails])
    settings = settings_for(tmp_path, coatings=["LiNbO3"])
    words = ["--coatings", "LiNbO3", "--cathodes", "LiCoO2", "--electrolytes", "Li6PS5Cl"]
    runners = []
    try:
        cluster.start_runner()
        runners.append(cluster.runner)
        answer = cluster.json("submit", *words, "--energies", settings.energies)
        flow = cluster.until(ended, "the losses")
        assert len(flow.lost) > 1
        assert all(job.error.endswith(": ImportError: numpy.core.multiarray failed to import") for job in flow.lost)
        mended.touch()
        cluster.start_runner()
        runners.append(cluster.runner)
        assert len(cluster.json("recover")["rerun"]) == len(flow.lost)
        flow = cluster.until(ended, "the end")
        assert (flow.state, flow.done) == ("complete", answer["total"])
        assert {job.attempts for flow in RemoteQueue(cluster.site).flows() for job in flow.jobs} == {1}
    finally:
        for cluster.runner in runners:
            cluster.end_runner(signal.SIGTERM)
        slurm.wait_idle()
    run_screening(settings)
    assert_same(cluster.site.database, str(tmp_path / "db"))


WAIT_ONCE = """
import time
from screening.coatings import tasks

def wait(*_):
    if once("first"):
        time.sleep(600)
before(tasks, 'material_window', wait)
"""


def running(slurm):
    """Return the numbers of the queue jobs that run."""
    return [number for number, (_, state) in slurm.jobs().items() if state == "RUNNING"]


@pytest.mark.slow
def test_several_jobs_in_one_queue_job_of_which_one_is_killed(tmp_path, database_uri, slurm, monkeypatch):
    """A site's project may be changed so (jobflow-remote's ``batch``); the queue job ends while it computes a job."""
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    setup = hook(tmp_path / "hook", WAIT_ONCE, word="run")
    cluster = Cluster(tmp_path, database_uri, slurm, setup=[setup], max_jobs=2)
    batch = {"jobs_handle_dir": str(tmp_path / "handles"), "work_dir": str(tmp_path / "batches"), "max_wait": 5}
    cluster.change("worker", {"batch": batch})
    settings = settings_for(tmp_path, coatings=["LiNbO3"])
    words = ["--coatings", "LiNbO3", "--cathodes", "LiCoO2", "--electrolytes", "Li6PS5Cl"]
    cluster.start_runner()
    try:
        answer = cluster.json("submit", *words, "--energies", settings.energies)
        cluster.until(lambda _: (tmp_path / "hook" / "first").exists(), "a job at work")
        cluster.until(lambda flow: flow.jobs["running"] == 1 and not flow.jobs["ready"], "the end of the others")
        cluster.until(lambda _: len(running(slurm)) == 1, "the end of the other queue job")
        (at_work,) = running(slurm)
        slurm.cancel(at_work)
        flow = cluster.until(lambda flow: flow.lost, "the loss")
        (lost,) = flow.lost
        assert "was likely killed before" in lost.error
        assert [job["name"] for job in cluster.json("recover")["rerun"]] == [lost.name]
        flow = cluster.until(lambda flow: flow.done == answer["total"], "the end")
        assert flow.state == "complete"
    finally:
        cluster.end_runner(signal.SIGTERM)
        for number in running(slurm):
            slurm.cancel(number)
        slurm.wait_idle()
    run_screening(settings)
    assert_same(cluster.site.database, str(tmp_path / "db"))
