"""The recovery of flows: what was lost on a queue runs again."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.outputs import finished
from workflows.queue.flow_documents import QueuedFlow, QueuedJob, QueueJobInVain, Recovery
from workflows.queue.managers import open_queue
from workflows.queue.site import Site
from workflows.queue.status import require_names
from workflows.queue.submission import check_max_jobs
from workflows.queue.words import MOST_ATTEMPTS


def recover(
    site: Site,
    names: Sequence[str] = (),
    failed: bool = False,
    resume: bool = False,
    give_up: bool = False,
    most_attempts: int = MOST_ATTEMPTS,
    lost_after_s: float | None = None,
    max_jobs: int | None = None,
    launch: bool | None = None,
) -> Recovery:
    """Make lost jobs ready to run again, and launch queue jobs for what is left.

    A job is lost if it is recorded as running and its queue job has ended, or if it has given no sign of life for too
    long. A job that is finished and whose output is not in the database any more runs again too.

    Parameters
    ----------
    site
        The site.
    names
        Names of the flows wanted; all if none is given.
    failed
        Whether the jobs that failed run again too, once what made them fail is mended.
    resume
        Whether the jobs that someone paused or defused may run.
    give_up
        Whether lost jobs count as failed instead, so that the result is made without them.
    most_attempts
        A job lost so often is given up.
    lost_after_s
        As for :class:`workflows.queue.flow_queue.FlowQueue`.
    max_jobs
        As for :func:`workflows.queue.submission.submit`.
    launch
        Whether to launch queue jobs; None: if the last ones have not ended before their workers came up.

    Raises
    ------
    InputError
        If no flow has such a name, or `max_jobs` is not for this site.
    StoreError
        If the database cannot be reached or written.
    CalculationError
        If the scheduler does not answer or takes no queue job; by then the lost jobs have been made ready.
    """
    check_max_jobs(site, max_jobs)
    queue = open_queue(site, lost_after_s)
    with site.location.exclusive("submitting to"):
        removed = queue.remove_interrupted()
        require_names(names, [label.name for label in queue.labels()])  # or nothing is done
        queue.repair(names)
        flows = queue.flows(names)
        lost = [job for flow in flows for job in flow.lost]
        given_up = [job for job in lost if give_up or job.attempts >= most_attempts]
        rerun = [
            *_without_output(site, flows),
            *(_failed(flows) if failed else []),
            *(job for job in lost if job not in given_up),
        ]
        queue.give_up(given_up)
        queue.rerun(rerun)
        resumed = [job for flow in flows for job in flow.aside] if resume else []
        queue.resume(resumed)
        if changed := {job.job_id for job in (*given_up, *rerun, *resumed)}:
            now = [flow.label.name for flow in flows if any(job.job_id in changed for job in flow.jobs)]
            fresh = {flow.label.flow_id: flow for flow in queue.flows(now)}
            flows = [fresh.get(flow.label.flow_id, flow) for flow in flows]
    useful = queue.useful(flows)
    in_vain = queue.in_vain() if useful and launch is None else []
    return Recovery(
        database=site.location.name,
        rerun=rerun,
        given_up=given_up,
        failed=_failed(flows),
        resumed=resumed,
        aside=[job for flow in flows for job in flow.aside],
        archived=[flow.label.name for flow in flows if any(job.state == "archived" for job in flow.jobs)],
        removed=removed,
        launched=queue.launch(useful, max_jobs) if useful and launch is not False and not in_vain else [],
        why_not_launched=_died(in_vain) if in_vain else None,
        runner_at_work=queue.runner_at_work(),
    )


def _died(in_vain: Sequence[QueueJobInVain]) -> str:
    last = in_vain[0]
    count = "the last queue job" if len(in_vain) == 1 else f"the last {len(in_vain)} queue jobs"
    return (
        f"{count} ended before a worker came up, and others would too ({last.job_id}: {last.why}): mend that, then "
        "`coatscreen recover --launch`"
    )


def _failed(flows: Sequence[QueuedFlow]) -> list[QueuedJob]:
    return [job for flow in flows for job in flow.failed]


def _without_output(site: Site, flows: Sequence[QueuedFlow]) -> list[QueuedJob]:
    """Return the completed jobs whose output is not in the database."""
    completed = {job.uuid: job for flow in flows for job in flow.jobs if job.state == "completed" and job.uuid}
    store = site.job_store()
    there = finished(store, list(completed))
    store.close()
    return [
        job.model_copy(update={"error": "its output is not in the database"})
        for uuid, job in completed.items()
        if uuid not in there
    ]
