"""Which jobs run again, which are given up, and which stay as they are."""

from __future__ import annotations

import pytest
from fixtures_queue import QueueInMemory, flow_of, queued, site_in

from screening.common.errors import InputError
from workflows.queue.flow_documents import QueueJobInVain
from workflows.queue.recovery import recover
from workflows.queue.words import MOST_ATTEMPTS


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """A queue with a job in each state that matters; of the completed ones, the second has lost its output."""
    jobs = [
        queued(1, "completed"),
        queued(2, "completed"),
        queued(3, "lost", error="node gone"),
        queued(4, "lost", error="node gone", attempts=MOST_ATTEMPTS),
        queued(5, "failed", error="no memory"),
        queued(6, "failed", error="needs job 5, which failed"),
        queued(7, "waiting"),
        queued(8, "completed", uuid=None),
    ]
    site = site_in(tmp_path)
    store = site.job_store()
    store.update({"uuid": "uuid 1", "index": 1, "output": {"value": 1}}, key=["uuid", "index"])
    store.close()
    found = QueueInMemory(site, flow_of(*jobs), flow_of(queued(9, "lost", error="node gone"), name="other"))
    monkeypatch.setattr("workflows.queue.recovery.open_queue", lambda site, lost_after_s: found)
    return found


def ids(jobs):
    return [job.job_id for job in jobs]


def test_lost_jobs_and_jobs_without_output_run_again(queue):
    found = recover(queue.site)
    assert ids(found.rerun) == ["2", "3", "9"]
    assert found.rerun[0].error == "its output is not in the database"
    assert ids(found.given_up) == ["4"]
    assert ids(found.failed) == ["4", "5"]
    assert (found.removed, found.launched) == (["half"], ["7"])


def test_flows_are_repaired_before_they_are_read_and_queue_jobs_launched_last(queue):
    recover(queue.site, max_jobs=2)
    useful = 3  # those that run again, and not the one that waits
    assert queue.asked == [
        *(("remove_interrupted",), ("repair",), ("give_up", ["4"]), ("rerun", ["2", "3", "9"])),
        ("resume", []),
        ("launch", useful, 2),
    ]


def test_failed_jobs_run_again_where_that_is_wanted(queue):
    """Not those that needed them: they follow."""
    found = recover(queue.site, failed=True)
    assert ids(found.rerun) == ["2", "5", "3", "9"]
    assert ids(found.failed) == ["4"]


def test_lost_jobs_are_given_up_where_that_is_wanted(queue):
    found = recover(queue.site, give_up=True)
    assert (ids(found.given_up), ids(found.rerun)) == (["3", "4", "9"], ["2"])


def test_how_often_a_job_may_be_lost(queue):
    assert ids(recover(queue.site, most_attempts=MOST_ATTEMPTS + 1).given_up) == []
    assert "1" not in ids(recover(queue.site, most_attempts=1).rerun)


def test_one_flow_by_name_and_without_queue_jobs(queue):
    found = recover(queue.site, ["other"], launch=False)
    assert (ids(found.rerun), found.launched) == (["9"], [])
    assert ("repair", "other") in queue.asked
    assert queue.asked[-2:] == [("rerun", ["9"]), ("resume", [])]


def test_a_name_that_is_no_flows(queue):
    with pytest.raises(InputError, match="no flow is called 'others'"):
        recover(queue.site, ["others"])
    assert queue.asked == [("remove_interrupted",)]


def test_the_number_of_queue_jobs_is_the_runners(queue):
    queue.site.manager = "jobflow-remote"
    with pytest.raises(InputError, match="--max-jobs: jobflow-remote's runner counts the queue jobs"):
        recover(queue.site, max_jobs=2)
    assert queue.asked == []


def test_no_queue_job_is_launched_after_some_that_died_but_on_request(queue):
    queue.died = [QueueJobInVain(job_id=str(n), folder="/f", why="FAILED: python: not found") for n in (12, 11)]
    found = recover(queue.site)
    assert (found.launched, ids(found.rerun)) == ([], ["2", "3", "9"])
    assert found.why_not_launched == (
        "the last 2 queue jobs ended before a worker came up, and others would too (12: FAILED: python: not found): "
        "mend that, then `coatscreen recover --launch`"
    )
    queue.died = queue.died[:1]
    assert recover(queue.site).why_not_launched.startswith("the last queue job ended before a worker came up")
    found = recover(queue.site, launch=True)
    assert (found.launched, found.why_not_launched) == (["7"], None)
    found = recover(queue.site, launch=False)
    assert (found.launched, found.why_not_launched) == ([], None)


@pytest.mark.parametrize("state", ["paused", "defused"])
def test_jobs_that_someone_put_aside_are_resumed_where_that_is_wanted(queue, state):
    queue.kept.append(flow_of(queued(10, state), queued(11, "waiting"), name="aside"))
    found = recover(queue.site, ["aside"], launch=False)
    assert (ids(found.aside), found.resumed) == (["10"], [])
    found = recover(queue.site, ["aside"], resume=True, launch=False)
    assert (found.aside, ids(found.resumed)) == ([], ["10"])


def test_an_archived_flow_is_named(queue):
    queue.kept.append(flow_of(queued(10, "archived"), name="old"))
    found = recover(queue.site, ["old"], resume=True)
    assert (found.archived, found.rerun, found.resumed, found.launched) == (["old"], [], [], [])
