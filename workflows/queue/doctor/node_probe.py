"""One short queue job that says how a node of the cluster finds things."""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from screening.errors import CalculationError
from workflows.queue.doctor.node_report import NodeReport
from workflows.queue.site import Site
from workflows.queue.site.config_files import directives, preparation
from workflows.queue.site.scheduler import ask, end_of, queue_jobs

COMMANDS = {  # submit, ask, cancel
    "slurm": ("sbatch", "squeue", "scancel"),
    "pbs": ("qsub", "qstat", "qdel"),
    "sge": ("qsub", "qstat", "qdel"),
}
_JOB_ID = {"slurm": r"Submitted batch job (\d+)", "pbs": r"(\d+)", "sge": r"(\d+)"}
_WHY_PENDING = {
    "slurm": (["squeue", "--noheader", "--format=%r", "--jobs"], r"(\S.*)"),
    "pbs": (["qstat", "-f"], r"comment = (.*)"),
    "sge": (["qstat", "-j"], r"scheduling info:\s*(.*)"),
}
_WALL_TIME_MINUTES = 5
_NAME = "coat-doctor"  # PBS takes 15 characters
_LAG_S = 10  # a file written on a node may be seen here only some seconds later


def probe_node(site: Site, timeout_s: float) -> NodeReport:
    """Submit the probe as the site submits a worker, wait for it, and return what it found.

    The job is cancelled if it is still in the queue in the end; its files are removed where it did what it should.

    Raises
    ------
    CalculationError
        If the scheduler does not take it, or it does not start in time or fails; the message says why.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="doctor-", dir=site.work_folder))
    except OSError as error:
        raise CalculationError(f"cannot write in {site.work_folder}: {error.strerror}") from None
    answer, script = folder / "answer.json", folder / "probe.sh"
    command = f"python -m workflows.queue.doctor.node_report {shlex.quote(str(answer))}"
    script.write_text(_script(site, folder, command), encoding="utf-8")
    submit, _, cancel = COMMANDS[site.scheduler]
    told = ask([submit, script.name], folder)
    found = re.search(_JOB_ID[site.scheduler], told)
    if found is None:
        raise CalculationError(f"{submit} printed no number of a job: {told.strip()!r}")
    job_id = found[1]
    try:
        report = _wait(site, job_id, answer, timeout_s)
    finally:
        if job_id in queue_jobs(site):
            with suppress(CalculationError):  # it may have ended meanwhile
                ask([cancel, job_id])
    shutil.rmtree(folder, ignore_errors=True)
    return report


def _script(site: Site, folder: Path, command: str) -> str:
    """Return the site's own queue script with a command in place of the worker."""
    minutes = min(site.wall_time_minutes, _WALL_TIME_MINUTES)
    if site.manager == "jobflow-remote":
        request = directives(site.model_copy(update={"wall_time_minutes": minutes}))
        return "\n".join(["#!/bin/bash", *request, *preparation(site), command, ""])
    adapter = site.queue_adapter()
    adapter.update({"rocket_launch": command, "walltime": f"00:{minutes:02}:00", "job_name": _NAME})
    return str(adapter.get_script_str(str(folder)))


def _wait(site: Site, job_id: str, answer: Path, timeout_s: float) -> NodeReport:
    """Wait until the probe has written its answer."""
    give_up, gone_at = time.monotonic() + timeout_s, None
    while True:
        if answer.exists():
            return NodeReport.model_validate_json(answer.read_text(encoding="utf-8"))
        now = time.monotonic()
        state = queue_jobs(site).get(job_id)
        gone_at = None if state else gone_at or now
        if gone_at is not None and now > gone_at + _LAG_S:
            raise CalculationError(_why_ended(site, job_id, answer.parent))
        if state and now > give_up:
            why = f" ({_why_pending(site, job_id)})" if state == "pending" else ""
            raise CalculationError(f"job {job_id} is still {state} after {timeout_s:g} s{why}")
        time.sleep(1)


def _why_pending(site: Site, job_id: str) -> str:
    command, pattern = _WHY_PENDING[site.scheduler]
    try:
        found = re.search(pattern, ask([*command, job_id]))
    except CalculationError as error:
        return str(error)
    return found[1].strip() if found else "the scheduler does not say why"


def _why_ended(site: Site, job_id: str, folder: Path) -> str:
    """Say how a job ended that wrote no answer: by the scheduler, and by the last line of its log."""
    end = end_of(site, job_id)
    how = f"job {job_id} has ended" + (f" ({end})" if end else "")
    logs = [path for path in folder.iterdir() if path.name not in ("probe.sh", "answer.part")]
    if not logs:
        return f"{how} and left nothing in {folder}: do all nodes see this folder?"
    lines = [line.strip() for log in logs for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return f"{how}; the last line of its log in {folder}: {lines[-1] if lines else 'none, the log is empty'}"
