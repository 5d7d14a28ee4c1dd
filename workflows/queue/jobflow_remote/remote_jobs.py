"""Jobs read from jobflow-remote's documents: their states and their errors."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflows.queue.flow_documents import JobState, QueuedJob
from workflows.queue.site import Site, site_folder
from workflows.queue.tracebacks import database_fault, error_line
from workflows.queue.words import LABEL

JOB_FIELDS = dict.fromkeys(
    (
        *("db_id", "uuid", "state", "error", "run_dir", "start_time", "end_time", "job.name", f"job.metadata.{LABEL}"),
        *("remote.error", "remote.process_id", "remote.queue_err"),
    ),
    1,
)
_STATES: dict[str, JobState] = {
    "WAITING": "waiting",
    "READY": "ready",
    "CHECKED_OUT": "ready",
    "UPLOADED": "ready",
    "SUBMITTED": "ready",
    "BATCH_SUBMITTED": "ready",
    "RUNNING": "running",
    "BATCH_RUNNING": "running",
    "RUN_FINISHED": "running",
    "DOWNLOADED": "running",
    "REMOTE_ERROR": "lost",
    "COMPLETED": "completed",
    "FAILED": "failed",
    "PAUSED": "paused",
    "STOPPED": "defused",
    "USER_STOPPED": "defused",
}
_KILLED = ("The output file ", "No explicit error raised")  # how jobflow-remote says that a job left no result


def read_job(document: Mapping[str, Any]) -> QueuedJob:
    """Read a job from a document of jobflow-remote."""
    ours, remote = document["job"]["metadata"][LABEL], document["remote"]
    state, error = _STATES[document["state"]], document["error"]
    if state == "lost":
        error = f"jobflow-remote could not run it: {_why_not_run(remote['error'] or '')}"
    elif state == "failed" and error.startswith(_KILLED):
        state, error = "lost", _why_killed(remote, ours["host"])
    elif state == "failed" and (fault := database_fault(error)):
        state, error = "lost", f"{_lost_where(ours['host'])}: {fault}"
    elif state == "failed":
        error = error_line(error, ours["host"])
    return QueuedJob(
        job_id=document["db_id"],
        uuid=ours["uuid"],
        name=document["job"]["name"],
        state=state,
        attempts=ours["attempts"],
        error=error if state in ("lost", "failed") else None,
        host=ours["host"],
        folder=document["run_dir"],
        started=_written(document["start_time"]),
        finished=_written(document["end_time"]),
    )


def note_start() -> None:
    """Record in the job database that the job which this process runs was started, and on which machine."""
    from jobflow_remote.jobs.run import CURRENT_JOBDOC
    from pymongo import MongoClient

    location = Site.read(site_folder()).location
    ours = f"job.metadata.{LABEL}"
    with location.errors(), MongoClient(location.uri, **location.client_options) as client:
        client.get_default_database()["jf_jobs"].update_one(
            {"db_id": CURRENT_JOBDOC.job_doc.db_id},
            {"$inc": {f"{ours}.attempts": 1}, "$set": {f"{ours}.host": socket.gethostname()}},
        )


def _why_not_run(error: str) -> str:
    """Return the error that jobflow-remote gives, or the scheduler's where it refused the queue job."""
    refused = re.search(r"submission failed\. .*stderr=(['\"])(.*)\1, status", error)
    if refused is None:
        return error_line(error, None)
    return f"the scheduler did not take it: {refused[2].replace(chr(92) + 'n', ' ').strip()}"


def _why_killed(remote: Mapping[str, Any], host: str | None) -> str:
    """Return what is known of a queue job that ended before its job did: the last line it wrote."""
    said = [line.strip() for line in (remote.get("queue_err") or "").splitlines() if line.strip()]
    return f"{_lost_where(host)}: queue job {remote['process_id']} ended before it{f': {said[-1]}' if said else ''}"


def _lost_where(host: str | None) -> str:
    return f"lost on {host}" if host else "lost"


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
