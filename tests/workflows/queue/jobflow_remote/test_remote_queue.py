"""Flows on a site whose manager is jobflow-remote, with its own runner; in place of the scheduler, a double of one.

jobflow-remote's runner and its way of running a job are its own; only what it tells the scheduler is taken by a double
that runs the job in this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from fixtures_screening import contents, job_times, settings_for
from pymongo import MongoClient

from screening.common.errors import CalculationError, InputError, StoreError
from workflows.queue.managers import open_queue
from workflows.queue.recovery import recover
from workflows.queue.site import Site
from workflows.queue.site.config_files import PROJECT_FILE, write_site
from workflows.queue.status import status
from workflows.queue.submission import submit
from workflows.queue.words import COLLECTING
from workflows.run import prepare_screening, run_screening

pytest.importorskip("jobflow_remote", reason="the extra [cluster] is not installed")

import jobflow
import jobflow_remote
from jobflow_remote.jobs import run as remote_run
from jobflow_remote.jobs.runner import Runner
from jobflow_remote.jobs.state import JobState
from qtoolkit.core.data_objects import SubmissionResult, SubmissionStatus

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("own_folder"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

FIRST = "cathode_states: LiCoO2"
_ELSEWHERE = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("coatscreen", "screening", "workflows"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hide())
from jobflow_remote.jobs.run import run_remote_job
run_remote_job(sys.argv[1])
"""
NOT_ENDED = ["READY", "CHECKED_OUT", "UPLOADED", "SUBMITTED", "RUNNING", "DOWNLOADED"]


class Scheduler:
    """A double of a scheduler, as jobflow-remote sees one: a job has ended when it is asked about.

    Attributes
    ----------
    mode
        ``"run"``; ``"refuse"``: it takes no job; ``"kill"``: the first job is killed as it starts; ``"foreign"``: the
        first job runs where this project is not installed.
    """

    def __init__(self) -> None:
        self.mode, self.submitted = "run", 0

    def submit(self, work_dir, **_):
        if self.mode == "refuse":
            return SubmissionResult(exit_code=1, stderr="sbatch: Invalid account", status=SubmissionStatus.FAILED)
        self.submitted += 1
        first = json.loads((Path(work_dir) / "jfremote_in.json").read_text())["job"]["name"] == FIRST
        if first and self.mode == "kill":
            (Path(work_dir) / "jfremote_out.json").write_text('{"start_time": null}')
            (Path(work_dir) / "queue.err").write_text("slurmstepd: error: *** JOB 7 CANCELLED DUE TO TIME LIMIT ***\n")
        elif first and self.mode == "foreign":
            subprocess.run([sys.executable, "-c", _ELSEWHERE, str(work_dir)], check=True, cwd=work_dir)
        else:
            remote_run.run_remote_job(work_dir)
        return SubmissionResult(job_id=str(self.submitted), exit_code=0, status=SubmissionStatus.SUCCESSFUL)

    def get_jobs_list(self, jobs, user):
        return []


class Cluster:
    """A site, its runner and its scheduler."""

    def __init__(self, site: Site) -> None:
        self.site, self.scheduler = site, Scheduler()

    @property
    def queue(self):
        return open_queue(self.site)

    def run(self) -> None:
        """Let the runner do what there is to do."""
        runner = Runner("coatscreen")
        runner.queue_managers["queue"] = self.scheduler
        states = [JobState(state).value for state in ("CHECKED_OUT", "UPLOADED", "DOWNLOADED")]
        while runner.job_controller.count_jobs({"state": {"$in": NOT_ENDED}}):
            runner.checkout()
            runner.check_run_status()
            runner.advance_state(states)
        runner.job_controller.close()

    def database(self):
        return MongoClient(self.site.database).get_default_database()

    def jobs(self):
        """Return the jobs of the only flow by name."""
        (flow,) = self.queue.flows()
        return {job.name: job for job in flow.jobs}


