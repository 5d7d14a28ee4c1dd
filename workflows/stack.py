"""Stacks of coatings from request to document: plan, run, read."""

from __future__ import annotations

from collections.abc import Mapping

from jobflow import JobStore
from pydantic import Field

from screening.common.errors import CalculationError, InputError
from screening.common.progress import Progress
from screening.database import CoatingDatabase, StoreLocation
from screening.searches.stacks.stack_documents import Ensemble, StacksDocument
from screening.searches.stacks.stack_request import StackPlan
from workflows.flows.stack import StackMaker
from workflows.local import Outcome
from workflows.outputs import job_store, output_of
from workflows.requests.flow_request import FlowRequest, ResultCollector
from workflows.requests.run_request import run_request


class StackCollector(ResultCollector[StacksDocument]):
    """Reads the best stacks.

    It writes nothing, since the job store is where they stay: what prints them, and finds all jobs done there, is the
    same request again with that store.
    """

    kind = "stacks"

    result: str = Field(description="id of the job that compares the stacks")

    def collect(self, jobs: JobStore, location: StoreLocation, failed: Mapping[str, str]) -> StacksDocument:
        """Read the document; it names the coatings whose jobs failed."""
        search = next((why for name, why in failed.items() if name.startswith("best_stacks")), None)
        if search is not None:
            raise CalculationError(search.removeprefix("InputError: "))
        output = output_of(jobs, self.result)
        if output is None:
            raise CalculationError(f"the best stacks are not in {location.name}")
        return StacksDocument.model_validate(output)


def prepare_stacks(
    plan: StackPlan, ranked_by: Ensemble = "closed", top: int = 10, store: JobStore | None = None
) -> FlowRequest[StackCollector]:
    """Build the graph of a checked request.

    Parameters
    ----------
    plan, ranked_by, top
        As for :func:`find_stacks`.
    store
        The job store that the graph will run into, connected: what it holds of the work is taken from there.
    """
    flow = StackMaker(ranked_by=ranked_by, top=top).from_plan(plan, store)
    about = f"{len(plan.coatings)} coatings, {plan.cathode.name}|{plan.electrolyte.name}"
    return FlowRequest(about, flow, StackCollector(result=flow.output.uuid))


def find_stacks(
    plan: StackPlan,
    store: str,
    ranked_by: Ensemble = "closed",
    top: int = 10,
    workers: int = 1,
    progress: Progress = lambda finished, total, name: None,
) -> tuple[StacksDocument, Outcome]:
    """Find the best stacks of one and of two layers.

    Work already in the database's job store is not done again, so the same call goes on with an interrupted one.

    Parameters
    ----------
    plan
        The request.
    store
        Folder of the database or a ``mongodb://`` URI; that of a screening may be used.
    ranked_by, top
        As for :class:`~workflows.flows.stack.StackMaker`.
    workers
        Processes.
    progress
        Called with (finished jobs, all jobs, name of the last).

    Returns
    -------
    StacksDocument, Outcome
        The stacks, and what became of the jobs.

    Raises
    ------
    StoreError
        If the database cannot be opened or written.
    CalculationError
        If a worker dies, or no coating is left; what was finished is stored.
    """
    location = StoreLocation(store)
    with job_store(location) as jobs:
        request = prepare_stacks(plan, ranked_by, top, jobs)
    return run_request(request, location, workers, progress)


def screened_coatings(store: str, cathode: str, electrolyte: str, tier: int) -> list[str]:
    """Return the coatings of a database that have a tier or a better one, with whatever energies they were screened.

    Parameters
    ----------
    store
        Folder of the database or a ``mongodb://`` URI.
    cathode, electrolyte
        Names, as the database has them.
    tier
        1: all criteria passed, 2: some unknown, 3: one failed, 4: all coatings.

    Raises
    ------
    InputError
        If there is none.
    StoreError
        If the database cannot be read.
    """
    with CoatingDatabase.open(store) as database:
        found = database.search(
            cathode=cathode, electrolyte=electrolyte, filter={"tier": {"$lte": tier}}, fields=["coating"]
        )
        location = database.location.name
    if not found:
        raise InputError(f"{location} holds no coating of tier {tier} or better on {cathode} against {electrolyte}")
    return list(dict.fromkeys(line["coating"] for line in found))
