"""The scheduler's commands and their answers, as their manuals show them."""

from __future__ import annotations

import pytest
from queue_double import QueueDouble

from screening.common.errors import CalculationError
from workflows.queue.site import Site
from workflows.queue.site.scheduler import cancel, how_ended, jobs_in_queue, scheduler_of, submit_script, why_pending

LISTS = {
    "slurm": "11 R\n12 PD\n13 CG\n\n",
    "pbs": """
server:
                                                                 Req'd  Req'd   Elap
Job ID          Username Queue    Jobname    SessID NDS TSK Memory Time  S Time
--------------- -------- -------- ---------- ------ --- --- ------ ----- - -----
11.server       me       short    coatscreen   4711   1   1    --  01:00 R 00:01
12.server       me       short    coatscreen    --    1   1    --  01:00 Q   --
13.server       me       short    coatscreen   4712   1   1    --  01:00 R 00:01
14.server       me       short    coatscreen   4713   1   1    --  01:00 C 00:02
""",
    "sge": """job-ID  prior   name       user         state submit/start at     queue                          slots
-----------------------------------------------------------------------------------------------------------------
     11 0.55500 coatscreen me           r     11/21/2026 12:00:00 all.q@n1                           1
     12 0.00000 coatscreen me           qw    11/21/2026 12:00:00                                    1
     13 0.55500 coatscreen me           t     11/21/2026 12:00:00 all.q@n1                           1
""",
}


def site(scheduler):
    options = {"partition": "short", "database": "mongodb://db.example.org/coatings", "work_folder": "/scratch/me"}
    return Site.make(scheduler=scheduler, **options)


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Make a command that prints a text and ends with a status."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def make(name, said, status=0):
        (tmp_path / f"{name}.txt").write_text(said)
        where = 1 if status == 0 else 2
        (tmp_path / name).write_text(f"#!/bin/bash\ncat {tmp_path}/{name}.txt >&{where}\nexit {status}\n")
        (tmp_path / name).chmod(0o755)

    return make


@pytest.mark.parametrize("scheduler", LISTS)
def test_the_jobs_in_the_queue(scheduler, command):
    command(scheduler_of(site(scheduler)).ask, LISTS[scheduler])
    assert jobs_in_queue(site(scheduler)) == {"11": "running", "12": "pending", "13": "running"}


PBS_LINE = "11.server me short coatscreen 4711 1 1 -- 01:00 {} 00:01\n"
SGE_LINE = "11 0.555 coatscreen me {} 11/21/2026 12:00:00 all.q@n1 1\n"


@pytest.mark.parametrize(
    ("scheduler", "line", "states"),
    [
        ("slurm", "11 {}\n", {"R": "running", "CG": "running", "S": "running", "CF": "pending", "RQ": "pending"}),
        ("pbs", PBS_LINE, {"R": "running", "S": "running", "H": "pending", "W": "pending", "E": None, "F": None}),
        ("sge", SGE_LINE, {"r": "running", "s": "running", "dr": "running", "hqw": "pending", "Eqw": "pending"}),
    ],
)
def test_a_suspended_job_has_begun_and_a_held_one_has_not(scheduler, line, states, command):
    for state, ours in states.items():
        command(scheduler_of(site(scheduler)).ask, line.format(state))
        assert jobs_in_queue(site(scheduler)).get("11") == ours


@pytest.mark.parametrize("scheduler", LISTS)
def test_an_empty_queue(scheduler, command):
    command(scheduler_of(site(scheduler)).ask, "")
    assert jobs_in_queue(site(scheduler)) == {}


@pytest.mark.parametrize(
    ("scheduler", "said"),
    [
        ("slurm", "Submitted batch job 4711\n"),
        ("slurm", "Welcome to cluster 2\nsbatch: Submitted batch job 4711 on cluster west\n"),
        ("slurm", "4711\n"),
        ("slurm", "4711;west\n"),
        ("slurm", "your balance is 1200 hours\n4711\n"),
        ("pbs", "4711.server\n"),
        ("pbs", "4711\n"),
        ("pbs", "queue 2 is busy\n4711.server.example.org\n"),
        ("sge", 'Your job 4711 ("a") has been submitted'),
        ("sge", "4711\n"),
    ],
)
def test_the_number_of_a_submitted_job(scheduler, said, command, tmp_path):
    command(scheduler_of(site(scheduler)).submit, said)
    assert submit_script(site(scheduler), tmp_path / "script.sh") == "4711"