@pytest.fixture
def cluster(tmp_path, database_uri, monkeypatch):
    """A site with a small database of its own, with jobflow-remote as its worker's environment has it."""
    for module in (remote_run, __import__("jobflow_remote.jobs.runner", fromlist=["_"])):
        name = "initialize_remote_run_log" if module is remote_run else "initialize_runner_logger"
        monkeypatch.setattr(module, name, lambda **_: None)
    (tmp_path / "work").mkdir()
    options = {"database": database_uri, "work_folder": str(tmp_path / "work")}
    site = write_site(Site.make(manager="jobflow-remote", scheduler="slurm", **options), tmp_path / "site")
    project = yaml.safe_load((site.folder / PROJECT_FILE).read_text())
    project["runner"]["max_step_attempts"] = 0  # else it would wait half a minute and try again
    (site.folder / PROJECT_FILE).write_text(yaml.safe_dump(project))
    for name, value in site.environment_variables().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(jobflow_remote.SETTINGS, "projects_folder", os.environ["JFREMOTE_PROJECTS_FOLDER"])
    monkeypatch.setattr(jobflow.SETTINGS, "JOB_STORE", site.job_store())
    return Cluster(site)


@pytest.fixture
def settings(tmp_path):
    """Of a screening of one coating."""
    return settings_for(tmp_path, coatings=["LiNbO3"])


def prepared(settings):
    return prepare_screening(settings)[2]


def test_a_screening_is_that_of_a_run_here(cluster, tmp_path):
    settings = settings_for(tmp_path)
    answer = submit(cluster.site, prepared(settings), name="mine")
    assert (answer.known, answer.launched, answer.runner_at_work) == (False, [], False)
    assert answer.added == answer.total
    (flow,) = status(cluster.site).flows
    assert (flow.name, flow.state, flow.done, flow.jobs["completed"]) == ("mine", "waiting", 0, 0)
    assert flow.jobs["ready"] + flow.jobs["waiting"] == answer.total
    cluster.run()
    (flow,) = status(cluster.site).flows
    assert (flow.state, flow.done, flow.failed, flow.lost) == ("complete", answer.total, [], [])
    jobs = cluster.jobs()
    assert {job.attempts for job in jobs.values()} == {1}
    assert {job.host for job in jobs.values()} == {os.uname().nodename}
    assert all(Path(job.folder).is_relative_to(tmp_path / "work") for job in jobs.values())
    run_screening(settings)
    assert contents(cluster.site.database) == contents(tmp_path / "db")
    assert set(job_times(cluster.site.database)) == set(job_times(tmp_path / "db"))


def test_submitted_again_nothing_is_added(cluster, settings):
    submit(cluster.site, prepared(settings))
    cluster.run()
    again = submit(cluster.site, prepared(settings))
    assert (again.known, again.added) == (True, 0)
    assert cluster.scheduler.submitted == again.total


def test_two_flows_want_the_same_jobs(cluster, tmp_path):
    """Also where the flow that has them is still waiting."""
    first = settings_for(tmp_path, coatings=["LiNbO3"], batch_size=1)
    both = settings_for(tmp_path, coatings=["LiNbO3", "HfO2"], batch_size=1)
    submit(cluster.site, prepared(first), name="first")
    submit(cluster.site, prepared(both), name="second")
    cluster.run()
    assert {flow.name: flow.state for flow in status(cluster.site).flows} == {"first": "complete", "second": "complete"}
    run_screening(both)
    assert contents(cluster.site.database) == contents(tmp_path / "db")
    assert set(job_times(tmp_path / "db")) < set(job_times(cluster.site.database))


def test_another_version_on_the_worker(cluster, settings, monkeypatch, tmp_path):
    """Nothing is computed, the first line of the error says why, and after the mending all is as it should be."""
    submit(cluster.site, prepared(settings))
    with monkeypatch.context() as patch:
        patch.setattr("workflows.queue.tasks.software", lambda: SimpleNamespace(coatscreen="9.9"))
        cluster.run()
    (flow,) = status(cluster.site).flows
    assert flow.state == "incomplete"
    assert {job.error for job in flow.failed} == {
        "submitted by coatscreen 0.1.0, but this worker has 9.9: install the same version in both environments, then "
        "`coatscreen recover --failed`"
    }
    assert job_times(cluster.site.database) == {}
    found = recover(cluster.site, failed=True)
    assert {job.name for job in found.rerun} == {job.name for job in flow.failed}
    assert found.failed == []
    cluster.run()
    (flow,) = status(cluster.site).flows
    assert flow.state == "complete"
    run_screening(settings)
    assert contents(cluster.site.database) == contents(tmp_path / "db")


