"""A LaunchPad with 5,000 jobs: what is asked of it, and how much it answers, counted and not timed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from jobflow import Flow, job
from pymongo import MongoClient, monitoring
from queue_double import QueueDouble

from screening.common.provenance import software
from workflows.identity import named_by_content
from workflows.queue.fireworks.fireworks_queue import FireworksQueue
from workflows.queue.flow_documents import FlowLabel
from workflows.queue.recovery import recover
from workflows.queue.site import Site
from workflows.queue.site.config_files import write_site
from workflows.queue.status import status
from workflows.queue.submission import submit
from workflows.requests.flow_request import FlowRequest
from workflows.stack import StackCollector
from workflows.work_left import WorkLeft

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

FLOWS, JOBS = 385, 13  # of each flow
ALL = FLOWS * JOBS
BATCHES = 10  # most further answers in which all jobs and their starts come: 16 MB each


@job
def one(number: int) -> int:
    return number


def request(number):
    """A flow of twelve jobs, of which eleven need no other; the thirteenth collects its result."""
    firsts = [named_by_content(one(1000 * number + each), f"{number}/{each}") for each in range(JOBS - 2)]
    last = named_by_content(one([each.output for each in firsts]), f"{number}/last")
    return FlowRequest("two layers", Flow([*firsts, last]), StackCollector(result=last.uuid))


class Listener(monitoring.CommandListener):
    """Counts the commands that go to the server, and the documents that come back."""

    def __init__(self):
        self.commands, self.documents = Counter(), 0

    def started(self, event):
        if event.command_name not in ("hello", "ismaster", "saslStart", "saslContinue", "ping", "endSessions"):
            self.commands[event.command_name] += 1

    def succeeded(self, event):
        cursor = event.reply.get("cursor", {}) if isinstance(event.reply, dict) else {}
        self.documents += len(cursor.get("firstBatch", [])) + len(cursor.get("nextBatch", []))

    def failed(self, event):
        pass


LISTENER = Listener()
monitoring.register(LISTENER)  # of all clients made from now on in this process


@pytest.fixture
def counted():
    """Count what goes to the server while something is done."""

    def run(do):
        LISTENER.commands, LISTENER.documents = Counter(), 0
        found = do()
        return found, sum(LISTENER.commands.values()), LISTENER.documents

    return run


def label(number):
    about = {"kind": "stacks", "about": "two layers", "version": software().coatscreen, "done_before": 0}
    return FlowLabel(flow_id=f"{number:032x}", name=f"flow-{number}", submitted="2026-01-01T00:00:00", **about)


@pytest.fixture(scope="module")
def site(tmp_path_factory, database_server):
    """A site with all flows complete but the last, which has one job left and one lost."""
    folder = tmp_path_factory.mktemp("many")
    uri = database_server.database_uri("many_jobs")
    (folder / "work").mkdir()
    made = write_site(Site.make(scheduler="slurm", database=uri, work_folder=str(folder / "work")), folder / "site")
    queue = FireworksQueue(made)
    asked = request(0)
    jobs = {each.uuid: each for each, _ in asked.flow.iterflow()}
    queue.add(label(0), WorkLeft(jobs, asked.flow.graph, set(jobs)), asked.collector)
    store = made.job_store()
    with MongoClient(uri) as client:
        database = client.get_default_database()
        fill(database, store)
        yield made
        client.drop_database(database.name)


def fill(database, store):
    """Copy the first flow, with starts of its jobs and outputs."""
    from fireworks import FWAction, FWorker
    from fireworks.core.firework import Launch

    flow, jobs = database["workflows"].find_one({}), list(database["fireworks"].find({}).sort("fw_id", 1))
    time = datetime.now(UTC).replace(tzinfo=None).isoformat()
    history = [{"state": state, "created_on": time, "updated_on": time} for state in ("RUNNING", "COMPLETED")]
    flows, fireworks, launches, outputs = [], [], [], []
    for number in range(1, FLOWS):
        shift = number * JOBS
        of_flow = {str(int(old) + shift): [new + shift for new in later] for old, later in flow["links"].items()}
        metadata = {"coatscreen": label(number).model_dump()}
        states = dict.fromkeys(of_flow, "COMPLETED")
        ids = {"nodes": [int(each) for each in of_flow], "links": of_flow, "fw_states": states}
        parents = {
            str(int(old) + shift): [new + shift for new in before] for old, before in flow["parent_links"].items()
        }
        rest = {"parent_links": parents, "metadata": metadata, "name": f"flow-{number}", "state": "COMPLETED"}
        flows.append({**{k: v for k, v in flow.items() if k != "_id"}, **ids, **rest})
        for each in jobs:
            fw_id, uuid = each["fw_id"] + shift, each["spec"]["coatscreen"]["uuid"] and f"{number}-{each['fw_id']}"
            spec = {**each["spec"], "coatscreen": {"flow_id": label(number).flow_id, "uuid": uuid}}
            fields = {"fw_id": fw_id, "spec": spec, "state": "COMPLETED", "launches": [fw_id]}
            fireworks.append({**{k: v for k, v in each.items() if k != "_id"}, **fields})
            where = {"launch_dir": f"/scratch/a/launcher_{fw_id}", "host": "n1"}
            start = Launch("COMPLETED", fworker=FWorker(), action=FWAction(), launch_id=fw_id, fw_id=fw_id, **where)
            launches.append({**start.to_db_dict(), "state_history": history})
            if uuid:
                outputs.append({"uuid": uuid, "index": 1, "output": {"value": [fw_id]}, "completed_at": time})
    last = fireworks[-JOBS]["fw_id"]
    for each, state in ((fireworks[-1], "WAITING"), (fireworks[-2], "WAITING"), (fireworks[-JOBS], "RUNNING")):
        each["state"] = flows[-1]["fw_states"][str(each["fw_id"])] = state
    flows[-1]["state"] = "RUNNING"
    launches[-JOBS] |= {"state": "RUNNING", "state_history": [{**history[0], "updated_on": "2026-01-01T00:00:00"}]}
    assert launches[-JOBS]["launch_id"] == last
    database["workflows"].insert_many(flows)
    database["fireworks"].insert_many(fireworks)
    database["launches"].insert_many(launches)
    database["fw_id_assigner"].update_one({}, {"$set": {"next_fw_id": ALL + 1, "next_launch_id": 10**6}})
    store.docs_store._collection.insert_many(outputs)


@pytest.fixture
def scheduler(tmp_path, monkeypatch):
    found = QueueDouble(tmp_path / "commands", "slurm")
    found.mode = "vanish"
    monkeypatch.setenv("PATH", found.path)
    return found


def test_the_status_of_one_flow_reads_that_flow_alone(site, scheduler, counted):
    found, commands, documents = counted(lambda: status(site, ["flow-7"]))
    assert [(flow.name, flow.state, flow.total) for flow in found.flows] == [("flow-7", "complete", JOBS)]
    assert documents <= 1 + 2 * JOBS + 5  # the flow, its jobs and their starts
    assert commands <= 10


def test_the_status_of_all_flows_asks_hardly_more_often(site, scheduler, counted):
    found, commands, documents = counted(lambda: status(site))
    assert len(found.flows) == FLOWS
    assert sum(flow.total for flow in found.flows) == ALL
    assert [flow.state for flow in found.flows if flow.name == f"flow-{FLOWS - 1}"] == ["stopped"]
    assert documents <= FLOWS + 2 * ALL + 5
    assert commands <= 10 + BATCHES


def test_a_submission_reads_the_labels_of_flows_and_no_job_of_another(site, scheduler, counted):
    found, commands, documents = counted(lambda: submit(site, request(FLOWS), launch=False))
    assert found.added == JOBS
    assert documents <= FLOWS + 10 * JOBS
    assert commands <= 50


def test_a_recovery_of_one_flow_reads_no_finished_one(site, scheduler, counted):
    found, commands, documents = counted(lambda: recover(site, ["flow-7"], launch=False))
    assert found.rerun == []
    assert documents <= FLOWS + 10 * JOBS
    assert commands <= 50


def test_a_recovery_of_all_reads_each_job_once(site, scheduler, counted):
    """With its start and its output; what follows the lost job is FireWorks' own work."""
    found, commands, documents = counted(lambda: recover(site, launch=False))
    assert [(job.state, job.job_id) for job in found.rerun] == [("lost", str(ALL - JOBS + 1))]
    assert documents <= 3 * FLOWS + 3 * ALL + 20 * JOBS
    assert commands <= 150
