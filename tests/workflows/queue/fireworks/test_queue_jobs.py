"""The life of a queue job, with a double of the scheduler."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from queue_double import QueueDouble

from screening.common.errors import CalculationError
from workflows.queue.fireworks.fireworks_queue import FireworksQueue
from workflows.queue.fireworks.launchpad import open_launchpad, prepare_launchpad
from workflows.queue.fireworks.queue_jobs import QueueJobs
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

fireworks = pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.fixture
def scheduler(tmp_path, monkeypatch):
    found = QueueDouble(tmp_path / "commands", "slurm")
    found.mode = "pending"
    monkeypatch.setenv("PATH", found.path)
    return found


@pytest.fixture
def site(tmp_path, database_uri, scheduler):
    options = {"database": database_uri, "work_folder": str(tmp_path / "work"), "max_jobs": 2}
    (tmp_path / "work").mkdir()
    return write_site(Site.make(scheduler="slurm", **options), tmp_path / "site")


@pytest.fixture
def queue_jobs(site):
    return QueueJobs(site, open_launchpad(site))


def test_it_is_launched_recorded_and_ends(queue_jobs, scheduler, site, capfd):
    assert queue_jobs.launch(1) == ["7"]
    launched = queue_jobs.launched()
    assert launched.keys() == {"7"}
    assert Path(launched["7"]).parent == site.work_folder / "launches"
    assert [file.suffix for file in Path(launched["7"]).iterdir()] == [".script"]
    assert queue_jobs.in_queue() == {"7": "pending"}
    scheduler.mode = "vanish"
    assert queue_jobs.in_queue() == {}
    assert queue_jobs.launched() == launched
    assert capfd.readouterr() == ("", "")


def test_those_in_the_queue_count(queue_jobs, scheduler):
    queue_jobs.launch(1)
    assert queue_jobs.launch(1) == []
    assert queue_jobs.launch(0) == []
    scheduler.mode = "vanish"  # it has ended, perhaps without having started any job
    assert queue_jobs.launch(1) == ["7"]


def run_to_the_end(queue_jobs, scheduler):
    """Launch a queue job that runs its script; return it when it has ended."""
    scheduler.mode = "run"
    (job_id,) = queue_jobs.launch(1)
    give_up = time.monotonic() + 60
    while queue_jobs.in_queue():
        assert time.monotonic() < give_up
        time.sleep(0.1)
    return job_id


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"environment": "/nowhere", "setup": ["PATH=/usr/bin"]}, "python: command not found"),
        ({"setup": ["module load intel; exit 3"]}, "module: command not found"),
    ],
)
def test_one_whose_worker_never_came_up_ended_in_vain(queue_jobs, scheduler, site, options, said):
    queue_jobs.site = write_site(Site.make(**{**site.model_dump(), **options}), site.folder, overwrite=True)
    assert queue_jobs.in_vain() == []
    job_id = run_to_the_end(queue_jobs, scheduler)
    (found,) = queue_jobs.in_vain()
    assert (found.job_id, found.folder) == (job_id, queue_jobs.launched()[job_id])
    assert found.why.endswith(said)
    scheduler.mode = "silent"
    assert queue_jobs.in_vain() == []


def test_one_whose_worker_came_up_did_not(queue_jobs, scheduler, site):
    """Though it found nothing to do; nor is one before it counted any more."""
    queue_jobs.site = write_site(Site.make(**{**site.model_dump(), "setup": ["exit 3"]}), site.folder, overwrite=True)
    run_to_the_end(queue_jobs, scheduler)
    (folder,) = queue_jobs.launched().values()
    Path(folder, "job.log").write_text("no such module\n")
    assert [job.why for job in queue_jobs.in_vain()] == ["no such module"]
    queue_jobs.site = write_site(site, site.folder, overwrite=True)
    prepare_launchpad(queue_jobs.launchpad)
    run_to_the_end(queue_jobs, scheduler)
    assert queue_jobs.in_vain() == []


@pytest.mark.parametrize(
    ("line", "in_vain"),
    [
        ("slurmstepd-n1: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 ***", False),
        ("slurmstepd-n1: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO PREEMPTION ***", False),
        ("slurmstepd-n1: error: *** JOB 7 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT ***", True),
        ("python: command not found", True),
    ],
)
def test_the_log_says_how_one_ended_that_the_scheduler_has_forgotten(queue_jobs, scheduler, line, in_vain):
    queue_jobs.launch(1)
    scheduler.mode = "vanish"
    (folder,) = queue_jobs.launched().values()
    Path(folder, "coatscreen-7.out").write_text(f"some output\n{line}\n")
    assert [job.why for job in queue_jobs.in_vain()] == ([line] if in_vain else [])


def test_one_that_was_cancelled_while_it_waited_is_not_in_vain(queue_jobs, scheduler):
    queue_jobs.launch(1)
    scheduler.mode = "vanish"  # it has left no log
    assert queue_jobs.in_vain() == []


def test_a_scheduler_that_gives_no_answer_has_ended_none(queue_jobs, scheduler):
    queue_jobs.launch(1)
    scheduler.mode = "silent"
    assert queue_jobs.in_queue() is None
    with pytest.raises(CalculationError, match="cannot connect to the server"):
        queue_jobs.launch(1)


def test_a_scheduler_that_takes_none_says_why(queue_jobs, scheduler):
    scheduler.mode = "refuse"
    said = r"^sbatch failed: sbatch: error: Invalid account; the queue has no job in /.*/launches/"
    with pytest.raises(CalculationError, match=said):
        queue_jobs.launch(1)
    assert queue_jobs.launched() == {}


@pytest.mark.parametrize("mode", ["mumble", "late"])
def test_one_that_was_taken_with_an_odd_answer_is_recorded(queue_jobs, scheduler, mode):
    scheduler.mode = mode
    assert queue_jobs.launch(1) == ["7"]
    assert queue_jobs.launch(1) == []


def test_the_folder_cannot_be_made(queue_jobs, site):
    (site.work_folder / "launches").write_text("")
    with pytest.raises(CalculationError, match=r"cannot write into the folder .*: Not a directory"):
        queue_jobs.launch(1)


def test_those_of_another_user_or_site_are_not_ours(queue_jobs, site, tmp_path, monkeypatch):
    queue_jobs.launch(1)
    monkeypatch.setattr("getpass.getuser", lambda: "another")
    assert QueueJobs(site, queue_jobs.launchpad).launched() == {}
    monkeypatch.undo()
    elsewhere = write_site(Site.make(**site.model_dump()), tmp_path / "other")
    assert QueueJobs(elsewhere, queue_jobs.launchpad).launched() == {}


@pytest.mark.parametrize(
    ("state", "useful", "max_jobs", "wanted"),
    [
        *(("READY", 5, None, 2), ("READY", 1, None, 1), ("READY", 5, 4, 4), ("WAITING", 1, None, 1)),
        *(("COMPLETED", 1, None, None), ("FIZZLED", 1, None, None), ("PAUSED", 1, None, None)),
    ],
)
def test_as_many_as_are_useful_and_allowed(site, monkeypatch, state, useful, max_jobs, wanted):
    """Two are allowed by the site; none is launched where no job is ready or waits."""
    queue, asked = FireworksQueue(site), []
    prepare_launchpad(queue.launchpad)
    spec = {"coatscreen": {"flow_id": "f", "uuid": "u"}}
    label = dict.fromkeys(("flow_id", "name", "kind", "about", "version", "submitted"), "x") | {"done_before": 0}
    task = fireworks.PyTask(func="builtins.len", args=[[]])
    flow = fireworks.Workflow([fireworks.Firework(task, spec=spec)], metadata={"coatscreen": label})
    queue.launchpad.add_wf(flow)
    queue.job_documents.update_one({}, {"$set": {"state": state}})
    monkeypatch.setattr(QueueJobs, "launch", lambda self, number: asked.append(number) or [])
    assert queue.launch(useful, max_jobs) == []
    assert asked == ([] if wanted is None else [wanted])
