"""Jobs read from FireWorks' documents: their states, their last signs of life and their errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any

from workflows.queue.flow_documents import JobState, QueuedJob
from workflows.queue.tracebacks import database_fault, error_line
from workflows.queue.words import LABEL

LOST = f"{LABEL}.lost"  # where a worker notes in the document of a start that the database failed it
WHY_AGAIN = "why_again"  # where a recovery notes in the data of a start why a lost job is to run again
FIREWORK_FIELDS = {
    **dict.fromkeys(("fw_id", "name", "state", "launches", "archived_launches", "updated_on"), 1),
    f"spec.{LABEL}": 1,
}
LAUNCH_FIELDS = {
    **dict.fromkeys(("launch_id", "host", "launch_dir", "state"), 1),
    **{f"state_history.{name}": 1 for name in ("state", "created_on", "updated_on")},
    **dict.fromkeys(("action.stored_data._exception._stacktrace", f"action.stored_data.{LABEL}"), 1),
    LOST: 1,
}
_STATES: dict[str, JobState] = {
    "WAITING": "waiting",
    "READY": "ready",
    "RESERVED": "ready",
    "RUNNING": "running",
    "COMPLETED": "completed",
    "FIZZLED": "failed",
    "PAUSED": "paused",
    "DEFUSED": "defused",
    "ARCHIVED": "archived",
}


@dataclass(frozen=True)
class JobReader:
    """Reads jobs from FireWorks' documents.

    Attributes
    ----------
    launches
        The documents of the jobs' starts, by id.
    queue_jobs
        The ids of the queue jobs by the names of their folders.
    in_queue
        The user's jobs in the queue before the jobs were read, ``"running"`` or ``"pending"`` by id; None where the
        scheduler gives no answer.
    how_ended
        Returns how a queue job ended, or None where that is not known.
    patience
        A running job is lost after so long without a sign of life.
    """

    launches: Mapping[int, Mapping[str, Any]]
    queue_jobs: Mapping[str, str]
    in_queue: Mapping[str, str] | None
    how_ended: Callable[[str], str | None]
    patience: timedelta

    def read(self, firework: Mapping[str, Any]) -> QueuedJob:
        """Read a job."""
        starts = [*firework.get("archived_launches", []), *firework["launches"]]
        last = self.launches.get(max(starts, default=-1), {})
        times = _times(last)
        now = self.launches.get(max(firework["launches"], default=-1), {})  # a job that runs again has an earlier start
        state, error = _STATES[firework["state"]], None
        lost = _noted(now)
        if lost is not None and state in ("failed", "running", "ready"):
            state, error = "lost", lost
        elif state == "failed":
            error = error_line(stacktrace(now.get("action")), now.get("host"))
        elif firework["state"] in ("RUNNING", "RESERVED"):
            error = self._why_lost(firework, now)
            state = "lost" if error else state
        ended = times.get("COMPLETED") or times.get("FIZZLED") or {}
        return QueuedJob(
            job_id=str(firework["fw_id"]),
            uuid=firework["spec"][LABEL]["uuid"],
            name=firework["name"],
            state=state,
            attempts=len(starts),
            error=error,
            host=last.get("host"),
            folder=last.get("launch_dir"),
            started=times.get("RUNNING", {}).get("created_on"),
            last_sign=times.get("RUNNING", {}).get("updated_on"),
            finished=ended.get("created_on"),
        )

    def _why_lost(self, firework: Mapping[str, Any], launch: Mapping[str, Any]) -> str | None:
        """Return why a job that is recorded as running does not run; None where it runs.

        The scheduler is asked first: a job whose queue job is running is not lost, however long it is silent.
        """
        queue_job = self._queue_job(launch)
        ended = queue_job is not None and self.in_queue is not None and queue_job not in self.in_queue
        written = _times(launch).get("RUNNING", {}).get("updated_on") or firework["updated_on"]
        silent = datetime.now(UTC) - _moment(written)
        if not ended and (silent <= self.patience or self._is_at_work(queue_job, launch)):
            return None
        if firework["state"] == "RUNNING" and launch.get("state") in ("COMPLETED", "FIZZLED"):
            return "its worker was killed while it wrote its end"
        if not ended or queue_job is None:
            return f"{_where(launch)}: no sign of life for {silent.total_seconds():.0f} s"
        how = self.how_ended(queue_job)
        return f"{_where(launch)}: queue job {queue_job} has ended" + (f" ({how})" if how else "")

    def _queue_job(self, launch: Mapping[str, Any]) -> str | None:
        """Return the id of the queue job in whose folder a start was; None where it is not known."""
        folders = PurePath(launch.get("launch_dir", "")).parts
        return next((self.queue_jobs[name] for name in folders if name in self.queue_jobs), None)

    def _is_at_work(self, queue_job: str | None, launch: Mapping[str, Any]) -> bool:
        """Return whether a queue job runs, and a start is the last in it: its worker runs one job after another."""
        if queue_job is None or (self.in_queue or {}).get(queue_job) != "running":
            return False
        last = max(number for number, each in self.launches.items() if self._queue_job(each) == queue_job)
        return bool(launch["launch_id"] == last)


def stacktrace(action: Mapping[str, Any] | None) -> str:
    """Return what Python printed of the error in the document of an action; empty where there was none."""
    return str(_stored(action, "_exception").get("_stacktrace") or "")


def _stored(action: Mapping[str, Any] | None, name: str) -> Mapping[str, Any]:
    """Return a part of the data in the document of an action; empty where there is none."""
    return ((action or {}).get("stored_data") or {}).get(name) or {}


def _noted(launch: Mapping[str, Any]) -> str | None:
    """Return why a start counts as lost, as a recovery or its worker noted it or FireWorks' own worker recorded it."""
    action = launch.get("action")
    if again := _stored(action, LABEL).get(WHY_AGAIN):
        return str(again)
    fault = (launch.get(LABEL) or {}).get("lost") or database_fault(stacktrace(action))
    return f"{_where(launch)}: {fault}" if fault else None


def _where(launch: Mapping[str, Any]) -> str:
    return f"lost on {launch['host']}" if launch.get("host") else "lost"


def _times(launch: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the entries of a start's history by state."""
    return {entry["state"]: entry for entry in launch.get("state_history", [])}


def _moment(written: Any) -> datetime:
    moment = written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
