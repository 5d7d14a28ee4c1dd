"""Printing how flows on a queue have come along."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.queue.flow_documents import FlowStatus, QueuedJob, QueueState, Recovery, StatusDocument, Submitted

_MOST_JOBS = 10  # of a list; more are no reading matter
_ARCHIVED = (
    "archived in FireWorks, which brings no flow back; submit it again, and what is finished is not computed again"
)


def print_status(found: StatusDocument) -> None:
    """Print the flows as a table, what went wrong below it, and the queue."""
    from coatscreen.output import print_table

    if found.flows:
        print_table(
            ["flow", "kind", "about", "state", "done", "running", "ready", "waiting", "failed", "lost", "per hour",
             "time left"],
            [_row(flow) for flow in found.flows],
            numeric=("done", "running", "ready", "waiting", "failed", "lost", "per hour", "time left"),
            importance=("flow", "state", "done", "failed", "lost", "time left", "running", "ready", "waiting"),
        )  # fmt: skip
    else:
        print("no flow has been submitted to this site")
    for flow in found.flows:
        print_jobs(f"{flow.name}: failed", flow.failed)
        if flow.need_failed:
            print(f"{flow.name}: {flow.need_failed} more jobs could not run because of these")
        print_jobs(f"{flow.name}: lost", flow.lost)
        if flow.aside:
            print(f"{flow.name}: {len(flow.aside)} jobs were put aside; coatscreen recover --resume lets them run")
        if flow.state == "archived":
            print(f"{flow.name}: {_ARCHIVED}")
        if flow.failed or flow.lost:
            mend = "coatscreen recover" + (" --failed, once what made them fail is mended" if flow.failed else "")
            print(f"{flow.name}: run again by {mend}")
    print(f"Queue: {queue_line(found.queue)}; job database: {found.database}")
    for job in found.queue.in_vain[:_MOST_JOBS]:
        print(f"Queue: job {job.job_id} ended before a worker came up: {job.why} [{job.folder}]")
    _note_runner(found.queue.runner_at_work)


def print_submitted(submitted: Submitted) -> None:
    """Print what a submission has changed."""
    label = submitted.flow
    if submitted.known:
        print(f"{label.name} was submitted before; nothing is added")
    else:
        print(f"{label.name}: {label.about}: {submitted.added} jobs submitted, {label.done_before} were done before")
    print_launched(submitted.launched)
    _note_runner(submitted.runner_at_work)


def print_recovery(found: Recovery) -> None:
    """Print what a recovery has changed."""
    print_jobs("run again", found.rerun)
    print_jobs("given up", found.given_up)
    print_jobs("failed", found.failed)
    if found.resumed:
        print(f"{len(found.resumed)} jobs that were put aside may run")
    if found.aside:
        print(f"{len(found.aside)} jobs were put aside by someone; --resume lets them run")
    for name in found.archived:
        print(f"{name}: {_ARCHIVED}")
    for name in found.removed:
        print(f"{name}: its submission was interrupted; submit it again")
    if not (found.rerun or found.given_up or found.failed or found.removed or found.resumed):
        print("nothing was lost")
    print_launched(found.launched)
    if found.why_not_launched is not None:
        print(f"no queue job is started: {found.why_not_launched}")
    _note_runner(found.runner_at_work)


def print_launched(job_ids: Sequence[str]) -> None:
    """Print which queue jobs were launched."""
    if job_ids:
        print(f"started {len(job_ids)} queue jobs: {', '.join(job_ids)}; coatscreen status tells how they do")


def print_jobs(title: str, jobs: Sequence[QueuedJob]) -> None:
    """Print what went wrong with jobs; of many, with the first ones."""
    for job in jobs[:_MOST_JOBS]:
        where = f" [{job.folder}]" if job.folder else ""
        print(f"{title}: {job.name}, {_times(job.attempts)} started: {job.error}{where}")
    if len(jobs) > _MOST_JOBS:
        print(f"{title}: {len(jobs) - _MOST_JOBS} more; --json names them")


def queue_line(queue: QueueState) -> str:
    """Return the state of the queue in a line."""
    if queue.why_missing is not None:
        return f"unknown ({queue.why_missing})"
    in_vain = f", {len(queue.in_vain)} ended in vain" if queue.in_vain else ""
    return f"{queue.running} running, {queue.pending} pending{in_vain} ({queue.scheduler})"


def _row(flow: FlowStatus) -> list[str]:
    from coatscreen.output import number

    jobs = flow.jobs
    counts = [str(jobs[state]) for state in ("running", "ready", "waiting", "failed", "lost")]
    left = duration(flow.time_left_s) if flow.state == "running" else "-"
    rate = number(flow.jobs_per_hour)
    return [flow.name, flow.kind, flow.about, flow.state, f"{flow.done}/{flow.total}", *counts, rate, left]


def _note_runner(at_work: bool | None) -> None:
    """Print a note where jobflow-remote's runner is not at work, so that no queue job will be launched."""
    from coatscreen.output import note

    if at_work is False:
        note(
            "jobflow-remote's runner, which starts the queue jobs, gives no sign of life: `jf runner start`, with "
            "JFREMOTE_PROJECTS_FOLDER set to the folder jobflow_remote of the site"
        )


def _times(attempts: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(attempts, f"{attempts} times")


def duration(seconds: float | None) -> str:
    """Return a time as hours and minutes, or minutes and seconds."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"
