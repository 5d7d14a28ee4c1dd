"""The submission of flows to a queue."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from screening.common.errors import CalculationError, InputError
from screening.common.provenance import software
from workflows.identity import digest
from workflows.queue.flow_documents import FlowLabel, Submitted
from workflows.queue.managers import open_queue
from workflows.queue.site import Site
from workflows.queue.site.scheduler import jobs_in_queue
from workflows.requests.flow_request import FlowRequest
from workflows.work_left import work_left


def submit(
    site: Site, request: FlowRequest[Any], name: str | None = None, max_jobs: int | None = None, launch: bool = True
) -> Submitted:
    """Put a flow into the job database of a site, and launch queue jobs that run it.

    A flow is identified by its jobs, and a job by its content. So a flow that is submitted again is not added again,
    unless it was archived, and a job whose output is in the database is not added at all, whichever flow it was
    computed for.

    Parameters
    ----------
    site
        The site.
    request
        What is asked for, with its flow.
    name
        A name for the flow; None: made of its kind and its jobs.
    max_jobs
        How many queue jobs the site may have at one time; None: as many as its configuration allows.
    launch
        Whether to launch queue jobs.

    Raises
    ------
    InputError
        If another flow has this name, or `max_jobs` is given where jobflow-remote's runner counts the queue jobs.
    StoreError
        If the database cannot be reached or written.
    CalculationError
        If the scheduler does not answer, with nothing submitted; or if it does not take a queue job.
    """
    check_max_jobs(site, max_jobs)
    if launch and site.manager == "fireworks":
        try:
            jobs_in_queue(site)
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
        queue.remove_interrupted()
        labels = queue.labels()
        known = next((one for one in labels if one.flow_id == flow_id), None)
        if known is not None and queue.forget_archived(flow_id):
            labels.remove(known)
            known = None
        if known is not None and name not in (None, known.name):
            raise InputError(f"these jobs were submitted before, as {known.name!r}: leave out --name, or give that one")
        if known is None:
            if label.name in {one.name for one in labels}:
                raise InputError(f"another flow is called {label.name!r}: choose another --name")
            request.collector.begin(site.location)
            added = queue.add(label, left, request.collector)
    return Submitted(
        flow=known or label,
        known=known is not None,
        total=len(left.jobs) + 1,
        added=added,
        launched=queue.launch(max(1, left.width), max_jobs) if launch else [],
        runner_at_work=queue.runner_at_work(),
    )


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
            "`coatscreen site init --overwrite`, then start the runner anew"
        )
