"""Jobs read from FireWorks' documents: above all which of them are lost, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workflows.queue.fireworks.firework_jobs import _STATES, JobReader

PATIENCE = timedelta(seconds=300)


def ago(seconds):
    return (datetime.now(UTC) - timedelta(seconds=seconds)).replace(tzinfo=None).isoformat()


def firework(state, *launches, archived=(), silent=0):
    spec = {"coatscreen": {"flow_id": "f", "uuid": "u"}}
    numbers = {"launches": list(launches), "archived_launches": list(archived)}
    return {"fw_id": 7, "name": "a job", "state": state, "updated_on": ago(silent), "spec": spec, **numbers}


def launch(number, state="RUNNING", silent=0, **fields):
    history = [{"state": "RUNNING", "created_on": ago(silent + 60), "updated_on": ago(silent)}]
    if state != "RUNNING":
        history.append({"state": state, "created_on": ago(silent)})
    given = {
        "host": "n1",
        "launch_dir": "/scratch/launches/2026-a/launcher_1",
        "state": state,
        "state_history": history,
    }
    return {number: {"launch_id": number, **given, **fields}}


QUEUE_JOBS = {"2026-a": "12", "2026-b": "13"}  # by the names of their folders


def read(document, launches=None, in_queue=None, how=None):
    return JobReader(launches or {}, QUEUE_JOBS, in_queue, lambda job_id: how, PATIENCE).read(document)


@pytest.mark.parametrize(
    ("state", "ours"),
    [
        *(("WAITING", "waiting"), ("READY", "ready"), ("COMPLETED", "completed"), ("PAUSED", "paused")),
        *(("DEFUSED", "defused"), ("ARCHIVED", "archived")),
    ],
)
def test_the_state_of_a_job(state, ours):
    found = read(firework(state))
    assert (found.state, found.error, found.attempts) == (ours, None, 0)
    assert (found.job_id, found.uuid, found.name) == ("7", "u", "a job")


def test_every_state_of_fireworks_is_known():
    fireworks = pytest.importorskip("fireworks", reason="the extra [cluster] is not installed")
    assert set(_STATES) == set(fireworks.Firework.STATE_RANKS)


def test_a_job_that_runs():
    found = read(firework("RUNNING", 3), launch(3, silent=200))
    assert (found.state, found.error, found.attempts, found.host) == ("running", None, 1, "n1")
    assert found.started < found.last_sign
    assert found.finished is None


def test_a_job_without_a_sign_of_life_is_lost():
    found = read(firework("RUNNING", 3), launch(3, silent=400))
    assert found.state == "lost"
    assert found.error.startswith("lost on n1: no sign of life for 40")


@pytest.mark.parametrize(("how", "said"), [("TIMEOUT", " (TIMEOUT)"), (None, "")])
def test_a_job_whose_queue_job_has_ended_is_lost_at_once(how, said):
    found = read(firework("RUNNING", 3), launch(3), {"13": "running"}, how)
    assert (found.state, found.error) == ("lost", f"lost on n1: queue job 12 has ended{said}")


def test_a_silent_job_whose_queue_job_runs_is_not_lost():
    """Its signs of life may not come through; the scheduler knows better."""
    assert read(firework("RUNNING", 3), launch(3, silent=4000), {"12": "running"}).state == "running"
    for in_queue in ({"12": "pending"}, None):  # put back into the queue by hand, or no answer
        found = read(firework("RUNNING", 3), launch(3, silent=4000), in_queue)
        assert (found.state, "no sign of life for 4000" in found.error) == ("lost", True)


def test_a_silent_job_whose_worker_has_gone_on_to_another_is_lost():
    """It could not write the end of the first, say."""
    starts = {**launch(3, silent=4000), **launch(4)}
    assert read(firework("RUNNING", 3), starts, {"12": "running"}).state == "lost"
    elsewhere = launch(4, launch_dir="/scratch/launches/2026-b/launcher_1")
    assert read(firework("RUNNING", 3), {**starts, **elsewhere}, {"12": "running"}).state == "running"


def test_the_folder_of_the_queue_job_is_known_by_its_name():
    """Its path may lead over a link, which the worker does not see."""
    elsewhere = {"launch_dir": "/lustre/me/launches/2026-a/launcher_1"}
    assert read(firework("RUNNING", 3), launch(3, **elsewhere), {}).state == "lost"
    other = {"launch_dir": "/scratch/launches/2026-aa/launcher_1"}
    assert read(firework("RUNNING", 3), launch(3, **other), {}).state == "running"


NO_SERVER = "Traceback\n  File\npymongo.errors.AutoReconnect: db.example.org:27017: connection closed\n"


def test_a_job_that_the_database_failed_is_lost():
    """Whether its worker noted that, or FireWorks' own recorded a failure."""
    said = "lost on n1: pymongo.errors.AutoReconnect: db.example.org:27017: connection closed"
    noted = {"coatscreen": {"lost": said.removeprefix("lost on n1: ")}}
    assert (read(firework("RUNNING", 3), launch(3, **noted), {"12": "running"}).state) == "lost"
    stored = {"stored_data": {"_exception": {"_stacktrace": NO_SERVER}}}
    for document, start in (
        (firework("RUNNING", 3), launch(3, **noted)),
        (firework("FIZZLED", 3), launch(3, "FIZZLED", action=stored)),
    ):
        found = read(document, start, {"12": "running"})
        assert (found.state, found.error) == ("lost", said)
    assert read(firework("READY", archived=[3]), launch(3, **noted)).state == "ready"  # it runs again


def test_a_job_taken_by_a_worker_that_left_no_launch():
    """It is lost when it has been silent for long: nothing says which queue job took it."""
    assert read(firework("RESERVED", silent=100)).state == "ready"
    found = read(firework("RESERVED", silent=400))
    assert found.state == "lost"
    assert found.error.startswith("lost: no sign of life for 40")


def test_a_worker_killed_after_the_end_of_its_job():
    found = read(firework("RUNNING", 3), launch(3, "COMPLETED"), {})
    assert (found.state, found.error) == ("lost", "its worker was killed while it wrote its end")


def test_a_job_that_failed_says_why():
    stored = {"stored_data": {"_exception": {"_stacktrace": "Traceback\n  File\nCalculationError: no memory\n"}}}
    found = read(firework("FIZZLED", 3), launch(3, "FIZZLED", action=stored))
    assert (found.state, found.error) == ("failed", "no memory")
    assert found.finished is not None
    assert read(firework("FIZZLED", 3), launch(3, "FIZZLED", action=None)).error == "it gave no reason"


def test_a_job_that_runs_again_has_had_a_start_before():
    """Its last start says where; its error was that of the start before."""
    found = read(firework("READY", archived=[3]), launch(3, "FIZZLED"))
    assert (found.state, found.attempts, found.error, found.host) == ("ready", 1, None, "n1")
    again = {**launch(3, "FIZZLED"), **launch(4, host="n2")}
    found = read(firework("RUNNING", 4, archived=[3]), again)
    assert (found.state, found.attempts, found.host) == ("running", 2, "n2")
