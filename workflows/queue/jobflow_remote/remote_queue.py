"""The flows of a site in jobflow-remote's collections."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from jobflow import Flow, Job, JobConfig, OnMissing

from screening.common.errors import CalculationError, InputError, StoreError
from workflows.queue.flow_documents import FlowLabel, QueuedFlow, QueuedJob, QueueJobInVain
from workflows.queue.flow_queue import OURS, FlowQueue, NewJob, wanted_flows
from workflows.queue.jobflow_remote.remote_jobs import JOB_FIELDS, read_job
from workflows.queue.site import Site
from workflows.queue.site.config_files import PROJECT_FILE
from workflows.queue.site.indexes import make_indexes
from workflows.queue.words import COLLECT_REMOTE_RESULT, COLLECTING, INSTALL, LABEL, RUN_REMOTE_JOB

if TYPE_CHECKING:
    from jobflow_remote import JobController

_OUR_JOBS = {f"job.metadata.{LABEL}": {"$exists": True}}
_WORKER = "queue"  # the name of the worker in the project
_AT_WORK = ("SUBMITTED", "RUNNING")  # states of a job whose queue job is in the queue
_READY = ("WAITING", "READY")
_NOTES: dict[str, Any] = {"running_runner": None, "runner_pings": [], "next_id": 1}  # the last shows that all is there
_WAIT_S = 30  # how long the runner is given to release a job


class RemoteQueue(FlowQueue):
    """The flows of a site in jobflow-remote's collections; the parameters are those of :class:`FlowQueue`."""

    _members, _member = "jobs", "uuid"

    def __init__(self, site: Site, lost_after_s: float | None = None) -> None:
        super().__init__(site, lost_after_s)
        self.controller: JobController = _controller(site)
        self.flow_documents, self.job_documents = self.controller.flows, self.controller.jobs

    def queue_jobs(self) -> dict[str, str]:
        """Return the folders of the queue jobs that the runner has in the queue, by their ids."""
        with self._errors():
            found = self.job_documents.find({**_OUR_JOBS, "state": {"$in": _AT_WORK}}, {"remote": 1, "run_dir": 1})
            return {job["remote"]["process_id"]: job["run_dir"] for job in found}

    def in_vain(self) -> list[QueueJobInVain]:
        """Return none: each queue job is for one job, which is lost if its queue job ends before it."""
        return []

    def useful(self, flows: Sequence[QueuedFlow]) -> int:
        """Return the number of jobs left: jobflow-remote's runner sees to it how many run."""
        return sum(not job.ended for flow in flows for job in flow.jobs)

    def runner_at_work(self) -> bool | None:
        """Return whether jobflow-remote's runner has given a sign of life lately."""
        with self._errors():
            signs: list[datetime] = [sign["time"] for sign in self.controller.get_runner_pings()[-1:]]
            daemon = self.controller.get_running_runner()  # its start is noted before it gives its first sign
        if isinstance(daemon, dict):
            signs.append(daemon["last_pinged"])
        patience = timedelta(seconds=self.site.lost_after_s)
        return any(datetime.now(UTC) - sign.replace(tzinfo=UTC) < patience for sign in signs)

    def prepare(self) -> None:
        """Make jobflow-remote's counter of jobs, its notes and its indexes where there are none. Nothing is deleted.

        Two processes may do so at the same time.

        Raises
        ------
        StoreError
            If flows are there but the counter of their jobs is lost.
        """
        from pymongo.errors import DuplicateKeyError

        make_indexes(self.site)
        notes, counter = self.controller.auxiliary, {"next_id": {"$exists": True}}
        with self._errors():
            if notes.find_one(counter) is not None:
                return
            if self.flow_documents.count_documents({}) and notes.find_one(counter) is None:
                raise StoreError(
                    f"{self.site.location.name} holds flows of jobflow-remote but no counter of their jobs "
                    "(jf_auxiliary): restore it from a backup, or use another database"
                )
            self.controller.build_indexes()
            self.controller.update_version_information()
            for name, value in _NOTES.items():
                with suppress(DuplicateKeyError):
                    notes.insert_one({"_id": name, name: value})

    def rerun(self, jobs: Sequence[QueuedJob]) -> None:
        """Make jobs ready to run again, and with them all jobs that need them, which are stopped where they run."""
        with self._errors():
            for job in sorted(jobs, key=lambda job: int(job.job_id)):
                document = self._document(job)
                if document["state"] not in _READY:  # else a job before it has made it ready
                    for later in self._at_work_after(document["uuid"]):
                        self.controller.rerun_job(db_id=later, wait=_WAIT_S)
                    self.controller.rerun_job(db_id=job.job_id, force=True, wait=_WAIT_S)

    def resume(self, jobs: Sequence[QueuedJob]) -> None:
        """Let jobs run that someone had paused or stopped; what needs a stopped one may have gone on without it."""
        with self._errors():
            for job in jobs:
                if job.state == "paused":
                    self.controller.resume_job(db_id=job.job_id, wait=_WAIT_S)
        self.rerun([job for job in jobs if job.state != "paused"])

    def _at_work_after(self, uuid: str) -> list[str]:
        """Return the ids of the jobs in the queue that need a job."""
        from jobflow_remote.jobs.data import FlowDoc

        flow = FlowDoc.model_validate(self.flow_documents.find_one({"jobs": uuid}))
        later = {"uuid": {"$in": [each for each, _ in flow.descendants(uuid)]}, "state": {"$in": _AT_WORK}}
        return [job["db_id"] for job in self.job_documents.find(later, {"db_id": 1})]

    def give_up(self, jobs: Sequence[QueuedJob]) -> None:
        """Count lost jobs as failed; the jobs that cannot do without them then fail too."""
        with self._errors():
            for job in jobs:
                values = {"state": "FAILED", "error": f"CalculationError: {job.error}", "previous_state": None}
                self.controller.set_job_doc_properties(values, db_id=job.job_id, wait=_WAIT_S)
                self._refresh({"jobs": self._document(job)["uuid"]})

    def repair(self, names: Sequence[str] = ()) -> None:
        """Put right what a killed runner left: its locks, and jobs that were not told that they may run."""
        old = {"lock_time": {"$lt": datetime.now(UTC) - self.patience}}
        free = {"$set": {"lock_id": None, "lock_time": None}}
        with self._errors():
            self.job_documents.update_many({**_OUR_JOBS, **old}, free)
            self.flow_documents.update_many({**OURS, **old}, free)
            for flow in list(self.flow_documents.find(wanted_flows(names), {"uuid": 1})):
                self._refresh({"uuid": flow["uuid"]})

    def _refresh(self, which: dict[str, str]) -> None:
        """Make the jobs of a flow ready that wait for no other, as the runner does when a job has ended."""
        with self.controller.lock_flow(filter=which) as lock:
            if lock.locked_document:  # else the runner has the lock, and does the same
                self.controller.refresh_children(lock.locked_document["jobs"])
                self.controller.update_flow_state(lock.locked_document["uuid"])

    def launch(self, useful: int, max_jobs: int | None = None) -> list[str]:
        """Launch nothing: jobflow-remote's runner launches the queue jobs."""
        return []

    def _jobs(self, members: Sequence[Any]) -> dict[Any, QueuedJob]:
        found = self.job_documents.find({"uuid": {"$in": list(members)}}, JOB_FIELDS)
        return {document["uuid"]: read_job(document) for document in found}

    def _insert(self, label: FlowLabel, jobs: Sequence[NewJob]) -> None:
        flow_uuid = UUID(hex=label.flow_id)
        made: dict[str | None, Job] = {}
        for job in jobs:
            function = COLLECT_REMOTE_RESULT if job.uuid is None else RUN_REMOTE_JOB
            made[job.uuid] = Job(
                resolve_name(function),
                function_args=(*job.arguments, [made[uuid].output for uuid in job.before]),
                name=job.name,
                uuid=str(uuid5(flow_uuid, job.uuid or COLLECTING)),
                metadata={LABEL: {"flow_id": label.flow_id, "uuid": job.uuid, "attempts": 0, "host": None}},
                config=JobConfig(resolve_references=False, on_missing_references=OnMissing.NONE),
            )
        metadata = {LABEL: label.model_dump()}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Some jobs are not connected")  # they need not be
            flow = Flow([*made.values()], name=label.name, uuid=str(flow_uuid), metadata=metadata)
            self.controller.add_flow(flow, worker=_WORKER)

    def _remove(self, flow: Mapping[str, Any]) -> None:
        self.controller.delete_flow(flow["uuid"], wait=_WAIT_S)

    def _document(self, job: QueuedJob) -> Any:
        return self.job_documents.find_one({"db_id": job.job_id}, {"uuid": 1, "state": 1})

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
    """Open jobflow-remote's database as the site's project file describes it."""
    try:
        from jobflow_remote import JobController
        from jobflow_remote.config.base import Project
    except ImportError:
        raise InputError(f"jobflow-remote is not installed: {INSTALL}") from None

    def make(options: dict[str, Any]) -> JobController:
        for store in (options["queue"]["store"], options["jobstore"]["docs_store"]):
            store["mongoclient_kwargs"] = {**store["mongoclient_kwargs"], **site.location.client_options}
        return JobController.from_project(Project.model_validate(options))

    with site.location.first_contact():
        controller = site.made_from(PROJECT_FILE, make)
        controller.db.command("ping")
    return controller
