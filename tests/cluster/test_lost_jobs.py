"""Workers, queue jobs, daemons and the database are killed: nothing is lost or doubled."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from cluster.queue_site import QueueSite, assert_same, hook, words_for
from fixtures_screening import energies_file, settings_for
from mongo_server import MongoServer

from screening.common.errors import CalculationError
from workflows.queue.fireworks import reconciliation
from workflows.queue.fireworks.launchpad import open_launchpad, read_fworker
from workflows.run import run_screening

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]


@pytest.fixture(scope="module")
def energies(tmp_path_factory):
    return energies_file(tmp_path_factory.mktemp("energies"))


@pytest.fixture(scope="module")
def local(tmp_path_factory, energies):
    """The small screening on this machine: its database."""
    folder = tmp_path_factory.mktemp("local")
    run_screening(settings_for(folder, energies=energies))
    return str(folder / "db")


@pytest.fixture
def site(tmp_path, database_uri, slurm, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    return QueueSite(tmp_path / "queue", database_uri, slurm)


@pytest.fixture
def words(tmp_path, energies):
    return words_for(tmp_path, energies=energies)


# where a worker is killed, each time another one
STEPS = {
    "taken": "before(LaunchPad, 'get_new_launch_id', lambda *_: once('taken') and die())",
    "locked": "before(LaunchPad, '_update_wf', lambda *_: once('locked') and die())",
    "computing": "before(tasks, 'material_window', lambda *_: once('computing') and die())",
    "output": "before(GridFSStore, 'update', lambda *_: once('output') and die())",
    "stored": "before(LaunchPad, 'complete_launch', lambda *_: once('stored') and die())",
    "ended": """
def ended(caller, *_):
    if caller == 'complete_launch' and once('ended'):
        die()
before(LaunchPad, '_refresh_wf', ended)
""",
    "half": """
def half(caller, launchpad, fireworks, *_):
    ended = [firework for firework in fireworks if firework.state == 'COMPLETED']
    if caller == '_update_wf' and ended and len(fireworks) > len(ended) and once('half'):
        upsert(launchpad, ended)
        die()
upsert = LaunchPad._upsert_fws
before(LaunchPad, '_upsert_fws', half)
""",
    "collecting": """
def collecting(caller, *_):
    if caller == 'update_targets' and once('collecting'):
        die()
before(MongoStore, 'update', collecting)
locks.LEASE_SECONDS = 2.0
""",
}
MODULES = """
from fireworks import LaunchPad
from maggma.stores import GridFSStore, MongoStore
from screening.coatings import tasks
from screening.database import locks
"""


def test_workers_killed_at_every_step(site, words, local, tmp_path):
    folder = tmp_path / "hook"
    site.change(setup=[hook(folder, MODULES + "\n".join(STEPS.values()))])
    site.run("submit", *words)
    for number in range(1, len(STEPS) + 1):
        site.until_idle()
        assert len([name for name in STEPS if (folder / name).exists()]) == number
        patience = None if site.states()["lost"] else 0.0  # of one that was taken, nobody knows by whom
        assert site.recover(most_attempts=2 * len(STEPS), lost_after_s=patience).launched
    site.until_complete()
    assert_same(site.uri, local)


BLOCKED = """
import time
from screening.coatings import tasks

def wait(*_):
    once("begun")
    while not os.path.exists({go!r}):
        time.sleep(0.1)
before(tasks, 'material_window', wait)
"""


def test_the_end_of_the_wall_time(site, words, local, tmp_path, slurm):
    """The node's daemon is killed and started again while a job runs, which is no harm; then the time is over."""
    site.change(setup=[hook(tmp_path / "hook", BLOCKED.format(go=str(tmp_path / "go")))])
    site.run("submit", *words)
    site.until((tmp_path / "hook" / "begun").exists, "the job")
    (running,) = [job for job in site.jobs() if job.state == "running"]
    slurm.restart_slurmd()
    assert site.recover(launch=False).rerun == []
    number = site.queue_job(running)
    slurm.expire(number)
    slurm.wait_state(number, "TIMEOUT")
    (flow,) = site.json("status")["flows"]
    (lost,) = flow["lost"]
    assert lost["name"] == running.name
    assert f"queue job {number} has ended (TIMEOUT" in lost["error"]
    assert flow["state"] in ("stopped", "waiting")
    assert lost["error"] in site.run("status").stdout
    (tmp_path / "go").touch()
    launches = site.launches()
    assert f"run again: {running.name}, once started: {lost['error']}" in site.run("recover").stdout
    site.until_complete()
    assert_same(site.uri, local)
    done_before = {name for name, number in launches.items() if number} - {running.name}
    after = site.launches()
    assert {name: after[name] for name in done_before} == dict.fromkeys(done_before, 1)
    assert after[running.name] == 2


