"""The sandbox is a real Slurm: jobs run, end at their time limit, and outlive the node's daemon."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.cluster


def test_a_job_runs(slurm, tmp_path):
    job = slurm.submit("#!/bin/sh\necho $SLURM_JOB_ID > out\n", folder=tmp_path)
    assert slurm.wait_state(job, "COMPLETED", "FAILED") == "COMPLETED"
    assert (tmp_path / "out").read_text().strip() == str(job)


def test_the_end_of_the_time_limit(slurm, tmp_path):
    job = slurm.submit("#!/bin/sh\nsleep 300\ntouch out\n", folder=tmp_path)
    slurm.wait_state(job, "RUNNING")
    slurm.expire(job)
    assert slurm.wait_state(job, "TIMEOUT", "COMPLETED", "FAILED", "CANCELLED") == "TIMEOUT"
    assert not (tmp_path / "out").exists()
    slurm.wait_idle()
    assert f"JobId={job} " in slurm.completions()


def test_a_killed_job_has_failed(slurm, tmp_path):
    job = slurm.submit("#!/bin/sh\nsleep 300\n", folder=tmp_path)
    slurm.wait_state(job, "RUNNING")
    slurm.kill(job)
    assert slurm.wait_state(job, "COMPLETED", "FAILED", "CANCELLED", "TIMEOUT") == "FAILED"


def test_a_job_outlives_the_daemon_of_its_node(slurm, tmp_path):
    job = slurm.submit("#!/bin/sh\ntouch begun\nwhile [ ! -e go ]; do sleep 0.1; done\ntouch out\n", folder=tmp_path)
    slurm.wait_state(job, "RUNNING")
    slurm.restart_slurmd()
    assert slurm.state(job) == "RUNNING"
    Path(tmp_path / "go").touch()
    assert slurm.wait_state(job, "COMPLETED", "FAILED") == "COMPLETED"
    assert (tmp_path / "out").exists()
