"""How far the flows of a site have come, from the job database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from screening.errors import CalculationError, InputError, nearest
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
from workflows.queue.flow_queue import FlowQueue, open_queue
from workflows.queue.site import Site
from workflows.queue.site.scheduler import queue_jobs
from workflows.queue.tasks import NEEDS


def status(site: Site, names: Sequence[str] = ()) -> StatusDocument:
    """Return how far flows have come, and what the queue says.

    Parameters
    ----------
    site
        The site.
    names
        Of the flows wanted; all if not given.

    Raises
    ------
    InputError
        If no flow has such a name.
    StoreError
        If the database cannot be reached.
    """
    queue = open_queue(site)
    flows = chosen(queue.flows(), names)
    return StatusDocument(
        database=site.location.name, flows=[flow_status(flow) for flow in flows], queue=_queue_state(queue)
    )


def chosen(flows: list[QueuedFlow], names: Sequence[str]) -> list[QueuedFlow]:
    """Return the flows of some names; all where none is given.

    Raises
    ------
    InputError
        If no flow has such a name.
    """
    known = {flow.label.name for flow in flows}
    for name in names:
        if name not in known:
            there = f"; there are {', '.join(sorted(known))}" if known else "; there is none"
            raise InputError(f"no flow is called {name!r}{nearest(name, known) or there}")
    return [flow for flow in flows if not names or flow.label.name in names]


def flow_status(flow: QueuedFlow) -> FlowStatus:
    """Sum up a flow."""
    counts = Counter(job.state for job in flow.jobs)
    label = flow.label
    failed = [job for job in flow.jobs if job.state == "failed"]
    by_themselves = [job for job in failed if not (job.error or "").startswith(NEEDS)]
    rate = _jobs_per_hour(flow.jobs)
    left = len(flow.jobs) - counts["completed"] - counts["failed"]
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
        failed=by_themselves,
        need_failed=len(failed) - len(by_themselves),
        lost=[job for job in flow.jobs if job.state == "lost"],
    )


def _state(counts: Counter[JobState]) -> FlowState:
    if counts["running"]:
        return "running"
    if counts["ready"]:
        return "waiting"
    if counts["waiting"] or counts["lost"] or counts["paused"]:
        return "stopped"
    return "incomplete" if counts["failed"] else "complete"


def _jobs_per_hour(jobs: Sequence[QueuedJob]) -> float | None:
    """Return how fast jobs finished, from the first start to the last end; null for fewer than two."""
    ended = [job for job in jobs if job.state == "completed" and job.started and job.finished]
    if len(ended) < 2:
        return None
    first = min(datetime.fromisoformat(str(job.started)) for job in ended)
    last = max(datetime.fromisoformat(str(job.finished)) for job in ended)
    hours = (last - first).total_seconds() / 3600
    return len(ended) / hours if hours > 0 else None


def _queue_state(queue: FlowQueue) -> QueueState:
    scheduler, runner = queue.site.scheduler, queue.runner_at_work()
    try:
        there = queue_jobs(queue.site)
    except CalculationError as error:
        return QueueState(
            scheduler=scheduler, running=None, pending=None, why_unknown=str(error), runner_at_work=runner
        )
    counts = Counter(there[job_id] for job_id in queue.started_jobs() if job_id in there)
    return QueueState(
        scheduler=scheduler,
        running=counts["running"],
        pending=counts["pending"],
        why_unknown=None,
        runner_at_work=runner,
    )
