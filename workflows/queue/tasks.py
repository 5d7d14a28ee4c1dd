"""What workers run: functions that the job managers store by name with every job.

The names of this module and of its functions are an interface between whoever submits a flow and the workers that run
it, perhaps after an update. They stay where they are, whatever else moves; `workflows.queue.words` lists them. Their
arguments are plain text, so that a worker without coatscreen can take a job: the job then fails at the import of this
module, and the job database shows that error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobflow import Job, JobStore, OnMissing, initialize_logger

from screening.common.errors import CalculationError
from screening.common.provenance import software
from workflows.decoding import decoded
from workflows.outputs import finished
from workflows.queue.managers import open_queue
from workflows.queue.site import Site, site_folder
from workflows.queue.words import NEEDS
from workflows.requests.flow_request import ResultCollector

if TYPE_CHECKING:
    from fireworks import FWAction


def run_job(text: str, needs: dict[str, str], version: str) -> FWAction:
    """Run a job for FireWorks.

    Nothing is computed where the job's output is there and was made from the outputs it needs as they are now.

    Parameters
    ----------
    text
        The job as JSON.
    needs
        The names of the jobs whose outputs it needs, by id.
    version
        The version of coatscreen that submitted it.

    Raises
    ------
    CalculationError
        If this worker has another version, or an output is missing that the job cannot do without.
    """
    from fireworks import FWAction

    return FWAction(stored_data=None if _run(text, needs, version) else {"already_done": True})


def run_remote_job(text: str, needs: dict[str, str], version: str, after: list[object]) -> None:
    """Run a job for jobflow-remote, as :func:`run_job` does for FireWorks.

    Its output goes into the site's job store under the id of its content. The job that jobflow-remote keeps has another
    id, because jobflow-remote knows each id once, and several flows may want the same job. By the outputs in `after`
    jobflow-remote knows which jobs come before it; they are not read.
    """
    from workflows.queue.jobflow_remote.remote_jobs import note_start

    note_start()
    _run(text, needs, version)


def collect_result(text: str, flow_id: str, version: str) -> None:
    """Collect the result of a flow whose other jobs have ended.

    Parameters
    ----------
    text
        The collector as JSON; see :meth:`workflows.requests.flow_request.ResultCollector.to_text`.
    flow_id
        The id of the flow.
    version
        The version of coatscreen that submitted it.

    Raises
    ------
    CalculationError
        If this worker has another version, or the collector cannot make a result of what is there.
    """
    _require_version(version)
    site = Site.read(site_folder())
    store = site.job_store()
    (flow,) = open_queue(site).flows(flow_id=flow_id)
    without = [job for job in flow.jobs if job.state in ("failed", "lost") and job.uuid is not None]
    ResultCollector.from_text(text).collect(store, site.location, {job.name: job.error or "failed" for job in without})


def collect_remote_result(text: str, flow_id: str, version: str, after: list[object]) -> None:
    """Collect the result of a flow for jobflow-remote; see :func:`collect_result` and :func:`run_remote_job`."""
    from workflows.queue.jobflow_remote.remote_jobs import note_start

    note_start()
    collect_result(text, flow_id, version)


def _run(text: str, needs: dict[str, str], version: str) -> bool:
    """Run a job, unless it is done; return whether it was run."""
    job, store = _to_run(text, needs, version)
    if job is None:
        return False
    initialize_logger()
    job.run(store)
    return True


def _to_run(text: str, needs: dict[str, str], version: str) -> tuple[Job | None, JobStore]:
    """Return a job, or None for one that is done, and the job store, cleared of what an earlier attempt left there."""
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
    """Refuse a job that another version submitted: its arguments or its result may mean something else there."""
    mine = software().coatscreen
    if mine != version:
        raise CalculationError(
            f"submitted by coatscreen {version}, but this worker has {mine}: install the same version in both "
            "environments, then `coatscreen recover --failed`"
        )
