"""A screening on a real Slurm says the same as one on this machine, and is not computed twice."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from cluster.queue_site import QueueSite, assert_same, words_for
from fixtures_screening import SMALL, contents, energies_file, job_times, settings_for
from pymongo import MongoClient

from workflows.queue.fireworks.fireworks_queue import FireworksQueue
from workflows.run import run_screening

pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("own_folder")]


@pytest.fixture(scope="module")
def new_database(database_server):
    """Make a database, and return its URI."""
    made = []

    def make():
        made.append(database_server.database_uri(f"coatscreen_test_{uuid.uuid4().hex[:12]}"))
        return made[-1]

    yield make
    for uri in made:
        with MongoClient(uri) as client:
            client.drop_database(client.get_default_database())


@pytest.fixture(scope="module")
def on_slurm(slurm):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(slurm.configuration))
        yield slurm


@pytest.fixture(scope="module")
def submitted(tmp_path_factory, new_database, on_slurm):
    """The default screening, submitted with three queue jobs at one time, and complete."""
    site = QueueSite(tmp_path_factory.mktemp("queue"), new_database(), on_slurm, max_jobs=3)
    site.answer = site.json("submit")
    site.until_complete()
    return site


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The default screening on this machine: its database."""
    store = str(tmp_path_factory.mktemp("local") / "db")
    subprocess.run([sys.executable, "-m", "coatscreen", "run", "--store", store], check=True, capture_output=True)
    return store


def test_it_is_that_of_a_run_here(submitted, local):
    assert len(submitted.answer["launched"]) == 3
    assert_same(submitted.uri, local)


def test_the_ranking_printed_is_that_of_a_run_here(submitted, local):
    there = submitted.json("rank", "--store", str(submitted.folder))
    assert there == submitted.json("rank", "--store", local)
    (found,) = there["rankings"]
    assert len(found["ranking"]) == 5


def test_status_says_that_it_is_complete(submitted):
    (flow,) = submitted.json("status")["flows"]
    assert flow["state"] == "complete"
    assert flow["done"] == flow["total"] == submitted.answer["added"]
    assert flow["failed"] == flow["lost"] == []
    assert flow["jobs_per_hour"] > 0


def test_each_job_was_started_once(submitted):
    launches = submitted.launches()
    assert len(launches) == submitted.answer["total"]
    assert set(launches.values()) == {1}


def test_submitted_again_nothing_is_added_or_computed(submitted):
    submitted.until_idle()
    before, times = submitted.launches(), job_times(submitted.uri)
    again = submitted.json("submit")
    assert again["known"]
    assert again["added"] == 0
    assert again["launched"] == []
    assert submitted.launches() == before
    assert job_times(submitted.uri) == times


def test_collected_by_two_at_once(submitted, local):
    """Both are at it from the beginning, on documents that are not there yet."""
    with submitted.database() as database:
        for name in ("coatings", "rankings"):
            database[name].delete_many({})
        (last,) = database["fireworks"].find({"spec.coatscreen.uuid": None}, {"spec._tasks": 1})
    arguments = json.dumps(last["spec"]["_tasks"][0]["args"])
    code = (
        "import json, sys; from workflows.queue.tasks import collect_result; collect_result(*json.loads(sys.argv[1]))"
    )
    environment = {**submitted.slurm.environment(), "COATSCREEN_SITE": str(submitted.folder)}
    both = [subprocess.Popen([sys.executable, "-c", code, arguments], env=environment) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert_same(submitted.uri, local)


def test_the_password_is_nowhere(submitted):
    submitted.run("status")
    texts = dict(submitted.texts())
    assert any(name.endswith("FW.json") for name in texts)
    assert [name for name, text in texts.items() if submitted.password in text] == []


@pytest.fixture(scope="module")
def many(tmp_path_factory, new_database, on_slurm):
    """Each coating a batch of its own, so that several workers have something to do; complete."""
    folder = tmp_path_factory.mktemp("many")
    site = QueueSite(folder, new_database(), on_slurm, max_jobs=3)
    site.energies = energies_file(folder)
    site.words = words_for(folder, energies=site.energies, batch_size=1)
    site.answer = site.json("submit", *site.words, "--name", "first")
    site.until_complete()
    return site


def test_several_workers_share_the_jobs(many, tmp_path):
    assert set(many.launches().values()) == {1}
    assert len({many.queue_job(job) for job in many.jobs()}) >= 2
    run_screening(settings_for(tmp_path, energies=many.energies, batch_size=1))
    assert_same(many.uri, str(tmp_path / "db"))


def test_what_overlaps_is_not_computed_again(many, tmp_path):
    """One coating more: only its own jobs are new, and the ranking of all."""
    times = job_times(many.uri)
    coatings = [*SMALL["coatings"], "LiTaO3"]
    words = words_for(tmp_path, energies=many.energies, batch_size=1, coatings=coatings)
    answer = many.json("submit", *words, "--name", "second")
    many.until_complete()
    after = job_times(many.uri)
    assert {uuid: after[uuid] for uuid in times} == times
    with many.database() as database:
        flow = database["workflows"].find_one({"name": "second"})
        added = list(database["fireworks"].find({"fw_id": {"$in": flow["nodes"]}}, {"spec.coatscreen.uuid": 1}))
    new = {job["spec"]["coatscreen"]["uuid"] for job in added} - {None}
    assert new == set(after) - set(times)
    assert len(new) == answer["added"] - 1 == answer["total"] - 1 - answer["flow"]["done_before"]
    run_screening(settings_for(tmp_path, energies=many.energies, batch_size=1, coatings=coatings))
    assert contents(many.uri) == contents(tmp_path / "db")


def test_a_name_is_given_once(many, tmp_path):
    words = words_for(tmp_path, energies=many.energies, coatings=["HfO2"])
    said = many.refused("submit", *words, "--name", "first", "--no-launch", status=2)
    assert "another flow is called 'first'" in said
    said = many.refused("submit", *many.words, "--name", "third", "--no-launch", status=2)
    assert "were submitted before, as 'first'" in said
    assert {label.name for label in FireworksQueue(many.site).labels()} <= {"first", "second"}


def test_submitted_by_two_at_once_and_started_by_fireworks_itself(tmp_path, new_database, on_slurm):
    site = QueueSite(tmp_path / "queue", new_database(), on_slurm)
    energies = energies_file(tmp_path)
    words = words_for(tmp_path, energies=energies)
    both = [site.start("submit", *words, "--no-launch", "--json") for _ in range(2)]
    answers = [json.loads(one.communicate(timeout=60)[0]) for one in both]
    assert sorted(answer["known"] for answer in answers) == [False, True]
    assert sorted(answer["added"] for answer in answers) == [0, answers[0]["total"]]
    assert len(site.jobs()) == answers[0]["total"]
    launched = subprocess.run(
        [Path(sys.executable).with_name("qlaunch"), "-c", site.folder, "rapidfire", "--nlaunches", "1"],
        cwd=site.work,
        env=on_slurm.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert launched.returncode == 0, launched.stderr
    site.said += [launched.stdout, launched.stderr]
    site.until_complete()
    run_screening(settings_for(tmp_path, energies=energies))
    assert_same(site.uri, str(tmp_path / "db"))
    assert [name for name, text in site.texts() if site.password in text] == []