@pytest.mark.parametrize("mode", ["mumble", "late"])
@pytest.mark.parametrize("scheduler", LISTS)
def test_a_job_that_the_queue_has_was_taken_whatever_the_answer(scheduler, mode, tmp_path, monkeypatch):
    queue = QueueDouble(tmp_path / "commands", scheduler)
    monkeypatch.setenv("PATH", queue.path)
    queue.mode = mode
    folder = tmp_path / "2026-01-01-00-00-00-0123abcd"
    folder.mkdir()
    (folder / "script.sh").write_text("sleep 60\n")
    assert submit_script(site(scheduler), folder / "script.sh") == "7"
    queue.mode = "refuse"  # another one; the queue still has the first
    (tmp_path / "other").mkdir()
    with pytest.raises(CalculationError, match=r"Invalid account; the queue has no job in .*/other$"):
        submit_script(site(scheduler), tmp_path / "other" / "script.sh")


def test_a_submission_without_a_number(command, tmp_path):
    command("sbatch", "welcome to cluster 2\n")
    command("squeue", "")
    said = f"sbatch printed no number of a job: 'welcome to cluster 2'; the queue has no job in {tmp_path}"
    with pytest.raises(CalculationError) as caught:
        submit_script(site("slurm"), tmp_path / "script.sh")
    assert str(caught.value) == said


def test_no_password_goes_with_a_submission(tmp_path, monkeypatch):
    """The scheduler would keep it, and the node's process would show it."""
    queue = QueueDouble(tmp_path / "commands", "slurm")
    monkeypatch.setenv("PATH", queue.path)
    monkeypatch.setenv("MONGODB_URI", "mongodb://me:swordfish@db.example.org/coatings")
    monkeypatch.setenv("LOADEDMODULES", "gcc/12:openmpi@4")
    queue.mode = "pending"
    submit_script(site("slurm"), tmp_path / "script.sh")
    given = (tmp_path / "commands" / "environment").read_text()
    assert "LOADEDMODULES=gcc/12:openmpi@4\n" in given
    assert "MONGODB_URI" not in given
    assert "swordfish" not in given


@pytest.mark.parametrize("scheduler", LISTS)
def test_from_submission_to_the_end(scheduler, tmp_path, monkeypatch):
    queue = QueueDouble(tmp_path / "commands", scheduler)
    monkeypatch.setenv("PATH", queue.path)
    queue.mode = "pending"
    (tmp_path / "script.sh").write_text("sleep 60\n")
    job_id = submit_script(site(scheduler), tmp_path / "script.sh")
    assert jobs_in_queue(site(scheduler)) == {job_id: "pending"}
    assert why_pending(site(scheduler), job_id).endswith(("Resources", "amount of resource", "overloaded"))
    cancel(site(scheduler), job_id)
    assert queue.cancelled
    assert jobs_in_queue(site(scheduler)) == {}


def test_a_job_that_has_ended_need_not_be_cancelled(command):
    command("scancel", "error: Invalid job id specified", 1)
    cancel(site("slurm"), "4711")


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("JobId=7 JobName=coatscreen JobState=TIMEOUT Reason=TimeLimit Dependency=(null)", "TIMEOUT, TimeLimit"),
        ("JobId=7 JobState=FAILED Reason=None", "FAILED"),
        ("JobId=7 JobState=COMPLETED", "COMPLETED"),
        ("no such thing", None),
    ],
)
def test_how_a_job_ended(said, end, command):
    command("scontrol", said)
    assert how_ended(site("slurm"), "7") == end


def test_a_job_that_is_forgotten(command):
    command("scontrol", "slurm_load_jobs error: Invalid job id specified", 1)
    assert how_ended(site("slurm"), "7") is None
    assert how_ended(site("pbs"), "7") is None


def test_why_a_job_waits_is_not_always_known(command):
    command("qstat", "job_state = Q\n")
    assert why_pending(site("pbs"), "7") == "the scheduler does not say why"
    command("qstat", "qstat: Unknown Job Id\n", 1)
    assert why_pending(site("pbs"), "7") == "qstat failed: qstat: Unknown Job Id"


def test_a_scheduler_that_gives_no_answer(command, monkeypatch, tmp_path):
    command("squeue", "slurm is busy\nsqueue: error: no route to host\n", 1)
    with pytest.raises(CalculationError, match=r"^squeue failed: squeue: error: no route to host$"):
        jobs_in_queue(site("slurm"))
    (tmp_path / "squeue").chmod(0o644)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CalculationError, match="the command squeue of the scheduler cannot be run: Permission denied"):
        jobs_in_queue(site("slurm"))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CalculationError, match="the command squeue of the scheduler is not on this machine"):
        jobs_in_queue(site("slurm"))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "squeue").write_text("#!/bin/bash\nexec sleep 5\n")
    (tmp_path / "squeue").chmod(0o755)
    monkeypatch.setattr("workflows.queue.site.scheduler._TIMEOUT_S", 0.2)
    with pytest.raises(CalculationError, match=r"squeue has not answered for 0\.2 s"):
        jobs_in_queue(site("slurm"))