def test_a_job_that_fails(cluster, settings, tmp_path):
    """What needs it fails with it, the result names it; run again after the mending, all of it is made anew."""
    energies = Path(settings.energies)
    request = prepared(settings)
    submit(cluster.site, request)
    energies.rename(energies.with_suffix(".away"))
    cluster.run()
    (flow,) = status(cluster.site).flows
    assert flow.state == "incomplete"
    assert flow.need_failed
    assert {job.name: job.error for job in flow.failed}[FIRST].startswith(f"unknown energies '{energies}'")
    (run,) = cluster.database()["runs"].find({})
    assert run["state"] == "failed"
    energies.with_suffix(".away").rename(energies)
    recover(cluster.site, failed=True)
    cluster.run()
    assert status(cluster.site).flows[0].state == "complete"
    run_screening(settings)
    assert contents(cluster.site.database) == contents(tmp_path / "db")
    (run,) = cluster.database()["runs"].find({})
    assert (run["state"], run["failed"]) == ("done", {})


def test_a_killed_job_is_lost_and_brought_back(cluster, settings, tmp_path):
    submit(cluster.site, prepared(settings))
    cluster.scheduler.mode = "kill"
    cluster.run()
    (flow,) = status(cluster.site).flows
    (job,) = flow.lost
    assert job.name == FIRST
    assert job.error.startswith("lost: queue job ")
    assert job.error.endswith("CANCELLED DUE TO TIME LIMIT ***")
    (run,) = cluster.database()["runs"].find({})
    assert job.name in run["failed"]
    cluster.scheduler.mode = "run"
    assert [each.name for each in recover(cluster.site).rerun] == [job.name]
    cluster.run()
    assert status(cluster.site).flows[0].state == "complete"
    run_screening(settings)
    assert contents(cluster.site.database) == contents(tmp_path / "db")


def test_lost_jobs_are_given_up(cluster, settings):
    submit(cluster.site, prepared(settings))
    cluster.scheduler.mode = "kill"
    cluster.run()
    given_up = recover(cluster.site, give_up=True)
    assert [job.name for job in given_up.given_up] == [FIRST]
    (flow,) = status(cluster.site).flows
    assert (flow.state, flow.lost) == ("incomplete", [])
    assert FIRST in {job.name for job in flow.failed}
    assert recover(cluster.site).rerun == []


def test_a_job_the_scheduler_does_not_take(cluster, settings):
    submit(cluster.site, prepared(settings))
    cluster.scheduler.mode = "refuse"
    cluster.run()
    (flow,) = status(cluster.site).flows
    assert flow.state == "stopped"
    assert {job.attempts for job in flow.lost} == {0}
    assert {job.error for job in flow.lost} == {
        "jobflow-remote could not run it: the scheduler did not take it: sbatch: Invalid account"
    }
    cluster.scheduler.mode = "run"
    assert len(recover(cluster.site).rerun) == len(flow.lost)
    cluster.run()
    assert status(cluster.site).flows[0].state == "complete"


def test_an_output_that_is_gone_is_made_again(cluster, settings, tmp_path):
    submit(cluster.site, prepared(settings))
    cluster.run()
    gone = cluster.jobs()["bare_interface: LiCoO2|Li6PS5Cl"]
    cluster.database()["jobs"].delete_one({"uuid": gone.uuid})
    assert [job.name for job in recover(cluster.site).rerun] == [gone.name]
    cluster.run()
    again = cluster.jobs()
    assert again[gone.name].attempts == again[COLLECTING].attempts == 2
    assert again["material_properties: LiCoO2"].attempts == 1
    assert gone.uuid in job_times(cluster.site.database)


def test_a_runner_killed_while_it_wrote(cluster, settings):
    """Its locks are broken when they are old, and the jobs it did not get to are told that they may run."""
    submit(cluster.site, prepared(settings))
    cluster.run()
    recover(cluster.site)
    database = cluster.database()
    lock = {"lock_id": "gone", "lock_time": datetime.now(UTC) - timedelta(hours=1)}
    database["jf_flows"].update_one({}, {"$set": lock})
    last = {"job.name": COLLECTING}
    database["jf_jobs"].update_one(last, {"$set": {"state": "WAITING", **lock}})
    recover(cluster.site)
    found = database["jf_jobs"].find_one(last)
    assert (found["state"], found["lock_id"]) == ("READY", None)
    assert database["jf_flows"].find_one({})["lock_id"] is None


