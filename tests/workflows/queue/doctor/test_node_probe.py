"""The probe of a node: submitted as a worker is, waited for, and cancelled where it does not start."""

from __future__ import annotations

import pytest
from queue_double import QueueDouble

from screening.common.errors import CalculationError
from workflows.queue.doctor.node_probe import probe_node
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = pytest.mark.usefixtures("own_folder")

ANSWER = '{"host": "n1", "python": "/py", "versions": {}, "ping_seconds": null, "database_fault": null}'


@pytest.fixture
def new_site(tmp_path, monkeypatch):
    """Make a site whose python notes what it is asked to run and writes an answer; return it and the scheduler."""
    monkeypatch.setattr("workflows.queue.doctor.node_probe._LAG_S", 1)
    (tmp_path / "it's work").mkdir()
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/bash\necho "$@" >{tmp_path}/asked\necho \'{ANSWER}\' >"$5"\n')
    python.chmod(0o755)

    def make(scheduler="slurm", **options):
        queue = QueueDouble(tmp_path / "commands", scheduler)
        monkeypatch.setenv("PATH", queue.path)
        given = {"environment": str(tmp_path / "environment"), "work_folder": str(tmp_path / "it's work"), **options}
        uri = "mongodb://me:secret@127.0.0.1:9/coatings"
        site = Site.make(scheduler=scheduler, partition="short", database=uri, **given)
        return write_site(site, tmp_path / "site"), queue

    return make


@pytest.mark.parametrize("scheduler", ["slurm", "pbs", "sge"])
def test_it_runs_the_program_and_leaves_nothing(new_site, scheduler, tmp_path):
    """The program's own option, not a module: another version on the node knows it too."""
    site, _queue = new_site(scheduler)
    report = probe_node(site, timeout_s=60)
    assert (report.host, report.python) == ("n1", "/py")
    assert (tmp_path / "asked").read_text().startswith("-m coatscreen doctor --node-report ")
    assert list(site.work_folder.iterdir()) == []


def test_that_of_jobflow_remote_asks_for_the_same(new_site, tmp_path):
    (tmp_path / "work").mkdir()
    site, _queue = new_site(manager="jobflow-remote", work_folder=str(tmp_path / "work"))
    assert probe_node(site, timeout_s=60).host == "n1"


@pytest.mark.parametrize(
    ("scheduler", "reason"),
    [
        ("slurm", "Resources"),
        ("pbs", "Not Running: Insufficient amount of resource"),
        ("sge", "queue instance is overloaded"),
    ],
)
def test_one_that_does_not_start_is_cancelled(new_site, scheduler, reason):
    site, queue = new_site(scheduler)
    queue.mode = "pending"
    with pytest.raises(CalculationError) as caught:
        probe_node(site, timeout_s=1)
    assert str(caught.value) == f"job 7 is still pending after 1 s ({reason})"
    assert queue.cancelled


def test_one_that_leaves_nothing(new_site):
    site, queue = new_site()
    queue.mode = "vanish"
    with pytest.raises(CalculationError, match=r"job 7 has ended and left nothing in .*: do all nodes see this folder"):
        probe_node(site, timeout_s=60)


def test_one_that_fails_says_so_by_its_log(new_site):
    site, _queue = new_site(environment="/nowhere", setup=["echo no such module: intel; exit 3"])
    with pytest.raises(
        CalculationError, match=r"^job 7 has ended; the last line of its log in .*: no such module: int"
    ):
        probe_node(site, timeout_s=60)
    (folder,) = site.work_folder.iterdir()
    assert (folder / "job.log").read_text() == "no such module: intel\n"


def test_a_scheduler_that_takes_no_job(new_site):
    site, queue = new_site()
    queue.mode = "refuse"
    with pytest.raises(
        CalculationError, match=r"^sbatch failed: sbatch: error: Invalid account; the queue has no job in /"
    ):
        probe_node(site, timeout_s=60)


def test_a_work_folder_that_is_gone(new_site):
    site, _queue = new_site()
    site.work_folder.rmdir()
    with pytest.raises(CalculationError, match=r"cannot write in .*work: No such file or directory"):
        probe_node(site, timeout_s=60)
