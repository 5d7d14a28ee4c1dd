"""What a worker on a queue runs: one job of a flow, or the collection of its result.

The manager, FireWorks or jobflow-remote, calls these by name, with text as arguments: a worker without this project
then fails at the import, which the job database shows as the job's error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobflow import Job, JobStore, OnMissing, initialize_logger

from screening.errors import CalculationError
from screening.provenance import software
from workflows.decoding import decoded
from workflows.outputs import finished
from workflows.prepared import Collector
from workflows.queue.site import Site, site_folder

if TYPE_CHECKING:
    from fireworks import FWAction

RUN_JOB = f"{__name__}.run_job"
COLLECT = f"{__name__}.collect"
NEEDS = "needs "  # how the error of a job begins that could not run because another failed


def job_text(job: Job) -> str:
    """Write a job as text."""
    return str(job.to_json())


def run_job(text: str, needs: dict[str, str], version: str) -> FWAction:
    """Run a job for FireWorks, unless its output is there and was made from the outputs it needs as they are now.

    Parameters
    ----------
    text
        The job, see :func:`job_text`.
    needs
        Names of the jobs whose outputs it needs, by id.
    version
        Of coatscreen, that submitted it.

    Raises
    ------
    CalculationError
        If this worker has another version, or an output is missing that the job cannot do without.
    """
    from fireworks import FWAction

    return FWAction(stored_data=None if _run(text, needs, version) else {"already_done": True})


def run_remote_job(text: str, needs: dict[str, str], version: str, after: list[object]) -> None:
    """Run a job for jobflow-remote; see :func:`run_job`.

    The job's output goes into the site's job store under the job's own id: jobflow-remote's job has another, since it
    knows a job of one id once, and a job may be wanted by several flows.

    Parameters
    ----------
    after
        References to the jobs that come before, by which jobflow-remote knows them; not looked at.
    """
    from workflows.queue.remote import note_start

    note_start()
    _run(text, needs, version)


def collect_remote(text: str, flow_id: str, version: str, after: list[object]) -> None:
    """Collect the result of a flow for jobflow-remote; see :func:`collect` and :func:`run_remote_job`."""
    from workflows.queue.remote import note_start

    note_start()
    collect(text, flow_id, version)


def collect(text: str, flow_id: str, version: str) -> None:
    """Collect the result of a flow whose other jobs have ended.

    Parameters
    ----------
    text
        See :meth:`workflows.prepared.Collector.to_text`.
    flow_id
        Of the flow.
    version
        Of coatscreen, that submitted it.
    """
    from workflows.queue.flow_queue import open_queue

    _require_version(version)
    site = Site.read(site_folder())
    store = site.job_store()
    (flow,) = open_queue(site).flows(flow_id)
    ended_badly = [job for job in flow.jobs if job.state in ("failed", "lost") and job.uuid is not None]
    Collector.from_text(text).collect(store, site.location, {job.name: job.error or "failed" for job in ended_badly})


def _run(text: str, needs: dict[str, str], version: str) -> bool:
    """Run a job, unless it is done; return whether it was run."""
    job, store = _to_run(text, needs, version)
    if job is None:
        return False
    initialize_logger()
    job.run(store)
    return True


def _to_run(text: str, needs: dict[str, str], version: str) -> tuple[Job | None, JobStore]:
    """Return a job and the job store, cleared of what an attempt before left; None for a job that is done."""
    _require_version(version)
    job: Job = decoded(text)
    store = Site.read(site_folder()).job_store()
    there = finished(store, [job.uuid, *needs])
    missing = [name for uuid, name in needs.items() if uuid not in there]
    if missing and job.config.on_missing_references == OnMissing.ERROR:
        raise CalculationError(f"{NEEDS}{min(missing)}, which failed")
    if not missing and job.uuid in there and all(there[uuid] <= there[job.uuid] for uuid in needs):
        return None, store
    store.remove_docs({"uuid": job.uuid})
    for parts in store.additional_stores.values():
        parts.remove_docs({"job_uuid": job.uuid})
    return job, store


def _require_version(version: str) -> None:
    mine = software().coatscreen
    if mine != version:
        raise CalculationError(
            f"submitted by coatscreen {version}, but this worker has {mine}: install the same version in both "
            "environments, then `coatscreen recover --failed`"
        )