def test_a_job_the_runner_is_at(cluster, settings, monkeypatch):
    monkeypatch.setattr("workflows.queue.jobflow_remote.remote_queue._WAIT_S", 0)
    submit(cluster.site, prepared(settings))
    cluster.scheduler.mode = "kill"
    cluster.run()
    cluster.database()["jf_flows"].update_one({}, {"$set": {"lock_id": "held", "lock_time": datetime.now(UTC)}})
    with pytest.raises(CalculationError, match="jobflow-remote's runner has been busy"):
        recover(cluster.site)


def test_an_interrupted_submission_is_removed(cluster, settings):
    submit(cluster.site, prepared(settings), name="mine")
    cluster.database()["jf_jobs"].delete_one({"job.name": COLLECTING})
    assert recover(cluster.site).removed == ["mine"]
    assert cluster.queue.flows() == []
    assert cluster.database()["jf_jobs"].count_documents({}) == 0
    assert submit(cluster.site, prepared(settings)).added


def test_whether_the_runner_lives(cluster, settings):
    submit(cluster.site, prepared(settings))
    assert status(cluster.site).queue.runner_at_work is False
    Runner("coatscreen").ping_running_runner()
    assert status(cluster.site).queue.runner_at_work is True
    long_ago = datetime.now(UTC) - timedelta(seconds=5 * cluster.site.ping_seconds + 5)
    notes = cluster.database()["jf_auxiliary"]
    notes.update_one({"runner_pings": {"$exists": True}}, {"$set": {"runner_pings": [{"time": long_ago}]}})
    assert status(cluster.site).queue.runner_at_work is False
    started = {"running_runner": {"last_pinged": datetime.now(UTC)}}
    notes.update_one({"running_runner": {"$exists": True}}, {"$set": started})
    assert status(cluster.site).queue.runner_at_work is True


def test_the_number_of_queue_jobs_is_the_runners(cluster, settings):
    for ask in (
        lambda: submit(cluster.site, prepared(settings), max_jobs=3),
        lambda: recover(cluster.site, max_jobs=3),
    ):
        with pytest.raises(InputError, match="--max-jobs: jobflow-remote's runner counts the queue jobs"):
            ask()


def test_a_worker_without_this_project(cluster, settings):
    submit(cluster.site, prepared(settings))
    cluster.scheduler.mode = "foreign"
    cluster.run()
    assert cluster.jobs()[FIRST].error == (
        "the Python environment of the worker has no coatscreen (ModuleNotFoundError: No module named 'workflows')"
    )


def test_the_password_is_in_no_document_and_no_folder_of_a_job(cluster, settings, tmp_path, database_uri):
    from pymongo.uri_parser import parse_uri

    password = parse_uri(database_uri)["password"]
    if password is None:
        pytest.skip("the server asks for no password")
    submit(cluster.site, prepared(settings))
    cluster.run()
    database = cluster.database()
    documents = {name: repr(list(database[name].find({}))) for name in database.list_collection_names()}
    assert len(documents["jf_jobs"]) > 1000
    files = {str(file): file.read_text() for file in (tmp_path / "work").rglob("*.json")}
    assert files
    assert [name for name, text in {**documents, **files}.items() if password in text] == []


def test_the_launchpad_is_not_reset(cluster, settings):
    from coatscreen.verbs.site import reset

    with pytest.raises(InputError, match="site reset is for FireWorks; `jf admin reset` forgets"):
        reset(site=cluster.site.folder, confirm=cluster.site.database_name)


def test_prepared_twice_nothing_changes(cluster, settings):
    cluster.queue.prepare()
    submit(cluster.site, prepared(settings))
    before = {name: list(cluster.database()[name].find({})) for name in ("jf_auxiliary", "jf_jobs", "jf_flows")}
    cluster.queue.prepare()
    assert {name: list(cluster.database()[name].find({})) for name in before} == before
    unique = [index["key"] for index in cluster.database()["jf_jobs"].index_information().values() if "unique" in index]
    assert [("db_id", 1)] in unique
    assert [("uuid", 1), ("index", 1)] in unique


def test_a_database_whose_counter_is_lost(cluster, settings):
    submit(cluster.site, prepared(settings))
    cluster.database()["jf_auxiliary"].delete_many({})
    with pytest.raises(StoreError, match="holds flows of jobflow-remote but no counter of their jobs"):
        cluster.queue.prepare()
    assert cluster.queue.flows()
