"""Jobs read from FireWorks' documents: their states, their last signs of life and their errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any

from workflows.queue.flow_documents import JobState, QueuedJob
from workflows.queue.tracebacks import error_line
from workflows.queue.words import LABEL

FIREWORK_FIELDS = {
    **dict.fromkeys(("fw_id", "name", "state", "launches", "archived_launches", "updated_on"), 1),
    f"spec.{LABEL}": 1,
}
LAUNCH_FIELDS = {
    **dict.fromkeys(("launch_id", "host", "launch_dir", "state", "state_history"), 1),
    "action.stored_data._exception._stacktrace": 1,
}
_STATES: dict[str, JobState] = {
    "WAITING": "waiting",
    "READY": "ready",
    "RESERVED": "ready",
    "RUNNING": "running",
    "COMPLETED": "completed",
    "FIZZLED": "failed",
    "PAUSED": "paused",
    "DEFUSED": "paused",
}


@dataclass(frozen=True)
class JobReader:
    """Reads jobs from FireWorks' documents.

    Attributes
    ----------
    launches
        The documents of the jobs' starts, by id.
    ended
        The folders, by id, of the queue jobs that had ended before the jobs were read.
    how_ended
        Returns how a queue job ended, or None where that is not known.
    patience
        A running job is lost after so long without a sign of life.
    """

    launches: Mapping[int, Mapping[str, Any]]
    ended: Mapping[str, str]
    how_ended: Callable[[str], str | None]
    patience: timedelta

    def read(self, firework: Mapping[str, Any]) -> QueuedJob:
        """Read a job."""
        starts = [*firework.get("archived_launches", []), *firework["launches"]]
        last = self.launches.get(max(starts, default=-1), {})
        times = _times(last)
        now = self.launches.get(max(firework["launches"], default=-1), {})  # a job that runs again has an earlier start
        state, error = _STATES.get(firework["state"], "paused"), None
        if state == "failed":
            error = error_line(_stacktrace(now), now.get("host"))
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
        """Return why a job that is recorded as running does not run; None where it runs."""
        written = _times(launch).get("RUNNING", {}).get("updated_on") or firework["updated_on"]
        silent = datetime.now(UTC) - _moment(written)
        in_folder = PurePath(launch.get("launch_dir", ""))
        queue_job = next((job_id for job_id, folder in self.ended.items() if in_folder.is_relative_to(folder)), None)
        if queue_job is None and silent <= self.patience:
            return None
        if firework["state"] == "RUNNING" and launch.get("state") in ("COMPLETED", "FIZZLED"):
            return "its worker was killed while it wrote its end"
        where = f" on {launch['host']}" if launch.get("host") else ""
        if queue_job is None:
            return f"lost{where}: no sign of life for {silent.total_seconds():.0f} s"
        how = self.how_ended(queue_job)
        return f"lost{where}: queue job {queue_job} has ended" + (f" ({how})" if how else "")


def _times(launch: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the entries of a start's history by state."""
    return {entry["state"]: entry for entry in launch.get("state_history", [])}


def _stacktrace(launch: Mapping[str, Any]) -> str:
    stored = ((launch.get("action") or {}).get("stored_data") or {}).get("_exception") or {}
    return str(stored.get("_stacktrace") or "")


def _moment(written: Any) -> datetime:
    moment = written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
