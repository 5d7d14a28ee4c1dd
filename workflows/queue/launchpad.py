"""Flows in FireWorks' database, the LaunchPad.

What is asked of it is asked in its own collections: FireWorks' objects would read every job of every flow, and would
need this project to do so.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import networkx as nx

from screening.common.errors import CalculationError
from workflows.queue.documents import FlowLabel, QueuedFlow, QueuedJob
from workflows.queue.flow_queue import COLLECTING
from workflows.queue.launches import JobReader
from workflows.queue.mending import agree, flow_errors, release
from workflows.queue.scheduler import end_of, queue_jobs
from workflows.queue.site import LOST_PINGS, Site, prepare_launchpad
from workflows.queue.worker import COLLECT, RUN_JOB, job_text
from workflows.requests.flow_request import ResultCollector
from workflows.work_left import WorkLeft

_LABEL = "coatscreen"  # of the metadata of a workflow and of the spec of a firework
_STARTED = "queue_jobs"  # the collection of queue jobs started for this database
_OURS = {f"metadata.{_LABEL}": {"$exists": True}}
_FIREWORK_FIELDS = {
    **dict.fromkeys(("fw_id", "name", "state", "launches", "archived_launches", "updated_on"), 1),
    f"spec.{_LABEL}": 1,
}
_LAUNCH_FIELDS = {
    **dict.fromkeys(("launch_id", "host", "launch_dir", "state", "state_history"), 1),
    "action.stored_data._exception._stacktrace": 1,
}


class FireworksQueue:
    """The flows of a site on its LaunchPad.

    Parameters
    ----------
    site
        The site.
    lost_after_s
        A job that runs is lost after so long without a sign of life; None: what the site says.

    Raises
    ------
    InputError, StoreError
        If FireWorks is not installed, the site's files cannot be read, or the database cannot be reached.
    """

    def __init__(self, site: Site, lost_after_s: float | None = None) -> None:
        self.site = site
        self.patience = timedelta(seconds=site.ping_seconds * LOST_PINGS if lost_after_s is None else lost_after_s)
        self.launchpad = site.launchpad()
        self.started = self.launchpad.db[_STARTED]

    # -- asking ------------------------------------------------------------------------------------------

    def labels(self) -> list[FlowLabel]:
        """Return the labels of all flows, the last submitted first."""
        with self.site.location.errors():
            found = list(self.launchpad.workflows.find(_OURS, {"metadata": 1}))
        labels = [FlowLabel.model_validate(flow["metadata"][_LABEL]) for flow in found]
        return sorted(labels, key=lambda label: label.submitted, reverse=True)

    def flows(self, flow_id: str | None = None) -> list[QueuedFlow]:
        """Return flows with their jobs, the last submitted first.

        Parameters
        ----------
        flow_id
            Of the one that is wanted; None: all.
        """
        criteria = _OURS if flow_id is None else {f"metadata.{_LABEL}.flow_id": flow_id}
        with self.site.location.errors():
            found = list(self.launchpad.workflows.find(criteria, {"metadata": 1, "nodes": 1}))
            flows = [
                QueuedFlow(label=FlowLabel.model_validate(flow["metadata"][_LABEL]), jobs=self._jobs_of(flow["nodes"]))
                for flow in found
            ]
        return sorted(flows, key=lambda flow: flow.label.submitted, reverse=True)

    def _jobs_of(self, numbers: Sequence[int]) -> list[QueuedJob]:
        of_these = {"fw_id": {"$in": list(numbers)}}
        running = {**of_these, "state": {"$in": ["RUNNING", "RESERVED"]}}
        ended = self._ended() if self.launchpad.fireworks.find_one(running, {"fw_id": 1}) else {}
        fireworks = list(self.launchpad.fireworks.find(of_these, _FIREWORK_FIELDS))  # after it, or one may end between
        launches = {launch["launch_id"]: launch for launch in self.launchpad.launches.find(of_these, _LAUNCH_FIELDS)}
        read = JobReader(launches, ended, lambda job_id: end_of(self.site, job_id), self.patience)
        return sorted((read.job(firework) for firework in fireworks), key=lambda job: int(job.job_id))

    def _ended(self) -> dict[str, str]:
        """Return the folders of the queue jobs started here that have ended, and their ids."""
        started = self.started_jobs()
        try:
            there = queue_jobs(self.site) if started else {}
        except CalculationError:  # on another machine, say; signs of life tell it later
            return {}
        return {folder: job_id for job_id, folder in started.items() if job_id not in there}

    def started_jobs(self) -> dict[str, str]:
        """Return the folders of the queue jobs that this user has started for this site, by their ids."""
        with self.site.location.errors():
            return {job["_id"]: job["folder"] for job in self.started.find(self._whose)}

    def runner_at_work(self) -> bool | None:
        """Return None: the commands start the queue jobs themselves."""
        return None

    @property
    def _whose(self) -> dict[str, str]:
        return {"site": str(self.site.folder), "user": getpass.getuser()}

    # -- changing ----------------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Make FireWorks' counter of jobs and its indexes where there are none."""
        with self.site.location.errors():
            prepare_launchpad(self.launchpad)

    def add(self, label: FlowLabel, left: WorkLeft, collector: ResultCollector[Any]) -> int:
        """Put what is left of a flow into the LaunchPad, and the collection of its result as its last job.

        Returns
        -------
        int
            The number of jobs added.
        """
        from fireworks import Firework, PyTask, Workflow

        def firework(
            name: str, function: str, arguments: list[Any], parents: list[Any], uuid: str | None = None
        ) -> Any:
            spec = {"_allow_fizzled_parents": True, _LABEL: {"flow_id": label.flow_id, "uuid": uuid}}
            if uuid is not None:  # a job may ask for workers of a category
                spec |= left.jobs[uuid].config.manager_config
            return Firework([PyTask(func=function, args=arguments)], spec=spec, name=name, parents=parents or None)

        todo = left.graph.subgraph(left.todo)
        made: dict[str, Any] = {}
        for uuid in nx.topological_sort(todo):
            job, parents = left.jobs[uuid], sorted(left.graph.predecessors(uuid))
            needs = {parent: left.jobs[parent].name for parent in parents}
            made[uuid] = firework(
                job.name,
                RUN_JOB,
                [job_text(job), needs, label.version],
                [made[parent] for parent in parents if parent in made],
                uuid,
            )
        last = [made[uuid] for uuid in todo if not list(todo.successors(uuid))]
        arguments = [collector.to_text(), label.flow_id, label.version]
        everything = [*made.values(), firework(COLLECTING, COLLECT, arguments, last)]
        flow = Workflow(everything, name=label.name, metadata={_LABEL: label.model_dump()})
        self.prepare()
        with self.site.location.errors():
            self._add(flow)
        return len(everything)

    def _add(self, flow: Any) -> None:
        """Insert a flow: first the whole, then its jobs, since a worker that takes a job looks up the whole."""
        first = self.launchpad.get_new_fw_id(quantity=len(flow))
        new = dict(zip(sorted(flow.id_fw, reverse=True), range(first, first + len(flow)), strict=True))
        for number in flow.root_fw_ids:
            flow.id_fw[number].state = flow.fw_states[number] = "READY"
        for firework in flow:
            firework.fw_id = new[firework.fw_id]
        flow._reassign_ids(new)
        self.launchpad.workflows.insert_one(flow.to_db_dict())
        self.launchpad.fireworks.insert_many([firework.to_db_dict() for firework in flow])

    def remove_unfinished(self) -> list[str]:
        """Remove flows whose submission was interrupted, some of whose jobs are not there; return their names."""
        removed = []
        with self.site.location.errors():
            for flow in self.launchpad.workflows.find(_OURS, {"nodes": 1, "metadata": 1}):
                if self.launchpad.fireworks.count_documents({"fw_id": {"$in": flow["nodes"]}}) < len(flow["nodes"]):
                    self.launchpad.fireworks.delete_many({"fw_id": {"$in": flow["nodes"]}})
                    self.launchpad.workflows.delete_one({"_id": flow["_id"]})
                    removed.append(flow["metadata"][_LABEL]["name"])
        return removed

    def rerun(self, jobs: Sequence[QueuedJob]) -> None:
        """Put jobs back, to run again; those that need them run again too."""
        with flow_errors(self.site.location):
            for job in jobs:
                self._let_go(job)
                self.launchpad.rerun_fw(int(job.job_id))

    def give_up(self, jobs: Sequence[QueuedJob]) -> None:
        """Count lost jobs as failed; those that cannot do without them then fail too."""
        with flow_errors(self.site.location):
            for job in jobs:
                self._let_go(job)

    def _let_go(self, job: QueuedJob) -> None:
        """End a lost job as failed, with the reason."""
        from fireworks import FWAction

        if job.state != "lost":
            return
        reason = {"_exception": {"_stacktrace": f"CalculationError: {job.error}", "_details": None}}
        number = int(job.job_id)
        for launch in list(self.launchpad.launches.find({"fw_id": number, "state": "RUNNING"}, {"launch_id": 1})):
            self.launchpad.complete_launch(launch["launch_id"], FWAction(stored_data=reason), state="FIZZLED")

    def mend(self) -> None:
        """Bring flows in order whose workers were killed while they wrote; see :mod:`workflows.queue.mending`."""
        wanted = dict.fromkeys(("nodes", "links", "fw_states", "locked", "updated_on"), 1)
        with flow_errors(self.site.location):
            for flow in list(self.launchpad.workflows.find(_OURS, wanted)):
                jobs = self._jobs_of(flow["nodes"])
                alive = any(job.state == "running" for job in jobs)
                release(self.launchpad, flow, alive)
                if not alive:
                    agree(self.launchpad, flow, jobs)

    def remember(self, job_id: str, folder: str) -> None:
        """Record a queue job that was started for this site."""
        with self.site.location.errors():
            self.started.replace_one({"_id": job_id}, {**self._whose, "folder": folder}, upsert=True)
