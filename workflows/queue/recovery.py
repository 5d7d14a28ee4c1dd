"""Bringing back what was lost on a queue."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.outputs import finished
from workflows.queue.flow_documents import QueuedFlow, QueuedJob, Recovery
from workflows.queue.flow_queue import open_queue
from workflows.queue.site import Site
from workflows.queue.status import chosen
from workflows.queue.submission import check_max_jobs, start_workers, unfinished
from workflows.queue.tasks import NEEDS
from workflows.queue.words import MOST_ATTEMPTS


def recover(
    site: Site,
    names: Sequence[str] = (),
    failed: bool = False,
    give_up: bool = False,
    most_attempts: int = MOST_ATTEMPTS,
    lost_after_s: float | None = None,
    max_jobs: int | None = None,
    launch: bool = True,
) -> Recovery:
    """Find jobs that were lost, and let them run again; and start queue jobs for what is left.

    Lost is a job that is written down as running and whose queue job has ended, or that has given no sign of life for
    too long. A job that is finished and whose output is not in the database any more runs again too.

    Parameters
    ----------
    site
        The site.
    names
        Of the flows wanted; all if not given.
    failed
        Run the jobs that failed again, after what made them fail was mended.
    give_up
        Count lost jobs as failed, so that the result is made without them.
    most_attempts
        A job lost so often is given up.
    lost_after_s
        See :func:`~workflows.queue.flow_queue.open_queue`.
    max_jobs, launch
        As for :func:`workflows.queue.submission.submit`.

    Raises
    ------
    InputError
        If no flow has such a name, or `max_jobs` is not for this site.
    StoreError
        If the database cannot be reached or written.
    CalculationError
        If the scheduler does not answer or takes no queue job; what was lost has been put back then.
    """
    check_max_jobs(site, max_jobs)
    queue = open_queue(site, lost_after_s)
    with site.location.exclusive("submitting to"):
        removed = queue.remove_unfinished()
        queue.mend()
        flows = chosen(queue.flows(), names)
        again = [*_without_output(site, flows), *(_failed(flows) if failed else [])]
        lost = [job for flow in flows for job in flow.jobs if job.state == "lost"]
        hopeless = [job for job in lost if give_up or job.attempts >= most_attempts]
        again += [job for job in lost if job not in hopeless]
        queue.give_up(hopeless)
        queue.rerun(again)
        flows = chosen(queue.flows(), names)
    return Recovery(
        database=site.location.name,
        rerun=again,
        given_up=hopeless,
        failed=_failed(flows),
        removed=removed,
        launched=start_workers(queue, unfinished(flows), max_jobs) if launch else [],
        runner_at_work=queue.runner_at_work(),
    )


def _failed(flows: Sequence[QueuedFlow]) -> list[QueuedJob]:
    """Return the jobs that failed by themselves; what needed them follows them."""
    failed = [job for flow in flows for job in flow.jobs if job.state == "failed"]
    return [job for job in failed if not (job.error or "").startswith(NEEDS)]


def _without_output(site: Site, flows: Sequence[QueuedFlow]) -> list[QueuedJob]:
    """Return finished jobs whose output is not there."""
    ended = {job.uuid: job for flow in flows for job in flow.jobs if job.state == "completed" and job.uuid}
    store = site.job_store()
    there = finished(store, list(ended))
    store.close()
    return [
        job.model_copy(update={"error": "its output is not in the database"})
        for uuid, job in ended.items()
        if uuid not in there
    ]
