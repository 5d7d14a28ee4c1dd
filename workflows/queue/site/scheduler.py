"""The cluster's scheduler: what it has in its queue, and queue jobs started there."""

from __future__ import annotations

import getpass
import io
import logging
import re
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from screening.errors import CalculationError
from workflows.queue.site.site import Site

_TIMEOUT_S = 60
_PENDING = {"PD", "PENDING", "CF", "CONFIGURING", "Q", "H", "W", "qw", "hqw", "S", "SUSPENDED"}


def queue_jobs(site: Site) -> dict[str, str]:
    """Return the user's jobs in the queue: ``"running"`` or ``"pending"`` by id.

    Raises
    ------
    CalculationError
        If the scheduler does not answer.
    """
    user = getpass.getuser()
    command, read = _LISTS[site.scheduler]
    return read(ask([*command, user]))


def end_of(site: Site, job_id: str) -> str | None:
    """Return how a queue job ended, in the scheduler's words; None where it does not say or has forgotten it."""
    if site.scheduler != "slurm":
        return None
    try:
        told = ask(["scontrol", "show", "job", "-o", job_id])
    except CalculationError:
        return None
    found = re.search(r"JobState=(\w+)(?: Reason=(\S+))?", told)
    if found is None:
        return None
    state, reason = found.groups()
    return state if reason in (None, "None") else f"{state}, {reason}"


def start_worker(site: Site, folder: Path) -> str:
    """Start a queue job that runs what is ready, with FireWorks' queue launcher, and return its id.

    Parameters
    ----------
    folder
        Made; the queue script and the logs go there, and a folder for each job it runs.

    Raises
    ------
    CalculationError
        If the scheduler does not take it; the message says why.
    """
    from fireworks.queue.queue_launcher import launch_rocket_to_queue

    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise CalculationError(f"cannot make the folder {folder}: {error.strerror}") from None
    launchpad, adapter = site.launchpad(), site.queue_adapter()
    names = (f"qadapter.{adapter.q_name}", "queue.launcher")
    with site.location.errors(), fireworks_heard(*names) as heard:
        job_id = launch_rocket_to_queue(
            launchpad, site.fworker(), adapter, launcher_dir=str(folder), strm_lvl="CRITICAL", fill_mode=True
        )
    if not job_id:
        raise CalculationError(f"{site.scheduler} did not take the job in {folder}: {_reason(heard)}")
    return str(job_id)


def ask(command: list[str], folder: Path | None = None) -> str:
    """Run a command of the scheduler, in a folder, and return what it prints.

    Raises
    ------
    CalculationError
        If it is not on this machine, does not answer, or fails; the message has the last line of what it said.
    """
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
    """Read ``qstat -u``: lines that begin with a number, the state in the last column but one."""
    rows = [line.split() for line in text.splitlines() if re.match(r"\s*\d", line)]
    return {row[0].split(".")[0]: _state(row[-2]) for row in rows if row[-2] not in ("C", "F", "E")}


def _sge(text: str) -> dict[str, str]:
    """Read ``qstat -u``: lines that begin with a number, the state in the fifth column."""
    rows = [line.split() for line in text.splitlines() if re.match(r"\s*\d", line)]
    return {row[0]: _state(row[4]) for row in rows}


def _state(word: str) -> str:
    return "pending" if word in _PENDING else "running"


_LISTS: dict[str, tuple[list[str], Callable[[str], dict[str, str]]]] = {
    "slurm": (["squeue", "--noheader", "--format=%i %t", "--user"], _slurm),
    "pbs": (["qstat", "-u"], _pbs),
    "sge": (["qstat", "-u"], _sge),
}


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += record.getMessage().splitlines()


@contextmanager
def fireworks_heard(*names: str) -> Iterator[list[str]]:
    """Collect what FireWorks logs of its errors, which it does not raise, and keep all it says from the terminal."""
    handler = _Heard()
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of things it uses that will change
            yield handler.lines
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def _reason(heard: list[str]) -> str:
    """Find what the scheduler said among what FireWorks logged."""
    for line in heard:
        if found := re.search(r"The error response reads: b?['\"]?(.*?)['\"]?$", line):
            return found.group(1).replace("\\n", " ").strip() or "no reason given"
    last = [line for line in heard if line.strip() and not set(line) <= set("-* |^v")]
    return last[-1].strip() if last else "no reason given"
