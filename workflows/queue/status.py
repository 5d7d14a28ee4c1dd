"""How far the flows of a site have come, from its job database, and what the scheduler reports of their queue jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from screening.common.errors import CalculationError, InputError, nearest
from workflows.queue.flow_documents import (
    JOB_STATES,
    FlowState,
    FlowStatus,
    JobState,
    QueuedFlow,
    QueuedJob,
    QueueState,
    StatusDocument,
)
from workflows.queue.flow_queue import FlowQueue
from workflows.queue.managers import open_queue
from workflows.queue.site import Site
from workflows.queue.site.scheduler import jobs_in_queue


def status(site: Site, names: Sequence[str] = ()) -> StatusDocument:
    """Return how far flows have come, and the state of the queue.

    Parameters
    ----------
    site
        The site.
    names
        Names of the flows wanted; all if none is given.

    Raises
    ------
    InputError
        If no flow has such a name.
    StoreError
        If the database cannot be reached.
    """
    queue = open_queue(site)
    flows = flows_named(names, queue)
    return StatusDocument(
        database=site.location.name, flows=[flow_status(flow) for flow in flows], queue=queue_state(queue)
    )


def flows_named(names: Sequence[str], queue: FlowQueue) -> list[QueuedFlow]:
    """Return the flows of a queue with these names; all where none is given.

    Raises
    ------
    InputError
        If no flow has such a name.
    """
    flows = queue.flows(names)
    if not {flow.label.name for flow in flows}.issuperset(names):
        require_names(names, [label.name for label in queue.labels()])
    return flows


def require_names(names: Sequence[str], known: Sequence[str]) -> None:
    """Refuse the name of a flow that is not among those known.

    Raises
    ------
    InputError
        If one is not; the message names the nearest.
    """
    for name in names:
        if name not in known:
            there = f"; there are {', '.join(sorted(known))}" if known else "; there is none"
            raise InputError(f"no flow is called {name!r}{nearest(name, known) or there}")


def flow_status(flow: QueuedFlow) -> FlowStatus:
    """Sum up the jobs of a flow."""
    counts = Counter(job.state for job in flow.jobs)
    label, rate = flow.label, _jobs_per_hour(flow.jobs)
    left = sum(not job.ended for job in flow.jobs)
    return FlowStatus(
        name=label.name,
        kind=label.kind,
        about=label.about,
        flow_id=label.flow_id,
        version=label.version,
        submitted=label.submitted,
        state=_state(counts),
        jobs={state: counts[state] for state in JOB_STATES},
        done=label.done_before + counts["completed"],
        total=label.done_before + len(flow.jobs),
        jobs_per_hour=rate,
        time_left_s=None if not rate else left / rate * 3600,
        failed=flow.failed,
        need_failed=sum(job.failed_for_another for job in flow.jobs),
        lost=flow.lost,
        aside=flow.aside,
    )


def queue_state(queue: FlowQueue) -> QueueState:
    """Count the queue jobs of a site that the scheduler has in its queue."""
    state = QueueState(
        scheduler=queue.site.scheduler,
        running=None,
        pending=None,
        why_missing=None,
        in_vain=[],
        runner_at_work=queue.runner_at_work(),
    )
    try:
        there = jobs_in_queue(queue.site)
    except CalculationError as error:
        return state.model_copy(update={"why_missing": str(error)})
    counts = Counter(there[job_id] for job_id in queue.queue_jobs() if job_id in there)
    found = {"running": counts["running"], "pending": counts["pending"], "in_vain": queue.in_vain()}
    return state.model_copy(update=found)


def _state(counts: Counter[JobState]) -> FlowState:
    if counts["running"]:
        return "running"
    if counts["ready"]:
        return "waiting"
    if counts["archived"]:
        return "archived"
    if counts["lost"]:
        return "stopped"
    if counts["defused"]:
        return "defused"
    if counts["paused"]:
        return "paused"
    if counts["waiting"]:
        return "stopped"
    return "incomplete" if counts["failed"] else "complete"


def _jobs_per_hour(jobs: Sequence[QueuedJob]) -> float | None:
    """Return how many jobs finished per hour, from the first start to the last end; None for fewer than two jobs."""
    ended = [job for job in jobs if job.state == "completed" and job.started and job.finished]
    if len(ended) < 2:
        return None
    first = min(datetime.fromisoformat(str(job.started)) for job in ended)
    last = max(datetime.fromisoformat(str(job.finished)) for job in ended)
    hours = (last - first).total_seconds() / 3600
    return len(ended) / hours if hours > 0 else None
