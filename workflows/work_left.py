"""What is left to do of a flow whose jobs are named by their content."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import networkx as nx
from jobflow import Flow, Job, JobStore

from workflows.outputs import finished


@dataclass(frozen=True)
class WorkLeft:
    """The jobs of a flow, and those of them that must run.

    Attributes
    ----------
    jobs
        All, by id.
    graph
        Which needs which.
    todo
        Ids of those to run: not finished, or made from one that is not.
    """

    jobs: dict[str, Job]
    graph: nx.DiGraph[str]
    todo: set[str]

    @property
    def width(self) -> int:
        """How many jobs there are to run at one time at most, by their distance from the first."""
        return max((len(level) for level in nx.topological_generations(self.graph.subgraph(self.todo))), default=0)


def work_left(flow: Flow, store: JobStore) -> WorkLeft:
    """Compare a flow with a job store."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Some jobs are not connected")  # they need not be
        jobs: dict[str, Job] = {job.uuid: job for job, _ in flow.iterflow()}
        graph = flow.graph
    there = finished(store, jobs)
    todo = {uuid for uuid in jobs if uuid not in there}
    for uuid in list(todo):
        todo |= nx.descendants(graph, uuid)  # what was made without a piece is made again with it
    return WorkLeft(jobs, graph, todo)
