"""Flows brought to a queue."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from screening.common.errors import CalculationError, InputError
from screening.common.provenance import software
from workflows.identity import digest
from workflows.queue.documents import FlowLabel, QueuedFlow, Submitted
from workflows.queue.flow_queue import FlowQueue, open_queue
from workflows.queue.launchpad import FireworksQueue
from workflows.queue.scheduler import queue_jobs, start_worker
from workflows.queue.site import Site
from workflows.requests.flow_request import FlowRequest
from workflows.work_left import work_left

_ENDED = ("completed", "failed")


def submit(
    site: Site, request: FlowRequest[Any], name: str | None = None, max_jobs: int | None = None, launch: bool = True
) -> Submitted:
    """Put a flow into the job database of a site, and start queue jobs that run it.

    A flow is known by its jobs, and these by their content: submitted again it is not added again, and a job whose
    output is in the database, from whatever flow, is not added at all.

    Parameters
    ----------
    site
        Where.
    request
        Its flow is what is submitted.
    name
        Of the flow; None: made of its kind and its jobs.
    max_jobs
        Queue jobs of this site at one time; None: as many as the site allows.
    launch
        Whether to start queue jobs.

    Raises
    ------
    InputError
        If another flow has this name, or `max_jobs` is given where jobflow-remote's runner counts the queue jobs.
    StoreError
        If the database cannot be reached or written.
    CalculationError
        If the scheduler does not answer, with nothing submitted; or does not take a queue job.
    """
    check_max_jobs(site, max_jobs)
    if launch and site.manager == "fireworks":
        try:
            queue_jobs(site)
        except CalculationError as error:
            raise CalculationError(f"nothing was submitted: {error}; --no-launch submits without it") from None
    store, queue = site.job_store(), open_queue(site)
    left = work_left(request.flow, store)
    store.close()
    flow_id = digest([sorted(left.jobs), request.kind, request.collector.target])[:32]
    label = FlowLabel(
        flow_id=flow_id,
        name=name or f"{request.kind}-{flow_id[:8]}",
        kind=request.kind,
        about=request.about,
        version=software().coatscreen,
        submitted=datetime.now(UTC).isoformat(timespec="milliseconds"),
        done_before=len(left.jobs) - len(left.todo),
    )
    added = 0
    with site.location.exclusive("submitting to"):
        queue.remove_unfinished()
        labels = queue.labels()
        known = next((one for one in labels if one.flow_id == flow_id), None)
        if known is not None and name not in (None, known.name):
            raise InputError(f"these jobs were submitted before, as {known.name!r}: leave out --name, or give that one")
        if known is None:
            if label.name in {one.name for one in labels}:
                raise InputError(f"another flow is called {label.name!r}: choose another --name")
            request.collector.begin(site.location)
            added = queue.add(label, left, request.collector)
    started = start_workers(queue, max(1, left.width), max_jobs) if launch else []
    return Submitted(
        flow=known or label,
        known=known is not None,
        total=len(left.jobs) + 1,
        added=added,
        launched=started,
        runner_at_work=queue.runner_at_work(),
    )


def start_workers(queue: FlowQueue, useful: int, max_jobs: int | None = None) -> list[str]:
    """Start queue jobs for what is ready, as many as are useful and allowed beside those in the queue.

    With jobflow-remote none is started: its runner does.

    Parameters
    ----------
    queue
        The flows.
    useful
        How many could work at one time.
    max_jobs
        See :func:`submit`.

    Returns
    -------
    list of str
        Ids of the queue jobs.
    """
    site = queue.site
    if not isinstance(queue, FireworksQueue):
        return []
    if not any(job.state in ("ready", "waiting") for flow in queue.flows() for job in flow.jobs):
        return []
    there = queue_jobs(site)
    busy = sum(job_id in there for job_id in queue.started_jobs())
    started = []
    for _ in range(min(max_jobs or site.max_jobs, useful) - busy):
        folder = site.work_folder / "launches" / f"{datetime.now(UTC):%Y-%m-%d-%H-%M-%S}-{uuid4().hex[:8]}"
        job_id = start_worker(site, folder)
        queue.remember(job_id, str(folder))
        started.append(job_id)
    return started


def unfinished(flows: list[QueuedFlow]) -> int:
    """Return how many jobs of some flows have not ended."""
    return sum(job.state not in _ENDED for flow in flows for job in flow.jobs)


def check_max_jobs(site: Site, max_jobs: int | None) -> None:
    """Refuse a number of queue jobs where it would have no effect.

    Raises
    ------
    InputError
        If it is given and the site's manager is jobflow-remote.
    """
    if max_jobs is not None and site.manager != "fireworks":
        raise InputError(
            "--max-jobs: jobflow-remote's runner counts the queue jobs; change `max_jobs` in site.yaml and run "
            "`coatscreen submit --init --overwrite`, then start the runner anew"
        )
