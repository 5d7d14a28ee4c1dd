"""Jobs as FireWorks' database has them: their states, their last signs of life and their errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any

from screening.passwords import masked
from workflows.queue.documents import JobState, QueuedJob

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
_FOREIGN = ("No module named 'workflows'", "No module named 'screening'")


@dataclass(frozen=True)
class JobReader:
    """Reads jobs from documents of FireWorks.

    Attributes
    ----------
    launches
        The starts of the jobs, by id.
    ended
        Folders of queue jobs that had ended before the jobs were read, and the ids of these queue jobs.
    how
        Says how a queue job ended, if it can.
    patience
        A job that runs is lost after so long without a sign of life.
    """

    launches: Mapping[int, Mapping[str, Any]]
    ended: Mapping[str, str]
    how: Callable[[str], str | None]
    patience: timedelta

    def job(self, firework: Mapping[str, Any]) -> QueuedJob:
        """Read a job."""
        starts = [*firework.get("archived_launches", []), *firework["launches"]]
        last = self.launches.get(max(starts, default=-1), {})
        times = {entry["state"]: entry for entry in last.get("state_history", [])}
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
            uuid=firework["spec"]["coatscreen"]["uuid"],
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
        """Say why a job that is written down as running does not run; None where it does."""
        times = {entry["state"]: entry for entry in launch.get("state_history", [])}
        written = times.get("RUNNING", {}).get("updated_on") or firework["updated_on"]
        silent = datetime.now(UTC) - _time(written)
        in_folder = PurePath(launch.get("launch_dir", ""))
        queue_job = next((job_id for folder, job_id in self.ended.items() if in_folder.is_relative_to(folder)), None)
        if queue_job is None and silent <= self.patience:
            return None
        if firework["state"] == "RUNNING" and launch.get("state") in ("COMPLETED", "FIZZLED"):
            return "its worker was killed while it wrote its end"
        where = f" on {launch['host']}" if launch.get("host") else ""
        if queue_job is None:
            return f"lost{where}: no sign of life for {silent.total_seconds():.0f} s"
        how = self.how(queue_job)
        return f"lost{where}: queue job {queue_job} has ended" + (f" ({how})" if how else "")


def error_line(stacktrace: str, host: str | None) -> str:
    """Return the first line of an error from Python's account of it, and what to do where that is known."""
    lines = stacktrace.strip().splitlines()
    frames = [number for number, line in enumerate(lines) if line.startswith(" ")]
    message = lines[frames[-1] + 1 :] if frames else lines
    first = masked(message[0].strip()) if message else "it gave no reason"
    first = first.removeprefix("screening.errors.")
    if any(words in first for words in _FOREIGN):
        return f"the Python environment of the worker{f' on {host}' if host else ''} has no coatscreen ({first})"
    return first.removeprefix("CalculationError: ").removeprefix("InputError: ").removeprefix("StoreError: ")


def _stacktrace(launch: Mapping[str, Any]) -> str:
    stored = ((launch.get("action") or {}).get("stored_data") or {}).get("_exception") or {}
    return str(stored.get("_stacktrace") or "")


def _time(written: Any) -> datetime:
    moment = written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
