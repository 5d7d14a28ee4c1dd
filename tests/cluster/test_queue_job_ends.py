"""Queue jobs are suspended, preempted and run out of memory. Their jobs run again, and the result is the same."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import pytest
from cluster.queue_site import QueueSite, assert_same, hook, words_for
from cluster.slurm_sandbox import SandboxError
from fixtures_screening import energies_file, settings_for

from workflows.run import run_screening

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]

MEMORY_MB = 1500
ENDS = """
import time
from screening.coatings import tasks

def end(*_):
    if once("preempted"):
        time.sleep(60)
    elif once("out of memory"):
        much = b"1" * ({memory_mb} * 2**21)
        time.sleep(60)
before(tasks, 'material_window', end)
"""


@pytest.fixture
def terse(tmp_path, monkeypatch):
    """An sbatch that answers as ``--parsable`` lets it, after a greeting."""
    sbatch = tmp_path / "terse" / "sbatch"
    sbatch.parent.mkdir()
    real = next(path for path in map(Path, os.environ["PATH"].split(":")) if (path / "sbatch").is_file()) / "sbatch"
    asked = f'case "$*" in *--parsable*) exec {real} "$@";; esac'  # by the tests themselves
    sbatch.write_text(f'#!/bin/bash\n{asked}\necho "welcome to cluster 2"\nexec {real} --parsable "$@"\n')
    sbatch.chmod(0o755)
    monkeypatch.setenv("PATH", f"{sbatch.parent}:{os.environ['PATH']}")


@pytest.fixture
def site(tmp_path, database_uri, slurm, terse, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", str(slurm.configuration))
    setup = [hook(tmp_path / "hook", ENDS.format(memory_mb=MEMORY_MB))]
    return QueueSite(tmp_path / "queue", database_uri, slurm, memory_mb=MEMORY_MB, setup=setup)


def processes():
    """Yield the command line and the environment of every process."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield (process / "cmdline").read_text(errors="replace"), (process / "environ").read_text(errors="replace")


def running_in(slurm, number):
    """Return the environments of the processes of a queue job."""
    return [environment for _, environment in processes() if f"SLURM_JOB_ID={number}\0" in environment]


def test_preemption_and_the_end_of_the_memory(site, slurm, tmp_path):
    energies = energies_file(tmp_path)
    submitted = site.run("submit", *words_for(tmp_path, energies=energies), "--json", MONGODB_URI=site.uri)
    (first,) = json.loads(submitted.stdout)["launched"]
    site.until((tmp_path / "hook" / "preempted").exists, "the first job")
    (running,) = [job for job in site.jobs() if job.state == "running"]
    assert site.queue_job(running) == int(first)
    environments = running_in(slurm, first)
    assert environments
    assert all(site.password not in environment for environment in environments)
    assert all(site.password not in command for command, _ in processes())

    slurm.suspend(int(first))
    assert slurm.state(int(first)) == "SUSPENDED"
    assert site.recover(lost_after_s=0.0, launch=False).rerun == []  # it will go on
    slurm.resume(int(first))
    with pytest.raises(SandboxError, match="Requested operation is presently disabled"):
        slurm.requeue(int(first))  # or two workers would be at one job
    urgent = slurm.submit("#!/bin/bash\ntrue\n", "--partition=urgent", f"--ntasks={slurm.cpus}")
    slurm.wait_state(int(first), "PREEMPTED")
    (lost,) = site.json("status")["flows"][0]["lost"]
    assert (lost["name"], f"queue job {first} has ended (PREEMPTED)" in lost["error"]) == (running.name, True)
    slurm.wait_state(urgent, "COMPLETED")

    (second,) = site.recover().launched
    slurm.wait_state(int(second), "FAILED", "OUT_OF_MEMORY", "CANCELLED")
    (flow,) = site.json("status")["flows"]
    (lost,) = flow["lost"]
    assert f"queue job {second} has ended" in lost["error"]
    assert "memory limit" in lost["error"]
    found = site.recover()
    assert [(job.name, job.attempts) for job in found.rerun] == [(running.name, 2)]
    site.until_complete()
    run_screening(settings_for(tmp_path, energies=energies))
    assert_same(site.uri, str(tmp_path / "db"))
