"""Flows in the database of each job manager: added, read, and removed where they are not complete."""

from __future__ import annotations

import re

import pytest
from jobflow import Flow, job
from pymongo import MongoClient

from screening.common.provenance import software
from workflows.identity import named_by_content
from workflows.queue.flow_documents import FlowLabel
from workflows.queue.managers import open_queue
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site
from workflows.queue.words import COLLECT_RESULT, COLLECTING, RUN_JOB, RUN_REMOTE_JOB
from workflows.stack import StackCollector
from workflows.work_left import WorkLeft

MODULES = {"fireworks": "fireworks", "jobflow-remote": "jobflow_remote"}

pytestmark = [pytest.mark.usefixtures("own_folder"), pytest.mark.filterwarnings("ignore")]


@job
def one(number: int) -> int:
    return number


@pytest.fixture(params=MODULES)
def queue(request, tmp_path, database_uri):
    pytest.importorskip(MODULES[request.param], reason="the extra [cluster] is not installed")
    options = {"database": database_uri, "work_folder": str(tmp_path)}
    site = write_site(Site.make(manager=request.param, scheduler="slurm", **options), tmp_path / "site")
    return open_queue(site)


@pytest.fixture
def left():
    """Two jobs and one that needs both; the first of them is done."""
    first, second = (named_by_content(one(number), str(number)) for number in (1, 2))
    last = named_by_content(one([first.output, second.output]), "last")
    flow = Flow([first, second, last])
    jobs = {each.uuid: each for each in (first, second, last)}
    return WorkLeft(jobs, flow.graph, {second.uuid, last.uuid})


def label(number):
    return FlowLabel(
        flow_id=f"{number:032x}",
        name=f"flow {number}",
        kind="stacks",
        about="two layers",
        version=software().coatscreen,
        submitted=f"2026-01-0{number}T00:00:00",
        done_before=1,
    )


def add(queue, left, number):
    return queue.add(label(number), left, StackCollector(result="search"))


def documents(queue):
    with MongoClient(queue.site.database) as client:
        database = client.get_default_database()
        return {name: list(database[name].find({})) for name in database.list_collection_names()}


def test_a_flow_comes_with_the_collection_of_its_result(queue, left):
    assert add(queue, left, 1) == 3
    (flow,) = queue.flows()
    assert flow.label == label(1)
    assert [(each.name, each.state, each.attempts) for each in flow.jobs] == [
        *(("one: 2", "ready", 0), ("one: last", "waiting", 0), (COLLECTING, "waiting", 0))
    ]
    assert [each.uuid for each in flow.jobs] == [*(u for u in left.jobs if u in left.todo), None]


def test_the_last_submitted_comes_first(queue, left):
    for number in (2, 3, 1):
        add(queue, left, number)
    assert [each.name for each in queue.labels()] == ["flow 3", "flow 2", "flow 1"]
    assert [flow.label.name for flow in queue.flows()] == ["flow 3", "flow 2", "flow 1"]
    assert [flow.label.name for flow in queue.flows(flow_id=label(2).flow_id)] == ["flow 2"]
    assert [flow.label.name for flow in queue.flows(["flow 1", "flow 3"])] == ["flow 3", "flow 1"]
    assert queue.flows(["another"]) == queue.flows(flow_id="another") == []


def test_nothing_is_there_at_first(queue):
    assert (queue.labels(), queue.flows(), queue.queue_jobs(), queue.remove_interrupted()) == ([], [], {}, [])
    assert queue.launch(3) == []


def test_an_interrupted_submission_is_removed_and_no_other(queue, left):
    for number in (1, 2):
        add(queue, left, number)
    last = queue.flows(flow_id=label(1).flow_id)[0].jobs[-1]
    number = int(last.job_id) if queue.site.manager == "fireworks" else last.job_id
    queue.job_documents.delete_one({"$or": [{"fw_id": number}, {"db_id": number}]})
    assert queue.remove_interrupted() == ["flow 1"]
    assert [flow.label.name for flow in queue.flows()] == ["flow 2"]
    assert queue.job_documents.count_documents({}) == 3


def strings(value):
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)
    elif isinstance(value, str):
        yield value


def test_of_this_project_only_the_place_of_the_tasks_is_stored(queue, left):
    """The text of a job is jobflow's and says where the job's function is: in this test, here."""
    add(queue, left, 1)
    stored = {
        text
        for text in strings(documents(queue))
        if re.search(r"(?<!tests\.)\b(workflows|screening|coatscreen)\.", text)
    }
    if queue.site.manager == "fireworks":
        assert stored == {RUN_JOB, COLLECT_RESULT}
    else:
        assert stored == {RUN_REMOTE_JOB.rpartition(".")[0]}


