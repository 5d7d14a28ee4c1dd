"""What is printed of flows on a queue: what went wrong, and the way back."""

from __future__ import annotations

import pytest
from fixtures_queue import flow_of, queued

from coatscreen.flows import print_recovery, print_status
from workflows.queue.flow_documents import QueueJobInVain, QueueState, Recovery, StatusDocument
from workflows.queue.status import flow_status

DIED = QueueJobInVain(job_id="12", folder="/runs/a", why="FAILED: python: command not found")


def status_of(*flows, in_vain=()):
    queue = QueueState(scheduler="slurm", running=1, pending=0, why_missing=None, in_vain=list(in_vain))
    return StatusDocument(database="mongodb://***@n1/c", flows=[flow_status(flow) for flow in flows], queue=queue)


def recovery(**fields):
    names = ("rerun", "given_up", "failed", "resumed", "aside", "archived", "removed", "launched")
    return Recovery(database="mongodb://***@n1/c", **{**{name: [] for name in names}, **fields})


@pytest.mark.parametrize(
    ("jobs", "said"),
    [
        ([queued(1, "paused"), queued(2, "waiting")], "mine: 1 jobs were put aside; coatscreen recover --resume lets"),
        ([queued(1, "defused"), queued(2, "paused")], "mine: 2 jobs were put aside; coatscreen recover --resume lets"),
        ([queued(1, "archived")], "mine: archived in FireWorks, which brings no flow back; submit it again"),
        ([queued(1, "lost", error="node gone")], "mine: lost: job 1, once started: node gone"),
    ],
)
def test_the_status_of_a_flow_says_what_to_do(jobs, said, capsys):
    print_status(status_of(flow_of(*jobs)))
    assert said in capsys.readouterr().out


def test_queue_jobs_that_ended_in_vain_are_named(capsys):
    print_status(status_of(flow_of(queued(1, "ready")), in_vain=[DIED]))
    said = capsys.readouterr().out
    assert "Queue: 1 running, 0 pending, 1 ended in vain (slurm)" in said
    assert "Queue: job 12 ended before a worker came up: FAILED: python: command not found [/runs/a]" in said


def test_a_recovery_says_what_it_did_not_do(capsys):
    print_recovery(recovery(why_not_launched="the last queue job ended before a worker came up"))
    said = capsys.readouterr().out
    assert said == "nothing was lost\nno queue job is started: the last queue job ended before a worker came up\n"
    print_recovery(recovery(resumed=[queued(1, "paused")], aside=[queued(2, "defused")], archived=["old"]))
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == [
        "1 jobs that were put aside may run",
        "1 jobs were put aside by someone; --resume lets them run",
    ]
    assert said[2].startswith("old: archived in FireWorks, which brings no flow back")
    assert len(said) == 3
