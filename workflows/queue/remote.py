"""Flows in jobflow-remote's database.

jobflow-remote knows a job of one id once, while a job named by its content may be wanted by several flows. So each of
its jobs has an id of its own and runs one of ours, whose output goes into the site's job store.
"""

from __future__ import annotations

import socket
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import networkx as nx
from jobflow import Flow, Job, JobConfig, OnMissing

from screening.common.errors import CalculationError, InputError, StoreError
from workflows.queue.documents import FlowLabel, QueuedFlow, QueuedJob
from workflows.queue.flow_queue import COLLECTING
from workflows.queue.remote_documents import JOB_FIELDS, LABEL, read_job
from workflows.queue.site import LOST_PINGS, MISSING, Site, site_folder
from workflows.queue.worker import collect_remote, job_text, run_remote_job
from workflows.requests.flow_request import ResultCollector
from workflows.work_left import WorkLeft

if TYPE_CHECKING:
    from jobflow_remote import JobController

_OURS = {f"metadata.{LABEL}": {"$exists": True}}
_OUR_JOBS = {f"job.metadata.{LABEL}": {"$exists": True}}
_WORKER = "queue"  # of the project
_AT_WORK = ("SUBMITTED", "RUNNING")
_PUT_BACK = ("WAITING", "READY")
_NOTES: dict[str, Any] = {"running_runner": None, "runner_pings": [], "next_id": 1}  # the last says that all is there
_WAIT_S = 30  # for the runner to be done with a job


