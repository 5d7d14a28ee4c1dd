"""What is told of a job by its state and its error."""

from __future__ import annotations

import pytest
from fixtures_queue import flow_of, queued

from workflows.queue.flow_documents import JOB_STATES


@pytest.mark.parametrize("state", JOB_STATES)
def test_whether_a_job_has_ended(state):
    assert queued(1, state).ended == (state in ("completed", "failed"))


def test_jobs_that_failed_by_themselves_are_told_from_those_that_needed_them():
    itself = queued(1, "failed", error="no memory")
    needing = queued(2, "failed", error="needs job 1, which failed")
    lost = queued(3, "lost", error="needs nothing: the node is gone")
    silent = queued(4, "failed")
    flow = flow_of(itself, needing, lost, silent, queued(5, "completed"))
    assert [job.failed_for_another for job in flow.jobs] == [False, True, False, False, False]
    assert flow.failed == [itself, silent]
    assert flow.lost == [lost]