HOPELESS = """
import os.path
from screening.coatings import tasks

def run_out_of_memory(caller, phases, material, *_):
    if material == 'HfO2' and not os.path.exists({mended!r}):
        die()
before(tasks, 'material_window', run_out_of_memory)
"""


def test_a_job_lost_three_times_is_given_up(site, words, local, tmp_path):
    """The ranking is made without it and says so; once it is mended, only what is missing runs."""
    site.change(setup=[hook(tmp_path / "hook", HOPELESS.format(mended=str(tmp_path / "mended")))])
    site.run("submit", *words)
    for attempt in (1, 2, 3):
        site.until_idle()
        found = site.recover()
        assert [job.attempts for job in (found.given_up if attempt == 3 else found.rerun)] == [attempt]
    (lost,) = found.given_up
    assert "has ended (FAILED" in lost.error
    site.until(lambda: set(site.states()) == {"completed", "failed"}, "the end of the flow")
    (flow,) = site.json("status")["flows"]
    assert flow["state"] == "incomplete"
    assert [job["error"] for job in flow["failed"]] == [lost.error]
    shown = site.run("rank", "--store", str(site.folder))
    assert f"made without {lost.name}: {lost.error}" in shown.stderr
    (found,) = site.json("rank", "--store", str(site.folder))["rankings"]
    ranking = found["ranking"]
    assert len(ranking) == 3
    assert all(coating["window"] is None and "window" in coating["why_missing"] for coating in ranking)
    (tmp_path / "mended").touch()
    before = site.launches()
    assert [job.name for job in site.recover(failed=True).rerun] == [lost.name]
    site.until_complete()
    assert_same(site.uri, local)
    after = site.launches()
    again = {name for name in after if after[name] > before[name]}
    assert {name.partition(":")[0] for name in again} == {"material_properties", "collect the result"}
    assert "made without" not in site.run("rank", "--store", str(site.folder)).stderr


def test_lost_jobs_are_given_up_where_that_is_wanted(site, words):
    site.run("submit", *words, "--no-launch")
    open_launchpad(site.site).checkout_fw(read_fworker(site.site), str(site.work))
    (lost,) = site.recover(give_up=True, lost_after_s=0.0, launch=False).given_up
    (failed,) = [job for job in site.jobs() if job.state == "failed"]
    assert failed.name == lost.name
    assert "no sign of life" in failed.error


@pytest.mark.parametrize("alive", [True, False], ids=["beside a living worker", "alone"])
def test_the_lock_of_a_killed_worker(site, words, alive, monkeypatch):
    monkeypatch.setattr(reconciliation, "LOCK_SECONDS", 1.0)
    site.run("submit", *words, "--no-launch")
    launchpad = open_launchpad(site.site)
    launchpad.checkout_fw(read_fworker(site.site), str(site.work))
    if alive:
        launchpad.checkout_fw(read_fworker(site.site), str(site.work))
        launchpad.launches.update_one({"launch_id": 1}, {"$set": {"state_history.0.updated_on": "2026-01-01T00:00:00"}})
    launchpad.workflows.update_one({}, {"$set": {"locked": True}})
    begin = time.monotonic()
    found = site.recover(lost_after_s=None if alive else 0.0, launch=False)
    assert len(found.rerun) == 1
    assert site.states()["running"] == alive
    assert "locked" not in launchpad.workflows.find_one({})
    assert time.monotonic() - begin < 10


