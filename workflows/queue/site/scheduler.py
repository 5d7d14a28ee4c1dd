"""The cluster's scheduler: its commands, and what they print of queue jobs."""

from __future__ import annotations

import getpass
import os
import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from screening.common.errors import CalculationError
from screening.text.passwords import without_passwords
from workflows.queue.site.site import Site

_TIMEOUT_S = 60
_NEWEST = 20  # among so many queue jobs one that was submitted just now is sought
_PENDING = {"PD", "CF", "RQ", "RH", "SE", "Q", "H", "W"}  # of Slurm and PBS; one that is suspended has begun


@dataclass(frozen=True)
class Scheduler:
    """The commands of a scheduler, and how their answers are read."""

    submit: str
    ask: str
    cancel: str
    submitted: str  # finds the id of a queue job in a line of the answer to its submission
    list_user: tuple[str, ...]  # lists the queue jobs of a user, whose name comes last
    read_list: Callable[[str], dict[str, str]]
    show_job: tuple[str, ...]  # shows a queue job, whose id comes last, with the folder it was submitted from
    why_pending: str  # finds there why the queue job has not started


def scheduler_of(site: Site) -> Scheduler:
    """Return the commands of a site's scheduler."""
    return _SCHEDULERS[site.scheduler]


def jobs_in_queue(site: Site) -> dict[str, str]:
    """Return the user's jobs in the queue by id: ``"running"``, also if suspended, or ``"pending"``.

    Raises
    ------
    CalculationError
        If the scheduler does not answer.
    """
    scheduler = scheduler_of(site)
    return scheduler.read_list(_answer([*scheduler.list_user, getpass.getuser()]))


def submit_script(site: Site, script: Path) -> str:
    """Submit a queue script from its folder, and return the id of the queue job.

    The scheduler keeps the environment of a submission, so variables with a password are left out of it. Whether the
    queue job was taken is told by the answer; where that is an error or holds no id, by the queue, since a scheduler
    may take a queue job and then not find the time to say so.

    Parameters
    ----------
    site
        The site.
    script
        The script, in a folder whose name no other queue job's folder has.

    Raises
    ------
    CalculationError
        If the scheduler does not take it; the message says why.
    """
    scheduler = scheduler_of(site)
    try:
        told = _answer([scheduler.submit, script.name], script.parent, without_passwords(os.environ))
    except CalculationError as error:
        fault = str(error)
    else:
        if found := re.search(scheduler.submitted, told, re.MULTILINE):
            return found[1]
        fault = f"{scheduler.submit} printed no number of a job: {told.strip()!r}"
    for job_id in sorted(jobs_in_queue(site), key=_number, reverse=True)[:_NEWEST]:
        if script.parent.name in _shown(site, job_id):
            return job_id
    raise CalculationError(f"{fault}; the queue has no job in {script.parent}")


def _shown(site: Site, job_id: str) -> str:
    """Return what the scheduler shows of a queue job that has not ended, without spaces, since PBS wraps its lines."""
    try:
        return "".join(_answer([*scheduler_of(site).show_job, job_id]).split())
    except CalculationError:
        return ""


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
        told = _answer([*scheduler_of(site).show_job, job_id])
    except CalculationError:
        return None
    found = re.search(r"JobState=(\w+)(?: Reason=(\S+))?", told)
    if found is None:
        return None
    state, reason = found.groups()
    return state if reason in (None, "None") else f"{state}, {reason}"


def _answer(command: list[str], folder: Path | None = None, environment: dict[str, str] | None = None) -> str:
    """Run a command of the scheduler, in a folder, and return what it prints; an error has the last line of that."""
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT_S
        )
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
    """Read ``qstat -u``: its lines of jobs begin with a number and have the state in the fifth column.

    The letters of a state say what holds: a job that waits has a w, also if it is held or in error.
    """
    rows = [line.split() for line in text.splitlines() if re.match(r"\s*\d", line)]
    return {row[0]: "pending" if "w" in row[4] else "running" for row in rows}


def _state(word: str) -> str:
    return "pending" if word in _PENDING else "running"


def _number(job_id: str) -> int:
    """Return the number in an id; one of an array is called 12_3, 12[3] or 12.3."""
    return int(re.sub(r"\D.*", "", job_id, flags=re.DOTALL) or 0)


_SCHEDULERS = {
    "slurm": Scheduler(
        *("sbatch", "squeue", "scancel", r"(?:Submitted batch job |^\s*)(\d+)(?:;.*| on cluster .*)?\s*$"),
        *(("squeue", "--noheader", "--format=%i %t", "--user"), _slurm),
        *(("scontrol", "show", "job", "-o"), r"JobState=PENDING Reason=(\S+)"),
    ),
    "pbs": Scheduler(
        *("qsub", "qstat", "qdel", r"^\s*(\d+)(?:\.\S+)?\s*$"),
        *(("qstat", "-u"), _pbs),
        *(("qstat", "-f"), r"comment = (.*)"),
    ),
    "sge": Scheduler(
        *("qsub", "qstat", "qdel", r"(?:Your job |^\s*)(\d+)(?: \(\".*|\s*)$"),
        *(("qstat", "-u"), _sge),
        *(("qstat", "-j"), r"scheduling info:\s*(.*)"),
    ),
}
