"""How far a flow has come, from the states of its jobs."""

from __future__ import annotations

import pytest
from fixtures_queue import QueueInMemory, flow_of, queued, site_in

from screening.common.errors import CalculationError, InputError
from workflows.queue.flow_documents import QueueJobInVain
from workflows.queue.status import flow_status, flows_named, queue_state


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (["running", "ready", "lost"], "running"),
        (["ready", "lost", "failed"], "waiting"),
        (["waiting", "lost"], "stopped"),
        (["waiting", "completed"], "stopped"),
        (["completed", "paused", "waiting"], "paused"),
        (["completed", "paused", "defused"], "defused"),
        (["lost", "paused"], "stopped"),
        (["archived", "archived"], "archived"),
        (["completed", "failed"], "incomplete"),
        (["completed", "completed"], "complete"),
    ],
)
def test_the_state_of_a_flow(states, state):
    found = flow_status(flow_of(*(queued(number, each) for number, each in enumerate(states))))
    assert found.state == state
    assert {name: count for name, count in found.jobs.items() if count} == {s: states.count(s) for s in states}


def ended(job_id, started, finished):
    return queued(job_id, "completed", started=f"2026-01-01T{started}", finished=f"2026-01-01T{finished}")


def test_the_rate_is_that_from_the_first_start_to_the_last_end():
    jobs = [ended(1, "10:00:00", "10:10:00"), ended(2, "10:05:00", "10:30:00"), queued(3, "ready"), queued(4, "lost")]
    found = flow_status(flow_of(*jobs, done_before=3))
    assert (found.jobs_per_hour, found.time_left_s) == (4.0, 1800.0)
    assert (found.done, found.total) == (5, 7)


@pytest.mark.parametrize("jobs", [[], [("10:00:00", "10:10:00")], [("10:00:00", "10:00:00")] * 2])
def test_there_is_no_rate_of_one_job_or_of_no_time(jobs):
    found = flow_status(flow_of(*(ended(number, *times) for number, times in enumerate(jobs)), queued(9, "ready")))
    assert (found.jobs_per_hour, found.time_left_s) == (None, None)


def test_jobs_that_needed_a_failed_one_are_counted_alone():
    jobs = [queued(1, "failed", error="no"), queued(2, "failed", error="needs job 1, which failed"), queued(3, "lost")]
    found = flow_status(flow_of(*jobs))
    assert ([job.job_id for job in found.failed], found.need_failed) == (["1"], 1)
    assert [job.job_id for job in found.lost] == ["3"]


def test_flows_by_name():
    queue = QueueInMemory(None, flow_of(name="first"), flow_of(name="second"))
    assert flows_named([], queue) == queue.kept
    assert flows_named(["second"], queue) == queue.kept[1:]
    with pytest.raises(InputError, match=r"no flow is called 'secnd' \(did you mean second\?\)"):
        flows_named(["second", "secnd"], queue)
    with pytest.raises(InputError, match="no flow is called 'x'; there are first, second"):
        flows_named(["x"], queue)
    with pytest.raises(InputError, match="no flow is called 'x'; there is none"):
        flows_named(["x"], QueueInMemory(None))


def test_queue_jobs_of_the_site_are_counted(tmp_path, monkeypatch):
    queue = QueueInMemory(site_in(tmp_path))
    queue.in_queue = {"1": "/a", "2": "/b", "3": "/c"}
    queue.died = [QueueJobInVain(job_id="3", folder="/c", why="FAILED")]
    there = {"1": "running", "2": "pending", "9": "running"}
    monkeypatch.setattr("workflows.queue.status.jobs_in_queue", lambda site: there)
    found = queue_state(queue)
    assert (found.scheduler, found.running, found.pending, found.why_missing) == ("slurm", 1, 1, None)
    assert found.in_vain == queue.died


def test_a_scheduler_that_gives_no_answer(tmp_path, monkeypatch):
    def silent(site):
        raise CalculationError("squeue failed: no route")

    monkeypatch.setattr("workflows.queue.status.jobs_in_queue", silent)
    found = queue_state(QueueInMemory(site_in(tmp_path)))
    assert (found.running, found.pending, found.why_missing) == (None, None, "squeue failed: no route")