def test_a_lost_job_is_given_up_with_the_reason(queue, left):
    add(queue, left, 1)
    first = queue.flows()[0].jobs[0]
    if queue.site.manager == "fireworks":
        from workflows.queue.fireworks.launchpad import read_fworker

        queue.launchpad.checkout_fw(read_fworker(queue.site), "/work")
    queue.give_up([first.model_copy(update={"state": "lost", "error": "lost on n1: no sign of life"})])
    found = queue.flows()[0].jobs
    assert (found[0].state, found[0].error) == ("failed", "lost on n1: no sign of life")
    assert [each.state for each in found[1:]] == ["ready", "waiting"]  # the next one finds what it cannot do without


def test_a_failed_job_runs_again_with_all_that_need_it(queue, left):
    add(queue, left, 1)
    first = queue.flows()[0].jobs[0]
    if queue.site.manager == "fireworks":
        from workflows.queue.fireworks.launchpad import read_fworker

        queue.launchpad.checkout_fw(read_fworker(queue.site), "/work")
    queue.give_up([first.model_copy(update={"state": "lost", "error": "lost on n1"})])
    queue.rerun([queue.flows()[0].jobs[0]])
    assert [each.state for each in queue.flows()[0].jobs] == ["ready", "waiting", "waiting"]
    queue.repair()
    assert [each.state for each in queue.flows()[0].jobs] == ["ready", "waiting", "waiting"]


def put_aside(queue, how):
    """Pause, defuse or archive the first job as a person would, with the job manager's own means."""
    first = queue.flows()[0].jobs[0].job_id
    if queue.site.manager == "fireworks":
        {"paused": queue.launchpad.pause_fw, "defused": queue.launchpad.defuse_fw}[how](int(first))
    elif how == "paused":
        queue.controller.pause_job(db_id=first)
    else:
        queue.job_documents.update_one({"db_id": first}, {"$set": {"state": "USER_STOPPED"}})


@pytest.mark.parametrize("how", ["paused", "defused"])
def test_what_someone_put_aside_is_resumed(queue, left, how):
    add(queue, left, 1)
    put_aside(queue, how)
    (flow,) = queue.flows()
    assert [each.state for each in flow.jobs] == [how, "waiting", "waiting"]
    assert flow.aside == flow.jobs[:1]
    queue.repair()  # jobflow-remote lets what can do without a stopped job go on
    assert queue.flows()[0].jobs[0].state == how
    queue.resume(flow.aside)
    assert [each.state for each in queue.flows()[0].jobs] == ["ready", "waiting", "waiting"]


def test_an_archived_flow_loses_its_label_and_no_other(queue, left):
    for number in (1, 2):
        add(queue, left, number)
    assert not queue.forget_archived(label(1).flow_id)
    if queue.site.manager != "fireworks":
        return
    queue.launchpad.archive_wf(int(queue.flows(flow_id=label(1).flow_id)[0].jobs[0].job_id))
    assert {each.state for each in queue.flows(["flow 1"])[0].jobs} == {"archived"}
    queue.repair()
    assert not queue.forget_archived(label(2).flow_id)
    assert queue.forget_archived(label(1).flow_id)
    assert [each.name for each in queue.labels()] == ["flow 2"]
    assert add(queue, left, 1) == 3
    assert queue.job_documents.count_documents({}) == 9  # those of the archived flow are there as well


def wide():
    """Three jobs that need no other, one that needs them, and one that needs that: four levels with the collection."""
    firsts = [named_by_content(one(number), str(number)) for number in (1, 2, 3)]
    fourth = named_by_content(one([each.output for each in firsts]), "4")
    fifth = named_by_content(one([fourth.output]), "5")
    flow = Flow([*firsts, fourth, fifth])
    jobs = {each.uuid: each for each in (*firsts, fourth, fifth)}
    return WorkLeft(jobs, flow.graph, set(jobs))


@pytest.mark.parametrize("queue", ["fireworks"], indirect=True)
def test_no_more_queue_jobs_are_useful_than_jobs_can_run_at_one_time(queue, left):
    """Nor are any for jobs that wait for one that is lost, failed or put aside."""
    add(queue, wide(), 1)
    add(queue, left, 2)  # a chain
    flows = queue.flows()
    assert queue.useful(flows) == 3 + 1
    assert queue.useful(flows[:1]) == 1
    put_aside(queue, "paused")  # the head of the chain, which was added last
    assert queue.useful(queue.flows()) == 3
    queue.launchpad.fireworks.update_many({"fw_id": {"$in": [1, 2]}}, {"$set": {"state": "COMPLETED"}})
    assert queue.useful(queue.flows()) == 1
    queue.launchpad.fireworks.update_many({}, {"$set": {"state": "COMPLETED"}})
    assert queue.useful(queue.flows()) == 0