def test_a_submission_that_was_interrupted(site, words, monkeypatch):
    """Its jobs are not all there: it is removed, and submitted anew."""
    code = (
        "import os, signal, sys, pymongo.collection as c; real = c.Collection.insert_many\n"
        "def some(self, documents, **k):\n"
        "    if self.name != 'fireworks': return real(self, documents, **k)\n"
        "    real(self, list(documents)[:3], **k)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "c.Collection.insert_many = some\n"
        "from screening.database import locks; locks.LEASE_SECONDS = 2.0\n"
        "from coatscreen.__main__ import main; main(sys.argv[1:])"
    )
    environment = {**os.environ, "COATSCREEN_SITE": str(site.folder)}
    killed = subprocess.run([sys.executable, "-c", code, "submit", *words, "--no-launch"], env=environment, timeout=60)
    assert killed.returncode == -9
    assert len(site.jobs()) == 3
    answer = site.json("submit", *words, "--no-launch")
    assert answer["added"] == answer["total"] == len(site.jobs())


def until_whole(site):
    """Recover until the flow is complete, as a user would."""
    for _ in range(5):
        site.until_ended()
        if set(site.states()) == {"completed"}:
            return
        site.recover(failed=True, lost_after_s=0.0 if site.idle else None)  # no sign of life is to come then
    site.until_complete()


def test_the_database_is_killed_and_comes_back(site, words, local, database_server, tmp_path):
    """While a job runs; the worker finds it gone, and its journal brings back all that was acknowledged."""
    site.change(setup=[hook(tmp_path / "hook", BLOCKED.format(go=str(tmp_path / "go")))])
    site.run("submit", *words)
    site.until((tmp_path / "hook" / "begun").exists, "the job")
    done = {job.name for job in site.jobs() if job.state == "completed"}
    database_server.kill()
    (tmp_path / "go").touch()
    time.sleep(2)
    database_server.start()
    assert {job.name for job in site.jobs() if job.state == "completed"} >= done
    until_whole(site)
    assert_same(site.uri, local)


@contextmanager
def file_system(folder, size):
    """A file system of its own."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
    mounted = subprocess.run(mount, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(file, left_bytes=0):
    """Write a file that leaves so much of its file system."""
    with file.open("wb") as filling:
        size = os.statvfs(file).f_bavail * os.statvfs(file).f_bsize - left_bytes
        filling.write(b"0" * size)


@pytest.fixture
def server_on_small_disk(tmp_path):
    with file_system(tmp_path / "database", "100m") as folder:
        server = MongoServer(folder / "mongodb")
        server.start()
        yield server
        server.kill()


def test_the_disk_of_the_database_is_full(tmp_path, server_on_small_disk, words, local, slurm, monkeypatch):
    """The server ends itself at the first write that finds no room; with room again, it has all it acknowledged."""
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    server = server_on_small_disk
    site = QueueSite(tmp_path / "queue", server.database_uri("full"), slurm)
    site.run("submit", *words, "--no-launch")
    filling = server.folder.parent / "filling"
    fill(filling, left_bytes=100_000)
    site.recover()
    site.until(lambda: not server.alive, "the end of the server")
    assert "Connection refused" in site.refused("recover", status=1)
    filling.unlink()
    server.restart()
    assert 0 < site.states()["completed"] < sum(site.states().values())
    until_whole(site)
    assert_same(site.uri, local)


@pytest.fixture
def small_disk(tmp_path):
    with file_system(tmp_path / "disk", "400k") as folder:
        yield folder


def test_the_disk_of_the_launches_is_full(site, words, local, small_disk):
    site.work = small_disk
    site.change(work_folder=str(small_disk))
    (small_disk / "other").write_bytes(b"0" * 360_000)
    site.run("submit", *words)
    site.until_idle()
    (flow,) = site.json("status")["flows"]
    assert flow["state"] != "complete"
    assert any("No space left on device" in job["error"] for job in [*flow["failed"], *flow["lost"]]), flow
    fill(small_disk / "more")
    with pytest.raises(CalculationError, match="No space left on device"):
        site.recover(failed=True)
    (small_disk / "other").unlink()
    (small_disk / "more").unlink()
    until_whole(site)
    assert_same(site.uri, local)
