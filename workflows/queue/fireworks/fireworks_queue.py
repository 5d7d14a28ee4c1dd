"""The flows of a site in FireWorks' database, the LaunchPad.

They are read from its collections directly: FireWorks' own objects would read every job of every flow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import networkx as nx

from workflows.queue.fireworks.firework_jobs import FIREWORK_FIELDS, LAUNCH_FIELDS, WHY_AGAIN, JobReader
from workflows.queue.fireworks.fireworks_internals import add_flow, flow_errors
from workflows.queue.fireworks.launchpad import open_launchpad, prepare_launchpad
from workflows.queue.fireworks.queue_jobs import QueueJobs
from workflows.queue.fireworks.reconciliation import reconcile, unlock
from workflows.queue.flow_documents import FlowLabel, QueuedFlow, QueuedJob, QueueJobInVain
from workflows.queue.flow_queue import FlowQueue, NewJob, wanted_flows
from workflows.queue.site import Site
from workflows.queue.site.indexes import make_indexes
from workflows.queue.site.queue_log import word_of_slurm
from workflows.queue.site.scheduler import how_ended
from workflows.queue.words import COLLECT_RESULT, LABEL, RUN_JOB


class FireworksQueue(FlowQueue):
    """The flows of a site on its LaunchPad; the parameters are those of :class:`FlowQueue`."""

    _members, _member = "nodes", "fw_id"

    def __init__(self, site: Site, lost_after_s: float | None = None) -> None:
        super().__init__(site, lost_after_s)
        self.launchpad = open_launchpad(site)
        self.flow_documents, self.job_documents = self.launchpad.workflows, self.launchpad.fireworks
        self._queue_jobs = QueueJobs(site, self.launchpad)

    def queue_jobs(self) -> dict[str, str]:
        """Return the folders of the queue jobs that this user has launched for this site, by their ids."""
        return self._queue_jobs.launched()

    def in_vain(self) -> list[QueueJobInVain]:
        """Return the queue jobs that ended before their worker came up, since the last one whose worker did."""
        return self._queue_jobs.in_vain()

    def useful(self, flows: Sequence[QueuedFlow]) -> int:
        """Return how many of the jobs left could run at one time; those that wait for a lost or paused one do not."""
        unfinished = [flow.label.flow_id for flow in flows if not all(job.ended for job in flow.jobs)]
        of_these = {f"metadata.{LABEL}.flow_id": {"$in": unfinished}}
        state = {job.job_id: job.state for flow in flows for job in flow.jobs}
        width = 0
        with self.site.location.errors():
            for found in self.flow_documents.find(of_these, {"links": 1}):
                graph: nx.DiGraph[str] = nx.DiGraph({job: map(str, later) for job, later in found["links"].items()})
                done = {job for job in graph if state[job] in ("completed", "failed")}
                held = {job for job in graph if job not in done and state[job] not in ("ready", "running", "waiting")}
                held |= {later for job in held for later in nx.descendants(graph, job)}
                left = graph.subgraph(set(graph) - done - held)
                width += max((len(level) for level in nx.topological_generations(left)), default=0)
        return width

    def runner_at_work(self) -> bool | None:
        """Return None: coatscreen launches the queue jobs itself."""
        return None

    def prepare(self) -> None:
        """Make FireWorks' counter of jobs and the indexes where there are none."""
        with self.site.location.errors():
            prepare_launchpad(self.launchpad)
        make_indexes(self.site)

    def rerun(self, jobs: Sequence[QueuedJob]) -> None:
        """Make jobs ready to run again, and with them all jobs that need them."""
        with flow_errors(self.site.location):
            for job in jobs:
                if job.state == "lost":  # FireWorks takes it for running, and runs no such job again
                    self._fail(job, to_run_again=True)
                self.launchpad.rerun_fw(int(job.job_id))

    def resume(self, jobs: Sequence[QueuedJob]) -> None:
        """Let jobs run that someone had paused or defused."""
        with flow_errors(self.site.location):
            for job in jobs:
                resume = self.launchpad.resume_fw if job.state == "paused" else self.launchpad.reignite_fw
                resume(int(job.job_id))

    def forget_archived(self, flow_id: str) -> bool:
        """Take the label from a flow if it is archived, so that it can be submitted again; return whether it was.

        FireWorks brings no archived flow back. It stays in the database, for who looks it up there.
        """
        archived = {**wanted_flows(flow_id=flow_id), "state": "ARCHIVED"}
        renamed = {"$rename": {f"metadata.{LABEL}": f"metadata.{LABEL}_archived"}}
        with self.site.location.errors():
            return bool(self.flow_documents.update_one(archived, renamed).modified_count)

    def give_up(self, jobs: Sequence[QueuedJob]) -> None:
        """Count lost jobs as failed; the jobs that cannot do without them then fail too."""
        with flow_errors(self.site.location):
            for job in jobs:
                self._fail(job)

    def _fail(self, job: QueuedJob, to_run_again: bool = False) -> None:
        """Record that a lost job has failed, with the reason.

        One that is to run again is still lost for who asks before it is ready, or where this process is killed before.
        """
        from fireworks import FWAction

        reason = {"_exception": {"_stacktrace": f"CalculationError: {job.error}", "_details": None}}
        if to_run_again:
            reason[LABEL] = {WHY_AGAIN: job.error}
        numbers = self.job_documents.find_one({"fw_id": int(job.job_id)}, {"launches": 1})["launches"]
        failed_by_database = {"launch_id": {"$in": numbers}, "state": "FIZZLED"}
        of_job = {"fw_id": int(job.job_id), "$or": [{"state": "RUNNING"}, failed_by_database]}
        for launch in list(self.launchpad.launches.find(of_job, {"launch_id": 1})):
            self.launchpad.complete_launch(launch["launch_id"], FWAction(stored_data=reason), state="FIZZLED")

    def repair(self, names: Sequence[str] = ()) -> None:
        """Put right what killed workers left of flows; see the module `reconciliation`."""
        fields = dict.fromkeys(("nodes", "links", "fw_states", "state", "locked", "updated_on"), 1)
        with flow_errors(self.site.location):
            flows = list(self.flow_documents.find({**wanted_flows(names), "state": {"$ne": "ARCHIVED"}}, fields))
            numbers = [number for flow in flows for number in flow["nodes"]]
            left = {"fw_id": {"$in": numbers}, "state": {"$ne": "COMPLETED"}}
            unfinished = {job["fw_id"] for job in self.job_documents.find(left, {"fw_id": 1})}
            flows = [
                flow
                for flow in flows
                if flow["state"] != "COMPLETED" or "locked" in flow or not unfinished.isdisjoint(flow["nodes"])
            ]
            all_jobs = self._jobs([number for flow in flows for number in flow["nodes"]])
            for flow in flows:
                jobs = [all_jobs[number] for number in flow["nodes"]]
                alive = any(job.state == "running" for job in jobs)
                unlock(self.launchpad, flow, alive)
                if not alive:
                    reconcile(self.launchpad, flow, jobs)

    def launch(self, useful: int, max_jobs: int | None = None) -> list[str]:
        """Launch queue jobs for the jobs that are ready or wait, and return their ids."""
        with self.site.location.errors():
            left = {f"spec.{LABEL}": {"$exists": True}, "state": {"$in": ["READY", "RESERVED", "WAITING"]}}
            if self.job_documents.find_one(left, {"fw_id": 1}) is None:
                return []
        return self._queue_jobs.launch(min(max_jobs or self.site.max_jobs, useful))

    def _jobs(self, members: Sequence[Any]) -> dict[Any, QueuedJob]:
        of_these = {"fw_id": {"$in": list(members)}}
        running = {**of_these, "state": {"$in": ["RUNNING", "RESERVED"]}}
        launched, in_queue = {}, None
        if self.job_documents.find_one(running, {"fw_id": 1}):
            launched, in_queue = self._queue_jobs.launched(), self._queue_jobs.in_queue()
        fireworks = list(self.job_documents.find(of_these, FIREWORK_FIELDS))  # only now, or one may end in between
        launches = {launch["launch_id"]: launch for launch in self.launchpad.launches.find(of_these, LAUNCH_FIELDS)}
        queue_jobs = {PurePath(folder).name: job_id for job_id, folder in launched.items()}

        def how(job_id: str) -> str | None:
            return ": ".join(filter(None, (how_ended(self.site, job_id), word_of_slurm(Path(launched[job_id])))))

        reader = JobReader(launches, queue_jobs, in_queue, how, self.patience)
        return {firework["fw_id"]: reader.read(firework) for firework in fireworks}

    def _insert(self, label: FlowLabel, jobs: Sequence[NewJob]) -> None:
        from fireworks import Firework, PyTask, Workflow

        fireworks: dict[str | None, Any] = {}
        for job in jobs:
            ours = {LABEL: {"flow_id": label.flow_id, "uuid": job.uuid}}
            fireworks[job.uuid] = Firework(
                [PyTask(func=COLLECT_RESULT if job.uuid is None else RUN_JOB, args=job.arguments)],
                spec={"_allow_fizzled_parents": True, **ours, **job.manager_config},
                name=job.name,
                parents=[fireworks[uuid] for uuid in job.before] or None,
            )
        metadata = {LABEL: label.model_dump()}
        add_flow(self.launchpad, Workflow([*fireworks.values()], name=label.name, metadata=metadata))

    def _remove(self, flow: Mapping[str, Any]) -> None:
        self.job_documents.delete_many({"fw_id": {"$in": flow["nodes"]}})
        self.flow_documents.delete_one({"_id": flow["_id"]})
