"""The main job from request to database: plan, run, aggregate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobflow import JobStore
from pydantic import Field

from screening.coatings.coating_documents import Run
from screening.common.errors import CalculationError, InputError, nearest
from screening.criteria.criteria import Criterion
from screening.database import StoreLocation
from screening.energies.source import fixed_source
from screening.searches.screening_request import ScreeningPlan, plan_screening
from workflows.builders import CoatingBuilder
from workflows.flows.screening import CoatingScreeningMaker
from workflows.identity import digest
from workflows.local import Outcome, Progress, run_local
from workflows.outputs import job_store
from workflows.requests.flow_request import FlowRequest, ResultCollector
from workflows.settings import ScreeningSettings


class ScreeningCollector(ResultCollector[None]):
    """Ranks the coatings of a screening in its database."""

    kind = "screening"

    run: Run = Field(description="the request, as the database keeps it")
    asked_for: list[str] = Field(description="ids of the jobs")
    criteria: list[Criterion] = Field(description="what coatings are judged by")

    def begin(self, location: StoreLocation) -> None:
        """Record the request as running."""
        self._record(location, "running", {})

    def collect(self, jobs: JobStore, location: StoreLocation, failed: Mapping[str, str]) -> None:
        """Aggregate the jobs into ranked documents; a coating that lacks something says what, the request why."""
        aggregate(location, jobs, self.criteria, self.asked_for)
        unranked = any(name.startswith("rank: ") for name in failed)
        self._record(location, "failed" if unranked else "done", failed)
        if unranked:
            name, why = next(iter(failed.items()))
            raise CalculationError(f"{name}: {why}")

    def _record(self, location: StoreLocation, state: str, failed: Mapping[str, str]) -> None:
        runs = location.open("runs")
        with location.errors():
            run = self.run.model_copy(update={"state": state, "failed": dict(failed), "updated": _now()})
            runs.update(run.model_dump(), key="run_id")
        runs.close()


@dataclass(frozen=True)
class Finished:
    """A screening that has run: what was asked, in resolved names, and what became of its jobs."""

    plan: ScreeningPlan
    outcome: Outcome

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Names of each cathode and electrolyte."""
        return [(cathode.name, other.name) for cathode in self.plan.cathodes for other in self.plan.electrolytes]


def prepare_screening(settings: ScreeningSettings) -> tuple[ScreeningPlan, FlowRequest[ScreeningCollector]]:
    """Check a request and build its graph.

    Raises
    ------
    InputError
        If the request is wrong.
    """
    request = _request(settings)
    plan = plan_screening(
        request["coatings"],
        request["cathodes"],
        request["electrolytes"],
        request["energies"],
        request["catalogue"],
        request["candidates"],
        settings.criteria,
        settings.lithiation,
    )
    request["energies"] = fixed_source(settings.energies)  # only now is the version of a database known
    _check_states(settings, plan)
    maker = CoatingScreeningMaker(
        batch_size=settings.batch_size,
        prefer_mu=settings.prefer_mu,
        criteria=tuple(settings.criteria),
        samples=settings.samples,
        seed=settings.seed or 0,
    )
    flow = maker.from_plan(plan)
    run = Run(
        run_id=digest([request, plan.energies.sha256])[:32],
        request=request,
        state="running",
        jobs=len(flow.job_uuids),
        failed={},
        updated="",
    )
    collector = ScreeningCollector(run=run, asked_for=list(flow.job_uuids), criteria=settings.criteria)
    pairs = ", ".join(f"{c.name}|{e.name}" for c in plan.cathodes for e in plan.electrolytes)
    coatings = plan.coatings[0].name if len(plan.coatings) == 1 else f"{len(plan.coatings)} coatings"
    return plan, FlowRequest(f"{coatings}, {pairs}", flow, collector)


def run_screening(settings: ScreeningSettings, progress: Progress = lambda finished, total, name: None) -> Finished:
    """Run a screening and aggregate it into its database.

    Work already in the database's job store is not done again, so the same call goes on with an interrupted run,
    and adds nothing where the run was complete.

    Parameters
    ----------
    settings
        The request.
    progress
        Called with (finished jobs, all jobs, name of the last).

    Raises
    ------
    InputError
        If the request is wrong; nothing has been written then.
    StoreError
        If the database cannot be opened or written.
    CalculationError
        If a worker dies, or the ranking of a cathode and electrolyte failed; what was finished is stored.
    """
    plan, prepared = prepare_screening(settings)
    location = StoreLocation(settings.store)
    store = job_store(location)
    prepared.collector.begin(location)
    with location.errors():
        outcome = run_local(prepared.flow, store, settings.workers, progress)
        prepared.collector.collect(store, location, outcome.failed)
    store.close()
    return Finished(plan, outcome)


def aggregate(
    location: StoreLocation, jobs: JobStore, criteria: Sequence[Criterion], asked_for: Sequence[str] | None = None
) -> None:
    """Bring the finished jobs of a database into its coating documents.

    Parameters
    ----------
    location
        The database.
    jobs
        Its job store.
    criteria
        What coatings are judged by.
    asked_for
        Ids of the jobs asked for; None for all. See :class:`~workflows.builders.CoatingBuilder`.
    """
    with location.exclusive():
        coatings, bare = location.open("coatings"), location.open("bare_interfaces")
        builder = CoatingBuilder(jobs, coatings, bare, criteria, asked_for)
        builder.update_targets([builder.process_item(item) for item in builder.get_items()])
        for store in (coatings, bare):
            store.close()


def unfinished_request(location: StoreLocation) -> dict[str, Any]:
    """Return the options of the last run in a database that was not completed.

    Raises
    ------
    InputError
        If there is none.
    """
    if location.exists:
        runs = location.open("runs", read_only=True)
        found = [Run.model_validate({k: doc[k] for k in Run.model_fields}) for doc in runs.query({})]
        runs.close()
        left = [run for run in found if run.state != "done" or run.failed]
        if left:
            return dict(max(left, key=lambda run: run.updated).request)
    raise InputError(f"there is no unfinished run in {location.name} to resume")


def _request(settings: ScreeningSettings) -> dict[str, Any]:
    """Return what was asked for, so that it means the same from any folder."""
    request = settings.model_dump(mode="json", exclude={"store", "workers"})
    request["catalogue"] = [str(Path(file).resolve()) for file in settings.catalogue]
    if settings.candidates is not None:
        request["candidates"] = str(Path(settings.candidates).resolve())
    return request


def _check_states(settings: ScreeningSettings, plan: ScreeningPlan) -> None:
    """Refuse a criterion on the contact with a cathode's state that no cathode has."""
    states = {state.replace(" ", "_") for cathode in plan.cathodes for state in cathode.lithiations} | {"full", "half"}
    for criterion in settings.criteria:
        state = criterion.cathode_state
        if state is not None and state not in states:
            raise InputError(
                f"criterion {criterion.name!r}: no cathode has a state {state!r}{nearest(state, states)}; "
                f"there are {', '.join(sorted(states))}"
            )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