class RemoteQueue:
    """The flows of a site in jobflow-remote's collections.

    Parameters
    ----------
    site
        The site.
    lost_after_s
        A lock on a job or flow is left over after so long; None: what the site says.

    Raises
    ------
    InputError, StoreError
        If jobflow-remote is not installed, the site's files cannot be read, or the database cannot be reached.
    """

    def __init__(self, site: Site, lost_after_s: float | None = None) -> None:
        self.site = site
        self.patience = timedelta(seconds=site.ping_seconds * LOST_PINGS if lost_after_s is None else lost_after_s)
        self.controller: JobController = _controller(site)

    # -- asking ------------------------------------------------------------------------------------------

    def labels(self) -> list[FlowLabel]:
        """Return the labels of all flows, the last submitted first."""
        with self._errors():
            found = list(self.controller.flows.find(_OURS, {"metadata": 1}))
        labels = [FlowLabel.model_validate(flow["metadata"][LABEL]) for flow in found]
        return sorted(labels, key=lambda label: label.submitted, reverse=True)

    def flows(self, flow_id: str | None = None) -> list[QueuedFlow]:
        """Return flows with their jobs, the last submitted first; see :class:`FlowQueue`."""
        criteria = _OURS if flow_id is None else {f"metadata.{LABEL}.flow_id": flow_id}
        with self._errors():
            found = list(self.controller.flows.find(criteria, {"metadata": 1, "jobs": 1}))
            flows = [
                QueuedFlow(label=FlowLabel.model_validate(flow["metadata"][LABEL]), jobs=self._jobs_of(flow["jobs"]))
                for flow in found
            ]
        return sorted(flows, key=lambda flow: flow.label.submitted, reverse=True)

    def _jobs_of(self, uuids: Sequence[str]) -> list[QueuedJob]:
        found = self.controller.jobs.find({"uuid": {"$in": list(uuids)}}, JOB_FIELDS)
        return sorted((read_job(document) for document in found), key=lambda job: int(job.job_id))

    def started_jobs(self) -> dict[str, str]:
        """Return the folders of the queue jobs the runner has in the queue, by their ids."""
        with self._errors():
            found = self.controller.jobs.find({**_OUR_JOBS, "state": {"$in": _AT_WORK}}, {"remote": 1, "run_dir": 1})
            return {job["remote"]["process_id"]: job["run_dir"] for job in found}

    def runner_at_work(self) -> bool | None:
        """Return whether jobflow-remote's runner gave a sign of life lately."""
        with self._errors():
            signs: list[datetime] = [sign["time"] for sign in self.controller.get_runner_pings()[-1:]]
            daemon = self.controller.get_running_runner()  # its start is noted before it gives its first sign
        if isinstance(daemon, dict):
            signs.append(daemon["last_pinged"])
        patience = timedelta(seconds=self.site.ping_seconds * LOST_PINGS)
        return any(datetime.now(UTC) - sign.replace(tzinfo=UTC) < patience for sign in signs)

    # -- changing ----------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make jobflow-remote's counter of jobs, its notes and its indexes where there are none; nothing is deleted.

        Two processes may do so at once.

        Raises
        ------
        StoreError
            If flows are there but the counter of their jobs is lost.
        """
        from pymongo.errors import DuplicateKeyError

        notes, counter = self.controller.auxiliary, {"next_id": {"$exists": True}}
        with self._errors():
            if notes.find_one(counter) is not None:
                return
            if self.controller.flows.count_documents({}) and notes.find_one(counter) is None:
                raise StoreError(
                    f"{self.site.location.name} holds flows of jobflow-remote but no counter of their jobs "
                    "(jf_auxiliary): restore it from a backup, or use another database"
                )
            self.controller.build_indexes()
            self.controller.update_version_information()
            for name, value in _NOTES.items():
                with suppress(DuplicateKeyError):
                    notes.insert_one({"_id": name, name: value})

    def add(self, label: FlowLabel, left: WorkLeft, collector: ResultCollector[Any]) -> int:
        """Put what is left of a flow into the database; see :class:`FlowQueue`."""
        flow_uuid = UUID(hex=label.flow_id)

        def made_job(name: str, function: Callable[..., None], arguments: list[Any], uuid: str | None) -> Job:
            return Job(
                function,
                function_args=tuple(arguments),
                name=name,
                uuid=str(uuid5(flow_uuid, uuid or COLLECTING)),
                metadata={LABEL: {"flow_id": label.flow_id, "uuid": uuid, "attempts": 0, "host": None}},
                config=JobConfig(resolve_references=False, on_missing_references=OnMissing.NONE),
            )

        todo = left.graph.subgraph(left.todo)
        made: dict[str, Job] = {}
        for uuid in nx.topological_sort(todo):
            job, parents = left.jobs[uuid], sorted(left.graph.predecessors(uuid))
            needs = {parent: left.jobs[parent].name for parent in parents}
            after = [made[parent].output for parent in parents if parent in made]
            made[uuid] = made_job(job.name, run_remote_job, [job_text(job), needs, label.version, after], uuid)
        last = [made[uuid].output for uuid in todo if not list(todo.successors(uuid))]
        arguments = [collector.to_text(), label.flow_id, label.version, last]
        everything = [*made.values(), made_job(COLLECTING, collect_remote, arguments, None)]
        metadata = {LABEL: label.model_dump()}
        self.prepare()
        with self._errors(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Some jobs are not connected")  # they need not be
            flow = Flow(everything, name=label.name, uuid=str(flow_uuid), metadata=metadata)
            self.controller.add_flow(flow, worker=_WORKER)
        return len(everything)

    def remove_unfinished(self) -> list[str]:
        """Remove flows whose submission was interrupted, some of whose jobs are not there; return their names."""
        removed = []
        with self._errors():
            for flow in list(self.controller.flows.find(_OURS, {"uuid": 1, "jobs": 1, "metadata": 1})):
                if self.controller.jobs.count_documents({"uuid": {"$in": flow["jobs"]}}) < len(flow["jobs"]):
                    self.controller.delete_flow(flow["uuid"], wait=_WAIT_S)
                    removed.append(flow["metadata"][LABEL]["name"])
        return removed

    def rerun(self, jobs: Sequence[QueuedJob]) -> None:
        """Put jobs back, to run again; those that need them run again too, and are stopped where they run."""
        with self._errors():
            for job in sorted(jobs, key=lambda job: int(job.job_id)):
                document = self._document(job)
                if document["state"] not in _PUT_BACK:  # with a job before it
                    for later in self._at_work_after(document["uuid"]):
                        self.controller.rerun_job(db_id=later, wait=_WAIT_S)
                    self.controller.rerun_job(db_id=job.job_id, force=True, wait=_WAIT_S)

    def _at_work_after(self, uuid: str) -> list[str]:
        """Return the jobs in the queue that need a job."""
        from jobflow_remote.jobs.data import FlowDoc

        flow = FlowDoc.model_validate(self.controller.flows.find_one({"jobs": uuid}))
        later = {"uuid": {"$in": [each for each, _ in flow.descendants(uuid)]}, "state": {"$in": _AT_WORK}}
        return [job["db_id"] for job in self.controller.jobs.find(later, {"db_id": 1})]

    def give_up(self, jobs: Sequence[QueuedJob]) -> None:
        """Count lost jobs as failed; those that cannot do without them then fail too."""
        with self._errors():
            for job in jobs:
                values = {"state": "FAILED", "error": f"CalculationError: {job.error}", "previous_state": None}
                self.controller.set_job_doc_properties(values, db_id=job.job_id, wait=_WAIT_S)
                self._go_on({"jobs": self._document(job)["uuid"]})

    def mend(self) -> None:
        """Bring flows in order whose runner was killed while it wrote: locks, and jobs not told that they may run."""
        old = {"lock_time": {"$lt": datetime.now(UTC) - self.patience}}
        free = {"$set": {"lock_id": None, "lock_time": None}}
        with self._errors():
            self.controller.jobs.update_many({**_OUR_JOBS, **old}, free)
            self.controller.flows.update_many({**_OURS, **old}, free)
            for flow in list(self.controller.flows.find(_OURS, {"uuid": 1})):
                self._go_on({"uuid": flow["uuid"]})

    def _go_on(self, which: dict[str, str]) -> None:
        """Let the jobs of a flow run that have nothing to wait for, as the runner does when a job has ended."""
        with self.controller.lock_flow(filter=which) as lock:
            if lock.locked_document:  # else the runner is at it, and does the same
                self.controller.refresh_children(lock.locked_document["jobs"])
                self.controller.update_flow_state(lock.locked_document["uuid"])

    def _document(self, job: QueuedJob) -> Any:
        return self.controller.jobs.find_one({"db_id": job.job_id}, {"uuid": 1, "state": 1})

    @contextmanager
    def _errors(self) -> Iterator[None]:
        from jobflow_remote.utils.db import LockedDocumentError

        with self.site.location.errors():
            try:
                yield
            except LockedDocumentError:
                raise CalculationError(
                    f"jobflow-remote's runner has been busy with a job for {_WAIT_S} s: try again"
                ) from None


def _controller(site: Site) -> JobController:
    """Open jobflow-remote's database as the site's project says."""
    try:
        from jobflow_remote import JobController
        from jobflow_remote.config.base import Project
    except ImportError:
        raise InputError(f"jobflow-remote is not installed: {MISSING}") from None
    options = site.rendered("jobflow_remote/coatscreen.yaml")
    for store in (options["queue"]["store"], options["jobstore"]["docs_store"]):
        store["mongoclient_kwargs"] = {**store["mongoclient_kwargs"], **site.location.client_options}
    with site.location.errors():
        controller = JobController.from_project(Project.model_validate(options))
        controller.db.command("ping")
    return controller


def note_start() -> None:
    """Write down that the job which this process runs for jobflow-remote was started, and where."""
    from jobflow_remote.jobs.run import CURRENT_JOBDOC
    from pymongo import MongoClient

    location = Site.read(site_folder()).location
    ours = f"job.metadata.{LABEL}"
    with location.errors(), MongoClient(location.uri, **location.client_options) as client:
        client.get_default_database()["jf_jobs"].update_one(
            {"db_id": CURRENT_JOBDOC.job_doc.db_id},
            {"$inc": {f"{ours}.attempts": 1}, "$set": {f"{ours}.host": socket.gethostname()}},
        )
