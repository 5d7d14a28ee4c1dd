"""Jobs read from jobflow-remote's documents: their states, and why one is lost or failed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workflows.queue.jobflow_remote.remote_jobs import _STATES, read_job


def document(state, error=None, host="n1", **remote):
    ours = {"flow_id": "f", "uuid": "u", "attempts": 2, "host": host}
    return {
        "db_id": "7",
        "uuid": "v",
        "state": state,
        "error": error,
        "run_dir": "/scratch/a",
        "start_time": datetime(2026, 1, 1, tzinfo=UTC),
        "end_time": None,
        "job": {"name": "a job", "metadata": {"coatscreen": ours}},
        "remote": {"error": None, "process_id": "12", **remote},
    }


def test_every_state_of_jobflow_remote_is_known():
    states = pytest.importorskip("jobflow_remote.jobs.state", reason="the extra [cluster] is not installed")
    assert set(_STATES) == {state.value for state in states.JobState}


@pytest.mark.parametrize(
    ("state", "ours"),
    [("WAITING", "waiting"), ("SUBMITTED", "ready"), ("RUN_FINISHED", "running"), ("COMPLETED", "completed")],
)
def test_a_job_that_is_well(state, ours):
    found = read_job(document(state, error="of an attempt before"))
    assert (found.state, found.error, found.attempts, found.host) == (ours, None, 2, "n1")
    assert (found.job_id, found.uuid, found.name, found.folder) == ("7", "u", "a job", "/scratch/a")
    assert (found.started, found.finished) == ("2026-01-01T00:00:00+00:00", None)


def test_a_job_that_failed():
    found = read_job(document("FAILED", "Traceback\n  File\nscreening.errors.CalculationError: no memory\n"))
    assert (found.state, found.error) == ("failed", "no memory")


def test_a_job_that_the_database_failed_is_lost():
    text = "Traceback\n  File\npymongo.errors.AutoReconnect: db.example.org:27017: connection closed\n"
    said = "pymongo.errors.AutoReconnect: db.example.org:27017: connection closed"
    for host, where in (("n1", "lost on n1"), (None, "lost")):
        found = read_job(document("FAILED", text, host=host))
        assert (found.state, found.error) == ("lost", f"{where}: {said}")


@pytest.mark.parametrize("error", ["The output file jfremote_out.json was not present", "No explicit error raised."])
@pytest.mark.parametrize(
    ("said", "line"), [("line\nslurmstepd: error: TIME LIMIT\n\n", ": slurmstepd: error: TIME LIMIT"), (None, "")]
)
def test_a_job_whose_queue_job_was_killed_is_lost(error, said, line):
    found = read_job(document("FAILED", error, queue_err=said))
    assert (found.state, found.error) == ("lost", f"lost on n1: queue job 12 ended before it{line}")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            "Error: submission failed. SubmissionResult(exit_code=1, stderr='sbatch: Invalid account', status=FAILED)",
            "the scheduler did not take it: sbatch: Invalid account",
        ),
        ("Traceback\n  File\nOSError: no space\n", "OSError: no space"),
        (None, "it gave no reason"),
    ],
)
def test_a_job_that_jobflow_remote_could_not_run_is_lost(error, line):
    found = read_job(document("REMOTE_ERROR", error=None, host=None) | {"remote": {"error": error, "process_id": None}})
    assert (found.state, found.error) == ("lost", f"jobflow-remote could not run it: {line}")
