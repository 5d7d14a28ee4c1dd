"""What is submitted, under which name, and what is refused before anything is written."""

from __future__ import annotations

import pytest
from fixtures_queue import QueueInMemory, flow_of, queued, site_in
from jobflow import Flow, job

from screening.common.errors import CalculationError, InputError
from workflows.identity import named_by_content
from workflows.queue.submission import submit
from workflows.requests.flow_request import FlowRequest
from workflows.stack import StackCollector


@job
def one(number: int) -> int:
    return number


@pytest.fixture
def prepared():
    """Two jobs that need no other and one that needs both."""
    first, second = (named_by_content(one(number), str(number)) for number in (1, 2))
    last = named_by_content(one([first.output, second.output]), "last")
    return FlowRequest("two layers", Flow([first, second, last]), StackCollector(result=last.uuid))


@pytest.fixture
def queue(tmp_path, monkeypatch):
    found = QueueInMemory(site_in(tmp_path))
    monkeypatch.setattr("workflows.queue.submission.open_queue", lambda site: found)
    monkeypatch.setattr("workflows.queue.submission.jobs_in_queue", lambda site: {})
    return found


def test_a_flow_is_named_by_its_kind_and_its_jobs(queue, prepared):
    answer = submit(queue.site, prepared)
    assert (answer.known, answer.total, answer.added, answer.launched) == (False, 4, 4, ["7"])
    assert answer.flow.name == f"stacks-{answer.flow.flow_id[:8]}"
    assert (answer.flow.kind, answer.flow.about, answer.flow.done_before) == ("stacks", "two layers", 0)
    assert queue.asked == [
        *(("remove_interrupted",), ("add", answer.flow.name, sorted(prepared.flow.job_uuids)), ("launch", 2, None)),
    ]


def test_submitted_again_it_is_known_under_its_first_name(queue, prepared):
    first = submit(queue.site, prepared, name="mine")
    for name in (None, "mine"):
        again = submit(queue.site, prepared, name=name)
        assert (again.known, again.added, again.flow) == (True, 0, first.flow)
    with pytest.raises(InputError, match="these jobs were submitted before, as 'mine'"):
        submit(queue.site, prepared, name="yours")


def test_an_archived_flow_can_be_submitted_again(queue, prepared):
    first = submit(queue.site, prepared, name="mine")
    queue.kept[0] = queue.kept[0].model_copy(update={"jobs": [queued(1, "archived")]})
    again = submit(queue.site, prepared, name="mine")
    assert (again.known, again.added, again.flow.flow_id) == (False, 4, first.flow.flow_id)


def test_two_flows_cannot_have_one_name(queue, prepared):
    queue.kept.append(flow_of(name="mine"))
    with pytest.raises(InputError, match="another flow is called 'mine'"):
        submit(queue.site, prepared, name="mine")
    assert [what for what, *_ in queue.asked] == ["remove_interrupted"]


def test_what_is_done_is_left_out(queue, prepared):
    store = queue.site.job_store()
    done = prepared.flow.job_uuids[0]
    store.update({"uuid": done, "index": 1, "output": {"value": 1}}, key=["uuid", "index"])
    store.close()
    answer = submit(queue.site, prepared, launch=False, max_jobs=3)
    assert (answer.flow.done_before, answer.added, answer.total, answer.launched) == (1, 3, 4, [])
    assert done not in queue.asked[1][2]


def test_nothing_is_submitted_where_the_scheduler_gives_no_answer(queue, prepared, monkeypatch):
    def silent(site):
        raise CalculationError("squeue failed: no route")

    monkeypatch.setattr("workflows.queue.submission.jobs_in_queue", silent)
    with pytest.raises(CalculationError, match=r"^nothing was submitted: squeue failed: no route; --no-launch submits"):
        submit(queue.site, prepared)
    assert queue.asked == []
    assert submit(queue.site, prepared, launch=False).added == 4


def test_the_number_of_queue_jobs_is_the_runners(queue, prepared):
    queue.site.manager = "jobflow-remote"
    with pytest.raises(InputError, match="run `coatscreen site init --overwrite`, then start the runner anew"):
        submit(queue.site, prepared, max_jobs=2)
    assert queue.asked == []
