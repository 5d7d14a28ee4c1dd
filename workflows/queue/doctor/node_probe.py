"""The probe of a node: one short queue job, submitted as the site submits its workers, that reports what it finds."""

from __future__ import annotations

import shlex
import shutil
import tempfile
import time
from pathlib import Path

from screening.common.errors import CalculationError
from workflows.queue.doctor.node_report import NodeReport
from workflows.queue.fireworks.launchpad import read_queue_adapter
from workflows.queue.site import Site
from workflows.queue.site.config_files import directives, preparation
from workflows.queue.site.queue_log import last_line
from workflows.queue.site.scheduler import cancel, how_ended, jobs_in_queue, submit_script, why_pending

_WALL_TIME_MINUTES = 5
_NAME = "coat-doctor"  # PBS takes 15 characters
_LAG_S = 10  # a file written on a node may be seen here only some seconds later


def probe_node(site: Site, timeout_s: float) -> NodeReport:
    """Submit the probe, wait for it, and return what it found.

    After `timeout_s` the queue job is cancelled if it is still in the queue. Its files are removed if it succeeded.

    Raises
    ------
    CalculationError
        If the scheduler does not take the queue job, or it does not start in time or fails; the message says why.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="doctor-", dir=site.work_folder))
    except OSError as error:
        raise CalculationError(f"cannot write in {site.work_folder}: {error.strerror}") from None
    answer, script = folder / "answer.json", folder / "probe.sh"
    # the program's own option, which a node with another version of coatscreen knows as well
    command = f"python -m coatscreen doctor --node-report {shlex.quote(str(answer))}"
    script.write_text(_queue_script(site, folder, command), encoding="utf-8")
    job_id = submit_script(site, script)
    try:
        report = _wait(site, job_id, answer, timeout_s)
    finally:
        if job_id in jobs_in_queue(site):
            cancel(site, job_id)
    shutil.rmtree(folder, ignore_errors=True)
    return report


def _queue_script(site: Site, folder: Path, command: str) -> str:
    """Return the site's own queue script with a command in place of the worker."""
    minutes = min(site.wall_time_minutes, _WALL_TIME_MINUTES)
    if site.manager == "jobflow-remote":
        request = directives(site.model_copy(update={"wall_time_minutes": minutes}))
        return "\n".join(["#!/bin/bash", *request, *preparation(site), command, ""])
    adapter = read_queue_adapter(site)
    adapter.update({"rocket_launch": command, "walltime": f"00:{minutes:02}:00", "job_name": _NAME})
    return str(adapter.get_script_str(str(folder)))


def _wait(site: Site, job_id: str, answer: Path, timeout_s: float) -> NodeReport:
    """Wait until the probe has written its answer."""
    give_up, gone_at = time.monotonic() + timeout_s, None
    while True:
        if answer.exists():
            return NodeReport.model_validate_json(answer.read_text(encoding="utf-8"))
        now = time.monotonic()
        state = jobs_in_queue(site).get(job_id)
        gone_at = None if state else gone_at or now
        if gone_at is not None and now > gone_at + _LAG_S:
            raise CalculationError(_why_ended(site, job_id, answer.parent))
        if state and now > give_up:
            why = f" ({why_pending(site, job_id)})" if state == "pending" else ""
            raise CalculationError(f"job {job_id} is still {state} after {timeout_s:g} s{why}")
        time.sleep(1)


def _why_ended(site: Site, job_id: str, folder: Path) -> str:
    """Return how a queue job ended that wrote no answer: by the scheduler, and by the last line of its log."""
    end = how_ended(site, job_id)
    how = f"job {job_id} has ended" + (f" ({end})" if end else "")
    line = last_line(folder)
    if line is None:
        return f"{how} and left nothing in {folder}: do all nodes see this folder?"
    return f"{how}; the last line of its log in {folder}: {line or 'none, the log is empty'}"
