"""The cluster's scheduler: its commands, and what they print of queue jobs."""

from __future__ import annotations

import getpass
import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from screening.common.errors import CalculationError
from workflows.queue.site.site import Site

_TIMEOUT_S = 60
_PENDING = {"PD", "PENDING", "CF", "CONFIGURING", "Q", "H", "W", "qw", "hqw", "S", "SUSPENDED"}


@dataclass(frozen=True)
class Scheduler:
    """The commands of a scheduler, and how their answers are read."""

    submit: str
    ask: str
    cancel: str
    submitted: str  # finds the id of a queue job in the answer to its submission
    list_user: tuple[str, ...]  # lists the queue jobs of a user, whose name comes last
    read_list: Callable[[str], dict[str, str]]
    show_job: tuple[str, ...]  # shows a queue job, whose id comes last
    why_pending: str  # finds there why the queue job has not started


def scheduler_of(site: Site) -> Scheduler:
    """Return the commands of a site's scheduler."""
    return _SCHEDULERS[site.scheduler]


def jobs_in_queue(site: Site) -> dict[str, str]:
    """Return the user's jobs in the queue: ``"running"`` or ``"pending"`` by id.

    Raises
    ------
    CalculationError
        If the scheduler does not answer.
    """
    scheduler = scheduler_of(site)
    return scheduler.read_list(_answer([*scheduler.list_user, getpass.getuser()]))


def submit_script(site: Site, script: Path) -> str:
    """Submit a queue script from its folder, and return the id of the queue job.

    Raises
    ------
    CalculationError
        If the scheduler does not take it; the message says why.
    """
    scheduler = scheduler_of(site)
    told = _answer([scheduler.submit, script.name], script.parent)
    found = re.search(scheduler.submitted, told)
    if found is None:
        raise CalculationError(f"{scheduler.submit} printed no number of a job: {told.strip()!r}")
    return found[1]


def cancel(site: Site, job_id: str) -> None:
    """Cancel a queue job, if it has not ended."""
    with suppress(CalculationError):
        _answer([scheduler_of(site).cancel, job_id])


def why_pending(site: Site, job_id: str) -> str:
    """Return why a queue job has not started, in the scheduler's words."""
    scheduler = scheduler_of(site)
    try:
        found = re.search(scheduler.why_pending, _answer([*scheduler.show_job, job_id]))
    except CalculationError as error:
        return str(error)
    return found[1].strip() if found else "the scheduler does not say why"


def how_ended(site: Site, job_id: str) -> str | None:
    """Return how a queue job ended, in the scheduler's words; None where it does not say, or has forgotten the job."""
    if site.scheduler != "slurm":
        return None
    try:
        told = _answer(["scontrol", "show", "job", "-o", job_id])
    except CalculationError:
        return None
    found = re.search(r"JobState=(\w+)(?: Reason=(\S+))?", told)
    if found is None:
        return None
    state, reason = found.groups()
    return state if reason in (None, "None") else f"{state}, {reason}"


def _answer(command: list[str], folder: Path | None = None) -> str:
    """Run a command of the scheduler, in a folder, and return what it prints; an error has the last line of that."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT_S)
    except (FileNotFoundError, NotADirectoryError):
        raise CalculationError(f"the command {command[0]} of the scheduler is not on this machine") from None
    except OSError as error:
        raise CalculationError(f"the command {command[0]} of the scheduler cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise CalculationError(f"{command[0]} has not answered for {_TIMEOUT_S} s") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise CalculationError(f"{command[0]} failed: {said[-1]}")
    return done.stdout


def _slurm(text: str) -> dict[str, str]:
    return {job: _state(state) for job, state in (line.split() for line in text.splitlines() if line.strip())}


def _pbs(text: str) -> dict[str, str]:
    """Read ``qstat -u``: its lines of jobs begin with a number and have the state in the last column but one."""
    rows = [line.split() for line in text.splitlines() if re.match(r"\s*\d", line)]
    return {row[0].split(".")[0]: _state(row[-2]) for row in rows if row[-2] not in ("C", "F", "E")}


def _sge(text: str) -> dict[str, str]:
    """Read ``qstat -u``: its lines of jobs begin with a number and have the state in the fifth column."""
    rows = [line.split() for line in text.splitlines() if re.match(r"\s*\d", line)]
    return {row[0]: _state(row[4]) for row in rows}


def _state(word: str) -> str:
    return "pending" if word in _PENDING else "running"


_SLURM_LIST = ("squeue", "--noheader", "--format=%i %t", "--user")
_SLURM_SHOW = ("squeue", "--noheader", "--format=%r", "--jobs")
_SCHEDULERS = {
    "slurm": Scheduler(
        *("sbatch", "squeue", "scancel", r"Submitted batch job (\d+)"), _SLURM_LIST, _slurm, _SLURM_SHOW, r"(\S.*)"
    ),
    "pbs": Scheduler(*("qsub", "qstat", "qdel", r"(\d+)"), ("qstat", "-u"), _pbs, ("qstat", "-f"), r"comment = (.*)"),
    "sge": Scheduler(
        *("qsub", "qstat", "qdel", r"(\d+)"), ("qstat", "-u"), _sge, ("qstat", "-j"), r"scheduling info:\s*(.*)"
    ),
}
