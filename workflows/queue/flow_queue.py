"""The flows of a site in its job database, as every job manager has to keep them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import networkx as nx

from workflows.queue.flow_documents import FlowLabel, QueuedFlow, QueuedJob, QueueJobInVain
from workflows.queue.site import Site
from workflows.queue.words import COLLECTING, LABEL
from workflows.requests.flow_request import ResultCollector
from workflows.work_left import WorkLeft

OURS = {f"metadata.{LABEL}": {"$exists": True}}  # among the flows of a database that others may use too


@dataclass(frozen=True)
class NewJob:
    """A job that is added to a queue."""

    uuid: str | None  # the id of its output; None for the job that collects the result of the flow
    name: str
    arguments: list[Any]  # of the function in `workflows.queue.tasks` that runs it
    before: list[str]  # the ids of the jobs that must have ended before it starts
    manager_config: Mapping[str, Any]  # what it asks of FireWorks' workers


class FlowQueue(ABC):
    """The flows of a site, as its manager keeps them.

    A subclass opens the manager's collections of flows and of jobs, and sets `flow_documents` and `job_documents`.

    Parameters
    ----------
    site
        The site.
    lost_after_s
        A running job is lost, and a lock left over, after so long without a sign of life; None: what the site says.
    """

    _members: ClassVar[str]  # the key under which the document of a flow lists its jobs
    _member: ClassVar[str]  # the key of the same ids in the document of a job
    flow_documents: Any
    job_documents: Any

    def __init__(self, site: Site, lost_after_s: float | None = None) -> None:
        self.site = site
        self.patience = timedelta(seconds=site.lost_after_s if lost_after_s is None else lost_after_s)

    # -- reading -----------------------------------------------------------------------------------------

    def labels(self) -> list[FlowLabel]:
        """Return the labels of all flows, the last submitted first."""
        with self._errors():
            found = list(self.flow_documents.find(OURS, {"metadata": 1}))
        return sorted(map(_label, found), key=lambda label: label.submitted, reverse=True)

    def flows(self, names: Sequence[str] = (), flow_id: str | None = None) -> list[QueuedFlow]:
        """Return flows with their jobs, the last submitted first.

        Parameters
        ----------
        names
            Names of the flows wanted; all if none is given. Nothing is read of another flow.
        flow_id
            The id of the only flow wanted.
        """
        with self._errors():
            found = list(self.flow_documents.find(wanted_flows(names, flow_id), {"metadata": 1, self._members: 1}))
            jobs = self._jobs([member for flow in found for member in flow[self._members]])
        flows = [
            QueuedFlow(
                label=_label(flow),
                jobs=sorted(
                    (jobs[member] for member in flow[self._members] if member in jobs), key=lambda job: int(job.job_id)
                ),
            )
            for flow in found
        ]
        return sorted(flows, key=lambda flow: flow.label.submitted, reverse=True)

    @abstractmethod
    def queue_jobs(self) -> dict[str, str]:
        """Return the folders of the queue jobs launched for this site, by the scheduler's ids; some may have ended."""

    @abstractmethod
    def in_vain(self) -> list[QueueJobInVain]:
        """Return the queue jobs that ended before their worker came up, since the last one whose worker did."""

    @abstractmethod
    def useful(self, flows: Sequence[QueuedFlow]) -> int:
        """Return how many of the jobs left of some flows could run at one time."""

    @abstractmethod
    def runner_at_work(self) -> bool | None:
        """Return whether the process that launches the queue jobs is at work; None where there need not be one."""

    # -- writing -----------------------------------------------------------------------------------------

    @abstractmethod
    def prepare(self) -> None:
        """Make the manager's collections ready for jobs where they are not; what is there stays."""

    def add(self, label: FlowLabel, left: WorkLeft, collector: ResultCollector[Any]) -> int:
        """Add what is left of a flow, with the collection of its result as the last job; return the number of jobs."""
        todo = left.graph.subgraph(left.todo)
        jobs = []
        for uuid in nx.topological_sort(todo):
            job, parents = left.jobs[uuid], sorted(left.graph.predecessors(uuid))
            needs = {parent: left.jobs[parent].name for parent in parents}
            before = [parent for parent in parents if parent in left.todo]
            arguments = [job.to_json(), needs, label.version]
            jobs.append(NewJob(uuid, job.name, arguments, before, job.config.manager_config))
        last = [uuid for uuid in todo if not list(todo.successors(uuid))]
        jobs.append(NewJob(None, COLLECTING, [collector.to_text(), label.flow_id, label.version], last, {}))
        self.prepare()
        with self._errors():
            self._insert(label, jobs)
        return len(jobs)

    def remove_interrupted(self) -> list[str]:
        """Remove the flows whose submission was interrupted, so that jobs of them are missing; return their names."""
        removed = []
        with self._errors():
            begun = {**OURS, "state": {"$nin": ["COMPLETED", "ARCHIVED"]}}
            flows = list(self.flow_documents.find(begun, {"uuid": 1, "metadata": 1, self._members: 1}))
            members = [member for flow in flows for member in flow[self._members]]
            found = self.job_documents.find({self._member: {"$in": members}}, {self._member: 1, "_id": 0})
            there = {job[self._member] for job in found}
            for flow in flows:
                if not there.issuperset(flow[self._members]):
                    self._remove(flow)
                    removed.append(_label(flow).name)
        return removed

    @abstractmethod
    def rerun(self, jobs: Sequence[QueuedJob]) -> None:
        """Make jobs ready to run again, and with them all jobs that need them."""

    @abstractmethod
    def give_up(self, jobs: Sequence[QueuedJob]) -> None:
        """Count lost jobs as failed; the jobs that cannot do without them then fail too."""

    @abstractmethod
    def resume(self, jobs: Sequence[QueuedJob]) -> None:
        """Let jobs run that someone had put aside."""

    def forget_archived(self, flow_id: str) -> bool:
        """Take the label from a flow if it is archived, so that it can be submitted again; return whether it was."""
        return False

    @abstractmethod
    def repair(self, names: Sequence[str] = ()) -> None:
        """Put right what killed processes left of flows: locks, and states that contradict each other."""

    @abstractmethod
    def launch(self, useful: int, max_jobs: int | None = None) -> list[str]:
        """Launch queue jobs for the jobs that are ready or wait, and return their ids; none where a runner does it.

        As many are launched as bring the number in the queue to `useful`, the number that could work at one time, but
        no further than to `max_jobs`, by default that of the site.
        """

    # -- what a manager does in its own way --------------------------------------------------------------

    @abstractmethod
    def _jobs(self, members: Sequence[Any]) -> dict[Any, QueuedJob]:
        """Return the jobs with these ids, by id."""

    @abstractmethod
    def _insert(self, label: FlowLabel, jobs: Sequence[NewJob]) -> None:
        """Insert a flow, whose jobs are in an order in which each comes after those before it."""

    @abstractmethod
    def _remove(self, flow: Mapping[str, Any]) -> None:
        """Remove a flow and those of its jobs that are there."""

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what goes wrong in the database into an error that names the database, without its password."""
        with self.site.location.errors():
            yield


def wanted_flows(names: Sequence[str] = (), flow_id: str | None = None) -> dict[str, Any]:
    """Return what selects flows of ours; those with some names or with an id are found by an index."""
    if flow_id is not None:
        return {f"metadata.{LABEL}.flow_id": flow_id}
    return {f"metadata.{LABEL}.name": {"$in": list(names)}} if names else OURS


def _label(flow: Mapping[str, Any]) -> FlowLabel:
    return FlowLabel.model_validate(flow["metadata"][LABEL])
